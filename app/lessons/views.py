"""`/hoc`: the programme, its modules and lessons; what has been read is ticked, and the place is kept."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock
from app.accounts import policies
from app.accounts.current import me
from app.db import writing
from app.lessons import actions, queries
from app.lessons.forms import PlaceForm
from app.lessons.queries.pages import lesson_page, module_page, programme_page
from app.refusal import NotThere
from app.steps.queries import current_programme
from app.web.guard import Blueprint

pages = Blueprint("lessons", __name__)


@pages.get("/hoc", policy=policies.signed_in)
def current() -> Response:
    programme = current_programme(clock.today())
    if programme is None:
        raise NotThere()
    return redirect(url_for("lessons.programme", year=programme.year), 303)


@pages.get("/hoc/<int:year>", policy=policies.signed_in)
def programme(year: int) -> str:
    return render_template("lessons/programme.html", page=programme_page(me(), year))


@pages.get("/hoc/<int:year>/<module>", policy=policies.signed_in)
def module(year: int, module: str) -> str:
    return render_template("lessons/module.html", page=module_page(me(), year, module))


@pages.post("/hoc/<int:year>/<module>/xem-xong", policy=policies.signed_in)
def finish_module(year: int, module: str) -> Response:
    found = queries.module_of(year, module)[1].id
    with writing():
        actions.finish_module(me().person_id, found)
    return redirect(url_for("lessons.module", year=year, module=module, _anchor="viec"), 303)


@pages.get("/hoc/<int:year>/<module>/<lesson>", policy=policies.signed_in)
def lesson(year: int, module: str, lesson: str) -> str:
    return render_template("lessons/lesson.html", page=lesson_page(me(), year, module, lesson))


@pages.post("/hoc/<int:year>/<module>/<lesson>/da-doc", policy=policies.signed_in)
def tick(year: int, module: str, lesson: str) -> Response:
    found = queries.lesson_id(queries.module_of(year, module)[1].id, lesson)
    with writing():
        actions.tick(me().person_id, found)
    return redirect(url_for("lessons.module", year=year, module=module, _anchor="viec"), 303)


@pages.post("/hoc/<int:year>/<module>/<lesson>/vi-tri", policy=policies.signed_in)
def keep_place(year: int, module: str, lesson: str) -> Response | tuple[str, int]:
    found = queries.lesson_id(queries.module_of(year, module)[1].id, lesson)
    form = PlaceForm()
    if not form.validate():
        return "", 400
    with writing():
        actions.keep_place(me().person_id, found, form.place.data)
    return "", 204
