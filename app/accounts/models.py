"""Who (person) is not how one signs in (account) is not where one belongs (membership)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Id, Model
from app.sealed import Sealed

OPEN = text("until is null")
UNDECIDED = text("decided_at is null")
ON_THE_WAY = text("received_at is null and withdrawn_at is null")
HOLDS = text("ended_at is null")
STANDS = text("undone_at is null")
CODES = text("kind = 'code'")


class Person(Model):
    """A human being. No Party membership, ethnicity or religion: reports take these as totals. `name_unmarked`: a list
    gave the name without its tone marks, and the person has not mended it yet."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("state in ('active', 'closed', 'erased')", name="state"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str | None]
    sort_key: Mapped[Code]
    search_key: Mapped[Code] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="active")
    name_unmarked: Mapped[bool] = mapped_column(default=False, server_default=false())
    erased_at: Mapped[datetime | None]


class Account(Model):
    __tablename__ = "account"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str | None]
    changed_at: Mapped[datetime]


class SignInName(Model):
    """What a person types to sign in: the member code (one a person, never shared), a phone, an e-mail address. A
    phone or address that two persons gave signs in neither."""

    __tablename__ = "sign_in_name"
    __table_args__ = (
        UniqueConstraint("kind", "folded", "person_id", name="uq_sign_in_name_person"),
        Index("uq_sign_in_name_code", "folded", unique=True, sqlite_where=CODES, postgresql_where=CODES),
        Index("uq_sign_in_name_person_code", "person_id", unique=True, sqlite_where=CODES, postgresql_where=CODES),
        CheckConstraint("kind in ('code', 'phone', 'email')", name="kind"),
    )
    id: Mapped[Id]
    kind: Mapped[Code]
    folded: Mapped[Code] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)


class Membership(Model):
    """Where a person belongs, in a unit whose kind counts members; `group_id` is the tổ within it. `sort_key` repeats
    the person's, so that page one of a large unit is read off an index. `own_code`: the number by which the union
    itself calls its member; nobody signs in with it."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("uq_membership_open", "person_id", "unit_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_membership_list", "unit_id", "sort_key", "person_id", "since", "until"),
        CheckConstraint("until is null or until > since", name="dates"),
    )
    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    holds_office: Mapped[bool] = mapped_column(default=False)
    own_code: Mapped[Code | None]
    sort_key: Mapped[Code]
    since: Mapped[date]
    until: Mapped[date | None]


class Role(Model):
    """A role held in a unit from a date to a date. An officer also has a duty. `conflict`: declared for reviews."""

    __tablename__ = "role"
    __table_args__ = (
        Index("uq_role_open", "person_id", "unit_id", "name", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_role_unit", "unit_id", "until"),
        CheckConstraint("name in ('officer', 'organiser', 'editor', 'admin')", name="name"),
        CheckConstraint("(name = 'officer') = (duty is not null)", name="duty"),
        CheckConstraint("until is null or until >= since", name="dates"),
    )
    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[Code]
    duty: Mapped[Code | None]
    conflict: Mapped[bool] = mapped_column(default=False)
    since: Mapped[date]
    until: Mapped[date | None]
    granted_by: Mapped[UUID | None]


class Exemption(Model):
    """`Tạm miễn trong kỳ`: dates and no reason."""

    __tablename__ = "exemption"
    __table_args__ = (CheckConstraint("until > since", name="dates"),)
    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    by: Mapped[UUID | None]


class Introduction(Model):
    """`Giới thiệu chuyển sinh hoạt`: a member has left `from_unit` on `since` and is on the way to another unit, until
    that one receives them or the old one takes it back. `code` is on the paper that they carry; `to_unit` is the one
    that the old unit named, if it did."""

    __tablename__ = "introduction"
    __table_args__ = (
        Index("uq_introduction_open", "person_id", unique=True, sqlite_where=ON_THE_WAY, postgresql_where=ON_THE_WAY),
    )
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    from_unit: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    to_unit: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    since: Mapped[date]
    made: Mapped[datetime]
    made_by: Mapped[UUID | None]
    received_at: Mapped[datetime | None]
    received_in: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    received_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]


class PersonAlias(Model):
    """Two persons who are one: `gone` is another name of `stays`, as the officers of `unit_id` decided, until they undo
    it. What `gone` wrote stays theirs. `place`: the membership that ended by it, where there was one."""

    __tablename__ = "person_alias"
    __table_args__ = (
        Index("uq_person_alias_gone", "gone", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        CheckConstraint("gone <> stays", name="two"),
    )
    id: Mapped[Id]
    gone: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    stays: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    place: Mapped[dict[str, Any]]
    since: Mapped[date]
    made: Mapped[datetime]
    made_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]


class SignInSession(Model):
    """One signed-in browser. The id is the SHA-256 of the token in its cookie; `device` says in words what it is,
    `browser` is the keyed hash of its own id: a person has one session in each. `shared`: a machine that others use
    too."""

    __tablename__ = "session"
    __table_args__ = (Index("uq_session_browser", "person_id", "browser", unique=True),)
    id: Mapped[Code] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    made: Mapped[datetime]
    seen: Mapped[datetime]
    ends: Mapped[datetime]
    device: Mapped[str]
    browser: Mapped[Code | None]
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())


class Activation(Model):
    """A code that sets a password once: on a slip for the first time, or six digits that an officer reads out. One that
    replaced a password stands unacknowledged until its person says that they know."""

    __tablename__ = "activation"
    __table_args__ = (CheckConstraint("kind in ('slip', 'reset')", name="kind"),)
    id: Mapped[Id]
    code_hash: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[Code]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    made_by: Mapped[UUID | None]
    made: Mapped[datetime]
    ends: Mapped[datetime]
    used_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


class KnownDevice(Model):
    """A browser from which this person has signed in before; its failures are counted apart from strangers'."""

    __tablename__ = "known_device"
    device: Mapped[Code] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[datetime]


