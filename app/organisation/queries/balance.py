"""Units and members under each parent on a day: children sum to parent, counted in two ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

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
