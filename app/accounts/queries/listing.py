"""The list of a unit's members for paper and for a spreadsheet: whole."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Membership, Person, SignInName
from app.accounts.queries.actors import open_on
from app.db import db
from app.units import queries as units
from app.units.queries import UnitRow

ASKED_AT_ONCE = 50  # names to be mended on one page


@dataclass(frozen=True)
class Listed:
    """A member as they stand in the printed list; `unmarked`: the name still lacks its tone marks."""

    person_id: UUID
    name: str
    code: str
    group: str
    unmarked: bool


@dataclass(frozen=True)
class Listing:
    """The members of a unit, or of one tổ of it, by Vietnamese name. `above` is the body that leads the unit."""

    unit: UnitRow
    above: str
    groups: list[UnitRow]
    chosen: UnitRow | None
    people: list[Listed]

    @property
    def unmarked(self) -> list[Listed]:
        return [person for person in self.people if person.unmarked]

    @property
    def place(self) -> str:
        return f"{self.chosen.short}, {self.unit.short}" if self.chosen else self.unit.short


def listing(unit: UnitRow, day: date, group: str = "") -> Listing:
    """For `own_unit` pages only. `group`: the code of a tổ; the whole unit where there is none of that code."""
    groups = [child for child in units.children(unit.id, day) if not child.counts_members]
    chosen = next((child for child in groups if child.code == group), None)
    above = units.ancestors(unit.id, day)
    return Listing(unit, above[1].name if len(above) > 1 else "", groups, chosen, _people(unit, day, groups, chosen))


def _people(unit: UnitRow, day: date, groups: list[UnitRow], chosen: UnitRow | None) -> list[Listed]:
    shorts = {group.id: group.short for group in groups}
    code = sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code")
    found = db.session.execute(
        sa.select(Person.id, Person.name, SignInName.folded, Membership.group_id, Person.name_unmarked)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(SignInName, code)
        .where(Membership.unit_id == unit.id, open_on(Membership, day))
        .where(Membership.group_id == chosen.id if chosen else sa.true())
        .order_by(Membership.sort_key, Membership.person_id)
    )
    return [
        Listed(person, name, code or "", shorts.get(group or 0, ""), unmarked)
        for person, name, code, group, unmarked in found
    ]
