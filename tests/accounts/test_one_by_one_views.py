"""The pages of one member at a time, through the browser alone."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import make
from tests.world import World

LIST = "/don-vi/MSH/doan-vien"


@pytest.fixture
def hanh(world: World) -> FlaskClient:
    return make.sign_in(world.app, world.hanh)


def add(client: FlaskClient, name: str, **more: str) -> TestResponse:
    return make.post(client, f"{LIST}/them", {"name": name, "address": "", "group": "0", "form_id": name, **more})


def plain(answer: TestResponse) -> str:
    return " ".join(answer.text.replace("\u00a0", " ").split())


def test_the_list_leads_to_the_page_of_each(world: World, hanh: FlaskClient) -> None:
    code = make.code_of(world.app, world.hoa)
    assert f'href="{LIST}/{code}"' in hanh.get(LIST).text
    page = plain(hanh.get(f"{LIST}/{code}"))
    assert "Nguyễn Thị Hòa" in page
    assert "0900 000 001" in page
    assert "Tổ May 3" in page


def test_somebody_added_gets_a_slip_at_once_and_the_same_form_adds_one(world: World, hanh: FlaskClient) -> None:
    first, second = (add(hanh, "Trịnh Thị Ngân") for _ in range(2))
    assert (first.status_code, first.location) == (303, second.location)
    page = hanh.get(first.location)
    assert "Thêm người nữa" in plain(page)
    slip = make.post(hanh, f"{first.location}/phieu", {"form_id": "a", "o": "trang-rieng"})
    assert "Mã lần đầu của" in plain(slip)
    gone = make.post(hanh, f"{first.location}/bo-khoi-danh-sach")
    assert gone.status_code in (303, 409)


def test_whom_somebody_may_already_be_is_shown_before_they_are_kept(hanh: FlaskClient) -> None:
    asked = add(hanh, "Nguyen Thi Hoa")
    assert asked.status_code == 409
    assert "Có phải một trong những người này không?" in plain(asked)
    seen = re.search(r'name="seen" value="([^"]+)"', asked.text)
    assert seen
    assert add(hanh, "Nguyễn Thị Hoa", seen=seen[1]).status_code == 303


def test_a_number_of_somebody_elsewhere_is_told_without_a_name(world: World, hanh: FlaskClient) -> None:
    make.person(world.app, "Kiều Thị Nga", "BTX", phone="0900000321")
    asked = add(hanh, "Trịnh Thị Ngân", phone="0900000321")
    assert asked.status_code == 409
    assert "là số của một người khác nữa" in plain(asked)
    assert "Kiều Thị Nga" not in plain(asked)


def test_a_refused_correction_keeps_what_was_typed(world: World, hanh: FlaskClient) -> None:
    path = f"{LIST}/{make.code_of(world.app, world.hoa)}/sua"
    refused = make.post(hanh, path, {"name": "Nguyễn Thị Hoà", "address": "chị", "group": "0", "phone": "12"})
    assert refused.status_code == 400
    assert 'value="12"' in refused.text
    form = {"name": "Nguyễn Thị Hoài", "address": "chị", "group": "0", "phone": "0900000001"}
    assert make.post(hanh, path, form).status_code == 303
    assert "Nguyễn Thị Hoài" in plain(hanh.get(LIST))


def test_a_member_leaves_and_comes_back_from_the_list_of_those_who_left(world: World, hanh: FlaskClient) -> None:
    code = make.code_of(world.app, world.hoa)
    assert make.post(hanh, f"{LIST}/{code}/thoi-sinh-hoat", {"on": "12/5/2020"}).status_code == 303
    assert "Nguyễn Thị Hòa" not in plain(hanh.get(LIST))
    assert "Hoàn tác" in plain(hanh.get(f"{LIST}/{code}"))
    assert "Trở lại sinh hoạt" in plain(hanh.get(f"{LIST}/da-thoi?tim=hoa"))
    assert make.post(hanh, f"{LIST}/{code}/tro-lai").status_code == 303
    assert "Nguyễn Thị Hòa" in plain(hanh.get(LIST))


def test_a_move_from_one_list_to_the_other(world: World, hanh: FlaskClient) -> None:
    code = make.code_of(world.app, world.hoa)
    wrong = make.post(hanh, f"{LIST}/{code}/gioi-thieu", {"on": "12/5/2020", "to": "KHONGCO"})
    assert wrong.status_code == 400
    assert make.post(hanh, f"{LIST}/{code}/gioi-thieu", {"on": "12/5/2020", "to": "BTX"}).status_code == 303
    shown = re.search(r'lt-code">([A-Z0-9]{4}-[A-Z0-9]{4})<', hanh.get(f"{LIST}/{code}").text)
    assert shown
    hoa = make.sign_in(world.app, world.hoa)
    assert "Đang chuyển sinh hoạt công đoàn từ CĐCS May Sen Hồng" in plain(hoa.get("/"))
    there = "/don-vi/BTX/doan-vien"
    cuc, van = make.sign_in(world.app, world.cuc), make.sign_in(world.app, world.van)
    assert "Nguyễn Thị Hòa" in plain(cuc.get(f"{there}/tiep-nhan"))
    stranger = van.get(f"/don-vi/KHA/doan-vien/tiep-nhan?ma={shown[1]}")
    assert stranger.status_code == 400
    assert "Nguyễn Thị Hòa" not in plain(stranger)
    for _ in range(2):
        assert make.post(cuc, f"{there}/tiep-nhan", {"code": shown[1], "group": "0"}).status_code == 303
    assert "Nguyễn Thị Hòa" in plain(cuc.get(there))
    assert "Đã được tiếp nhận" in plain(hanh.get(f"{LIST}/{code}"))
    assert "Bến Thành" not in plain(hanh.get(f"{LIST}/{code}"))


def test_those_ticked_are_exempt_and_one_ends_early(world: World, hanh: FlaskClient) -> None:
    codes = [make.code_of(world.app, who) for who in (world.hoa, world.bich)]
    page = hanh.get(f"{LIST}/tam-mien?nguoi={codes[0]}&nguoi={codes[1]}")
    assert "Lê Thị Bích" in plain(page)
    form = {"nguoi": codes, "since": "12/5/2020", "last": "31/12/2020"}
    assert make.post(hanh, f"{LIST}/tam-mien", form).status_code == 303
    assert "đến hết" in plain(hanh.get(f"{LIST}/{codes[1]}"))
    make.post(hanh, f"{LIST}/{codes[1]}/tam-mien/ket-thuc")
    assert "đến hết" not in plain(hanh.get(f"{LIST}/{codes[1]}"))


def test_two_who_are_one_are_merged_and_set_apart(world: World, hanh: FlaskClient) -> None:
    stays, gone = (make.code_of(world.app, who) for who in (world.bich, world.hoa))
    assert "Nhập làm một" in plain(hanh.get(f"{LIST}/{stays}/nhap-ho-so?kia={gone}"))
    for _ in range(2):
        assert make.post(hanh, f"{LIST}/{stays}/nhap-ho-so", {"kia": gone}).status_code == 303
    assert gone in plain(hanh.get(f"{LIST}/{stays}"))
    assert hanh.get(f"{LIST}/{gone}").status_code == 404
    assert make.post(hanh, f"{LIST}/{stays}/nhap-ho-so/hoan-tac", {"kia": gone}).status_code == 303
    assert hanh.get(f"{LIST}/{gone}").status_code == 200
