"""What a beginning needs: a code that nobody guesses, a year that can be."""

import hmac

from app.refusal import RuleBroken

EARLIEST, LATEST = 2000, 2100


class AlreadyBegun(RuleBroken):
    kind = "conflict"
    words = "Ở đây đã có công đoàn rồi. Anh/chị đăng nhập, hoặc nhờ người quản trị."


class WrongStartCode(RuleBroken):
    kind = "invalid"
    words = "Mã bắt đầu chưa đúng. Mã này máy chủ in ra khi khởi động, và giữ trong tệp start-code."


def is_year(year: int) -> bool:
    return EARLIEST <= year <= LATEST


def same_code(typed: str, kept: str) -> bool:
    """Whether the code was typed right, spaces, dashes and small letters aside; as slow wherever it differs."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return bool(kept) and hmac.compare_digest(plain.encode(), kept.encode())
