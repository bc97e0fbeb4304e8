"""A list from file to members and back, as a browser does it."""

import re
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.models import Membership, Person, SignInName
from app.accounts.queries import members
from app.db import db
from app.rosters import files
from app.rosters.models import Upload, UploadRow
from app.steps.actions import rebuild
from app.units.models import UnitName
from tests import make
from tests.conftest import NOW
from tests.rosters import sheets
from tests.rosters.sheets import address, load, people, plain, post, upload
from tests.world import World

DAY = NOW.date()
PRESENT = (
    ("Nguyễn Thị Hòa", "Tổ May 3", "", "0900000001"),
    ("Lê Thị Bích",),
    ("Trần Thị Mỹ Hạnh",),
    ("Lê Văn Tuấn",),
    ("Phạm Thị Thu",),
)


@pytest.fixture
def hanh(world: World) -> FlaskClient:
    return make.sign_in(world.app, world.hanh)


def names(world: World, code: str = "MSH") -> set[str]:
    with world.app.app_context():
        found = {row.name for row in members(make.unit(code).id, DAY).items}
        db.session.rollback()
        return found


def kept(page: TestResponse) -> bool:
    """Whether the file of this upload is still there."""
    return files.path_of(UUID(address(page).rpartition("/")[2])).exists()


def test_from_a_file_to_members_to_the_result_and_back(world: World, hanh: FlaskClient) -> None:
    """Takes 3 s: the whole way of a list, on both databases."""
    data = people(
        *PRESENT[:2],
        ("TRẦN THỊ MỸ HẠNH", "Tổ May 3", "", 912345678),
        ("Lê Văn Tuấn",),
        ("H'Hen Niê", "May 4", "", "0900000009"),
        ("Nguyen Van Nam", "May 4"),
        ("Nguyễn Văn Năm", "Tổ May 3"),
        ("Đô\u0303",),
        ("Đỗ",),
        ("Vũ Thị 7",),
    )
    page = upload(hanh, data)
    words = plain(page)
    assert "đọc được 10 dòng" in words
    assert "Tệp ghi 1 tổ chưa có May 4 (2 người)" in words
    assert "Trả lời 1 câu" in words
    assert "Dòng lỗi (1)" in words
    assert names(world) == {row[0] for row in PRESENT}

    here = address(page)
    post(hanh, here, "to", to="mo")
    page = post(hanh, here, "tra-loi", **{"dong-10": "out"})
    assert "Thêm 4, sửa 1, mở 1 tổ, bỏ qua 1 dòng lỗi" in plain(page)

    refused = load(hanh, page)
    assert refused.status_code == 409
    assert "Còn 1 chỗ cần trả lời" in plain(refused)
    done = load(hanh, page, **{"bo-qua": "1"})
    assert "Đã nạp danh sách" in plain(done)
    added = {"H'Hen Niê", "Nguyen Van Nam", "Nguyễn Văn Năm", "Đỗ"}
    assert names(world) == {row[0] for row in PRESENT} | added

    found = sheets.cells(hanh.get(f"{here}/ket-qua.xlsx").data)
    head = next(n for n, row in enumerate(found) if row[0] == "Dòng")
    rows = found[head + 1 :]
    assert [row[0] for row in rows] == [str(n) for n in map(float, range(2, 12))]
    assert [row[5] for row in rows] == [
        "Giữ nguyên", "Giữ nguyên", "Đã sửa", "Giữ nguyên", "Đã thêm", "Đã thêm", "Đã thêm", "Đã thêm", "Không nạp",
        "Lỗi, không nạp",
    ]  # fmt: skip
    assert re.fullmatch(r"MSH-\d{4}-\d", rows[4][3])
    assert "Thêm số 0" in rows[2][6]
    assert "chữ số" in rows[9][6]

    standing_as_listed(world)
    undone = post(hanh, here, "hoan-tac")
    assert "Đã hoàn tác" in plain(undone)
    assert names(world) == {row[0] for row in PRESENT}
    with world.app.app_context():
        assert phones_of(world.hanh) == []
        assert db.session.scalars(sa.select(UnitName).where(UnitName.name == "May 4")).all() == []
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UploadRow)) == 0
        assert rebuild() == []
        db.session.rollback()


def standing_as_listed(world: World) -> None:
    """What the list of `test_from_a_file_to_members_to_the_result_and_back` leaves in the database."""
    with world.app.app_context():
        opened = db.session.scalars(sa.select(UnitName).where(UnitName.name == "May 4")).one()
        nam = db.session.scalars(sa.select(Person).where(Person.name == "Nguyen Van Nam")).one()
        assert nam.name_unmarked
        placed = db.session.scalars(sa.select(Membership).where(Membership.person_id == nam.id)).one()
        assert placed.group_id == opened.unit_id
        assert phones_of(world.hanh) == ["0912345678"]
        assert rebuild() == []
        db.session.rollback()


def phones_of(person: UUID) -> list[str]:
    phone = sa.select(SignInName.folded).where(SignInName.person_id == person, SignInName.kind == "phone")
    return list(db.session.scalars(phone))


