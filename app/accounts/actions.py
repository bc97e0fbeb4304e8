"""Persons, memberships, roles; activation, sign-in, sessions. Each runs inside the caller's `writing()`."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance, clock, text
from app.accounts import queries, rules
from app.accounts.models import (
    Account,
    Activation,
    KnownDevice,
    Membership,
    Person,
    Role,
    SignInDelay,
    SignInName,
    SignInSession,
)
from app.accounts.passwords import keyed
from app.db import affected, db, insert
from app.refusal import NotThere, RuleBroken
from app.units.actions import next_member_code
from app.units.models import Unit
from app.units.rules import read_member_code

# Context managers that go around every change of membership, role or exemption; upper floors add theirs at start
# (`app.create_app`), so that this slice need not know them.
watchers: list[Callable[[list[UUID]], AbstractContextManager[None]]] = []


@contextmanager
def standing_changes(*persons: UUID) -> Iterator[None]:
    with ExitStack() as stack:
        for watcher in watchers:
            stack.enter_context(watcher(list(persons)))
        yield


class AlreadyMember(RuleBroken):
    kind = "conflict"
    words = "Người này đang là đoàn viên của đơn vị."


class NameMalformed(RuleBroken):
    kind = "invalid"
    words = "Số điện thoại hoặc địa chỉ thư điện tử chưa đúng. Số điện thoại gồm 10 số, ví dụ 0900000118."


class OwnRole(RuleBroken):
    kind = "refused"
    words = "Không ai tự giao nhiệm vụ cho mình. Anh/chị nhờ công đoàn cấp trên."


class CodeUsed(RuleBroken):
    kind = "closed"
    words = "Mã này đã dùng hoặc đã hết hạn. Anh/chị nhờ BCH công đoàn nơi mình làm việc phát mã mới."


class SignInRefused(RuleBroken):
    kind = "invalid"
    words = "Tên đăng nhập hoặc mật khẩu chưa đúng. Anh/chị xem lại, hoặc nhờ BCH đọc mã đặt lại mật khẩu."


class SignInRests(RuleBroken):
    kind = "too_many"
    words = "Nhập sai nhiều lần quá. Anh/chị chờ {wait} rồi thử lại, hoặc nhờ BCH đọc mã đặt lại mật khẩu."


class ResetOneLevelUp(RuleBroken):
    kind = "refused"
    words = "Người này giữ nhiệm vụ trong công đoàn, nên mã đặt lại mật khẩu do công đoàn cấp trên đọc."


# --- persons, memberships, roles ----------------------------------------------------------------------------------


def add_person(
    by: UUID | None,
    name: str,
    address: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    person_id: UUID | None = None,
) -> Person:
    """A person who can be given a membership or a role. `name` is stored NFC, on one line; phone and e-mail address
    as they are looked up. Raises `NameMalformed`."""
    name = text.one_line(name)
    ways_in = [
        ("phone", rules.read_phone(phone) if phone else ""),
        ("email", rules.read_email(email) if email else ""),
    ]
    if any(folded is None for _, folded in ways_in):
        raise NameMalformed()
    person = Person(
        id=person_id or chance.row_id(),
        name=name,
        address=address,
        sort_key=text.name_key(name),
        search_key=text.fold(name),
        state="active",
    )
    db.session.add(person)
    db.session.flush()
    db.session.add(Account(person_id=person.id, password_hash=None, changed_at=clock.now()))
    for kind, folded in ways_in:
        if folded:
            db.session.add(SignInName(kind=kind, folded=folded, person_id=person.id))
    db.session.flush()
    audit.line(by, "person.add", "person", person.id)
    return person


def join(
    by: UUID | None, person: Person, unit: Unit, on: date, group: Unit | None = None, holds_office: bool = False
) -> str:
    """The person becomes a member of the unit; returns their member code, given out at the first membership.
    Raises `AlreadyMember`."""
    if unit.id in {held.unit_id for held in queries.memberships_of(person.id, on)}:
        raise AlreadyMember()
    with standing_changes(person.id):
        db.session.add(
            Membership(
                person_id=person.id,
                unit_id=unit.id,
                group_id=group.id if group else None,
                holds_office=holds_office,
                sort_key=person.sort_key,
                since=on,
            )
        )
    code = give_code(person.id, unit)
    audit.line(by, "membership.open", "person", person.id, unit=unit.code)
    return code


def give_code(person_id: UUID, unit: Unit) -> str:
    """The person's code, drawn from this unit where they have none yet; it stays theirs wherever they move."""
    code = queries.member_code_of(person_id)
    if code is None:
        code = next_member_code(unit)
        db.session.add(SignInName(kind="code", folded=code, person_id=person_id))
        db.session.flush()
    return code


