"""Getting in and out, through the browser alone."""

import html
import re
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock, text
from app.accounts import actions
from app.accounts.models import Account, Membership, Person, SignInDelay, SignInName, SignInSession
from app.db import db, writing
from app.refusal import NotThere
from app.units.rules import member_code
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


def beside_each_other(
    works: list[FlaskClient], path: str, data: dict[str, str], form_on: str = "/dang-nhap"
) -> list[int]:
    """The same form sent from all browsers at once."""
    tokens = [make.token(client, form_on) for client in works]
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


def test_wrong_present_passwords_side_by_side_gain_nothing(world: World) -> None:
    """Whoever found the phone unlocked; the browser is the same, so are its cookies."""
    first = make.sign_in(world.app, world.hoa)
    cookies = [first.get_cookie(name) for name in ("lamtheo", "may")]
    clients = [first] + [world.app.test_client() for _ in range(11)]
    for client in clients[1:]:
        for cookie in cookies:
            assert cookie is not None
            client.set_cookie(cookie.key, cookie.value)
    data = {"present": "sai mật khẩu rồi", "password": NEW}
    assert beside_each_other(clients, "/toi/mat-khau", data, "/toi/mat-khau") == [400] * 4 + [429] * 8
    assert failures(world.app) == [4]
    answer = change(first, make.PASSWORD, NEW)
    assert answer.status_code == 429
    assert RESTS in answer.text


# --- one browser, one session ------------------------------------------------------------------------------------


def sessions(world: World, *people: UUID) -> int:
    with world.app.app_context():
        asked = sa.select(sa.func.count()).select_from(SignInSession).where(SignInSession.person_id.in_(people))
        return db.session.scalar(asked) or 0


def test_signing_in_again_renews_the_session(world: World, code: str) -> None:
    client = make.sign_in(world.app, world.hoa)
    stolen = client.get_cookie("lamtheo")
    assert stolen is not None
    assert attempt(client, code, make.PASSWORD).status_code == 303
    assert is_in(client)
    assert sessions(world, world.hoa) == 1
    client.set_cookie("lamtheo", stolen.value)
    assert not is_in(client)


def test_two_clicks_on_sign_in_leave_one_session(world: World, code: str) -> None:
    """The browser had no cookie of ours before it saw the form."""
    first = world.app.test_client()
    token = make.token(first)
    device, page = first.get_cookie("may"), first.get_cookie("lamtheo")
    assert device is not None
    assert page is not None
    second = world.app.test_client()
    second.set_cookie("may", device.value)
    second.set_cookie("lamtheo", page.value)
    data = {"csrf_token": token, "name": code, "password": make.PASSWORD}
    assert [client.post("/dang-nhap", data=data).status_code for client in (first, second)] == [303, 303]
    assert sessions(world, world.hoa) == 1
    assert is_in(second)


def test_a_colleague_who_signs_in_on_my_machine_ends_my_session_there(world: World) -> None:
    client, elsewhere = make.sign_in(world.app, world.bich), make.sign_in(world.app, world.bich)
    assert attempt(client, make.code_of(world.app, world.hoa), make.PASSWORD).status_code == 303
    assert sessions(world, world.bich) == 1
    assert is_in(elsewhere)


def test_the_browsers_own_id_travels_as_the_settings_say(world: World, code: str) -> None:
    """Not as the request claims: behind a proxy that speaks HTTP to us it would travel in the open."""
    for secure in (True, False):
        world.app.config["SESSION_COOKIE_SECURE"] = secure
        try:
            page = world.app.test_client().get("/dang-nhap", base_url="http://localhost" if secure else "https://x.vn")
        finally:
            world.app.config["SESSION_COOKIE_SECURE"] = False
        (cookie,) = [each for each in page.headers.getlist("Set-Cookie") if each.startswith("may=")]
        assert ("Secure" in cookie) is secure


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
    answer = make.post(make.sign_in(world.app, world.bich), f"/toi/phien/{other}/ket-thuc")
    assert answer.status_code == 404
    assert is_in(there)


