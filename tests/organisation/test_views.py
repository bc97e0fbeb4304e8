"""The pages of changes, as a browser meets them."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.db import db
from app.units import queries
from app.units.models import Unit, UnitChange
from tests import make
from tests.world import World

AT = "/don-vi/MSH/thay-doi"


@pytest.fixture
def minh(world: World) -> FlaskClient:
    return make.sign_in(world.app, world.minh)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.replace("\xa0", " ")).split())


def preview(client: FlaskClient, path: str, **data: object) -> tuple[str, dict[str, object]]:
    """The page of the preview, and what its button sends."""
    answer = make.post(client, path, {"form_id": str(uuid4()), "day": "12/5/2020", **data})
    html = answer.text
    assert answer.status_code == 200, plain(html)
    names = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
    return html, {**data, **names, "xac-nhan": "1"}


def test_a_unit_moves_after_a_preview_that_balances(world: World, minh: FlaskClient) -> None:
    make.role(world.app, world.minh, "Q3", "officer", "committee")
    minh = make.sign_in(world.app, world.minh)
    html, button = preview(minh, f"{AT}/chuyen", other="q3")
    shown = plain(html)
    assert "LĐLĐ Quận 1" in shown
    assert "2 CĐCS, 8 đoàn viên" in shown
    assert "bằng đúng số của từng đơn vị cấp trên" in shown
    with world.app.app_context():
        assert queries.get(make.unit("MSH").id, make.START).parent_id == make.unit("Q1").id
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UnitChange)) == 0
    for _ in range(2):
        done = make.post(minh, f"{AT}/chuyen", button)
        assert done.status_code == 303
    page = minh.get(done.location).text
    assert "Chuyển sang cấp trên khác" in page
    assert "Hoàn tác" in page
    with world.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UnitChange)) == 1


def test_a_merger_tells_what_becomes_of_people_and_the_old_address_leads_on(world: World, minh: FlaskClient) -> None:
    html, button = preview(minh, f"{AT}/sap-nhap", other="BTX")
    shown = plain(html)
    assert "5 đoàn viên chuyển sinh hoạt sang CĐCS Tiểu học Bến Thành Xanh" in shown
    assert "Phạm Thị Thu, Chủ tịch" in shown
    assert "Nguyễn Thị Hòa" not in shown
    assert make.post(minh, f"{AT}/sap-nhap", button).status_code == 303
    answer = minh.get("/don-vi/MSH")
    assert answer.status_code == 303
    assert answer.location.endswith("/don-vi/BTX/hoan-thanh")
    hoa = make.sign_in(world.app, world.hoa)
    assert "CĐCS Tiểu học Bến Thành Xanh" in hoa.get("/toi").text.replace("\xa0", " ")


def test_what_is_confirmed_is_what_was_seen(world: World, minh: FlaskClient) -> None:
    _, button = preview(minh, f"{AT}/sap-nhap", other="BTX")
    make.person(world.app, "Người Mới Đến", "MSH")
    answer = make.post(minh, f"{AT}/sap-nhap", button)
    assert answer.status_code == 409
    assert "6 đoàn viên chuyển sinh hoạt" in plain(answer.text)


def test_a_split_takes_groups_and_codes_and_refuses_codes_of_others(world: World, minh: FlaskClient) -> None:
    bich, lan = make.code_of(world.app, world.bich), make.code_of(world.app, world.lan)
    new = {"name": "CĐCS May Sen Trắng", "code": "mst", "groups": "MSH3"}
    refused = make.post(minh, f"{AT}/tach", {"day": "12/5/2020", **new, "people": lan})
    assert refused.status_code == 400
    assert lan in refused.text
    assert "CĐCS May Sen Trắng" in refused.text
    html, button = preview(minh, f"{AT}/tach", **new, people=bich)
    assert "2 đoàn viên chuyển sinh hoạt" in plain(html)
    assert "Lê Thị Bích" not in html
    assert make.post(minh, f"{AT}/tach", button).status_code == 303
    assert minh.get("/don-vi/MST/thay-doi").status_code == 200


def test_a_change_is_undone_from_the_page_where_it_stands(world: World, minh: FlaskClient) -> None:
    _, button = preview(minh, f"{AT}/doi-ten", name="CĐCS Tên Khác")
    make.post(minh, f"{AT}/doi-ten", button)
    page = minh.get("/don-vi/Q1/thay-doi").text
    undo = re.search(r'action="([^"]+/hoan-tac)"', page)
    assert undo
    assert make.post(minh, undo[1]).status_code == 303
    assert "Đã hoàn tác" in minh.get("/don-vi/Q1/thay-doi").text
    with world.app.app_context():
        assert queries.get(make.unit("MSH").id, make.START).name == "CĐCS May Sen Hồng"


@pytest.mark.parametrize(
    ("verb", "data", "words"),
    [
        ("chuyen", {"other": "KHA"}, "Không có đơn vị mang mã KHA"),
        ("chuyen", {"other": "BTX"}, "không nhận đơn vị loại này"),
        ("sap-nhap", {"other": "Q1"}, "không cùng loại"),
        ("doi-ten", {"name": "Tên", "day": "1/1/2020"}, "từ 11/04/2020 đến 13/05/2021"),
        ("doi-ten", {"name": "", "day": "12/5/2020"}, "Cần sửa"),
        ("tach", {"name": "Tên", "code": "MST"}, "Anh/chị chọn tổ"),
        ("tach", {"name": "Tên", "code": "BTX", "groups": "MSH3"}, "Mã đơn vị BTX đã có"),
        ("dong", {}, "trực thuộc"),
    ],
)
def test_a_refusal_says_what_to_do_and_keeps_what_was_typed(
    world: World, minh: FlaskClient, verb: str, data: dict[str, str], words: str
) -> None:
    answer = make.post(minh, f"{AT}/{verb}", {"day": "12/5/2020", **data})
    assert answer.status_code in (400, 409)
    assert words in plain(answer.text)
    assert all(f'value="{value}"' in answer.text for value in data.values() if value and value != "MSH3")


def test_a_new_unit_is_opened_below_ones_own(world: World) -> None:
    thu = make.sign_in(world.app, world.thu)
    assert thu.get(f"{AT}/chuyen").status_code == 404
    _, button = preview(thu, f"{AT}/mo", name="Tổ May 9", code="MSH9", kind="group")
    assert make.post(thu, f"{AT}/mo", button).status_code == 303
    with world.app.app_context():
        assert db.session.scalar(sa.select(Unit.id).where(Unit.code == "MSH9"))