def leave(by: UUID | None, person_id: UUID, unit: Unit, on: date) -> None:
    """The membership ends; the account and what the person wrote stay theirs."""
    open_ = db.session.scalars(
        sa.select(Membership).where(
            Membership.person_id == person_id, Membership.unit_id == unit.id, Membership.until.is_(None)
        )
    ).first()
    if open_ is None:
        raise NotThere()
    with standing_changes(person_id):
        if open_.since >= on:
            db.session.delete(open_)
        else:
            open_.until = on
    audit.line(by, "membership.close", "person", person_id, unit=unit.code)


def grant(
    by: UUID | None,
    person_id: UUID,
    unit: Unit,
    name: rules.RoleName,
    on: date,
    duty: str | None = None,
) -> None:
    """The person holds the role in the unit from the day on; all their sessions end. Raises `OwnRole`."""
    if by == person_id:
        raise OwnRole()
    held = db.session.scalars(
        sa.select(Role).where(
            Role.person_id == person_id, Role.unit_id == unit.id, Role.name == name, Role.until.is_(None)
        )
    ).first()
    with standing_changes(person_id):
        if held is None:
            db.session.add(Role(person_id=person_id, unit_id=unit.id, name=name, duty=duty, since=on, granted_by=by))
        else:
            held.duty = duty
    end_sessions(person_id)
    audit.line(by, "role.grant", "person", person_id, unit=unit.code, role=name, duty=duty)


def revoke(by: UUID | None, person_id: UUID, unit: Unit, name: rules.RoleName, on: date) -> None:
    """The role ends; the person's sessions are dead at once."""
    with standing_changes(person_id):
        db.session.execute(
            sa.update(Role)
            .where(Role.person_id == person_id, Role.unit_id == unit.id, Role.name == name, Role.until.is_(None))
            .values(until=on)
        )
    end_sessions(person_id)
    audit.line(by, "role.revoke", "person", person_id, unit=unit.code, role=name)


# --- getting in ---------------------------------------------------------------------------------------------------


def make_slip(by: UUID | None, person_id: UUID) -> str:
    """An activation code for the person's slip: sixteen letters and digits, 30 days, once. Older ones end."""
    _end_codes(person_id, "slip")
    code = chance.code(16)
    _add_code("slip", code, person_id, by, rules.ACTIVATION_LIFE)
    audit.line(by, "slip.make", "person", person_id)
    return code


class AlreadyIn(RuleBroken):
    kind = "conflict"
    words = "Người này đã có mật khẩu. Nếu quên, anh/chị đọc mã đặt lại mật khẩu; phiếu chỉ dành cho lần đầu."


def make_first_slip(actor: queries.Actor, person_id: UUID, levels: Iterable[int]) -> str:
    """A slip made by an officer: only for somebody who has not been in yet, and for a role holder only from one level
    up. Raises `AlreadyIn`, `ResetOneLevelUp`."""
    if not _may_help(actor, person_id, levels):
        raise ResetOneLevelUp()
    account = db.session.get_one(Account, person_id)
    if account.password_hash is not None:
        raise AlreadyIn()
    return make_slip(actor.person_id, person_id)


