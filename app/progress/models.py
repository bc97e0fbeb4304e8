"""Figures that were closed: as they stood at the beginning of a day, and so for ever."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Code, Model


class Snapshot(Model):
    """A unit's figures for a year as they stood when the day began. `body` is canonical JSON (`rules.body`), `digest`
    its SHA-256; neither is ever written again. It names units, and no person."""

    __tablename__ = "snapshot"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    body: Mapped[str]
    digest: Mapped[Code]
    at: Mapped[datetime]
