"""What a reviewer types for somebody else: whose it may be, which form, what its author has said to it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.accounts.models import Person
from app.db import db
from app.records import rules
from app.records.models import Record, RecordForm, RecordTyping, RecordVersion
from app.records.queries.heads import FormRow, form, form_for, head_of
from app.records.queries.readers import Readers, home_unit, named, readers_before
from app.records.rules import REVIEWED, Stage
from app.refusal import NotThere


@dataclass(frozen=True)
class Typed:
    """Who typed a record for its author, when, and what the author said to it (None: nothing yet)."""

    record_id: UUID
    kind: str
    year: int
    title: str
    by: str
    at: datetime
    kept: bool | None


def _typed() -> sa.Select[*tuple[Any, ...]]:
    """Of each record only its newest version counts: what its author sent after is theirs."""
    other = aliased(RecordVersion)
    newest = sa.select(sa.func.max(other.n)).where(other.record_id == Record.id).correlate(Record).scalar_subquery()
    return (
        sa.select(
            Record.id,
            RecordForm.kind,
            RecordForm.year,
            RecordForm.title,
            Person.name,
            Person.address,
            RecordVersion.at,
            RecordTyping.kept,
        )
        .join(RecordForm, RecordForm.id == Record.form_id)
        .join(RecordVersion, sa.and_(RecordVersion.record_id == Record.id, RecordVersion.n == newest))
        .join(RecordTyping, RecordTyping.version_id == RecordVersion.id)
        .join(Person, Person.id == RecordTyping.by)
    )


def typed(record_id: UUID) -> Typed | None:
    """Where the record as it was sent last was typed for its author."""
    row = db.session.execute(_typed().where(Record.id == record_id)).first()
    return _read(row) if row else None


def typed_for(person_id: UUID) -> list[Typed]:
    """What was typed for this person and waits for their word, the oldest first."""
    waits = sa.and_(Record.person_id == person_id, RecordTyping.answered_at.is_(None), Record.stage.in_(REVIEWED))
    return [_read(row) for row in db.session.execute(_typed().where(waits).order_by(RecordVersion.at))]


def _read(row: Any) -> Typed:
    record_id, kind, year, title, name, address, at, kept = row
    return Typed(record_id, kind, year, title, named(name, address), at, kept)


def typed_version(author: UUID, record_id: UUID) -> UUID:
    """The version that was typed for this author, if it is what was sent last: what they sent after is their own.
    Raises `NotThere`."""
    newest = db.session.scalar(
        sa.select(RecordVersion.id)
        .join(Record, Record.id == RecordVersion.record_id)
        .where(Record.id == record_id, Record.person_id == author)
        .order_by(RecordVersion.n.desc())
        .limit(1)
    )
    if newest is None or db.session.get(RecordTyping, newest) is None:
        raise NotThere()
    return newest


def typist_of(record_id: UUID) -> UUID:
    """Who typed the record for its author. Raises `NotThere`."""
    found = db.session.scalar(
        sa.select(RecordTyping.by)
        .join(RecordVersion, RecordVersion.id == RecordTyping.version_id)
        .where(RecordVersion.record_id == record_id)
        .order_by(RecordVersion.n.desc())
        .limit(1)
    )
    if found is None:
        raise NotThere()
    return found


def typed_unseen(version_id: UUID, by: UUID) -> bool:
    """Whether this person typed the version, and its author has not said yet that it stays."""
    row = db.session.get(RecordTyping, version_id)
    return row is not None and row.by == by and row.kept is None


def typed_by(officer: UUID, person_id: UUID, kind: str, year: int) -> UUID | None:
    """The record that this officer has typed for the person already: the second of two clicks leads there."""
    found = head_of(person_id, kind, year)
    version = db.session.scalar(
        sa.select(RecordVersion.id)
        .where(RecordVersion.record_id == (found.id if found else None))
        .order_by(RecordVersion.n.desc())
        .limit(1)
    )
    return found.id if found and version and typed_unseen(version, by=officer) else None


def typing_reader(officer: UUID, author: UUID, unit_id: int, day: date) -> Readers:
    """The readers of what this author sends, if it goes to this unit and the officer is one of them; raises
    `NotThere`: only who would read it may type it."""
    readers = readers_before(author, None, day)
    if readers.unit is None or readers.unit.id != unit_id or officer not in {o.person_id for o in readers.officers}:
        raise NotThere()
    return readers


@dataclass(frozen=True)
class TypingPage:
    """A form to be filled in for somebody. `you` is how the form speaks of them."""

    form: FormRow
    record_id: UUID
    person_id: UUID
    name: str
    author: str
    you: str
    readers: Readers

    def addressed(self, words: str) -> str:
        return words.replace("anh/chị", self.you)

    def said(self, part: str) -> list[object]:
        """Nothing has been said about what is being typed."""
        return []


def typing_page(officer: UUID, person_id: UUID, kind: str, year: int, unit_id: int) -> TypingPage:
    """Raises `NotThere` where this officer would not read it, `BegunAlready` where the person has written or answered
    themselves."""
    today = clock.today()
    readers = typing_reader(officer, person_id, unit_id, today)
    found = head_of(person_id, kind, year)
    if found and (found.stage is not Stage.DRAFT or found.draft_seq):
        raise rules.BegunAlready()
    person = db.session.get_one(Person, person_id)
    asked = form(found.form_id) if found else form_for(kind, year, home_unit(person_id, today), today)
    return TypingPage(
        form=asked,
        record_id=found.id if found else rules.record_id(person_id, asked.id),
        person_id=person_id,
        name=person.name,
        author=named(person.name, person.address),
        you=person.address or "anh/chị",
        readers=readers,
    )
