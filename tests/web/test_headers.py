"""Security headers, on everything."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.headers import HEADERS, SecurityHeaders
from tests import make, world


def check(headers: dict[str, str]) -> None:
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    for name in ("script-src", "style-src", "form-action", "frame-ancestors", "base-uri"):
        assert re.search(rf"{name} '(self|none)'(;|$)", policy), name
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/dang-nhap", 200),
        ("/", 303),
        ("/khong-co-trang-nay", 404),
        ("/static/css/theme.css", 200),
        ("/static/khong-co.css", 404),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/thoat", 405),
        ("/../../etc/passwd", 404),
    ],
)
def test_every_answer_carries_the_security_headers(one_app: Flask, path: str, status: int) -> None:
    with one_app.test_client().get(path) as answer:
        assert answer.status_code == status
        check(dict(answer.headers))


@pytest.fixture
def shown_faults(one_app: Flask) -> Iterator[FlaskClient]:
    """The application as in production: a fault becomes a page."""
    one_app.config["SHOW_FAULTS"] = True
    view = one_app.view_functions["accounts.sign_in"]
    one_app.view_functions["accounts.sign_in"] = lambda: 1 // 0
    yield one_app.test_client()
    one_app.view_functions["accounts.sign_in"] = view
    one_app.config["SHOW_FAULTS"] = False


def test_a_fault_carries_the_security_headers_too(shown_faults: FlaskClient) -> None:
    answer = shown_faults.get("/dang-nhap")
    assert answer.status_code == 500
    check(dict(answer.headers))
    assert "Có trục trặc phía máy chủ" in answer.text


def test_a_refused_post_carries_the_security_headers_too(one_app: Flask) -> None:
    answer = one_app.test_client().post("/dang-nhap", data={"name": "x"})
    assert answer.status_code == 400
    check(dict(answer.headers))


def test_a_page_of_a_person_is_not_kept_by_caches_between(one_world: world.World) -> None:
    answer = make.sign_in(one_world.app, one_world.hoa).get("/toi")
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_house_asks_for_https_only_where_it_has_it() -> None:
    def app(environ: dict[str, object], start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Referrer-Policy", "no-referrer")])  # type: ignore[operator]
        return [b""]

    for https in (False, True):
        sent: dict[str, str] = {}
        SecurityHeaders(app, https)({}, lambda status, headers, sent=sent: sent.update(headers))  # type: ignore[arg-type]
        assert ("Strict-Transport-Security" in sent) is https
        assert sent["Referrer-Policy"] == "no-referrer"
        assert set(HEADERS) <= set(sent)


def test_no_page_needs_what_the_policy_forbids(one_world: world.World) -> None:
    client = make.sign_in(one_world.app, one_world.hanh)
    for path in ("/", "/toi", "/don-vi/MSH/doan-vien", "/dang-nhap", "/toi/mat-khau", "/khong-co"):
        html = client.get(path).text
        assert not re.search(r"<[^>]+ style=", html), path
        assert not re.search(r"<[^>]+ on[a-z]+=", html), path
        assert not re.search(r"<(script|style)>", html), path
        assert not re.search(r'(src|href)="(https?:)?//', html), path
