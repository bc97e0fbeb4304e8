"""Saying yes or no to a purpose, and taking a yes back. Answers are never overwritten: they are the proof."""

from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.accounts import queries
from app.accounts.actions.sessions import hold
from app.accounts.models import Consent
from app.accounts.rules.consents import Purpose
from app.db import affected, db


def consent(person_id: UUID, purpose: Purpose) -> None:
    """Yes to the present text. The same answer again changes nothing."""
    _answer(person_id, purpose, agreed=True)


def refuse_consent(person_id: UUID, purpose: Purpose) -> None:
    """No; it is kept so that nobody asks again."""
    _answer(person_id, purpose, agreed=False)


def withdraw_consent(person_id: UUID, purpose: Purpose) -> None:
    """What was agreed to holds no longer from now on. Nothing happens where nothing was agreed to."""
    hold(person_id)
    present = queries.standing_answer(person_id, purpose)
    if present is not None and present.agreed:
        _answer(person_id, purpose, agreed=False)


def _answer(person_id: UUID, purpose: Purpose, agreed: bool) -> None:
    hold(person_id)
    present = queries.standing_answer(person_id, purpose)
    if present is not None and (present.agreed, present.text_version) == (agreed, purpose.version):
        return
    now = clock.now()
    open_rows = (Consent.person_id == person_id, Consent.purpose == purpose.name, Consent.ended_at.is_(None))
    ended = affected(db.session.execute(sa.update(Consent).where(*open_rows).values(ended_at=now)))
    db.session.add(
        Consent(person_id=person_id, purpose=purpose.name, text_version=purpose.version, agreed=agreed, at=now)
    )
    verb = "consent.give" if agreed else "consent.withdraw" if ended else "consent.refuse"
    audit.line(person_id, verb, "person", person_id, purpose=purpose.name, version=purpose.version)
