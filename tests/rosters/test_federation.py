"""A federation begins: its units with their chairs, then the members of several units; and no name of anybody else."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app import clock
from app.accounts.models import Membership, Person, Role, SignInName
from app.accounts.queries import members
from app.db import db
from app.rosters import commands
from app.rosters.models import Upload, UploadRow
from app.steps.actions import rebuild
from app.units.models import Unit, UnitName
from app.units.queries import by_code
from tests import make
from tests.conftest import NOW
from tests.rosters import sheets
from tests.rosters.sheets import address, load, plain, post, upload, xlsx
from tests.world import World

DAY = NOW.date()
UNITS = [
    ("Tên đơn vị", "Loại", "Mã đơn vị", "Mã cấp trên", "Chủ tịch", "Điện thoại"),
    ("CĐCS Dệt Hoa Mai", "CĐCS", "DHM", "", "Vũ Thị Sáu", 900000106),
    ("Tổ Dệt 1", "Tổ công đoàn", "", "DHM", "", ""),
    ("CĐCS Điện Ánh Dương", "", "", "Q1", "Đỗ Văn Tám", "0900000108"),
    ("CĐCS May Sen Hồng", "CĐCS", "MSH", "", "", ""),
    ("CĐCS Nơi khác", "CĐCS", "", "Q3", "Mai Văn Chín", ""),
    ("CĐCS Không đâu", "CĐCS", "", "XYZ", "Mai Văn Mười", ""),
]
SEVERAL = ("Đơn vị", "Họ và tên", "Tổ", "SĐT")


@pytest.fixture
def minh(world: World) -> FlaskClient:
    return make.sign_in(world.app, world.minh)


def test_units_with_their_chairs_from_one_file_and_back(world: World, minh: FlaskClient) -> None:
    """Takes 3 s: the whole way of a list of units, on both databases."""
    page = upload(minh, xlsx(UNITS), "Q1", "don-vi")
    words = plain(page)
    assert "Thêm 3 đơn vị" in words
    assert "Dòng lỗi (2)" in words
    done = load(minh, page, **{"bo-qua": "1"})
    assert "Đã nạp danh sách" in plain(done)
    with world.app.app_context():
        union = by_code("DHM", DAY)
        assert union is not None
        assert (union.name, union.phone) == ("CĐCS Dệt Hoa Mai", "0900000106")
        group = db.session.scalars(sa.select(Unit).join(UnitName).where(UnitName.name == "Tổ Dệt 1")).one()
        assert re.fullmatch(r"Q1\d\d", group.code)
        chair = db.session.scalars(sa.select(Person).where(Person.name == "Vũ Thị Sáu")).one()
        held = db.session.scalars(sa.select(Role).where(Role.person_id == chair.id)).one()
        assert (held.name, held.duty, held.unit_id, held.granted_by) == ("officer", "chair", union.id, world.minh)
        ways = set(db.session.scalars(sa.select(SignInName.folded).where(SignInName.person_id == chair.id)))
        assert {"0900000106", "DHM-0001-" + max(ways)[-1]} == ways
        assert [row.name for row in members(union.id, DAY).items] == ["Vũ Thị Sáu"]
        assert rebuild() == []
        db.session.rollback()
    assert "Đã hoàn tác" in plain(post(minh, address(page), "hoan-tac"))
    with world.app.app_context():
        assert by_code("DHM", DAY) is None
        assert db.session.scalars(sa.select(Person).where(Person.name == "Vũ Thị Sáu")).all() == []
        assert rebuild() == []
        db.session.rollback()


def test_a_unit_that_its_chair_has_begun_to_use_is_not_taken_back(world: World, minh: FlaskClient) -> None:
    page = upload(minh, xlsx(UNITS[:2]), "Q1", "don-vi")
    load(minh, page)
    make.person(world.app, "Lê Văn Mới", "DHM", on=DAY)
    refused = post(minh, address(page), "hoan-tac")
    assert refused.status_code == 409
    assert "CĐCS Dệt Hoa Mai" in plain(refused)
    with world.app.app_context():
        assert by_code("DHM", DAY) is not None
        db.session.rollback()


def test_members_of_several_units_at_once(world: World, minh: FlaskClient) -> None:
    load(minh, upload(minh, xlsx([UNITS[0], UNITS[1], UNITS[3]]), "Q1", "don-vi"))
    rows = [
        SEVERAL,
        ("DHM", "Lê Thị Một", "Dệt 1", "0900000201"),
        ("CĐCS Điện Ánh Dương", "Lê Văn Hai", "", ""),
        ("Dệt Hoa Mai", "Vũ Thị Sáu", "", ""),
        ("MSH", "Lê Thị Ba", "", ""),
        ("KHA", "Lê Thị Bốn", "", ""),
        ("XYZ", "Lê Thị Năm", "", ""),
        ("", "Lê Thị Bảy", "", ""),
    ]
    page = upload(minh, xlsx(rows), "Q1")
    words = plain(page)
    assert "Dòng lỗi (4)" in words
    errors = plain(minh.get(f"{address(page)}?muc=loi"))
    assert errors.count("không thuộc phạm vi của anh/chị") == 2
    assert "đã có danh sách đoàn viên" in errors
    assert "Khánh An" not in errors
    assert "Lê Thị Bích" not in words + errors
    assert "Không còn trong danh sách mới" not in words
    post(minh, address(page), "to", to="mo")
    load(minh, minh.get(address(page)), **{"bo-qua": "1"})
    with world.app.app_context():
        rows = db.session.execute(
            sa.select(Person.name, Unit.code)
            .join(Membership, Membership.person_id == Person.id)
            .join(Unit, Unit.id == Membership.unit_id)
        )
        there = {row.name: row.code for row in rows}
        assert there["Lê Thị Một"] == "DHM"
        assert there["Lê Văn Hai"] not in ("DHM", "MSH")
        assert "Lê Thị Ba" not in there
        assert rebuild() == []
        db.session.rollback()
    assert "Đã hoàn tác" in plain(post(minh, address(page), "hoan-tac"))


def test_a_unit_that_has_members_cannot_be_asked_who_they_are(one_world: World) -> None:
    """The answer is the same for a name that is there and one that is not."""
    minh = make.sign_in(one_world.app, one_world.minh)
    page = upload(
        minh,
        xlsx([SEVERAL, ("MSH", "Nguyễn Thị Hòa", "", "0900000001"), ("MSH", "Lê Không Ai", "", "0900000999")]),
        "Q1",
    )
    lines = re.findall(r"<tr>.*?</tr>", minh.get(f"{address(page)}?muc=loi").text, re.DOTALL)[1:]
    told = [re.sub(r"\s+", " ", line.split('data-label="Ghi chú"')[1]) for line in lines]
    assert len(told) == 2
    assert told[0] == told[1]


def test_an_administrator_of_the_federation_may_as_well(one_world: World) -> None:
    huy = make.sign_in(one_world.app, one_world.huy)
    assert "Thêm 1 đơn vị" in plain(upload(huy, xlsx(UNITS[:2]), "Q1", "don-vi"))


@pytest.mark.parametrize(
    ("who", "code"), [("hanh", "MSH"), ("minh", "MSH"), ("minh", "Q3"), ("huy", "MSH"), ("cuc", "Q1")]
)
def test_nobody_else_loads_units(one_world: World, who: str, code: str) -> None:
    client = make.sign_in(one_world.app, getattr(one_world, who))
    assert client.get(f"/don-vi/{code}/don-vi/nap-danh-sach").status_code == 404
    assert make.post(client, f"/don-vi/{code}/don-vi/nap-danh-sach").status_code == 404


def test_a_column_of_departments_is_no_column_of_units(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    rows = [("Họ tên", "Đơn vị"), ("Lê Thị Một", "Phòng Kế toán"), ("Lê Thị Hai", "Xưởng 2")]
    assert "Tệp ghi 2 tổ chưa có" in plain(upload(hanh, xlsx(rows)))


def test_a_list_of_another_unit_is_refused_without_naming_it(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    rows = [("Họ tên", "Đơn vị"), ("Lê Thị Một", "CĐCS Tiểu học Bến Thành Xanh"), ("Lê Thị Hai", "CĐCS May Sen Hồng")]
    page = upload(hanh, xlsx(rows))
    errors = plain(hanh.get(f"{address(page)}?muc=loi"))
    assert "Lê Thị Một" in errors
    assert "Lê Thị Hai" not in errors
    assert "không thuộc phạm vi của anh/chị" in errors
    assert "Bến Thành Xanh" not in errors


def test_a_member_of_another_unit_is_elsewhere_and_where_is_not_said(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    code = make.code_of(one_world.app, one_world.lan)
    page = upload(hanh, sheets.people(("Mai Thị Lan", "", code, "")))
    errors = plain(hanh.get(f"{address(page)}?muc=loi"))
    assert "đang có tên ở đơn vị khác" in errors
    assert "Bến Thành" not in errors


def test_what_stays_after_a_day_is_who_and_how_many(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    page = upload(hanh, sheets.people(("Lê Thị Một",)))
    load(hanh, page)
    with one_world.app.app_context(), clock.shifted(timedelta(days=1, minutes=1)):
        commands.tidy()
        made = db.session.scalars(sa.select(Upload)).one()
        assert (made.state, made.facts, made.file_name, made.counts["new"]) == ("done", {}, "", 1)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UploadRow)) == 0
        db.session.rollback()
        late = post(hanh, address(page), "hoan-tac")
        assert late.status_code == 409
        assert "Chỉ hoàn tác được trong một ngày" in plain(late)
