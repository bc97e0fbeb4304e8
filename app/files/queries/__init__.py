"""Files by what they are kept for: a route finds those of the row that its own query let the actor reach, no others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import sealed
from app.db import db
from app.files import store
from app.files.models import File, FileReference
from app.files.rules import FileLost
from app.refusal import NotThere


@dataclass(frozen=True)
class FileRow:
    """A file as it is kept for something; `reference` is what stands in its address."""

    reference: UUID
    file_id: UUID
    digest: str
    kind: str
    size: int
    owner: UUID | None
    made: datetime

    @property
    def is_picture(self) -> bool:
        return self.kind.startswith("image/")


def files_of(purpose: str, subject: str) -> list[FileRow]:
    """What is kept for this row, in the order in which it came."""
    found = db.session.execute(_rows(purpose, subject).order_by(FileReference.made, FileReference.id))
    return [FileRow(*row) for row in found]


def file_of(purpose: str, subject: str, reference: UUID) -> FileRow:
    """One of them. Raises `NotThere` for every other, wherever it is kept."""
    row = db.session.execute(_rows(purpose, subject).where(FileReference.id == reference)).first()
    if row is None:
        raise NotThere()
    return FileRow(*row)


def _rows(purpose: str, subject: str) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(FileReference.id, File.id, File.digest, File.kind, File.size, File.owner, FileReference.made)
        .join(File, File.id == FileReference.file_id)
        .where(FileReference.purpose == purpose, FileReference.subject == subject)
    )


def body(file: FileRow) -> bytes:
    """The file itself. Raises `FileLost` where it is gone, changed, or its owner's key is destroyed."""
    kept = store.read(file.digest)
    if file.owner is None:
        return kept
    try:
        return sealed.unseal_bytes(kept, place(file.file_id))
    except sealed.Unreadable as error:
        raise FileLost() from error


def place(file_id: UUID) -> sealed.Place:
    return sealed.Place("file", "body", file_id)
