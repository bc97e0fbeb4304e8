"""Where a person works for the union, whom they may ask, whose site this is."""

from dataclasses import dataclass
from typing import Any

from app import clock
from app.accounts import queries as accounts
from app.accounts.queries import Actor
from app.units import queries as units


def home_units(actor: Actor) -> list[units.UnitRow]:
    """The units in which the person works for the union, as officer or administrator: CĐCS first, then federations.
    A tổ is a part of its CĐCS and has no pages of its own."""
    held = units.names(set(actor.units_as("officer", "admin")), clock.today()).values()
    works = [unit for unit in held if unit.counts_members or unit.federation]
    return sorted(works, key=lambda unit: (unit.federation, unit.sort_key, unit.code))


def home_unit_above(actor: Actor, unit_id: int) -> units.UnitRow | None:
    """The one of them from which this unit is looked after: itself or above it, the nearest."""
    held = {unit.id for unit in home_units(actor)}
    return next((unit for unit in units.ancestors(unit_id, clock.today()) if unit.id in held), None)


@dataclass(frozen=True)
class Contact:
    """Whom to ask, by name and telephone."""

    called: str
    duty: str
    phone: str | None


def contact(actor: Any) -> Contact | None:
    """An officer of the member's own unit; for officers, of the unit above."""
    if not isinstance(actor, Actor):
        return None
    today = clock.today()
    own = sorted(actor.member_of) or sorted(actor.units_as("officer", "admin"))
    for unit in units.ancestors(own[0], today) if own else []:
        others = [officer for officer in accounts.officers_of(unit.id, today) if officer.person_id != actor.person_id]
        if others:
            return Contact(others[0].called, others[0].duty_words, unit.phone)
    return None


def owner(actor: Any) -> str | None:
    """Whose site this is: the nearest federation above the person; for a stranger the only one there is."""
    today = clock.today()
    if isinstance(actor, Actor):
        own = sorted(actor.member_of) or sorted(actor.units_as("officer", "admin", "organiser", "editor"))
        above = units.ancestors(own[0], today) if own else []
        return next((unit.name for unit in above if unit.federation), None)
    roots = units.roots(today)
    return roots[0].name if len(roots) == 1 else None
