"""The law of getting in and of holding a role: no clock, no chance, no database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
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
FIELD_WORDS = {"name": "Họ và tên", "phone": "Số điện thoại", "email": "Thư điện tử"}
Audience = Literal["all", "officers", "office"]

ACTIVATION_LIFE = timedelta(days=30)
RESET_LIFE = timedelta(minutes=15)
IDLE = {"member": timedelta(days=30), "role": timedelta(days=7)}
ABSOLUTE = {"member": timedelta(days=180), "role": timedelta(days=30)}
SHARED_IDLE, SHARED_ABSOLUTE = timedelta(minutes=15), timedelta(hours=12)
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


# What people here begin a password with; the list of `zxcvbn` knows the world's.
HOUSE_WORDS = frozenset(
    """
    anhyeuem emyeuanh yeuem yeuanh yeuemnhieu maiyeuem tinhyeu giadinh matkhau matkhaumoi khongbiet khongco khongcho
    taolatao motcon mothaiba vietnam hanoi saigon danang tphcm hochiminh bacho nguyen admin administrator quantri
    congdoan congdoancoso congdoanvien cdcs doanvien liendoan ldld laodong congnhan congty chutich hoctap lamtheo
    ab abc abcd abcde qwe qaz asd zxc
    """.split()
)
SIGNED = re.compile(r"(\d*)[^a-z0-9]{0,3}([a-z].*?|)[^a-z0-9]{0,3}(\d*)[^a-z0-9]{0,3}")
STAND_FOR = (str.maketrans("@430$5!17", "aaeossiit"), str.maketrans("@430$5!17", "aaeossllt"))


@cache
def common_passwords() -> frozenset[str]:
    """The 30,000 that are tried first, in small letters, from leaked lists. Read at first need: it takes 0.1 s."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def is_common(plain: str) -> bool:
    """Whether a folded password without spaces is among the first to be tried: on the list, two characters or a short
    piece over and over, or a well-known word with digits and signs around it as many people put them (`Abc@1234`,
    `matkhau@123`)."""
    if plain in common_passwords() or len(set(plain)) <= 2 or (plain * 2).find(plain, 1) <= 4:
        return True
    found = SIGNED.fullmatch(plain)
    return found is not None and _is_usual_word(found[2]) and all(_are_usual_digits(found[n]) for n in (1, 3))


def _is_usual_word(word: str) -> bool:
    readings = {word, *(word.translate(letters) for letters in STAND_FOR)}
    return len(set(word)) <= 1 or any(known in HOUSE_WORDS or known in common_passwords() for known in readings)


def _are_usual_digits(digits: str) -> bool:
    """A year or shorter, a row up or down the keyboard, or a number on the list."""
    steps = {(int(second) - int(first)) % 10 for first, second in pairwise(digits)}
    return len(digits) <= 4 or steps in ({0}, {1}, {9}) or digits in common_passwords()


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
    if is_common(plain) or plain.replace("-", "") in own:
        raise PasswordTooCommon()


def delay_after(failures: int) -> timedelta:
    """How long a name rests after so many wrong passwords in a row: none after three, then 5 s, doubling to 15 min."""
    if failures <= 3:
        return timedelta()
    return min(timedelta(seconds=5 * 2 ** min(failures - 4, 12)), timedelta(minutes=15))


def session_end(made: datetime, seen: datetime, holds_role: bool, shared: bool = False) -> datetime:
    """The moment at which a session ends: idle too long, or too old; sooner for those who hold a role, soonest on a
    machine that others use too."""
    if shared:
        return min(made + SHARED_ABSOLUTE, seen + SHARED_IDLE)
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


def role_words(role: str, duty: str | None) -> str:
    """`Chủ tịch` for an officer, whom the duty names best; `Quản trị` for the others."""
    return DUTY_WORDS[duty] if duty else ROLE_WORDS[role]


class WrongDuty(RuleBroken):
    kind = "invalid"
    words = "Cán bộ công đoàn có một chức danh: Chủ tịch, Phó Chủ tịch hoặc Ủy viên BCH. Nhiệm vụ khác thì không có."


def check_duty(role: RoleName, duty: str | None) -> None:
    """An officer has one of the duties, any other role has none. Raises `WrongDuty`."""
    if (duty in DUTIES) if role == "officer" else duty is None:
        return
    raise WrongDuty()


NEAR = timedelta(days=92)
REINSTATED_WITHIN = timedelta(days=30)


