"""How somebody signs in, and where they are signed in."""

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import (
    Account,
    Activation,
    KnownDevice,
    RecoveryCode,
    SecondStep,
    SignInName,
    SignInSession,
)
from app.accounts.queries.holdings.rows import own
from app.accounts.queries.names import person_names
from app.db import db
from app.holdings import Holding, Row

WAYS = {"code": "mã đoàn viên", "phone": "số điện thoại", "email": "thư điện tử"}
CODES = {"slip": "phiếu kích hoạt", "reset": "mã đặt lại mật khẩu"}


def _names(person: UUID) -> Iterator[Row]:
    for row in own(SignInName, person, SignInName.kind):
        yield WAYS[row.kind], row.folded


def _account(person: UUID) -> Iterator[Row]:
    for row in own(Account, person):
        yield row.password_hash is not None, row.changed_at


def _sessions(person: UUID) -> Iterator[Row]:
    for row in own(SignInSession, person, SignInSession.seen.desc()):
        yield row.device, row.made, row.seen, row.ends, row.shared


def _devices(person: UUID) -> Iterator[Row]:
    for row in own(KnownDevice, person, KnownDevice.since.desc()):
        yield (row.since,)


def _codes(person: UUID) -> Iterator[Row]:
    rows = own(Activation, person, Activation.made.desc())
    makers = person_names({row.made_by for row in rows if row.made_by})
    for row in rows:
        yield CODES[row.kind], row.made, makers.get(row.made_by), row.ends, row.used_at, row.acknowledged_at


def _second_step(person: UUID) -> Iterator[Row]:
    counted = sa.select(sa.func.count(RecoveryCode.id), sa.func.count(RecoveryCode.used_at))
    for row in own(SecondStep, person, SecondStep.made.desc()):
        codes, used = db.session.execute(counted.where(RecoveryCode.second_step_id == row.id)).one()
        by_self = None if row.ended_at is None else row.ended_by == person
        yield row.made, row.confirmed_at, codes, used, row.ended_at, by_self, row.seen_at


HOLDINGS = (
    Holding(
        "sign_in_names",
        "Cách đăng nhập",
        {"kind": "Loại", "name": "Ghi là"},
        ("sign_in_name.person_id",),
        _names,
    ),
    Holding(
        "account",
        "Tài khoản",
        {"has_password": "Đã đặt mật khẩu", "changed_at": "Đổi lần cuối"},
        ("account.person_id",),
        _account,
    ),
    Holding(
        "sessions",
        "Máy đang đăng nhập",
        {
            "device": "Máy",
            "made": "Vào lúc",
            "seen": "Dùng lần cuối",
            "ends": "Tự thoát lúc",
            "shared": "Máy dùng chung",
        },
        ("session.person_id",),
        _sessions,
    ),
    Holding(
        "known_devices",
        "Trình duyệt đã từng vào",
        {"since": "Từ lúc"},
        ("known_device.person_id",),
        _devices,
    ),
    Holding(
        "codes",
        "Mã đã cấp, không ghi mã là gì",
        {
            "kind": "Loại",
            "made": "Cấp lúc",
            "made_by": "Người cấp",
            "ends": "Hết hạn",
            "used_at": "Dùng lúc",
            "acknowledged_at": "Đã biết lúc",
        },
        ("activation.person_id",),
        _codes,
    ),
    Holding(
        "second_step",
        "Xác thực hai lớp, không ghi mã là gì",
        {
            "made": "Bắt đầu",
            "confirmed_at": "Bật lúc",
            "recovery_codes": "Số mã dự phòng",
            "recovery_used": "Đã dùng",
            "ended_at": "Tắt lúc",
            "ended_by_self": "Tự tắt",
            "seen_at": "Đã biết lúc",
        },
        ("second_step.person_id", "recovery_code.second_step_id"),
        _second_step,
    ),
)
