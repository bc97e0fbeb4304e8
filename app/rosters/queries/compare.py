"""What a list is compared with: the members of its units, whose a code or number is, the tổ and units there are."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Container, Iterator, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Membership, Person, Role, SignInName
from app.accounts.queries import open_on
from app.db import db
from app.rosters.rules.matching import Around, Known, Stranger
from app.rosters.rules.unit_lists import KnownUnit
from app.units import queries as units
from app.units.models import Unit

HERE = Membership.until.is_(None)
AT_ONCE = 5_000  # values in one statement


def known(unit_ids: Collection[int]) -> list[Known]:
    """The members of these units, with what a list may say of them."""
    ways: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    for person, kind, folded in db.session.execute(
        sa.select(SignInName.person_id, SignInName.kind, SignInName.folded)
        .join(Membership, Membership.person_id == SignInName.person_id)
        .where(Membership.unit_id.in_(unit_ids), HERE)
    ):
        ways[person, kind].add(folded)
    rows = db.session.execute(
        sa.select(Person.id, Membership.unit_id, Person.name, Person.address, Membership.group_id, Membership.own_code)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.unit_id.in_(unit_ids), HERE)
        .order_by(Membership.sort_key, Person.id)
    )
    return [
        Known(
            person=person,
            unit=unit,
            name=name,
            code=min(ways[person, "code"], default=""),
            group=group,
            own=own or "",
            phones=frozenset(ways[person, "phone"]),
            emails=frozenset(ways[person, "email"]),
            address=address or "",
        )
        for person, unit, name, address, group, own in rows
    ]


def stamp(members: Sequence[Known]) -> str:
    """A word for what these members are; another one as soon as anything of it changes."""
    digest = hashlib.sha256()
    for one in sorted(members, key=lambda one: (one.person, one.unit)):
        facts = (one.person, one.unit, one.name, one.code, one.group, one.own, sorted(one.phones), sorted(one.emails))
        digest.update(repr((*facts, one.address)).encode())
    return digest.hexdigest()


def around(
    codes: Collection[str], phones: Collection[str], unit_ids: Collection[int], members: Container[UUID]
) -> Around:
    """Whose these codes and numbers are, the members of the units left out."""
    return Around(
        codes={code: found[0] for code, found in _strangers("code", codes, members).items()},
        phones=_strangers("phone", phones, members),
        unit_codes=frozenset(db.session.scalars(sa.select(Unit.code).where(Unit.id.in_(unit_ids)))),
    )


def _strangers(kind: str, folded: Collection[str], members: Container[UUID]) -> dict[str, list[Stranger]]:
    """By code or number. Members are left out here and not by the database: straight after a long list was loaded,
    PostgreSQL has not looked at the tables yet and would go through them once for each line."""
    holders = [
        (way, person)
        for part in _parts(sorted(folded))
        for way, person in db.session.execute(
            sa.select(SignInName.folded, SignInName.person_id).where(
                SignInName.kind == kind, SignInName.folded.in_(part)
            )
        )
        if person not in members
    ]
    persons = sorted({person for _, person in holders})
    names = {
        row.id: row.name
        for part in _parts(persons)
        for row in db.session.execute(
            sa.select(Person.id, Person.name).where(Person.id.in_(part), Person.state == "active")
        )
    }
    former = _former(persons)
    found: dict[str, list[Stranger]] = defaultdict(list)
    for way, person in holders:
        if person in names:
            found[way].append(Stranger(person, names[person], former.get(person)))
    return found


def _former(persons: Sequence[UUID]) -> dict[UUID, int]:
    """The last unit of those who belong to none now."""
    last: dict[UUID, int] = {}
    there: set[UUID] = set()
    for part in _parts(persons):
        rows = db.session.execute(
            sa.select(Membership.person_id, Membership.unit_id, Membership.until)
            .where(Membership.person_id.in_(part))
            .order_by(Membership.until, Membership.id)
        )
        for person, unit, until in rows:
            if until is None:
                there.add(person)
            last[person] = unit
    return {person: unit for person, unit in last.items() if person not in there}


def _parts(values: Sequence[object]) -> Iterator[Sequence[object]]:
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))


def units_at_and_below(unit_id: int, day: date) -> list[KnownUnit]:
    ids = set(db.session.scalars(units.below(unit_id, day)))
    return [
        KnownUnit(one.id, one.code, one.name, one.short, one.parent_id, one.kind)
        for one in units.names(ids, day).values()
    ]


def loadable_below(unit_id: int, day: date) -> list[units.UnitRow]:
    """The units below that count members."""
    return [units.UnitRow(**row._mapping) for row in db.session.execute(units.counting_below(unit_id, day))]


def only_officers(unit_ids: Collection[int], day: date) -> set[int]:
    """Those of the units that have no member but their officers: a level above may see these names, and no others."""
    officer = sa.exists().where(
        Role.person_id == Membership.person_id,
        Role.unit_id == Membership.unit_id,
        Role.name == "officer",
        open_on(Role, day),
    )
    others = set(
        db.session.scalars(
            sa.select(Membership.unit_id).where(Membership.unit_id.in_(unit_ids), HERE, ~officer).distinct()
        )
    )
    return set(unit_ids) - others
