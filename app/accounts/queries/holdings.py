"""What this slice holds about a person."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.accounts import rules
from app.accounts.models import (
    Account,
    Activation,
    Consent,
    CorrectionAsked,
    Exemption,
    Introduction,
    KnownDevice,
    Membership,
    Person,
    PersonAlias,
    RecoveryCode,
    Role,
    SecondStep,
    SignInName,
    SignInSession,
)
from app.accounts.queries.names import member_code_of, person_names
from app.accounts.rules.consents import PURPOSES
from app.audit import AuditLine
from app.db import db
from app.holdings import Holding, Row
from app.units import queries as units

STATES = {"active": "đang dùng", "closed": "đã đóng", "erased": "đã xóa"}
WAYS = {"code": "mã đoàn viên", "phone": "số điện thoại", "email": "thư điện tử"}
CODES = {"slip": "phiếu kích hoạt", "reset": "mã đặt lại mật khẩu"}

VERBS = {
    "consent.give": "đồng ý",
    "consent.refuse": "không đồng ý",
    "consent.withdraw": "rút lại đồng ý",
    "correction.ask": "đề nghị sửa thông tin",
    "correction.decline": "không xác nhận đề nghị sửa",
    "correction.take_back": "thôi đề nghị sửa",
    "exemption.end": "kết thúc tạm miễn",
    "exemption.set": "ghi tạm miễn",
    "introduction.make": "giới thiệu chuyển sinh hoạt",
    "introduction.receive": "tiếp nhận",
    "introduction.withdraw": "rút lại giới thiệu",
    "membership.close": "ghi thôi sinh hoạt",
    "membership.open": "ghi vào danh sách đơn vị",
    "membership.reopen": "ghi trở lại sinh hoạt",
    "membership.transfer": "chuyển sinh hoạt cùng đơn vị",
    "membership.unopen": "bỏ khỏi danh sách vừa nạp",
    "password.change": "đổi mật khẩu",
    "person.add": "lập hồ sơ",
    "person.correct": "sửa thông tin",
    "person.let_out": "tách hồ sơ",
    "person.mend_name": "sửa tên",
    "person.merge": "nhập hồ sơ",
    "person.take_in": "nhập hồ sơ",
    "person.unmerge": "tách hồ sơ",
    "reset.make": "cấp mã đặt lại mật khẩu",
    "reset.use": "đặt lại mật khẩu",
    "role.grant": "giao nhiệm vụ",
    "role.revoke": "kết thúc nhiệm vụ",
    "second_step.begin": "bắt đầu bật xác thực hai lớp",
    "second_step.codes": "tạo mã dự phòng",
    "second_step.off": "tắt xác thực hai lớp",
    "second_step.on": "bật xác thực hai lớp",
    "second_step.recover": "dùng mã dự phòng",
    "second_step.stop": "thôi bật xác thực hai lớp",
    "second_step.take_off": "tắt xác thực hai lớp",
    "session.end": "thoát",
    "session.open": "đăng nhập",
    "slip.make": "cấp phiếu kích hoạt",
    "slip.use": "nhận tài khoản",
    "step.declined": "chọn không làm một việc trong năm",
    "step.done": "ghi xong một việc trong năm",
    "step.withdraw": "rút lại một việc trong năm",
}


def _own(model: Any, person: UUID, *order: Any) -> list[Any]:
    return list(db.session.scalars(sa.select(model).where(model.person_id == person).order_by(*order)))


def _person(person: UUID) -> Iterator[Row]:
    row = db.session.get_one(Person, person)
    yield row.name, row.address, STATES[row.state], row.name_unmarked


def _names(person: UUID) -> Iterator[Row]:
    for row in _own(SignInName, person, SignInName.kind):
        yield WAYS[row.kind], row.folded


def _account(person: UUID) -> Iterator[Row]:
    for row in _own(Account, person):
        yield row.password_hash is not None, row.changed_at


def _memberships(person: UUID) -> Iterator[Row]:
    rows = _own(Membership, person, Membership.since.desc())
    named = units.last_names([unit for row in rows for unit in (row.unit_id, row.group_id)])
    for row in rows:
        yield named[row.unit_id], named.get(row.group_id), row.own_code, row.holds_office, row.since, row.until


def _roles(person: UUID) -> Iterator[Row]:
    rows = _own(Role, person, Role.since.desc())
    named = units.last_names(row.unit_id for row in rows)
    givers = person_names({row.granted_by for row in rows if row.granted_by})
    for row in rows:
        words = rules.role_words(row.name, row.duty)
        yield words, named[row.unit_id], row.conflict, row.since, row.until, givers.get(row.granted_by)


def _exemptions(person: UUID) -> Iterator[Row]:
    rows = _own(Exemption, person, Exemption.since.desc())
    named = units.last_names(row.unit_id for row in rows)
    for row in rows:
        yield named[row.unit_id], row.since, row.until


def _introductions(person: UUID) -> Iterator[Row]:
    rows = _own(Introduction, person, Introduction.made.desc())
    named = units.last_names([unit for row in rows for unit in (row.from_unit, row.to_unit, row.received_in)])
    for row in rows:
        places = (named[row.from_unit], named.get(row.to_unit), named.get(row.received_in))
        yield row.code, *places, row.since, row.made, row.received_at, row.withdrawn_at


def _aliases(person: UUID) -> Iterator[Row]:
    either = sa.or_(PersonAlias.stays == person, PersonAlias.gone == person)
    for row in db.session.scalars(sa.select(PersonAlias).where(either).order_by(PersonAlias.made.desc())):
        other = row.gone if row.stays == person else row.stays
        yield member_code_of(other), row.stays == person, row.made, row.undone_at


def _sessions(person: UUID) -> Iterator[Row]:
    for row in _own(SignInSession, person, SignInSession.seen.desc()):
        yield row.device, row.made, row.seen, row.ends, row.shared


def _devices(person: UUID) -> Iterator[Row]:
    for row in _own(KnownDevice, person, KnownDevice.since.desc()):
        yield (row.since,)


def _codes(person: UUID) -> Iterator[Row]:
    rows = _own(Activation, person, Activation.made.desc())
    makers = person_names({row.made_by for row in rows if row.made_by})
    for row in rows:
        yield CODES[row.kind], row.made, makers.get(row.made_by), row.ends, row.used_at, row.acknowledged_at


def _corrections(person: UUID) -> Iterator[Row]:
    for row in _own(CorrectionAsked, person, CorrectionAsked.asked_at.desc()):
        yield rules.FIELD_WORDS[row.field], row.value, row.asked_at, row.decided_at, row.agreed


def _consents(person: UUID) -> Iterator[Row]:
    titles = {purpose.name: purpose for purpose in PURPOSES}
    for row in _own(Consent, person, Consent.at.desc(), Consent.id.desc()):
        text = titles[row.purpose].texts[row.text_version - 1]
        yield titles[row.purpose].title, row.text_version, text.question, row.agreed, row.at, row.ended_at


def _second_step(person: UUID) -> Iterator[Row]:
    counted = sa.select(sa.func.count(RecoveryCode.id), sa.func.count(RecoveryCode.used_at))
    for row in _own(SecondStep, person, SecondStep.made.desc()):
        codes, used = db.session.execute(counted.where(RecoveryCode.second_step_id == row.id)).one()
        by_self = None if row.ended_at is None else row.ended_by == person
        yield row.made, row.confirmed_at, codes, used, row.ended_at, by_self, row.seen_at


def _trail(person: UUID) -> Iterable[Row]:
    about = sa.select(AuditLine.at, AuditLine.verb, AuditLine.actor)
    about = about.where(AuditLine.subject_kind == "person", AuditLine.subject == str(person))
    for at, verb, actor in db.session.execute(about.order_by(AuditLine.id.desc())):
        yield at, verb, VERBS.get(verb, verb), "chính mình" if actor == person else "người khác" if actor else "máy chủ"


HOLDINGS = (
    Holding(
        "person",
        "Họ và tên",
        {"name": "Họ và tên", "address": "Xưng hô", "state": "Hồ sơ", "name_unmarked": "Tên chưa có dấu"},
        ("person.id",),
        _person,
    ),
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
        "memberships",
        "Nơi sinh hoạt công đoàn",
        {
            "unit": "Đơn vị",
            "group": "Tổ",
            "own_code": "Mã của đơn vị",
            "holds_office": "Giữ chức vụ",
            "since": "Từ ngày",
            "until": "Đến trước ngày",
        },
        ("membership.person_id",),
        _memberships,
    ),
    Holding(
        "roles",
        "Nhiệm vụ công đoàn",
        {
            "role": "Nhiệm vụ",
            "unit": "Đơn vị",
            "conflict": "Đã khai có liên quan",
            "since": "Từ ngày",
            "until": "Đến trước ngày",
            "granted_by": "Người giao",
        },
        ("role.person_id",),
        _roles,
    ),
    Holding(
        "exemptions",
        "Tạm miễn trong kỳ",
        {"unit": "Đơn vị", "since": "Từ ngày", "until": "Đến trước ngày"},
        ("exemption.person_id",),
        _exemptions,
    ),
    Holding(
        "introductions",
        "Giới thiệu chuyển sinh hoạt",
        {
            "code": "Mã giấy",
            "from_unit": "Nơi giới thiệu",
            "to_unit": "Nơi đến ghi trên giấy",
            "received_in": "Nơi tiếp nhận",
            "since": "Chuyển từ ngày",
            "made": "Lập lúc",
            "received_at": "Tiếp nhận lúc",
            "withdrawn_at": "Rút lại lúc",
        },
        ("introduction.person_id",),
        _introductions,
    ),
    Holding(
        "other_records",
        "Hồ sơ đã nhập làm một",
        {"code": "Mã của hồ sơ kia", "stays": "Hồ sơ này ở lại", "made": "Nhập lúc", "undone_at": "Tách lúc"},
        ("person_alias.stays", "person_alias.gone"),
        _aliases,
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
        "corrections",
        "Đề nghị sửa thông tin",
        {
            "field": "Điều đề nghị sửa",
            "value": "Ghi lại là",
            "asked_at": "Gửi lúc",
            "decided_at": "Trả lời lúc",
            "agreed": "BCH xác nhận",
        },
        ("correction.person_id",),
        _corrections,
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
    Holding(
        "consents",
        "Điều đồng ý hoặc không",
        {
            "purpose": "Việc",
            "text_version": "Bản lời hỏi",
            "question": "Lời hỏi",
            "agreed": "Đồng ý",
            "at": "Trả lời lúc",
            "ended_at": "Thôi hiệu lực lúc",
        },
        ("consent.person_id",),
        _consents,
    ),
    Holding(
        "trail",
        "Nhật ký: việc đã làm với hồ sơ này",
        {"at": "Lúc", "verb": "Mã việc", "words": "Việc", "by": "Ai làm"},
        ("audit.subject",),
        _trail,
    ),
)