def test_the_file_goes_once_the_list_is_loaded(world: World, hanh: FlaskClient) -> None:
    page = upload(hanh, people(*PRESENT, ("Vũ Thị Sáu",)))
    with world.app.app_context():
        path = files.path_of(UUID(address(page).rpartition("/")[2]))
    assert path.stat().st_mode & 0o777 == 0o600
    load(hanh, page)
    assert not path.exists()


def test_columns_that_are_not_ours_are_told_and_never_stored(world: World, hanh: FlaskClient) -> None:
    secret = "Chăm 079123456789"
    rows = [("Họ tên", "Ngày sinh", "Dân tộc", "Số CCCD", "Đảng viên"), ("Vũ Thị Sáu", "1/2/1990", secret, secret, "x")]
    page = upload(hanh, sheets.xlsx(rows))
    assert "Không dùng, đã bỏ qua: Ngày sinh, Dân tộc, Số CCCD, Đảng viên." in plain(page)
    load(hanh, page)
    with world.app.app_context(), db.engine.connect() as connection:
        everything = " ".join(
            str(row)
            for table in sa.inspect(db.engine).get_table_names()
            for row in connection.execute(sa.text(f"SELECT * FROM {table}"))
        )
    assert "Vũ Thị Sáu" in everything
    assert "Chăm" not in everything
    assert "079123456789" not in everything


def test_who_is_not_in_the_newer_list_is_proposed_and_never_leaves_by_itself(world: World, hanh: FlaskClient) -> None:
    page = upload(hanh, people(*PRESENT[:1], *PRESENT[2:]))
    assert "Không còn trong danh sách mới (1)" in plain(page)
    assert "Lê Thị Bích" in page.text
    assert "checked" not in page.text
    assert "Không có gì để nạp" in plain(page)
    here = address(page)
    ticked = post(hanh, here, "thoi-sinh-hoat", day="1/5/2020", co=str(world.bich), thoi=str(world.bich), muc="thoi")
    assert "Thôi sinh hoạt 1" in plain(ticked)
    load(hanh, ticked)
    assert "Lê Thị Bích" not in names(world)
    post(hanh, here, "hoan-tac")
    assert "Lê Thị Bích" in names(world)


def test_an_officer_in_office_is_not_let_go_by_a_list(world: World, hanh: FlaskClient) -> None:
    page = upload(hanh, people(*PRESENT[:-1]))
    assert "bàn giao nhiệm vụ trước" in plain(page)
    here = address(page)
    ticked = post(hanh, here, "thoi-sinh-hoat", day="12/5/2020", co=str(world.thu), thoi=str(world.thu))
    assert "Không có gì để nạp" in plain(ticked)


@pytest.mark.parametrize("day", ["13/5/2020", "1/5/2018", "hôm nay"])
def test_a_day_that_cannot_be_is_refused_in_words(one_world: World, day: str) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    here = address(upload(hanh, people(*PRESENT[:1])))
    answer = post(hanh, here, "thoi-sinh-hoat", day=day, co=str(one_world.bich), thoi=str(one_world.bich), muc="thoi")
    assert answer.status_code == 400
    assert "lt-errors" in answer.text or "lt-fix" in answer.text


def test_columns_set_otherwise_are_read_again(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    page = upload(hanh, sheets.xlsx([("Họ tên", "Nơi ở"), ("Vũ Thị Sáu", "May 9"), ("Vũ Thị Bảy", "May 9")]))
    assert "May 9" not in page.text
    again = post(hanh, address(page), "cot", **{"cot-name": "0", "cot-group": "1"})
    assert "Tệp ghi 1 tổ chưa có May 9 (2 người)" in plain(again)
    wrong = post(hanh, address(page), "cot", **{"cot-name": "0", "cot-group": "0"})
    assert wrong.status_code == 400
    assert "Mỗi mục là một cột khác nhau" in plain(wrong)


def test_what_the_button_promised_is_what_happens_or_nothing(world: World, hanh: FlaskClient) -> None:
    page = upload(hanh, people(*PRESENT, ("Vũ Thị Sáu",)))
    answer = post(hanh, address(page), "nap", **{"se-lam": "2-0-0-0-0-0-0-0"})
    assert answer.status_code == 409
    assert names(world) == {row[0] for row in PRESENT}


def test_a_list_that_somebody_overtook_is_compared_again(world: World, hanh: FlaskClient) -> None:
    page = upload(hanh, people(*PRESENT, ("Vũ Thị Sáu", "", "", "0900000006")))
    make.person(world.app, "Vũ Thị Sáu", "MSH", phone="0900000006")
    answer = load(hanh, page)
    assert "vừa thay đổi từ nơi khác" in plain(answer)
    assert "Không có gì để nạp" in plain(answer)
    with world.app.app_context():
        assert [row.name for row in members(make.unit("MSH").id, DAY).items].count("Vũ Thị Sáu") == 1
        db.session.rollback()


def test_pressing_twice_loads_once(world: World, hanh: FlaskClient) -> None:
    page = upload(hanh, people(*PRESENT, ("Vũ Thị Sáu",)))
    load(hanh, page)
    assert "Đã nạp danh sách" in plain(load(hanh, page))
    with world.app.app_context():
        assert [row.name for row in members(make.unit("MSH").id, DAY).items].count("Vũ Thị Sáu") == 1
        db.session.rollback()


def test_a_second_file_takes_the_place_of_one_only_looked_at(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    first = upload(hanh, people(("Vũ Thị Sáu",)))
    second = upload(hanh, people(("Vũ Thị Bảy",)))
    assert "Danh sách này đã bỏ" in plain(hanh.get(address(first)))
    with one_world.app.app_context():
        assert [kept(page) for page in (first, second)] == [False, True]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UploadRow)) == 1
        db.session.rollback()


