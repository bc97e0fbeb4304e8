"""`/lam-theo/<năm>`: a member's deed, an officer's commitment; yes, later, or no."""

from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Wsgi

from app import clock
from app.accounts import policies
from app.accounts.current import me
from app.accounts.queries import is_officer_anywhere
from app.commitments import actions as actions  # it follows the records of its kinds from here on
from app.commitments import queries
from app.commitments.forms import ANSWERS, AnswerForm
from app.commitments.queries import CommitmentPage
from app.commitments.rules import NotAsked
from app.records import actions as records
from app.records import desk, rules
from app.records.forms import StepForm, sheet_form
from app.records.rules import Stage
from app.refusal import NotThere, RuleBroken
from app.steps.queries import current_programme
from app.web.errors import STATUS
from app.web.guard import Blueprint

pages = Blueprint("commitments", __name__)
Answer = str | Wsgi | tuple[str | Response, int]


@pages.get("/lam-theo", policy=policies.signed_in)
def current() -> Answer:
    programme = current_programme(clock.today())
    if programme is None:
        raise NotThere()
    return redirect(url_for(".sheet", year=programme.year), 303)


@pages.get("/lam-theo/<int:year>", policy=policies.signed_in)
def sheet(year: int) -> Answer:
    page = queries.commitment_page(me(), year, writes="viet" in request.args)
    return _show(page, sheet_form(page.sheet, AnswerForm))


@pages.post("/lam-theo/<int:year>/nhap", policy=policies.member)
def save_draft(year: int) -> Answer:
    page, form = _posted(year)
    if not form.validate():
        return desk.not_kept(TOO_LONG, 400) if desk.by_script() else _show(page, form, 400)
    try:
        at = desk.save_draft(page.sheet, form)
    except desk.LATE as refusal:
        return desk.not_kept(str(refusal), 409) if desk.by_script() else _again(year, form, refusal)
    return desk.receipt(at, form) if desk.by_script() else redirect(url_for(".sheet", year=year, viet=""), 303)


TOO_LONG = f"Có mục dài quá {rules.MAXIMUM} ký tự, anh/chị viết ngắn lại."


@pages.post("/lam-theo/<int:year>/tra-loi", policy=policies.member)
def answer(year: int) -> Answer:
    page, form = _posted(year)
    if not form.validate():
        return _show(page, form, 400)
    choice = form.choose(page.asks)
    answers = {"dang-ky": _send, "de-sau": _later, "khong": _decline}
    if choice not in answers:
        form.answer.errors = [f"{page.sheet.you} chọn một trong ba câu trả lời."]
        return _show(page, form, 400)
    try:
        return answers[choice](page, form)
    except RuleBroken as refusal:
        return _again(year, form, refusal)


def _send(page: CommitmentPage, form: AnswerForm) -> Answer:
    form.mend(desk.faults_of(page.sheet, form))
    if form.errors:
        return _show(page, form, 400)
    desk.send(page.sheet, form)
    return redirect(url_for(".sheet", year=page.sheet.form.year), 303)


def _later(page: CommitmentPage, form: AnswerForm) -> Answer:
    """Nothing is closed; what was typed stays, and a no is taken back."""
    desk.lay_aside(page.sheet, form, records.reopen if page.sheet.stage is Stage.DECLINED else None, Stage.DRAFT)
    return redirect(url_for("home.first_page"), 303)


def _decline(page: CommitmentPage, form: AnswerForm) -> Answer:
    """A member's no; what was typed before it stays."""
    if page.pledge:
        raise NotAsked()
    desk.lay_aside(page.sheet, form, records.decline, Stage.DECLINED)
    return redirect(url_for(".sheet", year=page.sheet.form.year), 303)


@pages.post("/lam-theo/<int:year>/rut-lai", policy=policies.member)
def withdraw(year: int) -> Answer:
    """Take back what was sent; the form opens again with it."""
    sheet = queries.commitment_page(me(), year).sheet
    form = StepForm()
    if not form.validate():
        raise rules.ChangedMeanwhile()
    desk.take(records.withdraw, sheet, form.lock.data, Stage.WITHDRAWN)
    return redirect(url_for(".sheet", year=year), 303)


# --- typed for somebody -------------------------------------------------------------------------------------------

TYPING = "/don-vi/<code>/doan-vien/<member>/nhap-ho/lam-theo"


@pages.get(TYPING, policy=policies.officer)
def typing(code: str, member: str) -> Answer:
    return desk.show_typing(code, member, _asked, "commitments.type_in")


@pages.post(TYPING, policy=policies.officer)
def type_in(code: str, member: str) -> Answer:
    """Only a yes is typed for somebody: a no is said by oneself."""
    return desk.show_typing(code, member, _asked, "commitments.type_in")


def _asked(person_id: UUID) -> tuple[str, int]:
    programme = current_programme(clock.today())
    if programme is None:
        raise NotThere()
    kind, _ = queries.kind_of(person_id, programme.year, is_officer_anywhere(person_id, clock.today()))
    return kind, programme.year


def _posted(year: int) -> tuple[CommitmentPage, AnswerForm]:
    page = queries.commitment_page(me(), year, writes=True)
    return page, sheet_form(page.sheet, AnswerForm)


def _show(page: CommitmentPage, form: AnswerForm, status: int = 200, refusal: RuleBroken | None = None) -> Answer:
    html = render_template(
        "commitments/sheet.html", page=page, sheet=page.sheet, form=form, answers=ANSWERS, refusal=refusal
    )
    return html, status


def _again(year: int, form: AnswerForm, refusal: RuleBroken) -> Answer:
    """The commitment as it is by now, with what was typed."""
    found = queries.commitment_page(me(), year, writes=True)
    form.renew(found.sheet)
    page = CommitmentPage(found.sheet, writes=True, asks=found.asks, pledge=found.pledge)
    return _show(page, form, STATUS[refusal.kind], refusal)
