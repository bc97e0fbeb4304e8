"""Who somebody is, and where they belong."""

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from app.accounts import rules
from app.accounts.models import (
    CorrectionAsked,
    Exemption,
    Introduction,
    Membership,
    Person,
    PersonAlias,
    Role,
)
from app.accounts.queries.holdings.rows import own
from app.accounts.queries.names import member_code_of, person_names
from app.db import db
from app.holdings import Holding, Row
from app.units import queries as units

STATES = {"active": "đang dùng", "closed": "đã đóng", "erased": "đã xóa"}


def _person(person: UUID) -> Iterator[Row]:
    row = db.session.get_one(Person, person)
    yield row.name, row.address, STATES[row.state], row.name_unmarked


def _memberships(person: UUID) -> Iterator[Row]:
    rows = own(Membership, person, Membership.since.desc())
    named = units.full_last_names([unit for row in rows for unit in (row.unit_id, row.group_id)])
    for row in rows:
        yield named[row.unit_id], named.get(row.group_id), row.own_code, row.holds_office, row.since, row.until


def _roles(person: UUID) -> Iterator[Row]:
    rows = own(Role, person, Role.since.desc())
    named = units.full_last_names(row.unit_id for row in rows)
    givers = person_names({row.granted_by for row in rows if row.granted_by})
    for row in rows:
        words = rules.role_words(row.name, row.duty)
        yield words, named[row.unit_id], row.conflict, row.since, row.until, givers.get(row.granted_by)


def _exemptions(person: UUID) -> Iterator[Row]:
    rows = own(Exemption, person, Exemption.since.desc())
    named = units.full_last_names(row.unit_id for row in rows)
    for row in rows:
        yield named[row.unit_id], row.since, row.until


def _introductions(person: UUID) -> Iterator[Row]:
    rows = own(Introduction, person, Introduction.made.desc())
    named = units.full_last_names([unit for row in rows for unit in (row.from_unit, row.to_unit, row.received_in)])
    for row in rows:
        places = (named[row.from_unit], named.get(row.to_unit), named.get(row.received_in))
        yield row.code, *places, row.since, row.made, row.received_at, row.withdrawn_at


def _aliases(person: UUID) -> Iterator[Row]:
    either = sa.or_(PersonAlias.stays == person, PersonAlias.gone == person)
    for row in db.session.scalars(sa.select(PersonAlias).where(either).order_by(PersonAlias.made.desc())):
        other = row.gone if row.stays == person else row.stays
        yield member_code_of(other), row.stays == person, row.made, row.undone_at


def _corrections(person: UUID) -> Iterator[Row]:
    for row in own(CorrectionAsked, person, CorrectionAsked.asked_at.desc()):
        yield rules.FIELD_WORDS[row.field], row.value, row.asked_at, row.decided_at, row.agreed


HOLDINGS = (
    Holding(
        "person",
        "Họ và tên",
        {"name": "Họ và tên", "address": "Xưng hô", "state": "Hồ sơ", "name_unmarked": "Tên chưa có dấu"},
        ("person.id",),
        _person,
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
)
