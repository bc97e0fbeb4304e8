"""`/don-vi/<mã>/ho-so`: what waits for a unit's committee, and reading it."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Wsgi

from app.accounts import policies
from app.accounts import queries as accounts
from app.accounts.current import me
from app.db import writing
from app.records import actions, queries, rules, texts
from app.records.forms import COMMENT, CommentsForm, comments_form, typed_comments
from app.records.queries import QueuePage, Review, ReviewPage
from app.records.rules import Stage
from app.refusal import NotThere, RuleBroken
from app.units.queries import UnitRow
from app.web.errors import STATUS
from app.web.guard import Blueprint
from app.web.pager import asked_number

pages = Blueprint("records", __name__)
Answer = str | Wsgi | tuple[str, int]

LISTS = {"cho": Stage.SUBMITTED, "bo-sung": Stage.RETURNED, "xong": Stage.CONFIRMED}


@pages.get("/don-vi/<code>/ho-so", policy=policies.officer)
def queue(code: str) -> Answer:
    actor = me()
    unit = accounts.own_unit(actor, code, "officer")
    stage = LISTS.get(request.args.get("muc", ""), Stage.SUBMITTED)
    page = queries.queue_page(actor, unit, stage, asked_number(request.args.get("trang")), _just_settled())
    received = _shelf(page.settled.record_id) if page.settled else None
    return render_template("records/queue.html", page=page, lists=_lists(page), title=TITLES[stage], received=received)


TITLES = {
    Stage.SUBMITTED: "Phiếu chờ BCH xem",
    Stage.RETURNED: "Phiếu anh chị em đang bổ sung",
    Stage.CONFIRMED: "Phiếu đã xác nhận",
}


def _lists(page: QueuePage) -> list[tuple[str, str, int, bool]]:
    """(address, words, how many, shown now) of the three lists."""
    counts = {Stage.SUBMITTED: page.waiting.number, Stage.RETURNED: page.waiting.returned}
    counts[Stage.CONFIRMED] = page.waiting.confirmed
    words = {Stage.SUBMITTED: "Chờ xem", Stage.RETURNED: "Đang bổ sung", Stage.CONFIRMED: "Đã xác nhận"}
    return [
        (url_for(".queue", code=page.unit.code, muc=name), words[stage], counts[stage], stage is page.stage)
        for name, stage in LISTS.items()
    ]


def _just_settled() -> UUID | None:
    try:
        return UUID(request.args.get("vua", ""))
    except ValueError:
        return None


@pages.get("/don-vi/<code>/ho-so/<uuid:record_id>", policy=policies.officer)
def review(code: str, record_id: UUID) -> Answer:
    """Opens the text, which is recorded; but not for a browser that nobody has asked to read yet."""
    unit = accounts.own_unit(me(), code, "officer")
    try:
        return _open(unit, record_id)
    except NotThere:
        return _gone(unit, record_id)


def _open(unit: UnitRow, record_id: UUID) -> Answer:
    about = queries.review(me(), unit, record_id)
    if request.method == "HEAD":
        return ""
    if _ahead_of_the_reader():
        return "", 503
    return _show(about, comments_form(about.form.sections, about.lock))


def _gone(unit: UnitRow, record_id: UUID) -> Answer:
    """What waited here may have been withdrawn while comments on it were typed: they are shown once more. The page is
    the same for a record that never was."""
    typed = typed_comments(request.form)
    return render_template("records/gone.html", unit=unit, typed=typed, shelf=_shelf(record_id)), 404


def _shelf(record_id: UUID) -> str:
    """The name under which a browser keeps what this officer types about this record: a browser may be shared."""
    return f"{record_id}.{me().person_id}"


def _ahead_of_the_reader() -> bool:
    """Whether a browser fetches the page before anybody wants it; a refused prefetch is asked for again later."""
    said = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return any(word in said.lower() for word in ("prefetch", "prerender", "preview"))


def _show(about: Review, form: CommentsForm, refusal: RuleBroken | None = None) -> Answer:
    actor = me()
    opened = actions.open_text(actor, about.version_id)
    page = ReviewPage(
        about=about,
        parts=tuple(rules.parts(about.form.sections, opened.body)),
        comments=opened.comments,
        reader=actor.called,
        reader_id=actor.person_id,
        opened_at=opened.at,
    )
    html = render_template(
        "records/review.html",
        page=page,
        form=form,
        refusal=refusal,
        shelf=_shelf(about.row.record_id),
        kept={COMMENT + said.part: said.text for said in page.received},
    )
    refused = STATUS[refusal.kind] if refusal else 400 if form.errors else 200
    return html, refused


@pages.post("/don-vi/<code>/ho-so/<uuid:record_id>/xac-nhan", policy=policies.officer)
def confirm(code: str, record_id: UUID) -> Answer:
    return _decide(code, record_id, Stage.CONFIRMED)


@pages.post("/don-vi/<code>/ho-so/<uuid:record_id>/de-nghi-bo-sung", policy=policies.officer)
def ask_addition(code: str, record_id: UUID) -> Answer:
    return _decide(code, record_id, Stage.RETURNED)


DECIDE = {Stage.CONFIRMED: actions.confirm, Stage.RETURNED: actions.return_}


def _decide(code: str, record_id: UUID, stage: Stage) -> Answer:
    unit = accounts.own_unit(me(), code, "officer")
    try:
        return _settle(unit, record_id, stage)
    except NotThere:
        return _gone(unit, record_id)


def _settle(unit: UnitRow, record_id: UUID, stage: Stage) -> Answer:
    actor = me()
    about = queries.review(actor, unit, record_id)
    form = comments_form(about.form.sections, about.lock)
    if not form.validate():
        return _show(about, form)
    said = form.comments()
    decision = actions.Decision(record_id, about.version_id, form.lock.data, texts.seal_comments(about.author_id, said))
    try:
        with writing():
            DECIDE[stage](actor.person_id, decision)
    except (rules.StepNotAllowed, rules.ChangedMeanwhile) as refusal:
        if not queries.same_decision(actor.person_id, record_id, stage, said):
            return _show_anew(unit, record_id, form, refusal)
    except rules.CommentMissing as refusal:
        return _show(about, form, refusal)
    return redirect(url_for(".queue", code=unit.code, vua=record_id), 303)


def _show_anew(unit: UnitRow, record_id: UUID, form: CommentsForm, refusal: RuleBroken) -> Answer:
    """The record as it is by now, with what was typed."""
    about = queries.review(me(), unit, record_id)
    form.lock.data = about.lock
    return _show(about, form, refusal)


@pages.post("/toi/nhap-ho/<uuid:record_id>", policy=policies.signed_in)
def answer_typed(record_id: UUID) -> Answer:
    """Whoever something was typed for says that it is theirs, or that it is not."""
    actor = me()
    if request.form.get("cau") == "giu":
        with writing():
            actions.keep_typed(actor.person_id, record_id)
        flash("Đã ghi: phiếu nhập hộ là của anh/chị.")
    else:
        queries.typed_version(actor.person_id, record_id)
        blank = texts.seal_draft(record_id, actor.person_id, {})
        with writing():
            actions.refuse_typed(actor.person_id, record_id, blank)
        flash("Đã rút phiếu nhập hộ: BCH không mở được nữa. Anh/chị tự viết lúc nào cũng được.")
    return redirect(url_for("home.first_page"), 303)
