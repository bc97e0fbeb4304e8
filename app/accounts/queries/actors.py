"""Who somebody is and what they hold on a day."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.models import Membership, Person, Role, SignInSession
from app.db import db


@dataclass(frozen=True)
class RoleHeld:
    unit_id: int
    name: str
    duty: str | None


@dataclass(frozen=True)
class MembershipHeld:
    unit_id: int
    group_id: int | None
    holds_office: bool


@dataclass(frozen=True)
class Actor:
    """A signed-in person with what they hold today. What flask-login calls the current user. `shared`: on a machine
    that others use too, which keeps nothing."""

    person_id: UUID
    name: str
    address: str | None
    session_id: str
    roles: tuple[RoleHeld, ...] = ()
    memberships: tuple[MembershipHeld, ...] = ()
    shared: bool = False
    is_authenticated: bool = field(default=True, repr=False)
    is_active: bool = field(default=True, repr=False)
    is_anonymous: bool = field(default=False, repr=False)

    def get_id(self) -> str:
        return self.session_id

    def holds(self, *names: str) -> bool:
        return any(role.name in names for role in self.roles)

    def units_as(self, *names: str) -> frozenset[int]:
        """The units in which one of these roles is held, exactly these, nothing below them."""
        return frozenset(role.unit_id for role in self.roles if role.name in names)

    @property
    def member_of(self) -> frozenset[int]:
        return frozenset(held.unit_id for held in self.memberships)

    @property
    def called(self) -> str:
        """`chị Hòa`, or `anh/chị Hòa` where the form of address is unknown."""
        return called(self.name, self.address)


def called(name: str, address: str | None) -> str:
    return f"{address or 'anh/chị'} {name.split()[-1] if name else ''}".strip()


def open_on(table: Any, day: date) -> sa.ColumnElement[bool]:
    return sa.and_(table.since <= day, sa.or_(table.until.is_(None), table.until > day))


def lasts(table: Any, day: date) -> sa.ColumnElement[bool]:
    """Whether a dated row holds on this day or will later; one that ends as it begins never does."""
    return sa.or_(table.until.is_(None), sa.and_(table.until > day, table.until > table.since))


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_session(token: str, at: datetime) -> Actor | None:
    """The person behind a session token; None where it was revoked, has ended, or the person is closed."""
    row = db.session.execute(
        sa.select(SignInSession.id, Person.id, Person.name, Person.address, SignInSession.shared)
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.id == token_hash(token), SignInSession.ends > at, Person.state == "active")
    ).first()
    if row is None:
        return None
    found = actor(row[1], row[2], row[3], row[0], clock.local(at).date())
    return replace(found, shared=row[4])


def actor(person_id: UUID, name: str, address: str | None, session_id: str, day: date) -> Actor:
    return Actor(person_id, name, address, session_id, roles_of(person_id, day), memberships_of(person_id, day))


def actor_for(person_id: UUID) -> Actor:
    """The person as an actor without a session: for commands and jobs that act for somebody."""
    person = db.session.get_one(Person, person_id)
    return actor(person.id, person.name, person.address, "", clock.today())


def roles_of(person_id: UUID, day: date) -> tuple[RoleHeld, ...]:
    found = db.session.execute(
        sa.select(Role.unit_id, Role.name, Role.duty)
        .where(Role.person_id == person_id, open_on(Role, day))
        .order_by(Role.unit_id, Role.name)
    )
    return tuple(RoleHeld(*row) for row in found)


def memberships_of(person_id: UUID, day: date) -> tuple[MembershipHeld, ...]:
    found = db.session.execute(
        sa.select(Membership.unit_id, Membership.group_id, Membership.holds_office)
        .where(Membership.person_id == person_id, open_on(Membership, day))
        .order_by(Membership.id)
    )
    return tuple(MembershipHeld(*row) for row in found)