class SignInDelay(Model):
    """Wrong passwords in a row for a name (its HMAC) from one known device, or from all unknown ones (`device` '')."""

    __tablename__ = "sign_in_delay"
    name: Mapped[Code] = mapped_column(primary_key=True)
    device: Mapped[Code] = mapped_column(primary_key=True)
    failures: Mapped[int]
    not_before: Mapped[datetime]


class CorrectionAsked(Model):
    """What a person says is wrong about their name or a way in of theirs, for an officer of `unit_id` to decide. It
    goes when its person has seen the answer."""

    __tablename__ = "correction"
    __table_args__ = (
        Index(
            "uq_correction_open", "person_id", "field", unique=True, sqlite_where=UNDECIDED, postgresql_where=UNDECIDED
        ),
        Index("ix_correction_unit", "unit_id", "decided_at"),
        CheckConstraint("field in ('name', 'phone', 'email')", name="field"),
        CheckConstraint("(decided_at is null) = (agreed is null)", name="decided"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    field: Mapped[Code]
    value: Mapped[str]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    agreed: Mapped[bool | None]


class Consent(Model):
    """An answer to a purpose (`rules.consents`), to this version of its text. Never changed: `ended_at` says from when
    it counts no more, because it was withdrawn or another answer was given."""

    __tablename__ = "consent"
    __table_args__ = (
        Index("uq_consent_holds", "person_id", "purpose", unique=True, sqlite_where=HOLDS, postgresql_where=HOLDS),
    )
    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[Code]
    text_version: Mapped[int]
    agreed: Mapped[bool]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SecondStep(Model):
    """Codes from an app, asked for after the password: it counts once it is confirmed. `last_period` is the last whose
    code was used, `last_entry` by which form. After its end, by its person or by somebody above (`ended_by`), the
    secret is gone; the row stays until the person has seen that another ended it, and as proof."""

    __tablename__ = "second_step"
    __table_args__ = (
        Index("uq_second_step_on", "person_id", unique=True, sqlite_where=HOLDS, postgresql_where=HOLDS),
        CheckConstraint("(ended_at is null) = (sealed_secret is not null)", name="secret"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sealed_secret: Mapped[bytes | None] = mapped_column(Sealed)
    made: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_period: Mapped[int] = mapped_column(default=0)
    last_entry: Mapped[Code | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """In place of a code from the app, once. `used_entry`: by which form."""

    __tablename__ = "recovery_code"
    id: Mapped[Id]
    second_step_id: Mapped[UUID] = mapped_column(ForeignKey("second_step.id"), index=True)
    code_hash: Mapped[Code] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]
    used_entry: Mapped[Code | None]