def test_giving_a_list_up_leaves_nothing(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    page = upload(hanh, people(("Vũ Thị Sáu",)))
    post(hanh, address(page), "bo")
    with one_world.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UploadRow)) == 0
        assert not kept(page)
        assert db.session.scalars(sa.select(Upload.file_name)).all() == [""]
        db.session.rollback()


def test_undo_is_refused_where_somebody_has_come_in(world: World, hanh: FlaskClient) -> None:
    page = upload(hanh, people(*PRESENT, ("Vũ Thị Sáu", "", "", "0900000006"), ("Vũ Thị Bảy",)))
    load(hanh, page)
    with world.app.app_context():
        row = next(row for row in members(make.unit("MSH").id, DAY).items if row.name == "Vũ Thị Sáu")
        db.session.rollback()
    slip = make.post(hanh, f"/don-vi/MSH/doan-vien/{row.code}/phieu")
    path = re.search(r"/kich-hoat/([A-Z0-9]{16})", slip.text)
    assert path
    newcomer = world.app.test_client()
    token = make.token(newcomer, f"/kich-hoat/{path[1]}")
    entered = newcomer.post(f"/kich-hoat/{path[1]}", data={"csrf_token": token, "password": make.PASSWORD})
    assert entered.status_code == 303
    refused = post(hanh, address(page), "hoan-tac")
    assert refused.status_code == 409
    assert "Vũ Thị Sáu" in plain(refused)
    assert "Vũ Thị Bảy" not in plain(refused).partition("Tải tệp kết quả")[0]
    assert {"Vũ Thị Sáu", "Vũ Thị Bảy"} <= names(world)


def test_a_slip_that_nobody_has_used_does_not_stand_in_the_way(world: World, hanh: FlaskClient) -> None:
    page = upload(hanh, people(*PRESENT, ("Vũ Thị Sáu",)))
    load(hanh, page)
    with world.app.app_context():
        row = next(row for row in members(make.unit("MSH").id, DAY).items if row.name == "Vũ Thị Sáu")
        db.session.rollback()
    make.post(hanh, f"/don-vi/MSH/doan-vien/{row.code}/phieu")
    assert "Đã hoàn tác" in plain(post(hanh, address(page), "hoan-tac"))


# --- who may ------------------------------------------------------------------------------------------------------


def test_an_upload_is_its_loaders_alone(one_world: World) -> None:
    hanh, thu = (make.sign_in(one_world.app, who) for who in (one_world.hanh, one_world.thu))
    here = address(upload(hanh, people(("Vũ Thị Sáu",))))
    assert thu.get(here).status_code == 404
    assert thu.get(f"{here}/ket-qua.xlsx").status_code == 404
    assert make.post(thu, f"{here}/nap", {"se-lam": "1-0-0-0-0-0-0-0"}).status_code == 404
    assert hanh.get(here.replace("MSH", "BTX")).status_code == 404


def test_a_double_click_is_one_upload(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    path = "/don-vi/MSH/doan-vien/nap-danh-sach"
    fields = sheets.form(hanh, path)
    first, second = (sheets.send(hanh, path, fields, people(("Vũ Thị Sáu",))) for _ in range(2))
    assert first.location == second.location
    with one_world.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 1
        db.session.rollback()


def test_the_templates_can_be_filled_in_and_loaded(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    for name in ("doan-vien", "doan-vien-nhieu-don-vi", "don-vi"):
        answer = hanh.get(f"/mau/{name}.xlsx")
        assert "attachment" in answer.headers["Content-Disposition"]
        assert any("Ví dụ" in cell for row in sheets.cells(answer.data) for cell in row)
    page = upload(hanh, hanh.get("/mau/doan-vien.xlsx").data)
    assert "chưa có dòng nào" in plain(page)


@pytest.mark.parametrize(("size", "status"), [(6_000_000, 400), (13_000_000, 413)])
def test_too_large_a_file_is_refused_in_words(one_world: World, size: int, status: int) -> None:
    answer = sheets.choose(make.sign_in(one_world.app, one_world.hanh), b"x" * size)
    assert answer.status_code == status
    assert "5 MB" in plain(answer)


def test_pressing_without_a_file_says_so(one_world: World) -> None:
    answer = sheets.choose(make.sign_in(one_world.app, one_world.hanh), b"", name="")
    assert answer.status_code == 400
    assert "chọn tệp trước" in plain(answer)
