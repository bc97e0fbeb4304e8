"""Who reads what a person sends: before it is sent, and today."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.accounts import queries as accounts
from app.accounts.models import Membership, Person, Role
from app.accounts.queries import Officer, open_on
from app.db import db
from app.records import rules
from app.records.models import Record, RecordForm, RecordVersion
from app.records.queries.heads import Head
from app.records.rules import REVIEWED, Stage
from app.refusal import NotThere
from app.units import queries as units
from app.units.models import UnitPath
from app.units.queries import UnitRow


@dataclass(frozen=True)
class Readers:
    """Who reads what a person sends: the officers of one unit, by name; nobody where no unit can review it."""

    unit: UnitRow | None = None
    officers: tuple[Officer, ...] = ()

    @property
    def names(self) -> list[str]:
        return [named(officer.name, officer.address) for officer in self.officers]


def named(name: str, address: str | None) -> str:
    """`cô Trần Thị Mỹ Hạnh`; the name alone where the form of address is unknown."""
    return f"{address} {name}" if address else name


def called_of(person_id: UUID) -> str:
    row = db.session.execute(sa.select(Person.name, Person.address).where(Person.id == person_id)).one()
    return accounts.called(*row)


def home_unit(person_id: UUID, day: date) -> int:
    """The unit in which the person's records begin. Raises `NotThere` for somebody who belongs nowhere."""
    held = accounts.memberships_of(person_id, day)
    if not held:
        raise NotThere()
    return held[0].unit_id


def readers_of(unit: UnitRow, author: UUID, day: date) -> Readers:
    """Who of the unit's officers may read what this author sent there."""
    officers = accounts.officers_of(unit.id, day)
    allowed = set(rules.readers(_reviewers(officers), author))
    return Readers(unit, tuple(officer for officer in officers if officer.person_id in allowed))


def _reviewers(officers: Iterable[Officer]) -> tuple[rules.Reviewer, ...]:
    return tuple(rules.Reviewer(o.person_id, o.duty == "chair", o.conflict) for o in officers)


def readers_before(person_id: UUID, record: Head | None, day: date) -> Readers:
    """Who will read this when it is sent: named before a word is written, and decided anew in the sending itself.

    An addition goes to the unit that asked for it, as long as the author still belongs below it and somebody there may
    review it.
    """
    home = home_unit(person_id, day)
    if record is not None and record.stage is Stage.RETURNED and record.reviewing_unit is not None:
        asked_by = units.find(record.reviewing_unit, day)
        if asked_by is not None and belongs_below(person_id, asked_by.id, day):
            found = _chosen([asked_by], person_id, day)
            if found.unit is not None:
                return found
    return _chosen(units.reviewing_above(home, day), person_id, day)


def _chosen(upward: list[UnitRow], author: UUID, day: date) -> Readers:
    """The readers in the nearest of these units that may review what this author sends; none where none may."""
    by_id = {unit.id: unit for unit in upward}
    chosen = rules.choose_reviewing_unit(
        [rules.Reviewing(unit, _reviewers(accounts.officers_of(unit, day))) for unit in by_id], author
    )
    return Readers() if chosen is None else readers_of(by_id[chosen], author, day)


@dataclass(frozen=True)
class UnitReaders:
    """Who opens today what is sent from a unit: what members send, and what its chair sends. `aside`: officers of the
    reviewing unit who have declared a conflict and open nothing."""

    members: Readers
    chair: Readers | None
    aside: tuple[Officer, ...]


NOBODY = UUID(int=0)


def unit_readers(unit_id: int, day: date) -> UnitReaders:
    """Of records sent today; one sent before stays with the unit it was sent to."""
    upward = units.reviewing_above(unit_id, day)
    members = _chosen(upward, NOBODY, day)
    chairs = [officer for officer in accounts.officers_of(unit_id, day) if officer.duty == "chair"]
    aside = [o for o in accounts.officers_of(members.unit.id, day) if o.conflict] if members.unit else []
    return UnitReaders(members, _chosen(upward, chairs[0].person_id, day) if chairs else None, tuple(aside))


def _below(person: Any, unit: Any, day: date) -> sa.Exists:
    """Whether the person belongs to this unit or one below it on this day; both may be columns."""
    return (
        sa.exists()
        .where(Membership.person_id == person, open_on(Membership, day))
        .where(UnitPath.descendant_id == Membership.unit_id, UnitPath.ancestor_id == unit, units.on(UnitPath, day))
    )


def belongs_below(person_id: UUID, unit_id: int, day: date) -> bool:
    return bool(db.session.scalar(sa.select(_below(person_id, unit_id, day))))


def open_to(reader: UUID, day: date) -> sa.ColumnElement[bool]:
    """The records whose text this reader may open today: sent to a unit in which exactly they hold `officer` and have
    declared no conflict, by somebody else, who still belongs there. The one statement of it."""
    return sa.and_(Record.stage.in_(REVIEWED), Record.person_id != reader, _opens(Role.person_id == reader, day))


def _opens(who: sa.ColumnElement[bool], day: date) -> sa.ColumnElement[bool]:
    """Whether a role that `who` admits opens the record on this day."""
    officer = aliased(Person)
    holds = sa.exists().where(
        who,
        Role.unit_id == Record.reviewing_unit,
        Role.name == "officer",
        Role.conflict.is_(False),
        open_on(Role, day),
        officer.id == Role.person_id,
        officer.state == "active",
    )
    return sa.and_(holds, _below(Record.person_id, Record.reviewing_unit, day))


def unseen_kinds(person_id: UUID, year: int, day: date) -> list[str]:
    """The kinds of the person's records that wait where nobody can open them any more, as after a move."""
    return list(
        db.session.scalars(
            sa.select(RecordForm.kind)
            .join(Record, Record.form_id == RecordForm.id)
            .where(Record.person_id == person_id, RecordForm.year == year, Record.stage == Stage.SUBMITTED)
            .where(sa.not_(_opens(Role.person_id != person_id, day)))
            .order_by(Record.submitted_at)
        )
    )


@dataclass(frozen=True)
class Sent:
    """A version that a reader may open, still sealed. `from_below`: its author belongs to another unit than theirs."""

    version_id: UUID
    record_id: UUID
    sealed_body: bytes = field(repr=False)
    reviewing_unit: int
    from_below: bool


def sent_version(reader: UUID, version_id: UUID, day: date) -> Sent:
    """The version, if this reader may open it today; raises `NotThere`. What went to another unit before stays shut."""
    own = sa.exists().where(
        Membership.person_id == Record.person_id, Membership.unit_id == Record.reviewing_unit, open_on(Membership, day)
    )
    row = db.session.execute(
        sa.select(
            RecordVersion.id,
            RecordVersion.record_id,
            RecordVersion.sealed_body,
            RecordVersion.reviewing_unit,
            sa.not_(own),
        )
        .join(Record, Record.id == RecordVersion.record_id)
        .where(RecordVersion.id == version_id, RecordVersion.reviewing_unit == Record.reviewing_unit)
        .where(open_to(reader, day))
    ).first()
    if row is None:
        raise NotThere()
    return Sent(*row)
