"""What may be asked, what an attempt holds, and what it came to. Every row here is the actor's own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.queries import Actor
from app.db import db
from app.lessons import queries as lessons
from app.lessons.models import Module
from app.lessons.queries import ModuleStanding
from app.quizzes import rules
from app.quizzes.models import (
    AnswerSave,
    Attempt,
    Bank,
    Mark,
    Paper,
    Question,
    QuestionKey,
    QuestionRevision,
    QuestionSeen,
    Quiz,
)
from app.quizzes.rules import Candidate, Key, Save, Stage
from app.refusal import NotThere
from app.steps import queries as steps
from app.steps.models import Programme


@dataclass(frozen=True)
class QuizFacts:
    """The quiz of a module, open to be taken."""

    year: int
    module: str
    title: str
    programme_id: int
    bank_id: int
    questions: int
    pass_mark: int
    minutes: int
    tries: int | None

    @property
    def purpose(self) -> str:
        return rules.purpose(self.year, self.module)


def quiz_of(year: int, module: str) -> QuizFacts:
    """The quiz at this address; raises `NotThere` where module or bank is not open."""
    row = db.session.execute(
        sa.select(
            Module.title, Module.programme_id, Quiz.bank_id, Quiz.questions, Quiz.pass_mark, Quiz.minutes, Quiz.tries
        )
        .join(Programme, Programme.id == Module.programme_id)
        .join(Quiz, Quiz.module_id == Module.id)
        .join(Bank, Bank.id == Quiz.bank_id)
        .where(Programme.year == year, Module.slug == module, Module.state == "open", Bank.state == "open")
    ).first()
    if row is None:
        raise NotThere()
    return QuizFacts(year, module, *row)


def candidates(bank_id: int, person_id: UUID) -> list[Candidate]:
    """The bank's open questions in their current revisions, and how often the person has seen each."""
    found = db.session.execute(
        sa.select(QuestionRevision.id, sa.func.coalesce(QuestionSeen.times, 0))
        .join(Question, sa.and_(Question.id == QuestionRevision.question_id, Question.current == QuestionRevision.n))
        .outerjoin(QuestionSeen, sa.and_(QuestionSeen.question_id == Question.id, QuestionSeen.person_id == person_id))
        .where(Question.bank_id == bank_id, Question.state == "open")
        .order_by(QuestionRevision.id)
    )
    return [Candidate(revision, seen) for revision, seen in found]


def bodies(revisions: Collection[int]) -> dict[int, dict[str, Any]]:
    """What persons see of these revisions, and nothing besides."""
    found = db.session.execute(
        sa.select(QuestionRevision.id, QuestionRevision.body).where(QuestionRevision.id.in_(revisions))
    )
    return {row.id: row.body for row in found}


def keys_of(revisions: Collection[int]) -> dict[int, Key]:
    """The newest version of the key of each revision."""
    found = db.session.execute(
        sa.select(QuestionKey.revision_id, QuestionKey.version, QuestionKey.body)
        .where(QuestionKey.revision_id.in_(revisions))
        .order_by(QuestionKey.version)
    )
    return {revision: Key(version, frozenset(body)) for revision, version, body in found}


# --- attempts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AttemptRow:
    """An attempt and its paper: `items` are [{revision, options: [id, …]}, …]."""

    id: UUID
    year: int
    module: str
    title: str
    n: int
    epoch: int
    device: str
    deadline: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    pass_mark: int
    items: list[dict[str, Any]]

    @property
    def total(self) -> int:
        return len(self.items)

    def stage(self, now: datetime) -> Stage:
        return rules.stage_of(self.submitted_at, self.closed_at, self.deadline, now)

    def item(self, k: int) -> dict[str, Any]:
        """Question k of the paper, counting from 1; raises `NotThere`."""
        if not 1 <= k <= self.total:
            raise NotThere()
        return self.items[k - 1]


def attempt_of(actor: Actor, year: int, module: str, n: int) -> AttemptRow:
    """The actor's own attempt with this address; raises `NotThere`, the same for somebody else's."""
    row = db.session.execute(
        sa.select(
            Attempt.id,
            Module.title,
            Attempt.n,
            Attempt.epoch,
            Attempt.device,
            Attempt.deadline,
            Attempt.submitted_at,
            Attempt.closed_at,
            Attempt.pass_mark,
            Paper.items,
        )
        .join(Paper, Paper.id == Attempt.paper_id)
        .join(Module, sa.and_(Module.programme_id == Attempt.programme_id, Module.slug == module))
        .where(Attempt.person_id == actor.person_id, Attempt.purpose == rules.purpose(year, module), Attempt.n == n)
    ).first()
    if row is None:
        raise NotThere()
    attempt_id, title, *rest = row
    return AttemptRow(attempt_id, year, module, title, *rest)


