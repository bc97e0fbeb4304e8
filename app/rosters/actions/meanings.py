"""Lists whose lines mean something to a slice above this one. It puts what they mean into `meanings` at start, so that
this slice reads, keeps, shows and forgets them without knowing it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.rosters.models import Upload, UploadRow
from app.rosters.rules.columns import Field
from app.rosters.rules.listing import Line
from app.rosters.rules.matching import Verdict
from app.rosters.rules.values import Cleaned
from app.units.queries import UnitRow


@dataclass(frozen=True)
class Judged:
    """`rows` as `upload_row` holds them; `facts` as `upload` does; `seen` is what they were compared with."""

    rows: list[dict[str, Any]]
    facts: dict[str, Any]
    seen: str = ""


@dataclass(frozen=True)
class Found:
    """A line with its cells cleaned, and what became of it."""

    line: Line
    cleaned: Cleaned
    verdict: Verdict | None = None
    unit: int | None = None
    group: int | str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Meaning:
    """`clean` reads the cells of a line; `judge` says what becomes of the lines (who loads, for which unit, the lines,
    the facts so far); `apply` does it and `undo` takes it back, each in the caller's `writing()`, or refuses."""

    clean: Callable[[Mapping[Field, str]], Cleaned]
    judge: Callable[[UUID, UnitRow, Sequence[Found], dict[str, Any]], Judged]
    apply: Callable[[Upload, Sequence[UploadRow]], None]
    undo: Callable[[UUID, UUID], None]


meanings: dict[str, Meaning] = {}
