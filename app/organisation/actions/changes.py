"""Changes of units with all that hangs on them: members, roles, what is below; and taking one back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.accounts import actions as accounts
from app.accounts.actions import transfers
from app.accounts.models import Membership, Role
from app.db import db
from app.organisation.rules import changes as rules
from app.organisation.rules.changes import Verb
from app.records.models import Record
from app.rosters import actions as rosters
from app.steps.models import StepTally
from app.units import actions as units
from app.units import queries
from app.units.models import Unit, UnitChange


@dataclass(frozen=True)
class Asked:
    """A change as somebody asks for it. `unit`: which one, or under which one opens; `other`: the new parent, or what
    it merges into or is succeeded by; `groups` and `people` go into the new unit of a split."""

    verb: Verb
    unit: int
    on: date
    other: int | None = None
    name: str = ""
    short: str = ""
    code: str = ""
    kind: str = ""
    phone: str | None = None
    groups: tuple[int, ...] = ()
    people: tuple[UUID, ...] = ()


def change(by: UUID, change_id: UUID, at_unit: int, asked: Asked) -> None:
    """Do it, once: a change with this id that is there already is left as it is. Raises what the unit actions raise,
    and `NobodyChosen`, `NotAlike`, `CannotLead`."""
    if db.session.get(UnitChange, change_id) is not None:
        return
    touched = _touched(asked)
    before = _snapshot(touched)
    fresh = perform(by, asked)
    after = _snapshot({*touched, *fresh})
    about = db.session.get_one(Unit, fresh[0] if asked.verb == "open" else asked.unit).code
    other = db.session.get_one(Unit, asked.other).code if asked.other else asked.code or None
    units.remember(by, units.Change(change_id, asked.verb, about, at_unit, asked.on, {"other": other}), before, after)


def perform(by: UUID, asked: Asked) -> list[int]:
    """The change itself, not kept for taking back; returns the units that it opened."""
    return _DO[asked.verb](by, asked)


def _snapshot(ids: set[int]) -> units.Snapshot:
    listed = sorted(ids)
    return units.snapshot(listed, transfers.rows_of(listed))


def _touched(asked: Asked) -> set[int]:
    """The units whose rows the change may touch."""
    if asked.verb == "open":
        return set()
    below = set(db.session.scalars(queries.below(asked.unit, asked.on)))
    return {*below, *([asked.other] if asked.verb == "merge" and asked.other else [])}


def _open(by: UUID, asked: Asked) -> list[int]:
    _require_lead(asked.unit, asked.kind, asked.on)
    made = units.open_unit(
        by, asked.code, asked.name, asked.kind, asked.unit, asked.on, asked.short, phone=asked.phone or None
    )
    return [made.id]


def _require_lead(above: int, kind: str, on: date) -> None:
    """Raises `CannotLead` where a unit of this kind cannot stand under that one."""
    parent = queries.get(above, on)
    below = queries.kind(kind)
    if not rules.may_lead(_sort(parent), rules.Sort(below.federation, below.counts_members)):
        raise rules.CannotLead(code=parent.code)


def _sort(unit: queries.UnitRow) -> rules.Sort:
    return rules.Sort(unit.federation, unit.counts_members)


def _rename(by: UUID, asked: Asked) -> list[int]:
    units.rename(by, _unit(asked), asked.name, asked.on, asked.short)
    return []


def _unit(asked: Asked) -> Unit:
    return db.session.get_one(Unit, asked.unit)


def _other(asked: Asked) -> Unit:
    return db.session.get_one(Unit, asked.other)


def _move(by: UUID, asked: Asked) -> list[int]:
    here = queries.get(asked.unit, asked.on)
    if here.counts_members or here.federation:
        _require_lead(_other(asked).id, here.kind, asked.on)
    else:
        raise rules.CannotLead(code=_other(asked).code)  # a tổ goes over with its members: that is a split or a merger
    units.move(by, _unit(asked), _other(asked).id, asked.on)
    return []


def _merge(by: UUID, asked: Asked) -> list[int]:
    here, there = queries.get(asked.unit, asked.on), queries.get(_other(asked).id, asked.on)
    parts = _sort(here).is_part
    if here.id == there.id or not rules.are_alike(_sort(here), _sort(there)):
        raise rules.NotAlike(code=here.code, other=there.code)
    if parts and here.parent_id != there.parent_id:
        raise rules.NotAlike(code=here.code, other=there.code)
    for child in queries.children(here.id, asked.on):
        units.move(by, db.session.get_one(Unit, child.id), there.id, asked.on)
    if parts:
        home = db.session.get_one(Unit, _home_of(here, asked.on))
        transfers.transfer(by, Membership.group_id == here.id, home, asked.on, there.id)
    else:
        transfers.transfer(by, Membership.unit_id == here.id, _other(asked), asked.on)
    transfers.end_roles(by, _unit(asked), asked.on)
    units.close(by, _unit(asked), asked.on, _other(asked))
    return []


def _home_of(part: queries.UnitRow, on: date) -> int:
    """The unit that counts the members of this tổ or section."""
    above = next((unit for unit in queries.ancestors(part.id, on) if unit.counts_members), None)
    if above is None:
        raise rules.CannotLead(code=part.code)
    return above.id


def _split(by: UUID, asked: Asked) -> list[int]:
    here = queries.get(asked.unit, asked.on)
    if here.parent_id is None or not here.counts_members:
        raise rules.CannotLead(code=here.code)
    if not asked.groups and not asked.people:
        raise rules.NobodyChosen()
    made = units.open_unit(
        by, asked.code, asked.name, here.kind, here.parent_id, asked.on, asked.short, phone=asked.phone or None
    )
    mine = Membership.unit_id == here.id
    for group in asked.groups:
        units.move(by, db.session.get_one(Unit, group), made.id, asked.on)
    transfers.transfer(by, sa.and_(mine, Membership.group_id.in_(asked.groups)), made, asked.on)
    single = sa.and_(mine, Membership.person_id.in_(asked.people))
    moved = transfers.transfer(by, single, made, asked.on)
    _leave_groups(made.id, moved, asked)
    return [made.id]


def _leave_groups(unit: int, people: list[UUID], asked: Asked) -> None:
    """Whoever goes over without their tổ is in none there."""
    lone = (Membership.unit_id == unit, Membership.person_id.in_(people), Membership.group_id.not_in(asked.groups))
    db.session.execute(sa.update(Membership).where(*lone).values(group_id=None))


def _close(by: UUID, asked: Asked) -> list[int]:
    transfers.end_roles(by, _unit(asked), asked.on)
    units.close(by, _unit(asked), asked.on, _other(asked) if asked.other else None)
    return []


_DO: dict[Verb, Callable[[UUID, Asked], list[int]]] = {
    "open": _open,
    "rename": _rename,
    "move": _move,
    "merge": _merge,
    "split": _split,
    "close": _close,
}


# --- taking it back -----------------------------------------------------------------------------------------------


PEOPLE = frozenset(("membership", "role", "exemption"))


def undo(by: UUID, change_id: UUID) -> None:
    """Take the change back within a day; once. Raises `UndoTooLate`, and `UndoWouldLose` where something has been built
    on it: a role given, a record sent to those who read since, a unit opened below."""
    made = db.session.get_one(UnitChange, change_id)
    if made.undone_at is not None:
        return
    units.require_undoable(made)
    if _sent_since(made):
        raise units.UndoWouldLose()
    with accounts.standing_changes(*_people(made)):
        units.put_back(made, PEOPLE)
    _forget_tallies(made)
    units.put_back(made, units.OURS)
    units.note_undone(by, made)
    rosters.note_undone(change_id)  # where it came from a list


def _rows(made: UnitChange, table: str) -> list[Any]:
    return [entry for entry in made.journal if entry[0] == table]


def _people(made: UnitChange) -> list[UUID]:
    """Whose memberships or roles the change touched."""
    found: set[UUID] = set()
    for model in (Membership, Role):
        rows = _rows(made, model.__tablename__)
        found |= {UUID(row["person_id"]) for _, _, *both in rows for row in both if row and "person_id" in row}
        ids = [int(key) for _, key, _, _ in rows]
        for start in range(0, len(ids), 500):
            chosen = sa.select(model.person_id).where(model.id.in_(ids[start : start + 500]))
            found |= set(db.session.scalars(chosen))
    return sorted(found)


def _sent_since(made: UnitChange) -> bool:
    """Whether one of those who moved along has sent a record since: it went to who reads now."""
    people = _people(made)
    for start in range(0, len(people), 500):
        part = Record.person_id.in_(people[start : start + 500])
        if db.session.scalar(sa.select(Record.id).where(part, Record.submitted_at > made.made).limit(1)):
            return True
    return False


def _forget_tallies(made: UnitChange) -> None:
    """A unit that is not to have been leaves no totals: nobody is counted there any more."""
    opened = [int(key) for _, key, before, _ in _rows(made, "unit") if before is None]
    db.session.execute(sa.delete(StepTally).where(StepTally.unit_id.in_(opened)))


# --- those who came in between -----------------------------------------------------------------------------------


def follow(today: date) -> int:
    """Whoever joined a unit after its merger was decided, and before it held, is moved to the successor; returns how
    many."""
    ended = db.session.scalars(
        sa.select(Unit)
        .where(Unit.closed <= today, Unit.successor_id.is_not(None))
        .where(sa.exists().where(Membership.unit_id == Unit.id, Membership.until.is_(None)))
    ).all()
    moved = 0
    for unit in ended:
        to = queries.by_code(unit.code, today)
        if to is not None and to.counts_members:
            mine = sa.and_(Membership.unit_id == unit.id, Membership.until.is_(None))
            moved += len(transfers.transfer(None, mine, db.session.get_one(Unit, to.id), today))
    return moved
