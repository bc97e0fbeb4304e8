"""The law of getting in and of holding a role: no clock, no chance, no database."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from app.refusal import RuleBroken
from app.text import fold, same_secret

RoleName = Literal["officer", "organiser", "editor", "admin"]
ROLES: tuple[RoleName, ...] = ("officer", "organiser", "editor", "admin")
DUTIES = ("chair", "vice_chair", "committee")
DUTY_WORDS = {"chair": "Chủ tịch", "vice_chair": "Phó Chủ tịch", "committee": "Ủy viên BCH"}
ROLE_WORDS = {
    "officer": "Cán bộ công đoàn",
    "organiser": "Ban Tổ chức cuộc thi",
    "editor": "Biên soạn nội dung",
    "admin": "Quản trị",
}
Audience = Literal["all", "officers", "office"]

ACTIVATION_LIFE = timedelta(days=30)
RESET_LIFE = timedelta(minutes=15)
IDLE = {"member": timedelta(days=30), "role": timedelta(days=7)}
ABSOLUTE = {"member": timedelta(days=180), "role": timedelta(days=30)}
TOUCH_EVERY = timedelta(minutes=1)

PASSWORD_MINIMUM = 8
PASSWORD_MAXIMUM = 200


class PasswordTooShort(RuleBroken):
    kind = "invalid"
    words = "Mật khẩu cần ít nhất {least} ký tự. Có thể dùng một câu ngắn dễ nhớ, ví dụ bốn từ ghép lại."


class PasswordTooCommon(RuleBroken):
    kind = "invalid"
    words = "Mật khẩu này nhiều người dùng quá, người khác dễ đoán. Anh/chị chọn một câu ngắn của riêng mình."


class PasswordTooLong(RuleBroken):
    kind = "invalid"
    words = "Mật khẩu dài quá {most} ký tự. Anh/chị chọn câu ngắn hơn."


COMMON = frozenset(
    """
    12345678 123456789 1234567890 0123456789 87654321 987654321 11111111 111111111 00000000 88888888 66666666
    99999999 12341234 12344321 123123123 11223344 112233445566 147258369 123654789 password password1 passw0rd
    qwerty123 qwertyuiop qwerty12 1q2w3e4r 1qaz2wsx abc12345 abcd1234 abc123456 a1234567 a12345678 aa123456
    anhyeuem emyeuanh yeuemnhieu matkhau matkhau1 matkhau123 vietnam1 vietnam123 congdoan congdoan1 congdoan123
    congdoan2020 hochiminh saigon123 tphcm123 iloveyou iloveyou1 khongbiet khongco1 taolatao admin123
    administrator welcome1 letmein1 football superman princess sunshine lamtheo1 lamtheo123 lamtheo2020 doanvien
    doanvien1 hanoi123
    """.split()
)


def check_password(password: str, own_words: Iterable[str] = ()) -> None:
    """Raises `PasswordTooShort`, `PasswordTooLong` or `PasswordTooCommon` (the commonest, one repeated character, or
    one of the person's own sign-in names). There are no rules of composition."""
    secret = same_secret(password)
    if len(secret) < PASSWORD_MINIMUM:
        raise PasswordTooShort(least=PASSWORD_MINIMUM)
    if len(secret) > PASSWORD_MAXIMUM:
        raise PasswordTooLong(most=PASSWORD_MAXIMUM)
    plain = fold(secret).replace(" ", "")
    own = {fold(word).replace(" ", "").replace("-", "") for word in own_words}
    if plain in COMMON or len(set(plain)) <= 2 or plain.replace("-", "") in own:
        raise PasswordTooCommon()


def delay_after(failures: int) -> timedelta:
    """How long a name rests after so many wrong passwords in a row: none after three, then 5 s, doubling to 15 min."""
    if failures <= 3:
        return timedelta()
    return min(timedelta(seconds=5 * 2 ** min(failures - 4, 12)), timedelta(minutes=15))


def session_end(made: datetime, seen: datetime, holds_role: bool) -> datetime:
    """The moment at which a session ends: idle too long, or too old; sooner for those who hold a role."""
    kind = "role" if holds_role else "member"
    return min(made + ABSOLUTE[kind], seen + IDLE[kind])


PHONE = re.compile(r"(?:\+?84|0)(\d{9})")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def read_phone(typed: str) -> str | None:
    """A Vietnamese mobile or fixed number as ten digits, `0900000118`; None for anything else."""
    found = PHONE.fullmatch(re.sub(r"[ .()-]", "", typed))
    return f"0{found[1]}" if found else None


def read_email(typed: str) -> str | None:
    typed = same_secret(typed).strip().casefold()
    return typed if EMAIL.fullmatch(typed) else None


def may_reset(actor_levels: Iterable[int], target_holds_role: bool) -> bool:
    """Whether an officer may read out a reset code. `actor_levels`: how many levels above the person's unit the
    actor's officer or admin roles stand (0: the same unit). A person with a role is reset one level up."""
    least = 1 if target_holds_role else 0
    return any(level >= least for level in actor_levels)


def groups_of(is_officer: bool, holds_office: bool) -> frozenset[Audience]:
    """The audiences a member belongs to."""
    groups: set[Audience] = {"all"}
    if is_officer:
        groups.add("officers")
    if holds_office:
        groups.add("office")
    return frozenset(groups)
