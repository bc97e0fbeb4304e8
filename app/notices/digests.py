"""The mail of a day: whom it is for, what is in it, and sending it once.

A row of `digest` is the mail of one person on one day. It is taken (`sending`, committed) before the server is called,
so no two runners send it; where nobody knows whether the server took it (`unsure`) it is not sent again. Its lines
then count as not mailed and come with the next day's: nothing is lost, and no day has two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from app import audit, clock
from app.accounts import queries as accounts
from app.accounts.models import Person, SignInName
from app.accounts.queries import agrees
from app.accounts.rules import role_words
from app.accounts.rules.consents import DIGEST_MAIL
from app.config import MailServer, Settings
from app.db import affected, db, insert, writing
from app.notices import mail, queries, rules, stopping
from app.notices.models import Digest, Notice
from app.records import queries as records
from app.units import queries as units

MOST = 20  # mails a round: the runner has other work
UNMAILED = sa.and_(Notice.read_at.is_(None), Notice.mailed_at.is_(None))


@dataclass(frozen=True)
class Item:
    """A line of the mail: what, why it came, where it leads."""

    words: str
    why: str
    url: str


def send_due() -> int:
    """Send what is to be sent now; returns how many mails the server took. Nothing without a server in the settings."""
    server = _settings().mail
    if server is None or clock.local(clock.now()).hour < rules.MORNING:
        return 0
    begin_day(clock.today())
    return _send_some(server)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


# --- whom it is for -----------------------------------------------------------------------------------------------


def begin_day(day: date) -> None:
    """Everybody who has agreed and has something new gets a mail of this day; what was left of days before is given
    up, its lines are in this one."""
    people = [person for person in _agreed(day) if _has_news(person, day)]
    now = clock.now()
    old = sa.and_(Digest.state == "waiting", Digest.day < day)
    dead = sa.and_(Digest.state == "sending", Digest.at < now - rules.SILENT)
    with writing() as session:
        session.execute(sa.update(Digest).where(old).values(state="dropped", at=now))
        session.execute(sa.update(Digest).where(dead).values(state="unsure", at=now))
        for person in people:
            fresh = insert(Digest).values(person_id=person, day=day, state="waiting", tries=0, not_before=now, at=now)
            session.execute(fresh.on_conflict_do_nothing())


def _agreed(day: date) -> Sequence[UUID]:
    """Who wants mail, can get it, and has none of this day yet."""
    return db.session.scalars(
        sa.select(Person.id)
        .where(Person.state == "active", agrees(Person.id, DIGEST_MAIL))
        .where(sa.exists().where(SignInName.person_id == Person.id, SignInName.kind == "email"))
        .where(~sa.exists().where(Digest.person_id == Person.id, Digest.day == day))
        .order_by(Person.id)
    ).all()


def _has_news(person: UUID, day: date) -> bool:
    """Something unread that no mail has told, or a record that has come for review since the last mail."""
    if db.session.scalar(sa.select(sa.exists().where(Notice.person_id == person, UNMAILED))):
        return True
    since = _last_sent(person)
    came = [waiting.newest for _, waiting in _waiting(person, day) if waiting.newest]
    return any(since is None or newest > since for newest in came)


def _last_sent(person: UUID) -> datetime | None:
    last = sa.select(Digest.at).where(Digest.person_id == person, Digest.state == "sent")
    return db.session.scalars(last.order_by(Digest.day.desc()).limit(1)).first()


def _waiting(person: UUID, day: date) -> list[tuple[units.UnitRow, records.Waiting]]:
    """What waits for the person's review, by unit."""
    actor = accounts.actor_for(person)
    held = units.names(set(actor.units_as("officer")), day).values()
    found = ((unit, records.waiting_for(actor, unit.id)) for unit in held if unit.reviews)
    return [(unit, waiting) for unit, waiting in found if waiting.number]


# --- what is in it ------------------------------------------------------------------------------------------------


def items(person: UUID, notices: Sequence[Notice], day: date) -> list[Item]:
    """The lines: numbers that wait for an officer, then what is unread, the newest first. No other person's name."""
    waiting = [_numbers(person, unit, found) for unit, found in _waiting(person, day)]
    return waiting + [
        Item(line.words, line.why, url(line.place.endpoint, line.place.anchor, **line.place.values))
        for line in queries.lines(notices, mailed=True)
    ]


