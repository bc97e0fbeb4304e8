"""One piece of work."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Id, Model


class Job(Model):
    """`args` hold ids and settings, never names or private texts. `uq_key` makes two requests for the same work one."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state", "state", "made"),
        CheckConstraint("state in ('waiting', 'running', 'done', 'failed')", name="state"),
    )
    id: Mapped[Id]
    kind: Mapped[Code]
    uq_key: Mapped[Code | None] = mapped_column(unique=True)
    subject: Mapped[str]
    args: Mapped[dict[str, Any]]
    state: Mapped[Code] = mapped_column(default="waiting")
    progress: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None]
    owner: Mapped[UUID | None]
    made: Mapped[datetime]
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
