"""Units and what is true of them from a day to a day: half-open Vietnam dates, [from, to)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Id, Model

OPEN = text("until is null")


class UnitKind(Model):
    """A kind of union body, as data. `reviews`: its committee reads its members' records; `reports`: it owes periodic
    reports; `counts_members`: memberships sit here; `federation`: it leads units."""

    __tablename__ = "unit_kind"
    slug: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[str]
    reviews: Mapped[bool]
    reports: Mapped[bool]
    counts_members: Mapped[bool]
    federation: Mapped[bool]


class Unit(Model):
    """A union body. Its code is unique, never reused, and answers with its successor after a merger."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("closed is null or closed > opened", name="dates"),)
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    opened: Mapped[date]
    closed: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    phone: Mapped[str | None]
    next_member: Mapped[int] = mapped_column(default=1)


class UnitName(Model):
    __tablename__ = "unit_name"
    __table_args__ = (
        Index(
            "uq_unit_name_open",
            "unit_id",
            unique=True,
            sqlite_where=text("until is null"),
            postgresql_where=text("until is null"),
        ),
        CheckConstraint("until is null or until > since", name="dates"),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str]
    short: Mapped[str]
    sort_key: Mapped[Code]
    since: Mapped[date]
    until: Mapped[date | None]


class UnitPlace(Model):
    """Where a unit stands: its parent (none for a root) and its kind."""

    __tablename__ = "unit_place"
    __table_args__ = (
        Index(
            "uq_unit_place_open",
            "unit_id",
            unique=True,
            sqlite_where=text("until is null"),
            postgresql_where=text("until is null"),
        ),
        CheckConstraint("until is null or until > since", name="dates"),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[Code] = mapped_column(ForeignKey("unit_kind.slug"))
    since: Mapped[date]
    until: Mapped[date | None]


class UnitPath(Model):
    """The closure of `unit_place`: every ancestor of a unit, itself at depth 0 among them. The only way to ask
    "below"; kept by the unit actions."""

    __tablename__ = "unit_path"
    __table_args__ = (
        Index("ix_unit_path_down", "ancestor_id", "until", "descendant_id"),
        Index("ix_unit_path_up", "descendant_id", "until"),
        CheckConstraint("until is null or until > since", name="dates"),
    )
    id: Mapped[Id]
    ancestor_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    descendant_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    depth: Mapped[int]
    since: Mapped[date]
    until: Mapped[date | None]


class Headcount(Model):
    """How many members and workers a unit stated for a day, for reports and for shares in contests."""

    __tablename__ = "headcount"
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    as_of: Mapped[date]
    members: Mapped[int]
    workers: Mapped[int]
    source: Mapped[str]
    by: Mapped[UUID | None]
    at: Mapped[datetime]


class UnitChange(Model):
    """A change of units that somebody made: opened, renamed, moved, merged, split, closed (`verb`). `code` is that of
    the unit that it is about, `at_unit` from where it was made, `on` the day from which it holds. `facts` are codes and
    counts; `journal` is what it changed, row by row, kept for a day, for taking it back."""

    __tablename__ = "unit_change"
    __table_args__ = (Index("ix_unit_change_made", "at_unit", "made"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    verb: Mapped[Code]
    code: Mapped[Code]
    at_unit: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    on: Mapped[date]
    by: Mapped[UUID]
    made: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    journal: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
