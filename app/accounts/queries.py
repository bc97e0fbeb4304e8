"""Who somebody is, what they hold, and whom they may see."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import rules
from app.accounts.models import Account, Activation, Exemption, Membership, Person, Role, SignInName, SignInSession
from app.db import db
from app.refusal import NotThere
from app.units import queries as units
from app.units.models import UnitPath


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
    """A signed-in person with what they hold today. What flask-login calls the current user."""

    person_id: UUID
    name: str
    address: str | None
    session_id: str
    roles: tuple[RoleHeld, ...] = ()
    memberships: tuple[MembershipHeld, ...] = ()
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


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_session(token: str, at: datetime) -> Actor | None:
    """The person behind a session token; None where it was revoked, has ended, or the person is closed."""
    row = db.session.execute(
        sa.select(SignInSession.id, Person.id, Person.name, Person.address)
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.id == token_hash(token), SignInSession.ends > at, Person.state == "active")
    ).first()
    if row is None:
        return None
    return actor(row[1], row[2], row[3], row[0], clock.local(at).date())


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


def persons_named(kind: str, folded: str) -> list[UUID]:
    return list(
        db.session.scalars(
            sa.select(SignInName.person_id)
            .join(Person, Person.id == SignInName.person_id)
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


# --- what an actor may reach --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """A unit that an actor may look at, and how: `names` only where the role is held in exactly this unit."""

    unit: units.UnitRow
    names: bool


def reach(actor: Actor, code: str, *roles: str) -> Reach:
    """The unit of this code, if the actor holds one of `roles` in it or above it today. Raises `NotThere`, the same
    for a unit that does not exist and for one that is not the actor's."""
    unit = units.by_code(code, clock.today())
    if unit is None or not reaches(actor, unit.id, *roles):
        raise NotThere()
    return Reach(unit, unit.id in actor.units_as(*roles))


def reaches(actor: Actor, unit_id: int, *roles: str) -> bool:
    """Whether the actor holds one of `roles` in this unit or above it today."""
    held = actor.units_as(*roles)
    above = sa.select(UnitPath.ancestor_id).where(
        UnitPath.descendant_id == unit_id, units.on(UnitPath, clock.today()), UnitPath.ancestor_id.in_(held)
    )
    return bool(held) and db.session.scalar(above.limit(1)) is not None


def own_unit(actor: Actor, code: str, *roles: str) -> units.UnitRow:
    """The unit of this code, if one of `roles` is held in exactly this unit. Raises `NotThere`."""
    found = reach(actor, code, *roles)
    if not found.names:
        raise NotThere()
    return found.unit


def levels_above(actor: Actor, unit_id: int, day: date) -> list[int]:
    """How many levels above this unit the actor's officer and admin roles stand; 0 is the unit itself."""
    held = actor.units_as("officer", "admin")
    return list(
        db.session.scalars(
            sa.select(UnitPath.depth).where(
                UnitPath.descendant_id == unit_id, UnitPath.ancestor_id.in_(held), units.on(UnitPath, day)
            )
        )
    )


@dataclass(frozen=True)
class Officer:
    """Somebody who holds `officer` in a unit: these names may be seen from above and by the unit's own members."""

    person_id: UUID
    name: str
    address: str | None
    duty: str
    conflict: bool

    @property
    def called(self) -> str:
        return called(self.name, self.address)

    @property
    def duty_words(self) -> str:
        return rules.DUTY_WORDS[self.duty]


def officers_of(unit_id: int, day: date) -> list[Officer]:
    """The officers of exactly this unit, the chair first."""
    found = db.session.execute(
        sa.select(Person.id, Person.name, Person.address, Role.duty, Role.conflict)
        .join(Role, Role.person_id == Person.id)
        .where(Role.unit_id == unit_id, Role.name == "officer", Person.state == "active", open_on(Role, day))
        .order_by(Person.sort_key)
    )
    return sorted(
        (Officer(*row[:3], row[3] or "committee", row[4]) for row in found),
        key=lambda officer: rules.DUTIES.index(officer.duty),
    )


def is_officer_anywhere(person_id: UUID, day: date) -> bool:
    return (
        db.session.scalar(
            sa.select(Role.id).where(Role.person_id == person_id, Role.name == "officer", open_on(Role, day)).limit(1)
        )
        is not None
    )


def is_exempt(person_id: UUID, unit_id: int, day: date) -> bool:
    return (
        db.session.scalar(
            sa.select(Exemption.id)
            .where(
                Exemption.person_id == person_id,
                Exemption.unit_id == unit_id,
                Exemption.since <= day,
                Exemption.until > day,
            )
            .limit(1)
        )
        is not None
    )


@dataclass(frozen=True)
class MemberRow:
    """A member in the list of their own unit."""

    person_id: UUID
    name: str
    address: str | None
    code: str
    group_id: int | None
    holds_role: bool
    has_password: bool


def members(unit_id: int, day: date, offset: int = 0, limit: int = 1000) -> list[MemberRow]:
    """The members of exactly this unit, by Vietnamese name. For `own_unit` pages only."""
    found = db.session.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.address,
            SignInName.folded,
            Membership.group_id,
            sa.exists().where(Role.person_id == Person.id, open_on(Role, day)).label("holds_role"),
            sa.exists().where(Account.person_id == Person.id, Account.password_hash.is_not(None)).label("in"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(Membership.unit_id == unit_id, open_on(Membership, day))
        .order_by(Membership.sort_key, Person.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        MemberRow(p, name, address, code or "", group, role, inside)
        for p, name, address, code, group, role, inside in found
    ]


def member_of_unit(unit_id: int, member_code: str, day: date) -> Person:
    """The member of exactly this unit with this code. Raises `NotThere`."""
    found = db.session.scalars(
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(Membership.unit_id == unit_id, SignInName.folded == member_code, open_on(Membership, day))
    ).first()
    if found is None:
        raise NotThere()
    return found


def headcount_of(unit_id: int, day: date) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Membership)
            .where(Membership.unit_id == unit_id, open_on(Membership, day))
        )
        or 0
    )


def not_in_yet(unit_id: int, day: date) -> int:
    """How many members of exactly this unit have no password yet."""
    inside = sa.exists().where(Account.person_id == Membership.person_id, Account.password_hash.is_not(None))
    outside = sa.select(sa.func.count()).select_from(Membership)
    return db.session.scalar(outside.where(Membership.unit_id == unit_id, open_on(Membership, day), ~inside)) or 0


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
    """The last password reset that this person has not yet acknowledged."""
    return db.session.scalars(
        sa.select(Activation)
        .where(
            Activation.person_id == person_id,
            Activation.kind == "reset",
            Activation.used_at.is_not(None),
            Activation.acknowledged_at.is_(None),
        )
        .order_by(Activation.used_at.desc())
        .limit(1)
    ).first()


def person_names(ids: set[UUID]) -> dict[UUID, str]:
    """Names for pages where the query that found the ids has already decided that they may be seen."""
    if not ids:
        return {}
    return {row[0]: row[1] for row in db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids)))}
