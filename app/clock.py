"""The only place that reads the time.

Times are stored and passed in UTC and shown in Asia/Ho_Chi_Minh. `now()` is real time plus an offset, which is zero
except in the demo federation, where it makes the story begin on its own day and run on from there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic as monotonic
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

_offset = timedelta()
_story = timedelta()  # as much of it as is the demo's


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset


def today() -> date:
    """The present day in Vietnam."""
    return now().astimezone(VIETNAM).date()


def local(moment: datetime) -> datetime:
    """The moment as a clock on the wall in Vietnam shows it."""
    return moment.astimezone(VIETNAM)


def start_of(day: date) -> datetime:
    """Midnight at which a Vietnam day begins; "trước ngày 20/5" ends at `start_of(date(y, 5, 20))`."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)


def offset() -> timedelta:
    return _offset


def set_offset(value: timedelta) -> None:
    global _offset
    _offset = value


def begin_story(offset: timedelta) -> None:
    """From now on time is the demo's."""
    global _story
    _story = offset
    set_offset(offset)


def on_telephones() -> datetime:
    """The moment as people's telephones have it: `now()` without the demo's offset."""
    return now() - _story


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Within the block, time stands `by` later (demo stories and tests)."""
    before = _offset
    set_offset(before + by)
    try:
        yield
    finally:
        set_offset(before)


def read_offset(state: Path) -> timedelta:
    """The offset that the demo stored in its state folder; zero where there is none."""
    try:
        return timedelta(seconds=float((state / "clock-offset").read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()


def store_offset(state: Path, value: timedelta) -> None:
    (state / "clock-offset").write_text(f"{value.total_seconds():.0f}\n", encoding="ascii")


class sql_now(ColumnElement[datetime]):
    """The present moment inside a statement: PostgreSQL's own clock plus the demo's offset; on SQLite, which has no
    clock apart from ours, `now()` at the moment the statement is compiled for execution."""

    inherit_cache = False

    def __init__(self) -> None:
        from app.db import UtcDateTime

        self.type = UtcDateTime()


@compiles(sql_now, "postgresql")
def _postgresql_now(element: sql_now, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(clock_timestamp() + interval '{_offset.total_seconds():.6f} seconds')"


@compiles(sql_now)
def _other_now(element: sql_now, compiler: SQLCompiler, **kw: Any) -> str:
    return str(compiler.process(bindparam(None, now(), type_=element.type, unique=True), **kw))


def short_date(day: date | datetime) -> str:
    """`12/5/2020`, as the union writes it."""
    day = local(day).date() if isinstance(day, datetime) else day
    return f"{day.day}/{day.month}/{day.year}"


def day_month(day: date | datetime) -> str:
    """`12/5`, where the year stands in the heading."""
    return short_date(day).rpartition("/")[0]


def long_date(day: date | datetime) -> str:
    """`thứ Ba 12/5/2020`."""
    day = local(day).date() if isinstance(day, datetime) else day
    return f"{WEEKDAYS[day.weekday()]} {short_date(day)}"


def hour(moment: datetime, seconds: bool = False) -> str:
    """`11:40`, or `11:40:07` where a receipt must be exact."""
    return local(moment).strftime("%H:%M:%S" if seconds else "%H:%M")


def stamp(moment: datetime) -> str:
    """`11:40 thứ Ba 12/5/2020`."""
    return f"{hour(moment)} {long_date(moment)}"
