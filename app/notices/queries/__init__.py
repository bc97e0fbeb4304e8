"""A person's inbox, and whether and where they want mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.rules import role_words
from app.accounts.rules.consents import DIGEST_MAIL
from app.db import db
from app.notices import rules
from app.notices.models import Notice
from app.notices.rules import Place
from app.refusal import NotThere
from app.units import queries as units
from app.web.pager import Page, within

LINES = 20


@dataclass(frozen=True)
class Line:
    """A notice as it is read: what, why it came, where it leads."""

    id: int
    words: str
    why: str
    place: Place
    at: datetime
    read: bool


@dataclass(frozen=True)
class Inbox:
    """`newest` is the number of the last line there is: marking all as read goes so far."""

    lines: Page[Line]
    unread: int
    newest: int


def unread(person_id: UUID) -> int:
    mine = sa.select(sa.func.count()).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return db.session.scalar(mine) or 0


def inbox(person_id: UUID, number: int) -> Inbox:
    """The person's lines: unread ones first, the newest first."""
    mine = Notice.person_id == person_id
    total, newest = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(Notice.id), 0)).where(mine)
    ).one()
    number = within(number, LINES, total)
    ordered = sa.select(Notice).where(mine).order_by(Notice.read_at.is_not(None), Notice.id.desc())
    rows = db.session.scalars(ordered.offset((number - 1) * LINES).limit(LINES)).all()
    return Inbox(Page(lines(rows), number, LINES, total), unread(person_id), newest)


def place_of(person_id: UUID, notice_id: int) -> Place:
    """Where one of the person's lines leads; raises `NotThere`."""
    found = db.session.get(Notice, notice_id)
    if found is None or found.person_id != person_id:
        raise NotThere()
    return rules.place(found.kind, found.facts)


def lines(rows: Sequence[Notice], mailed: bool = False) -> list[Line]:
    """The lines in words; `mailed`: as a mail says them, without anybody's name."""
    names = accounts.person_names({UUID(row.facts["reader"]) for row in rows if "reader" in row.facts and not mailed})
    places = units.names({row.facts["unit"] for row in rows if "unit" in row.facts}, clock.today())
    return [_line(row, names, places, mailed) for row in rows]


def _line(row: Notice, names: dict[UUID, str], places: dict[int, units.UnitRow], mailed: bool) -> Line:
    facts: dict[str, Any] = dict(row.facts)
    if "unit" in facts:
        facts["unit"] = places[facts["unit"]].short if facts["unit"] in places else "đơn vị cũ"
    if "reader" in facts:
        facts["reader"] = names.get(UUID(facts["reader"]), "Cán bộ công đoàn")
    if "role" in facts:
        facts["role"] = role_words(facts["role"], facts["duty"])
    if "since" in facts:
        facts["since"] = clock.short_date(date.fromisoformat(facts["since"]))
    said = rules.KINDS[row.kind]
    words = rules.words(row.kind, facts, mailed)
    return Line(row.id, words, said.why, rules.place(row.kind, row.facts), row.at, row.read_at is not None)


def address_of(person_id: UUID) -> str | None:
    """The person's e-mail address; the first where there are several."""
    return next((name for kind, name in accounts.names_of(person_id) if kind == "email"), None)


def wants_mail(person_id: UUID) -> bool:
    return accounts.consented(person_id, DIGEST_MAIL)
