"""A change tried out: done in a transaction that is taken back, so that the preview shows what would really be."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import chance
from app.db import db, writing
from app.organisation.actions import changes, listed
from app.organisation.actions.changes import Asked
from app.organisation.actions.listed import Done
from app.organisation.queries import balance
from app.organisation.queries import changes as queries
from app.organisation.queries.changes import Balance
from app.organisation.rules import lists
from app.organisation.rules.changes import WORDS, Concerned, told
from app.organisation.rules.lists import Line
from app.refusal import RuleBroken
from app.rosters.actions import Found, Judged
from app.rosters.models import Upload, UploadRow
from app.rosters.rules.columns import Field
from app.rosters.rules.matching import Verdict
from app.rosters.rules.values import Cleaned
from app.units.models import Unit
from app.units.queries import UnitRow
from app.web.forms import parse_date


class _Back(Exception):
    """Takes the transaction back."""


@dataclass(frozen=True)
class Preview:
    """What the change would do: a balance, and in words. `mark` tells two such answers apart."""

    balance: Balance
    told: list[str]

    @property
    def mark(self) -> str:
        return hashlib.sha256(repr((self.balance, self.told)).encode()).hexdigest()[:16]


def rehearse(by: UUID, top: int, ids: Sequence[int], asked: Asked, about: Concerned) -> Preview:
    """Raises what the change itself would raise."""
    found: list[Preview] = []
    try:
        with writing():
            found.append(_tried(by, top, ids, asked, about))
            raise _Back
    except _Back:
        return found[0]


def _tried(by: UUID, top: int, ids: Sequence[int], asked: Asked, about: Concerned) -> Preview:
    before = queries.side(top, set(ids), asked.on)
    changes.change(by, chance.row_id(), top, asked)
    fresh = list(db.session.scalars(sa.select(Unit.id).where(Unit.code == asked.code)))
    after = queries.side(top, {*ids, *fresh}, asked.on)
    return Preview(queries.balance(top, [*ids, *fresh], asked.on, before, after), told(asked.verb, about))


# --- many from one list -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """What the lines would come to, by number; the balance of every day from which one holds, and of the day before."""

    lines: Mapping[int, Done | RuleBroken]
    days: list[dict[str, Any]]

    @property
    def mark(self) -> str:
        said = [(n, _said(one)) for n, one in sorted(self.lines.items())]
        return hashlib.sha256(repr((said, self.days)).encode()).hexdigest()[:32]


def _said(one: Done | RuleBroken) -> str:
    return one.told if isinstance(one, Done) else str(one)


def rehearse_list(by: UUID, top: int, lines: Sequence[Line]) -> Tried:
    found: list[Tried] = []
    try:
        with writing():
            found.append(_all_tried(by, top, lines))
            raise _Back
    except _Back:
        return found[0]


def _all_tried(by: UUID, top: int, lines: Sequence[Line]) -> Tried:
    on = sorted({line.on for line in lines})
    days = [on[0] - timedelta(days=1), *on] if on else []
    before = balance.weigh_days(top, days)
    done = listed.try_all(by, top, lines)
    return Tried(done, balance.told_days(top, before, balance.weigh_days(top, days)))


def clean(cells: Mapping[Field, str]) -> Cleaned:
    return lists.clean(cells, parse_date(cells.get("day", "").removesuffix(" 00:00")))


def judge(by: UUID, unit: UnitRow, found: Sequence[Found], facts: dict[str, Any]) -> Judged:
    """The lines of a list of changes, tried out in a transaction that is taken back."""
    lines = [lists.line_of(one.line.n, one.cleaned.values) for one in found if one.verdict is None]
    again = lists.repeated(lines)
    tried = rehearse_list(by, unit.id, [line for line in lines if line.n not in again])
    settled = [replace(one, verdict=one.verdict or _verdict(one.line.n, again, tried)) for one in found]
    rows = [_row(one, tried.lines.get(one.line.n)) for one in settled]
    return Judged(rows, {**facts, "balances": tried.days}, tried.mark)


def _verdict(n: int, again: Mapping[int, int], tried: Tried) -> Verdict:
    if n in again:
        return Verdict("faulty", why=f"Việc này của đơn vị đã ghi ở dòng {again[n]}. Anh/chị bỏ một trong hai.")
    one = tried.lines[n]
    return Verdict("changed") if isinstance(one, Done) else Verdict("faulty", why=str(one))


def _row(one: Found, done: Done | RuleBroken | None) -> dict[str, Any]:
    """As `upload_row` holds it. Of a unit out of reach it says what the file says."""
    cells: dict[str, Any] = dict(one.cleaned.values)
    verb = next((verb for verb in WORDS if verb == cells.get("verb")), None)
    cells |= {"said": WORDS[verb] if verb else "", "unit_name": ""}
    if isinstance(done, Done):
        cells |= {"said": done.told, "unit_name": cells["name"] if verb == "open" else done.unit.short}
    assert one.verdict is not None
    return {
        "n": one.line.n,
        "unit_id": done.unit.id if isinstance(done, Done) else None,
        "cells": cells,
        "notes": list(done.notes) if isinstance(done, Done) else [],
        "outcome": one.verdict.outcome,
        "why": one.verdict.why,
        "question": [],
        "answer": "",
        "person_id": None,
        "changes": {},
    }


class Otherwise(RuleBroken):
    kind = "conflict"
    words = "Từ lúc anh/chị xem, cây đơn vị hoặc danh sách đoàn viên đã thay đổi."


def apply(upload: Upload, rows: Sequence[UploadRow]) -> None:
    """In the caller's `writing()`: what was shown, or nothing. Raises `Otherwise`, `LineRefused`."""
    lines = [lists.line_of(row.n, row.cells) for row in rows if row.outcome == "changed"]
    on = sorted({line.on for line in lines})
    days = [on[0] - timedelta(days=1), *on]
    before = balance.weigh_days(upload.unit_id, days)
    listed.change_all(upload.by, upload.id, upload.unit_id, lines)
    if balance.told_days(upload.unit_id, before, balance.weigh_days(upload.unit_id, days)) != upload.facts["balances"]:
        raise Otherwise()
