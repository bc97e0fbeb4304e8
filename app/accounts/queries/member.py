"""One member, as the officers of exactly their unit see them; and who left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from app.accounts import rules
from app.accounts.models import Account, Exemption, Introduction, Membership, Person, Role, SignInName
from app.accounts.queries.actors import lasts, memberships_of
from app.accounts.queries.aliases import Alias, aliases_of
from app.audit import AuditLine
from app.db import db
from app.refusal import NotThere
from app.units import queries as units
from app.units.queries import UnitRow

State = Literal["here", "left", "moving", "moved"]


def last_place(person_id: UUID, unit_id: int) -> Membership | None:
    """The membership of this person in exactly this unit that is open, else the one that ended last."""
    mine = sa.select(Membership).where(Membership.person_id == person_id, Membership.unit_id == unit_id)
    latest = mine.order_by(Membership.until.is_not(None), Membership.until.desc(), Membership.id.desc())
    return db.session.scalars(latest.limit(1)).first()


@dataclass(frozen=True)
class Entry:
    """What a list says of a member; of several numbers the first is shown."""

    name: str
    address: str
    phones: Sequence[str]
    emails: Sequence[str]
    group: int | None
    own: str
    office: bool

    @property
    def phone(self) -> str:
        return self.phones[0] if self.phones else ""

    @property
    def email(self) -> str:
        return self.emails[0] if self.emails else ""


def entry_of(person_id: UUID, unit_id: int) -> Entry | None:
    """Of a member of exactly this unit; None for anybody else."""
    place = last_place(person_id, unit_id)
    person = db.session.get(Person, person_id)
    if place is None or place.until is not None or person is None:
        return None
    ways = ways_of(person_id)
    return Entry(
        name=person.name,
        address=person.address or "",
        phones=ways["phone"],
        emails=ways["email"],
        group=place.group_id,
        own=place.own_code or "",
        office=place.holds_office,
    )


def ways_of(person_id: UUID) -> dict[str, list[str]]:
    """The numbers and addresses by which somebody signs in, the oldest first."""
    found: dict[str, list[str]] = {"phone": [], "email": []}
    rows = sa.select(SignInName.kind, SignInName.folded).where(SignInName.person_id == person_id)
    for kind, folded in db.session.execute(rows.order_by(SignInName.id)):
        found.setdefault(kind, []).append(folded)
    return found


def has_been_in(person_id: UUID) -> bool:
    return bool(
        db.session.scalar(
            sa.select(Account.person_id).where(Account.person_id == person_id, Account.password_hash.is_not(None))
        )
    )


def left_lately(person_id: UUID, at: datetime) -> bool:
    """Whether a membership of theirs was ended within the last day, whatever date was written."""
    return _happened(person_id, "membership.close", at)


def added_lately(person_id: UUID, at: datetime) -> bool:
    return _happened(person_id, "person.add", at)


def _happened(person_id: UUID, verb: str, at: datetime) -> bool:
    lately = (AuditLine.subject == str(person_id), AuditLine.verb == verb, AuditLine.at > at - rules.UNDO_LIFE)
    return db.session.scalar(sa.select(AuditLine.id).where(*lately).limit(1)) is not None


# --- on the way ---------------------------------------------------------------------------------------------------

OPEN = sa.and_(Introduction.received_at.is_(None), Introduction.withdrawn_at.is_(None))


def open_introduction(person_id: UUID) -> Introduction | None:
    """The introduction with which somebody is on the way between two units."""
    return db.session.scalars(sa.select(Introduction).where(Introduction.person_id == person_id, OPEN)).first()


def last_introduction(person_id: UUID, unit_id: int) -> Introduction | None:
    """The last one that this unit gave them."""
    given = sa.select(Introduction).where(Introduction.person_id == person_id, Introduction.from_unit == unit_id)
    return db.session.scalars(given.order_by(Introduction.id.desc()).limit(1)).first()


def addressed(given: Introduction, day: date) -> int | None:
    """The unit that may receive by it, or what that one has become; None where any may: none was named, or the one that
    was has ended without a successor."""
    found = units.became(given.to_unit, day) if given.to_unit else None
    return found.id if found else None


@dataclass(frozen=True)
class OnTheWay:
    """Where somebody between two units comes from, since when, and where to if that is known."""

    since: date
    from_unit: UnitRow
    to_unit: UnitRow | None


def on_the_way(person_id: UUID, day: date) -> OnTheWay | None:
    given = open_introduction(person_id)
    if given is None or memberships_of(person_id, day):
        return None
    left = units.find(given.from_unit, given.since - timedelta(days=1))
    if left is None:
        return None
    return OnTheWay(given.since, left, units.became(given.to_unit, day) if given.to_unit else None)


@dataclass(frozen=True)
class Arriving:
    """Somebody whom this unit may receive."""

    code: str
    name: str
    member: str
    from_unit: str
    since: date


def arriving(unit_id: int, day: date, code: str = "") -> list[Arriving]:
    """Those introduced to this unit by name; with a code, the one who carries it, if this unit may receive them."""
    which: sa.ColumnElement[bool] = Introduction.to_unit.in_(units.stands_for(unit_id, day))
    if code:
        which = sa.and_(Introduction.code == code, Introduction.from_unit != unit_id)
    rows = db.session.execute(
        sa.select(Introduction, Person.name, sa.func.coalesce(SignInName.folded, ""))
        .join(Person, Person.id == Introduction.person_id)
        .outerjoin(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(OPEN, which)
        .order_by(Person.sort_key)
    ).all()
    return [
        Arriving(given.code, name, member, _left(given), given.since)
        for given, name, member in rows
        if not code or addressed(given, day) in (None, unit_id)
    ]


def _left(given: Introduction) -> str:
    """What the unit left was called then: it may have ended since."""
    found = units.find(given.from_unit, given.since - timedelta(days=1))
    return found.name if found else ""


# --- the page of one ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExemptionLine:
    """From which day to which day, both included."""

    since: date
    last: date


@dataclass(frozen=True)
class MemberPage:
    """`state`: a member (`here`), or one who `left`, is on the way to another unit (`moving`), or was received there
    (`moved`): of these last the unit sees no more than that. `undo`: leaving can be taken back."""

    unit: UnitRow
    person_id: UUID
    code: str
    name: str
    state: State
    since: date
    until: date | None
    entry: Entry | None = None
    group: UnitRow | None = None
    has_password: bool = False
    roles: list[str] = field(default_factory=list)
    holds_role: bool = False
    exemptions: list[ExemptionLine] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    undo: bool = False
    unadd: bool = False
    introduced: str = ""
    to_unit: UnitRow | None = None
    received: datetime | None = None


def member_page(unit: UnitRow, member_code: str, now: datetime, day: date) -> MemberPage:
    """Whoever is or was a member of exactly this unit, for `own_unit` pages only. Raises `NotThere`."""
    person, place = _found(unit.id, member_code)
    if place.until is None or place.until > day:
        return _here(unit, person, place, member_code, now, day)
    given = last_introduction(person.id, unit.id)
    given = given if given and given.withdrawn_at is None and given.since == place.until else None
    state: State = "left" if given is None else "moved" if given.received_at else "moving"
    nowhere = not memberships_of(person.id, day)
    return MemberPage(
        unit=unit,
        person_id=person.id,
        code=member_code,
        name=person.name,
        state=state,
        since=place.since,
        until=place.until,
        undo=state == "left" and nowhere and left_lately(person.id, now),
        introduced=given.code if given and state == "moving" else "",
        to_unit=units.became(given.to_unit, day) if given and given.to_unit else None,
        received=given.received_at if given else None,
    )


def _found(unit_id: int, member_code: str) -> tuple[Person, Membership]:
    person = db.session.scalars(
        sa.select(Person)
        .join(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(SignInName.folded == member_code, Person.state == "active")
    ).first()
    place = last_place(person.id, unit_id) if person else None
    if person is None or place is None:
        raise NotThere()
    return person, place


def person_here(unit_id: int, member_code: str) -> UUID:
    """Whoever is or was a member of exactly this unit. Raises `NotThere`."""
    return _found(unit_id, member_code)[0].id


def _here(unit: UnitRow, person: Person, place: Membership, code: str, now: datetime, day: date) -> MemberPage:
    held = db.session.execute(
        sa.select(Role.unit_id, Role.name, Role.duty).where(Role.person_id == person.id, lasts(Role, day))
    ).all()
    been_in = has_been_in(person.id)
    return MemberPage(
        unit=unit,
        person_id=person.id,
        code=code,
        name=person.name,
        state="here",
        since=place.since,
        until=None,
        entry=entry_of(person.id, unit.id),
        group=units.find(place.group_id, day) if place.group_id else None,
        has_password=been_in,
        roles=[rules.role_words(name, duty) for at, name, duty in held if at == unit.id],
        holds_role=bool(held),
        exemptions=_exemptions(person.id, unit.id, day),
        shared=_shared(person.id),
        aliases=[alias for alias in aliases_of(person.id) if alias.unit_id in units.stands_for(unit.id, day)],
        unadd=not been_in and not held and added_lately(person.id, now),
    )


def _exemptions(person_id: UUID, unit_id: int, day: date) -> list[ExemptionLine]:
    found = db.session.execute(
        sa.select(Exemption.since, Exemption.until)
        .where(Exemption.person_id == person_id, Exemption.unit_id == unit_id, Exemption.until > day)
        .order_by(Exemption.since)
    )
    return [ExemptionLine(since, until - timedelta(days=1)) for since, until in found]


def _shared(person_id: UUID) -> list[str]:
    """The numbers and addresses that somebody else gave as well: nobody signs in by them."""
    own = sa.select(SignInName.folded).where(SignInName.person_id == person_id, SignInName.kind != "code")
    others = (
        sa.select(SignInName.folded)
        .join(Person, Person.id == SignInName.person_id)
        .where(SignInName.folded.in_(own), SignInName.person_id != person_id, Person.state == "active")
    )
    return sorted(set(db.session.scalars(others)))
