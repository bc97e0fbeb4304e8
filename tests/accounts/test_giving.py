"""Codes for many people one after the other: nothing given is lost on the way, and nobody is told another's."""

import re
from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Account, Activation
from app.db import db, writing
from tests import make
from tests.world import World

PAGE = "/don-vi/MSH/doan-vien/cap-ma"


@pytest.fixture
def w(world: World) -> World:
    """Hòa has not been in yet; Bích has, and forgot her password."""
    with world.app.app_context(), writing():
        db.session.get_one(Account, world.hoa).password_hash = None
    return world


def buttons(answer: TestResponse) -> list[str]:
    return re.findall(r'name="cho" value="([^"]+)"', answer.text)


def sitting(answer: TestResponse) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="da" value="([^"]+)"', answer.text)))


def press(client: FlaskClient, button: str = "", before: list[str] | None = None, find: str = "") -> TestResponse:
    data = {"csrf_token": make.token(client, "/toi"), "cho": button, "tim": find, "da": before or []}
    return client.post(PAGE, data=data)


def big(answer: TestResponse) -> str:
    found = re.search(r'<p class="lt-score[^"]*">([^<]+)</p>', answer.text)
    return " ".join(found[1].split()) if found else ""


def codes_of(w: World, who: UUID) -> int:
    with w.app.app_context():
        counted = sa.select(sa.func.count()).select_from(Activation).where(Activation.person_id == who)
        found = db.session.scalar(counted) or 0
        db.session.rollback()
        return found


def button_for(w: World, client: FlaskClient, who: UUID) -> str:
    code = make.code_of(w.app, who)
    return next(button for button in buttons(press(client, find=code)) if code in button)


def test_two_people_in_a_row_have_their_codes_and_the_first_stays_on_the_page(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    first = press(officer, button_for(w, officer, w.bich))
    digits = big(first)
    assert re.fullmatch(r"\d{3} \d{3}", digits)
    assert make.name_of(w.app, w.bich) in make.words_of(first)
    second = press(officer, button_for(w, officer, w.hoa), sitting(first))
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", big(second))
    assert digits in make.words_of(second)
    assert len(sitting(second)) == 2


def test_a_search_for_the_next_person_loses_no_code(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    given = press(officer, button_for(w, officer, w.bich))
    found = press(officer, find="hoa", before=sitting(given))
    assert big(given) in make.words_of(found)
    assert [make.code_of(w.app, w.hoa) in button for button in buttons(found)] == [True]


def test_a_double_click_gives_one_code(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    button = button_for(w, officer, w.bich)
    assert big(press(officer, button)) == big(press(officer, button))
    assert codes_of(w, w.bich) == 1


def test_the_second_click_after_its_code_was_used_gives_none_and_keeps_the_others(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    slip = button_for(w, officer, w.hoa)
    other = press(officer, button_for(w, officer, w.bich))
    code = big(press(officer, slip))
    guest = w.app.test_client()
    make.post(guest, f"/kich-hoat/{code}", {"password": "một câu ngắn của riêng tôi"}, form_on=f"/kich-hoat/{code}")
    again = press(officer, slip, sitting(other))
    assert again.status_code == 409
    assert big(other) in make.words_of(again)
    assert codes_of(w, w.hoa) == 1


def test_the_list_says_which_code_was_used(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    given = press(officer, button_for(w, officer, w.bich))
    with w.app.app_context(), writing():
        db.session.execute(sa.update(Activation).where(Activation.person_id == w.bich).values(used_at=clock.now()))
    later = press(officer, before=sitting(given))
    assert "Đã dùng" in make.words_of(later)
    assert big(given) not in make.words_of(later)


def test_nobody_is_told_a_code_that_another_gave(w: World) -> None:
    given = press(make.sign_in(w.app, w.hanh), button_for(w, make.sign_in(w.app, w.hanh), w.bich))
    seen = press(make.sign_in(w.app, w.tuan), before=sitting(given))
    assert seen.status_code == 200
    assert sitting(seen) == []


def test_whoever_holds_a_role_has_no_button_and_no_code_from_their_own_unit(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    code = make.code_of(w.app, w.tuan)
    assert buttons(press(officer, find=code)) == []
    assert press(officer, f"reset.{code}.{'a' * 20}").status_code == 403
    assert codes_of(w, w.tuan) == 0


def test_somebody_of_another_unit_is_not_there(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    assert press(officer, f"reset.{make.code_of(w.app, w.lan)}.{'a' * 20}").status_code == 404
    assert codes_of(w, w.lan) == 0


ODD = ["", "x", f"reset..{'a' * 20}", f"pin.MSH-0001-7.{'a' * 20}", "slip.MSH.a"]


@pytest.mark.parametrize("written", ODD)
def test_what_is_no_button_of_ours_gives_nothing(w: World, written: str) -> None:
    assert press(make.sign_in(w.app, w.hanh), written, [written]).status_code == 200


def test_the_first_codes_of_a_sitting_are_printed_as_slips(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    one = press(officer, button_for(w, officer, w.bich))
    two = press(officer, button_for(w, officer, w.hoa), sitting(one))
    data = {"csrf_token": make.token(officer, "/toi"), "da": sitting(two)}
    paper = officer.post(f"{PAGE}/in", data=data)
    assert paper.headers["Content-Type"] == "application/pdf"
    said = PdfReader(BytesIO(paper.data)).pages[0].extract_text()
    assert big(two) in said
    assert make.name_of(w.app, w.bich) not in said
