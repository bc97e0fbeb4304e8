"""What this slice holds about a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.holdings import Holding, Row
from app.lessons.models import Module
from app.quizzes import rules
from app.quizzes.models import AnswerSave, Attempt, Mark, Paper, Question, QuestionSeen
from app.quizzes.queries import bodies
from app.steps import rules as steps
from app.steps.models import Programme
from app.units import queries as units


@dataclass(frozen=True)
class _Tried:
    """An attempt of one's own with its newest mark, and what was answered (revision → options) in its saves."""

    row: Attempt
    year: int
    module: str
    items: list[Any]
    mark: Mark | None
    answers: dict[str, Any]
    saves: int

    @property
    def name(self) -> tuple[int, str, int]:
        return self.year, self.module, self.row.n


def _tried(person: UUID) -> list[_Tried]:
    mine = sa.select(Attempt.id).where(Attempt.person_id == person)
    marks = sa.select(Mark).where(Mark.attempt_id.in_(mine)).order_by(Mark.at)
    newest = {mark.attempt_id: mark for mark in db.session.scalars(marks)}
    saved = _saved(mine)
    titles = {(row.programme_id, row.slug): row.title for row in db.session.execute(MODULES)}
    found = db.session.execute(
        sa.select(Attempt, Programme.year, Paper.items)
        .join(Programme, Programme.id == Attempt.programme_id)
        .join(Paper, Paper.id == Attempt.paper_id)
        .where(Attempt.person_id == person)
        .order_by(Attempt.started.desc(), Attempt.id)
    )
    return [
        _Tried(row, year, _title(row, titles), items, newest.get(row.id), *saved.get(row.id, ({}, 0)))
        for row, year, items in found
    ]


MODULES = sa.select(Module.programme_id, Module.slug, Module.title)


def _title(attempt: Attempt, titles: dict[tuple[int, str], str]) -> str:
    slug = rules.module_of(attempt.purpose)
    return titles.get((attempt.programme_id, slug), slug)


def _saved(attempts: sa.Select[UUID]) -> dict[UUID, tuple[dict[str, Any], int]]:
    """What was saved last of each question, and how often something was."""
    rows = sa.select(AnswerSave.attempt_id, AnswerSave.body).where(AnswerSave.attempt_id.in_(attempts))
    found: dict[UUID, tuple[dict[str, Any], int]] = {}
    for attempt, body in db.session.execute(rows.order_by(AnswerSave.epoch, AnswerSave.seq)):
        before, times = found.get(attempt, ({}, 0))
        found[attempt] = before | body, times + 1
    return found


def _attempts(person: UUID) -> Iterator[Row]:
    tried = _tried(person)
    named = units.last_names(one.row.unit_at_start for one in tried)
    for one in tried:
        row, mark = one.row, one.mark
        points = (mark.points, mark.total) if mark else (None, None)
        source, place = steps.SOURCE_WORDS[row.source], named.get(row.unit_at_start or 0)
        times = (row.started, row.deadline, row.submitted_at, row.closed_at)
        yield *one.name, *times, *points, row.pass_mark, one.saves, source, place


def _answers(person: UUID) -> Iterator[Row]:
    """Question by question. What is right is told of closed attempts alone, as on their own pages."""
    tried = _tried(person)
    asked = bodies({item["revision"] for one in tried for item in one.items})
    for one in tried:
        marked = {item["revision"]: item for item in one.mark.detail} if one.mark and one.row.closed_at else {}
        for k, item in enumerate(one.items, start=1):
            revision = item["revision"]
            mark = marked.get(revision)
            chosen = mark["chosen"] if mark else one.answers.get(str(revision), [])
            texts = {option["id"]: option["text"] for option in asked[revision]["options"]}
            said = ", ".join(texts[option] for option in chosen) or None
            yield *one.name, k, asked[revision]["text"], said, mark["right"] if mark else None


def _seen(person: UUID) -> Iterator[Row]:
    yield from db.session.execute(
        sa.select(Programme.year, Question.slug, QuestionSeen.times, QuestionSeen.last)
        .join(Question, Question.id == QuestionSeen.question_id)
        .join(Programme, Programme.id == Question.programme_id)
        .where(QuestionSeen.person_id == person)
        .order_by(QuestionSeen.last.desc(), Question.slug)
    )


QUIZ = {"year": "Năm", "module": "Chuyên đề", "n": "Lượt"}
HOLDINGS = (
    Holding(
        "attempts",
        "Lượt làm trắc nghiệm",
        QUIZ
        | {
            "started": "Bắt đầu",
            "deadline": "Hạn nộp",
            "submitted_at": "Nộp lúc",
            "closed_at": "Kết thúc lúc",
            "points": "Số câu đúng",
            "total": "Số câu",
            "pass_mark": "Cần đúng",
            "saves": "Số lần lưu",
            "source": "Ghi nhận từ",
            "unit": "Đơn vị khi làm",
        },
        ("attempt.person_id", "mark.attempt_id"),
        _attempts,
    ),
    Holding(
        "answers",
        "Câu trả lời trắc nghiệm",
        QUIZ | {"k": "Câu", "question": "Câu hỏi", "chosen": "Đã chọn", "right": "Đúng"},
        ("answer_save.attempt_id",),
        _answers,
        wide="question",
    ),
    Holding(
        "questions_seen",
        "Câu hỏi đã gặp",
        {"year": "Năm", "question": "Mã câu hỏi", "times": "Số lần", "last": "Lần cuối"},
        ("question_seen.person_id",),
        _seen,
    ),
)
