"""What a row of the completion table is called, and which rows a filter keeps."""

from itertools import product

import pytest

from app.progress import rules


@pytest.mark.parametrize(
    ("states", "called"),
    [
        (["open", "done"], "open"),
        (["done", "declined"], "done"),
        (["declined", "unasked"], "done"),
        (["done", "unasked"], "done"),
        (["unasked", "unasked"], "unasked"),
        ([], "unasked"),
    ],
)
def test_a_row_is_open_while_anything_asked_remains(states: list[str], called: str) -> None:
    assert rules.row_state(states) == called


def test_every_row_is_either_open_or_not() -> None:
    for states in product(("open", "done", "declined", "unasked"), repeat=3):
        assert (rules.row_state(states) == "open") == ("open" in states)


@pytest.mark.parametrize(
    ("chosen", "kept"), [("all", {"open", "done", "unasked"}), ("open", {"open"}), ("done", {"done"})]
)
def test_a_filter_keeps_its_rows(chosen: rules.Filter, kept: set[str]) -> None:
    assert {state for state in ("open", "done", "unasked") if rules.keeps(chosen, state)} == kept


def test_a_bar_is_as_wide_as_its_part() -> None:
    assert rules.percent(24, 35) == "68.6"
    assert rules.percent(0, 0) == "0"
    assert rules.percent(7, 7) == "100.0"
