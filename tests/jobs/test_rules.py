"""When a job is tried again, and when a silent one is taken for dead."""

from datetime import UTC, datetime, timedelta

from app.jobs import rules

AT = datetime(2020, 5, 12, 1, 0, tzinfo=UTC)


def test_a_job_is_tried_three_times() -> None:
    assert [rules.after_fault(tries) for tries in (1, 2, 3, 4)] == ["waiting", "waiting", "failed", "failed"]


def test_a_job_is_dead_after_ten_silent_minutes() -> None:
    assert not rules.is_dead(AT, AT + timedelta(minutes=10))
    assert rules.is_dead(AT, AT + timedelta(minutes=10, seconds=1))
