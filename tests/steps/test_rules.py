"""Who is asked for a step, and what an answer adds to the unit's totals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.steps import rules
from app.steps.rules import Share

AUDIENCES = ("all", "officers", "office")
groups = st.frozensets(st.sampled_from(AUDIENCES))


@pytest.mark.parametrize(
    ("audience", "belongs", "asked"),
    [
        ({"all"}, {"all"}, True),
        ({"officers"}, {"all"}, False),
        ({"officers"}, {"all", "officers"}, True),
        ({"office"}, {"all", "officers"}, False),
        ({"officers", "office"}, {"all", "office"}, True),
        (set(), {"all", "officers", "office"}, False),
    ],
)
def test_a_step_is_asked_of_those_it_names(audience: set[str], belongs: set[str], asked: bool) -> None:
    assert rules.is_asked(audience, belongs, exempt=False) is asked


@given(groups, groups)
def test_an_exempt_person_is_asked_for_nothing(audience: frozenset[str], belongs: frozenset[str]) -> None:
    assert rules.is_asked(audience, belongs, exempt=True) is False


def test_a_done_step_counts_as_asked_and_done() -> None:
    assert rules.share(True, "done") == Share(asked=1, done=1, declined=0)


def test_an_open_step_counts_as_asked() -> None:
    assert rules.share(True, None) == Share(asked=1, done=0, declined=0)


def test_who_said_no_was_asked_and_leaves_what_remains() -> None:
    said_no = rules.share(True, "declined")
    assert said_no == Share(asked=1, done=0, declined=1)
    assert rules.remaining(said_no) == 0


@pytest.mark.parametrize("outcome", ["done", "declined", None])
def test_only_what_is_asked_counts(outcome: str | None) -> None:
    assert rules.share(False, outcome) == rules.NOTHING


def test_every_source_has_its_words() -> None:
    assert rules.SOURCE_WORDS == {
        "online": "trực tuyến",
        "meeting": "buổi sinh hoạt",
        "paper": "bản giấy",
        "typed_in": "nhập hộ",
    }


def test_keys_name_their_module() -> None:
    assert (rules.study("neu-guong"), rules.quiz("neu-guong")) == ("study:neu-guong", "quiz:neu-guong")
