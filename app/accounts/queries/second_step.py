"""Whether a second step is asked for at sign-in, and what became of it."""

from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.models import RecoveryCode, SecondStep
from app.accounts.rules.second_step import SETUP_LIFE
from app.db import db


def standing_step(person_id: UUID) -> SecondStep | None:
    """The second step that has not ended, confirmed or not."""
    standing = sa.select(SecondStep).where(SecondStep.person_id == person_id, SecondStep.ended_at.is_(None))
    return db.session.scalars(standing.execution_options(populate_existing=True)).first()


def has_second_step(person_id: UUID) -> bool:
    step = standing_step(person_id)
    return step is not None and step.confirmed_at is not None


def is_being_set_up(step: SecondStep | None) -> bool:
    """Whether its secret is still shown: it is new, and nobody has confirmed it."""
    return step is not None and step.confirmed_at is None and clock.now() < step.made + SETUP_LIFE


def with_second_step(people: set[UUID]) -> set[UUID]:
    """Those of these people who have one."""
    on = (SecondStep.ended_at.is_(None), SecondStep.confirmed_at.is_not(None))
    return set(db.session.scalars(sa.select(SecondStep.person_id).where(SecondStep.person_id.in_(people), *on)))


def recovery_left(step_id: UUID) -> int:
    """How many recovery codes can still be used."""
    left = sa.select(sa.func.count()).where(RecoveryCode.second_step_id == step_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(left) or 0


def unseen_end(person_id: UUID) -> SecondStep | None:
    """The second step that somebody else took off, until its person says that they know."""
    ended = (SecondStep.person_id == person_id, SecondStep.ended_at.is_not(None), SecondStep.seen_at.is_(None))
    newest = sa.select(SecondStep).where(*ended).order_by(SecondStep.ended_at.desc()).limit(1)
    return db.session.scalars(newest).first()