def saves_of(attempt_id: UUID) -> list[Save]:
    found = db.session.execute(
        sa.select(AnswerSave.epoch, AnswerSave.seq, AnswerSave.body).where(AnswerSave.attempt_id == attempt_id)
    )
    return [Save(*row) for row in found]


def last_saved(attempt_id: UUID) -> tuple[list[int], datetime] | None:
    """The save that came last: which revisions, when."""
    row = db.session.execute(
        sa.select(AnswerSave.body, AnswerSave.saved_at)
        .where(AnswerSave.attempt_id == attempt_id)
        .order_by(AnswerSave.epoch.desc(), AnswerSave.seq.desc())
        .limit(1)
    ).first()
    return ([int(revision) for revision in row[0]], row[1]) if row else None


@dataclass(frozen=True)
class AttemptLine:
    """An attempt in the list of one's own; points and total are None while it is open."""

    n: int
    started: datetime
    deadline: datetime
    closed_at: datetime | None
    submitted: bool
    points: int | None
    total: int | None
    pass_mark: int

    @property
    def passed(self) -> bool:
        return self.points is not None and rules.passed(self.points, self.pass_mark)


def attempts_of(person_id: UUID, purpose: str) -> list[AttemptLine]:
    """The person's attempts, newest first, each with its newest mark."""
    found = db.session.execute(
        sa.select(
            Attempt.n,
            Attempt.started,
            Attempt.deadline,
            Attempt.closed_at,
            Attempt.submitted_at.is_not(None),
            Mark.points,
            Mark.total,
            Attempt.pass_mark,
        )
        .outerjoin(Mark, Mark.attempt_id == Attempt.id)
        .where(Attempt.person_id == person_id, Attempt.purpose == purpose)
        .order_by(Attempt.n.desc(), Mark.at)
    )
    newest = {row.n: AttemptLine(*row) for row in found}
    return list(newest.values())


@dataclass(frozen=True)
class QuizLine:
    """How a person stands with a module's quiz: `state` is `passed`, `open` (an attempt is running), `tried`, `new`."""

    state: str
    best: int | None
    total: int | None
    passed_at: datetime | None
    open_n: int | None
    tries: int


def quiz_line(person_id: UUID, programme: Programme, module: str) -> QuizLine:
    """For pages that name the quiz: best points, when passed, and the attempt that waits to be gone on with."""
    attempts = attempts_of(person_id, rules.purpose(programme.year, module))
    running = next((line for line in attempts if line.closed_at is None and line.deadline > clock.now()), None)
    marked = [line for line in attempts if line.points is not None]
    passes = [line.closed_at for line in marked if line.passed and line.closed_at]
    state = "passed" if passes else "open" if running else "tried" if marked else "new"
    best = max(marked, key=lambda line: line.points or 0, default=None)
    return QuizLine(
        state,
        best.points if best else None,
        best.total if best else None,
        min(passes, default=None),
        running.n if running else None,
        len(attempts),
    )


# --- pages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuizPage:
    """`/trac-nghiem/<year>/<module>`: what it is, and how it went so far. `running` is the attempt not yet closed,
    `here` whether this device holds it."""

    quiz: QuizFacts
    module: ModuleStanding
    attempts: list[AttemptLine]
    running: AttemptLine | None
    here: bool

    @property
    def next_n(self) -> int:
        return max((line.n for line in self.attempts), default=0) + 1

    @property
    def tries_left(self) -> int | None:
        """None where there is no limit."""
        return None if self.quiz.tries is None else max(0, self.quiz.tries - len(self.attempts))

    @property
    def finished(self) -> list[AttemptLine]:
        return [line for line in self.attempts if line.points is not None]

    @property
    def best(self) -> AttemptLine | None:
        return max(self.finished, key=lambda line: line.points or 0, default=None)


def quiz_page(actor: Actor, year: int, module: str) -> QuizPage:
    quiz = quiz_of(year, module)
    attempts = attempts_of(actor.person_id, quiz.purpose)
    running = next((line for line in attempts if line.closed_at is None), None)
    standing = lessons.module_standing(actor, steps.programme_of_year(year), module)
    here = running is not None and attempt_of(actor, year, module, running.n).device == actor.session_id
    return QuizPage(quiz, standing, attempts, running, here)


@dataclass(frozen=True)
class QuestionView:
    """A question as it stands on the paper: options are (id, text) in the paper's order."""

    k: int
    text: str
    options: list[tuple[str, str]]
    chosen: str | None


@dataclass(frozen=True)
class Receipt:
    """Which questions were saved last, and when."""

    questions: list[int]
    at: datetime


@dataclass(frozen=True)
class AttemptPage:
    """Question k of an open attempt, with the whole paper for the map (and for going on without a network)."""

    attempt: AttemptRow
    k: int
    questions: list[QuestionView]
    receipt: Receipt | None
    saves: int
    left_s: int

    @property
    def question(self) -> QuestionView:
        return self.questions[self.k - 1]

    @property
    def open_questions(self) -> list[int]:
        return [question.k for question in self.questions if question.chosen is None]


