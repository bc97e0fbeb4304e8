"""What a change of units changed, row by row, and putting it back within a day: all of it, or nothing where somebody
has built on it since.

A snapshot is taken before and after; what differs is kept with the change. The rows may be of any slice: whoever makes
the change says where to look.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit, clock
from app.db import db
from app.refusal import RuleBroken
from app.units.models import Unit, UnitChange, UnitName, UnitPath, UnitPlace

KEPT = timedelta(days=1)
PART = 500
NOT_OURS = {"unit": ("next_member", "phone")}  # columns that change for other reasons

Where = tuple[Any, sa.ColumnElement[bool]]  # a model, and which of its rows
Snapshot = dict[tuple[str, str], dict[str, Any]]  # (table, id) → its columns, as JSON has them
OURS = frozenset(("unit", "unit_name", "unit_place", "unit_path"))
Entry = list[Any]  # table, id, columns before (None: there was no such row), columns after (None: it is gone)


class UndoTooLate(RuleBroken):
    kind = "closed"
    words = "Chỉ hoàn tác được trong một ngày. Anh/chị làm một thay đổi mới để sửa lại."


class UndoWouldLose(RuleBroken):
    kind = "conflict"
    words = (
        "Chưa hoàn tác được, vì sau thay đổi này đã có việc khác dựa trên nó. Anh/chị làm một thay đổi mới để sửa lại."
    )


def snapshot(units: Iterable[int], more: Iterable[Where] = ()) -> Snapshot:
    """The rows that say what these units are and where they stand, and `more`."""
    db.session.flush()
    ids = list(units)
    where: list[Where] = [
        (Unit, Unit.id.in_(ids)),
        (UnitName, UnitName.unit_id.in_(ids)),
        (UnitPlace, UnitPlace.unit_id.in_(ids)),
        (UnitPath, sa.or_(UnitPath.descendant_id.in_(ids), UnitPath.ancestor_id.in_(ids))),
        *more,
    ]
    found: Snapshot = {}
    for model, which in where:
        table = cast(sa.Table, model.__table__)
        skipped = NOT_OURS.get(table.name, ())
        for row in db.session.execute(sa.select(table).where(which)).mappings():
            found[table.name, str(row["id"])] = {
                name: _plain(value) for name, value in row.items() if name not in ("id", *skipped)
            }
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _difference(before: Snapshot, after: Snapshot) -> list[Entry]:
    entries: list[Entry] = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None:
            changed = [name for name in old if old[name] != new[name]]
            old, new = ({name: one[name] for name in changed} for one in (old, new))
        if old != new:
            entries.append([*key, old, new])
    return entries


@dataclass(frozen=True)
class Change:
    """A change as it was asked for: `code` names the unit, `at_unit` from where it was made."""

    id: UUID
    verb: str
    code: str
    at_unit: int
    on: date
    facts: Mapping[str, Any]


def remember(by: UUID, change: Change, before: Snapshot, after: Snapshot) -> None:
    """Keep what the change changed."""
    db.session.add(
        UnitChange(
            id=change.id,
            verb=change.verb,
            code=change.code,
            at_unit=change.at_unit,
            on=change.on,
            by=by,
            made=clock.now(),
            facts=dict(change.facts),
            journal=_difference(before, after),
        )
    )
    db.session.flush()


def is_undoable(change: UnitChange) -> bool:
    return change.undone_at is None and change.made > clock.now() - KEPT and bool(change.journal)


def require_undoable(change: UnitChange) -> None:
    """Raises `UndoTooLate`; and `UndoWouldLose` where a row is not any more what the change made of it."""
    if not is_undoable(change):
        raise UndoTooLate()
    if not all(_stands(table, entries) for table, entries in _by_table(change.journal)) or _built_on(change):
        raise UndoWouldLose()


def put_back(change: UnitChange, tables: Container[str]) -> None:
    """The rows of these tables are again as they were before the change. Raises `UndoWouldLose` where other rows hang
    on one that would go."""
    chosen = [(table, entries) for table, entries in _by_table(change.journal) if table.name in tables]
    try:
        for table, entries in reversed(chosen):
            _delete(table, [_id(table, key) for _, key, before, _ in entries if before is None])
    except IntegrityError as error:
        raise UndoWouldLose() from error
    for table, entries in chosen:
        for _, key, before, after in entries:
            if before is not None and after is None:
                db.session.execute(sa.insert(table).values(id=_id(table, key), **_read(table, before)))
        _restore(table, [entry for entry in entries if entry[2] is not None and entry[3] is not None])
    db.session.expire_all()


def note_undone(by: UUID, change: UnitChange) -> None:
    change.undone_at, change.undone_by = clock.now(), by
    db.session.flush()
    audit.line(by, "unit.change_undo", "unit", change.code, change=str(change.id), what=change.verb)


def _by_table(journal: Sequence[Entry]) -> list[tuple[sa.Table, list[Entry]]]:
    """In the order in which rows may be added."""
    from_name = {table.name: table for table in UnitChange.metadata.sorted_tables}
    named = {name: [entry for entry in journal if entry[0] == name] for name in {entry[0] for entry in journal}}
    return [(table, named[name]) for name, table in from_name.items() if name in named]


def _stands(table: sa.Table, entries: Sequence[Entry]) -> bool:
    """Whether each row still is what the change made of it."""
    ids = [_id(table, key) for _, key, _, _ in entries]
    now: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), PART):
        chosen = sa.select(table).where(table.c.id.in_(ids[start : start + PART]))
        now |= {str(row["id"]): dict(row) for row in db.session.execute(chosen).mappings()}
    return all(
        (key in now) == (after is not None)
        and all(_plain(now[key][name]) == value for name, value in (after or {}).items())
        for _, key, _, after in entries
    )


def _built_on(change: UnitChange) -> bool:
    """Whether paths through what moved have begun or ended since, as where a tổ was opened below it, or what stands
    above it has moved or ended itself: its paths as they were would be no true ones."""
    ours = [int(key) for table, key, _, _ in change.journal if table == "unit_path"]
    if not ours:
        return False
    above, moved = _ends_of(change, ours)
    later = sa.or_(UnitPath.since >= change.on, UnitPath.until >= change.on, UnitPath.id > max(ours))
    below = sa.and_(UnitPath.ancestor_id.in_(moved), later)
    over = sa.and_(UnitPath.descendant_id.in_(above | moved), UnitPath.id > max(ours))
    found = db.session.scalars(sa.select(UnitPath.id).where(sa.or_(below, over)))
    return not set(found) <= set(ours) or _ended_since(change, above | moved)


def _ended_since(change: UnitChange, unit_ids: set[int]) -> bool:
    """Whether one of these units has come to an end, or is to, by another change."""
    ours = {int(key) for table, key, _, after in change.journal if table == "unit" and after and after.get("closed")}
    ended = sa.select(Unit.id).where(Unit.id.in_(unit_ids - ours), Unit.closed.is_not(None))
    return db.session.scalar(ended.limit(1)) is not None


def _ends_of(change: UnitChange, paths: Sequence[int]) -> tuple[set[int], set[int]]:
    """The units at the upper and at the lower ends of the paths that the change touched, gone or not."""
    rows = [before or after for table, _, before, after in change.journal if table == "unit_path"]
    gone = [row for row in rows if row and "descendant_id" in row]
    above, below = {row["ancestor_id"] for row in gone}, {row["descendant_id"] for row in gone}
    for start in range(0, len(paths), PART):
        which = UnitPath.id.in_(paths[start : start + PART])
        for ancestor, descendant in db.session.execute(
            sa.select(UnitPath.ancestor_id, UnitPath.descendant_id).where(which)
        ):
            above.add(ancestor)
            below.add(descendant)
    return above, below


def _id(table: sa.Table, key: str) -> Any:
    return UUID(key) if isinstance(table.c.id.type, sa.Uuid) else int(key)


def _read(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _typed(table.c[name].type, value) for name, value in row.items()}


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    return UUID(value) if isinstance(kind, sa.Uuid) else value


def _delete(table: sa.Table, ids: Sequence[Any]) -> None:
    for start in range(0, len(ids), PART):
        db.session.execute(sa.delete(table).where(table.c.id.in_(ids[start : start + PART])))


def _restore(table: sa.Table, entries: Sequence[Entry]) -> None:
    """Changed columns have their old values; rows of which the same columns changed in one statement."""
    shapes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for _, key, before, _ in entries:
        values = {f"v_{name}": value for name, value in _read(table, before).items()}
        shapes.setdefault(tuple(sorted(before)), []).append({"which": _id(table, key), **values})
    for names, rows in shapes.items():
        changed = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("which"))
            .values({name: sa.bindparam(f"v_{name}") for name in names})
        )
        db.session.connection().execute(changed, rows)


def forget_journals() -> None:
    """What is past undoing is not kept: it names who moved along."""
    past = clock.now() - KEPT
    lately = sa.and_(UnitChange.made <= past, UnitChange.made > past - 7 * KEPT)
    db.session.execute(sa.update(UnitChange).where(lately).values(journal=[]))
