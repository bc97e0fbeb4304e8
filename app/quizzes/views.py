"""`/trac-nghiem`: the quiz of a module, one question a page, and what was right afterwards."""

from datetime import datetime
from uuid import UUID

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Wsgi

from app import chance, clock
from app.accounts import policies
from app.accounts.current import me
from app.db import writing
from app.quizzes import actions, queries, rules
from app.quizzes.forms import AnswerForm, EpochForm, StartForm, answer_in, choices_in
from app.quizzes.queries import AttemptRow
from app.quizzes.queries.pages import attempt_page, open_question, quiz_page
from app.quizzes.queries.results import result_page
from app.quizzes.rules import AttemptClosed, Stage, TakenElsewhere
from app.quizzes.rules.kinds import known
from app.web.guard import Blueprint

pages = Blueprint("quizzes", __name__)
Answer = str | Wsgi | tuple[str, int]
ATTEMPT = "/trac-nghiem/<int:year>/<module>/luot/<int:n>"


@pages.get("/trac-nghiem/<int:year>/<module>", policy=policies.signed_in)
def quiz(year: int, module: str) -> str:
    return render_template("quizzes/quiz.html", page=quiz_page(me(), year, module))


@pages.post("/trac-nghiem/<int:year>/<module>", policy=policies.signed_in)
def start(year: int, module: str) -> Answer:
    """One attempt for one pressing of the button, however often it arrives."""
    actor, form = me(), StartForm()
    facts = queries.quiz_of(year, module)
    if not form.validate():
        return redirect(url_for("quizzes.quiz", year=year, module=module), 303)
    running = queries.running(actor, year, module)
    if running and running.stage(clock.now()) is Stage.OPEN:
        return _to_question(running, open_question(running))
    unit = actor.memberships[0].unit_id if actor.memberships else None
    paper = actions.plan_paper(actor.person_id, facts)
    with writing():
        n = actions.start(actor.person_id, facts, form.luot.data, paper, actor.session_id, unit)
    return redirect(url_for("quizzes.question", year=year, module=module, n=n, k=1), 303)


@pages.get(f"{ATTEMPT}/cau/<int:k>", policy=policies.signed_in)
def question(year: int, module: str, n: int, k: int) -> Answer:
    attempt = queries.attempt_of(me(), year, module, n)
    if attempt.stage(clock.now()) is not Stage.OPEN:
        return _to_result(attempt)
    page = attempt_page(attempt, k)
    if not queries.held_by(me(), attempt, clock.now()):
        return _elsewhere(attempt)
    drawn = attempt.device == me().session_id
    return _never_kept(render_template("quizzes/question.html", page=page, save_id=chance.row_id(), drawn=drawn))


@pages.post(f"{ATTEMPT}/cau/<int:k>", policy=policies.signed_in)
def save(year: int, module: str, n: int, k: int) -> Answer:
    """Keep the answer of a browser without JavaScript, and go on to where it wants."""
    attempt, form = queries.attempt_of(me(), year, module, n), AnswerForm()
    revision = attempt.item(k)["revision"]
    if not form.validate():
        return _to_question(attempt, k)
    try:
        _keep_form(attempt, revision, _known({revision: answer_in(request.form)})[revision], form)
    except TakenElsewhere:
        return _elsewhere(attempt)
    except AttemptClosed:
        return _over(attempt), 409
    return _onward(attempt, form.sang.data or str(k))


@pages.post(f"{ATTEMPT}/cau", policy=policies.signed_in)
def save_choices(year: int, module: str, n: int) -> Answer:
    """Keep what attempt.js has to send, in one save. The receipt says what was kept and when, how many seconds are
    left, and the epoch to go on in."""
    attempt, sent = queries.attempt_of(me(), year, module, n), choices_in(_json())
    if sent is None:
        return Response(status=400)
    answers = _known({attempt.item(k)["revision"]: answer for k, answer in sent.answers.items()})
    try:
        saved, epoch = _keep(attempt, sent.epoch, sent.save_id, answers)
    except TakenElsewhere as refusal:
        return _told(refusal, url=_question_url(attempt, min(sent.answers)))
    except AttemptClosed as refusal:
        return _told(refusal, url=_result_url(attempt))
    names = ", ".join(str(k) for k in sorted(sent.answers))
    words = f"Đã lưu câu {names} lúc {clock.hour(saved, seconds=True)}."
    return jsonify(words=words, left=attempt.left_s(clock.now()), epoch=epoch)


