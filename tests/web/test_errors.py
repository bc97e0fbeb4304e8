"""Refusals and faults become pages with kind words and a status of their own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import Client

from app import create_app
from app.migrating import upgrade
from app.refusal import Kind, NotThere, RuleBroken
from app.web.headers import SecurityHeaders
from tests import make, world
from tests.conftest import dispose, settings_for


@contextmanager
def raising(app: Flask, error: Exception) -> Iterator[FlaskClient]:
    """The sign-in page meets this refusal or fault; faults are shown as in production."""

    def view() -> str:
        raise error

    kept = app.view_functions["accounts.sign_in"]
    app.view_functions["accounts.sign_in"] = view
    app.config["SHOW_FAULTS"] = True
    try:
        yield app.test_client()
    finally:
        app.view_functions["accounts.sign_in"] = kept
        app.config["SHOW_FAULTS"] = False


def broken(named: Kind) -> RuleBroken:
    class Broken(RuleBroken):
        kind: ClassVar[Kind] = named
        words = "Còn {left} việc nữa. Anh/chị làm nốt rồi gửi."

    return Broken(left=2)


@pytest.mark.parametrize(
    ("kind", "status"), [("refused", 403), ("conflict", 409), ("closed", 409), ("invalid", 400), ("too_many", 429)]
)
def test_a_rule_that_refuses_says_its_words_with_its_status(one_app: Flask, kind: Kind, status: int) -> None:
    with raising(one_app, broken(kind)) as client:
        answer = client.get("/dang-nhap")
    assert answer.status_code == status
    assert "Còn 2\u00a0việc nữa. Anh/chị làm nốt rồi gửi." in answer.text
    assert f"Mã trang: {status}" in answer.text


def test_what_is_missing_says_nothing_of_why(one_app: Flask) -> None:
    pages = set()
    for error in (NotThere(), broken("missing")):
        with raising(one_app, error) as client:
            answer = client.get("/dang-nhap")
        assert answer.status_code == 404
        pages.add(answer.text)
    pages.add(one_app.test_client().get("/khong-co-trang-nay").text)
    assert len(pages) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 418, 429, 503])
def test_every_status_has_a_page_in_vietnamese(one_app: Flask, status: int) -> None:
    with pytest.raises(Exception, match=str(status)) as aborted:
        abort(status)
    with raising(one_app, aborted.value) as client:
        answer = client.get("/dang-nhap")
    assert answer.status_code == status
    assert f"Mã trang: {status}" in answer.text
    assert "Anh/chị" in answer.text or "anh/chị" in answer.text or status == 403


def test_a_page_too_many_says_how_it_may_be_opened(one_app: Flask) -> None:
    answer = one_app.test_client().get("/thoat")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_fault_is_a_page_and_a_line_without_what_was_typed(
    one_world: world.World, caplog: pytest.LogCaptureFixture
) -> None:
    with raising(one_world.app, ValueError("điều riêng của chị Hòa")) as client, caplog.at_level(logging.INFO):
        answer = client.get("/dang-nhap?tiep=dieu-rieng")
    assert answer.status_code == 500
    assert "điều riêng" not in answer.text
    assert "ValueError" in caplog.text
    assert "test_errors.py" in caplog.text
    assert "điều riêng" not in caplog.text
    assert "dieu-rieng" not in caplog.text


def test_a_fault_of_the_database_still_shows_a_page(one_app: Flask) -> None:
    """Drawing the page of a fault asks the database for nothing."""
    from app.db import db

    def view() -> str:
        db.session.connection().exec_driver_sql("SELECT nothing FROM nowhere")
        return ""

    kept = one_app.view_functions["accounts.sign_in"]
    one_app.view_functions["accounts.sign_in"] = view
    one_app.config["SHOW_FAULTS"] = True
    try:
        answer = one_app.test_client().get("/dang-nhap")
    finally:
        one_app.view_functions["accounts.sign_in"] = kept
        one_app.config["SHOW_FAULTS"] = False
    assert answer.status_code == 500
    assert "Không phải do anh/chị" in answer.text


def test_too_long_a_form_is_refused_in_words(one_world: world.World) -> None:
    client = make.sign_in(one_world.app, one_world.hoa)
    answer = make.post(client, "/toi/mat-khau", {"password": "x" * 1_100_000})
    assert answer.status_code == 413
    assert "Nội dung gửi lên quá dài" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/don-vi/%00/hoan-thanh",
        "/don-vi/M%00SH/doan-vien",
        "/don-vi/MSH%FF/hoan-thanh",
        "/hoc/2020/%00",
        "/hoc/99999999999999999999",
        "/hoc/2020/neu-guong/%00",
        "/kich-hoat/%00",
        "/don-vi/" + "A" * 5000 + "/hoan-thanh",
    ],
)
def test_an_odd_address_is_no_fault(world: world.World, path: str) -> None:
    answer = make.sign_in(world.app, world.hanh).get(path)
    assert answer.status_code in (404, 409), answer.status_code


@pytest.mark.parametrize("query", ["to=%00", "viec=%00", "con=%00", "trang=%00", "trang=99999", "to=" + "x" * 9000])
def test_an_odd_question_is_no_fault(world: world.World, query: str) -> None:
    answer = make.sign_in(world.app, world.hanh).get(f"/don-vi/MSH/hoan-thanh?{query}")
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize("name", ["\x00", "Q1-0001\x00-2", "\ud800".encode("utf-8", "surrogatepass"), "x" * 199])
def test_an_odd_sign_in_name_is_no_fault(world: world.World, name: str | bytes) -> None:
    client = world.app.test_client()
    data = {"csrf_token": make.token(client), "name": name, "password": "\x00mật khẩu"}
    assert client.post("/dang-nhap", data=data).status_code == 400


# --- where the page itself cannot be drawn


@pytest.fixture
def public_app(tmp_path: Path) -> Iterator[Flask]:
    """The application of a site with a public address, as gunicorn serves it: faults are shown as pages."""
    settings = replace(settings_for(f"sqlite:///{tmp_path / 'lamtheo.db'}", tmp_path), mode="demo")
    app = create_app(replace(settings, public_url="https://lamtheo.example.vn"))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        dispose()


def test_a_host_that_is_not_ours_gets_a_page(public_app: Flask) -> None:
    answer = public_app.test_client().get("/dang-nhap", base_url="https://evil.example")
    assert answer.status_code == 400
    assert "Mã trang: 400" in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_whoever_watches_from_this_machine_is_answered(public_app: Flask) -> None:
    for host in ("http://127.0.0.1:8000", "http://localhost"):
        assert public_app.test_client().get("/healthz", base_url=host).status_code == 200
        assert public_app.test_client().get("/readyz", base_url=host).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/khong-co", 404), ("GET", "/thoat", 405), ("POST", "/dang-nhap", 400)]
)
def test_without_a_database_every_error_is_still_a_page(
    public_app: Flask, method: str, path: str, status: int, tmp_path: Path
) -> None:
    """Pages of errors ask whose site this is and whom to call; where nobody answers, they do without."""
    with public_app.app_context():
        dispose()
    for file in tmp_path.glob("lamtheo.db*"):
        file.unlink()
    (tmp_path / "lamtheo.db").write_bytes(b"not a database " * 1000)
    answer = public_app.test_client().open(path, method=method, base_url="https://lamtheo.example.vn")
    assert answer.status_code == status
    assert f"Mã trang: {status}" in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_the_last_words_carry_the_headers_too(caplog: pytest.LogCaptureFixture) -> None:
    """Where the application raises out of itself, nobody is left but the outermost layer."""

    def broken(environ: Any, start_response: Any) -> Any:
        raise RuntimeError("điều riêng của chị Hòa")

    answer = Client(SecurityHeaders(broken, https=True)).get("/")
    assert answer.status_code == 500
    assert "Không phải do anh/chị" in answer.text
    assert "Content-Security-Policy" in answer.headers
    assert "điều riêng" not in caplog.text + answer.text
