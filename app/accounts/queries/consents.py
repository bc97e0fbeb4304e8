"""What a person has agreed to, or not."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import Consent
from app.accounts.rules import consents as rules
from app.accounts.rules.consents import Purpose, Wording
from app.db import db


def consented(person_id: UUID, purpose: Purpose) -> bool:
    """Whether the person has said yes to this purpose, in words that still mean the same, and not withdrawn it."""
    row = standing_answer(person_id, purpose)
    return row is not None and rules.holds(purpose, row.agreed, row.text_version)


def consenting(people: set[UUID], purpose: Purpose) -> set[UUID]:
    """Those of these people who have: for lists."""
    found = sa.select(Consent.person_id).where(Consent.person_id.in_(people), _holding(purpose))
    return set(db.session.scalars(found))


def agrees(person: sa.ColumnElement[UUID] | InstrumentedAttribute[UUID], purpose: Purpose) -> sa.Exists:
    """Whether whoever stands in this column has: for a query."""
    return sa.exists().where(Consent.person_id == person, _holding(purpose))


def _holding(purpose: Purpose) -> sa.ColumnElement[bool]:
    open_yes = sa.and_(Consent.purpose == purpose.name, Consent.ended_at.is_(None), Consent.agreed)
    return sa.and_(open_yes, Consent.text_version >= purpose.holds_from)


def is_unasked(person_id: UUID, purpose: Purpose) -> bool:
    """Whether the person is to be asked at the moment at which the purpose is needed."""
    row = standing_answer(person_id, purpose)
    return row is None or rules.asks_again(purpose, row.agreed, row.text_version)


def standing_answer(person_id: UUID, purpose: Purpose) -> Consent | None:
    """The answer that holds now, with whichever text."""
    return db.session.scalars(
        sa.select(Consent).where(
            Consent.person_id == person_id, Consent.purpose == purpose.name, Consent.ended_at.is_(None)
        )
    ).first()


@dataclass(frozen=True)
class ConsentLine:
    """A purpose as it stands for a person: `answer` is yes, no, or None where it is to be asked; `text` is what the
    answer was given to, else what is asked."""

    purpose: Purpose
    answer: bool | None
    at: datetime | None
    text: Wording


def consents_of(person_id: UUID) -> list[ConsentLine]:
    found = sa.select(Consent).where(Consent.person_id == person_id, Consent.ended_at.is_(None))
    rows = {row.purpose: row for row in db.session.scalars(found)}
    return [_line(purpose, rows.get(purpose.name)) for purpose in rules.PURPOSES]


def _line(purpose: Purpose, row: Consent | None) -> ConsentLine:
    if row is None or rules.asks_again(purpose, row.agreed, row.text_version):
        return ConsentLine(purpose, None, None, purpose.text)
    return ConsentLine(purpose, row.agreed, row.at, purpose.texts[row.text_version - 1])
