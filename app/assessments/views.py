"""`/tu-danh-gia/<năm>`: relating to oneself what was studied."""

from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Wsgi

from app import clock
from app.accounts import policies
from app.accounts.current import me
from app.assessments import actions as actions  # it follows the records of its kind from here on
from app.assessments import queries
from app.assessments.queries import SheetPage
from app.assessments.rules import KIND
from app.db import writing
from app.records import actions as records
from app.records import desk, rules, texts
from app.records.forms import SheetForm, StepForm, sheet_form
from app.refusal import NotThere, RuleBroken
from app.steps.queries import current_programme
from app.web.errors import STATUS
from app.web.guard import Blueprint

pages = Blueprint("assessments", __name__)
Answer = str | Wsgi | tuple[str | Response, int]


@pages.get("/tu-danh-gia", policy=policies.signed_in)
def current() -> Answer:
    programme = current_programme(clock.today())
    if programme is None:
        raise NotThere()
    return redirect(url_for(".sheet", year=programme.year), 303)


@pages.get("/tu-danh-gia/<int:year>", policy=policies.signed_in)
def sheet(year: int) -> Answer:
    page = queries.sheet_page(me(), year, writes="viet" in request.args)
    return _show(page, sheet_form(page.sheet, SheetForm))


@pages.post("/tu-danh-gia/<int:year>/nhap", policy=policies.member)
def save_draft(year: int) -> Answer:
    page, form = _posted(year)
    if not form.validate():
        return desk.not_kept(TOO_LONG, 400) if desk.by_script() else _show(page, form, 400)
    try:
        at = desk.save_draft(page.sheet, form)
    except desk.LATE as refusal:
        return desk.not_kept(str(refusal), 409) if desk.by_script() else _again(year, form, refusal)
    return desk.receipt(at, form) if desk.by_script() else redirect(url_for(".sheet", year=year), 303)


TOO_LONG = f"Có mục dài quá {rules.MAXIMUM} ký tự, anh/chị viết ngắn lại."


@pages.post("/tu-danh-gia/<int:year>/giu-rieng", policy=policies.member)
def keep(year: int) -> Answer:
    page, form = _posted(year)
    if not form.validate():
        return _show(page, form, 400)
    if rules.is_blank(page.sheet.form.sections, form.body()):
        form.mend({page.sheet.form.sections[0].key: f"{page.sheet.you} viết ít nhất một ý, ở mục nào cũng được."})
        return _show(page, form, 400)
    try:
        desk.keep(page.sheet, form)
    except desk.LATE as refusal:
        return _again(year, form, refusal)
    return redirect(url_for(".sheet", year=year), 303)


@pages.post("/tu-danh-gia/<int:year>/gui", policy=policies.member)
def send(year: int) -> Answer:
    page, form = _posted(year)
    if form.validate():
        form.mend(desk.faults_of(page.sheet, form))
    if form.errors:
        return _show(page, form, 400)
    try:
        desk.send(page.sheet, form)
    except RuleBroken as refusal:
        return _again(year, form, refusal)
    return redirect(url_for(".sheet", year=year), 303)


@pages.post("/tu-danh-gia/<int:year>/rut-lai", policy=policies.member)
def take_back(year: int) -> Answer:
    """Take back what was sent, and keep it for oneself."""
    found = queries.sheet_page(me(), year).sheet
    form = StepForm()
    if not form.validate():
        raise rules.ChangedMeanwhile()
    if found.reviewed:
        sealed = texts.seal_draft(found.record_id, found.person_id, found.body)
        with writing():
            records.keep(found.person_id, found.form.id, sealed, form.lock.data, found.seq + 1)
    return redirect(url_for(".sheet", year=year), 303)


# --- typed for somebody -------------------------------------------------------------------------------------------

TYPING = "/don-vi/<code>/doan-vien/<member>/nhap-ho/tu-danh-gia"


@pages.get(TYPING, policy=policies.officer)
def typing(code: str, member: str) -> Answer:
    return desk.show_typing(code, member, _asked, "assessments.type_in")


@pages.post(TYPING, policy=policies.officer)
def type_in(code: str, member: str) -> Answer:
    return desk.show_typing(code, member, _asked, "assessments.type_in")


def _asked(_: UUID) -> tuple[str, int]:
    programme = current_programme(clock.today())
    if programme is None:
        raise NotThere()
    return KIND, programme.year


def _posted(year: int) -> tuple[SheetPage, SheetForm]:
    page = queries.sheet_page(me(), year, writes=True)
    return page, sheet_form(page.sheet, SheetForm)


def _show(page: SheetPage, form: SheetForm, status: int = 200, refusal: RuleBroken | None = None) -> Answer:
    html = render_template("assessments/sheet.html", page=page, sheet=page.sheet, form=form, refusal=refusal)
    return html, status


def _again(year: int, form: SheetForm, refusal: RuleBroken) -> Answer:
    """The sheet as it is by now, with what was typed."""
    found = queries.sheet_page(me(), year, writes=True)
    form.renew(found.sheet)
    return _show(SheetPage(found.sheet, writes=True), form, STATUS[refusal.kind], refusal)
