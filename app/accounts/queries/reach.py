"""What an actor may reach: always of a day, always through these."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.queries.actors import Actor, memberships_of, roles_of
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


def place_words(person_id: UUID, day: date) -> str:
    """`Tổ May 3, CĐCS May Sen Hồng`: where the person belongs, else where they hold a role; empty for nowhere."""
    held = memberships_of(person_id, day)
    ids = [held[0].group_id if held else None, first_unit(person_id, day)]
    named = units.names({unit_id for unit_id in ids if unit_id}, day)
    return ", ".join(named[unit_id].short for unit_id in ids if unit_id in named)


def first_unit(person_id: UUID, day: date) -> int | None:
    """Where the person belongs, else where they hold a role; None for nowhere."""
    held, roles = memberships_of(person_id, day), roles_of(person_id, day)
    return held[0].unit_id if held else roles[0].unit_id if roles else None


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
