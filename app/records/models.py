"""Forms as data; records, their versions, comments, readings and deeds. Every text is sealed with its author's key."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Id, Model
from app.records.rules import REVIEWED, Stage
from app.sealed import Sealed

COMMON = text("owner_unit is null")


def _one_of(column: str, words: frozenset[str] | type[Stage]) -> str:
    return f"{column} in ({', '.join(repr(str(word)) for word in sorted(words))})"


class RecordForm(Model):
    """What is asked, as data: `body` is {"intro", "signed", "sections": [{key, title, hint, type, required,
    rows}]}. A form is never changed; other questions make another version. No `owner_unit`: for everybody."""

    __tablename__ = "record_form"
    __table_args__ = (
        UniqueConstraint("kind", "year", "owner_unit", "version"),
        Index(
            "uq_record_form_common",
            "kind",
            "year",
            "version",
            unique=True,
            sqlite_where=COMMON,
            postgresql_where=COMMON,
        ),
    )
    id: Mapped[Id]
    kind: Mapped[Code]
    year: Mapped[int]
    owner_unit: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    version: Mapped[int]
    title: Mapped[str]
    body: Mapped[dict[str, Any]]
    audience: Mapped[list[str]]


class Record(Model):
    """One person's answer to one form. `unit_id`: where they belonged when they began; `reviewing_unit`: whose
    officers read it, frozen when it is sent. `lock_version` counts the steps, `draft_seq` the drafts saved."""

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("person_id", "form_id"),
        Index("ix_record_queue", "reviewing_unit", "stage", "submitted_at", "id"),
        CheckConstraint(_one_of("stage", Stage), name="stage"),
        CheckConstraint(f"reviewing_unit is not null or not ({_one_of('stage', REVIEWED)})", name="reviewed"),
        CheckConstraint("reviewing_unit is null or stage <> 'kept'", name="kept"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("record_form.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reviewing_unit: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    stage: Mapped[Code] = mapped_column(default=Stage.DRAFT)
    sealed_draft: Mapped[bytes | None] = mapped_column(Sealed)
    draft_seq: Mapped[int] = mapped_column(default=0)
    draft_at: Mapped[datetime | None]
    lock_version: Mapped[int] = mapped_column(default=0)
    started: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class RecordVersion(Model):
    """A text as it was sent, and to which unit. Never changed."""

    __tablename__ = "record_version"
    __table_args__ = (UniqueConstraint("record_id", "n"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    n: Mapped[int]
    reviewing_unit: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    sealed_body: Mapped[bytes] = mapped_column(Sealed)
    digest: Mapped[Code]
    at: Mapped[datetime]


class RecordTyping(Model):
    """A version that a reviewer typed for its author (`Nhập hộ`). `kept`: what the author said to it, once they have
    seen it."""

    __tablename__ = "record_typing"
    __table_args__ = (CheckConstraint("(answered_at is null) = (kept is null)", name="answered"),)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"), primary_key=True)
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    kept: Mapped[bool | None]


class RecordComment(Model):
    """What a reviewer said about one part. Sealed with the key of the record's author: whoever is erased takes along
    what was said about them."""

    __tablename__ = "record_comment"
    __table_args__ = (UniqueConstraint("version_id", "section"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"))
    section: Mapped[Code]
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sealed_text: Mapped[bytes] = mapped_column(Sealed)
    at: Mapped[datetime]


class RecordReading(Model):
    """Somebody who is not the author opened this version. Written before the text is decrypted, never removed."""

    __tablename__ = "record_reading"
    id: Mapped[Id]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"), index=True)
    reader: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    why: Mapped[Code]


class Deed(Model):
    """One deed of what was last sent, for following it up. The text holds what and how."""

    __tablename__ = "deed"
    __table_args__ = (
        UniqueConstraint("record_id", "n"),
        CheckConstraint("state in ('open', 'done', 'dropped')", name="state"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    n: Mapped[int]
    sealed_text: Mapped[bytes] = mapped_column(Sealed)
    due: Mapped[date]
    state: Mapped[Code] = mapped_column(default="open")
