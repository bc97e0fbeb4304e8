"""What a person was told, and the mail of a day."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Id, Model


class Notice(Model):
    """One line in a person's inbox. `event` says which event it tells of: told again, it is the same line. `facts` are
    ids, codes, dates and numbers; never names, never a text. It goes with its person."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "event"),
        Index("ix_notice_inbox", "person_id", "read_at", "id"),
    )
    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[Code]
    event: Mapped[Code]
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]


class Digest(Model):
    """The mail of a day to a person: there is one row, so there is one mail. It is `sending` before the server is
    called; `unsure` where nobody knows whether the server took it, and then it is not sent again."""

    __tablename__ = "digest"
    __table_args__ = (
        Index("ix_digest_due", "state", "not_before"),
        CheckConstraint("state in ('waiting', 'sending', 'sent', 'unsure', 'refused', 'dropped')", name="state"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[Code] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    at: Mapped[datetime]
