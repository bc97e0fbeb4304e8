"""What a unit code and a member code look like."""

import re

UNIT_CODE = re.compile(r"[A-Z][A-Z0-9]{0,11}")


def is_unit_code(code: str) -> bool:
    """Capital letters and digits, at most 12, a letter first: `Q1`, `Q1013`. Printed and read aloud."""
    return UNIT_CODE.fullmatch(code) is not None


def check_digit(unit_code: str, number: int) -> int:
    """The last digit of a member code: Luhn's sum over unit code and number, a letter counting as its place from 10
    on, as in an ISIN. It finds every single mistyped digit and nearly every swap of neighbours."""
    digits = "".join(str(int(c, 36)) for c in f"{unit_code}{number:04d}")
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def member_code(unit_code: str, number: int) -> str:
    """`Q1013-0042-9`: unit code, number, check digit. Given out once and never again."""
    return f"{unit_code}-{number:04d}-{check_digit(unit_code, number)}"


MEMBER_CODE = re.compile(r"([A-Z][A-Z0-9]{0,11})-?(\d{4,6})-?(\d)")


def read_member_code(typed: str) -> str | None:
    """The member code that was typed, with or without dashes, in any case; None where the check digit is wrong."""
    found = MEMBER_CODE.fullmatch(typed.strip().upper().replace(" ", ""))
    if not found:
        return None
    code = member_code(found[1], int(found[2]))
    return code if code.endswith(found[3]) else None
