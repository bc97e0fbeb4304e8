"""A real federation begins: by a command, or by the first page of an empty house; never beside a demo, never twice."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.administration import actions, queries, rules
from app.administration.actions import Beginning
from app.config import Settings, start_code
from app.db import writing
from app.steps import queries as steps
from app.units import queries as units
from tests import commands, make
from tests.world import World

WHAT = Beginning("Q1", "Liên đoàn Lao động Quận 1", "LĐLĐ Quận 1", "district", 2026, "Lý Gia Huy")
FORM = {
    "name": "Liên đoàn Lao động Quận 1",
    "short": "LĐLĐ Quận 1",
    "kind": "district",
    "code": "q1",
    "year": "2026",
    "administrator": "Lý Gia Huy",
}


def code_of(app: Flask) -> str:
    settings: Settings = app.extensions["settings"]
    return start_code(settings.state)


def send(app: Flask, client: FlaskClient, **more: str) -> "object":
    data = FORM | {"csrf_token": make.token(client, "/quan-tri/bat-dau"), "start_code": code_of(app)} | more
    return client.post("/quan-tri/bat-dau", data=data)


def test_a_federation_begins_with_itself_its_year_and_its_administrator(app: Flask) -> None:
    with app.app_context():
        with writing():
            begun = actions.begin(WHAT)
        assert begun.member_code.startswith("Q1-0001-")
        assert [unit.name for unit in units.roots(clock.today())] == [WHAT.name]
        programme = steps.programme_of_year(2026)
        assert [step.title for step in steps.steps_of(programme.id)] == [
            "Liên hệ bản thân",
            "Đăng ký việc làm theo",
            "BCH xác nhận",
        ]
        assert queries.has_begun()


def test_it_begins_once(app: Flask) -> None:
    with app.app_context():
        with writing():
            actions.begin(WHAT)
        with pytest.raises(rules.AlreadyBegun), writing():
            actions.begin(WHAT)


def test_a_refused_beginning_leaves_nothing(app: Flask) -> None:
    wrong = Beginning("1q", WHAT.name, "", "district", 2026, WHAT.administrator)
    with app.app_context():
        with pytest.raises(Exception, match="1q"), writing():
            actions.begin(wrong)
        assert not queries.has_begun()


def test_the_first_page_leads_to_a_signed_in_administrator(app: Flask) -> None:
    client = app.test_client()
    answer = send(app, client)
    assert answer.status_code == 303
    slip = re.search(r"/kich-hoat/[A-Z0-9]{16}$", answer.headers["Location"])
    assert slip
    assert "Lý Gia Huy" in client.get(slip[0]).text
    entered = make.post(client, slip[0], {"password": "một câu thật dài"}, form_on=slip[0])
    assert entered.status_code == 303
    assert client.get("/").status_code == 200
    assert "LĐLĐ Quận 1" in client.get("/").text


def test_the_start_code_may_be_typed_with_dashes_and_small_letters(app: Flask) -> None:
    code = code_of(app).lower()
    client = app.test_client()
    assert send(app, client, start_code=f"{code[:4]}-{code[4:8]} {code[8:]}").status_code == 303


def test_without_the_start_code_nobody_begins(app: Flask) -> None:
    client = app.test_client()
    for wrong in ("", "ABCD-EFGH-JKMN"):
        answer = send(app, client, start_code=wrong)
        assert answer.status_code == 400
        assert FORM["name"] in answer.text  # what was typed is still there
    with app.app_context():
        assert not queries.has_begun()


@pytest.mark.parametrize("wrong", [{"code": "1"}, {"year": "20260"}, {"name": ""}, {"administrator": "Huy\u202eevil"}])
def test_what_is_wrong_is_said_and_nothing_is_begun(one_app: Flask, wrong: dict[str, str]) -> None:
    answer = send(one_app, one_app.test_client(), **wrong)
    assert answer.status_code == 400
    assert "Chưa bắt đầu được" in answer.text or "Cần sửa" in answer.text
    with one_app.app_context():
        assert not queries.has_begun()


def test_where_somebody_has_begun_the_page_is_gone(one_world: World) -> None:
    client = one_world.app.test_client()
    assert client.get("/quan-tri/bat-dau").status_code == 404
    token = make.token(client)
    data = FORM | {"csrf_token": token, "start_code": code_of(one_world.app)}
    assert client.post("/quan-tri/bat-dau", data=data).status_code == 404


def production(state: Path) -> dict[str, str]:
    state.mkdir(exist_ok=True)
    key = state / "key"
    key.write_text("ab" * 32 + "\n", encoding="ascii")
    key.chmod(0o600)
    return {
        "LAM_THEO_MODE": "production",
        "DATABASE_URL": f"sqlite:///{state / 'real.db'}",
        "PUBLIC_URL": "https://lamtheo.example.vn",
        "SECRET_KEY": "s" * 40,
        "MASTER_KEY_FILE": str(key),
        "TRUSTED_PROXIES": "1",
    }


INIT = ("init", "Liên đoàn Lao động Quận 1", "--code", "Q1", "--administrator", "Lý Gia Huy")


def test_the_command_begins_in_an_empty_production_database(tmp_path: Path) -> None:
    """Takes 6 s: two processes that each load the whole application."""
    settings = production(tmp_path / "state")
    found = commands.run(tmp_path / "state", *INIT, **settings)
    assert found.returncode == 0, found.stderr
    assert re.search(r"https://lamtheo.example.vn/kich-hoat/[A-Z0-9]{16}", found.stdout)
    again = commands.run(tmp_path / "state", *INIT, **settings)
    assert again.returncode == 1
    assert "đã có công đoàn" in again.stderr


def test_the_command_refuses_the_demos_state(made_demo: Path) -> None:
    found = commands.run(made_demo, *INIT)
    assert found.returncode == 1
    assert "LAM_THEO_MODE=production" in found.stderr
