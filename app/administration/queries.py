"""Whether a federation has begun here."""

import sqlalchemy as sa

from app.accounts.models import Person
from app.db import db
from app.units.models import Unit


def has_begun() -> bool:
    """Whether there is a unit or a person: a federation, a demo, or what is left of one."""
    return any(db.session.scalar(sa.select(sa.exists(sa.select(model.id)))) for model in (Unit, Person))
