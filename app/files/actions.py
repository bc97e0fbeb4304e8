"""Keeping a file and letting go of it. `prepare` and `sweep` touch the disk and stand outside `writing()`; the others
run inside the caller's."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance, clock, sealed
from app.db import affected, db, insert, writing
from app.files import pictures, queries, rules, store
from app.files.models import File, FileReference


@dataclass(frozen=True)
class Prepared:
    """A file that lies on disk, for which no row stands yet."""

    file_id: UUID
    digest: str
    size: int
    kind: str
    owner: UUID | None


def prepare(data: bytes, owner: UUID | None) -> Prepared:
    """Look at what came, draw a picture anew, seal it with the owner's key and write it to disk, before `writing()`. It
    is swept away if it is not kept. `owner` is the person whom it is about or of; None for the house's own. Raises
    `rules.FileRefused`."""
    if rules.kind_of(data) == "picture":
        clean, kind = pictures.redrawn(data)
    else:
        rules.check_pdf(data)
        clean, kind = data, "application/pdf"
    file_id = chance.row_id()
    written = clean if owner is None else sealed.seal_bytes(owner, clean, queries.place(file_id))
    return Prepared(file_id, store.write(written), len(clean), kind, owner)


def keep(by: UUID | None, file: Prepared, purpose: str, subject: str, key: str) -> UUID:
    """The file is kept for this row of the caller's; the id under which it is found. The same key once more is the
    same file."""
    made: UUID | None = db.session.scalar(
        insert(FileReference)
        .values(
            id=chance.row_id(),
            file_id=_row_of(file),
            purpose=purpose,
            subject=subject,
            key=key,
            by=by,
            made=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(FileReference.id)
    )
    if made is None:
        _leave(file.file_id)
        return _kept(purpose, subject, key)
    audit.line(by, "file.keep", "file", made, purpose=purpose)
    return made


def _row_of(file: Prepared) -> UUID:
    """The row of what lies on disk; two plain files of one content share it."""
    db.session.execute(
        insert(File)
        .values(
            id=file.file_id,
            digest=file.digest,
            size=file.size,
            kind=file.kind,
            owner=file.owner,
            made=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    db.session.execute(sa.update(File).where(File.digest == file.digest).values(left_at=None))
    return db.session.scalars(sa.select(File.id).where(File.digest == file.digest)).one()


def _kept(purpose: str, subject: str, key: str) -> UUID:
    asked = (FileReference.purpose == purpose, FileReference.subject == subject, FileReference.key == key)
    return db.session.scalars(sa.select(FileReference.id).where(*asked)).one()


def release(by: UUID | None, purpose: str, subject: str, reference: UUID) -> None:
    """The file is not kept for this any more; with the last reference it goes, after a while. Nothing happens where it
    is so already."""
    found = db.session.get(FileReference, reference)
    if found is None or (found.purpose, found.subject) != (purpose, subject):
        return
    gone = db.session.execute(sa.delete(FileReference).where(FileReference.id == reference))
    if affected(gone):
        _leave(found.file_id)
        audit.line(by, "file.release", "file", reference, purpose=purpose)


def _leave(file_id: UUID) -> None:
    referred = sa.exists().where(FileReference.file_id == File.id)
    left = sa.update(File).where(File.id == file_id, File.left_at.is_(None), ~referred)
    db.session.execute(left.values(left_at=clock.now()))


def sweep() -> int:
    """Rows to which nothing refers go once their time is over; then what lies on disk without a row, unless it was
    written of late: it may be about to be kept. Returns how many files went from the disk."""
    now = clock.now()
    with writing():
        referred = sa.exists().where(FileReference.file_id == File.id)
        db.session.execute(sa.delete(File).where(File.left_at <= now - rules.GRACE, ~referred))
    old = [digest for digest, at in store.each() if rules.is_over(at + clock.offset(), now)]
    known = set(db.session.scalars(sa.select(File.digest)))
    strays = [digest for digest in old if digest not in known]
    for digest in strays:
        store.remove(digest)
    return len(strays)


@dataclass(frozen=True)
class Checked:
    """What lies on disk against what the database says. `lost`: digests that are gone or changed; `strays`: how many
    files have no row, for a while or until they are swept."""

    files: int
    bytes: int
    lost: list[str]
    strays: int


def check() -> Checked:
    """Read every file and compare it with its digest: no key is needed. For a backup, and after one was put back."""
    rows = db.session.execute(sa.select(File.digest, File.size).order_by(File.digest)).all()
    lost = [digest for digest, _ in rows if not _is_there(digest)]
    known = {digest for digest, _ in rows}
    return Checked(len(rows), sum(size for _, size in rows), lost, sum(one not in known for one, _ in store.each()))


def _is_there(digest: str) -> bool:
    try:
        store.read(digest)
    except rules.FileLost:
        return False
    return True
