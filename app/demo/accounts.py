"""The accounts that `make run` prints."""

import sqlalchemy as sa

from app.accounts.models import Person, SignInName
from app.db import db
from app.demo import people

SHOWN = (
    ("đoàn viên", people.MEMBER),
    ("ủy viên BCH CĐCS", people.OFFICER),
    ("Chủ tịch CĐCS", people.CHAIR),
    ("cán bộ LĐLĐ quận", people.FEDERATION_OFFICER),
    ("quản trị", people.ADMIN),
)


def lines() -> list[str]:
    """One line for each demo account: role, name, member code; and the password they share."""
    names = [name for _, (name, _) in SHOWN]
    rows = db.session.execute(
        sa.select(Person.name, SignInName.folded)
        .join(SignInName, SignInName.person_id == Person.id)
        .where(Person.name.in_(names), SignInName.kind == "code")
    )
    codes = {row.name: row.folded for row in rows}
    shown = [f"  {codes.get(name, '-'):<14} {name:<22} {role}" for role, (name, _) in SHOWN]
    return ["Demo accounts (everybody is invented):", *shown, f"  password of each: {people.PASSWORD}"]
