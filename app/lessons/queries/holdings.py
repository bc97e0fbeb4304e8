"""What this slice holds about a person."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.holdings import Holding, Row
from app.lessons.models import Lesson, LessonRevision, LessonTick, Module, ReadingPlace
from app.steps import rules as steps
from app.steps.models import Programme


def _lessons(model: Any, person: UUID) -> sa.Result[*tuple[Any, ...]]:
    """Rows of a table about a person and a lesson, with year, module and lesson by name."""
    current = sa.and_(LessonRevision.lesson_id == Lesson.id, LessonRevision.n == Lesson.current)
    return db.session.execute(
        sa.select(model, Programme.year, Module.title, LessonRevision.title)
        .join(Lesson, Lesson.id == model.lesson_id)
        .join(LessonRevision, current)
        .join(Module, Module.id == Lesson.module_id)
        .join(Programme, Programme.id == Module.programme_id)
        .where(model.person_id == person)
        .order_by(model.at.desc(), model.lesson_id)
    )


def _read(person: UUID) -> Iterator[Row]:
    for row, year, module, lesson in _lessons(LessonTick, person):
        yield year, module, lesson, row.at, steps.SOURCE_WORDS[row.source]


def _places(person: UUID) -> Iterator[Row]:
    for row, year, module, lesson in _lessons(ReadingPlace, person):
        yield year, module, lesson, row.place, row.at


LESSON = {"year": "Năm", "module": "Chuyên đề", "lesson": "Bài"}
HOLDINGS = (
    Holding(
        "lessons_read",
        "Bài học đã đọc",
        LESSON | {"at": "Lúc", "source": "Ghi nhận từ"},
        ("lesson_tick.person_id",),
        _read,
    ),
    Holding(
        "reading_places",
        "Chỗ đang đọc dở",
        LESSON | {"section": "Mục", "at": "Lúc"},
        ("reading_place.person_id",),
        _places,
    ),
)
