"""Modules, their lessons in immutable revisions, the sources they name, and who has read what."""

import datetime as dt
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Id, Model


class Module(Model):
    """A module of a programme. `audience` lists `all`, `officers`, `office`; empty: optional reading. `short` is "Bản
    3 phút" (Markdown, `short_html` its page). The last three are those of its quiz."""

    __tablename__ = "module"
    __table_args__ = (
        UniqueConstraint("programme_id", "slug"),
        CheckConstraint("origin in ('folder', 'house')", name="origin"),
        CheckConstraint("state in ('open', 'retired')", name="state"),
    )
    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    slug: Mapped[Code]
    origin: Mapped[Code]
    audience: Mapped[list[str]]
    state: Mapped[Code]
    title: Mapped[str]
    position: Mapped[int]
    short: Mapped[str]
    short_html: Mapped[str]
    digest: Mapped[Code]
    pass_mark: Mapped[int]
    questions: Mapped[int]
    minutes: Mapped[int]


class Lesson(Model):
    """A lesson keeps its address; what it says is its revision number `current`."""

    __tablename__ = "lesson"
    __table_args__ = (
        UniqueConstraint("module_id", "slug"),
        CheckConstraint("state in ('open', 'retired')", name="state"),
    )
    id: Mapped[Id]
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    slug: Mapped[Code]
    position: Mapped[int]
    state: Mapped[Code]
    current: Mapped[int]


class LessonRevision(Model):
    """What a lesson said from a moment on. Never changed. `sources` are {source, at}; `html` is sanitised."""

    __tablename__ = "lesson_revision"
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[Code]
    title: Mapped[str]
    source: Mapped[str]
    html: Mapped[str]
    minutes: Mapped[int]
    sources: Mapped[list[Any]]
    at: Mapped[datetime]


class Source(Model):
    """A document that lessons and questions name; `short` is how it reads below a question."""

    __tablename__ = "source"
    slug: Mapped[Code] = mapped_column(primary_key=True)
    title: Mapped[str]
    short: Mapped[str]
    date: Mapped[dt.date | None]
    address: Mapped[str | None]


class LessonTick(Model):
    """The person has read the lesson."""

    __tablename__ = "lesson_tick"
    __table_args__ = (CheckConstraint("source in ('online', 'meeting', 'paper', 'typed_in')", name="source"),)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    at: Mapped[datetime]
    source: Mapped[Code]


class ReadingPlace(Model):
    """Where the person stopped reading: the number of the section, as in its heading's `muc-n`."""

    __tablename__ = "reading_place"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    place: Mapped[int]
    at: Mapped[datetime]
