"""The first page of each person: one thing to do; an officer's lines, of every unit in which they work."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app import clock
from app.accounts import actions as accounts
from app.accounts.models import Exemption, Person
from app.db import db, writing
from app.steps import actions as steps
from app.steps.queries import Step, programme_of_year
from app.steps.rules import ASSESSMENT, REGISTERED
from app.units import actions as units
from tests import make
from tests.records import year as records
from tests.records.year import send
from tests.world import World

ALL = frozenset({"all"})
STEPS = [
    Step("study:mot", "Chuyên đề một", ALL),
    Step("study:hai", "Chuyên đề hai", ALL),
    Step(ASSESSMENT, "Liên hệ bản thân", ALL),
    Step(REGISTERED, "Đăng ký việc làm theo", ALL),
]


@pytest.fixture
def w(one_world: World) -> World:
    """A year of two modules; Bích has sent a deed; Hòa and Bích have studied one."""
    programme = records.begin(one_world)
    with one_world.app.app_context():
        with writing():
            steps.define_steps(steps.define_programme("2020", 2020, "Kế hoạch 08", "Chủ đề", ""), STEPS)
        send(one_world.bich)
        with writing():
            for who in (one_world.hoa, one_world.bich):
                steps.record(who, programme, "study:mot", clock.now(), "online", who)
    return one_world


@pytest.fixture
def thu_in_both(w: World) -> FlaskClient:
    """Thu, chair of MSH, sits in the committee of the federation too."""
    make.role(w.app, w.thu, "Q1", "officer", "committee")
    return make.sign_in(w.app, w.thu)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def lines(client: FlaskClient) -> list[str]:
    part = re.search(r'<ul class="lt-lines">(.*?)</ul>', client.get("/").text, re.DOTALL)
    return [plain(line) for line in re.findall(r"<li>(.*?)</li>", part[1], re.DOTALL)] if part else []


def bar(client: FlaskClient) -> list[str]:
    part = re.search(r'<nav class="lt-nav".*?</nav>', client.get("/").text, re.DOTALL)
    return re.findall(r"<p[^>]*>([^<]+)</p>|<a href=\"([^\"]+)\"", part[0].replace("\u00a0", " ")) if part else []


# --- one thing to do -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["hoa", "bich", "hanh", "thu", "cuc", "minh", "huong", "huy", "phu"])
def test_a_first_page_has_exactly_one_solid_button(w: World, who: str) -> None:
    assert make.sign_in(w.app, getattr(w, who)).get("/").text.count("btn-primary") == 1


def test_the_first_page_of_two_units_has_exactly_one_solid_button(thu_in_both: FlaskClient) -> None:
    assert thu_in_both.get("/").text.count("btn-primary") == 1


def test_who_is_asked_for_nothing_is_not_said_to_have_done_it_all(w: World) -> None:
    with w.app.app_context(), writing(), accounts.standing_changes(w.hoa):
        steps.withdraw(w.hoa, programme_of_year(2020).id, "study:mot", None)
    exempt(w, w.hoa)
    page = make.sign_in(w.app, w.hoa).get("/").text
    assert "đã xong mọi việc" not in page
    assert "Chưa có việc nào cho chị" in page
    assert page.count("btn-primary") == 1


def exempt(w: World, who: UUID) -> None:
    with w.app.app_context(), writing(), accounts.standing_changes(who):
        unit = make.unit("MSH").id
        db.session.add(Exemption(person_id=who, unit_id=unit, since=date(2020, 5, 1), until=date(2020, 7, 1)))


# --- officers ------------------------------------------------------------------------------------------------------


def test_an_officer_has_at_most_five_lines_and_the_most_urgent_first(w: World) -> None:
    found = lines(make.sign_in(w.app, w.hanh))
    assert [line.split(" ", 1)[0] for line in found] == ["1", "5", "4", "5"]
    assert "phiếu chờ BCH xem" in found[0]
    assert "Chuyên đề hai" in found[1]
    assert "chưa trả lời về việc làm theo" in found[2]
    assert "đoàn viên trong danh sách Ai cũng đã vào" in found[3]


def test_who_has_no_password_yet_is_counted_without_looking_at_every_member(w: World) -> None:
    with w.app.app_context():
        for n in range(3):
            with writing():
                accounts.join(None, accounts.add_person(None, f"Người Mới {n}"), make.unit("MSH"), make.START)
    found = lines(make.sign_in(w.app, w.hanh))
    assert found[-1] == "3 người chưa vào lần nào Trong 8 đoàn viên Cấp mã"


def test_a_federation_sees_when_reports_are_due_and_how_many_units_there_are(w: World) -> None:
    found = lines(make.sign_in(w.app, w.minh))
    assert "7 ngày nữa đến hạn CĐCS báo cáo Hạn cuối: hết thứ Ba 19/5/2020 Xem số liệu" in found
    assert found[-1].startswith("2 đơn vị trực thuộc")


def test_an_officer_of_two_units_sees_the_lines_of_both_and_of_which_each_is(thu_in_both: FlaskClient) -> None:
    found = lines(thu_in_both)
    assert len(found) == 5
    assert found[0].startswith("1 phiếu chờ BCH xem CĐCS May Sen Hồng. Phiếu gửi sớm nhất")
    named = [re.search(r"CĐCS May Sen Hồng|LĐLĐ Quận 1", line) for line in found]
    assert all(named)
    assert {name[0] for name in named if name} == {"CĐCS May Sen Hồng", "LĐLĐ Quận 1"}


def test_one_unit_is_not_named_on_every_line(w: World) -> None:
    assert not [line for line in lines(make.sign_in(w.app, w.hanh)) if "May Sen Hồng" in line]


def test_the_bar_leads_to_the_pages_of_every_unit_in_which_one_works(thu_in_both: FlaskClient) -> None:
    assert ["".join(part) for part in bar(thu_in_both)] == [
        "/",
        "CĐCS May Sen Hồng",
        "/don-vi/MSH/hoan-thanh",
        "/don-vi/MSH/ho-so",
        "/don-vi/MSH/doan-vien",
        "LĐLĐ Quận 1",
        "/don-vi/Q1/hoan-thanh",
        "/don-vi/Q1/ho-so",
        "/don-vi/Q1/don-vi",
    ]
    for address in ("MSH/hoan-thanh", "MSH/ho-so", "MSH/doan-vien", "Q1/hoan-thanh", "Q1/ho-so", "Q1/don-vi"):
        assert thu_in_both.get(f"/don-vi/{address}").status_code == 200


def test_the_bar_of_one_unit_names_none(w: World) -> None:
    assert [name for name, _ in bar(make.sign_in(w.app, w.hanh)) if name] == []


def test_an_administrator_of_one_unit_and_officer_of_another_gets_what_each_role_opens(w: World) -> None:
    make.role(w.app, w.tuan, "Q1", "admin")
    client = make.sign_in(w.app, w.tuan)
    found = [address for _, address in bar(client) if address]
    assert "/don-vi/MSH/hoan-thanh" in found
    assert "/don-vi/Q1/don-vi" in found
    assert "/don-vi/Q1/hoan-thanh" not in found
    assert client.get("/don-vi/Q1").location == "/don-vi/Q1/don-vi"
    assert client.get("/don-vi/MSH").location == "/don-vi/MSH/hoan-thanh"
    assert not [line for line in lines(client) if "báo cáo" in line]


def test_the_head_of_a_group_has_a_members_first_page(w: World) -> None:
    make.role(w.app, w.bich, "MSH3", "officer", "committee")
    client = make.sign_in(w.app, w.bich)
    assert bar(client) == []
    assert "Việc của chị hôm nay" in client.get("/").text


def test_a_code_read_out_leads_back_to_the_unit_from_which_one_looks_after(w: World) -> None:
    """Thu is in two units; the officer who lost a password is looked after from the federation."""
    make.role(w.app, w.thu, "Q1", "officer", "committee")
    client = make.sign_in(w.app, w.thu)
    code = make.code_of(w.app, w.cuc)
    page = make.post(client, f"/don-vi/BTX/can-bo/{code}/ma-dat-lai").text
    assert "Đọc cho" in page
    assert "CĐCS Tiểu học Bến Thành Xanh" in page
    assert "CĐCS May Sen Hồng" in page


# --- a unit's address on paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "to"), [("hanh", "hoan-thanh"), ("minh", "hoan-thanh"), ("huy", "don-vi")])
def test_a_units_address_leads_to_what_one_most_often_wants_of_it(w: World, who: str, to: str) -> None:
    answer = make.sign_in(w.app, getattr(w, who)).get("/don-vi/MSH")
    assert (answer.status_code, answer.location) == (303, f"/don-vi/MSH/{to}")


def test_the_code_of_a_merged_unit_leads_to_what_it_became(w: World) -> None:
    with w.app.app_context(), writing():
        today = clock.today()
        fresh = units.open_unit(None, "MSM", "CĐCS May Sen Mới", "grassroots", make.unit("Q1").id, today)
        for person in (w.hoa, w.bich, w.hanh, w.tuan, w.thu):
            accounts.leave(None, person, make.unit("MSH"), today)
            accounts.join(None, db.session.get_one(Person, person), fresh, today)
        for person in (w.hanh, w.tuan, w.thu):
            accounts.revoke(None, person, make.unit("MSH"), "officer", today)
        accounts.grant(None, w.thu, fresh, "officer", today, "chair")
        units.close(None, make.unit("MSH3"), today)
        units.close(None, make.unit("MSH"), today, fresh)
    client = make.sign_in(w.app, w.thu)
    answer = client.get("/don-vi/MSH")
    assert (answer.status_code, answer.location) == (303, "/don-vi/MSM/hoan-thanh")
    assert "CĐCS May Sen Mới" in client.get("/don-vi/MSH", follow_redirects=True).text
    assert client.get("/don-vi/msh").status_code == 303


def test_a_role_that_has_ended_leaves_the_bar(w: World) -> None:
    with w.app.app_context(), writing():
        accounts.revoke(None, w.hanh, make.unit("MSH"), "officer", clock.today() + timedelta(days=1))
    with clock.shifted(timedelta(days=1)):
        assert bar(make.sign_in(w.app, w.hanh)) == []
