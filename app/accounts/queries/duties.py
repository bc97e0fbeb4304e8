"""Duties in a unit, with their dates: for the level above, which gives them, and for handing one over."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.accounts import rules
from app.accounts.models import Account, Membership, Person, Role, SignInName
from app.accounts.queries.actors import Actor, lasts, open_on
from app.db import db
from app.refusal import NotThere
from app.text import fold
from app.units import queries as units
from app.units.models import UnitPlace
from app.units.queries import UnitRow

DUTY = sa.func.coalesce(Role.duty, "committee")


@dataclass(frozen=True)
class DutyHeld:
    """A duty of somebody in a unit, whose name may be seen from above. `until`: the first day without."""

    role_id: int
    person_id: UUID
    name: str
    code: str
    duty: str
    since: date
    until: date | None

    @property
    def words(self) -> str:
        return rules.DUTY_WORDS[self.duty]


def unit_below(actor: Actor, code: str) -> UnitRow:
    """The unit of this code whose duties the actor gives: one with members, right below a unit in which exactly the
    actor is officer or administrator. Raises `NotThere`."""
    unit = units.by_code(code, clock.today())
    if unit is None or not unit.counts_members or unit.parent_id not in actor.units_as("officer", "admin"):
        raise NotThere()
    return unit


def duties_in(unit_id: int, day: date) -> list[DutyHeld]:
    """What is held in exactly this unit on the day, or will be: the chair first."""
    return sorted(_found(Role.unit_id == unit_id, lasts(Role, day)), key=lambda one: rules.DUTIES.index(one.duty))


def ended_duties(unit_id: int, day: date, person_id: UUID | None = None) -> list[DutyHeld]:
    """Duties in this unit that ended within the last month, the last first, of whoever holds none there now."""
    now = aliased(Role)
    found = _found(
        Role.unit_id == unit_id,
        Role.until > Role.since,
        Role.until <= day,
        Role.until > day - rules.REINSTATED_WITHIN,
        Role.person_id == person_id if person_id else sa.true(),
        ~sa.exists().where(
            now.person_id == Role.person_id, now.unit_id == unit_id, now.name == "officer", lasts(now, day)
        ),
    )
    last = {one.person_id: one for one in sorted(found, key=lambda one: (one.until or day, one.role_id))}
    return sorted(last.values(), key=lambda one: (one.until or day, one.role_id), reverse=True)


def _found(*conditions: sa.ColumnElement[bool]) -> list[DutyHeld]:
    code = sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code")
    rows = db.session.execute(
        sa.select(
            Role.id, Person.id, Person.name, sa.func.coalesce(SignInName.folded, ""), DUTY, Role.since, Role.until
        )
        .join(Person, Person.id == Role.person_id)
        .outerjoin(SignInName, code)
        .where(Role.name == "officer", Person.state == "active", *conditions)
        .order_by(Person.sort_key, Role.id)
    )
    return [DutyHeld(*row) for row in rows]


def named_member(unit_id: int, name: str, code: str, day: date) -> UUID | None:
    """The member of exactly this unit who has this code and this name, marks and case apart. Who does not know both
    learns nothing: names stop at the unit."""
    found = db.session.execute(
        sa.select(Person.id, Person.search_key)
        .join(Membership, Membership.person_id == Person.id)
        .join(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(Membership.unit_id == unit_id, open_on(Membership, day), SignInName.folded == code)
        .where(Person.state == "active")
    ).first()
    return found[0] if found and found[1] == fold(name) else None


@dataclass(frozen=True)
class OfficerOutside:
    """An officer of a unit below who has not been in yet: the level above lets them in."""

    person_id: UUID
    name: str
    code: str
    duty: str
    unit: UnitRow

    @property
    def words(self) -> str:
        return rules.DUTY_WORDS[self.duty]


def officers_outside(parent_id: int, day: date) -> list[OfficerOutside]:
    """Those of the units with members right below this one, by unit, the chair first."""
    rows = db.session.execute(
        sa.select(Person.id, Person.name, SignInName.folded, DUTY, Role.unit_id)
        .join(Role, Role.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .join(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .join(UnitPlace, sa.and_(UnitPlace.unit_id == Role.unit_id, units.on(UnitPlace, day)))
        .where(UnitPlace.parent_id == parent_id, Role.name == "officer", lasts(Role, day))
        .where(Person.state == "active", Account.password_hash.is_(None))
        .order_by(Person.sort_key, Person.id)
    ).all()
    named = units.names({row.unit_id for row in rows}, day)
    found = [OfficerOutside(*row[:4], named[row.unit_id]) for row in rows if row.unit_id in named]
    counted = [one for one in found if one.unit.counts_members]
    return sorted(counted, key=lambda one: (one.unit.sort_key, one.unit.code, rules.DUTIES.index(one.duty)))


@dataclass(frozen=True)
class Term:
    """A role of whatever kind, with its dates."""

    words: str
    since: date
    until: date | None

    @property
    def dates(self) -> str:
        ends = f" đến trước {clock.short_date(self.until)}" if self.until else ""
        return f"từ {clock.short_date(self.since)}{ends}"


def terms_of(person_id: UUID, unit_id: int, day: date) -> list[Term]:
    """What the person holds in exactly this unit, or will."""
    found = db.session.execute(
        sa.select(Role.name, Role.duty, Role.since, Role.until)
        .where(Role.person_id == person_id, Role.unit_id == unit_id, lasts(Role, day))
        .order_by(Role.since, Role.id)
    )
    return [Term(rules.role_words(name, duty), since, until) for name, duty, since, until in found]