def test_who_goes_out_in_two_windows_at_once_meets_no_fault(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    token = make.token(client, "/toi")

    def ended(*args: object) -> None:
        raise NotThere()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "end_session", ended)
        answer = client.post("/thoat", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/dang-nhap")


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


def test_a_password_replaced_by_a_slip_is_shown_until_it_is_acknowledged(world: World, code: str) -> None:
    """The last door, `flask accounts reset`: nobody read it out, so nobody is named."""
    made = world.app.test_cli_runner().invoke(args=["accounts", "reset", code]).output
    client = world.app.test_client()
    assert activate(client, made.split("/kich-hoat/")[1].split()[0]).status_code == 303
    assert "Mật khẩu đã được đặt lại bằng mã" in client.get("/").text
    assert make.post(client, "/toi/dat-lai-mat-khau/da-biet").status_code == 303
    assert "Mật khẩu đã được đặt lại bằng mã" not in client.get("/").text


def test_a_first_password_brings_no_notice(world: World) -> None:
    client = world.app.test_client()
    activate(client, slip_of(world))
    assert "Mật khẩu đã được đặt lại bằng mã" not in client.get("/").text


def test_a_phone_is_no_new_password_even_for_who_types_the_code(world: World, code: str) -> None:
    digits = officer_reads_out(world)
    client = world.app.test_client()
    answer = reset(client, code, digits, "0900000001")
    assert answer.status_code == 400
    assert "nhiều người dùng quá" in answer.text
    assert not is_in(client)
    assert reset(client, code, digits).status_code == 303


def test_a_stranger_does_not_learn_a_phone_by_trying_it_as_a_password(world: World, code: str) -> None:
    own, other = (reset(world.app.test_client(), code, "000000", phone) for phone in ("0900000001", "0900000002"))
    assert (own.status_code, same_page(own)) == (other.status_code, same_page(other))


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
    assert activate(client, slip).location == "/toi/lan-dau"
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


LIST = "/don-vi/MSH/doan-vien"


def rows(page: str) -> list[str]:
    """The names in the list of members, in its order."""
    table = page.split("Việc của BCH</th>", 1)[1].split("</table>")[0] if "Việc của BCH</th>" in page else ""
    return re.findall(r'<th scope="row">.*?<a href="[^"]+">([^<]+)</a>', table, re.DOTALL)


@pytest.fixture
def factory(one_world: World) -> World:
    """MSH with 205 members more, `Cao Văn 000`…, of whom those after the first hundred have not been in. The rows are
    written past the actions, which would take seconds."""
    with one_world.app.app_context(), writing() as session:
        unit = make.unit("MSH").id
        people = [
            Person(
                id=uuid4(),
                name=f"Cao Văn {n:03}",
                sort_key=text.name_key(f"Cao Văn {n:03}"),
                search_key=f"cao van {n:03}",
            )
            for n in range(205)
        ]
        session.add_all(people)
        session.flush()
        for n, person in enumerate(people):
            code = SignInName(kind="code", folded=member_code("MSH", 1000 + n), person_id=person.id)
            held = Membership(person_id=person.id, unit_id=unit, sort_key=person.sort_key, since=make.START)
            inside = make.hashed() if n < 100 else None
            session.add_all([code, held, Account(person_id=person.id, password_hash=inside, changed_at=clock.now())])
    return one_world


def test_a_long_list_is_shown_page_by_page_and_counted_whole(factory: World) -> None:
    client = make.sign_in(factory.app, factory.hanh)
    pages = [client.get(f"{LIST}?trang={n}").text for n in (1, 2, 3, 99)]
    assert [len(rows(page)) for page in pages] == [100, 100, 10, 10]
    assert pages[3].replace("99", "3") == pages[3]
    everybody = [name for page in pages[:3] for name in rows(page)]
    assert len(set(everybody)) == 210
    for page in pages:
        assert "210 đoàn viên" in page or "210 đoàn viên" in page
        assert "105 người chưa vào lần nào" in page
    assert "Trang 1 trong 3" in pages[0]
    assert "Trang trước" not in pages[0]
    assert "Trang sau" not in pages[2]


def test_who_has_not_been_in_is_found_wherever_they_stand_in_the_list(factory: World) -> None:
    client = make.sign_in(factory.app, factory.hanh)
    first, second = (client.get(f"{LIST}?con=chua-vao&trang={n}").text for n in (1, 2))
    found = rows(first) + rows(second)
    assert found == [f"Cao Văn {n}" for n in range(100, 205)]
    assert "105 trong 210 đoàn viên" in first
    assert f'href="{LIST}?trang=2&amp;con=chua-vao"' in first


def test_the_first_page_counts_everybody(factory: World) -> None:
    page = make.sign_in(factory.app, factory.hanh).get("/").text
    assert '<span class="lt-lines-n">105</span>' in page
    assert "Trong 210 đoàn viên" in page


def test_the_pager_keeps_what_was_searched_for(factory: World) -> None:
    client = make.sign_in(factory.app, factory.hanh)
    page = client.get(f"{LIST}?tim=cao+v%C4%83n&con=chua-vao").text
    assert f'href="{LIST}?trang=2&amp;tim=cao+v%C4%83n&amp;con=chua-vao"' in page
    assert 'value="cao văn"' in page


def test_a_code_is_shown_on_the_page_of_the_list_where_it_was_asked_for(factory: World) -> None:
    client = make.sign_in(factory.app, factory.hanh)
    page = client.get(f"{LIST}?con=chua-vao&trang=2").text
    action = html.unescape(re.findall(r'action="([^"]+/phieu[^"]*)"', page)[-1])
    answer = make.post(client, action.split("#")[0], {"form_id": "x"}, form_on=LIST)
    assert answer.status_code == 200
    assert code_shown(answer)
    assert rows(answer.text) == rows(page)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("Hòa", ["Nguyễn Thị Hòa"]),
        ("hoa nguyen", ["Nguyễn Thị Hòa"]),
        ("  NGUYỄN   hò ", ["Nguyễn Thị Hòa"]),
        ("thi", ["Lê Thị Bích", "Trần Thị Mỹ Hạnh", "Nguyễn Thị Hòa", "Phạm Thị Thu"]),
        ("an", []),
        ("MSH-0002", ["Lê Thị Bích"]),
        ("msh0002", ["Lê Thị Bích"]),
        ("0002", ["Lê Thị Bích"]),
        ("msh", []),
        ("%", []),
        ("_", []),
        ("Lan", []),
        ("BTX-0001", []),
        ("%00Hòa", ["Nguyễn Thị Hòa"]),
    ],
)
def test_a_member_is_found_by_words_of_the_name_or_by_the_code(world: World, search: str, found: list[str]) -> None:
    client = make.sign_in(world.app, world.hanh)
    page = client.get(LIST, query_string={"tim": search.replace("%00", "\0")}).text
    assert rows(page) == found
    if not found:
        assert "Không có ai có tên hoặc mã" in page
        assert "Bỏ tìm" in page


