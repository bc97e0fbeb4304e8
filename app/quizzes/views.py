"""`/trac-nghiem`: the quiz of a module, one question a page, and what was right afterwards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Wsgi

from app import chance, clock
from app.accounts import policies
from app.accounts.current import me
from app.accounts.queries import session_lives
from app.db import writing
from app.quizzes import actions, queries, rules
from app.quizzes.forms import AnswerForm, EpochForm, StartForm
from app.quizzes.queries import AttemptRow
from app.quizzes.queries.pages import attempt_page, quiz_page
from app.quizzes.queries.results import result_page
from app.quizzes.rules import AttemptClosed, Stage, TakenElsewhere
from app.web.guard import Blueprint

pages = Blueprint("quizzes", __name__)
Answer = str | Wsgi | tuple[str, int]
ATTEMPT = "/trac-nghiem/<int:year>/<module>/luot/<int:n>"


@pages.get("/trac-nghiem/<int:year>/<module>", policy=policies.signed_in)
def quiz(year: int, module: str) -> str:
    page = quiz_page(me(), year, module)
    if page.running and (not page.here or page.running.deadline <= clock.now()):
        _opened(year, module, page.running.n)
        page = quiz_page(me(), year, module)
    return render_template("quizzes/quiz.html", page=page)


@pages.post("/trac-nghiem/<int:year>/<module>", policy=policies.signed_in)
def start(year: int, module: str) -> Answer:
    """One attempt for one pressing of the button, however often it arrives."""
    actor, form = me(), StartForm()
    facts = queries.quiz_of(year, module)
    if not form.validate():
        return redirect(url_for("quizzes.quiz", year=year, module=module), 303)
    unit = actor.memberships[0].unit_id if actor.memberships else None
    items = actions.plan_paper(actor.person_id, facts)
    with writing():
        n = actions.start(actor.person_id, facts, form.luot.data, items, actor.session_id, unit)
    return _to_open_question(queries.attempt_of(actor, year, module, n))


@pages.get(f"{ATTEMPT}/cau/<int:k>", policy=policies.signed_in)
def question(year: int, module: str, n: int, k: int) -> Answer:
    attempt = _opened(year, module, n)
    if attempt.closed_at:
        return _to_result(attempt)
    page = attempt_page(attempt, k)
    if attempt.device != me().session_id:
        return _stopped(TakenElsewhere(), attempt, k)
    return _never_kept(render_template("quizzes/question.html", page=page, save_id=chance.row_id()))


@pages.post(f"{ATTEMPT}/cau/<int:k>", policy=policies.signed_in)
def save(year: int, module: str, n: int, k: int) -> Answer:
    """Keep the choice. attempt.js wants a receipt; a browser without it wants the next page."""
    attempt, form = queries.attempt_of(me(), year, module, n), AnswerForm()
    item = attempt.item(k)
    if not form.validate():
        return Response(status=400) if _from_script() else _to_question(attempt, k)
    try:
        saved = _keep(attempt, item, form) if form.chon.data else None
    except (TakenElsewhere, AttemptClosed) as refusal:
        return _stopped(refusal, attempt, k)
    if _from_script():
        return jsonify(words=f"Đã lưu câu {k} lúc {clock.hour(saved, seconds=True)}." if saved else "")
    return _onward(attempt, form.sang.data or str(k))


def _keep(attempt: AttemptRow, item: dict[str, Any], form: AnswerForm) -> datetime | None:
    """Append the choice. A page without JavaScript that is sent twice, or with a choice that stands, appends nothing
    more."""
    option, epoch, save_id, revision = form.chon.data or "", form.epoch.data, UUID(form.save_id.data), item["revision"]
    if option not in item["options"]:
        raise rules.UnknownOption()
    if not _from_script():
        saves = queries.saves_of(attempt.id)
        stands = rules.current_answers(saves).get(str(revision)) == [option]
        if stands and attempt.epoch == epoch and attempt.stage(clock.now()) is Stage.OPEN:
            return None
        save_id = rules.form_save_id(save_id, revision, option, len(saves))
    with writing():
        return actions.save(me().person_id, attempt.id, epoch, save_id, {str(revision): [option]})


def _onward(attempt: AttemptRow, to: str) -> Wsgi:
    if to == "nop":
        return redirect(url_for("quizzes.confirm", year=attempt.year, module=attempt.module, n=attempt.n), 303)
    number = int(to) if to.isascii() and to.isdigit() else 1
    return _to_question(attempt, min(max(number, 1), attempt.total))


@pages.post(f"{ATTEMPT}/tiep-quan", policy=policies.signed_in)
def take_over(year: int, module: str, n: int) -> Answer:
    attempt = queries.attempt_of(me(), year, module, n)
    with writing():
        actions.take_over(me().person_id, attempt.id, me().session_id)
    return _to_open_question(attempt)


@pages.get(f"{ATTEMPT}/nop-bai", policy=policies.signed_in)
def confirm(year: int, module: str, n: int) -> Answer:
    """What is still open, before handing in."""
    attempt = _opened(year, module, n)
    if attempt.closed_at:
        return _to_result(attempt)
    if attempt.device != me().session_id:
        return _stopped(TakenElsewhere(), attempt, 1)
    return _never_kept(render_template("quizzes/confirm.html", page=attempt_page(attempt)))


@pages.post(f"{ATTEMPT}/nop-bai", policy=policies.signed_in)
def submit(year: int, module: str, n: int) -> Answer:
    attempt, form = queries.attempt_of(me(), year, module, n), EpochForm()
    if not form.validate():
        return redirect(url_for("quizzes.confirm", year=year, module=module, n=n), 303)
    try:
        with writing():
            actions.submit(me().person_id, attempt.id, form.epoch.data)
    except TakenElsewhere as refusal:
        return _stopped(refusal, attempt, 1)
    return _to_result(attempt)


@pages.get(f"{ATTEMPT}/ket-qua", policy=policies.signed_in)
def result(year: int, module: str, n: int) -> Answer:
    attempt = _close_if_over(queries.attempt_of(me(), year, module, n))
    if not attempt.closed_at:
        return _to_open_question(attempt)
    return _never_kept(render_template("quizzes/result.html", page=result_page(me(), attempt)))


# --- ways on ------------------------------------------------------------------------------------------------------


def _from_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _opened(year: int, module: str, n: int) -> AttemptRow:
    """The attempt as it is to be gone on with: closed if its time is over; and where the session that held it has ended
    (signed out, run out), held by this one. A session that still lives is asked about first."""
    attempt = _close_if_over(queries.attempt_of(me(), year, module, n))
    if attempt.closed_at or attempt.device == me().session_id or session_lives(attempt.device, clock.now()):
        return attempt
    with writing():
        actions.take_over(me().person_id, attempt.id, me().session_id)
    return queries.attempt_of(me(), year, module, n)


def _close_if_over(attempt: AttemptRow) -> AttemptRow:
    """The attempt; closed first if its time is over and nobody has written that down yet."""
    if attempt.closed_at or attempt.stage(clock.now()) is Stage.OPEN:
        return attempt
    with writing():
        actions.close(attempt.id)
    return queries.attempt_of(me(), attempt.year, attempt.module, attempt.n)


def _stopped(refusal: TakenElsewhere | AttemptClosed, attempt: AttemptRow, k: int) -> Answer:
    """409, with the way on: take the attempt over here, or see what it came to."""
    attempt, closed = _close_if_over(attempt), isinstance(refusal, AttemptClosed)
    if _from_script():
        way = _result_url(attempt) if closed else _question_url(attempt, k)
        return make_response(jsonify(closed=closed, words=str(refusal), url=way), 409)
    page = "quizzes/over.html" if closed else "quizzes/elsewhere.html"
    return render_template(page, attempt=attempt, posted=request.method == "POST"), 409


def _question_url(attempt: AttemptRow, k: int) -> str:
    return url_for("quizzes.question", year=attempt.year, module=attempt.module, n=attempt.n, k=k)


def _result_url(attempt: AttemptRow) -> str:
    return url_for("quizzes.result", year=attempt.year, module=attempt.module, n=attempt.n)


def _to_question(attempt: AttemptRow, k: int) -> Wsgi:
    return redirect(_question_url(attempt, k), 303)


def _to_open_question(attempt: AttemptRow) -> Wsgi:
    """The first question without an answer, else the first."""
    return _to_question(attempt, next(iter(attempt_page(attempt).open_questions), 1))


def _to_result(attempt: AttemptRow) -> Wsgi:
    return redirect(_result_url(attempt), 303)


def _never_kept(html: str) -> Wsgi:
    """A page that going back must ask for again: it shows what is saved now."""
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response