def _json() -> object:
    """What was sent as JSON; None where it is none, or nested beyond all sense."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _keep_form(attempt: AttemptRow, revision: int, answer: list[str], form: AnswerForm) -> None:
    """A page sent twice, or with the answer that stands, appends nothing more; nor does one on which nothing was
    chosen, except where what was there has been taken away: a page with an option chosen cannot be sent without."""
    saves = queries.saves_of(attempt.id)
    standing = rules.current_answers(saves).get(str(revision), [])
    if not answer and (not standing or queries.bodies([revision])[revision]["kind"] == "single"):
        return
    stands = standing == answer
    if stands and attempt.device == me().session_id and attempt.stage(clock.now()) is Stage.OPEN:
        return
    save_id = rules.form_save_id(UUID(form.save_id.data), revision, answer, len(saves))
    _keep(attempt, form.epoch.data, save_id, {revision: answer})


def _keep(attempt: AttemptRow, epoch: int, save_id: UUID, answers: dict[int, list[str]]) -> tuple[datetime, int]:
    """Append the answers. Where the sign-in that held the attempt has ended, this one holds it from here on. Returns
    when they were saved, and the epoch to go on in."""
    actor, mine = me(), attempt.device == me().session_id
    goes_on = not mine and queries.held_by(actor, attempt, clock.now())
    body = {str(revision): answer for revision, answer in answers.items()}
    with writing():
        if goes_on:
            epoch = actions.go_on(actor.person_id, attempt.id, epoch, actor.session_id)
        saved = actions.save(actor.person_id, attempt.id, epoch, save_id, body)
    return saved, attempt.epoch if mine else epoch


def _known(answers: dict[int, list[str]]) -> dict[int, list[str]]:
    """The answers as they are kept. Raises `UnknownOption` where one does not belong to its question."""
    seen = queries.bodies(answers)
    return {revision: known(queries.asked(seen[revision]), answer) for revision, answer in answers.items()}


def _onward(attempt: AttemptRow, to: str) -> Wsgi:
    if to == "nop":
        return redirect(url_for("quizzes.confirm", year=attempt.year, module=attempt.module, n=attempt.n), 303)
    number = int(to) if to.isascii() and to.isdigit() else 1
    return _to_question(attempt, min(max(number, 1), attempt.total))


@pages.post(f"{ATTEMPT}/tiep-quan", policy=policies.signed_in)
def take_over(year: int, module: str, n: int) -> Answer:
    attempt = queries.attempt_of(me(), year, module, n)
    k = open_question(attempt)
    with writing():
        actions.take_over(me().person_id, attempt.id, me().session_id)
    return _to_question(attempt, k)


@pages.get(f"{ATTEMPT}/nop-bai", policy=policies.signed_in)
def confirm(year: int, module: str, n: int) -> Answer:
    """What is still open, before handing in."""
    attempt = queries.attempt_of(me(), year, module, n)
    if attempt.stage(clock.now()) is not Stage.OPEN:
        return _to_result(attempt)
    if not queries.held_by(me(), attempt, clock.now()):
        return _elsewhere(attempt)
    return _never_kept(render_template("quizzes/confirm.html", page=attempt_page(attempt)))


@pages.post(f"{ATTEMPT}/nop-bai", policy=policies.signed_in)
def submit(year: int, module: str, n: int) -> Answer:
    attempt, form = queries.attempt_of(me(), year, module, n), EpochForm()
    if not form.validate():
        return redirect(url_for("quizzes.confirm", year=year, module=module, n=n), 303)
    try:
        with writing():
            actions.submit(me().person_id, attempt.id, form.epoch.data)
    except TakenElsewhere:
        return _elsewhere(attempt)
    return _to_result(attempt)


@pages.post(f"{ATTEMPT}/het-gio", policy=policies.signed_in)
def time_over(year: int, module: str, n: int) -> Answer:
    """Close and mark an attempt whose time is over. By the clock of the database: a browser whose own runs ahead is
    led back to its question."""
    attempt = queries.attempt_of(me(), year, module, n)
    k = open_question(attempt)
    with writing():
        closed = actions.close(attempt.id)
    return _to_result(attempt) if closed or attempt.closed_at else _to_question(attempt, k)


@pages.get(f"{ATTEMPT}/ket-qua", policy=policies.signed_in)
def result(year: int, module: str, n: int) -> Answer:
    attempt = queries.attempt_of(me(), year, module, n)
    if attempt.closed_at:
        return _never_kept(render_template("quizzes/result.html", page=result_page(me(), attempt)))
    if attempt.stage(clock.now()) is Stage.OPEN:
        return _to_question(attempt, open_question(attempt))
    return _never_kept(_over(attempt))


# --- ways on ------------------------------------------------------------------------------------------------------


def _elsewhere(attempt: AttemptRow) -> tuple[str, int]:
    """Another device has it: 409, and the button that takes it over here."""
    posted = request.method == "POST"
    return render_template("quizzes/elsewhere.html", attempt=attempt, posted=posted), 409


def _over(attempt: AttemptRow) -> str:
    """Handed in or out of time, and the way to what it came to."""
    return render_template("quizzes/over.html", attempt=attempt, stage=attempt.stage(clock.now()).value)


def _told(refusal: TakenElsewhere | AttemptClosed, url: str) -> Wsgi:
    """409 as attempt.js understands it, with the way on."""
    closed = isinstance(refusal, AttemptClosed)
    return make_response(jsonify(closed=closed, words=str(refusal), url=url), 409)


def _question_url(attempt: AttemptRow, k: int) -> str:
    return url_for("quizzes.question", year=attempt.year, module=attempt.module, n=attempt.n, k=k)


def _result_url(attempt: AttemptRow) -> str:
    return url_for("quizzes.result", year=attempt.year, module=attempt.module, n=attempt.n)


def _to_question(attempt: AttemptRow, k: int) -> Wsgi:
    return redirect(_question_url(attempt, k), 303)


def _to_result(attempt: AttemptRow) -> Wsgi:
    return redirect(_result_url(attempt), 303)


def _never_kept(html: str) -> Wsgi:
    """A page that going back must ask for again: it shows what is saved now."""
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response
