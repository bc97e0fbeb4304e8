"""Questions in immutable revisions with their keys apart; papers, attempts, append-only answers, marks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Id, Model

OPEN = text("closed_at is null")


class Bank(Model):
    """A bank of questions; that of a module has its slug."""

    __tablename__ = "bank"
    __table_args__ = (
        UniqueConstraint("programme_id", "slug"),
        CheckConstraint("origin in ('folder', 'house')", name="origin"),
        CheckConstraint("state in ('open', 'retired')", name="state"),
    )
    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    slug: Mapped[Code]
    origin: Mapped[Code]
    state: Mapped[Code]
    title: Mapped[str]
    digest: Mapped[Code]


class Question(Model):
    """A question keeps its id in the programme; what a person sees is its revision number `current`."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("programme_id", "slug"),
        CheckConstraint("state in ('open', 'retired')", name="state"),
    )
    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank.id"), index=True)
    slug: Mapped[Code]
    state: Mapped[Code]
    current: Mapped[int]


class QuestionRevision(Model):
    """What a person sees: never changed. `body` is {text, options: [{id, text}], slots: [{id, text}]} with random ids,
    in an order that says nothing; a kind without slots has none, one that is filled in no options. The slots of an
    order are its places, 1 to n. All columns after `body` are for after the attempt."""

    __tablename__ = "question_revision"
    __table_args__ = (
        UniqueConstraint("question_id", "n"),
        CheckConstraint("kind in ('single', 'several', 'fill', 'matching', 'ordering')", name="kind"),
    )
    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    n: Mapped[int]
    kind: Mapped[Code]
    body: Mapped[dict[str, Any]]
    explanation: Mapped[str]
    lesson: Mapped[Code | None]
    source: Mapped[Code] = mapped_column(ForeignKey("source.slug"))
    at: Mapped[str | None]
    difficulty: Mapped[int]
    tags: Mapped[list[str]]
    digest: Mapped[Code]
    made: Mapped[datetime]


class QuestionKey(Model):
    """The right answer to a revision, as `rules/kinds.py` has it; of one that is filled in, every accepted one. A new
    version comes with its reason; old ones stay."""

    __tablename__ = "question_key"
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revision.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[list[str]]
    reason: Mapped[str]
    by: Mapped[UUID | None]
    at: Mapped[datetime]


class Quiz(Model):
    """The quiz of a module. `tries` None: as often as one likes."""

    __tablename__ = "quiz"
    __table_args__ = (CheckConstraint("pass_mark between 1 and questions and minutes > 0", name="sense"),)
    id: Mapped[Id]
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), unique=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank.id"))
    questions: Mapped[int]
    pass_mark: Mapped[int]
    minutes: Mapped[int]
    tries: Mapped[int | None]


class QuestionSeen(Model):
    __tablename__ = "question_seen"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    times: Mapped[int]
    last: Mapped[datetime]


class Paper(Model):
    """What is asked, in which order: [{revision, options: [id, …]}, …]. Never changed."""

    __tablename__ = "paper"
    id: Mapped[Id]
    digest: Mapped[Code] = mapped_column(unique=True)
    items: Mapped[list[Any]]


class Attempt(Model):
    """A person at a paper. Open until `closed_at`; `submitted_at` stays empty where time ran out. `deadline` includes
    `extra_s`. `epoch` counts take-overs, `device` is the sign-in session that drew the present one. One attempt of a
    purpose is open at a time."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "purpose", "n"),
        Index("uq_attempt_open", "person_id", "purpose", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_attempt_due", "deadline", sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("submitted_at is null or closed_at is not null", name="submitted"),
        CheckConstraint("source in ('online', 'meeting', 'paper', 'typed_in')", name="source"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    purpose: Mapped[Code]
    n: Mapped[int]
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    pass_mark: Mapped[int]
    unit_at_start: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    started: Mapped[datetime]
    deadline: Mapped[datetime]
    extra_s: Mapped[int]
    epoch: Mapped[int]
    device: Mapped[Code]
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    source: Mapped[Code]


class AnswerSave(Model):
    """One request's answers, {revision: answer} (`rules/kinds.py`). Only ever appended; order is (epoch, seq)."""

    __tablename__ = "answer_save"
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    save_id: Mapped[UUID] = mapped_column(unique=True)
    body: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class Mark(Model):
    """What an attempt is worth under a set of keys. `detail` has of each question on the paper {revision, key (its
    version), chosen, right}."""

    __tablename__ = "mark"
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    key_set: Mapped[Code] = mapped_column(primary_key=True)
    points: Mapped[int]
    total: Mapped[int]
    detail: Mapped[list[Any]]
    at: Mapped[datetime]
