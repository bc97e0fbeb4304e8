"""Reading done: each runs inside the caller's `writing()`."""

from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.models import Person
from app.db import db, insert
from app.lessons import rules
from app.lessons.models import Lesson, LessonTick, Module, ReadingPlace
from app.steps import actions as steps
from app.steps.rules import Source, study


def finish_module(person_id: UUID, module_id: int, source: Source = "online", by: UUID | None = None) -> None:
    """The person says that they have gone through "Bản 3 phút". Said twice, it is recorded once."""
    module = db.session.get_one(Module, module_id)
    steps.record(person_id, module.programme_id, study(module.slug), clock.now(), source, by or person_id)


def tick(person_id: UUID, lesson_id: int, source: Source = "online", by: UUID | None = None) -> None:
    """The person has read the lesson; with the last lesson of its module, the module is studied."""
    _one_at_a_time(person_id)
    lesson = db.session.get_one(Lesson, lesson_id)
    db.session.execute(
        insert(LessonTick)
        .values(person_id=person_id, lesson_id=lesson_id, at=clock.now(), source=source)
        .on_conflict_do_nothing()
    )
    mates = sa.select(Lesson.id).where(Lesson.module_id == lesson.module_id, Lesson.state == "open")
    ticked = sa.select(LessonTick.lesson_id).where(LessonTick.person_id == person_id, LessonTick.lesson_id.in_(mates))
    if rules.is_studied(list(db.session.scalars(mates)), list(db.session.scalars(ticked))):
        finish_module(person_id, lesson.module_id, source, by)


def _one_at_a_time(person_id: UUID) -> None:
    """Two last lessons ticked at once must see each other."""
    db.session.execute(sa.select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def keep_place(person_id: UUID, lesson_id: int, place: int) -> None:
    """Where the person stopped; the newest counts."""
    at = clock.now()
    db.session.execute(
        insert(ReadingPlace)
        .values(person_id=person_id, lesson_id=lesson_id, place=place, at=at)
        .on_conflict_do_update(index_elements=["person_id", "lesson_id"], set_={"place": place, "at": at})
    )
