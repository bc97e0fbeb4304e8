"""Codes for many people, one after the other: what was given in a sitting is told again, and kept nowhere.

The page carries which button was pressed for whom; the code follows from that and from who pressed it. So nobody is
told a code that another gave, nor one that was never given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

import sqlalchemy as sa

from app import clock
from app.accounts import queries
from app.accounts.actions.codes import derived_code, hash_of
from app.accounts.models import Activation
from app.accounts.queries import MemberRow
from app.db import db

AT_MOST = 200  # in one sitting


@dataclass(frozen=True)
class Given:
    """A button that gives a code: of which kind, to the member with which code, in which form."""

    kind: str
    member: str
    form_id: str

    @classmethod
    def read(cls, written: str) -> Self | None:
        """As the page carries it; None for anything else."""
        kind, _, rest = written.partition(".")
        member, _, form_id = rest.partition(".")
        whole = kind in ("slip", "reset") and member and 16 <= len(form_id) <= 64
        return cls(kind, member, form_id) if whole else None

    def __str__(self) -> str:
        return f"{self.kind}.{self.member}.{self.form_id}"


@dataclass(frozen=True)
class GivenCode:
    """A code that was given, to whom, and what has become of it: it `waits`, was `used`, or is `over`."""

    given: Given
    member: MemberRow
    code: str
    until: datetime
    state: str

    @property
    def grouped(self) -> str:
        """As it is read aloud and copied: `123 456`, `ABCD-EFGH-JKMN-PQRS`."""
        step, between = (4, "-") if self.given.kind == "slip" else (3, " ")
        return between.join(self.code[at : at + step] for at in range(0, len(self.code), step))


def given_codes(actor: queries.Actor, unit_id: int, sitting: Sequence[Given], day: date) -> list[GivenCode]:
    """What this actor has given in a sitting to members of this unit, in the order of `sitting`."""
    people = queries.members_coded(unit_id, {given.member for given in sitting}, day)
    told = [(given, people[given.member]) for given in sitting[:AT_MOST] if given.member in people]
    codes = {given: derived_code(given.kind, actor.person_id, who.person_id, given.form_id) for given, who in told}
    hashes = {given: hash_of(given.kind, who.person_id, codes[given]) for given, who in told}
    rows = _kept(set(hashes.values()))
    return [
        GivenCode(given, who, codes[given], row.ends, _state(row))
        for given, who in told
        if (row := rows.get(hashes[given])) and row.made_by == actor.person_id
    ]


def _kept(hashes: set[str]) -> dict[str, Activation]:
    found = db.session.scalars(sa.select(Activation).where(Activation.code_hash.in_(hashes)))
    return {row.code_hash: row for row in found}


def _state(row: Activation) -> str:
    return "used" if row.used_at else "waits" if row.ends > clock.now() else "over"
