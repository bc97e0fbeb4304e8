"""A file, and what it is kept for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Model


class File(Model):
    """`digest` is that of what lies on disk: sealed with the key of `owner`, or plain where nobody owns it. `size` is
    that of the file itself. `left_at`: since when nothing refers to it."""

    __tablename__ = "file"
    __table_args__ = (
        CheckConstraint("kind in ('image/jpeg', 'image/png', 'application/pdf')", name="kind"),
        CheckConstraint("size > 0", name="size"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[Code] = mapped_column(unique=True)
    size: Mapped[int]
    kind: Mapped[Code]
    owner: Mapped[UUID | None] = mapped_column(index=True)
    made: Mapped[datetime]
    left_at: Mapped[datetime | None] = mapped_column(index=True)


class FileReference(Model):
    """What a file is kept for: a purpose of the slice that keeps it (`evidence`) and a row there. `key` makes a form
    that is sent twice one reference."""

    __tablename__ = "file_reference"
    __table_args__ = (UniqueConstraint("purpose", "subject", "key"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("file.id"), index=True)
    purpose: Mapped[Code]
    subject: Mapped[Code]
    key: Mapped[Code]
    by: Mapped[UUID | None]
    made: Mapped[datetime]
