"""A change tried out: done in a transaction that is taken back, so that the preview shows what would really be."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app import chance
from app.db import db, writing
from app.organisation.actions import changes
from app.organisation.actions.changes import Asked
from app.organisation.queries import changes as queries
from app.organisation.queries.changes import Balance
from app.organisation.rules.changes import Concerned, told
from app.units.models import Unit


class _Back(Exception):
    """Takes the transaction back."""


@dataclass(frozen=True)
class Preview:
    """What the change would do: a balance, and in words. `mark` tells two such answers apart."""

    balance: Balance
    told: list[str]

    @property
    def mark(self) -> str:
        return hashlib.sha256(repr((self.balance, self.told)).encode()).hexdigest()[:16]


def rehearse(by: UUID, top: int, ids: Sequence[int], asked: Asked, about: Concerned) -> Preview:
    """Raises what the change itself would raise."""
    found: list[Preview] = []
    try:
        with writing():
            found.append(_tried(by, top, ids, asked, about))
            raise _Back
    except _Back:
        return found[0]


def _tried(by: UUID, top: int, ids: Sequence[int], asked: Asked, about: Concerned) -> Preview:
    before = queries.side(top, set(ids), asked.on)
    changes.change(by, chance.row_id(), top, asked)
    fresh = list(db.session.scalars(sa.select(Unit.id).where(Unit.code == asked.code)))
    after = queries.side(top, {*ids, *fresh}, asked.on)
    return Preview(queries.balance(top, [*ids, *fresh], asked.on, before, after), told(asked.verb, about))
