"""What is held about a person, part by part. Each slice says what it holds; together they are `/toi/du-lieu`, its PDF
and its JSON. This module knows no feature: it only says what a part is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

Value = str | int | bool | date | datetime | None
Row = Sequence[Value]


@dataclass(frozen=True)
class Holding:
    """One part. `key` and the names of its `columns` (name → head) are stable: they stand in the file; title and heads
    are for reading. `covers` names the columns of the database by which its rows are found (`role.person_id`), `rows`
    gives all of a person's own, the newest first. `wide` is the column with the long texts, if there is one."""

    key: str
    title: str
    columns: Mapping[str, str]
    covers: tuple[str, ...]
    rows: Callable[[UUID], Iterable[Row]]
    wide: str = ""
