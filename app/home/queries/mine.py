"""`/toi`: what is held about me."""

from dataclasses import dataclass
from datetime import datetime

from app import clock
from app.accounts import queries as accounts
from app.accounts import rules as account_rules
from app.accounts.models import Person
from app.accounts.queries import Actor
from app.accounts.rules.consents import DIGEST_MAIL, Purpose
from app.db import db
from app.notices import queries as notices
from app.records import queries as records
from app.units import queries as units


@dataclass(frozen=True)
class SessionLine:
    id: str
    device: str
    made: datetime
    seen: datetime
    this: bool


@dataclass(frozen=True)
class RoleLine:
    words: str
    unit: str
    duty: str


@dataclass(frozen=True)
class Mine:
    """What the product knows of me, who has read my texts, and who can open them today."""

    person: Person
    code: str
    names: list[tuple[str, str]]
    corrections: list[accounts.CorrectionLine]
    units: list[str]
    roles: list[RoleLine]
    sessions: list[SessionLine]
    readings: list[records.ReadingLine]
    readers: list[records.RecordReaders]
    mailed: bool
    ask_mail: Purpose | None

    @property
    def email(self) -> bool:
        return any(kind == "email" for kind, _ in self.names)

    second_step: bool

    @property
    def ways(self) -> set[str]:
        """The kinds of sign-in names that there are, beside the member code."""
        return {kind for kind, _ in self.names}


def mine(actor: Actor) -> Mine:
    today, now = clock.today(), clock.now()
    held = {membership.unit_id for membership in actor.memberships} | {role.unit_id for role in actor.roles}
    named = units.names(held, today)
    return Mine(
        person=db.session.get_one(Person, actor.person_id),
        code=accounts.member_code_of(actor.person_id) or "",
        names=[(kind, name) for kind, name in accounts.names_of(actor.person_id) if kind != "code"],
        corrections=accounts.corrections_of(actor.person_id),
        units=[named[membership.unit_id].name for membership in actor.memberships if membership.unit_id in named],
        roles=[
            RoleLine(
                account_rules.ROLE_WORDS[role.name],
                named[role.unit_id].name if role.unit_id in named else "",
                account_rules.DUTY_WORDS.get(role.duty or "", ""),
            )
            for role in actor.roles
        ],
        sessions=[
            SessionLine(row.id, row.device, row.made, row.seen, row.id == actor.session_id)
            for row in accounts.sessions_of(actor.person_id, now)
        ],
        readings=records.readings_of(actor.person_id),
        readers=records.may_read_today(actor.person_id),
        mailed=notices.wants_mail(actor.person_id),
        ask_mail=DIGEST_MAIL if accounts.is_unasked(actor.person_id, DIGEST_MAIL) else None,
        second_step=accounts.has_second_step(actor.person_id),
    )
