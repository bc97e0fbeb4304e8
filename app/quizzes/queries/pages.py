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
from app.steps import queries as steps


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
    quiz = queries.quiz_of(year, module)
    attempts = queries.attempts_of(actor.person_id, quiz.purpose)
    running = next((line for line in attempts if line.closed_at is None), None)
    standing = lessons.module_standing(actor, steps.programme_of_year(year), module)
    here = running is not None and queries.attempt_of(actor, year, module, running.n).device == actor.session_id
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
    seen = queries.bodies([item["revision"] for item in attempt.items])
    saves = queries.saves_of(attempt.id)
    answers = rules.current_answers(saves)
    last = queries.last_saved(attempt.id)
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
