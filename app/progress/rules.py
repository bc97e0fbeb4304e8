"""What a row of the completion table is called, and which rows a filter keeps."""

from collections.abc import Iterable
from typing import Literal

Filter = Literal["all", "open", "done"]
FILTERS: dict[str, Filter] = {"": "all", "con": "open", "xong": "done"}


def row_state(states: Iterable[str]) -> str:
    """`open` while anything that is asked remains; `done` when all of it is done or declined; `unasked` where nothing
    is asked of the person (exempt, say)."""
    seen = list(states)
    if "open" in seen:
        return "open"
    return "done" if any(state in ("done", "declined") for state in seen) else "unasked"


def keeps(chosen: Filter, state: str) -> bool:
    return chosen == "all" or chosen == state


def percent(part: int, whole: int) -> str:
    """Width of a bar in per cent, one decimal, with a point: `68.6`. Nothing asked is a full bar of nothing."""
    return f"{100 * part / whole:.1f}" if whole else "0"
