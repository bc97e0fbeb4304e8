"""Codes that set a password once: on a slip for the first time, or six digits that an officer reads out."""

import contextlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance, clock
from app.accounts import queries, rules
from app.accounts.actions.sessions import end_sessions, hold
from app.accounts.models import (
    Account,
    Activation,
)
from app.accounts.passwords import derived, keyed
from app.db import affected, db
from app.refusal import RuleBroken

DIGITS = "0123456789"

# Called with the person and the code's number inside the transaction of each reset code; upper floors add theirs.
reset_watchers: list[Callable[[UUID, int], None]] = []


class CodeWrong(RuleBroken):
    kind = "closed"
    words = (
        "Mã 6 số chưa đúng, đã dùng, hoặc đã quá 15 phút. Anh/chị xem lại từng số và mã đoàn viên; "
        "nếu vẫn chưa được, nhờ BCH đọc mã mới."
    )


class CodeUsed(RuleBroken):
    kind = "closed"
    words = (
        "Mã này chưa đúng, đã dùng hoặc đã hết hạn. Anh/chị so lại từng chữ với phiếu; "
        "nếu vẫn chưa được, nhờ BCH công đoàn nơi mình làm việc phát mã mới."
    )


class ResetOneLevelUp(RuleBroken):
    kind = "refused"
    words = "Người này giữ nhiệm vụ trong công đoàn, nên mã đặt lại mật khẩu do công đoàn cấp trên đọc."


class CodeSpent(RuleBroken):
    kind = "closed"
    words = "Mã cấp ở lần bấm ấy đã được dùng hoặc đã hết hạn. Anh/chị mở lại danh sách rồi bấm lần nữa để có mã mới."


def make_slip(by: UUID | None, person_id: UUID, form_id: str = "") -> str:
    """An activation code for the person's slip: sixteen letters and digits, 30 days, once. Older ones end. A form that
    is sent twice, known by its `form_id`, has one code. Raises `CodeSpent`."""
    code = derived_code("slip", by, person_id, form_id) if form_id else chance.code(16)
    _issue("slip", code, person_id, by, rules.ACTIVATION_LIFE)
    return code


def derived_code(kind: str, by: UUID | None, person_id: UUID, form_id: str) -> str:
    """The code that this form has for this person: the same each time it is asked, so that it is kept nowhere."""
    letters, length = (chance.READABLE, 16) if kind == "slip" else (DIGITS, 6)
    return derived(kind, f"{by}:{person_id}:{form_id}", letters, length)


def hash_of(kind: str, person_id: UUID, code: str) -> str:
    """How a code stands in the table. Six digits alone would be found by trying all of them."""
    return keyed(kind, code if kind == "slip" else f"{person_id}:{code}")


class AlreadyIn(RuleBroken):
    kind = "conflict"
    words = "Người này đã có mật khẩu. Nếu quên, anh/chị đọc mã đặt lại mật khẩu; phiếu chỉ dành cho lần đầu."


def make_first_slip(actor: queries.Actor, person_id: UUID, levels: Iterable[int], form_id: str = "") -> str:
    """A slip made by an officer: only for somebody who has not been in yet, and for a role holder only from one level
    up. Raises `AlreadyIn`, `ResetOneLevelUp`, `CodeSpent`."""
    if not may_help(actor, person_id, levels):
        raise ResetOneLevelUp()
    account = db.session.get_one(Account, person_id)
    if account.password_hash is not None:
        raise AlreadyIn()
    return make_slip(actor.person_id, person_id, form_id)


def make_first_slips(
    actor: queries.Actor, people: Iterable[UUID], levels: Iterable[int], form_id: str
) -> dict[UUID, str]:
    """Slips for those of these people who may have one from this officer: who has come in meanwhile, or holds a role,
    gets none."""
    levels, slips = list(levels), dict[UUID, str]()
    for person in people:
        with contextlib.suppress(AlreadyIn, ResetOneLevelUp, CodeSpent):
            slips[person] = make_first_slip(actor, person, levels, form_id)
    return slips


def make_reset(actor: queries.Actor | None, person_id: UUID, levels: Iterable[int], form_id: str = "") -> str:
    """Six digits that an officer reads out: 15 minutes, once. `levels`: how many levels above the person's unit the
    actor's roles stand. Without an actor it is the command line's. A form that is sent twice has one code. Raises
    `ResetOneLevelUp`, `CodeSpent`."""
    if actor is not None and (actor.person_id == person_id or not may_help(actor, person_id, levels)):
        raise ResetOneLevelUp()
    by = actor.person_id if actor else None
    code = derived_code("reset", by, person_id, form_id) if form_id else chance.digits(6)
    _issue("reset", code, person_id, by, rules.RESET_LIFE)
    return code


