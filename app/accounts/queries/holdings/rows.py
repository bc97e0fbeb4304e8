"""Rows that bear their person's id."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.db import db


def own(model: Any, person: UUID, *order: Any) -> list[Any]:
    """The rows of a table that are this person's, in this order."""
    return list(db.session.scalars(sa.select(model).where(model.person_id == person).order_by(*order)))
