"""What an actor may reach: always of a day, always through these."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.accounts.queries.actors import Actor
from app.db import db
from app.refusal import NotThere
from app.units import queries as units
from app.units.models import UnitPath


@dataclass(frozen=True)
class Reach:
    """A unit that an actor may look at, and how: `names` only where the role is held in exactly this unit."""

    unit: units.UnitRow
    names: bool


def reach(actor: Actor, code: str, *roles: str) -> Reach:
    """The unit of this code, if the actor holds one of `roles` in it or above it today. Raises `NotThere`, the same
    for a unit that does not exist and for one that is not the actor's."""
    unit = units.by_code(code, clock.today())
    if unit is None or not reaches(actor, unit.id, *roles):
        raise NotThere()
    return Reach(unit, unit.id in actor.units_as(*roles))


def reaches(actor: Actor, unit_id: int, *roles: str, on: date | None = None) -> bool:
    """Whether the actor holds one of `roles` in this unit or above it, as it stands today or `on` another day."""
    held = actor.units_as(*roles)
    above = sa.select(UnitPath.ancestor_id).where(
        UnitPath.descendant_id == unit_id, units.on(UnitPath, on or clock.today()), UnitPath.ancestor_id.in_(held)
    )
    return bool(held) and db.session.scalar(above.limit(1)) is not None


def own_unit(actor: Actor, code: str, *roles: str) -> units.UnitRow:
    """The unit of this code, if one of `roles` is held in exactly this unit. Raises `NotThere`."""
    found = reach(actor, code, *roles)
    if not found.names:
        raise NotThere()
    return found.unit


def levels_above(actor: Actor, unit_id: int, day: date) -> list[int]:
    """How many levels above this unit the actor's officer and admin roles stand; 0 is the unit itself."""
    held = actor.units_as("officer", "admin")
    return list(
        db.session.scalars(
            sa.select(UnitPath.depth).where(
                UnitPath.descendant_id == unit_id, UnitPath.ancestor_id.in_(held), units.on(UnitPath, day)
            )
        )
    )
