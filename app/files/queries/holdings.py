"""What this slice holds about a person: the files they gave, not what is in them."""

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.files.models import File, FileReference
from app.holdings import Holding, Row


def _files(person: UUID) -> Iterator[Row]:
    kept = sa.select(FileReference.file_id, FileReference.purpose).join(File, File.id == FileReference.file_id)
    purposes: dict[UUID, set[str]] = {}
    for file_id, purpose in db.session.execute(kept.where(File.owner == person)):
        purposes.setdefault(file_id, set()).add(purpose)
    for row in db.session.scalars(sa.select(File).where(File.owner == person).order_by(File.made.desc(), File.id)):
        yield row.made, row.kind, row.size, ", ".join(sorted(purposes.get(row.id, ())))


HOLDINGS = (
    Holding(
        "files",
        "Tệp đã gửi",
        {"made": "Lúc", "kind": "Loại", "size": "Cỡ, byte", "purposes": "Dùng vào"},
        ("file.owner",),
        _files,
    ),
)
