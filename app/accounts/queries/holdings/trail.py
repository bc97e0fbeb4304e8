"""What somebody agreed to, and what was done with their record."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import (
    Consent,
)
from app.accounts.queries.holdings.rows import own
from app.accounts.rules.consents import PURPOSES
from app.audit import AuditLine
from app.db import db
from app.holdings import Holding, Row

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


def _consents(person: UUID) -> Iterator[Row]:
    titles = {purpose.name: purpose for purpose in PURPOSES}
    for row in own(Consent, person, Consent.at.desc(), Consent.id.desc()):
        text = titles[row.purpose].texts[row.text_version - 1]
        yield titles[row.purpose].title, row.text_version, text.question, row.agreed, row.at, row.ended_at


def _trail(person: UUID) -> Iterable[Row]:
    about = sa.select(AuditLine.at, AuditLine.verb, AuditLine.actor)
    about = about.where(AuditLine.subject_kind == "person", AuditLine.subject == str(person))
    for at, verb, actor in db.session.execute(about.order_by(AuditLine.id.desc())):
        yield at, verb, VERBS.get(verb, verb), "chính mình" if actor == person else "người khác" if actor else "máy chủ"


HOLDINGS = (
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
