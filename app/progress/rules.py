"""How the completion table is headed, what its cells say, what a row of it is called, and which rows a filter keeps."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from app.steps.rules import CONFIRMED, REGISTERED, Share, cut_offs
from app.text import nfc

# --- columns ------------------------------------------------------------------------------------------------------

PART_WORDS = {"study": "Học", "quiz": "TN", REGISTERED: "Đăng ký", CONFIRMED: "Xác nhận"}
FEW, SOME = 4, 8  # up to so many steps, each has room for its source on a tablet, and on a desk


@dataclass(frozen=True)
class Part:
    """A step within its column; `label` tells it from the other one there."""

    key: str
    label: str


@dataclass(frozen=True)
class Column:
    """A column of the table: a module with its study and its quiz, the deed with its confirmation, or one step."""

    heading: str
    parts: tuple[Part, ...]


def columns(steps: Sequence[tuple[str, str]]) -> list[Column]:
    """The columns for steps of these (key, heading), in order."""
    found: dict[str, Column] = {}
    for key, heading in steps:
        kind, _, rest = key.partition(":")
        about = rest if kind in ("study", "quiz") else kind
        part = Part(key, PART_WORDS.get(key, PART_WORDS.get(kind, "")))
        parts = found[about].parts if about in found else ()
        found[about] = Column(heading, (*parts, part))
    return list(found.values())


def density(steps: int) -> Literal["few", "some", "many"]:
    return "few" if steps <= FEW else "some" if steps <= SOME else "many"


# --- cells and rows -----------------------------------------------------------------------------------------------

State = Literal["done", "declined", "open", "waiting", "unasked"]
STATE_WORDS = {
    "done": "Đã xong",
    "declined": "Không đăng ký",
    "waiting": "BCH đang xem",
    "open": "Còn",
    "unasked": "–",
}


def cell_state(key: str, asked: bool, outcome: str | None, registered: bool) -> str:
    """What stands in the unit's table: only what is asked of the person, whatever else they did. The confirmation of
    what was `registered` is the committee's to give, so it waits; of what was not, there is nothing to confirm."""
    if not asked:
        return "unasked"
    if key == CONFIRMED and outcome != "done":
        return "waiting" if registered else "unasked"
    return outcome or "open"


RowState = Literal["open", "waiting", "done", "unasked"]


def row_state(wanted: int, answered: int, registered: bool, confirmed: bool | None) -> RowState:
    """`open` while one of the `wanted` steps has no answer, done or declined; then `waiting` while the committee has
    not confirmed what was registered (`confirmed` is None where that is not in question); `done`; or `unasked` where
    nothing is asked of the person (exempt, say). The confirmation is the committee's step and none of the wanted."""
    if answered < wanted:
        return "open"
    if registered and confirmed is False:
        return "waiting"
    return "done" if answered or confirmed else "unasked"


FILTERS: dict[str, RowState] = {"con": "open", "bch": "waiting", "xong": "done"}
FILTER_WORDS = {"con": "Còn việc", "bch": "BCH đang xem", "xong": "Đã xong"}


# --- totals -------------------------------------------------------------------------------------------------------


def to_confirm(registered: Share, confirmed: Share) -> Share:
    """The committee's own total: asked to confirm what was registered, and no more."""
    return Share(max(registered.done, confirmed.done), confirmed.done, 0)


def from_above(share: Share) -> Share:
    """As a unit's total is told above it: who said no is among those who have not done it. In a unit of one or two
    members the number would name somebody."""
    return Share(share.asked, share.done, 0)


# --- closed figures -----------------------------------------------------------------------------------------------

LATE = timedelta(days=31)  # so long after the day its figures are still closed, from what was dated before it


def due(year: int, today: date) -> list[date]:
    """The days whose figures are to be closed by now."""
    return [day for day in cut_offs(year) if day <= today < day + LATE]


def body(figures: Mapping[str, Any]) -> str:
    """The figures as text, of which there is one only: keys in order, letters composed, nothing between."""
    return nfc(json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Counted:
    """A unit that counts members, in closed figures: who stood directly above it, and its shares in the order of the
    steps, as they are told above it."""

    code: str
    short: str
    parent: str
    members: int
    shares: tuple[Share, ...]

    @property
    def row(self) -> list[Any]:
        return [self.code, self.short, self.parent, self.members, *([one.asked, one.done] for one in self.shares)]

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Counted":
        code, short, parent, members, *shares = row
        return cls(code, short, parent, members, tuple(Share(asked, done, 0) for asked, done in shares))


def summed(units: Sequence[Counted], steps: int) -> tuple[Share, ...]:
    """The totals of a federation: its units' and nothing else."""
    return tuple(
        Share(sum(one.shares[at].asked for one in units), sum(one.shares[at].done for one in units), 0)
        for at in range(steps)
    )
