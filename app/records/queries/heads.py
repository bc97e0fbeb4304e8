"""Forms, and records without their texts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.records import rules
from app.records.models import Record, RecordForm
from app.records.rules import REVIEWED, Section, Stage
from app.refusal import NotThere
from app.units import queries as units


@dataclass(frozen=True)
class FormRow:
    """A form as it is shown. `signed`: in what capacity its author signs on paper."""

    id: int
    kind: str
    year: int
    title: str
    intro: str
    signed: str
    sections: tuple[Section, ...]


def _form(row: RecordForm) -> FormRow:
    sections = rules.read_sections(row.body["sections"])
    return FormRow(row.id, row.kind, row.year, row.title, row.body["intro"], row.body["signed"], sections)


def form(form_id: int) -> FormRow:
    return _form(db.session.get_one(RecordForm, form_id))


def form_for(kind: str, year: int, unit_id: int, day: date) -> FormRow:
    """The newest form of this kind and year: of the nearest unit upward that has its own, else the common one.
    Raises `NotThere`."""
    above = [unit.id for unit in units.ancestors(unit_id, day)]
    found = db.session.scalars(
        sa.select(RecordForm)
        .where(RecordForm.kind == kind, RecordForm.year == year)
        .where(sa.or_(RecordForm.owner_unit.is_(None), RecordForm.owner_unit.in_(above)))
        .order_by(RecordForm.version.desc())
    ).all()
    if not found:
        raise NotThere()
    return _form(min(found, key=lambda row: above.index(row.owner_unit) if row.owner_unit else len(above)))


@dataclass(frozen=True)
class Head:
    """A record without its texts."""

    id: UUID
    form_id: int
    kind: str
    year: int
    person_id: UUID
    unit_id: int
    reviewing_unit: int | None
    stage: Stage
    draft_seq: int
    draft_at: datetime | None
    lock_version: int
    submitted_at: datetime | None
    decided_by: UUID | None
    decided_at: datetime | None

    @property
    def reviewed(self) -> bool:
        return self.stage in REVIEWED


_HEAD = (
    Record.id,
    Record.form_id,
    RecordForm.kind,
    RecordForm.year,
    Record.person_id,
    Record.unit_id,
    Record.reviewing_unit,
    Record.stage,
    Record.draft_seq,
    Record.draft_at,
    Record.lock_version,
    Record.submitted_at,
    Record.decided_by,
    Record.decided_at,
)


def _heads() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(*_HEAD).join(RecordForm, RecordForm.id == Record.form_id)


def _head(row: Any) -> Head:
    return Head(**dict(row._mapping, stage=Stage(row.stage)))


def head(record_id: UUID) -> Head | None:
    row = db.session.execute(_heads().where(Record.id == record_id)).first()
    return _head(row) if row else None


def head_of(person_id: UUID, kind: str, year: int) -> Head | None:
    """The person's record of this kind and year, on whichever version of the form they began it."""
    row = db.session.execute(
        _heads()
        .where(Record.person_id == person_id, RecordForm.kind == kind, RecordForm.year == year)
        .order_by(Record.started.desc())
        .limit(1)
    ).first()
    return _head(row) if row else None


def declined(people: Collection[UUID], kind: str) -> list[Head]:
    """The records of this kind in which one of these people said no; held until the transaction ends."""
    said_no = _heads().where(Record.person_id.in_(people), RecordForm.kind == kind, Record.stage == Stage.DECLINED)
    return [_head(row) for row in db.session.execute(said_no.order_by(Record.id).with_for_update(of=Record))]


def returned_kinds(person_id: UUID, year: int) -> list[str]:
    """The kinds of the person's records for which an addition was asked."""
    return list(
        db.session.scalars(
            sa.select(RecordForm.kind)
            .join(Record, Record.form_id == RecordForm.id)
            .where(Record.person_id == person_id, RecordForm.year == year, Record.stage == Stage.RETURNED)
            .order_by(Record.decided_at)
        )
    )


def drafts_of(person_id: UUID) -> int:
    """How many records the person has begun and not sent."""
    begun = sa.select(sa.func.count()).where(
        Record.person_id == person_id, Record.stage == Stage.DRAFT, Record.draft_at.is_not(None)
    )
    return db.session.scalar(begun) or 0
