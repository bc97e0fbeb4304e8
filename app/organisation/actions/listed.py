"""Many changes of units from one list: done in the order in which they hold, kept and taken back as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.actions import transfers
from app.db import db
from app.organisation.actions import changes
from app.organisation.actions.changes import Asked
from app.organisation.queries.changes import concerned, left_waiting
from app.organisation.rules import changes as rules
from app.organisation.rules.lists import Line, in_order
from app.refusal import RuleBroken
from app.units import actions as units
from app.units import queries
from app.units.models import Unit, UnitChange, UnitPath
from app.units.queries import UnitRow


@dataclass(frozen=True)
class Done:
    """What a line came to: the unit, as it was called until then, and what was done with it, in words; `notes` say what
    it means for people."""

    unit: UnitRow
    told: str
    notes: tuple[str, ...] = ()


class LineRefused(RuleBroken):
    kind = "conflict"
    words = "Dòng {n}: {why}"


def change_all(by: UUID, change_id: UUID, top: int, lines: Sequence[Line]) -> None:
    """All of it, once, as one change made from the unit `top`. Raises `LineRefused`, and nothing is done."""
    if db.session.get(UnitChange, change_id) is not None:
        return
    touched, with_people = _touched(lines)
    before = _snapshot(touched, with_people)
    for line in in_order(lines):
        try:
            changes.perform(by, _wish(top, line).asked)
        except RuleBroken as refusal:
            raise LineRefused(n=line.n, why=str(refusal)) from refusal
    opened = set(db.session.scalars(sa.select(Unit.id).where(Unit.code.in_(fresh_codes(lines)))))
    after = _snapshot(touched | opened, with_people | opened)
    code = db.session.get_one(Unit, top).code
    made = units.Change(change_id, rules.LISTED, code, top, min(line.on for line in lines), {"lines": len(lines)})
    units.remember(by, made, before, after)


def fresh_codes(lines: Sequence[Line]) -> list[str]:
    """The codes of the units that the lines open."""
    split = [line.other for line in lines if line.verb == "split"]
    return split + [line.code for line in lines if line.verb == "open"]


def try_all(by: UUID, top: int, lines: Sequence[Line]) -> Mapping[int, Done | RuleBroken]:
    """Each line done, by its number; one that is refused leaves nothing behind, and the others go on."""
    found: dict[int, Done | RuleBroken] = {}
    for line in in_order(lines):
        try:
            with db.session.begin_nested():
                wish = _wish(top, line)
                notes = _meant(wish)
                changes.perform(by, wish.asked)
                found[line.n] = Done(wish.unit, wish.told, notes)
        except RuleBroken as refusal:
            found[line.n] = refusal
    return found


@dataclass(frozen=True)
class Wish:
    """What a line asks for, read on the tree as the lines before left it; and in words."""

    unit: UnitRow
    other: UnitRow | None
    asked: Asked
    told: str


def _wish(top: int, line: Line) -> Wish:
    """Raises `DayOutOfRange`, and `NoSuchUnit` for a code that is not of a unit below `top`, whether there is one
    elsewhere or not."""
    rules.check_day(line.on, clock.today())
    if line.verb == "open":
        unit = _found(top, line.other, line.on, itself=True)
        asked = Asked("open", unit.id, line.on, name=line.name, code=line.code, kind=line.kind)
        return Wish(unit, None, asked, f"Mở đơn vị mới dưới {unit.short}")
    unit = _found(top, line.code, line.on)
    if line.verb == "rename":
        asked = Asked("rename", unit.id, line.on, name=line.name)
        return Wish(unit, None, asked, f"Đổi tên thành {line.name}")
    if line.verb == "split":
        groups = tuple(_found(unit.id, code, line.on).id for code in line.groups)
        asked = Asked("split", unit.id, line.on, name=line.name, code=line.other, groups=groups)
        return Wish(unit, None, asked, f"Tách {len(groups)} tổ thành {line.name} ({line.other})")
    other = _found(top, line.other, line.on, itself=line.verb != "merge") if line.other else None
    asked = Asked(line.verb, unit.id, line.on, other=other.id if other else None)
    return Wish(unit, other, asked, _told(unit, other, line))


def _told(unit: UnitRow, other: UnitRow | None, line: Line) -> str:
    if other is None:
        return rules.WORDS[line.verb]
    if line.verb == "move":
        old = queries.find(unit.parent_id, line.on) if unit.parent_id else None
        return f"Chuyển từ {old.short if old else '–'} sang {other.short}"
    return f"Sáp nhập vào {other.short}" if line.verb == "merge" else f"Giải thể, mã cũ dẫn tới {other.short}"


def _meant(wish: Wish) -> tuple[str, ...]:
    """What it means for people, where it is more than another parent or name."""
    asked = wish.asked
    if asked.verb in ("open", "rename"):
        return ()
    if asked.verb == "move":
        return tuple(
            rules.waiting(left_waiting(wish.unit, wish.other, asked.on), wish.other.short if wish.other else "")
        )
    moved = (set(asked.groups), set(asked.people))
    about = concerned(asked.verb, wish.unit, wish.other, asked.name, asked.on, moved)
    return tuple(rules.told(asked.verb, replace(about, in_future=False)))


def _found(top: int, code: str, on: date, itself: bool = False) -> UnitRow:
    """The unit that carries this code on the day, below `top`, or `top` itself."""
    under = UnitPath.depth >= (0 if itself else 1)
    coded = queries.below(top, on).join(Unit, Unit.id == UnitPath.descendant_id).where(Unit.code == code, under)
    unit_id = db.session.scalar(coded)
    found = queries.find(unit_id, on) if unit_id is not None else None
    if found is None:
        raise rules.NoSuchUnit(code=code, day=f"{on:%d/%m/%Y}")
    return found


def _touched(lines: Sequence[Line]) -> tuple[set[int], set[int]]:
    """The units whose rows the lines may touch, with all that ever stood below them; and those of them whose members or
    officers they touch too."""
    merged = [line.other for line in lines if line.verb == "merge"]
    peopled = [line.code for line in lines if line.verb in ("merge", "split", "close")] + merged
    return _at_and_below([line.code for line in lines] + merged), _at_and_below(peopled)


def _at_and_below(codes: Sequence[str]) -> set[int]:
    at = sa.select(Unit.id).where(Unit.code.in_(codes))
    return set(db.session.scalars(sa.select(UnitPath.descendant_id).where(UnitPath.ancestor_id.in_(at))))


def _snapshot(touched: set[int], with_people: set[int]) -> units.Snapshot:
    return units.snapshot(sorted(touched), transfers.rows_of(sorted(with_people)))
