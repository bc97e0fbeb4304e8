"""`/quan-tri/bat-dau`: the first page of an empty house."""

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as Wsgi

from app import clock
from app.accounts import policies
from app.administration import actions, queries, rules
from app.administration.actions import Beginning
from app.administration.forms import BeginForm
from app.config import Settings, start_code
from app.db import writing
from app.refusal import NotThere, RuleBroken
from app.web.errors import STATUS
from app.web.guard import Blueprint
from app.web.limits import limiter

pages = Blueprint("administration", __name__)
Answer = str | Wsgi | tuple[str, int]


@pages.get("/quan-tri/bat-dau", policy=policies.anyone)
def beginning() -> Answer:
    """Where somebody has begun there is no such page any more."""
    if queries.has_begun():
        raise NotThere()
    return _show(BeginForm(data={"year": clock.today().year}))


@pages.post("/quan-tri/bat-dau", policy=policies.anyone)
@limiter.limit("20 per minute")
def begin() -> Answer:
    if queries.has_begun():
        raise NotThere()
    form = BeginForm()
    if not form.validate():
        return _show(form, status=400)
    settings: Settings = current_app.extensions["settings"]
    try:
        if not rules.same_code(form.start_code.data or "", start_code(settings.state)):
            raise rules.WrongStartCode()
        with writing():
            begun = actions.begin(_beginning(form))
    except RuleBroken as refusal:
        return _show(form, refusal, STATUS[refusal.kind])
    return redirect(url_for("accounts.activation", code=begun.slip), 303)


def _beginning(form: BeginForm) -> Beginning:
    return Beginning(
        code=(form.code.data or "").strip().upper(),
        name=form.name.data or "",
        short=form.short.data or "",
        kind=form.kind.data,
        year=form.year.data,
        administrator=form.administrator.data or "",
    )


def _show(form: BeginForm, refusal: RuleBroken | None = None, status: int = 200) -> tuple[str, int]:
    return render_template("administration/beginning.html", form=form, refusal=refusal), status
