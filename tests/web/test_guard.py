"""A route without a policy cannot exist; a route with one asks it every time."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import policies
from app.web import guard
from tests import make, world

ROUTE = "/chi-danh-cho-thu"


def test_a_route_without_a_policy_fails_where_it_is_written() -> None:
    pages = guard.Blueprint("trial", __name__)
    with pytest.raises(TypeError, match="policy"):
        pages.get(ROUTE)(lambda: "")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="policy"):
        pages.route(ROUTE, methods=["POST"])(lambda: "")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="policy"):
        pages.add_url_rule(ROUTE, "trial", lambda: "")  # type: ignore[call-arg]


def test_a_route_with_a_policy_keeps_it_under_its_name() -> None:
    app, pages = Flask("house"), guard.Blueprint("trial", __name__)
    pages.get(ROUTE, policy=policies.admin)(secret)
    app.register_blueprint(pages)
    guard.close(house := app)
    assert guard.policy_of(house, "trial.secret") is policies.admin


def secret() -> str:
    return "chỉ dành cho người có phần việc ấy"


def test_a_route_by_the_side_door_stops_the_start() -> None:
    app = Flask("house")
    app.get(ROUTE)(secret)
    with pytest.raises(RuntimeError, match="secret"):
        guard.close(app)


def test_a_route_of_somebody_elses_blueprint_stops_the_start() -> None:
    import flask

    app, pages = Flask("house"), flask.Blueprint("foreign", __name__)
    pages.get(ROUTE)(secret)
    app.register_blueprint(pages)
    with pytest.raises(RuntimeError, match=r"foreign\.secret"):
        guard.close(app)


def test_every_route_of_the_application_has_its_policy(one_app: Flask) -> None:
    rules = list(one_app.url_map.iter_rules())
    assert len(rules) > 30
    for rule in rules:
        if rule.endpoint != "static":
            assert guard.policy_of(one_app, rule.endpoint).name


def test_without_a_session_the_way_leads_to_sign_in_and_back(one_app: Flask) -> None:
    answer = one_app.test_client().get("/don-vi/MSH/hoan-thanh?con=con&trang=2")
    assert answer.status_code == 303
    assert answer.location == "/dang-nhap?tiep=/don-vi/MSH/hoan-thanh?con%3Dcon%26trang%3D2"


def test_without_a_session_a_post_leads_to_sign_in_and_to_no_page_that_only_posts(one_app: Flask) -> None:
    answer = make.post(one_app.test_client(), "/thoat", form_on="/dang-nhap")
    assert answer.status_code == 303
    assert answer.location == "/dang-nhap?vi_sao=het-phien"


@pytest.mark.parametrize("came", ["http://[x", "http://evil.example/toi", "//[::1", "\x00", ""])
def test_a_post_from_nowhere_of_ours_leads_to_sign_in_without_a_way_back(one_app: Flask, came: str) -> None:
    client = one_app.test_client()
    token = make.token(client)
    answer = client.post("/thoat", data={"csrf_token": token}, environ_overrides={"HTTP_REFERER": came})
    assert (answer.status_code, answer.location) == (303, "/dang-nhap?vi_sao=het-phien")


def test_the_way_back_is_taken_after_sign_in(one_world: world.World) -> None:
    client = one_world.app.test_client()
    page = client.get(client.get("/don-vi/MSH/doan-vien").location)
    assert 'value="/don-vi/MSH/doan-vien"' in page.text
    answer = client.post(
        "/dang-nhap",
        data={
            "csrf_token": make.token(client),
            "tiep": "/don-vi/MSH/doan-vien",
            "name": make.code_of(one_world.app, one_world.hanh),
            "password": make.PASSWORD,
        },
    )
    assert answer.location == "/don-vi/MSH/doan-vien"


def test_a_policy_that_refuses_says_so_kindly(one_world: world.World) -> None:
    answer = make.sign_in(one_world.app, one_world.hoa).get("/don-vi/MSH/hoan-thanh")
    assert answer.status_code == 403
    assert "Trang này không thuộc phần việc của anh/chị" in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/dang-nhap", "/kich-hoat", "/quen-mat-khau"])
def test_public_pages_need_no_session(one_app: Flask, path: str) -> None:
    assert one_app.test_client().get(path).status_code == 200


def test_a_machine_learns_that_the_house_is_ready_and_how_durable_it_is(client: FlaskClient) -> None:
    facts = client.get("/readyz").json
    assert facts["ready"]
    assert facts["migrated"]
    assert set(facts["durability"]) in (
        {"journal_mode", "synchronous", "foreign_keys"},
        {"fsync", "synchronous_commit"},
    )
