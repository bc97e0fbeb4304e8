"""Who is another name of whom."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Account, Person, PersonAlias, SignInName
from app.db import db

STANDS = PersonAlias.undone_at.is_(None)


def stays_of(person_id: UUID) -> UUID:
    """Who this person is now: the one whose other name they are, else themselves."""
    return db.session.scalar(sa.select(PersonAlias.stays).where(PersonAlias.gone == person_id, STANDS)) or person_id


def gone_into(person_id: UUID) -> list[UUID]:
    """The persons who are other names of this one."""
    found = sa.select(PersonAlias.gone).where(PersonAlias.stays == person_id, STANDS).order_by(PersonAlias.id)
    return list(db.session.scalars(found))


@dataclass(frozen=True)
class Alias:
    """Another name of a person: under which code it was, and since when it is theirs. `has_password`: whoever it was
    has been in, so that there may be something they wrote."""

    person_id: UUID
    unit_id: int
    code: str
    name: str
    made: datetime
    has_password: bool


def aliases_of(person_id: UUID) -> list[Alias]:
    code = sa.and_(SignInName.person_id == PersonAlias.gone, SignInName.kind == "code")
    used = sa.exists().where(Account.person_id == PersonAlias.gone, Account.password_hash.is_not(None))
    found = db.session.execute(
        sa.select(
            PersonAlias.gone,
            PersonAlias.unit_id,
            sa.func.coalesce(SignInName.folded, ""),
            Person.name,
            PersonAlias.made,
            used,
        )
        .join(Person, Person.id == PersonAlias.gone)
        .outerjoin(SignInName, code)
        .where(PersonAlias.stays == person_id, STANDS)
        .order_by(PersonAlias.id)
    )
    return [Alias(*row) for row in found]
