"""From the rows of a file to lines with their outcome. Reads only; what is found is written by `reading`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app import chance, clock
from app.db import db
from app.rosters import queries
from app.rosters.actions.meanings import Found, Judged, meanings
from app.rosters.files import FileRefused, Sheet
from app.rosters.models import Upload
from app.rosters.rules import columns, listing, unit_lists, values
from app.rosters.rules.columns import Header, Kind
from app.rosters.rules.groups import group_key, names_a_union, unit_key
from app.rosters.rules.legacy import damage
from app.rosters.rules.listing import Line
from app.rosters.rules.marks import lacks_marks
from app.rosters.rules.matching import Candidate, Listed, Verdict, match
from app.rosters.rules.unit_lists import UnitLine
from app.rosters.rules.values import Cleaned
from app.text import safe_name
from app.units import queries as units
from app.units.models import Unit
from app.units.rules import read_member_code

Tell = Callable[[int, int], None]  # (lines read, of how many)
EVERY = 500


def judge(upload: Upload, sheets: Sequence[Sheet], tell: Tell) -> Judged:
    """Every line of the list in these sheets. Raises `FileRefused`."""
    kind = columns.kind_of(upload.kind)
    sheet, header, others = _choose(sheets, kind)
    if upload.columns is not None:
        header = columns.chosen(header, upload.columns, kind) or header
    unit = units.get(upload.unit_id, clock.today())
    if kind == "members" and not unit.federation:
        header = _where_unit_means_group(header, sheet, unit)
    found = _read(sheet, header, kind, tell)
    facts = _facts(sheet, header, others)
    if kind in meanings:
        return meanings[kind].judge(upload.by, unit, found, facts)
    return (_units if kind == "units" else _members)(unit, found, facts)


def _choose(sheets: Sequence[Sheet], kind: Kind) -> tuple[Sheet, Header, list[str]]:
    """The first sheet with headings that name people or units, and the names of further ones."""
    headed = [(sheet, header) for sheet in sheets if (header := columns.find(sheet.rows, kind))]
    if not headed:
        raise FileRefused(_why_no_header(sheets), column=next(iter(columns.LABELS[kind].values())))
    sheet, header = headed[0]
    return sheet, header, [other.name for other, _ in headed[1:] if other.name != "Hướng dẫn"]


def _why_no_header(sheets: Sequence[Sheet]) -> str:
    """Headings whose letters are damaged are not recognised: then that is what is wrong."""
    cells = [cell for sheet in sheets for row in sheet.rows[:200] for cell in row if any(map(str.isalpha, cell))]
    return damage(cells) or ("no_header" if cells else "empty")


def _where_unit_means_group(header: Header, sheet: Sheet, unit: units.UnitRow) -> Header:
    """Many a union writes its departments under `Đơn vị`: where no line names the union itself, nor any other, and no
    column says the tổ, that column does."""
    column = header.fields.get("unit")
    if column is None or "group" in header.fields:
        return header
    said = {row[column].strip() for row in sheet.rows[header.row + 1 :] if column < len(row) and row[column].strip()}
    own = {unit_key(unit.code), unit_key(unit.name), unit_key(unit.short)}
    if any(unit_key(words) in own or names_a_union(words) for words in said):
        return header
    fields = {("group" if name == "unit" else name): at for name, at in header.fields.items()}
    return replace(header, fields=fields)


def _read(sheet: Sheet, header: Header, kind: Kind, tell: Tell) -> list[Found]:
    """Every line cleaned. Raises `FileRefused` where there is none, or the names are damaged."""
    clean = meanings[kind].clean if kind in meanings else unit_lists.clean if kind == "units" else values.clean
    lines = list(listing.lines(sheet.rows, header))
    people = [line for line in lines if not line.aside]
    if not people:
        raise FileRefused("no_rows")
    damaged = damage([" ".join(line.cells.get(name, "") for name in ("name", "family", "given")) for line in people])
    if damaged:
        raise FileRefused(damaged)
    found = []
    for done, line in enumerate(lines, start=1):
        cleaned = Cleaned({"name": _shown(line)}) if line.aside else clean(line.cells)
        found.append(Found(line, cleaned, _settled_already(line, cleaned)))
        if done % EVERY == 0:
            tell(done, len(lines))
    tell(len(lines), len(lines))
    return found


def _shown(line: Line) -> str:
    words = " ".join(cell for name in ("family", "given", "name") if (cell := line.cells.get(name, "")))
    return " ".join(words.split())[: values.NAME] if safe_name(words) else ""


def _settled_already(line: Line, cleaned: Cleaned) -> Verdict | None:
    if line.aside:
        return Verdict("aside", why=line.aside)
    return Verdict("faulty", why=" ".join(cleaned.faults)) if cleaned.faults else None


def _facts(sheet: Sheet, header: Header, others: list[str]) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "others": others,
        "head_row": header.row + 1,
        "heads": list(header.heads),
        "fields": dict(header.fields),
        "unused": list(header.unused),
        "new_groups": [],
    }


# --- members ------------------------------------------------------------------------------------------------------


def _members(unit: units.UnitRow, found: list[Found], facts: dict[str, Any]) -> Judged:
    reach = _Reach(unit)
    found = [reach.put(one) for one in found]
    rows = [_listed(one) for one in found if one.verdict is None]
    members = queries.known(reach.ids)
    codes = {row.code for row in rows if read_member_code(row.code)} - {one.code for one in members}
    phones = {row.phone for row in rows if row.phone}
    around = queries.around(codes, phones, reach.ids, {one.person for one in members})
    verdicts = match(rows, members, around)
    found = [replace(one, verdict=one.verdict or verdicts[one.line.n]) for one in found]
    facts["new_groups"] = reach.new_groups
    facts["units"] = sorted(reach.ids)
    return Judged([_row(one) for one in found], facts, queries.stamp(members))


FOREIGN = "Dòng này ghi đơn vị không thuộc phạm vi của anh/chị, nên không nạp được."
HAS_LIST = "Đơn vị ở dòng này đã có danh sách đoàn viên. Từ nay BCH đơn vị tự nạp danh sách của mình."
NO_UNIT = "Dòng này chưa ghi đơn vị. Anh/chị ghi mã hoặc tên công đoàn cơ sở."


class _Reach:
    """The units into which the list may bring people, and their tổ."""

    def __init__(self, unit: units.UnitRow) -> None:
        today = clock.today()
        self.unit = unit
        rows = queries.loadable_below(unit.id, today) if unit.federation else [unit]
        below = [row.id for row in rows if row.id != unit.id]
        self.ids = queries.only_officers(below, today) | ({unit.id} if unit.counts_members else set())
        self.named: dict[str, set[int]] = {}
        for row in rows:
            for key in {unit_key(row.code), unit_key(row.name), unit_key(row.short)}:
                self.named.setdefault(key, set()).add(row.id)
        self.groups: dict[int, dict[str, int]] = {}
        self.new_groups: list[dict[str, Any]] = []

    def put(self, one: Found) -> Found:
        """The line in its unit and tổ, or refused."""
        if one.verdict is not None:
            return one
        said = one.line.cells.get("unit", "")
        if not said.strip() and not self.unit.counts_members:
            return replace(one, verdict=Verdict("faulty", why=NO_UNIT))
        named = self.named.get(unit_key(said), set()) if said.strip() else {self.unit.id}
        if len(named) != 1:
            return replace(one, verdict=Verdict("foreign", why=FOREIGN))
        (unit_id,) = named
        if unit_id not in self.ids:
            return replace(one, verdict=Verdict("foreign", why=HAS_LIST))
        return replace(one, unit=unit_id, group=self.group(unit_id, one.cleaned.values.get("group", "")))

    def group(self, unit_id: int, name: str) -> int | str | None:
        if not name:
            return None
        key = group_key(name)
        there = self._groups(unit_id)
        if key in there:
            return there[key]
        first = next((new for new in self.new_groups if new["unit"] == unit_id and new["key"] == key), None)
        if first is None:
            first = {"unit": unit_id, "key": key, "name": name, "rows": 0}
            self.new_groups.append(first)
        first["rows"] += 1
        return str(first["name"])

    def _groups(self, unit_id: int) -> dict[str, int]:
        if unit_id not in self.groups:
            there = queries.groups_of(unit_id, clock.today())
            self.groups[unit_id] = {group_key(words): one.id for one in there for words in (one.name, one.short)}
        return self.groups[unit_id]


def _listed(one: Found) -> Listed:
    assert one.unit is not None
    said = one.cleaned.values
    return Listed(
        n=one.line.n,
        unit=one.unit,
        name=said["name"],
        group=one.group,
        code=said.get("code", ""),
        phone=said.get("phone", ""),
        email=said.get("email", ""),
        address=said.get("address", ""),
    )


UNMARKED = "Tên chưa có dấu: đoàn viên sẽ bổ sung khi vào lần đầu."


def _row(one: Found) -> dict[str, Any]:
    verdict = one.verdict or Verdict("aside")
    notes = [*one.cleaned.notes, *verdict.notes]
    if "kind" not in one.cleaned.values and (verdict.outcome == "new" or "name" in verdict.changes):
        notes += [UNMARKED] * lacks_marks(one.cleaned.values["name"])
    person = verdict.person
    if verdict.outcome in ("new", "similar"):
        person = chance.row_id()  # who it will be: so that loading twice is loading once
    return {
        "n": one.line.n,
        "unit_id": one.unit,
        "cells": {**one.cleaned.values, **one.more, "group_id": one.group if isinstance(one.group, int) else None},
        "notes": notes,
        "outcome": verdict.outcome,
        "why": verdict.why,
        "question": [_candidate(candidate) for candidate in verdict.candidates],
        "answer": "",
        "person_id": person,
        "changes": {name: list(change) for name, change in verdict.changes.items()},
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "person": str(candidate.person) if candidate.person else None,
        "row": candidate.row,
        "changes": {name: list(change) for name, change in candidate.changes.items()},
    }


# --- units --------------------------------------------------------------------------------------------------------


def _units(unit: units.UnitRow, found: list[Found], facts: dict[str, Any]) -> Judged:
    there = queries.units_at_and_below(unit.id, clock.today())
    lines = [_unit_line(one) for one in found if one.verdict is None]
    placed = unit_lists.place(lines, there, unit.id, _taken({line.code for line in lines if line.code}))
    judged = []
    for one in found:
        if one.verdict is None:
            where = placed[one.line.n]
            more = {"parent_id": where.parent, "parent_row": where.parent_row}
            notes = (*one.cleaned.notes, *_told(where, one))
            one = replace(
                one, verdict=where.verdict, unit=where.unit, more=more, cleaned=replace(one.cleaned, notes=notes)
            )
        judged.append(one)
    return Judged([_row(one) for one in judged], facts, "")


def _told(where: unit_lists.Placed, one: Found) -> Iterable[str]:
    if where.verdict.outcome == "same":
        yield "Đơn vị đã có, không thay đổi gì."
    elif where.verdict.outcome == "new" and "chair" not in one.cleaned.values and _is_led(one):
        yield "Chưa ghi Chủ tịch: đơn vị chưa có ai vào được cho tới khi giao nhiệm vụ."
    if "chair" in one.cleaned.values and lacks_marks(one.cleaned.values["chair"]):
        yield UNMARKED


def _is_led(one: Found) -> bool:
    """Whether the line is of a kind whose chair signs in for it."""
    return one.cleaned.values["kind"] not in ("group", "section")


def _unit_line(one: Found) -> UnitLine:
    said = one.cleaned.values
    return UnitLine(
        n=one.line.n,
        name=said["name"],
        kind=said["kind"],
        code=said.get("code", ""),
        parent=said.get("parent", ""),
        chair=said.get("chair", ""),
        phone=said.get("phone", ""),
    )


def _taken(codes: set[str]) -> frozenset[str]:
    """Those of the codes that some unit carries, or has carried."""
    return frozenset(db.session.scalars(sa.select(Unit.code).where(Unit.code.in_(codes))))
