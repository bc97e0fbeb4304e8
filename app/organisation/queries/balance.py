"""Units and members under each parent on a day: children sum to parent, counted in two ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app import clock
from app.accounts.models import Membership
from app.accounts.queries import open_on
from app.db import db
from app.organisation.rules.changes import NONE, Sum, balanced
from app.units import queries as units
from app.units.models import UnitKind, UnitPath, UnitPlace


@dataclass(frozen=True)
class Weighed:
    """A day's tree below one unit: what stands in each unit itself (by `unit_place`), and at and below each (by
    `unit_path`)."""

    own: Mapping[int, Sum]
    below: Mapping[int, Sum]
    parents: Mapping[int, int | None]

    def of(self, unit: int | None) -> Sum | None:
        """What stands at and below the unit; None where it does not stand here."""
        return self.below.get(unit, NONE) if unit is not None and unit in self.parents else None

    @property
    def unbalanced(self) -> list[int]:
        """The units whose children do not sum to them: there are none."""
        children: dict[int, list[Sum]] = {unit: [] for unit in self.parents}
        for unit, parent in self.parents.items():
            if parent in children:
                children[parent].append(self.below.get(unit, NONE))
        return [
            unit
            for unit, sums in children.items()
            if not balanced(self.own.get(unit, NONE), sums, self.below.get(unit, NONE))
        ]


def weigh(top: int, day: date) -> Weighed:
    """The tree at and below this unit."""
    at = units.below(top, day)
    here = (
        sa.select(
            UnitPlace.unit_id, UnitPlace.parent_id, sa.case((UnitKind.counts_members, 1), else_=0).label("counts")
        )
        .join(UnitKind, UnitKind.slug == UnitPlace.kind)
        .where(UnitPlace.unit_id.in_(at), units.on(UnitPlace, day))
    ).subquery()
    members = (
        sa.select(Membership.unit_id, sa.func.count().label("members"))
        .where(Membership.unit_id.in_(at), open_on(Membership, day))
        .group_by(Membership.unit_id)
    ).subquery()
    joined = here.outerjoin(members, members.c.unit_id == here.c.unit_id)
    number = sa.func.coalesce(members.c.members, 0)
    own = db.session.execute(
        sa.select(here.c.unit_id, here.c.parent_id, here.c.counts, number).select_from(joined)
    ).all()
    sums = db.session.execute(
        sa.select(UnitPath.ancestor_id, sa.func.sum(here.c.counts), sa.func.sum(number))
        .select_from(joined.join(UnitPath, UnitPath.descendant_id == here.c.unit_id))
        .where(UnitPath.ancestor_id.in_(at), units.on(UnitPath, day))
        .group_by(UnitPath.ancestor_id)
    ).all()
    return Weighed(
        own={unit: Sum(counts, how_many) for unit, _, counts, how_many in own},
        below={unit: Sum(int(count), int(how_many)) for unit, count, how_many in sums},
        parents={unit: parent for unit, parent, _, _ in own},
    )


Days = Mapping[date, Weighed]


def weigh_days(top: int, days: Sequence[date]) -> Days:
    return {day: weigh(top, day) for day in days}


def told_days(top: int, before: Days, after: Days) -> list[dict[str, Any]]:
    """What differs, day by day, as JSON: the day as shown, the units whose sums change (short name, code, units and
    members before, the same after, or none), and `whole`: children sum to parent everywhere, before and after."""
    return [_told_day(top, day, before[day], after[day]) for day in sorted(after)]


def _told_day(top: int, day: date, before: Weighed, after: Weighed) -> dict[str, Any]:
    ids = {unit for unit in before.parents.keys() | after.parents.keys() if before.of(unit) != after.of(unit)}
    rows = units.last_names(ids | {top})
    shown = sorted((row for row in rows if row.id != top), key=lambda row: (row.sort_key, row.code))
    total = next(row for row in rows if row.id == top)
    return {
        "day": clock.short_date(day),
        "whole": not before.unbalanced and not after.unbalanced,
        "lines": [_told_unit(row, before, after) for row in shown],
        "total": _told_unit(total, before, after),
    }


def _told_unit(row: units.LastName, before: Weighed, after: Weighed) -> list[Any]:
    sums = (before.of(row.id), after.of(row.id))
    return [row.short, row.code, *([one.units, one.members] if one else None for one in sums)]
