"""Many people at once, as a list brings them: each table gets one statement, whatever the length of the list.

Nothing here counts what changes for the units' totals: whoever calls goes around it once with `standing_changes`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock, text
from app.accounts.models import Account, Activation, Membership, Person, Role, SignInName
from app.db import Rows, db, insert
from app.units.actions import next_member_codes

PERSON = cast(sa.Table, Person.__table__)
WAY_IN = cast(sa.Table, SignInName.__table__)
MEMBERSHIP = cast(sa.Table, Membership.__table__)
membership = MEMBERSHIP.c


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom a list brings into a unit. `joins`: as a member; `duty`: as an officer. `unmarked`: the name lacks
    its tone marks. Phone and address are as they are looked up."""

    person_id: UUID
    name: str
    unit: int
    phone: str = ""
    email: str = ""
    address: str = ""
    own_code: str = ""
    unmarked: bool = False
    joins: bool = True
    duty: str | None = None

    @cached_property
    def sort_key(self) -> str:
        return text.name_key(self.name)

    @cached_property
    def search_key(self) -> str:
        return text.fold(self.name)


def draw_codes(people: Iterable[Newcomer]) -> dict[UUID, str]:
    """A member code for each, in the caller's `writing()`. Whatever becomes of the list, they are used up: so they may
    be drawn before it is loaded."""
    by_unit: dict[int, list[UUID]] = defaultdict(list)
    for one in people:
        by_unit[one.unit].append(one.person_id)
    return {
        person: code
        for unit, ids in sorted(by_unit.items())
        for person, code in zip(ids, next_member_codes(unit, len(ids)), strict=True)
    }


@dataclass(frozen=True)
class Arrivals:
    """Newcomers whose rows are ready but for their places: in which tổ they are may be known only once it is opened."""

    people: Sequence[Newcomer]
    before: Sequence[Rows]
    after: Sequence[Rows]


def arrivals(by: UUID, people: Sequence[Newcomer], on: date, codes: Mapping[UUID, str]) -> Arrivals:
    """What makes the people persons with accounts and codes, and officers where they have a duty, made ready."""
    now = clock.now()
    ids = [one.person_id for one in people]
    return Arrivals(
        tuple(people),
        before=[
            Rows(Person, [_person(one) for one in people]),
            Rows(Account, [{"person_id": one, "password_hash": None, "changed_at": now} for one in ids]),
            Rows(SignInName, _ways_in(people, codes)),
        ],
        after=[
            Rows(Role, [_role(one, on, by) for one in people if one.duty]),
            audit.ready_lines(by, "person.add", "person", ids),
            *_joined(by, [one for one in people if one.joins]),
        ],
    )


def bring_in(arriving: Arrivals, on: date, groups: Mapping[UUID, int]) -> None:
    """The people are there, each with a place from the day on; `groups` says in which tổ."""
    for rows in arriving.before:
        rows.insert()
    _insert(Membership, [_place(one, on, groups.get(one.person_id)) for one in arriving.people if one.joins])
    for rows in arriving.after:
        rows.insert()


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    Rows(model, rows).insert()


def _person(one: Newcomer) -> dict[str, Any]:
    return {
        "id": one.person_id,
        "name": one.name,
        "address": one.address or None,
        "sort_key": one.sort_key,
        "search_key": one.search_key,
        "state": "active",
        "name_unmarked": one.unmarked,
    }


def _ways_in(people: Sequence[Newcomer], codes: Mapping[UUID, str]) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "folded": way, "person_id": one.person_id}
        for one in people
        for kind, way in (("code", codes[one.person_id]), ("phone", one.phone), ("email", one.email))
        if way
    ]


def _place(one: Newcomer, on: date, group: int | None) -> dict[str, Any]:
    return {
        "person_id": one.person_id,
        "unit_id": one.unit,
        "group_id": group,
        "holds_office": False,
        "own_code": one.own_code or None,
        "sort_key": one.sort_key,
        "since": on,
    }


def _role(one: Newcomer, on: date, by: UUID) -> dict[str, Any]:
    return {
        "person_id": one.person_id,
        "unit_id": one.unit,
        "name": "officer",
        "duty": one.duty,
        "conflict": False,
        "since": on,
        "granted_by": by,
    }


