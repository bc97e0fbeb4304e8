"""What this slice holds about a person: lines of lists, for as long as these are kept."""

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.holdings import Holding, Row
from app.rosters.models import Upload, UploadLeaving, UploadRow
from app.units import queries as units


def _lines(person: UUID) -> Iterator[Row]:
    found = db.session.execute(
        sa.select(UploadRow, Upload.unit_id, Upload.made)
        .join(Upload, Upload.id == UploadRow.upload_id)
        .where(UploadRow.person_id == person)
        .order_by(Upload.made.desc(), UploadRow.n)
    ).all()
    named = units.full_last_names(unit for _, unit, _ in found)
    for row, unit, made in found:
        yield named[unit], made, row.n, "; ".join(f"{key}: {cell}" for key, cell in row.cells.items() if cell)


def _leavings(person: UUID) -> Iterator[Row]:
    found = db.session.execute(
        sa.select(Upload.unit_id, Upload.made)
        .join(UploadLeaving, UploadLeaving.upload_id == Upload.id)
        .where(UploadLeaving.person_id == person)
        .order_by(Upload.made.desc())
    ).all()
    named = units.full_last_names(unit for unit, _ in found)
    for unit, made in found:
        yield named[unit], made


LIST = {"unit": "Đơn vị nạp", "made": "Nạp lúc"}
HOLDINGS = (
    Holding(
        "list_lines",
        "Dòng trong danh sách vừa nạp",
        LIST | {"line": "Dòng", "cells": "Trong tệp ghi"},
        ("upload_row.person_id",),
        _lines,
        wide="cells",
    ),
    Holding(
        "list_leavings",
        "Danh sách vừa nạp ghi thôi sinh hoạt",
        LIST,
        ("upload_leaving.person_id",),
        _leavings,
    ),
)
