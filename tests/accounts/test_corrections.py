"""A name, a phone, an e-mail address that are wrong: said by their owner, decided by the unit, told."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import actions, queries
from app.accounts.actions.corrections import Field
from app.accounts.models import CorrectionAsked, Person
from app.audit import AuditLine
from app.db import db, writing
from app.refusal import NotThere, RuleBroken
from app.text import NameUnsafe
from tests import make
from tests.make import unit
from tests.records import year
from tests.world import World

NEW = "0900000777"


@pytest.fixture
def house(world: World) -> Iterator[World]:
    with world.app.app_context():
        yield world


def ask(person: UUID, field: Field = "phone", value: str = NEW) -> UUID:
    with writing():
        actions.ask_correction(person, field, value)
    return queries.corrections_of(person)[0].id


def decide(by: UUID, code: str, asked: UUID, agreed: bool) -> None:
    with writing():
        actions.decide_correction(by, unit(code).id, asked, agreed)


def waiting(code: str, reader: UUID) -> list[str]:
    return [line.value for line in queries.corrections_for(unit(code).id, reader)]


def test_a_phone_signs_in_once_the_unit_has_agreed(house: World) -> None:
    asked = ask(house.hoa, value="090 000 0777")
    assert actions.find_person(NEW) is None
    assert waiting("MSH", house.hanh) == [NEW]
    decide(house.hanh, "MSH", asked, True)
    assert actions.find_person(NEW) == house.hoa
    assert actions.find_person("0900000001") is None
    assert waiting("MSH", house.hanh) == []
    assert [(line.agreed, line.answered_by) for line in queries.corrections_of(house.hoa)] == [(True, "cô Hạnh")]


def test_a_name_counts_once_the_unit_has_agreed(house: World) -> None:
    decide(house.hanh, "MSH", ask(house.hoa, "name", "Nguyễn Thị  Hoà"), True)
    held = db.session.get_one(Person, house.hoa)
    assert (held.name, held.search_key) == ("Nguyễn Thị Hoà", "nguyen thi hoa")


def test_what_the_unit_leaves_as_it_is_stays_and_is_told(house: World) -> None:
    decide(house.hanh, "MSH", ask(house.hoa), False)
    assert actions.find_person(NEW) is None
    assert [line.agreed for line in queries.corrections_of(house.hoa)] == [False]
    with writing():
        actions.acknowledge_corrections(house.hoa)
    assert queries.corrections_of(house.hoa) == []


def test_what_is_asked_anew_takes_the_place_of_what_was_asked(house: World) -> None:
    first = ask(house.hoa)
    assert ask(house.hoa) == first
    second = ask(house.hoa, value="0900000888")
    assert waiting("MSH", house.hanh) == ["0900000888"]
    with pytest.raises(NotThere):
        decide(house.hanh, "MSH", first, True)
    decide(house.hanh, "MSH", second, True)


def test_a_decision_sent_twice_is_one_and_another_comes_too_late(house: World) -> None:
    asked = ask(house.hoa)
    decide(house.hanh, "MSH", asked, True)
    decide(house.hanh, "MSH", asked, True)
    with pytest.raises(actions.CorrectionDecided):
        decide(house.tuan, "MSH", asked, False)
    assert actions.find_person(NEW) == house.hoa


def test_nobody_decides_their_own_nor_in_another_unit(house: World) -> None:
    own, hoas = ask(house.hanh), ask(house.hoa, value="0900000888")
    for by, code, asked in (
        (house.hanh, "MSH", own),
        (house.cuc, "BTX", hoas),
        (house.minh, "Q1", hoas),
    ):
        with pytest.raises(NotThere):
            decide(by, code, asked, True)
    assert waiting("MSH", house.hanh) == ["0900000888"]
    assert set(waiting("MSH", house.thu)) == {NEW, "0900000888"}


def test_who_serves_alone_in_a_unit_is_answered_from_above(house: World) -> None:
    with writing():
        actions.revoke(house.minh, house.yen, unit("BTX"), "officer", clock.today())
    assert queries.confirming_unit(house.cuc, clock.today()) == unit("Q1").id
    assert queries.confirming_unit(house.yen, clock.today()) == unit("BTX").id


def test_taking_it_back_leaves_everything_as_it_was(house: World) -> None:
    ask(house.hoa)
    for _ in range(2):
        with writing():
            actions.take_back_correction(house.hoa, "phone")
    assert db.session.scalars(sa.select(CorrectionAsked)).all() == []


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("phone", "123", actions.NameMalformed),
        ("email", "không phải thư", actions.NameMalformed),
        ("name", " ", actions.NameMalformed),
        ("name", "Hòa\u202ea", NameUnsafe),
        ("name", "Nguyễn Thị Hòa", actions.NothingNew),
        ("phone", "+84 900 000 001", actions.NothingNew),
    ],
)
def test_what_changes_nothing_or_cannot_be_is_refused(
    one_world: World, field: Field, value: str, refusal: type[RuleBroken]
) -> None:
    with one_world.app.app_context(), pytest.raises(refusal), writing():
        actions.ask_correction(one_world.hoa, field, value)


def unmark(person: UUID, name: str) -> None:
    with writing():
        held = db.session.get_one(Person, person)
        held.name, held.name_unmarked = name, True


def test_tone_marks_that_a_list_left_out_count_at_once(house: World) -> None:
    unmark(house.hoa, "Nguyen Thi Hoa")
    with writing():
        assert actions.ask_correction(house.hoa, "name", "Nguyễn Thị Hòa")
    assert not queries.is_unmarked(house.hoa)
    assert make.name_of(house.app, house.hoa) == "Nguyễn Thị Hòa"
    assert waiting("MSH", house.hanh) == []


def test_other_letters_than_the_lists_go_to_the_unit(house: World) -> None:
    unmark(house.hoa, "Nguyen Thi Hoa")
    with writing():
        assert not actions.ask_correction(house.hoa, "name", "Nguyễn Thị Hoan")
    assert make.name_of(house.app, house.hoa) == "Nguyen Thi Hoa"
    assert waiting("MSH", house.hanh) == ["Nguyễn Thị Hoan"]


def test_no_line_of_the_trail_holds_what_was_asked(house: World) -> None:
    decide(house.hanh, "MSH", ask(house.hoa), True)
    lines = db.session.scalars(sa.select(AuditLine).where(AuditLine.subject == str(house.hoa))).all()
    assert {"correction.ask", "person.correct"} <= {line.verb for line in lines}
    assert not any(NEW in str(line.facts) for line in lines)


# --- on the pages --------------------------------------------------------------------------------------------------


def test_the_officer_answers_on_the_page_of_members_and_the_member_is_told(one_world: World) -> None:
    app = one_world.app
    hoa, hanh = make.sign_in(app, one_world.hoa), make.sign_in(app, one_world.hanh)
    assert make.post(hoa, "/toi/sua/dien-thoai", {"value": NEW}).location == "/toi"
    assert "BCH chưa trả lời" in hoa.get("/toi").text
    assert "đề nghị sửa thông tin" in hanh.get("/").text
    page = hanh.get("/don-vi/MSH/doan-vien").text
    assert NEW in page
    with app.app_context():
        number = str(queries.corrections_of(one_world.hoa)[0].id)
    make.post(hanh, "/don-vi/MSH/doan-vien/de-nghi", {"de_nghi": number, "tra_loi": "dong-y"})
    told = hoa.get("/").text
    assert "đã sửa thành" in told
    make.post(hoa, "/toi/sua/da-biet")
    assert "đã sửa thành" not in hoa.get("/").text


def test_what_is_refused_stays_in_the_box(one_world: World) -> None:
    hoa = make.sign_in(one_world.app, one_world.hoa)
    answer = make.post(hoa, "/toi/sua/dien-thoai", {"value": "09000"})
    assert answer.status_code == 400
    assert 'value="09000"' in answer.text


@pytest.mark.parametrize("to", ["//elsewhere.example", "javascript:alert(1)", "https://elsewhere.example"])
def test_the_page_leads_nowhere_else(one_world: World, to: str) -> None:
    hoa = make.sign_in(one_world.app, one_world.hoa)
    assert to not in hoa.get("/toi/sua/ten", query_string={"tiep": to}).text
    assert make.post(hoa, "/toi/sua/thu", {"value": "hoa@vidu.vn", "tiep": to}).location == "/toi"


# --- the first sign-in ---------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(one_world: World) -> str:
    """The address of the slip of Hòa, who has not been in and whose name came without marks."""
    with one_world.app.app_context():
        with writing():
            slip = actions.make_slip(None, one_world.hoa)
        unmark(one_world.hoa, "Nguyen Thi Hoa")
    return f"/kich-hoat/{slip}"


def test_the_slip_asks_whether_it_is_she_by_name_and_group(one_world: World, newcomer: str) -> None:
    page = " ".join(one_world.app.test_client().get(newcomer).text.replace("\u00a0", " ").split())
    assert "Có phải chị Nguyen Thi Hoa?" in page
    assert "Tổ May 3, CĐCS May Sen Hồng" in page


def test_not_me_tells_whom_to_ask_and_uses_nothing_up(one_world: World, newcomer: str) -> None:
    page = one_world.app.test_client().get(f"{newcomer}/khong-phai-toi")
    assert page.status_code == 200
    assert "CĐCS May Sen Hồng" in page.text
    assert "0900000118" in page.text
    assert "Nguyen Thi Hoa" not in page.text
    assert one_world.app.test_client().get(newcomer).status_code == 200


def first_steps(world: World, slip: str) -> Callable[..., str]:
    client = world.app.test_client()
    entered = make.post(client, slip, {"password": make.PASSWORD}, form_on=slip)
    assert entered.location == "/toi/lan-dau"

    def go(data: dict[str, str] | None = None) -> str:
        return str(make.post(client, "/toi/sua/ten", data).location if data else client.get("/toi/lan-dau").location)

    return go


def test_a_newcomer_writes_the_marks_and_is_at_the_first_thing_to_do(one_world: World, newcomer: str) -> None:
    year.begin(one_world)
    go = first_steps(one_world, newcomer)
    assert go() == "/toi/sua/ten?tiep=/tu-danh-gia/2020"
    assert go({"value": "Nguyễn Thị Hòa", "tiep": "/tu-danh-gia/2020"}) == "/tu-danh-gia/2020"
    assert go() == "/tu-danh-gia/2020"


def test_a_newcomer_whose_name_is_other_is_not_asked_again(one_world: World, newcomer: str) -> None:
    go = first_steps(one_world, newcomer)
    assert go() == "/toi/sua/ten?tiep=/"
    assert go({"value": "Nguyễn Thị Hoan", "tiep": "/"}) == "/"
    assert go() == "/"