def _joined(by: UUID, people: Iterable[Newcomer]) -> list[Rows]:
    by_unit: dict[int, list[UUID]] = defaultdict(list)
    for one in people:
        by_unit[one.unit].append(one.person_id)
    return [audit.ready_lines(by, "membership.open", "person", ids, unit_id=unit) for unit, ids in by_unit.items()]


def bring_back(by: UUID, people: Mapping[UUID, int], on: date, groups: Mapping[UUID, int]) -> None:
    """Persons who had left are members of the unit again."""
    keys = _sort_keys(list(people))
    rows = [
        {
            "person_id": one,
            "unit_id": unit,
            "group_id": groups.get(one),
            "holds_office": False,
            "own_code": None,
            "sort_key": keys[one],
            "since": on,
        }
        for one, unit in people.items()
    ]
    _insert(Membership, rows)
    for unit in set(people.values()):
        audit.lines(by, "membership.open", "person", [one for one, at in people.items() if at == unit], unit_id=unit)


def _sort_keys(people: Sequence[UUID]) -> dict[UUID, str]:
    found = db.session.execute(sa.select(PERSON.c.id, PERSON.c.sort_key).where(PERSON.c.id.in_(people)))
    return {row.id: row.sort_key for row in found}


@dataclass(frozen=True)
class Correction:
    """What becomes otherwise for a member of a unit: field → (before, after), of `name`, `phone`, `email`, `address`,
    `group`, `own` and `office`. A phone or e-mail address that was '' before is one more; one that is '' after goes."""

    person_id: UUID
    unit: int
    changes: Mapping[str, tuple[Any, Any]]
    unmarked: bool = False


def correct(by: UUID | None, corrections: Sequence[Correction]) -> None:
    """Apply them all, field by field."""
    _rename(_with(corrections, "name"))
    for kind in ("phone", "email"):
        _replace_ways(kind, _with(corrections, kind))
    _readdress([(one.person_id, one.changes["address"][1]) for one in _with(corrections, "address")])
    for field, column in (("group", "group_id"), ("own", "own_code"), ("office", "holds_office")):
        _set_here(column, [(one.person_id, one.unit, one.changes[field][1]) for one in _with(corrections, field)])
    for fields in {tuple(sorted(one.changes)) for one in corrections}:
        same = [one.person_id for one in corrections if tuple(sorted(one.changes)) == fields]
        audit.lines(by, "person.correct", "person", same, fields=list(fields))


def _with(corrections: Iterable[Correction], field: str) -> list[Correction]:
    return [one for one in corrections if field in one.changes]


def _rename(corrections: Sequence[Correction]) -> None:
    rows = [
        {
            "who": one.person_id,
            "called": one.changes["name"][1],
            "key": text.name_key(one.changes["name"][1]),
            "searched": text.fold(one.changes["name"][1]),
            "unmarked": one.unmarked,
        }
        for one in corrections
    ]
    if not rows:
        return
    bind = sa.bindparam
    db.session.connection().execute(
        sa.update(PERSON)
        .where(PERSON.c.id == bind("who"))
        .values(name=bind("called"), sort_key=bind("key"), search_key=bind("searched"), name_unmarked=bind("unmarked")),
        rows,
    )
    db.session.connection().execute(
        sa.update(MEMBERSHIP).where(membership.person_id == bind("who")).values(sort_key=bind("key")),
        [{"who": row["who"], "key": row["key"]} for row in rows],
    )


def _replace_ways(kind: str, corrections: Sequence[Correction]) -> None:
    gone = [{"who": one.person_id, "way": before} for one in corrections if (before := one.changes[kind][0])]
    if gone:
        which = (WAY_IN.c.person_id == sa.bindparam("who"), WAY_IN.c.folded == sa.bindparam("way"))
        db.session.connection().execute(sa.delete(WAY_IN).where(WAY_IN.c.kind == kind, *which), gone)
    fresh = [
        {"kind": kind, "folded": after, "person_id": one.person_id}
        for one in corrections
        if (after := one.changes[kind][1])
    ]
    if fresh:
        db.session.execute(insert(WAY_IN).on_conflict_do_nothing(), fresh)


