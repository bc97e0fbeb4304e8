"""`Máy dùng chung`: the session ends with the window or after 15 idle minutes, and the next person finds nothing."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import KnownDevice
from tests import make
from tests.records.year import count
from tests.world import World


def sign_in(world: World, client: FlaskClient, shared: bool = True) -> TestResponse:
    data = {"csrf_token": make.token(client), "name": make.code_of(world.app, world.hoa), "password": make.PASSWORD}
    answer = client.post("/dang-nhap", data=data | ({"shared": "y"} if shared else {}))
    assert answer.status_code == 303, answer.text
    return answer


@pytest.fixture
def client(one_world: World) -> FlaskClient:
    """A browser on a shared machine, in which Hòa has signed in."""
    client = one_world.app.test_client()
    sign_in(one_world, client)
    return client


def test_every_cookie_ends_with_the_window(one_world: World) -> None:
    cookies = sign_in(one_world, one_world.app.test_client()).headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert not any("Expires" in cookie or "Max-Age" in cookie for cookie in cookies)
    kept = sign_in(one_world, one_world.app.test_client(), shared=False).headers.getlist("Set-Cookie")
    assert all("Expires" in cookie for cookie in kept)


def test_a_quarter_of_an_hour_without_a_hand_on_it_ends_the_session(client: FlaskClient) -> None:
    for minutes in (14, 28):
        with clock.shifted(timedelta(minutes=minutes)):
            assert client.get("/toi").status_code == 200
    with clock.shifted(timedelta(minutes=44)):
        assert client.get("/toi").status_code == 303


def test_a_day_at_it_ends_the_session_whatever_was_done(client: FlaskClient) -> None:
    for hours in range(12 * 6):
        with clock.shifted(timedelta(minutes=10 * hours)):
            client.get("/toi")
    with clock.shifted(timedelta(hours=12, minutes=1)):
        assert client.get("/toi").status_code == 303


def test_a_shared_machine_stays_a_strangers_and_is_not_remembered(one_world: World, client: FlaskClient) -> None:
    assert count(one_world.app, KnownDevice) == 0


def test_another_person_takes_over_from_every_page(client: FlaskClient) -> None:
    for path in ("/", "/toi", "/khong-co-trang-nay"):
        assert "Đổi người" in client.get(path).text
    left = make.post(client, "/thoat")
    assert left.location == "/dang-nhap?may=chung"
    assert left.headers["Clear-Site-Data"] == '"storage"'
    assert "checked" in client.get(left.location).text


def test_it_is_ticked_by_nobody_but_oneself(one_world: World) -> None:
    page = one_world.app.test_client().get("/dang-nhap").text
    assert "Máy dùng chung" in page
    assert "checked" not in page
    own = make.sign_in(one_world.app, one_world.hoa)
    assert "Đổi người" not in own.get("/").text
    assert make.post(own, "/thoat").location == "/dang-nhap"


def test_a_new_password_does_not_make_the_machine_ones_own(client: FlaskClient) -> None:
    data = {"present": make.PASSWORD, "password": "mưa rào tháng tám"}
    assert make.post(client, "/toi/mat-khau", data, form_on="/toi/mat-khau").status_code == 303
    assert "Đổi người" in client.get("/toi").text


def test_no_page_is_kept_by_the_browser(client: FlaskClient) -> None:
    assert "no-store" in client.get("/toi").headers["Cache-Control"]
