"""The author's desk: what the pages of sheets and commitments do alike with what was posted.

Each function is the edge of a request: it seals first, then writes in one `writing()` block, and takes the second of
two equal clicks for what it is. What a rule refuses is raised; the page shows it with what was typed.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Wsgi

from app import clock
from app.accounts import queries as accounts
from app.accounts.current import me
from app.db import writing
from app.records import actions, queries, rules, texts
from app.records.actions import Change
from app.records.forms import SheetForm, typing_form
from app.records.queries import Sheet, TypingPage
from app.records.rules import Body, Stage

TypingAnswer = Wsgi | tuple[str, int]
AuthorStep = Callable[[UUID, int, int], Change]  # author, form, lock
LATE = (rules.StepNotAllowed, rules.ChangedMeanwhile)


def save_draft(sheet: Sheet, form: SheetForm) -> datetime:
    """Keep what was typed; returns when it was kept."""
    body = form.body()
    sealed = texts.seal_draft(sheet.record_id, sheet.person_id, body)
    try:
        with writing():
            return actions.save_draft(sheet.person_id, sheet.form.id, sealed, form.seq.data, form.lock.data)
    except LATE:
        before = queries.was_drafted(sheet.person_id, sheet.record_id, body)
        if before is None:
            raise
        return before


def _seq(sheet: Sheet, form: SheetForm, body: Body) -> int:
    """The number that the page carries; a later one where what was saved since is this very text, and only its receipt
    was lost on the way."""
    return max(form.seq.data, sheet.seq + 1) if sheet.body == body else int(form.seq.data)


def send(sheet: Sheet, form: SheetForm) -> None:
    """Send what was typed; it has no faults."""
    body = form.body()
    seq = _seq(sheet, form, body)
    snapshot = texts.snapshot(sheet.person_id, sheet.form.sections, body)
    try:
        with writing():
            actions.submit(sheet.person_id, sheet.form.id, snapshot, form.lock.data, form.to.data, seq)
    except LATE:
        if not queries.was_sent(sheet.person_id, sheet.record_id, sheet.form.sections, body):
            raise


def keep(sheet: Sheet, form: SheetForm) -> None:
    """Finish what was typed for oneself alone; what is kept already is kept anew."""
    if sheet.stage is Stage.KEPT:
        save_draft(sheet, form)
        return
    body = form.body()
    sealed, seq = texts.seal_draft(sheet.record_id, sheet.person_id, body), _seq(sheet, form, body)
    try:
        with writing():
            actions.keep(sheet.person_id, sheet.form.id, sealed, form.lock.data, seq)
    except LATE:
        if queries.was_drafted(sheet.person_id, sheet.record_id, body) is None:
            raise


def lay_aside(sheet: Sheet, form: SheetForm, step: AuthorStep | None, end: Stage) -> None:
    """Keep what was typed, if anything was, and take a step that sends nothing, if there is one: both, or neither."""
    body = form.body()
    blank = rules.is_blank(sheet.form.sections, body)
    if blank and step is None:
        return
    sealed = texts.seal_draft(sheet.record_id, sheet.person_id, body)
    try:
        with writing():
            if not blank:
                actions.save_draft(sheet.person_id, sheet.form.id, sealed, form.seq.data, form.lock.data)
            if step is not None and sheet.stage is not end:
                step(sheet.person_id, sheet.form.id, form.lock.data)
    except LATE:
        now = queries.head(sheet.record_id)
        taken = step is None or (now is not None and now.stage is end)
        if not taken or not (blank or queries.was_drafted(sheet.person_id, sheet.record_id, body)):
            raise


def take(step: AuthorStep, sheet: Sheet, lock: int, end: Stage) -> None:
    """A step without a text; nothing is done where it has been taken already."""
    if sheet.stage is end:
        return
    try:
        with writing():
            step(sheet.person_id, sheet.form.id, lock)
    except LATE:
        now = queries.head(sheet.record_id)
        if now is None or now.stage is not end:
            raise


def type_for(officer: UUID, page: TypingPage, form: SheetForm) -> None:
    """Send what an officer typed for somebody; it has no faults."""
    snapshot = texts.snapshot(page.person_id, page.form.sections, form.body())
    with writing():
        actions.type_in(officer, page.person_id, page.form.id, snapshot, form.to.data)


def faults_of(sheet: Sheet, form: SheetForm) -> dict[str, str]:
    """What is to be mended before it may be sent."""
    return rules.faults(sheet.form.sections, form.body(), clock.today(), sheet.form.year, sheet.you)


def by_script() -> bool:
    """Whether draft.js asks, and wants to hear a few words instead of a page."""
    return request.accept_mimetypes.best == "application/json"


def receipt(at: datetime, form: SheetForm) -> Response:
    """What draft.js shows, and the number of the next save."""
    return jsonify(at=f"{clock.hour(at, seconds=True)} {clock.long_date(at)}", seq=form.seq.data + 1)


def not_kept(words: str, status: int) -> tuple[Response, int]:
    return jsonify(words=words), status


# --- typed for somebody -------------------------------------------------------------------------------------------


def show_typing(code: str, member: str, kind_of: Callable[[UUID], tuple[str, int]], send: str) -> TypingAnswer:
    """The page on which an officer of this unit types a sheet for one of its members, and what it sends.

    `kind_of` says which kind and year is asked of the person; `send` is the endpoint that the form goes to.
    """
    actor = me()
    unit = accounts.own_unit(actor, code, "officer")
    person_id = accounts.person_here(unit.id, member)
    kind, year = kind_of(person_id)
    sent_before = queries.typed_by(actor.person_id, person_id, kind, year)
    if sent_before and request.method == "POST":
        return redirect(url_for("records.review", code=code, record_id=sent_before), 303)
    page = queries.typing_page(actor.person_id, person_id, kind, year, unit.id)
    form = typing_form(page)
    if request.method == "POST" and form.validate():
        form.mend(rules.faults(page.form.sections, form.body(), clock.today(), page.form.year, page.you))
        if not form.errors:
            type_for(actor.person_id, page, form)
            return redirect(url_for("records.review", code=code, record_id=page.record_id), 303)
    here = {"code": code, "member": member}
    html = render_template(
        "records/typing.html",
        sheet=page,
        form=form,
        unit=unit,
        here=here,
        send=url_for(send, code=code, member=member),
        shelf=f"typing.{page.record_id}.{actor.person_id}",
    )
    return html, 400 if form.errors else 200