def _readdress(rows: list[tuple[UUID, str]]) -> None:
    if rows:
        db.session.connection().execute(
            sa.update(PERSON).where(PERSON.c.id == sa.bindparam("who")).values(address=sa.bindparam("what")),
            [{"who": who, "what": what or None} for who, what in rows],
        )


def _set_here(column: str, rows: list[tuple[UUID, int, Any]]) -> None:
    if rows:
        db.session.connection().execute(
            sa.update(MEMBERSHIP)
            .where(
                membership.person_id == sa.bindparam("who"),
                membership.unit_id == sa.bindparam("at"),
                membership.until.is_(None),
            )
            .values({column: sa.bindparam("what")}),
            [{"who": who, "at": at, "what": None if what == "" else what} for who, at, what in rows],
        )


def let_go(by: UUID, people: Sequence[UUID], unit: int, on: date) -> None:
    """The memberships end on the day; one that began on it goes."""
    mine = (membership.person_id.in_(people), membership.unit_id == unit, membership.until.is_(None))
    db.session.execute(sa.delete(MEMBERSHIP).where(*mine, membership.since >= on))
    db.session.execute(sa.update(MEMBERSHIP).where(*mine).values(until=on))
    audit.lines(by, "membership.close", "person", people, unit_id=unit)


@dataclass(frozen=True)
class Place:
    """A membership as it was before `let_go`."""

    person_id: UUID
    unit: int
    since: date
    group: int | None = None
    own_code: str | None = None
    holds_office: bool = False


def take_back(by: UUID, places: Sequence[Place], left_on: date) -> None:
    """Undo `let_go`: the memberships go on as if they had not ended."""
    ended = [one for one in places if one.since < left_on]
    for unit in {one.unit for one in ended}:
        people = [one.person_id for one in ended if one.unit == unit]
        mine = (membership.person_id.in_(people), membership.unit_id == unit, membership.until == left_on)
        db.session.execute(sa.update(MEMBERSHIP).where(*mine).values(until=None))
    gone = [one for one in places if one.since >= left_on]
    keys = _sort_keys([one.person_id for one in gone])
    rows = [
        {
            "person_id": one.person_id,
            "unit_id": one.unit,
            "group_id": one.group,
            "own_code": one.own_code,
            "holds_office": one.holds_office,
            "sort_key": keys[one.person_id],
            "since": one.since,
        }
        for one in gone
    ]
    _insert(Membership, rows)
    audit.lines(by, "membership.reopen", "person", [one.person_id for one in places])


def end_places(by: UUID, people: Mapping[UUID, int], since: date) -> None:
    """Undo `bring_back`: the memberships opened on that day are gone."""
    for unit in set(people.values()):
        ids = [one for one, at in people.items() if at == unit]
        db.session.execute(
            sa.delete(MEMBERSHIP).where(
                membership.person_id.in_(ids), membership.unit_id == unit, membership.since == since
            )
        )
        audit.lines(by, "membership.unopen", "person", ids, unit_id=unit)


def take_out(by: UUID, people: Sequence[UUID], since: date) -> None:
    """Undo `bring_in` of that day: the persons are gone, as if they had never been. Only what the list itself brought
    is removed; where anything else hangs on one of them, the database refuses (`IntegrityError`) and all of it stays.
    Their codes are not given out again."""
    role, activation, account = (cast(sa.Table, model.__table__) for model in (Role, Activation, Account))
    for table, column, ours in (
        (activation, activation.c.person_id, activation.c.used_at.is_(None)),
        (role, role.c.person_id, sa.and_(role.c.granted_by == by, role.c.since == since)),
        (MEMBERSHIP, membership.person_id, sa.and_(membership.since == since, membership.until.is_(None))),
        (WAY_IN, WAY_IN.c.person_id, sa.true()),
        (account, account.c.person_id, account.c.password_hash.is_(None)),
        (PERSON, PERSON.c.id, sa.true()),
    ):
        db.session.execute(sa.delete(table).where(column.in_(people), ours))
    audit.lines(by, "person.unadd", "person", people)
