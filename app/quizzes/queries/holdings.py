"""What this slice holds about a person."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.holdings import Holding, Row
from app.lessons.models import Module
from app.quizzes import rules
from app.quizzes.models import AnswerSave, Attempt, Mark, Paper, Question, QuestionSeen
from app.quizzes.queries import bodies
from app.quizzes.rules.kinds import in_words
from app.steps import rules as steps
from app.steps.models import Programme
from app.units import queries as units

Name = tuple[int, str, int]  # year, module, and which try


def _tried(person: UUID) -> list[tuple[Attempt, Name]]:
    """The attempts of a person, the newest first, and what each is called."""
    titles = {(row.programme_id, row.slug): row.title for row in db.session.execute(MODULES)}
    found = db.session.execute(
        sa.select(Attempt, Programme.year)
        .join(Programme, Programme.id == Attempt.programme_id)
        .where(Attempt.person_id == person)
        .order_by(Attempt.started.desc(), Attempt.id)
    )
    return [(row, (year, _title(row, titles), row.n)) for row, year in found]


MODULES = sa.select(Module.programme_id, Module.slug, Module.title)


def _title(attempt: Attempt, titles: dict[tuple[int, str], str]) -> str:
    slug = rules.module_of(attempt.purpose)
    return titles.get((attempt.programme_id, slug), slug)


def _of(person: UUID, what: sa.Select[*tuple[Any, ...]]) -> sa.Result[*tuple[Any, ...]]:
    """`what`, of the attempts of this person."""
    return db.session.execute(what.where(Attempt.person_id == person))


def _attempts(person: UUID) -> Iterator[Row]:
    tried = _tried(person)
    marked = sa.select(Mark.attempt_id, Mark.points, Mark.total).join(Attempt, Attempt.id == Mark.attempt_id)
    marks = {attempt: (points, total) for attempt, points, total in _of(person, marked.order_by(Mark.at))}
    counted = sa.select(AnswerSave.attempt_id, sa.func.count()).join(Attempt, Attempt.id == AnswerSave.attempt_id)
    saves = {row[0]: row[1] for row in _of(person, counted.group_by(AnswerSave.attempt_id))}
    named = units.full_last_names(row.unit_at_start for row, _ in tried)
    for row, name in tried:
        times = (row.started, row.deadline, row.submitted_at, row.closed_at)
        points = (*marks.get(row.id, (None, None)), row.pass_mark, saves.get(row.id, 0))
        yield *name, *times, *points, steps.SOURCE_WORDS[row.source], named.get(row.unit_at_start or 0)


def _answers(person: UUID) -> Iterator[Row]:
    """Question by question. What is right is told of closed attempts alone, as on their own pages."""
    marked = sa.select(Mark.attempt_id, Mark.detail).join(Attempt, Attempt.id == Mark.attempt_id)
    details = {row.attempt_id: row.detail for row in _of(person, marked.order_by(Mark.at))}
    papers = {row.id: row.items for row in _of(person, sa.select(Paper.id, Paper.items).join(Attempt))}
    asked = bodies({item["revision"] for items in papers.values() for item in items})
    for row, name in _tried(person):
        told = {item["revision"]: item for item in details.get(row.id, [])} if row.closed_at else {}
        saved = {} if told else _saved(row.id)
        for k, item in enumerate(papers[row.paper_id], start=1):
            revision, mark = asked[item["revision"]], told.get(item["revision"])
            chosen = mark["chosen"] if mark else saved.get(str(item["revision"]), [])
            said = in_words(revision["kind"], revision, chosen) or None
            yield *name, k, revision["text"], said, mark["right"] if mark else None


def _saved(attempt: UUID) -> dict[str, Any]:
    """What was saved last of each question of an attempt that has no mark yet."""
    rows = sa.select(AnswerSave.body).where(AnswerSave.attempt_id == attempt)
    found: dict[str, Any] = {}
    for body in db.session.scalars(rows.order_by(AnswerSave.epoch, AnswerSave.seq)):
        found |= body
    return found


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
