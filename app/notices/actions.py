"""Telling a person something, and what the person does about it. Each runs inside the caller's `writing()`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import actions as accounts
from app.accounts.rules.consents import DIGEST_MAIL
from app.db import affected, db, insert
from app.notices import queries
from app.notices.models import Notice
from app.notices.rules import KINDS
from app.refusal import NotThere, RuleBroken


class NoAddress(RuleBroken):
    kind = "conflict"
    words = "Công đoàn chưa có địa chỉ thư điện tử của anh/chị. Anh/chị báo BCH ghi vào danh sách, rồi bật ở đây."


def tell(person_id: UUID, kind: str, event: str, **facts: Any) -> None:
    """The person is told of this event, once. `facts` are ids, codes, dates and numbers; never names, never a text."""
    tell_all([person_id], kind, event, **facts)


AT_ONCE = 1_000


def tell_all(people: Sequence[UUID], kind: str, event: str, **facts: Any) -> None:
    """Each of these people is told of this event, once."""
    assert kind in KINDS, kind
    said = {"kind": kind, "event": event, "facts": facts, "at": clock.now()}
    for start in range(0, len(people), AT_ONCE):
        rows = [{"person_id": person_id} | said for person_id in people[start : start + AT_ONCE]]
        db.session.execute(insert(Notice).values(rows).on_conflict_do_nothing())


def read(person_id: UUID, notice_id: int) -> None:
    """The line is read; the first time stays. Raises `NotThere` for somebody else's."""
    mine = sa.and_(Notice.id == notice_id, Notice.person_id == person_id)
    first = sa.func.coalesce(Notice.read_at, clock.now())
    if not affected(db.session.execute(sa.update(Notice).where(mine).values(read_at=first))):
        raise NotThere()


def read_all(person_id: UUID, up_to: int) -> None:
    """Every line is read that the page showed or counted: what came after it stays unread."""
    unread = sa.and_(Notice.person_id == person_id, Notice.read_at.is_(None), Notice.id <= up_to)
    db.session.execute(sa.update(Notice).where(unread).values(read_at=clock.now()))


def choose_mail(person_id: UUID, wanted: bool) -> None:
    """Whether the person wants the daily mail. Raises `NoAddress` where there is nowhere to send it."""
    if wanted and not queries.address_of(person_id):
        raise NoAddress()
    (accounts.consent if wanted else accounts.withdraw_consent)(person_id, DIGEST_MAIL)
