"""Loading a list: everything is made ready first, then one short `writing()` does all of it or nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from app import audit, clock
from app.accounts.actions import lists, standing_changes
from app.accounts.actions.lists import Arrivals, Correction, Newcomer
from app.accounts.models import Membership
from app.db import affected, after_commit, db, writing
from app.jobs import actions as jobs
from app.refusal import RuleBroken
from app.rosters import files, queries
from app.rosters.actions.meanings import meanings
from app.rosters.models import Upload, UploadRow
from app.rosters.rules.groups import next_code
from app.rosters.rules.marks import lacks_marks
from app.text import one_line
from app.units import actions as units
from app.units.actions import Opening
from app.units.models import Unit, UnitKind


@dataclass
class Deeds:
    """What loading does, made ready. `groups` → by (unit, name) the code under which it is opened; `wanted` → person to
    (unit, name) of a tổ to be opened."""

    newcomers: list[Newcomer] = field(default_factory=list)
    back: dict[UUID, int] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    leaving: list[UUID] = field(default_factory=list)
    placed: dict[UUID, int] = field(default_factory=dict)
    wanted: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    groups: dict[tuple[int, str], str] = field(default_factory=dict)
    units: list["NewUnit"] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> set[UUID]:
        corrected = {one.person_id for one in self.corrections}
        return {one.person_id for one in self.newcomers} | self.back.keys() | corrected | set(self.leaving)


@dataclass(frozen=True)
class NewUnit:
    n: int
    code: str
    name: str
    kind: str
    parent: int | None
    parent_row: int | None
    phone: str
    chair: Newcomer | None


class Overtaken(RuleBroken):
    kind = "conflict"
    words = "Danh sách của đơn vị vừa thay đổi từ nơi khác nên đã so lại với tệp. Anh/chị xem lại rồi bấm nạp."


def apply(upload_id: UUID, turn: int) -> None:
    """Load the list that was asked for. Where the unit's members changed meanwhile, the file is compared again instead;
    may run twice, the second time does nothing."""
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.state != "applying" or upload.turn != turn:
        return
    if upload.kind in meanings:
        _apply_meant(upload, turn)
        return
    by, unit_id, on = upload.by, upload.unit_id, upload.leave_on or clock.today()
    members = queries.known(upload.facts.get("units", ()))
    fresh = not upload.seen or queries.stamp(members) == upload.seen
    deeds = _prepared(upload)
    watched = _watched(upload)
    db.session.rollback()
    arriving = _arriving(by, deeds)
    try:
        if not fresh:
            raise Overtaken()
        with writing():
            _take(upload_id, turn)
            opened = _do(by, unit_id, on, deeds, arriving, watched)
            _note_opened(upload_id, {**deeds.facts, "opened": opened})
            audit.line(by, "roster.apply", "upload", upload_id, **_audited(deeds))
            after_commit(lambda: files.remove(upload_id))
    except (RuleBroken, IntegrityError) as error:
        current_app.logger.warning("list %s is compared again: %s", upload_id, type(error).__name__)
        _compare_again(upload_id, turn)


def _apply_meant(upload: Upload, turn: int) -> None:
    """The same for a list whose meaning is another slice's."""
    rows = queries.rows_of(upload.id)
    db.session.expunge_all()
    db.session.rollback()
    try:
        with writing():
            _take(upload.id, turn)
            meanings[upload.kind].apply(upload, rows)
            audit.line(upload.by, "roster.apply", "upload", upload.id, kind=upload.kind)
            after_commit(lambda: files.remove(upload.id))
    except (RuleBroken, IntegrityError) as error:
        current_app.logger.warning("list %s is compared again: %s", upload.id, type(error).__name__)
        _compare_again(upload.id, turn)


def _audited(deeds: Deeds) -> dict[str, int]:
    return {
        "added": len(deeds.newcomers),
        "back": len(deeds.back),
        "corrected": len(deeds.corrections),
        "left": len(deeds.leaving),
        "groups": len(deeds.groups),
        "units": len(deeds.units),
    }


def _take(upload_id: UUID, turn: int) -> None:
    """The upload is done, if it still is being loaded: whatever follows is rolled back with it."""
    taken = db.session.execute(
        sa.update(Upload)
        .where(Upload.id == upload_id, Upload.state == "applying", Upload.turn == turn)
        .values(state="done", at=clock.now())
    )
    if not affected(taken):
        raise Overtaken()


