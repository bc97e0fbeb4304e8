"""A list that somebody loads, and its lines for as long as they are needed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Model

OPEN = text("state in ('reading', 'ready', 'applying')")


class Upload(Model):
    """A file as it is read, looked at, loaded and perhaps taken back. `turn` counts how often it was read: with other
    columns it is read again. `facts` is what was recognised (headings, sheet, tổ to be opened), `counts` how many lines
    came to what; only the latter stays after a day."""

    __tablename__ = "upload"
    __table_args__ = (
        Index("uq_upload_open", "unit_id", "kind", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_upload_unit", "unit_id", "made"),
        CheckConstraint("kind in ('members', 'units', 'changes')", name="kind"),
        CheckConstraint(
            "state in ('reading', 'ready', 'applying', 'done', 'undone', 'refused', 'dropped')", name="state"
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[Code]
    by: Mapped[UUID]
    state: Mapped[Code]
    turn: Mapped[int] = mapped_column(default=1)
    made: Mapped[datetime]
    at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(default="")
    columns: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(default="")
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    seen: Mapped[str] = mapped_column(default="")
    open_groups: Mapped[bool | None]
    leave_on: Mapped[date | None]


class UploadRow(Model):
    """A line of the file: its number there, the cells that we use, what becomes of it. `question` holds whom it may be,
    `answer` what was said to that; `person_id` is who it is, or who it will be; `changes` field → [before, after]."""

    __tablename__ = "upload_row"
    __table_args__ = (Index("ix_upload_row_outcome", "upload_id", "outcome", "n"),)
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int | None]
    cells: Mapped[dict[str, Any]]
    notes: Mapped[list[str]]
    outcome: Mapped[Code]
    why: Mapped[str] = mapped_column(default="")
    question: Mapped[list[Any]]
    answer: Mapped[Code] = mapped_column(default="")
    person_id: Mapped[UUID | None]
    changes: Mapped[dict[str, Any]]


class UploadLeaving(Model):
    """A member who is not in the newer list and was ticked to leave. `before` is what taking back needs."""

    __tablename__ = "upload_leaving"
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    before: Mapped[dict[str, Any]]
