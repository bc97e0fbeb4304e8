"""Getting in and out, through the browser alone."""

import re
import threading
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Account, SignInDelay
from app.db import db, writing
from tests import make
from tests.world import World

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng"
RESTS = "Nhập sai nhiều lần quá"
NEW = "mưa rào tháng tám"


def attempt(client: FlaskClient, name: str, password: str, **more: str) -> TestResponse:
    data = {"csrf_token": make.token(client), "name": name, "password": password}
    return client.post("/dang-nhap", data=data | more)


def fail(client: FlaskClient, name: str, times: int) -> list[int]:
    return [attempt(client, name, f"sai {n} lần rồi").status_code for n in range(times)]


def is_in(client: FlaskClient) -> bool:
    return client.get("/toi").status_code == 200


def code_shown(page: TestResponse) -> str:
    found = re.search(r'class="lt-score[^"]*">([^<]+)<', page.text)
    assert found, page.text
    return found[1]


def without_password(world: World, person: UUID) -> None:
    with world.app.app_context(), writing() as session:
        session.execute(sa.update(Account).where(Account.person_id == person).values(password_hash=None))


@pytest.fixture
def code(world: World) -> str:
    """Hòa's member code."""
    return make.code_of(world.app, world.hoa)


# --- the name ----------------------------------------------------------------------------------------------------


def test_the_member_code_signs_in_in_any_spelling(world: World, code: str) -> None:
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        client = world.app.test_client()
        assert attempt(client, typed, make.PASSWORD).status_code == 303, typed
        assert is_in(client)


@pytest.mark.parametrize("typed", ["0900000001", "090 000 0001", "+84900000001"])
def test_the_phone_signs_in(world: World, typed: str) -> None:
    client = world.app.test_client()
    assert attempt(client, typed, make.PASSWORD).status_code == 303
    assert "Nguyễn Thị Hòa" in client.get("/toi").text


def test_an_e_mail_address_signs_in_in_any_case(world: World) -> None:
    with world.app.app_context(), writing():
        from app.accounts import actions

        made = actions.add_person(None, "Người Có Thư", email="Thu@Example.com").id
        db.session.get_one(Account, made).password_hash = make.hashed()
    assert attempt(world.app.test_client(), "THU@example.com", make.PASSWORD).status_code == 303


def test_a_phone_that_two_persons_share_signs_in_neither(world: World) -> None:
    make.person(world.app, "Nguyễn Thị Hoa", "MSH", phone="0900000001")
    answer = attempt(world.app.test_client(), "0900000001", make.PASSWORD)
    assert answer.status_code == 400
    assert WRONG in answer.text


@pytest.mark.parametrize(
    ("name", "password"), [("MSH-9999-1", make.PASSWORD), ("không có ai", "x" * 20), ("0900000009", make.PASSWORD)]
)
def test_an_unknown_name_is_answered_like_a_wrong_password(world: World, code: str, name: str, password: str) -> None:
    unknown = attempt(world.app.test_client(), name, password)
    wrong = attempt(world.app.test_client(), code, "sai mật khẩu rồi")
    assert (unknown.status_code, wrong.status_code) == (400, 400)
    assert same_page(unknown).replace(name, "") == same_page(wrong).replace(code, "")


def same_page(answer: TestResponse) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)


def test_without_a_password_nobody_comes_in(world: World, code: str) -> None:
    without_password(world, world.hoa)
    for password in ("", " ", "None", "không ai cả"):
        assert attempt(world.app.test_client(), code, password).status_code == 400


def test_the_password_typed_is_never_shown_again(world: World, code: str) -> None:
    assert "điều bí mật" not in attempt(world.app.test_client(), code, "điều bí mật").text


# --- delays ------------------------------------------------------------------------------------------------------


def test_the_fourth_wrong_password_makes_the_name_rest(world: World, code: str) -> None:
    client = world.app.test_client()
    assert fail(client, code, 5) == [400, 400, 400, 400, 429]
    right = attempt(client, code, make.PASSWORD)
    assert right.status_code == 429
    assert RESTS in right.text
    with clock.shifted(timedelta(seconds=6)):
        assert attempt(client, code, make.PASSWORD).status_code == 303


def test_the_rest_grows_and_a_success_ends_it(world: World, code: str) -> None:
    client = world.app.test_client()
    fail(client, code, 4)
    with clock.shifted(timedelta(seconds=6)):
        assert fail(client, code, 1) == [400]
        with clock.shifted(timedelta(seconds=6)):
            assert fail(client, code, 1) == [429]
        with clock.shifted(timedelta(seconds=11)):
            assert attempt(client, code, make.PASSWORD).status_code == 303
    assert fail(world.app.test_client(), code, 3) == [400, 400, 400]