def _note_opened(upload_id: UUID, facts: dict[str, Any]) -> None:
    db.session.execute(sa.update(Upload).where(Upload.id == upload_id).values(facts=facts))


@dataclass(frozen=True)
class Watched:
    """How many members the units have, and the last to come: cheap to ask again while nobody else may write."""

    units: tuple[int, ...]
    members: int
    last: int


def _watched(upload: Upload) -> Watched:
    units_ = tuple(upload.facts.get("units", ()))
    return Watched(units_, *_members_of(units_))


def _members_of(units_: Sequence[int]) -> tuple[int, int]:
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(Membership.id), 0)).where(
            Membership.unit_id.in_(units_), Membership.until.is_(None)
        )
    ).one()
    return int(row[0]), int(row[1])


def _compare_again(upload_id: UUID, turn: int) -> None:
    with writing() as session:
        again = session.execute(
            sa.update(Upload)
            .where(Upload.id == upload_id, Upload.state == "applying", Upload.turn == turn)
            .values(state="reading", turn=turn + 1, progress=0, at=clock.now(), reason=Overtaken.words)
        )
        if affected(again):
            jobs.add("rosters.read", str(upload_id), f"rosters.read:{upload_id}:{turn + 1}", turn=turn + 1)


# --- made ready ---------------------------------------------------------------------------------------------------


def _prepared(upload: Upload) -> Deeds:
    deeds = Deeds(facts=dict(upload.facts))
    rows = queries.rows_of(upload.id)
    if upload.kind == "units":
        return _units(upload, rows, deeds)
    for row in rows:
        _row(row, bool(upload.open_groups), deeds)
    deeds.leaving = list(queries.leaving_ids(upload.id))
    _name_groups(deeds)
    return deeds


def _arriving(by: UUID, deeds: Deeds) -> Arrivals:
    """The newcomers' rows: their codes are drawn in a short `writing()` of its own."""
    codes: dict[UUID, str] = {}
    if deeds.newcomers:
        with writing():
            codes = lists.draw_codes(deeds.newcomers)
    return lists.arrivals(by, deeds.newcomers, clock.today(), codes)


def _row(row: UploadRow, opens: bool, deeds: Deeds) -> None:
    what, person, changes = queries.settled(row)
    if person is None or row.unit_id is None or what not in ("add", "back", "change"):
        return
    named = row.cells.get("group")
    if what != "change":
        if row.cells["group_id"] is not None:
            deeds.placed[person] = row.cells["group_id"]
        elif named and opens:
            deeds.wanted[person] = (row.unit_id, named)
    if what == "add":
        deeds.newcomers.append(_newcomer(row, person))
    elif what == "back":
        deeds.back[person] = row.unit_id
    else:
        _correct(row, person, changes, opens, deeds)


def _newcomer(row: UploadRow, person: UUID) -> Newcomer:
    said = row.cells
    assert row.unit_id is not None
    return Newcomer(
        person_id=person,
        name=said["name"],
        unit=row.unit_id,
        phone=said.get("phone", ""),
        email=said.get("email", ""),
        address=said.get("address", ""),
        own_code=said.get("code", ""),
        unmarked=lacks_marks(said["name"]),
    )


def _correct(row: UploadRow, person: UUID, changes: Mapping[str, Any], opens: bool, deeds: Deeds) -> None:
    assert row.unit_id is not None
    kept = dict(changes)
    if isinstance(kept.get("group", [None, None])[1], str):
        before, name = kept.pop("group")
        if opens:
            deeds.wanted[person] = (row.unit_id, name)
            kept["group"] = [before, None]  # its id is known once it is opened
    if kept:
        pairs = {name: (before, after) for name, (before, after) in kept.items()}
        unmarked = "name" in pairs and lacks_marks(pairs["name"][1])
        deeds.corrections.append(Correction(person, row.unit_id, pairs, unmarked))


def _name_groups(deeds: Deeds) -> None:
    """A code for each tổ that somebody needs."""
    needed = sorted(set(deeds.wanted.values()))
    taken = set(db.session.scalars(sa.select(Unit.code))) if needed else set()
    rows = db.session.execute(sa.select(Unit.id, Unit.code).where(Unit.id.in_([unit for unit, _ in needed])))
    stems = {row.id: row.code for row in rows}
    for unit, name in needed:
        code = next_code(stems[unit], taken)
        taken.add(code)
        deeds.groups[unit, name] = code