def is_near(day: date, today: date) -> bool:
    """Whether a duty may begin or end on this day: a decision is often typed in late, or taken early, but not a
    year."""
    return abs(day - today) <= NEAR


def groups_of(is_officer: bool, holds_office: bool) -> frozenset[Audience]:
    """The audiences a member belongs to."""
    groups: set[Audience] = {"all"}
    if is_officer:
        groups.add("officers")
    if holds_office:
        groups.add("office")
    return frozenset(groups)


# --- a unit's list, one person at a time --------------------------------------------------------------------------

UNDO_LIFE = timedelta(days=1)  # how long a slip of the hand is taken back without further ado


def neighbours(name: str) -> set[str]:
    """The folded name, and what is left of it without any one letter. Two names that share one differ by a letter that
    is missing, another, or swapped with the next."""
    plain = fold(name).replace("'", "").replace("-", " ")
    return {plain} | {plain[:at] + plain[at + 1 :] for at in range(len(plain))}


class LeavesTooEarly(RuleBroken):
    kind = "invalid"
    words = (
        "Người này vào danh sách từ {since}, nên ngày thôi phải sau ngày ấy. "
        "Nếu vừa thêm nhầm, anh/chị bấm “Bỏ khỏi danh sách” ở trang của người ấy."
    )


class DayToCome(RuleBroken):
    kind = "invalid"
    words = "Ngày ấy chưa đến. Anh/chị ghi hôm nay hoặc một ngày đã qua."


def check_leaving(since: date, on: date, today: date) -> None:
    """A membership that began on `since` ends on `on`, the first day without it. Raises `LeavesTooEarly`,
    `DayToCome`."""
    if on > today:
        raise DayToCome()
    if on <= since:
        raise LeavesTooEarly(since=f"{since.day}/{since.month}/{since.year}")


EXEMPTION_MOST = timedelta(days=3 * 366)


class ExemptionTurned(RuleBroken):
    kind = "invalid"
    words = "Ngày cuối phải sau hoặc trùng ngày đầu, và không quá ba năm. Anh/chị xem lại hai ngày."


class ExemptionOver(RuleBroken):
    kind = "invalid"
    words = "Thời gian ấy đã qua. Anh/chị ghi ngày cuối là hôm nay hoặc sau hôm nay."


def check_exemption(since: date, until: date, today: date) -> None:
    """From `since` to before `until`; raises `ExemptionTurned`, `ExemptionOver`."""
    if not since < until <= since + EXEMPTION_MOST:
        raise ExemptionTurned()
    if until <= today:
        raise ExemptionOver()


def joined_spans(spans: Iterable[tuple[date, date]], since: date, until: date) -> tuple[date, date]:
    """The span [since, until) together with those that it meets."""
    whole, before = (since, until), None
    spans = list(spans)
    while whole != before:
        before = whole
        met = [one for one in spans if one[0] <= whole[1] and whole[0] <= one[1]]
        whole = (min([whole[0], *(a for a, _ in met)]), max([whole[1], *(b for _, b in met)]))
    return whole


class SamePerson(RuleBroken):
    kind = "invalid"
    words = "Đây là cùng một hồ sơ. Anh/chị chọn hồ sơ kia."


class GoneHoldsRole(RuleBroken):
    kind = "refused"
    words = (
        "Hồ sơ nhập đi còn giữ nhiệm vụ công đoàn, nên chưa nhập được. "
        "Anh/chị giữ lại hồ sơ ấy, hoặc nhờ cấp trên kết thúc nhiệm vụ trước."
    )


class GoneIsSeveral(RuleBroken):
    kind = "conflict"
    words = "Hồ sơ nhập đi đang gồm một hồ sơ khác. Anh/chị giữ lại hồ sơ ấy, hoặc tách ra trước."


class GoneIsUsed(RuleBroken):
    kind = "conflict"
    words = "Chỉ hồ sơ nhập đi đã có mật khẩu, nên nhập thì không ai đăng nhập được. Anh/chị giữ lại hồ sơ đã vào."


@dataclass(frozen=True)
class Side:
    """One of two persons who are to be one: whether they hold a role, are several already, have been in."""

    role: bool
    several: bool
    has_password: bool


def check_merge(gone: Side, stays: Side) -> None:
    """Whether the one may become another name of the other. Raises `GoneHoldsRole`, `GoneIsSeveral`, `GoneIsUsed`."""
    if gone.role:
        raise GoneHoldsRole()
    if gone.several:
        raise GoneIsSeveral()
    if gone.has_password and not stays.has_password:
        raise GoneIsUsed()
