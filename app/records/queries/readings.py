"""What reviewers said and when they read it, for the author; and who can open what today."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Person
from app.db import db
from app.records import rules, texts
from app.records.models import Record, RecordComment, RecordForm, RecordReading, RecordVersion
from app.records.queries.readers import Readers, belongs_below, named, readers_of
from app.records.rules import REVIEWED, Opening, Stage
from app.units import queries as units


@dataclass(frozen=True)
class Said:
    """What a reviewer said about one part."""

    part: str
    by_id: UUID
    by: str
    text: str = field(repr=False)
    at: datetime


def comments(record_id: UUID, unit_id: int | None = None) -> list[Said]:
    """Every comment on a record, oldest first; for `unit_id` only those made there. For the author, and for a reviewer
    whom `open_text` has let in."""
    query = (
        sa.select(RecordComment, Person.name, Person.address)
        .join(RecordVersion, RecordVersion.id == RecordComment.version_id)
        .join(Person, Person.id == RecordComment.by)
        .where(RecordVersion.record_id == record_id)
        .order_by(RecordComment.at, RecordComment.section)
    )
    if unit_id is not None:
        query = query.where(RecordVersion.reviewing_unit == unit_id)
    return [
        Said(row.section, row.by, accounts.called(name, address), texts.open_comment(row.id, row.sealed_text), row.at)
        for row, name, address in db.session.execute(query)
    ]


@dataclass(frozen=True)
class ReadingLine:
    """Somebody opened a text of mine. `title` is the form's."""

    title: str
    kind: str
    year: int
    reader: str
    at: datetime
    why: str


def readings_of(person_id: UUID, record_id: UUID | None = None) -> list[ReadingLine]:
    """Who has opened this person's texts and when, newest first; opening again within ten minutes is told once."""
    query = (
        sa.select(RecordReading, Person.name, Person.address, RecordForm.title, RecordForm.kind, RecordForm.year)
        .join(RecordVersion, RecordVersion.id == RecordReading.version_id)
        .join(Record, Record.id == RecordVersion.record_id)
        .join(RecordForm, RecordForm.id == Record.form_id)
        .join(Person, Person.id == RecordReading.reader)
        .where(Record.person_id == person_id)
    )
    if record_id is not None:
        query = query.where(Record.id == record_id)
    rows = {
        Opening(row.reader, row.version_id, row.at): ReadingLine(
            title, kind, year, named(name, address), row.at, row.why
        )
        for row, name, address, title, kind, year in db.session.execute(query)
    }
    return [rows[opening] for opening in reversed(rules.collapsed(rows))]


@dataclass(frozen=True)
class RecordReaders:
    """One of a person's records and who can open it today; nobody but the author where `readers` has no officers."""

    title: str
    kind: str
    year: int
    stage: Stage
    readers: Readers

    @property
    def stage_words(self) -> str:
        return rules.STAGE_WORDS[self.stage]


def may_read_today(person_id: UUID) -> list[RecordReaders]:
    """For "Ai xem được gì": each of the person's records and, by name, who can open its text today."""
    today = clock.today()
    rows = db.session.execute(
        sa.select(RecordForm.title, RecordForm.kind, RecordForm.year, Record.stage, Record.reviewing_unit)
        .join(RecordForm, RecordForm.id == Record.form_id)
        .where(Record.person_id == person_id)
        .order_by(RecordForm.year.desc(), RecordForm.kind)
    ).all()
    return [
        RecordReaders(title, kind, year, Stage(stage), readers_now(person_id, Stage(stage), unit, today))
        for title, kind, year, stage, unit in rows
    ]


def readers_now(person_id: UUID, stage: Stage, unit_id: int | None, day: date) -> Readers:
    unit = units.find(unit_id, day) if unit_id and stage in REVIEWED else None
    if unit is None or not belongs_below(person_id, unit.id, day):
        return Readers()
    return readers_of(unit, person_id, day)
