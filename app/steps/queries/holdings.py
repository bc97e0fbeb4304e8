"""What this slice holds about a person."""

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.holdings import Holding, Row
from app.steps import rules
from app.steps.models import Programme, ProgrammeStep, StepDone

OUTCOMES = {"done": "đã xong", "declined": "chọn không đăng ký"}


def _steps(person: UUID) -> Iterator[Row]:
    asked = sa.and_(ProgrammeStep.programme_id == StepDone.programme_id, ProgrammeStep.key == StepDone.key)
    found = db.session.execute(
        sa.select(StepDone, Programme.year, ProgrammeStep.title)
        .join(Programme, Programme.id == StepDone.programme_id)
        .outerjoin(ProgrammeStep, asked)
        .where(StepDone.person_id == person)
        .order_by(Programme.year.desc(), StepDone.done_at.desc(), StepDone.id)
    )
    for row, year, title in found:
        yield year, row.key, title, OUTCOMES[row.outcome], row.done_at, rules.SOURCE_WORDS[row.source], row.by == person


HOLDINGS = (
    Holding(
        "steps",
        "Việc trong năm đã làm",
        {
            "year": "Năm",
            "key": "Mã việc",
            "title": "Việc",
            "outcome": "Kết quả",
            "done_at": "Lúc",
            "source": "Ghi nhận từ",
            "by_self": "Tự làm trên trang",
        },
        ("step_done.person_id",),
        _steps,
    ),
)
