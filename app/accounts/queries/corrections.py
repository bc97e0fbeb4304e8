"""What people ask to have corrected: for the unit that decides, and for themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.models import CorrectionAsked, Person, Role
from app.accounts.queries.actors import called, memberships_of, open_on, roles_of
from app.accounts.queries.names import member_code_of, names_of
from app.accounts.queries.reach import first_unit
from app.accounts.rules import FIELD_WORDS
from app.db import db
from app.units import queries as units


@dataclass(frozen=True)
class CorrectionLine:
    """`before` is what the list says now, empty where it says nothing. `answered_by` is empty until it is decided."""

    id: UUID
    person_id: UUID
    name: str
    code: str
    field: str
    before: str
    value: str
    at: datetime
    agreed: bool | None
    answered_by: str

    @property
    def words(self) -> str:
        return FIELD_WORDS[self.field]


def confirming_unit(person_id: UUID, day: date) -> int | None:
    """The unit whose officers decide what the person asks: their own; for somebody who holds a role the nearest one
    upward in which somebody else is in office. None where there is none."""
    roles, held = roles_of(person_id, day), memberships_of(person_id, day)
    if held and not roles:
        return held[0].unit_id
    start = first_unit(person_id, day)
    above = [unit.id for unit in units.ancestors(start, day)] if start else []
    return next((unit for unit in above if _decides_there(unit, person_id, day)), None)


def _decides_there(unit_id: int, but: UUID, day: date) -> bool:
    found = sa.select(Role.id).where(
        Role.unit_id == unit_id, Role.person_id != but, Role.name.in_(("officer", "admin")), open_on(Role, day)
    )
    return db.session.scalar(found.limit(1)) is not None


def corrections_for(unit_id: int, reader: UUID) -> list[CorrectionLine]:
    """What waits in this unit for this officer, oldest first. For `own_unit` pages only."""
    return _lines(
        sa.and_(
            CorrectionAsked.unit_id.in_(units.stands_for(unit_id, clock.today())),
            CorrectionAsked.person_id != reader,
            CorrectionAsked.decided_at.is_(None),
        )
    )


def corrections_of(person_id: UUID) -> list[CorrectionLine]:
    """What this person asked and has not yet seen answered, and the answers."""
    return _lines(CorrectionAsked.person_id == person_id)


def _lines(which: sa.ColumnElement[bool]) -> list[CorrectionLine]:
    rows = db.session.execute(
        sa.select(CorrectionAsked, Person)
        .join(Person, Person.id == CorrectionAsked.person_id)
        .where(which)
        .order_by(CorrectionAsked.asked_at, CorrectionAsked.id)
    )
    return [_line(asked, person) for asked, person in rows.all()]


def _line(asked: CorrectionAsked, person: Person) -> CorrectionLine:
    ways = [name for kind, name in names_of(person.id) if kind == asked.field]
    return CorrectionLine(
        id=asked.id,
        person_id=person.id,
        name=person.name,
        code=member_code_of(person.id) or "",
        field=asked.field,
        before=person.name if asked.field == "name" else "".join(ways[:1]),
        value=asked.value,
        at=asked.asked_at,
        agreed=asked.agreed,
        answered_by=_answered_by(asked.decided_by),
    )


def _answered_by(who: UUID | None) -> str:
    found = db.session.get(Person, who) if who else None
    return called(found.name, found.address) if found else ""
