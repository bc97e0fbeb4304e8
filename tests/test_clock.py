"""app.clock: one time for all, in Vietnam's days, also inside statements."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.audit import AuditLine, line
from app.db import db, writing

MONTHS = timedelta(days=90)


def test_now_runs_on_from_the_day_of_the_story(one_app: Flask) -> None:
    assert clock.today() == date(2020, 5, 12)
    assert clock.now() < clock.now() + timedelta(microseconds=1)
    assert clock.long_date(clock.now()) == "thứ Ba 12/5/2020"


def test_time_stands_later_within_the_block_only() -> None:
    before = clock.now()
    with clock.shifted(MONTHS):
        assert timedelta() <= clock.now() - before - MONTHS < timedelta(seconds=5)
        with clock.shifted(-MONTHS):
            assert clock.now() - before < timedelta(seconds=5)
    with pytest.raises(ValueError, match="x"), clock.shifted(MONTHS):
        raise ValueError("x")
    assert clock.now() - before < timedelta(seconds=5)


@pytest.mark.parametrize("shift", [timedelta(), timedelta(days=-700, seconds=-0.25), timedelta(hours=13)])
def test_the_databases_clock_is_ours(app: Flask, shift: timedelta) -> None:
    with app.app_context(), clock.shifted(shift):
        found = db.session.scalar(sa.select(clock.sql_now()))
        assert found is not None
        assert abs(found - clock.now()) < timedelta(seconds=1)


def test_the_databases_clock_moves_on_when_the_same_statement_is_asked_again(app: Flask) -> None:
    question = sa.select(clock.sql_now())
    with app.app_context():
        first = db.session.scalar(question)
        with clock.shifted(MONTHS):
            second = db.session.scalar(question)
    assert first is not None
    assert second is not None
    assert MONTHS <= second - first < MONTHS + timedelta(seconds=5)


def test_a_statement_decides_by_that_clock(app: Flask) -> None:
    in_time = sa.select(AuditLine.id).where(AuditLine.at > clock.sql_now())
    with app.app_context():
        with writing(), clock.shifted(timedelta(minutes=5)):
            line(None, "trial", "unit", "Q1")
        assert len(db.session.scalars(in_time).all()) == 1
        with clock.shifted(timedelta(minutes=6)):
            assert db.session.scalars(in_time).all() == []


@given(st.dates(date(1976, 1, 1), date(2100, 1, 1)))
def test_a_day_begins_at_midnight_in_vietnam(day: date) -> None:
    start = clock.start_of(day)
    assert start == datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7)
    assert clock.local(start).date() == day
    assert clock.local(start - timedelta(microseconds=1)).date() == day - timedelta(days=1)


def test_before_the_20th_of_may_means_until_the_end_of_the_19th() -> None:
    end = clock.start_of(date(2020, 5, 20))
    last = end - timedelta(microseconds=1)
    assert last < end
    assert clock.stamp(last) == "23:59 thứ Ba 19/5/2020"
    assert clock.stamp(end) == "00:00 thứ Tư 20/5/2020"


def test_late_in_the_evening_utc_it_is_the_next_day_in_vietnam() -> None:
    moment = datetime(2020, 5, 12, 17, 30, tzinfo=UTC)
    assert clock.short_date(moment) == "13/5/2020"
    assert clock.hour(moment) == "00:30"
    assert clock.hour(moment.replace(second=7), seconds=True) == "00:30:07"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2020, 5, 17), "Chủ nhật 17/5/2020"),
        (date(2020, 5, 18), "thứ Hai 18/5/2020"),
        (date(2020, 5, 23), "thứ Bảy 23/5/2020"),
    ],
)
def test_a_day_is_written_as_the_union_writes_it(day: date, words: str) -> None:
    assert clock.long_date(day) == words


def test_a_demo_keeps_its_time_in_its_state(tmp_path: Path) -> None:
    assert clock.read_offset(tmp_path) == timedelta()
    clock.store_offset(tmp_path, timedelta(days=-2000, seconds=17))
    assert clock.read_offset(tmp_path) == timedelta(days=-2000, seconds=17)
