"""The completion tables as spreadsheets: whole, by name in one's own unit, in counts from above."""

from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from app.progress.queries import unit as unit_queries
from tests import make
from tests.progress.test_views import MEMBERS, officer
from tests.world import World

PATH = "/don-vi/MSH/hoan-thanh.xlsx"


def sheets(client: FlaskClient, path: str = PATH) -> dict[str, list[list[object]]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def people(found: dict[str, list[list[object]]]) -> list[object]:
    return [row[1] for row in found["Đoàn viên"][3:]]


def test_every_member_stands_in_it_with_each_step_and_its_day(year: World) -> None:
    found = sheets(officer(year))
    heads, *rows = found["Đoàn viên"][2:]
    assert heads == [
        "STT",
        "Họ và tên",
        "Tổ công đoàn",
        "Chuyên đề Nêu gương, Học",
        "Nghị quyết Trung ương 4, Học",
        "Đăng ký việc làm theo, Đăng ký",
        "Ghi chú",
    ]
    assert people(found) == list(MEMBERS)
    hoa = rows[2]
    assert hoa == [3, "Nguyễn Thị Hòa", "Tổ May 3", date(2020, 5, 8), "–", "Không đăng ký", ""]


def test_it_holds_the_totals_of_the_unit(year: World) -> None:
    totals = sheets(officer(year))["Tổng cộng"]
    assert totals[0] == ["Việc", "Được mời làm", "Đã xong", "Không đăng ký", "Còn"]
    assert totals[3] == ["Đăng ký việc làm theo", 5, 0, 1, 4]


def test_the_filter_holds_for_it_too(year: World) -> None:
    client = officer(year)
    assert people(sheets(client, f"{PATH}?to=MSH3")) == ["Nguyễn Thị Hòa"]
    assert "Tổ May 3" in str(sheets(client, f"{PATH}?to=MSH3")["Đoàn viên"][0][0])
    assert people(sheets(client, f"{PATH}?viec=study:neu-guong&con=xong")) == ["Nguyễn Thị Hòa", "Phạm Thị Thu"]


def test_it_is_whole_however_many_they_are(year: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit_queries, "PRINTED", 2)
    monkeypatch.setattr(unit_queries, "MEMBERS", 2)
    assert people(sheets(officer(year))) == list(MEMBERS)


def test_above_the_unit_it_holds_counts_and_nobody(year: World) -> None:
    found = sheets(officer(year, "minh"), "/don-vi/Q1/hoan-thanh.xlsx")
    heads, *rows = found["Đơn vị"][2:]
    assert heads[:5] == ["STT", "Mã", "Đơn vị", "Chuyên đề Nêu gương, Học: xong", "Chuyên đề Nêu gương, Học: mời"]
    assert rows[0][:5] == [1, "MSH", "CĐCS May Sen Hồng", 2, 5]
    assert rows[1][:5] == [2, "BTX", "CĐCS Tiểu học Bến Thành Xanh", 1, 3]
    assert all(name not in str(found) for name in (*MEMBERS, "Mai Thị Lan"))


def test_above_the_unit_nobody_learns_how_many_said_no(year: World) -> None:
    totals = sheets(officer(year, "minh"), "/don-vi/Q1/hoan-thanh.xlsx")["Tổng cộng"]
    assert totals[0] == ["Việc", "Được mời làm", "Đã xong", "Còn"]
    assert "Không đăng ký" not in str(totals)


def test_a_unit_seen_from_above_has_none(year: World) -> None:
    assert officer(year, "minh").get(PATH).status_code == 404


def test_inside_zalo_the_way_out_is_told(year: World) -> None:
    answer = officer(year).get(PATH, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 9) Zalo android/12"})
    assert "Mở bằng trình duyệt" in answer.text


def test_the_page_leads_to_it_as_it_is_filtered(year: World) -> None:
    page = officer(year).get("/don-vi/MSH/hoan-thanh?to=MSH3").text
    assert "/don-vi/MSH/hoan-thanh.xlsx?to=MSH3" in page
    assert make.sign_in(year.app, year.hoa).get(PATH).status_code == 403
