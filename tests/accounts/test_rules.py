"""The law of getting in."""

import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import rules
from app.config import ROOT

AT = datetime(2020, 5, 12, 1, 0, tzinfo=UTC)


# --- passwords ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "bốn từ ghép lại",
        "mưa rào tháng tám",
        "correct horse",
        "aaaabbbbc",
        "xin-chao-cong-doan-9",
        "một 2 ba 4 năm",
        "  cách  đầu",
    ],
)
def test_a_short_sentence_is_a_password_whatever_it_is_made_of(password: str) -> None:
    rules.check_password(password)


@pytest.mark.parametrize("password", ["", "ngắn", "1234567", "a" * 7])
def test_less_than_eight_characters_are_too_few(password: str) -> None:
    with pytest.raises(rules.PasswordTooShort) as refused:
        rules.check_password(password)
    assert "8 ký tự" in str(refused.value)


def test_more_than_the_bound_is_refused_before_it_is_hashed() -> None:
    long = " ".join(f"từ{n}" for n in range(99))[:200]
    rules.check_password(long)
    with pytest.raises(rules.PasswordTooLong):
        rules.check_password(long + "d")


FIRST_TRIED = """
    12345678 123456789 1234567891 12345678910 0987654321 0123456789 11111111 12341234 123123123 147258369 asdfghjkl
    qwertyuiop 1qaz2wsx 1q2w3e4r iloveyou1 password123 P@ssw0rd administrator 123456789a a123456789 aaaaaaaa abababab
"""
WORDS_WITH_TAILS = """
    Abc@1234 Aa@123456 Abcd1234 Admin@123 anhyeuem anhyeuem1 matkhau123 MatKhau123 matkhau@123 M@tkhau#2020 congdoan2021
    CongDoan@123 lamtheo2020 Vietnam123 1234@abc saigon123! qwe@12345 hanoi2020 doanvien1
"""


@pytest.mark.parametrize(
    "password", [*FIRST_TRIED.split(), *WORDS_WITH_TAILS.split(), "Mật khẩu 123", "Công Đoàn 2020", "Anh yêu em"]
)
def test_the_commonest_passwords_are_refused_in_any_spelling(password: str) -> None:
    with pytest.raises(rules.PasswordTooCommon):
        rules.check_password(password)


@pytest.mark.parametrize("password", ["hoa73920184", "kq73920184", "Xk9#@!!2", "matkhau của riêng tôi", "r7$kQp2x"])
def test_what_only_looks_a_little_like_a_common_one_is_let_through(password: str) -> None:
    rules.check_password(password)


IMPORT = "import sys, app.accounts.rules; sys.exit('zxcvbn.frequency_lists' in sys.modules)"


def test_the_long_list_is_not_read_before_it_is_needed() -> None:
    assert subprocess.run([sys.executable, "-c", IMPORT], cwd=ROOT).returncode == 0


@pytest.mark.parametrize("password", ["0900000118", "MSH-0042-7", "msh00427", "MSH 0042 7"])
def test_ones_own_sign_in_name_is_no_password(password: str) -> None:
    with pytest.raises(rules.PasswordTooCommon):
        rules.check_password(password, ["0900000118", "MSH-0042-7"])


def test_length_is_counted_alike_however_the_letters_are_encoded() -> None:
    decomposed = unicodedata.normalize("NFD", "ếếếếế")
    assert len(decomposed) == 15
    with pytest.raises(rules.PasswordTooShort):
        rules.check_password(decomposed)


# --- delays ------------------------------------------------------------------------------------------------------


def test_three_slips_cost_nothing_then_the_name_rests_longer_and_longer() -> None:
    seconds = [rules.delay_after(failures).total_seconds() for failures in range(1, 14)]
    assert seconds == [0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


@given(st.integers(0, 10**9))
def test_a_name_never_rests_longer_than_a_quarter_of_an_hour(failures: int) -> None:
    assert rules.delay_after(failures) <= rules.delay_after(failures + 1) <= timedelta(minutes=15)


# --- sessions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("holds_role", "idle", "absolute"), [(False, 30, 180), (True, 7, 30)])
def test_a_session_ends_when_idle_and_when_old(holds_role: bool, idle: int, absolute: int) -> None:
    day = timedelta(days=1)
    assert rules.session_end(AT, AT, holds_role) == AT + idle * day
    assert rules.session_end(AT, AT + 3 * day, holds_role) == AT + (3 + idle) * day
    assert rules.session_end(AT, AT + (absolute - 1) * day, holds_role) == AT + absolute * day


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["0900000118", "090 000 0118", "0900.000.118", "+84900000118", "84900000118", "(090) 000-0118"]
)
def test_a_phone_is_read_in_any_spelling(typed: str) -> None:
    assert rules.read_phone(typed) == "0900000118"


@pytest.mark.parametrize("typed", ["", "090000011", "09000001189", "Q1-0001-2", "x0900000118", "٠٩٠٠٠٠٠١١٨"])
def test_what_is_no_phone_is_read_as_none(typed: str) -> None:
    assert rules.read_phone(typed) is None


def test_an_address_is_read_in_any_case() -> None:
    assert rules.read_email(" Hoa.Nguyen@Example.COM ") == "hoa.nguyen@example.com"
    assert rules.read_email("hoa") is None
    assert rules.read_email("hoa @example.com") is None


# --- who resets whom ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "target_holds_role", "allowed"),
    [
        ([0], False, True),
        ([1], False, True),
        ([], False, False),
        ([0], True, False),
        ([1], True, True),
        ([0, 2], True, True),
        ([], True, False),
    ],
)
def test_a_role_holder_is_reset_from_above_only(levels: list[int], target_holds_role: bool, allowed: bool) -> None:
    assert rules.may_reset(levels, target_holds_role) is allowed


@pytest.mark.parametrize(
    ("officer", "office", "groups"),
    [
        (False, False, {"all"}),
        (True, False, {"all", "officers"}),
        (False, True, {"all", "office"}),
        (True, True, {"all", "officers", "office"}),
    ],
)
def test_a_member_belongs_to_these_audiences(officer: bool, office: bool, groups: set[str]) -> None:
    assert rules.groups_of(officer, office) == groups


def test_every_role_and_duty_has_its_words() -> None:
    assert set(rules.ROLE_WORDS) == set(rules.ROLES)
    assert set(rules.DUTY_WORDS) == set(rules.DUTIES)
