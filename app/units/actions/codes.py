"""Member codes of a unit: each number is used up, and never given out again."""

import sqlalchemy as sa

from app.db import db
from app.refusal import NotThere
from app.units import rules
from app.units.models import Unit


def next_member_code(unit: Unit) -> str:
    """The next member code of this unit; the number is used up by one conditional statement."""
    number = db.session.scalar(
        sa.update(Unit).where(Unit.id == unit.id).values(next_member=Unit.next_member + 1).returning(Unit.next_member)
    )
    assert number is not None
    return rules.member_code(unit.code, int(number) - 1)


def next_member_codes(unit_id: int, how_many: int) -> list[str]:
    """So many member codes of this unit in a row, drawn in one statement. Raises `NotThere` where there is no such
    unit."""
    drawn = db.session.execute(
        sa.update(Unit)
        .where(Unit.id == unit_id)
        .values(next_member=Unit.next_member + how_many)
        .returning(Unit.code, Unit.next_member)
    ).first()
    if drawn is None:
        raise NotThere()
    return [rules.member_code(drawn.code, number) for number in range(drawn.next_member - how_many, drawn.next_member)]
