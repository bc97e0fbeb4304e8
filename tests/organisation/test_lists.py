"""Many changes of units from one file: read, shown with their balance, made as one, taken back as one."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.accounts.queries import memberships_of
from app.db import db
from app.organisation import desk
from app.organisation.rules.lists import Line, clean, in_order, repeated
from app.steps.actions import rebuild
from app.units import queries
from app.units.models import Unit, UnitChange, UnitPath
from tests import make
from tests.rosters.sheets import address, cells, csv, load, plain, post, upload, xlsx
from tests.world import World

HEADS = ("STT", "Mã đơn vị", "Việc", "Tên mới", "Mã cấp trên mới", "Mã đơn vị nhận", "Loại", "Tổ", "Từ ngày")
DAY = date(2020, 7, 1)


@pytest.fixture
def minh(world: World) -> FlaskClient:
    return make.sign_in(world.app, world.minh)


def rows(*lines: tuple[str, ...], day: str = "1/7/2020") -> bytes:
    return xlsx([HEADS, *((str(n), *line, *[""] * (7 - len(line)), day) for n, line in enumerate(lines, 1))])


REFORM = (
    ("MSH", "giải thể", "", "", "MSM"),
    ("BTX", "Chuyển", "", "PBT"),
    ("PBT", "mở", "Công đoàn phường Bến Thành", "Q1", "", "CĐ phường"),
    ("MSH", "tách", "CĐCS May Sen Mới", "", "MSM", "", "MSH3"),
    ("MSH", "sáp nhập", "", "", "MSM"),
)


# --- rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "verb"),
    [
        ("Mở mới", "open"),
        ("đổi tên", "rename"),
        ("CHUYỂN", "move"),
        ("Chuyển cấp trên", "move"),
        ("Sáp nhập vào", "merge"),
        ("chia tách", "split"),
        ("Giải thể", "close"),
        ("Kết thúc hoạt động", "close"),
    ],
)
def test_a_verb_is_read_as_unions_write_it(said: str, verb: str) -> None:
    cleaned = clean({"code": "msh", "verb": said, "name": "Tên", "parent": "Q1", "groups": "MSH3"}, DAY)
    assert cleaned.values["verb"] == verb
    assert cleaned.values["code"] == "MSH"
    assert not cleaned.faults


@pytest.mark.parametrize(
    ("cells_", "why"),
    [
        ({"code": "MSH", "verb": "bán"}, "Chưa rõ việc"),
        ({"code": "", "verb": "chuyển", "parent": "Q1"}, "chưa có mã đơn vị"),
        ({"code": "MSH", "verb": "chuyển"}, "chưa ghi mã cấp trên mới"),
        ({"code": "MSH", "verb": "tách", "name": "X"}, "mã của đơn vị mới, mã các tổ"),
        ({"code": "M-1", "verb": "giải thể"}, "Mã đơn vị M-1 chưa đúng"),
    ],
)
def test_a_line_that_is_not_whole_says_what_it_lacks(cells_: dict[str, str], why: str) -> None:
    assert any(why in fault for fault in clean(cells_, DAY).faults)


def test_what_opens_comes_first_and_what_closes_last_day_by_day() -> None:
    later = DAY + timedelta(days=1)
    lines = [
        Line(1, "Q1", "close", DAY),
        Line(2, "MSH", "move", DAY, other="P1"),
        Line(3, "P1", "open", DAY, other="T1"),
        Line(4, "T1", "open", DAY, other="Q1"),
        Line(5, "P2", "open", later, other="Q1"),
    ]
    assert [line.n for line in in_order(lines)] == [4, 3, 2, 1, 5]


def test_two_lines_that_open_each_other_do_not_go_round_for_ever() -> None:
    lines = [Line(1, "A", "open", DAY, other="B"), Line(2, "B", "open", DAY, other="A")]
    assert {line.n for line in in_order(lines)} == {1, 2}


def test_the_same_wish_twice_is_named() -> None:
    lines = [Line(1, "MSH", "move", DAY, other="P1"), Line(2, "MSH", "move", DAY, other="P2")]
    assert repeated(lines) == {2: 1}


# --- the whole way ------------------------------------------------------------------------------------------------


def test_a_file_is_shown_with_its_balance_done_as_one_and_taken_back_as_one(world: World, minh: FlaskClient) -> None:
    """Takes 3 s: the whole way of a list, on both databases."""
    page = upload(minh, rows(*REFORM[1:4]), "Q1", "thay-doi")
    words = plain(page)
    assert "Làm 3 thay đổi" in words
    assert "Tính đến 30/6/2020: không đổi, cộng LĐLĐ Quận 1: 2 CĐCS, 8 đoàn viên" in words
    assert "Công đoàn phường Bến Thành (PBT) – 1 CĐCS, 3 đoàn viên" in words
    assert "CĐCS May Sen Mới (MSM) – 1 CĐCS, 1 đoàn viên" in words
    assert "Cộng LĐLĐ Quận 1 2 CĐCS, 8 đoàn viên 3 CĐCS, 8 đoàn viên" in words
    assert "bằng đúng số của từng đơn vị cấp trên" in words
    assert "Nguyễn Thị Hòa" not in words
    with world.app.app_context():
        assert db.session.scalar(sa.select(Unit.id).where(Unit.code == "PBT")) is None
        before = _tree()
        db.session.rollback()
    done = load(minh, page)
    assert "Đã thay đổi các đơn vị" in plain(done)
    result = cells(minh.get(f"{address(page)}/ket-qua.xlsx").data)
    assert [row[5] for row in result[-3:]] == ["Đã làm"] * 3
    assert [row[3] for row in result[-3:]] == ["BTX", "PBT", "MSH"]  # in the order of the file
    with world.app.app_context():
        made = db.session.scalars(sa.select(UnitChange)).one()
        assert (made.verb, made.facts) == ("list", {"lines": 3})
        assert queries.get(make.unit("BTX").id, DAY).parent_id == make.unit("PBT").id
        assert queries.get(make.unit("BTX").id, DAY - timedelta(days=1)).parent_id == make.unit("Q1").id
        assert [one.unit_id for one in memberships_of(world.hoa, DAY)] == [make.unit("MSM").id]
        db.session.rollback()
    assert "Nhiều thay đổi từ một tệp" in minh.get("/don-vi/Q1/thay-doi").text
    assert "Đã hoàn tác" in plain(post(minh, address(page), "hoan-tac"))
    with world.app.app_context():
        assert _tree() == before
        assert rebuild() == []
        db.session.rollback()


def _tree() -> list[tuple[object, ...]]:
    columns = (UnitPath.ancestor_id, UnitPath.descendant_id, UnitPath.depth, UnitPath.since, UnitPath.until)
    return sorted(map(repr, db.session.execute(sa.select(*columns))))  # type: ignore[arg-type]


def test_a_list_undone_among_the_changes_counts_as_undone(world: World, minh: FlaskClient) -> None:
    page = upload(minh, rows(REFORM[2]), "Q1", "thay-doi")
    load(minh, page)
    with world.app.app_context():
        made = db.session.scalars(sa.select(UnitChange.id)).one()
    assert make.post(minh, f"/don-vi/Q1/thay-doi/{made}/hoan-tac").status_code == 303
    assert "Đã hoàn tác" in plain(minh.get(address(page)))


def test_one_line_that_cannot_be_stops_the_whole_file_and_is_named(world: World, minh: FlaskClient) -> None:
    data = rows(
        REFORM[1],
        REFORM[2],
        ("MSH", "chuyển", "", "KHA"),
        ("KHA", "đổi tên", "Tên của người khác"),
        ("ZZZ", "giải thể"),
        ("Q1", "đổi tên", "Tên"),
    )
    page = upload(minh, data, "Q1", "thay-doi")
    words = plain(page)
    assert "Còn 4 dòng cần sửa" in words
    assert 'name="se-lam"' not in page.text
    errors = plain(minh.get(f"{address(page)}?muc=loi"))
    for code in ("KHA", "ZZZ", "Q1"):
        assert f"Không có đơn vị mang mã {code} vào ngày 01/07/2020 trong phần việc của anh/chị" in errors
    assert "Khánh An" not in words + errors
    assert "Đổi tên" in errors
    assert "không đổi" not in words  # no balance of what will not be
    forced = make.post(minh, f"{address(page)}/nap", {"se-lam": "x", "bo-qua": "1"})
    assert forced.status_code == 409
    with world.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UnitChange)) == 0


def test_what_has_changed_since_it_was_shown_is_shown_again(world: World, minh: FlaskClient) -> None:
    page = upload(minh, rows(REFORM[1], REFORM[2]), "Q1", "thay-doi")
    make.person(world.app, "Người Mới Đến", "BTX")
    again = load(minh, page)
    assert "9 đoàn viên" in plain(again)
    assert "Đã thay đổi" not in plain(again)
    assert "Đã thay đổi các đơn vị" in plain(load(minh, again))


def test_a_merger_in_a_file_tells_what_becomes_of_people(world: World, minh: FlaskClient) -> None:
    words = plain(upload(minh, rows(("MSH", "sáp nhập", "", "", "BTX")), "Q1", "thay-doi"))
    assert "5 đoàn viên chuyển sinh hoạt sang CĐCS Tiểu học Bến Thành Xanh" in words
    assert "Phạm Thị Thu, Chủ tịch" in words
    assert "Nguyễn Thị Hòa" not in words


def test_a_list_of_changes_is_a_federations_own(world: World) -> None:
    thu, phu = make.sign_in(world.app, world.thu), make.sign_in(world.app, world.phu)
    assert thu.get("/don-vi/MSH/thay-doi/nap-danh-sach").status_code == 404
    assert phu.get("/don-vi/Q1/thay-doi/nap-danh-sach").status_code == 404
    assert phu.get("/don-vi/Q3/thay-doi/nap-danh-sach").status_code == 200
    template = cells(phu.get("/mau/thay-doi-don-vi.xlsx").data)
    assert template[0][:3] == ["STT", "Mã đơn vị", "Việc"]


def test_the_template_as_it_comes_loads_nothing(world: World, minh: FlaskClient) -> None:
    page = upload(minh, minh.get("/mau/thay-doi-don-vi.xlsx").data, "Q1", "thay-doi")
    assert "dưới đó chưa có dòng nào" in plain(page)


@pytest.mark.parametrize("written", ["1/7/2020", "01.07.2020", "2020-07-01", "2020-07-01 00:00"])
def test_a_day_is_read_as_people_and_excel_write_it(written: str) -> None:
    assert desk.clean({"code": "MSH", "verb": "giải thể", "day": written}).values["day"] == "2020-07-01"


def test_a_csv_with_fewer_columns_does_as_well(world: World, minh: FlaskClient) -> None:
    lines = [
        ("Mã đơn vị", "Nội dung thay đổi", "Tên mới", "Hiệu lực từ ngày"),
        ("MSH", "đổi tên", "CĐCS Mới", "1/7/2020"),
    ]
    page = upload(minh, csv(lines, ";"), "Q1", "thay-doi", name="thay-doi.csv")
    assert "Đổi tên thành CĐCS Mới" in plain(page)
    assert "Đã làm 1 thay đổi" in plain(load(minh, page))
    gone = minh.get("/don-vi/Q1/thay-doi/nap-danh-sach").text
    assert "hoàn tác được trong một ngày" in gone


def test_a_day_too_long_ago_is_refused(world: World, minh: FlaskClient) -> None:
    page = upload(minh, rows(REFORM[2], day="1/1/2019"), "Q1", "thay-doi")
    assert "Ngày có hiệu lực ghi được từ" in plain(page)
