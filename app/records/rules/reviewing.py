"""Which unit reviews a record, who may read it there, and how readings are told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True)
class Reviewer:
    """Somebody who holds `officer` in a unit. `conflict`: has declared one, and reads nobody's record there."""

    person: UUID
    chair: bool = False
    conflict: bool = False


@dataclass(frozen=True)
class Reviewing:
    """A unit whose kind reviews, with its officers of the day."""

    unit: int
    officers: tuple[Reviewer, ...]


def readers(officers: Iterable[Reviewer], author: UUID) -> list[UUID]:
    """Who of these officers may read what the author sends them: never the author, nobody with a declared conflict."""
    return [officer.person for officer in officers if officer.person != author and not officer.conflict]


def choose_reviewing_unit(upward: Sequence[Reviewing], author: UUID) -> int | None:
    """The unit that reviews the author's record; `upward` are those whose kind reviews, nearest first.

    The nearest one, but the next where the author is its chair or where nobody else without a declared conflict is in
    office. None if that leaves nobody.
    """
    for unit in upward:
        leads = any(officer.chair and officer.person == author for officer in unit.officers)
        if not leads and readers(unit.officers, author):
            return unit.unit
    return None


@dataclass(frozen=True)
class Opening:
    """One opening of a version by a reader."""

    reader: UUID
    version: UUID
    at: datetime


def collapsed(openings: Iterable[Opening], within: timedelta = timedelta(minutes=10)) -> list[Opening]:
    """The openings as they are shown, oldest first: opening the same version again soon after is not told twice.
    Every one of them stays recorded."""
    shown: list[Opening] = []
    last: dict[tuple[UUID, UUID], datetime] = {}
    for opening in sorted(openings, key=lambda o: o.at):
        before = last.get((opening.reader, opening.version))
        if before is None or opening.at - before >= within:
            last[opening.reader, opening.version] = opening.at
            shown.append(opening)
    return shown
