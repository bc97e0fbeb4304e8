"""The dates that a union lives by, and what is one's own to do."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.home import rules
from app.home.rules import Task

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2020, 1, 1), date(2020, 5, 19)),
        (date(2020, 5, 19), date(2020, 5, 19)),
        (date(2020, 5, 20), date(2020, 10, 19)),
        (date(2020, 10, 19), date(2020, 10, 19)),
        (date(2020, 10, 20), date(2021, 5, 19)),
    ],
)
def test_a_report_before_the_20th_is_in_time_until_the_19th_is_over(today: date, last: date) -> None:
    assert rules.next_report_day(today) == last


@given(days)
def test_the_next_report_day_is_never_past_and_never_further_than_seven_months(today: date) -> None:
    assert timedelta() <= rules.next_report_day(today) - today <= timedelta(days=213)


@pytest.mark.parametrize(
    ("today", "day", "years"),
    [
        (date(2020, 5, 12), date(2020, 5, 19), 130),
        (date(2020, 5, 19), date(2020, 5, 19), 130),
        (date(2020, 5, 20), date(2020, 6, 5), 109),
        (date(2020, 9, 3), date(2021, 2, 3), 91),
        (date(2025, 1, 1), date(2025, 2, 3), 95),
    ],
)
def test_the_next_anniversary_is_today_or_later_and_counts_its_years(today: date, day: date, years: int) -> None:
    found = rules.next_anniversary(today)
    assert (found.day, found.years) == (day, years)


@given(days)
def test_no_anniversary_lies_between_today_and_the_next_one(today: date) -> None:
    found = rules.next_anniversary(today)
    others = (date(found.day.year, month, day) for month, day, _, _ in rules.ANNIVERSARIES)
    assert today <= found.day
    assert not [day for day in others if today <= day < found.day]


def test_what_waits_for_the_committee_is_none_of_ones_own_tasks() -> None:
    asked = [("study:a", "A"), ("commitment:registered", "Việc làm theo"), ("commitment:confirmed", "BCH xác nhận")]
    assert [task.key for task in rules.own_tasks(asked)] == ["study:a", "commitment:registered"]


def test_a_task_knows_its_kind_its_module_and_whether_it_was_begun() -> None:
    study, quiz, sheet = rules.own_tasks([("study:a-b", "A"), ("quiz:a-b", "A"), ("assessment", "X")], {"quiz:a-b"})
    assert (study.kind, study.module, study.begun) == ("study", "a-b", False)
    assert (quiz.kind, quiz.module, quiz.begun) == ("quiz", "a-b", True)
    assert sheet == Task("assessment", "X")
    assert (sheet.kind, sheet.module) == ("assessment", "")
