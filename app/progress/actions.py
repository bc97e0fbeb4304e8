"""Closing figures: what stood at the beginning of a day is written down once, and never again."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app import audit, clock
from app.db import db, insert, writing
from app.progress import rules
from app.progress.models import Snapshot
from app.progress.queries import cut_offs as queries
from app.progress.queries.shared import share_of
from app.progress.rules import Counted
from app.refusal import NotThere
from app.steps import queries as steps
from app.steps.models import Programme
from app.steps.rules import Share
from app.units import queries as units
from app.units.queries import UnitRow

PART = 200  # units in one `writing()`


def close_due() -> int:
    """Close what is to be closed by now; returns how many units' figures were. Each part in a `writing()` of its own:
    what is closed already is left as it is, so that it may run again, or go on where it was cut off."""
    today = clock.today()
    closed = 0
    for year in (today.year - 1, today.year):
        for day in rules.due(year, today):
            try:
                programme = steps.programme_of_year(year)
            except NotThere:
                continue
            closed += close(programme, day)
    return closed


@dataclass(frozen=True)
class _Closing:
    """Which figures are closed. `last` is the day on whose tree and members they rest."""

    programme: Programme
    day: date
    steps: list[steps.Step]

    @property
    def last(self) -> date:
        return self.day - timedelta(days=1)

    def figures(self, unit: UnitRow, members: int, shares: Iterable[Sequence[int]], **more: Any) -> dict[str, Any]:
        heads = ([step.key, step.heading, step.title] for step in self.steps)
        return {
            "day": self.day.isoformat(),
            "year": self.programme.year,
            "programme": self.programme.slug,
            "code": unit.code,
            "name": unit.name,
            "short": unit.short,
            "kind": unit.kind,
            "above": [[one.code, one.name] for one in units.ancestors(unit.id, self.last)[1:]],
            "members": members,
            "steps": [[*head, *share] for head, share in zip(heads, shares, strict=True)],
            **more,
        }


def close(programme: Programme, day: date) -> int:
    """The figures of every unit that stood at the end of the day before: first the units that count members, then at
    once all federations, from theirs. After that nothing is added, so that children sum to parent for ever."""
    closing = _Closing(programme, day, steps.steps_of(programme.id))
    if queries.is_closed(programme.id, day, closing.last):
        return 0
    open_units = queries.not_closed(programme.id, day, closing.last)
    counting = [unit for unit in open_units if unit.counts_members]
    closed = 0
    for at in range(0, len(counting), PART):
        closed += _keep(closing, _of_units(closing, counting[at : at + PART]))
    return closed + _keep(closing, [(unit, _of_federation(closing, unit)) for unit in open_units if unit.federation])


Figures = tuple[UnitRow, dict[str, Any]]


def _of_units(closing: _Closing, part: Sequence[UnitRow]) -> list[Figures]:
    found = steps.stood([unit.id for unit in part], closing.programme.id, closing.last, clock.start_of(closing.day))
    return [(unit, closing.figures(unit, found[unit.id].members, _shares(closing, found[unit.id]))) for unit in part]


def _shares(closing: _Closing, stood: steps.Stood) -> list[list[int]]:
    shares = [share_of(step.key, stood.shares) for step in closing.steps]
    return [[one.asked, one.done, one.declined] for one in shares]


def _of_federation(closing: _Closing, unit: UnitRow) -> dict[str, Any]:
    """Its units' closed figures, and their sums; which federations stood between. No number of those who said no."""
    below = queries.below(unit.id, closing.last)
    codes = {one.id: one.code for one in [unit, *below]}
    bodies = queries.bodies([one.id for one in below if one.counts_members], closing.programme.id, closing.day)
    counted = [
        _counted(json.loads(bodies[one.id]), codes.get(one.parent_id or 0, "")) for one in below if one.id in bodies
    ]
    between = [[one.code, one.short, codes.get(one.parent_id or 0, "")] for one in below if one.federation]
    sums = rules.summed(counted, len(closing.steps))
    return closing.figures(
        unit,
        sum(one.members for one in counted),
        ([one.asked, one.done] for one in sums),
        units=[one.row for one in counted],
        federations=between,
    )


def _counted(figures: dict[str, Any], parent: str) -> Counted:
    shares = tuple(rules.from_above(Share(*step[3:])) for step in figures["steps"])
    return Counted(figures["code"], figures["short"], parent, figures["members"], shares)


def _keep(closing: _Closing, made: Sequence[Figures]) -> int:
    """Written down where it is not yet, with its hash on the trail. Returns how many were."""
    if not made:
        return 0
    rows = []
    for unit, figures in made:
        text = rules.body(figures)
        rows.append({"unit_id": unit.id, "body": text, "digest": rules.digest(text)})
    same = {"programme_id": closing.programme.id, "day": closing.day, "at": clock.now()}
    codes = {unit.id: unit.code for unit, _ in made}
    programme, day = closing.programme.slug, closing.day.isoformat()
    with writing():
        fresh = insert(Snapshot).values([row | same for row in rows]).on_conflict_do_nothing()
        for unit_id, digest in db.session.execute(fresh.returning(Snapshot.unit_id, Snapshot.digest)).all():
            audit.line(None, queries.NOTED, "unit", codes.pop(unit_id), year=programme, day=day, digest=digest)
    return len(made) - len(codes)
