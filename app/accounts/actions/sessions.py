"""Signing in and out, and how long a name rests after wrong passwords."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance, clock, text
from app.accounts import queries, rules
from app.accounts.models import (
    Account,
    Activation,
    KnownDevice,
    SignInDelay,
    SignInSession,
)
from app.accounts.passwords import keyed
from app.db import affected, db, insert
from app.refusal import NotThere, RuleBroken
from app.units.rules import read_member_code


class SignInRefused(RuleBroken):
    kind = "invalid"
    words = "Tên đăng nhập hoặc mật khẩu chưa đúng. Anh/chị xem lại, hoặc nhờ BCH đọc mã đặt lại mật khẩu."


class SignInRests(RuleBroken):
    kind = "too_many"
    words = "Nhập sai nhiều lần quá. Anh/chị chờ {wait} rồi thử lại, hoặc nhờ BCH đọc mã đặt lại mật khẩu."


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


def open_session(person_id: UUID, attempt: Attempt, device_words: str, before: str = "", shared: bool = False) -> str:
    """Sign the person in; returns the token for the cookie. The browser is known from now on, its counter is empty; one
    that others use too (`shared`) stays a stranger's. The person's session in this browser ends, and so does the one of
    the token that its cookie held `before`."""
    token = chance.token()
    now = clock.now()
    holds_role = bool(queries.roles_of(person_id, clock.today()))
    browser = keyed("device", attempt.device)
    forget_failures(attempt)
    _end_here(person_id, browser, before)
    if not shared:
        db.session.execute(
            insert(KnownDevice).values(device=browser, person_id=person_id, since=now).on_conflict_do_nothing()
        )
    db.session.add(
        SignInSession(
            id=queries.token_hash(token),
            person_id=person_id,
            made=now,
            seen=now,
            ends=rules.session_end(now, now, holds_role, shared),
            device=device_words,
            browser=browser,
            shared=shared,
        )
    )
    audit.line(person_id, "session.open", "person", person_id)
    return token


def _end_here(person_id: UUID, browser: str, token: str) -> None:
    same_browser = sa.and_(SignInSession.person_id == person_id, SignInSession.browser == browser)
    ended = db.session.scalars(
        sa.delete(SignInSession)
        .where(sa.or_(same_browser, SignInSession.id == queries.token_hash(token)))
        .returning(SignInSession.person_id)
    )
    for owner in ended.all():
        audit.line(owner, "session.end", "person", owner)


def touch_session(session_id: str, made: datetime, holds_role: bool, shared: bool = False) -> None:
    """Note that the session, begun at `made`, was used; one conditional UPDATE, at most once a minute."""
    now = clock.now()
    db.session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.seen < now - rules.TOUCH_EVERY, SignInSession.ends > now)
        .values(seen=now, ends=rules.session_end(made, now, holds_role, shared))
    )


def end_session(person_id: UUID, session_id: str) -> None:
    """End one of the person's own sessions. Raises `NotThere` for another's, and for one that has ended."""
    gone = db.session.execute(
        sa.delete(SignInSession).where(SignInSession.id == session_id, SignInSession.person_id == person_id)
    )
    if not affected(gone):
        raise NotThere()
    audit.line(person_id, "session.end", "person", person_id)


def end_sessions(person_id: UUID) -> None:
    db.session.execute(sa.delete(SignInSession).where(SignInSession.person_id == person_id))


def rehash(person_id: UUID, password_hash: str) -> None:
    db.session.execute(sa.update(Account).where(Account.person_id == person_id).values(password_hash=password_hash))


def read_name(typed: str) -> str:
    """What was typed in the one form in which it counts: all spellings of one telephone number are one name."""
    typed = text.same_secret(typed).strip()
    return read_member_code(typed) or rules.read_phone(typed) or rules.read_email(typed) or text.fold(typed)


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


def tidy() -> None:
    """Remove what has run out: sessions; after a day codes that were never used, and counters of names that rest no
    more."""
    now = clock.now()
    yesterday = now - timedelta(days=1)
    db.session.execute(sa.delete(SignInSession).where(SignInSession.ends < now))
    db.session.execute(sa.delete(Activation).where(Activation.used_at.is_(None), Activation.ends < yesterday))
    db.session.execute(sa.delete(SignInDelay).where(SignInDelay.not_before < yesterday))
