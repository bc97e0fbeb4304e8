"""What people are called, and what they type to sign in."""

from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Person, PersonAlias, SignInName
from app.accounts.queries.aliases import STANDS
from app.db import db


def persons_named(kind: str, folded: str) -> list[UUID]:
    """Those who sign in by this name; who is another name of somebody leads to them."""
    who = sa.func.coalesce(PersonAlias.stays, SignInName.person_id)
    return list(
        db.session.scalars(
            sa.select(Person.id)
            .distinct()
            .select_from(SignInName)
            .outerjoin(PersonAlias, sa.and_(PersonAlias.gone == SignInName.person_id, STANDS))
            .join(Person, Person.id == who)
            .where(SignInName.kind == kind, SignInName.folded == folded, Person.state == "active")
        )
    )


def names_of(person_id: UUID) -> list[tuple[str, str]]:
    """(kind, name) of each way in."""
    found = db.session.execute(
        sa.select(SignInName.kind, SignInName.folded).where(SignInName.person_id == person_id).order_by(SignInName.kind)
    )
    return [(kind, name) for kind, name in found]


def member_code_of(person_id: UUID) -> str | None:
    return db.session.scalar(
        sa.select(SignInName.folded).where(SignInName.person_id == person_id, SignInName.kind == "code")
    )


def is_unmarked(person_id: UUID) -> bool:
    """Whether a list gave this person's name without its tone marks, and they have not mended it yet."""
    return bool(db.session.scalar(sa.select(Person.name_unmarked).where(Person.id == person_id)))


def person_names(ids: set[UUID]) -> dict[UUID, str]:
    """Names for pages where the query that found the ids has already decided that they may be seen."""
    if not ids:
        return {}
    return {row[0]: row[1] for row in db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids)))}
