"""A form counts only if it came from a page of the same session, however long that page was open."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock
from tests import make, world

WORDS = "Phiên làm việc đã thay đổi"


@pytest.fixture
def hoa(one_world: world.World) -> FlaskClient:
    return make.sign_in(one_world.app, one_world.hoa)


def refused(answer: TestResponse) -> bool:
    return answer.status_code == 400 and WORDS in answer.text


def test_a_post_without_a_token_is_refused_kindly(hoa: FlaskClient) -> None:
    assert refused(hoa.post("/thoat"))
    assert hoa.get("/toi").status_code == 200


@pytest.mark.parametrize("wrong", ["", "x", "IjEyMzQi.XrnQ0A.abcdef"])
def test_a_wrong_token_is_refused_kindly(hoa: FlaskClient, wrong: str) -> None:
    hoa.get("/toi")
    assert refused(hoa.post("/thoat", data={"csrf_token": wrong}))


def test_the_token_of_another_session_is_refused(one_world: world.World, hoa: FlaskClient) -> None:
    other = make.token(make.sign_in(one_world.app, one_world.bich), "/toi")
    hoa.get("/toi")
    assert refused(hoa.post("/thoat", data={"csrf_token": other}))


def test_the_token_from_before_sign_in_is_refused_after_it(one_world: world.World) -> None:
    client = one_world.app.test_client()
    before = make.token(client)
    data = {"csrf_token": before, "name": make.code_of(one_world.app, one_world.hoa), "password": make.PASSWORD}
    assert client.post("/dang-nhap", data=data).status_code == 303
    assert refused(client.post("/thoat", data={"csrf_token": before}))


def test_sign_in_itself_needs_a_token(one_app: Flask) -> None:
    assert refused(one_app.test_client().post("/dang-nhap", data={"name": "a", "password": "b"}))


def test_a_token_lives_as_long_as_its_session(one_app: Flask) -> None:
    assert one_app.config["WTF_CSRF_TIME_LIMIT"] is None


def test_a_form_left_open_for_weeks_is_still_taken(hoa: FlaskClient) -> None:
    token = make.token(hoa, "/toi")
    for _ in range(4):
        with clock.shifted(timedelta(days=6)):
            assert hoa.get("/toi").status_code == 200
    assert hoa.post("/thoat", data={"csrf_token": token}).status_code == 303


def test_every_form_that_posts_holds_a_token(one_world: world.World) -> None:
    client = make.sign_in(one_world.app, one_world.hanh)
    found = 0
    for path in ("/", "/toi", "/toi/mat-khau", "/don-vi/MSH/doan-vien", "/don-vi/MSH/hoan-thanh"):
        for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", client.get(path).text, re.DOTALL):
            if 'method="post"' in attributes:
                assert 'name="csrf_token"' in inside, (path, attributes)
                found += 1
    assert found >= 5
