"""What unit codes and member codes look like, and which mistakes a check digit finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.units import rules

unit_codes = st.from_regex(r"[A-Z][A-Z0-9]{0,7}", fullmatch=True)
numbers = st.integers(1, 9999)


@pytest.mark.parametrize("code", ["Q1", "Q1013", "MSH", "A", "A23456789012"])
def test_capital_letters_and_digits_make_a_unit_code(code: str) -> None:
    assert rules.is_unit_code(code)


@pytest.mark.parametrize("code", ["", "1Q", "q1", "Q-1", "Q 1", "ĐỘI1", "A234567890123", "Q1\n"])
def test_anything_else_does_not(code: str) -> None:
    assert not rules.is_unit_code(code)


def test_a_member_code_is_unit_number_and_check_digit() -> None:
    assert rules.member_code("Q1013", 42) == "Q1013-0042-9"


@given(unit_codes, numbers)
def test_a_member_code_is_read_as_it_is_printed(unit: str, number: int) -> None:
    code = rules.member_code(unit, number)
    assert rules.read_member_code(code) == code


@given(unit_codes, numbers)
def test_a_member_code_is_read_in_any_spelling(unit: str, number: int) -> None:
    code = rules.member_code(unit, number)
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " "), f"  {code} ", code.replace("-", " - ")):
        assert rules.read_member_code(typed) == code, typed


@given(unit_codes, st.integers(10_000, 999_999))
def test_the_code_of_a_very_large_unit_is_read_with_its_dashes(unit: str, number: int) -> None:
    code = rules.member_code(unit, number)
    assert rules.read_member_code(code.lower()) == code


@given(unit_codes, numbers, st.data())
def test_the_check_digit_finds_every_single_wrong_digit(unit: str, number: int, data: st.DataObject) -> None:
    code = rules.member_code(unit, number)
    place = data.draw(st.sampled_from([i for i, c in enumerate(code) if c.isdigit()]))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    assert rules.read_member_code(code[:place] + wrong + code[place + 1 :]) is None


def test_the_check_digit_finds_swapped_neighbours_but_for_nought_and_nine() -> None:
    missed = set()
    for number in range(10_000):
        printed = f"{number:04d}"
        for i in range(3):
            swapped = printed[:i] + printed[i + 1] + printed[i] + printed[i + 2 :]
            if swapped != printed and rules.check_digit("MSH", int(swapped)) == rules.check_digit("MSH", number):
                missed.add(frozenset(printed[i : i + 2]))
    assert missed == {frozenset("09")}


@pytest.mark.parametrize(
    "typed", ["", "0900000118", "Q1013", "Q1013-0042", "Q1013-0042-7", "hoa@example.com", "Q1013-0042-9-1"]
)
def test_what_is_no_member_code_is_read_as_none(typed: str) -> None:
    assert rules.read_member_code(typed) is None
