"""Consent: asked with two buttons alike, kept as it was given, taken back at any time."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.accounts import actions, queries
from app.accounts.models import Consent
from app.accounts.rules.consents import DIGEST_MAIL, NAME_OUTSIDE, PURPOSES, Purpose, Wording, asks_again, holds
from app.audit import AuditLine
from app.db import db, writing
from tests import make
from tests.world import World

PAGE = "/toi/dong-y"
NEWER = Purpose("p", "p", "P", (Wording("1?", "", ""), Wording("2?", "", "")), holds_from=2)


def rows(w: World) -> list[tuple[str, bool, bool]]:
    with w.app.app_context():
        found = db.session.execute(sa.select(Consent.purpose, Consent.agreed, Consent.ended_at).order_by(Consent.id))
        kept = [(purpose, agreed, ended is not None) for purpose, agreed, ended in found]
        db.session.rollback()
        return kept


def agrees(w: World, purpose: Purpose = DIGEST_MAIL) -> bool:
    with w.app.app_context():
        return queries.consented(w.hoa, purpose)


def answer(client: FlaskClient, said: str, purpose: str = "thu-tong-hop", **more: str) -> str:
    found = make.post(client, f"{PAGE}/{purpose}", {"tra_loi": said, **more}, form_on=PAGE)
    assert found.status_code == 303
    return str(found.headers["Location"])


# --- rules --------------------------------------------------------------------------------------------------------


def test_a_yes_to_words_that_meant_something_else_holds_no_more() -> None:
    assert not holds(NEWER, True, 1)
    assert holds(NEWER, True, 2)
    assert not holds(NEWER, False, 2)


def test_a_no_is_never_asked_again_a_yes_to_another_meaning_is() -> None:
    assert asks_again(NEWER, True, 1)
    assert not asks_again(NEWER, False, 1)
    assert not asks_again(NEWER, True, 2)


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda one: one.name)
def test_a_purpose_says_what_is_used_and_what_happens_after_a_no(purpose: Purpose) -> None:
    assert purpose.text.question.endswith("?")
    assert purpose.text.use
    assert purpose.text.otherwise
    assert 1 <= purpose.holds_from <= purpose.version


# --- answers ------------------------------------------------------------------------------------------------------


def test_nobody_has_agreed_before_saying_so(world: World) -> None:
    assert not agrees(world)
    with world.app.app_context():
        assert queries.is_unasked(world.hoa, DIGEST_MAIL)


def test_a_yes_is_kept_with_its_text_and_its_moment_and_counts_for_this_purpose_alone(world: World) -> None:
    answer(make.sign_in(world.app, world.hoa), "dong-y")
    assert agrees(world)
    assert not agrees(world, NAME_OUTSIDE)
    with world.app.app_context():
        kept = queries.standing_answer(world.hoa, DIGEST_MAIL)
        assert kept is not None
        assert kept.text_version == DIGEST_MAIL.version
        assert queries.consenting({world.hoa, world.bich}, DIGEST_MAIL) == {world.hoa}


def test_the_same_answer_twice_is_one(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    answer(client, "dong-y")
    answer(client, "dong-y")
    assert rows(world) == [("digest_mail", True, False)]


def test_a_yes_is_withdrawn_and_both_stay_as_proof(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    answer(client, "dong-y")
    for _ in range(2):
        make.post(client, f"{PAGE}/thu-tong-hop/rut-lai", form_on=PAGE)
    assert not agrees(world)
    assert rows(world) == [("digest_mail", True, True), ("digest_mail", False, False)]


def test_withdrawing_what_was_never_given_changes_nothing(world: World) -> None:
    make.post(make.sign_in(world.app, world.hoa), f"{PAGE}/thu-tong-hop/rut-lai", form_on=PAGE)
    assert rows(world) == []


def test_a_no_is_not_asked_again_and_can_become_a_yes(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    answer(client, "khong")
    with world.app.app_context():
        assert not queries.is_unasked(world.hoa, DIGEST_MAIL)
    assert not agrees(world)
    answer(client, "dong-y")
    assert agrees(world)


def test_the_trail_says_which_purpose_and_never_who_in_words(world: World) -> None:
    with world.app.app_context():
        with writing():
            actions.consent(world.hoa, DIGEST_MAIL)
        found = db.session.scalars(sa.select(AuditLine).where(AuditLine.verb == "consent.give")).all()
        assert [line.facts for line in found] == [{"purpose": "digest_mail", "version": 1}]


# --- the page -----------------------------------------------------------------------------------------------------


def test_both_buttons_are_alike_and_none_is_chosen(world: World) -> None:
    page = make.sign_in(world.app, world.hoa).get(PAGE).text
    buttons = re.findall(r'<button class="([^"]*)" type="submit" name="tra_loi" value="[^"]*"([^>]*)>([^<]*)<', page)
    assert [words for _, _, words in buttons] == ["Đồng ý", "Không đồng ý"] * len(PURPOSES)
    assert len({(look, more) for look, more, _ in buttons}) == 1
    assert "checked" not in page
    assert "autofocus" not in page


def test_the_answer_leads_back_to_where_the_question_stood_and_nowhere_else(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    assert answer(client, "khong", tiep="/hoc").endswith("/hoc")
    assert answer(client, "dong-y", tiep="https://example.org/").endswith(PAGE)


@pytest.mark.parametrize(("path", "status"), [("thu-tong-hop", 400), ("khac", 404), ("khac/rut-lai", 404)])
def test_no_answer_and_no_such_purpose_are_refused(world: World, path: str, status: int) -> None:
    client = make.sign_in(world.app, world.hoa)
    assert make.post(client, f"{PAGE}/{path}", {"tra_loi": "x"}, form_on=PAGE).status_code == status
    assert rows(world) == []