def test_another_spelling_of_the_name_gains_nothing(world: World, code: str) -> None:
    client = world.app.test_client()
    fail(client, code, 2)
    fail(client, code.lower(), 1)
    fail(client, "0900000001", 1)
    assert attempt(client, code, make.PASSWORD).status_code == 429


def test_a_new_browser_gains_a_stranger_nothing(world: World, code: str) -> None:
    statuses = [fail(world.app.test_client(), code, 1)[0] for _ in range(6)]
    assert statuses == [400, 400, 400, 400, 429, 429]


def test_a_device_cookie_of_ones_own_making_gains_a_stranger_nothing(world: World, code: str) -> None:
    statuses = []
    for n in range(6):
        client = world.app.test_client()
        client.set_cookie("may", f"{n}" * 40)
        statuses += fail(client, code, 1)
    assert statuses == [400, 400, 400, 400, 429, 429]


def test_a_stranger_does_not_lock_out_a_known_device(world: World, code: str) -> None:
    known = make.sign_in(world.app, world.hoa)
    make.post(known, "/thoat")
    stranger = world.app.test_client()
    assert fail(stranger, code, 9)[-1] == 429
    assert attempt(world.app.test_client(), code, make.PASSWORD).status_code == 429
    assert attempt(known, code, make.PASSWORD).status_code == 303


def test_a_known_device_of_somebody_else_is_a_stranger(world: World, code: str) -> None:
    other = make.sign_in(world.app, world.bich)
    make.post(other, "/thoat")
    assert fail(world.app.test_client(), code, 4) == [400] * 4
    assert attempt(other, code, make.PASSWORD).status_code == 429


def test_a_known_device_that_guesses_rests_too(world: World, code: str) -> None:
    known = make.sign_in(world.app, world.hoa)
    make.post(known, "/thoat")
    assert fail(known, code, 5) == [400, 400, 400, 400, 429]


