"""How the completion table is headed, what its cells say, what its rows are called, what is told above the unit."""

from itertools import product

import pytest

from app.progress import rules
from app.progress.rules import Column, Part
from app.steps.rules import ASSESSMENT, CONFIRMED, NOTHING, REGISTERED, Share

# --- columns ------------------------------------------------------------------------------------------------------


def test_a_module_is_one_column_of_study_and_quiz() -> None:
    steps = [("study:a", "Nêu gương"), ("quiz:a", "Nêu gương"), ("study:b", "Trung ương 4")]
    assert rules.columns(steps) == [
        Column("Nêu gương", (Part("study:a", "Học"), Part("quiz:a", "TN"))),
        Column("Trung ương 4", (Part("study:b", "Học"),)),
    ]


def test_two_modules_of_one_name_stay_two_columns() -> None:
    assert len(rules.columns([("study:a", "Nghị quyết"), ("study:b", "Nghị quyết")])) == 2


def test_a_deed_and_its_confirmation_are_one_column_and_the_sheet_is_its_own() -> None:
    steps = [(ASSESSMENT, "Liên hệ bản thân"), (REGISTERED, "Việc làm theo"), (CONFIRMED, "Việc làm theo")]
    sheet, deed = rules.columns(steps)
    assert sheet == Column("Liên hệ bản thân", (Part(ASSESSMENT, ""),))
    assert deed == Column("Việc làm theo", (Part(REGISTERED, "Đăng ký"), Part(CONFIRMED, "Xác nhận")))


@pytest.mark.parametrize(("steps", "called"), [(1, "few"), (4, "few"), (5, "some"), (8, "some"), (9, "many")])
def test_many_steps_leave_no_room_for_sources(steps: int, called: str) -> None:
    assert rules.density(steps) == called


# --- cells --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["done", "declined", None])
@pytest.mark.parametrize("key", ["study:a", REGISTERED, CONFIRMED])
def test_what_is_not_asked_shows_a_dash_even_where_it_was_done(key: str, outcome: str | None) -> None:
    assert rules.cell_state(key, False, outcome, registered=True) == "unasked"


@pytest.mark.parametrize(
    ("outcome", "registered", "state"),
    [(None, False, "unasked"), (None, True, "waiting"), ("done", True, "done"), ("declined", False, "unasked")],
)
def test_the_confirmation_is_the_committees_work_and_only_once_something_is_registered(
    outcome: str | None, registered: bool, state: str
) -> None:
    assert rules.cell_state(CONFIRMED, True, outcome, registered) == state


@pytest.mark.parametrize(("outcome", "state"), [(None, "open"), ("done", "done"), ("declined", "declined")])
def test_any_other_step_is_as_it_was_answered(outcome: str | None, state: str) -> None:
    assert rules.cell_state(REGISTERED, True, outcome, registered=outcome == "done") == state


# --- rows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "answered", "registered", "confirmed", "called"),
    [
        (3, 2, True, False, "open"),
        (3, 3, True, False, "waiting"),
        (3, 3, True, True, "done"),
        (3, 3, False, False, "done"),  # said no, so there is nothing to confirm
        (3, 3, True, None, "done"),  # the confirmation is not in question
        (0, 0, False, None, "unasked"),
        (0, 0, True, False, "waiting"),  # the confirmation alone is in question
        (0, 0, False, False, "unasked"),
        (0, 0, True, True, "done"),
    ],
)
def test_a_row_is_open_while_the_person_has_work_and_waits_while_the_committee_has(
    wanted: int, answered: int, registered: bool, confirmed: bool | None, called: str
) -> None:
    assert rules.row_state(wanted, answered, registered, confirmed) == called


def test_a_row_is_open_exactly_while_an_answer_is_missing() -> None:
    for wanted, answered, registered, confirmed in product(range(4), range(4), (True, False), (True, False, None)):
        if answered <= wanted:
            assert (rules.row_state(wanted, answered, registered, confirmed) == "open") == (answered < wanted)


def test_every_filter_has_its_words() -> None:
    assert rules.FILTERS.keys() == rules.FILTER_WORDS.keys()


# --- totals -------------------------------------------------------------------------------------------------------


def test_the_committee_has_to_confirm_what_was_registered() -> None:
    assert rules.to_confirm(Share(10, 4, 3), Share(10, 1, 3)) == Share(4, 1, 0)
    assert rules.to_confirm(NOTHING, NOTHING) == NOTHING


def test_above_the_unit_who_said_no_cannot_be_told_from_who_has_not_answered() -> None:
    assert rules.from_above(Share(2, 1, 1)) == rules.from_above(Share(2, 1, 0)) == Share(2, 1, 0)
