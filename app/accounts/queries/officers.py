"""Who holds what in a unit."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.accounts import rules
from app.accounts.models import Person, Role
from app.accounts.queries.actors import called, lasts, open_on
from app.db import db


@dataclass(frozen=True)
class Officer:
    """Somebody who holds `officer` in a unit: these names may be seen from above and by the unit's own members."""

    person_id: UUID
    name: str
    address: str | None
    duty: str
    conflict: bool

    @property
    def called(self) -> str:
        return called(self.name, self.address)

    @property
    def duty_words(self) -> str:
        return rules.DUTY_WORDS[self.duty]


def officers_of(unit_id: int, day: date) -> list[Officer]:
    """The officers of exactly this unit, the chair first."""
    found = db.session.execute(
        sa.select(Person.id, Person.name, Person.address, Role.duty, Role.conflict)
        .join(Role, Role.person_id == Person.id)
        .where(Role.unit_id == unit_id, Role.name == "officer", Person.state == "active", open_on(Role, day))
        .order_by(Person.sort_key)
    )
    return sorted(
        (Officer(*row[:3], row[3] or "committee", row[4]) for row in found),
        key=lambda officer: rules.DUTIES.index(officer.duty),
    )


def is_officer_anywhere(person_id: UUID, day: date) -> bool:
    return (
        db.session.scalar(
            sa.select(Role.id).where(Role.person_id == person_id, Role.name == "officer", open_on(Role, day)).limit(1)
        )
        is not None
    )


@dataclass(frozen=True)
class RoleInUnit:
    """A role in a unit, for the unit's officers: who holds it, since when, and who granted it (empty: nobody did in
    the browser, but a command on the server)."""

    name: str
    words: str
    since: date
    granted_by: str


def roles_in(unit_id: int, day: date) -> list[RoleInUnit]:
    """What is held in exactly this unit, or will be: officers first, the chair before all."""
    by = aliased(Person)
    found = db.session.execute(
        sa.select(Person.name, Role.name, Role.duty, Role.since, by.name)
        .join(Role, Role.person_id == Person.id)
        .outerjoin(by, by.id == Role.granted_by)
        .where(Role.unit_id == unit_id, Person.state == "active", lasts(Role, day))
        .order_by(Person.sort_key)
    )
    rows = sorted(found, key=lambda row: (rules.ROLES.index(row[1]), rules.DUTIES.index(row[2]) if row[2] else 0))
    return [RoleInUnit(name, rules.role_words(role, duty), since, by or "") for name, role, duty, since, by in rows]
