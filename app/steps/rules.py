"""What counts: who is asked for a step, and what a person's answer adds to the unit's totals."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

Outcome = Literal["done", "declined"]
Source = Literal["online", "meeting", "paper", "typed_in"]
SOURCE_WORDS = {"online": "trực tuyến", "meeting": "buổi sinh hoạt", "paper": "bản giấy", "typed_in": "nhập hộ"}

ASSESSMENT = "assessment"
REGISTERED = "commitment:registered"
CONFIRMED = "commitment:confirmed"


def study(module: str) -> str:
    return f"study:{module}"


def quiz(module: str) -> str:
    return f"quiz:{module}"


# The plan asks for reports "trước ngày 20/5 và 20/10": until the end of the day before (plan 08/KH-LĐLĐ, III.2).
REPORTS_BEFORE = ((5, 20), (10, 20))


def cut_offs(year: int) -> list[date]:
    """The days at whose beginning a year's figures are closed."""
    return [date(year, month, day) for month, day in REPORTS_BEFORE]


def is_asked(audience: Collection[str], groups: Collection[str], exempt: bool) -> bool:
    """Whether a step is asked of a member who belongs to these groups. An exempt person is asked for nothing."""
    return not exempt and any(group in audience for group in groups)


@dataclass(frozen=True)
class Share:
    """What one person adds to a unit's totals for one step."""

    asked: int
    done: int
    declined: int


NOTHING = Share(0, 0, 0)


def share(asked: bool, outcome: str | None) -> Share:
    """Only what is asked counts: an unasked step adds nothing even where it was done. A person who said no has been
    asked, and leaves the denominator."""
    if not asked:
        return NOTHING
    return Share(1, int(outcome == "done"), int(outcome == "declined"))


def remaining(total: Share) -> int:
    """How many still have it before them: asked, less done, less those who said no."""
    return total.asked - total.done - total.declined