def may_help(actor: queries.Actor, person_id: UUID, levels: Iterable[int]) -> bool:
    """Whether the actor may let this person in: a role holder from one level above every unit where they hold one."""
    today = clock.today()
    held = queries.roles_of(person_id, today)
    above = [queries.levels_above(actor, role.unit_id, today) for role in held]
    return all(rules.may_reset(found, True) for found in above) if held else rules.may_reset(levels, False)


def _issue(kind: str, code: str, person_id: UUID, by: UUID | None, life: timedelta) -> None:
    """Keep a code for its time, as its hash alone; older ones of its kind end. The same code once more changes nothing.
    Raises `CodeSpent` where that one has been used or has ended meanwhile."""
    hold(person_id)
    now, hashed = clock.now(), hash_of(kind, person_id, code)
    present = db.session.scalars(sa.select(Activation).where(Activation.code_hash == hashed)).first()
    if present is None:
        end_codes(person_id, kind)
        made = Activation(code_hash=hashed, kind=kind, person_id=person_id, made_by=by, made=now, ends=now + life)
        db.session.add(made)
        db.session.flush()
        audit.line(by, f"{kind}.make", "person", person_id)
        for watcher in reset_watchers if kind == "reset" else ():
            watcher(person_id, made.id)
    elif present.used_at is not None or present.ends <= now:
        raise CodeSpent()


def end_codes(person_id: UUID, *kinds: str) -> None:
    """Codes that nobody has used are good for nothing from now on; without kinds, of every kind. They are remembered
    for a day, so that a page sent again does not bring one back."""
    now = clock.now()
    unused = sa.update(Activation).where(
        Activation.person_id == person_id, Activation.used_at.is_(None), Activation.ends > now
    )
    db.session.execute((unused.where(Activation.kind.in_(kinds)) if kinds else unused).values(ends=now))


class AccountThere(RuleBroken):
    kind = "closed"
    words = (
        "Anh/chị đã có tài khoản. Anh/chị đăng nhập bằng mã đoàn viên trên phiếu và mật khẩu đang dùng; "
        "nếu quên, nhờ BCH đọc mã đặt lại mật khẩu."
    )


def person_of_slip(code: str) -> UUID | None:
    """Whom this unused slip lets in, the one whose other name it was made for included; None for any other code. Raises
    `AccountThere` where that one has been in already, or holds a role: another's slip opens no account of theirs."""
    owner = db.session.scalar(
        sa.select(Activation.person_id).where(
            Activation.code_hash == keyed("slip", tidy_code(code)),
            Activation.kind == "slip",
            Activation.used_at.is_(None),
            Activation.ends > clock.now(),
        )
    )
    person = queries.stays_of(owner) if owner else None
    if person != owner and person and not _waits(person):
        raise AccountThere()
    return person


def _waits(person_id: UUID) -> bool:
    """Whether nobody has set a password here yet, and no role is held: then a slip of another name will do."""
    account = db.session.get_one(Account, person_id)
    return account.password_hash is None and not queries.roles_of(person_id, clock.today())


def _slips_for(person_id: UUID) -> list[UUID]:
    """For whom slips were made that let this person in."""
    return [person_id, *queries.gone_into(person_id)] if _waits(person_id) else [person_id]


def tidy_code(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())


def use_code(kind: str, code: str, person_id: UUID, password_hash: str) -> None:
    """Set the password by a code, which is used up by one conditional statement; every session ends. Where there was a
    password before, the person is told until they say that they know. Raises `CodeUsed` for a code that is wrong, used
    or too old."""
    hold(person_id)
    hashed = hash_of(kind, person_id, tidy_code(code) if kind == "slip" else code)
    now = clock.now()
    first = kind == "slip" and db.session.get_one(Account, person_id).password_hash is None
    used = db.session.execute(
        sa.update(Activation)
        .where(
            Activation.code_hash == hashed,
            Activation.person_id.in_(_slips_for(person_id) if kind == "slip" else [person_id]),
            Activation.used_at.is_(None),
            Activation.ends > now,
        )
        .values(used_at=now, acknowledged_at=now if first else None)
    )
    if not affected(used):
        raise CodeUsed()
    _set_password(person_id, password_hash)
    audit.line(person_id, f"{kind}.use", "person", person_id)


def change_password(person_id: UUID, password_hash: str) -> None:
    _set_password(person_id, password_hash)
    audit.line(person_id, "password.change", "person", person_id)


def _set_password(person_id: UUID, password_hash: str) -> None:
    db.session.execute(
        sa.update(Account)
        .where(Account.person_id == person_id)
        .values(password_hash=password_hash, changed_at=clock.now())
    )
    end_sessions(person_id)
    end_codes(person_id)


def acknowledge_reset(person_id: UUID) -> None:
    db.session.execute(
        sa.update(Activation)
        .where(Activation.person_id == person_id, Activation.used_at.is_not(None), Activation.acknowledged_at.is_(None))
        .values(acknowledged_at=clock.now())
    )
