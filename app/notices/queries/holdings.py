"""What this slice holds about a person: what they were told, and which mails went."""

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from app.db import db
from app.holdings import Holding, Row
from app.notices.models import Digest, Notice
from app.notices.queries import lines

STATES = {
    "waiting": "chờ gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "unsure": "không rõ đã tới chưa",
    "refused": "bị từ chối",
    "dropped": "đã bỏ",
}


def _notices(person: UUID) -> Iterator[Row]:
    mine = sa.select(Notice).where(Notice.person_id == person).order_by(Notice.id.desc())
    rows = db.session.scalars(mine).all()
    for row, line in zip(rows, lines(rows), strict=True):
        yield row.at, line.words, line.why, row.read_at, row.mailed_at


def _mails(person: UUID) -> Iterator[Row]:
    for row in db.session.scalars(sa.select(Digest).where(Digest.person_id == person).order_by(Digest.day.desc())):
        yield row.day, STATES[row.state], row.at


HOLDINGS = (
    Holding(
        "notices",
        "Thông báo",
        {"at": "Lúc", "words": "Thông báo", "why": "Vì sao", "read_at": "Đọc lúc", "mailed_at": "Gửi thư lúc"},
        ("notice.person_id",),
        _notices,
        wide="words",
    ),
    Holding(
        "mails",
        "Thư mỗi ngày",
        {"day": "Ngày", "state": "Hiện là", "at": "Lúc"},
        ("digest.person_id",),
        _mails,
    ),
)
