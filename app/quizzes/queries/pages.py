"""What the pages of a quiz and of an open attempt show. Nothing here reads more of a question than its words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import clock
from app.accounts.queries import Actor
from app.lessons import queries as lessons
from app.lessons.queries import ModuleStanding
from app.quizzes import queries, rules
from app.quizzes.queries import AttemptLine, AttemptRow, QuizFacts
from app.quizzes.rules import Stage
from app.quizzes.rules.kinds import Kind, is_whole
from app.steps import queries as steps


@dataclass(frozen=True)
class Running:
    """The attempt not yet closed: `over` once its time is, `here` whether this sign-in goes on with it unasked, `k` the
    question to go on with."""

    n: int
    deadline: datetime
    over: bool
    here: bool
    k: int


@dataclass(frozen=True)
class QuizPage:
    """`/trac-nghiem/<year>/<module>`: what it is, and how it went so far."""

    quiz: QuizFacts
    module: ModuleStanding
    attempts: list[AttemptLine]
    running: Running | None

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


def quiz_page(actor: Actor, year: int, module: str) -> QuizPage:
    quiz = queries.quiz_of(year, module)
    attempts = queries.attempts_of(actor.person_id, quiz.purpose)
    standing = lessons.module_standing(actor, steps.programme_of_year(year), module)
    return QuizPage(quiz, standing, attempts, _running(actor, year, module))


def _running(actor: Actor, year: int, module: str) -> Running | None:
    attempt, now = queries.running(actor, year, module), clock.now()
    if attempt is None:
        return None
    return Running(
        n=attempt.n,
        deadline=attempt.deadline,
        over=attempt.stage(now) is not Stage.OPEN,
        here=queries.held_by(actor, attempt, now),
        k=open_question(attempt),
    )


def open_question(attempt: AttemptRow) -> int:
    """The first question without a whole answer, else the first: where to go on."""
    return next((question.k for question in questions_of(attempt) if not question.answered), 1)


@dataclass(frozen=True)
class QuestionView:
    """A question as it stands on the paper: options are (id, text) in the paper's order, slots too. `answer` is what
    was saved last, `answered` whether nothing of it is open."""

    k: int
    kind: Kind
    text: str
    options: list[tuple[str, str]]
    slots: list[tuple[str, str]]
    answer: list[str]
    answered: bool


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
    left_s: int

    @property
    def question(self) -> QuestionView:
        return self.questions[self.k - 1]

    @property
    def open_questions(self) -> list[int]:
        return [question.k for question in self.questions if not question.answered]


def attempt_page(attempt: AttemptRow, k: int = 1) -> AttemptPage:
    attempt.item(k)
    last = queries.last_saved(attempt.id)
    return AttemptPage(
        attempt=attempt,
        k=k,
        questions=questions_of(attempt),
        receipt=Receipt([k for k, item in enumerate(attempt.items, 1) if item["revision"] in last[0]], last[1])
        if last
        else None,
        left_s=attempt.left_s(clock.now()),
    )


def questions_of(attempt: AttemptRow) -> list[QuestionView]:
    """The paper with what was answered so far."""
    seen = queries.bodies([item["revision"] for item in attempt.items])
    answers = rules.current_answers(queries.saves_of(attempt.id))
    return [
        _view(k, item, seen[item["revision"]], answers.get(str(item["revision"]), []))
        for k, item in enumerate(attempt.items, start=1)
    ]


def _view(k: int, item: dict[str, Any], body: dict[str, Any], answer: list[str]) -> QuestionView:
    texts = {option["id"]: option["text"] for option in body["options"]}
    return QuestionView(
        k=k,
        kind=body["kind"],
        text=body["text"],
        options=[(option, texts[option]) for option in item["options"]],
        slots=[(slot["id"], slot["text"]) for slot in body["slots"]],
        answer=answer,
        answered=is_whole(queries.asked(body), answer),
    )
