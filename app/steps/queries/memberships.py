"""Memberships with what decides what is asked of their members."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Exemption, Membership, Role
from app.accounts.queries import open_on


def memberships(which: sa.ColumnElement[bool], day: date) -> sa.Select[UUID, int, bool, bool, bool]:
    """The memberships of the day that `which`, a condition on `Membership`, admits."""
    return sa.select(
        Membership.person_id.label("person"),
        Membership.unit_id.label("unit"),
        Membership.holds_office.label("office"),
        leads(day).label("officer"),
        _is_exempt(day).label("exempt"),
    ).where(which, open_on(Membership, day))


def leads(day: date) -> sa.Exists:
    """Whether the member is an officer anywhere; it looks at the membership of the query around it, however deep."""
    role = (Role.person_id == Membership.person_id, Role.name == "officer", open_on(Role, day))
    return sa.exists(sa.select(Role.id).where(*role).correlate(Membership))


def _is_exempt(day: date) -> sa.Exists:
    return sa.exists().where(
        Exemption.person_id == Membership.person_id,
        Exemption.unit_id == Membership.unit_id,
        Exemption.since <= day,
        Exemption.until > day,
    )