def _numbers(person: UUID, unit: units.UnitRow, waiting: records.Waiting) -> Item:
    since = f", phiếu sớm nhất gửi {clock.long_date(waiting.oldest)}" if waiting.oldest else ""
    duty = next(role for role in accounts.roles_of(person, clock.today()) if role.unit_id == unit.id)
    why = f"anh/chị là {role_words(duty.name, duty.duty)} của {unit.short}"
    return Item(f"{unit.short}: {waiting.number} phiếu chờ BCH xem{since}", why, url("records.queue", code=unit.code))


def url(endpoint: str, anchor: str | None = None, **values: object) -> str:
    """A page's whole address, made outside any request."""
    path = current_app.url_map.bind("site").build(endpoint, values)
    return _settings().public_url + path + (f"#{anchor}" if anchor else "")


def unmailed(person: UUID) -> Sequence[Notice]:
    return db.session.scalars(
        sa.select(Notice).where(Notice.person_id == person, UNMAILED).order_by(Notice.id.desc()).limit(queries.LINES)
    ).all()


# --- sending it once ----------------------------------------------------------------------------------------------


def _send_some(server: MailServer) -> int:
    """One after the other; where nobody answers, the round is over, so that a server that is away is asked once."""
    sent = 0
    for person, day in _due():
        outcome = _send(server, person, day)
        sent += outcome == "sent"
        if outcome == "away":
            break
    return sent


def _due() -> list[tuple[UUID, date]]:
    waiting = sa.and_(Digest.state == "waiting", Digest.not_before <= clock.now())
    order = (Digest.not_before, Digest.person_id)
    rows = db.session.execute(sa.select(Digest.person_id, Digest.day).where(waiting).order_by(*order).limit(MOST))
    return [(person, day) for person, day in rows]


def _send(server: MailServer, person: UUID, day: date) -> str:
    if not _take(person, day):
        return "taken"
    to, notices = queries.address_of(person), unmailed(person)
    ids = [notice.id for notice in notices]
    told = items(person, notices, day)
    if not to or not told or not queries.wants_mail(person):
        return _settle(person, day, "dropped", [])
    try:
        made = _mail(server, person, to, told, day)
        db.session.rollback()  # no transaction stays open while the network is waited for
        outcome = mail.send(server, made, to)
    except mail.NO_ADDRESS:
        outcome = "refused"
    return _settle(person, day, outcome, ids)


def _take(person: UUID, day: date) -> bool:
    mine = sa.and_(Digest.person_id == person, Digest.day == day, Digest.state == "waiting")
    with writing() as session:
        taken = sa.update(Digest).where(mine).values(state="sending", tries=Digest.tries + 1, at=clock.now())
        return bool(affected(session.execute(taken)))


def _settle(person: UUID, day: date, outcome: str, ids: Sequence[int]) -> str:
    """What became of it. One that was not taken waits, longer each time."""
    now = clock.now()
    again = outcome in ("later", "away")
    with writing() as session:
        digest = session.get_one(Digest, (person, day))
        digest.state, digest.at = "waiting" if again else outcome, now
        if again:
            digest.not_before = now + rules.pause(digest.tries)
        if outcome == "sent":
            session.execute(sa.update(Notice).where(Notice.id.in_(ids)).values(mailed_at=now))
        audit.line(None, f"digest.{outcome}", "person", person, lines=len(ids))
    return outcome


def _mail(server: MailServer, person: UUID, to: str, told: Sequence[Item], day: date) -> EmailMessage:
    stop = url("notices.stop", token=stopping.token_of(person))
    called = accounts.actor_for(person).called
    said = {"called": called, "items": told, "inbox": url("notices.inbox"), "stop": stop}
    drawn = current_app.jinja_env.get_template
    plain, html = (drawn(f"notices/digest.{kind}").render(said) for kind in ("txt", "html"))
    subject = f"Làm Theo: {len(told)} việc mới, {clock.long_date(day)}"
    return mail.message(server, to, subject, plain, html, f"{day}.{person.hex}", stop)