def make_reset(actor: queries.Actor | None, person_id: UUID, levels: Iterable[int]) -> str:
    """Six digits that an officer reads out: 15 minutes, once. `levels`: how many levels above the person's unit the
    actor's roles stand. Without an actor it is the command line's. Raises `ResetOneLevelUp`."""
    if actor is not None and (actor.person_id == person_id or not _may_help(actor, person_id, levels)):
        raise ResetOneLevelUp()
    _end_codes(person_id, "reset")
    code = chance.digits(6)
    by = actor.person_id if actor else None
    _add_code("reset", f"{person_id}:{code}", person_id, by, rules.RESET_LIFE)
    audit.line(by, "reset.make", "person", person_id)
    return code


def _may_help(actor: queries.Actor, person_id: UUID, levels: Iterable[int]) -> bool:
    """Whether the actor may let this person in: a role holder from one level above every unit where they hold one."""
    today = clock.today()
    held = queries.roles_of(person_id, today)
    above = [queries.levels_above(actor, role.unit_id, today) for role in held]
    return all(rules.may_reset(found, True) for found in above) if held else rules.may_reset(levels, False)


def _add_code(kind: str, code: str, person_id: UUID, by: UUID | None, life: timedelta) -> None:
    now = clock.now()
    db.session.add(
        Activation(code_hash=keyed(kind, code), kind=kind, person_id=person_id, made_by=by, made=now, ends=now + life)
    )
    db.session.flush()


def _end_codes(person_id: UUID, kind: str) -> None:
    db.session.execute(
        sa.delete(Activation).where(
            Activation.person_id == person_id, Activation.kind == kind, Activation.used_at.is_(None)
        )
    )


def person_of_slip(code: str) -> UUID | None:
    """Whose unused slip this is; None for any other code."""
    return db.session.scalar(
        sa.select(Activation.person_id).where(
            Activation.code_hash == keyed("slip", tidy_code(code)),
            Activation.kind == "slip",
            Activation.used_at.is_(None),
            Activation.ends > clock.now(),
        )
    )


def tidy_code(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())