def attempt_page(attempt: AttemptRow, k: int = 1) -> AttemptPage:
    attempt.item(k)
    seen = bodies([item["revision"] for item in attempt.items])
    saves = saves_of(attempt.id)
    answers = rules.current_answers(saves)
    last = last_saved(attempt.id)
    return AttemptPage(
        attempt=attempt,
        k=k,
        questions=[_view(place, item, seen, answers) for place, item in enumerate(attempt.items, start=1)],
        receipt=Receipt([k for k, item in enumerate(attempt.items, 1) if item["revision"] in last[0]], last[1])
        if last
        else None,
        saves=len(saves),
        left_s=max(0, int((attempt.deadline - clock.now()).total_seconds())),
    )


def _view(k: int, item: dict[str, Any], seen: dict[int, dict[str, Any]], answers: rules.Answers) -> QuestionView:
    body = seen[item["revision"]]
    texts = {option["id"]: option["text"] for option in body["options"]}
    chosen = answers.get(str(item["revision"]), [])
    return QuestionView(
        k, body["text"], [(option, texts[option]) for option in item["options"]], chosen[0] if chosen else None
    )


# --- afterwards ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewLine:
    """A question of a closed attempt: what was chosen (None: nothing), what is right, why, and after which source."""

    k: int
    text: str
    mine: str | None
    right: str
    is_right: bool
    explanation: str
    source: str
    address: str | None
    lesson: str | None


@dataclass(frozen=True)
class LessonToReview:
    slug: str
    position: int
    title: str


@dataclass(frozen=True)
class ResultPage:
    attempt: AttemptRow
    points: int
    total: int
    passed: bool
    lines: list[ReviewLine]
    review: list[LessonToReview]
    may_retry: bool

    @property
    def wrong(self) -> list[ReviewLine]:
        return [line for line in self.lines if not line.is_right]

    @property
    def right(self) -> list[ReviewLine]:
        return [line for line in self.lines if line.is_right]

    @property
    def missing(self) -> int:
        """How many more right answers would have passed."""
        return max(0, self.attempt.pass_mark - self.points)


def result_page(actor: Actor, attempt: AttemptRow) -> ResultPage:
    """What the newest mark of a closed attempt says, question by question. Raises `NotThere` before it is closed."""
    mark = db.session.scalars(
        sa.select(Mark).where(Mark.attempt_id == attempt.id).order_by(Mark.at.desc()).limit(1)
    ).first()
    if attempt.closed_at is None or mark is None:
        raise NotThere()
    lines = _review_lines(mark.detail)
    return ResultPage(
        attempt=attempt,
        points=mark.points,
        total=mark.total,
        passed=rules.passed(mark.points, attempt.pass_mark),
        lines=lines,
        review=_to_review(actor, attempt, lines),
        may_retry=_may_retry(actor, attempt),
    )


def _review_lines(detail: list[dict[str, Any]]) -> list[ReviewLine]:
    ids = [item["revision"] for item in detail]
    rows = {row.id: row for row in db.session.scalars(sa.select(QuestionRevision).where(QuestionRevision.id.in_(ids)))}
    keys = {
        (revision, version): body
        for revision, version, body in db.session.execute(
            sa.select(QuestionKey.revision_id, QuestionKey.version, QuestionKey.body).where(
                QuestionKey.revision_id.in_(ids)
            )
        )
    }
    sources = lessons.sources_named({row.source for row in rows.values()})
    lines = []
    for k, item in enumerate(detail, start=1):
        row = rows[item["revision"]]
        texts = {option["id"]: option["text"] for option in row.body["options"]}
        source = sources[row.source]
        lines.append(
            ReviewLine(
                k=k,
                text=row.body["text"],
                mine=", ".join(texts[option] for option in item["chosen"]) or None,
                right=", ".join(texts[option] for option in keys[row.id, item["key"]]),
                is_right=item["right"],
                explanation=row.explanation,
                source=f"{source.short}, {row.at}" if row.at else source.short,
                address=source.address,
                lesson=row.lesson,
            )
        )
    return lines


def _to_review(actor: Actor, attempt: AttemptRow, lines: list[ReviewLine]) -> list[LessonToReview]:
    """The lessons of the questions that were not right, as far as they still stand."""
    try:
        module = lessons.module_of(attempt.year, attempt.module)[1]
    except NotThere:
        return []
    there = {line.slug: line for line in lessons.lessons_of(module.id, actor.person_id)}
    slugs = rules.lessons_to_review(line.lesson for line in lines if not line.is_right)
    return [LessonToReview(slug, there[slug].position, there[slug].title) for slug in slugs if slug in there]


def _may_retry(actor: Actor, attempt: AttemptRow) -> bool:
    try:
        tries = quiz_of(attempt.year, attempt.module).tries
    except NotThere:
        return False
    return tries is None or len(attempts_of(actor.person_id, rules.purpose(attempt.year, attempt.module))) < tries
