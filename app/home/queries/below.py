"""The units below, and their officers."""

from dataclasses import dataclass
from datetime import date

from app import clock
from app.accounts import queries as accounts
from app.accounts import rules as account_rules
from app.accounts.queries import Actor
from app.db import db
from app.units import queries as units
from app.units.queries import UnitRow


@dataclass(frozen=True)
class OfficerLine:
    called: str
    name: str
    duty: str
    code: str
    may_reset: bool
    second_step: bool


@dataclass(frozen=True)
class UnitCard:
    """`gives_duties`: the actor's own unit stands right above this one."""

    unit: UnitRow
    officers: list[OfficerLine]
    gives_duties: bool


@dataclass(frozen=True)
class UnitsPage:
    unit: UnitRow
    cards: list[UnitCard]
    roles: list[accounts.RoleInUnit] | None


def units_page(actor: Actor, unit: UnitRow) -> UnitsPage:
    """The units below that review, with the officers of each: names that may be seen from above. What is held in the
    unit itself is for those who hold something in it."""
    today = clock.today()
    held = actor.units_as("officer", "admin")
    cards = [
        UnitCard(row, _officer_lines(actor, row, today), row.counts_members and row.parent_id in held)
        for row in _reviewing_below(unit, today)
    ]
    own = unit.id in held
    return UnitsPage(unit, cards, accounts.roles_in(unit.id, today) if own else None)


def _reviewing_below(unit: UnitRow, day: date) -> list[UnitRow]:
    ids = set(db.session.scalars(units.below(unit.id, day)))
    found = [row for row in units.names(ids, day).values() if row.reviews and row.id != unit.id]
    return sorted(found, key=lambda row: (row.sort_key, row.code))


def _officer_lines(actor: Actor, unit: UnitRow, day: date) -> list[OfficerLine]:
    levels = accounts.levels_above(actor, unit.id, day)
    officers = accounts.officers_of(unit.id, day)
    stepping = accounts.with_second_step({officer.person_id for officer in officers})
    return [
        OfficerLine(
            officer.called,
            officer.name,
            officer.duty_words,
            accounts.member_code_of(officer.person_id) or "",
            account_rules.may_reset(levels, True) and officer.person_id != actor.person_id,
            officer.person_id in stepping,
        )
        for officer in officers
    ]