def _units(upload: Upload, rows: Sequence[UploadRow], deeds: Deeds) -> Deeds:
    """The lines that open a unit, those above before those below."""
    taken = set(db.session.scalars(sa.select(Unit.code))) | {row.cells.get("code", "") for row in rows}
    top = db.session.get_one(Unit, upload.unit_id).code
    counting = set(db.session.scalars(sa.select(UnitKind.slug).where(UnitKind.counts_members)))
    new = {row.n: row for row in rows if queries.settled(row)[0] == "add"}
    ordered: dict[int, None] = {}
    for row in new.values():
        path: list[int] = []
        at: UploadRow | None = row
        while at is not None and at.n not in ordered:
            path.append(at.n)
            at = new.get(at.cells.get("parent_row") or 0)
        ordered |= dict.fromkeys(reversed(path))
    for n in ordered:
        row = new[n]
        code = row.cells.get("code") or next_code(top, taken, "")
        taken.add(code)
        deeds.units.append(_new_unit(row, code, counting))
    return deeds


def _new_unit(row: UploadRow, code: str, counting: Collection[str]) -> NewUnit:
    said = row.cells
    chair = None
    if said.get("chair") and row.person_id:
        chair = Newcomer(
            row.person_id,
            said["chair"],
            unit=0,
            phone=said.get("phone", ""),
            unmarked=lacks_marks(said["chair"]),
            joins=said["kind"] in counting,
            duty="chair",
        )
    return NewUnit(
        n=row.n,
        code=code,
        name=one_line(said["name"]),
        kind=said["kind"],
        parent=said.get("parent_id"),
        parent_row=said.get("parent_row"),
        phone=said.get("phone", ""),
        chair=chair,
    )


# --- done ---------------------------------------------------------------------------------------------------------


def _do(by: UUID, unit_id: int, leave_on: date, deeds: Deeds, arriving: Arrivals, watched: Watched) -> dict[str, Any]:
    """All of it, in the caller's `writing()`; returns what was opened. Raises `Overtaken` where members came or went
    since it was made ready."""
    if _members_of(watched.units) != (watched.members, watched.last):
        raise Overtaken()
    today = clock.today()
    new_units, chairs = _open_units(by, deeds.units)
    deeds.newcomers += chairs
    opened = _open_groups(by, deeds)
    placed = deeds.placed | {person: opened[at] for person, at in deeds.wanted.items()}
    with standing_changes(*sorted(deeds.people)):
        lists.bring_in(arriving, today, placed)
        lists.bring_in(lists.arrivals(by, chairs, today, lists.draw_codes(chairs)), today, {})
        if deeds.back:
            lists.bring_back(by, deeds.back, today, placed)
        lists.correct(by, [_into_group(one, placed) for one in deeds.corrections])
        if deeds.leaving:
            lists.let_go(by, deeds.leaving, unit_id, leave_on)
    return {"units": new_units, "groups": [[unit, name, group] for (unit, name), group in opened.items()]}


def _into_group(one: Correction, placed: Mapping[UUID, int]) -> Correction:
    """A correction that puts somebody into a tổ just opened, now that it has an id."""
    if "group" not in one.changes or one.changes["group"][1] is not None:
        return one
    return replace(one, changes={**one.changes, "group": (one.changes["group"][0], placed[one.person_id])})


def _open_groups(by: UUID, deeds: Deeds) -> dict[tuple[int, str], int]:
    by_unit: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for at in deeds.groups:
        by_unit[at[0]].append(at)
    opened: dict[tuple[int, str], int] = {}
    for unit, wanted in by_unit.items():
        openings = [Opening(deeds.groups[at], at[1], "group") for at in wanted]
        opened |= dict(zip(wanted, units.open_below(by, unit, openings, clock.today()), strict=True))
    return opened


def _open_units(by: UUID, new: Sequence[NewUnit]) -> tuple[list[int], list[Newcomer]]:
    """The units, each below what stands above it; returns their ids and their chairs. Those under one parent are opened
    together, and a parent stands in an earlier part than what is below it."""
    parts: dict[tuple[int | None, int | None], list[NewUnit]] = defaultdict(list)
    for one in new:
        parts[one.parent, one.parent_row].append(one)
    ids: dict[int, int] = {}
    for (parent, parent_row), ones in parts.items():
        above = parent if parent is not None else ids[parent_row or 0]
        openings = [Opening(one.code, one.name, one.kind, one.phone or None) for one in ones]
        ids |= zip((one.n for one in ones), units.open_below(by, above, openings, clock.today()), strict=True)
    return list(ids.values()), [replace(one.chair, unit=ids[one.n]) for one in new if one.chair is not None]
