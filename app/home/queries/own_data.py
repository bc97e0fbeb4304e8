"""`/toi/du-lieu`: everything that is held about me, as every slice says it (`app.holdings`)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app

from app import clock, text
from app.accounts import queries as accounts
from app.accounts.queries import Actor
from app.holdings import Holding, Row, Value
from app.refusal import NotThere
from app.web.pager import Page, within

SHOWN, SHOWN_LONG = 10, 3  # rows of each part on the page of all; of a part with long texts
SIZE, SIZE_LONG = 100, 20  # rows on the page of one part
SCHEMA = "lam-theo/du-lieu/1"


@dataclass(frozen=True)
class OwnPart:
    """A part with its rows: all of them, or those of one page."""

    holding: Holding
    rows: Page[Row]

    @property
    def named(self) -> list[dict[str, Any]]:
        """The rows as the file has them."""
        return [dict(zip(self.holding.columns, map(plain, row), strict=True)) for row in self.rows.items]


@dataclass(frozen=True)
class OwnData:
    """What is held about a person: `parts` that have rows, and the titles of those that are `empty`."""

    name: str
    code: str
    made: datetime
    parts: list[OwnPart]
    empty: list[str]

    @property
    def as_file(self) -> dict[str, Any]:
        """The data as JSON; docs/own-data.md says what each name means."""
        parts = {part.holding.key: part.named for part in self.parts}
        made = clock.local(self.made).isoformat(timespec="seconds")
        return {"schema": SCHEMA, "made": made, "member_code": self.code, "parts": parts}


def own_data(actor: Actor, whole: bool = True) -> OwnData:
    """All parts, with all their rows or the first ones of each. It is one's own: no reading is recorded."""
    parts = [_part(holding, actor, whole) for holding in _holdings()]
    return OwnData(
        name=actor.name,
        code=accounts.member_code_of(actor.person_id) or "",
        made=clock.now(),
        parts=[part for part in parts if part.rows.total],
        empty=[part.holding.title for part in parts if not part.rows.total],
    )


def own_part(actor: Actor, key: str, number: int) -> OwnPart:
    """A page of one part. Raises `NotThere`."""
    holding = next((one for one in _holdings() if one.key == key), None)
    if holding is None:
        raise NotThere()
    rows = _rows(holding, actor)
    size = SIZE_LONG if holding.wide else SIZE
    number = within(number, size, len(rows))
    return OwnPart(holding, Page(rows[(number - 1) * size : number * size], number, size, len(rows)))


def _holdings() -> tuple[Holding, ...]:
    found: tuple[Holding, ...] = current_app.extensions["holdings"]
    return found


def _rows(holding: Holding, actor: Actor) -> list[Row]:
    return list(holding.rows(actor.person_id))


def _part(holding: Holding, actor: Actor, whole: bool) -> OwnPart:
    rows = _rows(holding, actor)
    most = max(1, len(rows)) if whole else SHOWN_LONG if holding.wide else SHOWN
    return OwnPart(holding, Page(rows[:most], 1, most, len(rows)))


def plain(value: Value) -> str | int | bool | None:
    """As JSON has it: moments with the hour of Vietnam, days as 2020-05-19, texts in NFC."""
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return text.nfc(value) if isinstance(value, str) else value


def readable(value: Value) -> str:
    """As people read it."""
    if isinstance(value, datetime):
        return clock.stamp(value)
    if isinstance(value, date):
        return clock.short_date(value)
    if isinstance(value, bool):
        return "có" if value else "không"
    return "" if value is None else str(value)
