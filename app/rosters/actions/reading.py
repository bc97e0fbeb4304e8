"""Reading the file of an upload, in the background: each block that writes is short, and the rows come in parts."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.db import Rows, affected, db, writing
from app.rosters import files
from app.rosters.actions.judging import judge
from app.rosters.actions.meanings import Judged
from app.rosters.files import FileRefused
from app.rosters.models import Upload, UploadLeaving, UploadRow
from app.rosters.rules.words import REFUSED

PART = 1_000


def read(upload_id: UUID, turn: int) -> None:
    """Read the file and put its lines down. May run twice; does nothing for an upload that is no longer being read."""
    upload = _begun(upload_id, turn)
    if upload is None:
        return
    try:
        sheets = files.read(files.path_of(upload_id))
        judged = judge(upload, sheets, lambda done, total: _tell(upload_id, turn, done, total))
        db.session.rollback()
        _put_down(upload_id, turn, judged)
    except FileRefused as refusal:
        refuse(upload_id, turn, str(refusal), refusal.why)
    except Exception:
        refuse(upload_id, turn, REFUSED["trouble"], "trouble")
        raise


def _begun(upload_id: UUID, turn: int) -> Upload | None:
    """The upload, detached: while the child reads, no transaction of ours is open."""
    found = db.session.get(Upload, upload_id)
    if found is None or found.state != "reading" or found.turn != turn:
        return None
    db.session.expunge(found)
    db.session.rollback()
    return found


def _still(upload_id: UUID, turn: int) -> Any:
    return sa.update(Upload).where(Upload.id == upload_id, Upload.state == "reading", Upload.turn == turn)


def _tell(upload_id: UUID, turn: int, done: int, total: int) -> None:
    with writing() as session:
        session.execute(_still(upload_id, turn).values(progress=done, total=total))


def _put_down(upload_id: UUID, turn: int, judged: Judged) -> None:
    """The lines, and at last the word that they are all there. Answers given to the same question before still hold."""
    answered = _answers(upload_id)
    rows = [{"upload_id": upload_id, **row, "answer": _again(row, answered)} for row in judged.rows]
    parts = [Rows(UploadRow, rows[at : at + PART]) for at in range(0, len(rows), PART)]
    with writing():
        forget_rows(upload_id)
    for part in parts:
        with writing() as session:
            if not affected(session.execute(_still(upload_id, turn).values(total=len(rows)))):
                return
            part.insert()
    with writing() as session:
        ready = _still(upload_id, turn).values(
            state="ready",
            at=clock.now(),
            facts=judged.facts,
            seen=judged.seen,
            counts=_counts(judged),
            open_groups=None,
        )
        if affected(session.execute(ready)):
            audit.line(None, "roster.read", "upload", upload_id, rows=len(rows))


def _answers(upload_id: UUID) -> dict[int, tuple[str, str]]:
    """(why it asked, what was answered) by line."""
    rows = db.session.execute(
        sa.select(UploadRow.n, UploadRow.why, UploadRow.answer).where(
            UploadRow.upload_id == upload_id, UploadRow.answer.in_(("new", "out"))
        )
    ).all()
    db.session.rollback()
    return {n: (why, answer) for n, why, answer in rows}


def _again(row: dict[str, Any], answered: dict[int, tuple[str, str]]) -> str:
    why, answer = answered.get(row["n"], ("", ""))
    return answer if row["outcome"] == "similar" and row["why"] == why else ""


def _counts(judged: Judged) -> dict[str, int]:
    counts: dict[str, int] = {"lines": len(judged.rows)}
    for row in judged.rows:
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + 1
    return counts


def forget_rows(upload_id: UUID) -> None:
    """The lines are gone; inside the caller's `writing()`."""
    for table in (UploadRow, UploadLeaving):
        db.session.execute(sa.delete(table).where(table.upload_id == upload_id))


def refuse(upload_id: UUID, turn: int, reason: str, why: str) -> None:
    """The file is refused whole: why, in words; nothing of it stays."""
    db.session.rollback()
    with writing() as session:
        refused = _still(upload_id, turn).values(state="refused", at=clock.now(), reason=reason, facts={}, file_name="")
        if affected(session.execute(refused)):
            forget_rows(upload_id)
            audit.line(None, "roster.refuse", "upload", upload_id, why=why)
    files.remove(upload_id)
