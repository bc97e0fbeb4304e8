"""Sessions, and codes that set a password."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Activation, SignInSession
from app.db import db


def sessions_of(person_id: UUID, at: datetime) -> list[SignInSession]:
    return list(
        db.session.scalars(
            sa.select(SignInSession)
            .where(SignInSession.person_id == person_id, SignInSession.ends > at)
            .order_by(SignInSession.seen.desc())
        )
    )


def session_lives(session_id: str, at: datetime) -> bool:
    """Whether this session, by its id, can still be used: neither ended nor run out."""
    lives = sa.select(SignInSession.id).where(SignInSession.id == session_id, SignInSession.ends > at)
    return db.session.scalar(lives) is not None


def unseen_reset(person_id: UUID) -> Activation | None:
    """The last code that replaced this person's password and that they have not yet acknowledged."""
    return db.session.scalars(
        sa.select(Activation)
        .where(
            Activation.person_id == person_id,
            Activation.used_at.is_not(None),
            Activation.acknowledged_at.is_(None),
        )
        .order_by(Activation.used_at.desc())
        .limit(1)
    ).first()


def code_ends(person_id: UUID, kind: str) -> datetime | None:
    """Until when this person can use the code they were given; None where there is none."""
    return db.session.scalar(
        sa.select(sa.func.max(Activation.ends)).where(
            Activation.person_id == person_id, Activation.kind == kind, Activation.used_at.is_(None)
        )
    )
