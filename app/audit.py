"""Who did what to which: lines written in the transaction of the deed, sealed into a chain afterwards.

A line holds ids and verbs, never names or private texts. Sealing is a job's work: a chain kept inside the
transactions would fork or make them wait for each other.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Model, Rows, WriteOutside, db


class AuditLine(Model):
    """One deed: actor (none for the machine) did verb to subject. Never changed, never removed."""

    __tablename__ = "audit"
    id: Mapped[Id]
    at: Mapped[datetime]
    actor: Mapped[UUID | None]
    verb: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]


class AuditSeal(Model):
    """A batch of lines closed: SHA-256 over them in id order (`root`), tied to the seal before (`prev`)."""

    __tablename__ = "audit_seal"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[int]
    last: Mapped[int] = mapped_column(unique=True)
    count: Mapped[int]
    root: Mapped[str]
    prev: Mapped[str]
    at: Mapped[datetime]


def line(actor: UUID | None, verb: str, subject_kind: str, subject: object, **facts: Any) -> None:
    """Add a line to the current `writing()` block. `facts` are ids, codes, counts and states; no names, no texts."""
    if not db.session.info.get("writing"):
        raise WriteOutside("an audit line outside writing()")
    db.session.add(
        AuditLine(at=clock.now(), actor=actor, verb=verb, subject_kind=subject_kind, subject=str(subject), facts=facts)
    )


def lines(actor: UUID | None, verb: str, subject_kind: str, subjects: Iterable[object], **facts: Any) -> None:
    """A line for each of many subjects, in one statement: for deeds that touch a whole list."""
    ready_lines(actor, verb, subject_kind, subjects, **facts).insert()


def ready_lines(actor: UUID | None, verb: str, subject_kind: str, subjects: Iterable[object], **facts: Any) -> Rows:
    """The same, made ready before `writing()`."""
    same = {"at": clock.now(), "actor": actor, "verb": verb, "subject_kind": subject_kind, "facts": facts}
    return Rows(AuditLine, [same | {"subject": str(subject)} for subject in subjects])


BATCH = 5_000
GENESIS = "0" * 64


def seal_batch() -> int:
    """Seal the lines not yet sealed (at most `BATCH`), in the caller's `writing()` block; returns how many.

    On PostgreSQL a table lock waits for every transaction that has already drawn an id, so that no line can appear
    later inside a sealed range, and for another sealer.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))
    last = db.session.scalars(sa.select(AuditSeal).order_by(AuditSeal.n.desc()).limit(1)).first()
    after = last.last if last else 0
    lines = db.session.scalars(
        sa.select(AuditLine).where(AuditLine.id > after).order_by(AuditLine.id).limit(BATCH)
    ).all()
    if not lines:
        return 0
    now = clock.now()
    db.session.add(
        AuditSeal(
            n=last.n + 1 if last else 1,
            first=lines[0].id,
            last=lines[-1].id,
            count=len(lines),
            root=root_of(list(lines), now),
            prev=seal_hash(last) if last else GENESIS,
            at=now,
        )
    )
    return len(lines)


def root_of(lines: list[AuditLine], at: datetime) -> str:
    """The hash of these lines, sealed at that moment."""
    digest = hashlib.sha256(at.isoformat(timespec="microseconds").encode())
    for row in lines:
        digest.update(hashlib.sha256(canonical(row)).digest())
    return digest.hexdigest()


def canonical(row: AuditLine) -> bytes:
    """The line in the one form that is hashed."""
    fields = [
        row.id,
        row.at.isoformat(timespec="microseconds"),
        row.actor and str(row.actor),
        row.verb,
        row.subject_kind,
        row.subject,
        row.facts,
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seal_hash(seal: AuditSeal) -> str:
    fields = [seal.n, seal.first, seal.last, seal.count, seal.root, seal.prev]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


@dataclass(frozen=True)
class Verified:
    """What `verify` found: sealed and unsealed lines, the head of the chain, and every fault in words."""

    seals: int
    sealed: int
    unsealed: int
    head: str
    faults: list[str]


def verify() -> Verified:
    """Recompute every seal. A changed or missing line and a broken chain are faults."""
    faults: list[str] = []
    prev, after, sealed = GENESIS, 0, 0
    seals = db.session.scalars(sa.select(AuditSeal).order_by(AuditSeal.n)).all()
    for place, seal in enumerate(seals, start=1):
        lines = db.session.scalars(
            sa.select(AuditLine)
            .where(AuditLine.id > after, AuditLine.id <= seal.last)
            .order_by(AuditLine.id)
            .execution_options(populate_existing=True)
        ).all()
        if seal.n != place or seal.prev != prev:
            faults.append(f"seal {seal.n}: the chain is broken before it")
        if len(lines) != seal.count:
            faults.append(f"seal {seal.n}: {seal.count} lines were sealed, {len(lines)} are there")
        elif root_of(list(lines), seal.at) != seal.root:
            faults.append(f"seal {seal.n}: a line between {seal.first} and {seal.last} was changed")
        prev, after, sealed = seal_hash(seal), seal.last, sealed + len(lines)
    unsealed = db.session.scalar(sa.select(sa.func.count()).select_from(AuditLine).where(AuditLine.id > after)) or 0
    return Verified(len(seals), sealed, unsealed, prev, faults)
