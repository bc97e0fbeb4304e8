"""A programme, what it asks of whom, who has done it, and the running totals of each unit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Id, Model


class Programme(Model):
    """A year's programme. It stands here, not with the lessons, because records and quizzes hang on it as well."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("state in ('open', 'closed')", name="state"),)
    id: Mapped[Id]
    slug: Mapped[Code] = mapped_column(unique=True)
    year: Mapped[int] = mapped_column(index=True)
    owner_unit: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str]
    theme: Mapped[str]
    intro: Mapped[str]
    state: Mapped[Code] = mapped_column(default="open")


class ProgrammeStep(Model):
    """A step that the programme asks for. `audience` lists `all`, `officers`, `office`; an empty list asks it of
    nobody (optional reading). `heading` is its short name over a column."""

    __tablename__ = "programme_step"
    __table_args__ = (UniqueConstraint("programme_id", "key"),)
    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[Code]
    title: Mapped[str]
    heading: Mapped[str]
    audience: Mapped[list[str]]
    position: Mapped[int]


class StepDone(Model):
    """A person's answer to a step: done, or declined for the year. Recorded once; the first date stays.
    `recorded_for`: who gave it, where two persons became one since."""

    __tablename__ = "step_done"
    __table_args__ = (
        UniqueConstraint("person_id", "programme_id", "key"),
        Index("ix_step_done_programme", "programme_id", "key"),
        CheckConstraint("outcome in ('done', 'declined')", name="outcome"),
        CheckConstraint("source in ('online', 'meeting', 'paper', 'typed_in')", name="source"),
    )
    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[Code]
    outcome: Mapped[Code]
    done_at: Mapped[datetime]
    source: Mapped[Code]
    by: Mapped[UUID | None]
    recorded_for: Mapped[UUID | None]


class StepTally(Model):
    """How many of a unit's own members were asked for a step, have done it, have said no. Kept, never computed on a
    page; `flask steps rebuild` recounts."""

    __tablename__ = "step_tally"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    key: Mapped[Code] = mapped_column(primary_key=True)
    asked: Mapped[int]
    done: Mapped[int]
    declined: Mapped[int]