def test_a_search_for_nothing_is_the_whole_list(world: World) -> None:
    client = make.sign_in(world.app, world.hanh)
    for search in ("", "   ", "\u0301"):
        assert len(rows(client.get(LIST, query_string={"tim": search}).text)) == 5


def test_when_all_have_been_in_the_list_says_so(world: World) -> None:
    client = make.sign_in(world.app, world.hanh)
    assert "Ai cũng đã vào." in client.get(LIST).text
    page = client.get(f"{LIST}?con=chua-vao").text
    assert rows(page) == []
    assert "Ai cũng đã vào." in page
    assert "Xem cả danh sách" in page


def test_a_list_of_nobody_is_said_to_be_one(world: World) -> None:
    page = make.sign_in(world.app, world.huy).get("/don-vi/Q1/doan-vien").text
    assert "Danh sách đoàn viên chưa có ai." in page


# --- two clicks --------------------------------------------------------------------------------------------------


def form_of(client: FlaskClient, path: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form on the page that is sent to such an address, and that address."""
    part = re.search(rf'<form action="([^"]*{action}[^"]*)".*?</form>', client.get(path).text, re.DOTALL)
    assert part
    return {"action": html.unescape(part[1]).split("#")[0]} | dict(
        re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', part[0])
    )


def press(client: FlaskClient, form: dict[str, str]) -> TestResponse:
    return client.post(form["action"], data={name: value for name, value in form.items() if name != "action"})


def test_two_clicks_or_a_reload_show_the_same_code_and_it_works(world: World, code: str) -> None:
    client = make.sign_in(world.app, world.hanh)
    form = form_of(client, LIST, f"{code}/ma-dat-lai")
    first, second = code_shown(press(client, form)), code_shown(press(client, form))
    assert first == second
    assert reset(world.app.test_client(), code, first).status_code == 303
    again = press(client, form)
    assert again.status_code == 409
    assert "đã được dùng" in again.text


def test_a_new_page_has_a_new_code(world: World, code: str) -> None:
    client = make.sign_in(world.app, world.hanh)
    old, new = (code_shown(press(client, form_of(client, LIST, f"{code}/ma-dat-lai"))) for _ in range(2))
    assert old != new
    assert reset(world.app.test_client(), code, old).status_code == 409
    assert reset(world.app.test_client(), code, new).status_code == 303


def test_two_clicks_show_the_same_slip(world: World, code: str) -> None:
    without_password(world, world.hoa)
    client = make.sign_in(world.app, world.hanh)
    form = form_of(client, LIST, f"{code}/phieu")
    first, second = code_shown(press(client, form)), code_shown(press(client, form))
    assert first == second
    assert activate(world.app.test_client(), second).status_code == 303


def test_two_clicks_show_the_same_code_for_an_officer_below(world: World) -> None:
    client, thu = make.sign_in(world.app, world.minh), make.code_of(world.app, world.thu)
    form = form_of(client, "/don-vi/Q1/don-vi", f"{thu}/ma-dat-lai")
    first, second = code_shown(press(client, form)), code_shown(press(client, form))
    assert first == second
    assert reset(world.app.test_client(), thu, second).status_code == 303


def test_a_code_says_until_when_it_can_be_used(world: World, code: str) -> None:
    client = make.sign_in(world.app, world.hanh)
    form = form_of(client, LIST, f"{code}/ma-dat-lai")
    pages = [press(client, form).text]
    with clock.shifted(timedelta(minutes=9)):
        pages.append(press(client, form).text)
    (first, second) = [re.findall(r"trước (\d\d:\d\d)", page.replace("\u00a0", " ")) for page in pages]
    assert first == second
    assert len(first) == 1


# --- who holds what ----------------------------------------------------------------------------------------------


def grants(page: str) -> list[list[str]]:
    table = page.split('id="nhiem-vu"', 1)[1].split("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    return [re.findall(r"<t[hd][^>]*>([^<]+)<", row) for row in found]


def test_each_grant_is_shown_to_the_units_officers(world: World) -> None:
    with world.app.app_context(), writing():
        actions.grant(world.huy, world.hoa, make.unit("MSH"), "editor", clock.today())
    held = grants(make.sign_in(world.app, world.hanh).get(LIST).text)
    assert held[0] == ["Phạm Thị Thu", "Chủ tịch", "1/1/2020", "Quản trị máy chủ"]
    assert held[-1] == ["Nguyễn Thị Hòa", "Biên soạn nội dung", "12/5/2020", "Lý Gia Huy"]
    assert len(held) == 4


def test_a_federations_officers_see_its_own_grants_and_no_units(world: World) -> None:
    page = make.sign_in(world.app, world.minh).get("/don-vi/Q1/don-vi").text
    assert [row[0] for row in grants(page)] == ["Vũ Thị Thanh Hương", "Đỗ Quang Minh", "Lý Gia Huy"]
    assert "nhiem-vu" not in make.sign_in(world.app, world.minh).get("/don-vi/MSH/don-vi").text


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