def beside_each_other(works: list[FlaskClient], path: str, data: dict[str, str]) -> list[int]:
    """The same form sent from all browsers at once."""
    tokens = [make.token(client) for client in works]
    start = threading.Barrier(len(works))
    statuses: list[int] = []

    def send(client: FlaskClient, token: str) -> None:
        start.wait(10)
        statuses.append(client.post(path, data={"csrf_token": token, **data}).status_code)

    threads = [threading.Thread(target=send, args=pair) for pair in zip(works, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


def failures(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(sa.select(SignInDelay.failures)))


def test_wrong_tries_side_by_side_gain_nothing(world: World, code: str) -> None:
    clients = [world.app.test_client() for _ in range(12)]
    statuses = beside_each_other(clients, "/dang-nhap", {"name": code, "password": "sai mật khẩu rồi"})
    assert statuses == [400] * 4 + [429] * 8
    assert failures(world.app) == [4]


def test_wrong_tries_side_by_side_for_a_name_that_nobody_has_are_no_fault(world: World) -> None:
    clients = [world.app.test_client() for _ in range(8)]
    statuses = beside_each_other(clients, "/dang-nhap", {"name": "không có ai", "password": "sai mật khẩu rồi"})
    assert set(statuses) <= {400, 429}


def test_wrong_reset_codes_side_by_side_gain_nothing(world: World, code: str) -> None:
    officer_reads_out(world)
    clients = [world.app.test_client() for _ in range(12)]
    data = {"name": code, "code": "000000", "password": NEW}
    statuses = beside_each_other(clients, "/quen-mat-khau", data)
    assert statuses == [409] * 4 + [429] * 8
    assert failures(world.app) == [4]


# --- where sign-in leads -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["/hoc/2020", "/don-vi/MSH/hoan-thanh?con=con&trang=2", "/toi#phien"])
def test_sign_in_leads_back_to_where_one_wanted(world: World, code: str, way: str) -> None:
    assert attempt(world.app.test_client(), code, make.PASSWORD, tiep=way).location == way


@pytest.mark.parametrize(
    "way",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "http:/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "@evil.example",
        "",
    ],
)
def test_sign_in_leads_nowhere_else(world: World, code: str, way: str) -> None:
    answer = attempt(world.app.test_client(), code, make.PASSWORD, tiep=way)
    assert answer.status_code == 303
    location = answer.location
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/\t", "/%09", "/%0A"))
    assert "evil" not in location or location.startswith("/ok")
    assert "a=b" not in str(answer.headers.getlist("Set-Cookie"))


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World, code: str) -> None:
    answer = attempt(world.app.test_client(), code, make.PASSWORD)
    cookies = {cookie.split("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"lamtheo", "may"}
    for cookie in cookies.values():
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


# --- going out ---------------------------------------------------------------------------------------------------


def test_who_went_out_is_out_even_with_the_old_cookie(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    cookie = client.get_cookie("lamtheo")
    assert cookie is not None
    answer = make.post(client, "/thoat")
    assert (answer.status_code, answer.location) == (303, "/dang-nhap")
    assert not is_in(client)
    client.set_cookie("lamtheo", cookie.value)
    assert not is_in(client)


def test_going_out_here_leaves_the_other_browser_in(world: World) -> None:
    here, there = make.sign_in(world.app, world.hoa), make.sign_in(world.app, world.hoa)
    make.post(here, "/thoat")
    assert is_in(there)


def test_i_see_my_sessions_and_end_another_one(world: World) -> None:
    here, there = make.sign_in(world.app, world.hoa), make.sign_in(world.app, world.hoa)
    page = here.get("/toi").text
    (other,) = re.findall(r'action="/toi/phien/([0-9a-f]+)/ket-thuc"', page)
    assert "(máy này)" in page
    assert make.post(here, f"/toi/phien/{other}/ket-thuc").status_code == 303
    assert is_in(here)
    assert not is_in(there)


def test_nobody_ends_the_session_of_another(world: World) -> None:
    here, there = make.sign_in(world.app, world.hoa), make.sign_in(world.app, world.hoa)
    (other,) = re.findall(r'action="/toi/phien/([0-9a-f]+)/ket-thuc"', here.get("/toi").text)
    make.post(make.sign_in(world.app, world.bich), f"/toi/phien/{other}/ket-thuc")
    assert is_in(there)


def test_an_idle_session_has_to_sign_in_again(world: World) -> None:
    member, officer = make.sign_in(world.app, world.hoa), make.sign_in(world.app, world.hanh)
    with clock.shifted(timedelta(days=8)):
        assert is_in(member)
        assert not is_in(officer)
    with clock.shifted(timedelta(days=39)):
        assert not is_in(member)


def test_a_session_in_use_goes_on(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    for days in (29, 58, 87):
        with clock.shifted(timedelta(days=days)):
            assert is_in(client)


def test_a_revoked_role_is_gone_at_once(world: World) -> None:
    from app.accounts import actions

    client = make.sign_in(world.app, world.hanh)
    assert client.get("/don-vi/MSH/doan-vien").status_code == 200
    with world.app.app_context(), writing():
        actions.revoke(world.huy, world.hanh, make.unit("MSH"), "officer", clock.today())
    assert client.get("/don-vi/MSH/doan-vien").status_code == 303
    again = make.sign_in(world.app, world.hanh)
    assert again.get("/don-vi/MSH/doan-vien").status_code == 403


# --- a new password ----------------------------------------------------------------------------------------------


def change(client: FlaskClient, present: str, password: str) -> TestResponse:
    return make.post(client, "/toi/mat-khau", {"present": present, "password": password})


def test_a_changed_password_leaves_this_browser_in_and_no_other(world: World, code: str) -> None:
    here, there = make.sign_in(world.app, world.hoa), make.sign_in(world.app, world.hoa)
    assert change(here, make.PASSWORD, NEW).status_code == 303
    assert is_in(here)
    assert not is_in(there)
    assert attempt(world.app.test_client(), code, make.PASSWORD).status_code == 400
    assert attempt(world.app.test_client(), code, NEW).status_code == 303


@pytest.mark.parametrize(
    ("present", "password", "words"),
    [
        ("sai rồi nhé", NEW, "Mật khẩu đang dùng chưa đúng"),
        (make.PASSWORD, "ngắn", "ít nhất 8"),
        (make.PASSWORD, "matkhau123", "nhiều người dùng quá"),
        (make.PASSWORD, "0900000001", "nhiều người dùng quá"),
        (make.PASSWORD, "", "điền ô này"),
    ],
)
def test_a_password_that_will_not_do_says_why_and_changes_nothing(
    world: World, code: str, present: str, password: str, words: str
) -> None:
    client = make.sign_in(world.app, world.hoa)
    answer = change(client, present, password)
    assert answer.status_code == 400
    assert words in answer.text
    assert is_in(client)
    assert attempt(world.app.test_client(), code, make.PASSWORD).status_code == 303


# --- a lost one --------------------------------------------------------------------------------------------------


def officer_reads_out(world: World) -> str:
    client = make.sign_in(world.app, world.hanh)
    page = make.post(client, f"/don-vi/MSH/doan-vien/{make.code_of(world.app, world.hoa)}/ma-dat-lai")
    assert page.status_code == 200
    return code_shown(page)


def reset(client: FlaskClient, name: str, code: str, password: str = NEW) -> TestResponse:
    return make.post(client, "/quen-mat-khau", {"name": name, "code": code, "password": password}, "/quen-mat-khau")


def test_six_digits_read_out_set_a_new_password(world: World, code: str) -> None:
    old = make.sign_in(world.app, world.hoa)
    digits = officer_reads_out(world)
    assert re.fullmatch(r"\d{3} \d{3}", digits)
    client = world.app.test_client()
    assert reset(client, code, digits).status_code == 303
    assert is_in(client)
    assert not is_in(old)
    assert attempt(world.app.test_client(), code, NEW).status_code == 303
    assert reset(world.app.test_client(), code, digits, "một câu khác nữa").status_code == 409


def test_a_reset_is_shown_until_it_is_acknowledged(world: World, code: str) -> None:
    client = world.app.test_client()
    reset(client, code, officer_reads_out(world))
    for _ in range(2):
        page = client.get("/").text
        assert "Mật khẩu đã được đặt lại bằng mã" in page
        assert "Trần Thị Mỹ Hạnh" in page
    assert make.post(client, "/toi/dat-lai-mat-khau/da-biet").status_code == 303
    assert "Mật khẩu đã được đặt lại bằng mã" not in client.get("/").text


def test_a_code_read_out_too_long_ago_does_nothing(world: World, code: str) -> None:
    digits = officer_reads_out(world)
    with clock.shifted(timedelta(minutes=16)):
        answer = reset(world.app.test_client(), code, digits)
    assert answer.status_code == 409
    assert "đã quá 15" in answer.text
    assert attempt(world.app.test_client(), code, make.PASSWORD).status_code == 303


def test_a_poor_password_does_not_use_up_the_code(world: World, code: str) -> None:
    digits = officer_reads_out(world)
    assert reset(world.app.test_client(), code, digits, "ngắn").status_code == 400
    assert reset(world.app.test_client(), code, digits).status_code == 303


def test_the_right_code_after_some_wrong_ones_still_works_and_clears_the_count(world: World, code: str) -> None:
    digits = officer_reads_out(world)
    client = world.app.test_client()
    assert [reset(client, code, "000 001").status_code for _ in range(3)] == [409] * 3
    assert reset(client, code, digits).status_code == 303
    assert failures(world.app) == []


def test_a_stranger_who_guesses_codes_does_not_stop_the_owner_on_her_own_device(world: World, code: str) -> None:
    known = make.sign_in(world.app, world.hoa)
    make.post(known, "/thoat")
    digits = officer_reads_out(world)
    stranger = world.app.test_client()
    assert [reset(stranger, code, f"00000{n}").status_code for n in range(5)][-1] == 429
    assert reset(known, code, digits).status_code == 303


def test_an_officer_resets_nobody_with_a_role_and_nobody_elsewhere(world: World) -> None:
    client = make.sign_in(world.app, world.hanh)

    def ask(unit: str, person: UUID) -> int:
        path = f"/don-vi/{unit}/doan-vien/{make.code_of(world.app, person)}/ma-dat-lai"
        return make.post(client, path).status_code

    assert ask("MSH", world.thu) == 403
    assert ask("MSH", world.hanh) == 403
    assert ask("MSH", world.lan) == 404
    assert ask("BTX", world.lan) == 404
    assert ask("KHONG", world.lan) == 404


def test_the_level_above_resets_an_officer_and_reaches_no_member(world: World) -> None:
    client = make.sign_in(world.app, world.minh)
    thu, hoa = (make.code_of(world.app, person) for person in (world.thu, world.hoa))
    page = make.post(client, f"/don-vi/MSH/can-bo/{thu}/ma-dat-lai")
    assert page.status_code == 200
    assert reset(world.app.test_client(), thu, code_shown(page)).status_code == 303
    assert make.post(client, f"/don-vi/MSH/can-bo/{hoa}/ma-dat-lai").status_code == 404
    assert make.post(client, f"/don-vi/MSH/doan-vien/{hoa}/ma-dat-lai").status_code == 404


def test_a_member_reads_out_nothing(world: World, code: str) -> None:
    client = make.sign_in(world.app, world.bich)
    assert make.post(client, f"/don-vi/MSH/doan-vien/{code}/ma-dat-lai").status_code == 403
    assert make.post(client, f"/don-vi/MSH/doan-vien/{code}/phieu").status_code == 403


# --- the first time ----------------------------------------------------------------------------------------------


def slip_of(world: World) -> str:
    without_password(world, world.hoa)
    page = make.post(
        make.sign_in(world.app, world.hanh), f"/don-vi/MSH/doan-vien/{make.code_of(world.app, world.hoa)}/phieu"
    )
    return code_shown(page)


def activate(client: FlaskClient, slip: str, password: str = NEW) -> TestResponse:
    path = f"/kich-hoat/{slip}"
    return make.post(client, path, {"password": password}, form_on=path)


def test_a_slip_lets_in_for_the_first_time(world: World, code: str) -> None:
    slip, client = slip_of(world), world.app.test_client()
    assert re.fullmatch(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}", slip)
    typed = client.get(f"/kich-hoat?code={slip.lower()}")
    assert typed.location == f"/kich-hoat/{slip.replace('-', '')}"
    assert "Nguyễn Thị Hòa" in client.get(typed.location).text
    assert activate(client, slip).location == "/"
    assert is_in(client)
    assert attempt(world.app.test_client(), code, NEW).status_code == 303


def test_a_slip_lets_in_once(world: World) -> None:
    slip, client = slip_of(world), world.app.test_client()
    token = make.token(client, f"/kich-hoat/{slip}")
    activate(world.app.test_client(), slip)
    second = client.post(f"/kich-hoat/{slip}", data={"csrf_token": token, "password": "câu của kẻ khác"})
    assert second.status_code == 409
    assert client.get(f"/kich-hoat/{slip}").status_code == 409
    assert not is_in(client)


def test_of_two_who_use_a_slip_at_once_one_comes_in(world: World) -> None:
    slip = slip_of(world)
    clients = [world.app.test_client() for _ in range(4)]
    assert beside_each_other(clients, f"/kich-hoat/{slip}", {"password": NEW}) == [303] + [409] * 3


def test_an_old_slip_lets_nobody_in(world: World) -> None:
    slip = slip_of(world)
    with clock.shifted(timedelta(days=31)):
        answer = world.app.test_client().get(f"/kich-hoat/{slip}")
    assert answer.status_code == 409
    assert "hết hạn" in answer.text


def test_a_slip_that_never_was_is_answered_like_one_that_is_used_up(world: World) -> None:
    slip, client = slip_of(world), world.app.test_client()
    activate(client, slip)
    codes = (slip.replace("-", ""), "ABCDEFGHJKMNPQRS", "X")
    pages = {
        same_page(world.app.test_client().get(f"/kich-hoat/{code}")).replace(f'value="{code}"', "") for code in codes
    }
    assert len(pages) == 1


def test_a_poor_password_does_not_use_up_the_slip(world: World) -> None:
    slip, client = slip_of(world), world.app.test_client()
    assert activate(client, slip, "12345678").status_code == 400
    assert activate(client, slip).status_code == 303


def test_a_slip_is_not_made_for_who_has_been_in(world: World, code: str) -> None:
    client = make.sign_in(world.app, world.hanh)
    answer = make.post(client, f"/don-vi/MSH/doan-vien/{code}/phieu")
    assert answer.status_code == 409
    assert "đã có mật khẩu" in answer.text


# --- the list ----------------------------------------------------------------------------------------------------


def test_the_list_shows_the_members_of_the_own_unit_only(world: World) -> None:
    page = make.sign_in(world.app, world.hanh).get("/don-vi/MSH/doan-vien").text
    for name in ("Nguyễn Thị Hòa", "Lê Thị Bích", "Phạm Thị Thu"):
        assert name in page
    for name in ("Mai Thị Lan", "Huỳnh Thị Cúc", "Đỗ Quang Minh"):
        assert name not in page


@pytest.mark.parametrize("page", ["doan-vien", "hoan-thanh", "don-vi", "ho-so"])
def test_a_unit_that_is_not_mine_is_like_one_that_is_not_there(world: World, page: str) -> None:
    client = make.sign_in(world.app, world.hanh)
    client.get("/")
    theirs, nobodys = (client.get(f"/don-vi/{unit}/{page}") for unit in ("BTX", "KHONG"))
    assert theirs.status_code == nobodys.status_code == 404
    assert same_page(theirs) == same_page(nobodys)
    assert sorted(theirs.headers.keys()) == sorted(nobodys.headers.keys())


@pytest.mark.parametrize("who", ["minh", "huong", "cuc", "phu", "van"])
def test_the_list_is_not_there_for_anybody_else(world: World, who: str) -> None:
    client = make.sign_in(world.app, getattr(world, who))
    answer = client.get("/don-vi/MSH/doan-vien")
    assert answer.status_code == 404
    assert "Hòa" not in answer.text