def use_code(kind: str, code: str, person_id: UUID, password_hash: str) -> None:
    """Set the password by a code, which is used up by one conditional statement; every session ends. Raises
    `CodeUsed` for a code that is wrong, used or too old."""
    full = tidy_code(code) if kind == "slip" else f"{person_id}:{code}"
    used = db.session.execute(
        sa.update(Activation)
        .where(
            Activation.code_hash == keyed(kind, full),
            Activation.person_id == person_id,
            Activation.used_at.is_(None),
            Activation.ends > clock.now(),
        )
        .values(used_at=clock.now())
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


def acknowledge_reset(person_id: UUID) -> None:
    db.session.execute(
        sa.update(Activation)
        .where(Activation.person_id == person_id, Activation.kind == "reset", Activation.used_at.is_not(None))
        .values(acknowledged_at=clock.now())
    )


# --- sign-in ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attempt:
    """A try to sign in. `name_key` is the keyed hash of the name as typed; `device` the browser's own id."""

    name_key: str
    device: str


def counter(attempt: Attempt, person_id: UUID | None) -> str:
    """Which failures count together: a browser known for this person has its own, all others share one."""
    device = keyed("device", attempt.device)
    known = db.session.get(KnownDevice, (device, person_id)) if person_id else None
    return device if known else ""


def rests_for(attempt: Attempt, device: str) -> timedelta:
    """How much longer this name rests for this counter; zero if it may be tried."""
    row = db.session.get(SignInDelay, (attempt.name_key, device), populate_existing=True)
    return max(row.not_before - clock.now(), timedelta()) if row else timedelta()


def refuse_resting(attempt: Attempt, device: str) -> None:
    """Raises `SignInRests` while the name rests."""
    wait = rests_for(attempt, device)
    if wait:
        seconds = int(wait.total_seconds()) + 1
        raise SignInRests(wait=f"{seconds} giây" if seconds < 90 else f"{-(-seconds // 60)} phút")


def hold(person_id: UUID | None) -> None:
    """Tries for one person are decided one after the other: on PostgreSQL by a row lock, on SQLite the file lock has
    done it. So tries side by side gain nothing."""
    if person_id is not None:
        db.session.execute(sa.select(Account.person_id).where(Account.person_id == person_id).with_for_update())


def count_failure(attempt: Attempt, device: str) -> None:
    """One more wrong password in a row. Tries that ran beside each other are counted one by one."""
    counted = insert(SignInDelay).values(name=attempt.name_key, device=device, failures=1, not_before=clock.now())
    failures = db.session.scalar(
        counted.on_conflict_do_update(
            index_elements=["name", "device"], set_={"failures": SignInDelay.failures + 1}
        ).returning(SignInDelay.failures)
    )
    db.session.execute(
        sa.update(SignInDelay)
        .where(SignInDelay.name == attempt.name_key, SignInDelay.device == device)
        .values(not_before=clock.now() + rules.delay_after(failures or 0))
    )


def forget_failures(attempt: Attempt) -> None:
    """The right person has come: this browser's counter and the strangers' begin anew."""
    device = keyed("device", attempt.device)
    db.session.execute(
        sa.delete(SignInDelay).where(SignInDelay.name == attempt.name_key, SignInDelay.device.in_(("", device)))
    )


def open_session(person_id: UUID, attempt: Attempt, device_words: str) -> str:
    """Sign the person in; returns the token for the cookie. The browser is known from now on, its counter is empty."""
    token = chance.token()
    now = clock.now()
    holds_role = bool(queries.roles_of(person_id, clock.today()))
    device = keyed("device", attempt.device)
    forget_failures(attempt)
    db.session.execute(
        insert(KnownDevice).values(device=device, person_id=person_id, since=now).on_conflict_do_nothing()
    )
    db.session.add(
        SignInSession(
            id=queries.token_hash(token),
            person_id=person_id,
            made=now,
            seen=now,
            ends=rules.session_end(now, now, holds_role),
            device=device_words,
        )
    )
    audit.line(person_id, "session.open", "person", person_id)
    return token


def touch_session(session_id: str, holds_role: bool) -> None:
    """Note that the session was used; one conditional UPDATE, at most once a minute."""
    now = clock.now()
    made = db.session.scalar(sa.select(SignInSession.made).where(SignInSession.id == session_id))
    if made is not None:
        db.session.execute(
            sa.update(SignInSession)
            .where(SignInSession.id == session_id, SignInSession.seen < now - rules.TOUCH_EVERY)
            .values(seen=now, ends=rules.session_end(made, now, holds_role))
        )


def end_session(person_id: UUID, session_id: str) -> None:
    """End one of the person's own sessions; another's is not found."""
    gone = db.session.execute(
        sa.delete(SignInSession).where(SignInSession.id == session_id, SignInSession.person_id == person_id)
    )
    if affected(gone):
        audit.line(person_id, "session.end", "person", person_id)


def end_sessions(person_id: UUID) -> None:
    db.session.execute(sa.delete(SignInSession).where(SignInSession.person_id == person_id))


def rehash(person_id: UUID, password_hash: str) -> None:
    db.session.execute(sa.update(Account).where(Account.person_id == person_id).values(password_hash=password_hash))


def find_person(typed: str) -> UUID | None:
    """The one person who signs in by what was typed: a member code, a phone or an e-mail address. None where nobody
    does, or where two persons share it."""
    typed = text.same_secret(typed).strip()
    readings = (
        ("code", read_member_code(typed)),
        ("phone", rules.read_phone(typed)),
        ("email", rules.read_email(typed)),
    )
    for kind, folded in readings:
        if folded:
            found = queries.persons_named(kind, folded)
            return found[0] if len(found) == 1 else None
    return None
