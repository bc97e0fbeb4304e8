"""Who has done what: by name in one's own unit, in numbers from above, not at all from beside."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app import clock, text
from app.accounts import actions as accounts
from app.accounts.models import Exemption, Membership, Person
from app.db import db, writing
from app.steps import actions as steps
from app.steps.queries import Step, programme_of_year
from app.steps.rules import CONFIRMED, REGISTERED
from app.units import actions as units
from tests import make
from tests.progress import crowded
from tests.progress.small_year import ALL, STEPS, STUDY
from tests.world import World

MEMBERS = ("Lê Thị Bích", "Trần Thị Mỹ Hạnh", "Nguyễn Thị Hòa", "Phạm Thị Thu", "Lê Văn Tuấn")
PATH = "/don-vi/MSH/hoan-thanh"


def officer(world: World, who: str = "hanh") -> FlaskClient:
    return make.sign_in(world.app, getattr(world, who))


def table(html: str, nth: int = 0) -> list[list[str]]:
    """The rows of a table's body, each as the plain text of its cells."""
    body = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[nth]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def names(client: FlaskClient, query: str = "") -> list[str]:
    html = client.get(f"{PATH}?{query}").text
    return [row[1] for row in table(html)] if "lt-people" in html else []


# --- the own unit ------------------------------------------------------------------------------------------------


def test_an_officer_sees_the_members_of_the_own_unit_in_vietnamese_order(year: World) -> None:
    assert names(officer(year)) == list(MEMBERS)


def test_each_step_stands_with_its_date_and_source(year: World) -> None:
    rows = {row[1]: row[2:] for row in table(officer(year).get(PATH).text)}
    assert rows["Nguyễn Thị Hòa"] == ["Học 8/5 buổi sinh hoạt", "–", "Đăng ký Không đăng ký"]
    assert rows["Phạm Thị Thu"][0] == "Học 8/5 bản giấy"
    assert rows["Lê Thị Bích"][0] == "Học Còn"
    assert rows["Lê Văn Tuấn"][1] == "Học Còn"


def test_the_totals_are_those_of_the_whole_unit(year: World) -> None:
    html = officer(year).get(PATH + "?to=MSH3").text
    totals = {row[0]: row[1:] for row in table(html, 1)}
    assert totals["Chuyên đề Nêu gương"] == ["5", "2", "0", "3"]
    assert totals["Nghị quyết Trung ương 4"] == ["3", "0", "0", "3"]
    assert totals["Đăng ký việc làm theo"] == ["5", "0", "1", "4"]


def test_a_filter_keeps_one_group(year: World) -> None:
    assert names(officer(year), "to=MSH3") == ["Nguyễn Thị Hòa"]


@pytest.mark.parametrize("group", ["BTX", "Q1", "KHONG", "MSH"])
def test_a_group_that_is_not_of_this_unit_filters_nothing(year: World, group: str) -> None:
    assert names(officer(year), f"to={group}") == list(MEMBERS)


def test_a_filter_keeps_who_has_something_left_or_nothing(year: World) -> None:
    client = officer(year)
    assert names(client, "con=xong") == ["Nguyễn Thị Hòa"]
    assert names(client, "con=con") == [name for name in MEMBERS if name != "Nguyễn Thị Hòa"]


def test_a_filter_of_step_and_state_says_who_has_not_done_it(year: World) -> None:
    client = officer(year)
    assert names(client, f"viec={STUDY}&con=con") == ["Lê Thị Bích", "Trần Thị Mỹ Hạnh", "Lê Văn Tuấn"]
    assert names(client, f"viec={STUDY}&con=xong") == ["Nguyễn Thị Hòa", "Phạm Thị Thu"]
    assert names(client, f"viec={STUDY}&con=xong&to=MSH3") == ["Nguyễn Thị Hòa"]
    assert len(table(client.get(f"{PATH}?viec={STUDY}").text)[0]) == 3


def test_nobody_left_says_so(year: World) -> None:
    html = officer(year).get(f"{PATH}?to=MSH3&con=con").text
    assert "Không có ai như thế trong danh sách này" in html
    assert "lt-people" not in html


def test_a_step_that_there_is_not_filters_nothing(year: World) -> None:
    html = officer(year).get(f"{PATH}?viec=study:khong-co").text
    assert len(table(html)[0]) == 5


def test_an_exempt_member_stands_with_the_last_day_of_it(year: World) -> None:
    with year.app.app_context(), writing(), accounts.standing_changes(year.bich):
        db.session.add(
            Exemption(person_id=year.bich, unit_id=make.unit("MSH").id, since=date(2020, 5, 1), until=date(2020, 7, 1))
        )
    client = officer(year)
    rows = {row[1]: row[2:] for row in table(client.get(PATH).text)}
    assert rows["Lê Thị Bích"] == ["Tạm miễn trong kỳ (đến hết 30/6/2020)"]
    assert "Lê Thị Bích" not in names(client, "con=con")
    assert table(client.get(PATH).text, 1)[0][1] == "4"


def test_a_step_that_is_not_asked_shows_a_dash_to_the_unit_and_its_tick_to_the_person(year: World) -> None:
    with year.app.app_context(), writing():
        steps.record(year.hoa, programme_of_year(2020).id, "study:nq-tw4", clock.now(), "online", year.hoa)
    rows = {row[1]: row[2:] for row in table(officer(year).get(PATH).text)}
    assert rows["Nguyễn Thị Hòa"][1] == "–"
    assert "Đã xong: Nghị quyết Trung ương 4" in plain(make.sign_in(year.app, year.hoa).get("/").text)


def test_who_has_left_is_not_in_the_list(year: World) -> None:
    with year.app.app_context(), writing():
        accounts.leave(None, year.bich, make.unit("MSH"), clock.today())
    assert "Lê Thị Bích" not in names(officer(year))


# --- the committee's own step -------------------------------------------------------------------------------------


@pytest.fixture
def deeds(year: World) -> World:
    """Bích, Thu and Tuấn have registered and Tuấn's is confirmed; Hòa says no; Hạnh has not answered."""
    with year.app.app_context():
        with writing():
            programme = programme_of_year(2020)
            steps.define_steps(programme, [STEPS[2], Step(CONFIRMED, "BCH xác nhận", ALL)])
            chosen = programme.id
        with writing():
            for who in (year.bich, year.thu, year.tuan):
                steps.record(who, chosen, REGISTERED, clock.now(), "online", who)
            steps.record(year.tuan, chosen, CONFIRMED, clock.now(), "online", year.hanh)
            steps.record(year.hoa, chosen, CONFIRMED, clock.now(), "online", year.hoa, "declined")
    return year


def test_what_waits_for_the_committee_is_said_to_be_with_it(deeds: World) -> None:
    html = officer(deeds).get(PATH).text
    rows = {row[1]: row[2] for row in table(html)}
    assert rows["Lê Thị Bích"] == "Đăng ký 12/5 trực tuyến Xác nhận BCH đang xem"
    assert rows["Lê Văn Tuấn"] == "Đăng ký 12/5 trực tuyến Xác nhận 12/5 trực tuyến"
    assert rows["Trần Thị Mỹ Hạnh"] == "Đăng ký Còn Xác nhận –"
    assert rows["Nguyễn Thị Hòa"] == "Đăng ký Không đăng ký Xác nhận –"
    assert {row[0]: row[1:] for row in table(html, 1)}["BCH xác nhận"] == ["3", "1", "0", "2"]


def test_what_waits_for_the_committee_is_not_the_members_work(deeds: World) -> None:
    client = officer(deeds)
    assert names(client, "con=con") == ["Trần Thị Mỹ Hạnh"]
    assert names(client, "con=bch") == ["Lê Thị Bích", "Phạm Thị Thu"]
    assert names(client, "con=xong") == ["Nguyễn Thị Hòa", "Lê Văn Tuấn"]
    assert names(client, f"viec={CONFIRMED}&con=bch") == ["Lê Thị Bích", "Phạm Thị Thu"]
    assert names(client, f"viec={CONFIRMED}&con=con") == []
    assert names(client, f"viec={REGISTERED}&con=bch") == []


# --- the line above the table ------------------------------------------------------------------------------------


def summary(client: FlaskClient, query: str = "") -> str:
    found = re.search(r"<p>(\d+\s+đoàn viên.*?)<span", client.get(f"{PATH}?{query}").text, re.DOTALL)
    assert found
    return plain(found[1])


def test_one_line_says_how_many_are_done_and_how_many_are_not(deeds: World) -> None:
    with deeds.app.app_context(), writing(), accounts.standing_changes(deeds.hanh):
        unit = make.unit("MSH").id
        db.session.add(Exemption(person_id=deeds.hanh, unit_id=unit, since=date(2020, 5, 1), until=date(2020, 7, 1)))
    client = officer(deeds)
    assert summary(client) == "5 đoàn viên. Đã xong hết việc: 2. Còn việc: 0. BCH đang xem: 2. Tạm miễn trong kỳ: 1."
    assert summary(client, "to=MSH3") == "1 đoàn viên. Đã xong hết việc: 1. Còn việc: 0."
    assert summary(client, f"viec={REGISTERED}") == "5 đoàn viên. Đã xong: 4. Còn: 0. Tạm miễn trong kỳ: 1."


def test_where_nothing_is_asked_the_line_shows_dashes(year: World) -> None:
    with year.app.app_context(), writing():
        steps.define_steps(programme_of_year(2020), [Step("study:x", "Chuyên đề", frozenset({"office"}))])
    client = officer(year)
    assert summary(client) == "5 đoàn viên. Đã xong hết việc: –. Còn việc: –."
    assert table(client.get(PATH).text, 1) == [["Chuyên đề", "–", "–", "–", "–"]]


def test_the_line_the_filters_and_the_rows_agree(one_world: World) -> None:
    """Everybody at another point of a year with steps for some and steps for all."""
    crowded.crowd(one_world, 2)
    client = make.sign_in(one_world.app, one_world.hanh)
    rows = {row[1]: " ".join(row[2:]) for row in table(client.get(PATH).text)}
    found = {state: names(client, f"con={state}") for state in ("con", "bch", "xong")}
    assert sorted(name for some in found.values() for name in some) == sorted(rows)
    assert set(found["con"]) == {name for name, cells in rows.items() if "Còn" in cells}
    assert set(found["bch"]) == {name for name, cells in rows.items() if "Còn" not in cells and "đang xem" in cells}
    assert all(found.values())
    done, left, waits = len(found["xong"]), len(found["con"]), len(found["bch"])
    assert f"Đã xong hết việc: {done}. Còn việc: {left}. BCH đang xem: {waits}." in summary(client)


# --- paper --------------------------------------------------------------------------------------------------------


def test_the_list_for_paper_holds_every_row_and_says_so(year: World) -> None:
    crowd(year, 175)
    client = officer(year)
    first = client.get(PATH).text
    link = re.search(r'href="(\?in=1[^"]*)"', first)
    assert link
    page = client.get(PATH + link[1].replace("&amp;", "&")).text
    assert len(table(page)) == 180
    assert "Dòng 1–180 trong 180. Xếp theo tên." in plain(page)
    assert "lt-filter" not in page
    assert "CĐCS MAY SEN HỒNG" in page
    assert "Ngày 12 tháng 5 năm 2020" in plain(page)


def test_a_narrowed_list_says_on_paper_to_what_it_is_narrowed(year: World) -> None:
    page = officer(year).get(f"{PATH}?in=1&to=MSH3&viec={REGISTERED}&con=xong").text
    caption, totals = re.findall(r"<caption>(.*?)</caption>", page)
    assert plain(caption) == "Dòng 1–1 trong 1, Tổ May 3, Đăng ký việc làm theo, Đã xong. Xếp theo tên."
    assert plain(totals) == "Tổng cộng cả CĐCS, không riêng danh sách trên"
    assert "<title>Hoàn thành năm 2020, Tổ May 3" in page


def test_a_list_too_long_for_one_print_says_that_it_is_cut(one_world: World) -> None:
    """Takes 2 s: a thousand rows are written and drawn."""
    with one_world.app.app_context(), writing():
        steps.define_steps(steps.define_programme("2020", 2020, "Kế hoạch 08", "Nêu gương", ""), STEPS)
    crowd(one_world, 1010)
    page = make.sign_in(one_world.app, one_world.hanh).get(f"{PATH}?in=1").text
    assert len(table(page)) == 1000
    assert "Bản in này có 1000 dòng đầu trong 1015." in plain(page)


def test_a_federation_prints_all_its_units(year: World) -> None:
    """Takes 2 s: sixty units are opened one after another."""
    with year.app.app_context(), writing():
        q1 = make.unit("Q1").id
        for n in range(60):
            units.open_unit(None, f"X{n:02}", f"CĐCS Số {n:02}", "grassroots", q1, make.START)
    page = officer(year, "minh").get("/don-vi/Q1/hoan-thanh?in=1").text
    assert len(table(page)) == 62
    assert "Dòng 1–62 trong 62" in plain(page)


# --- a long list -------------------------------------------------------------------------------------------------


def crowd(world: World, number: int) -> list[str]:
    """So many more members of MSH, inserted in bulk; every name in the order of the list."""
    given = ("An", "Ân", "Ánh", "Bình", "Đào", "Dung", "Hoà", "Hoa", "Hoàng", "Ưng", "Yến")
    people: list[dict[str, object]] = []
    for n in range(number):
        name = f"Nguyễn Văn {given[n % len(given)]} {chr(97 + n % 23)}{'aăâeê'[n % 5]}n".title()
        key, fold = text.name_key(name), text.fold(name)
        people.append({"id": uuid4(), "name": name, "sort_key": key, "search_key": fold, "state": "active"})
    with world.app.app_context(), writing() as session:
        unit = make.unit("MSH").id
        session.execute(sa.insert(Person), people)
        rows = [
            {
                "person_id": p["id"],
                "unit_id": unit,
                "sort_key": p["sort_key"],
                "since": make.START,
                "holds_office": False,
            }
            for p in people
        ]
        session.execute(sa.insert(Membership), rows)
    with world.app.app_context():
        steps.rebuild()
    return sorted([*(str(p["name"]) for p in people), *MEMBERS], key=text.name_key)


def test_a_long_list_is_paged_in_one_order(year: World) -> None:
    expected = crowd(year, 230)
    client = officer(year)
    pages = [names(client, f"trang={number}") for number in range(1, 6)]
    assert [len(page) for page in pages] == [50, 50, 50, 50, 35]
    found = [name for page in pages for name in page]
    assert [text.name_key(name) for name in found] == [text.name_key(name) for name in expected]
    assert sorted(found) == sorted(expected)
    last = client.get(f"{PATH}?trang=5").text
    assert "Dòng 201–235 trong 235" in plain(last)
    assert table(last)[0][0] == "201"
    assert "trang=4" in last
    assert "trang=6" not in last


def test_a_page_beyond_the_end_is_the_last_one(year: World) -> None:
    crowd(year, 70)
    client = officer(year)
    assert names(client, "trang=99") == names(client, "trang=2")


def test_the_pager_keeps_the_filter(year: World) -> None:
    crowd(year, 70)
    html = officer(year).get(f"{PATH}?viec={STUDY}&con=con").text
    link = re.search(r'href="(\?trang=2[^"]*)"', html)
    assert link
    assert "con=con" in link[1]
    assert "viec=study%3Aneu-guong" in link[1]
    second = officer(year).get(PATH + link[1].replace("&amp;", "&"))
    assert len(table(second.text)) == 23


# --- from above --------------------------------------------------------------------------------------------------


def test_from_above_a_unit_is_numbers_and_officers_and_no_members(year: World) -> None:
    for who in ("minh", "huong"):
        html = officer(year, who).get(PATH).text
        for name in ("Nguyễn Thị Hòa", "Lê Thị Bích", "Hòa", "Bích"):
            assert name not in html
        assert "Phạm Thị Thu" in html
        assert {row[0]: row[1:] for row in table(html)}["Chuyên đề Nêu gương"] == ["5", "2", "3"]


def test_a_filter_from_above_shows_no_more(year: World) -> None:
    client = officer(year, "minh")
    for query in ("con=con", f"viec={STUDY}&con=con", "to=MSH3", "trang=2"):
        html = client.get(f"{PATH}?{query}").text
        assert "Hòa" not in html
        assert "lt-people" not in html


def test_a_federation_sees_its_units_in_numbers_and_nobody_by_name(year: World) -> None:
    html = officer(year, "minh").get("/don-vi/Q1/hoan-thanh").text
    rows = {row[1]: row[2:] for row in table(html)}
    assert rows == {
        "CĐCS May Sen Hồng": ["Học 2/5", "Học 0/3", "Đăng ký 0/5"],
        "CĐCS Tiểu học Bến Thành Xanh": ["Học 1/3", "Học 0/2", "Đăng ký 0/3"],
    }
    assert {row[0]: row[1:] for row in table(html, 1)}["Chuyên đề Nêu gương"] == ["8", "3", "5"]
    with year.app.app_context():
        people = set(db.session.scalars(sa.select(Person.name))) - {"Đỗ Quang Minh"}
    assert len(people) == 13
    assert not [name for name in people if name in html]


def test_above_the_unit_nobody_learns_that_somebody_said_no(year: World) -> None:
    """In a unit of one or two the number would name the person."""
    pages = []
    for outcome in (None, "declined"):
        if outcome:
            with year.app.app_context(), writing():
                chosen = programme_of_year(2020).id
                steps.record(year.lan, chosen, REGISTERED, clock.now(), "online", year.lan, "declined")
        client = officer(year, "minh")
        paths = ("/", "/don-vi/Q1/hoan-thanh", "/don-vi/BTX/hoan-thanh")
        pages.append([without_time(client.get(path).text) for path in paths])
    assert pages[0] == pages[1]


def without_time(html: str) -> str:
    return re.sub(r"\d\d:\d\d", "", re.sub(r'name="csrf_token" value="[^"]+"', "", html))


def test_a_group_is_a_part_of_its_units_page(year: World) -> None:
    for who in ("hanh", "minh"):
        answer = officer(year, who).get("/don-vi/MSH3/hoan-thanh")
        assert (answer.status_code, answer.location) == (303, "/don-vi/MSH/hoan-thanh?to=MSH3")
    assert names(officer(year), "to=MSH3") == ["Nguyễn Thị Hòa"]
    assert officer(year, "cuc").get("/don-vi/MSH3/hoan-thanh").status_code == 404


def test_a_group_alone_shows_nothing_of_its_unit(year: World) -> None:
    make.role(year.app, year.bich, "MSH3", "officer", "committee")
    assert officer(year, "bich").get("/don-vi/MSH3/hoan-thanh").status_code == 404


def test_a_federation_with_many_units_is_paged_and_sums_them_all(year: World) -> None:
    """Takes 2 s: sixty units are opened one after another."""
    with year.app.app_context(), writing():
        q1 = make.unit("Q1").id
        for n in range(60):
            units.open_unit(None, f"X{n:02}", f"CĐCS Số {n:02}", "grassroots", q1, make.START)
    client = officer(year, "minh")
    first, second = (client.get(f"/don-vi/Q1/hoan-thanh?trang={n}").text for n in (1, 2))
    assert (len(table(first)), len(table(second))) == (50, 12)
    assert table(first, 1) == table(second, 1)
    found = [row[1] for row in table(first) + table(second)]
    assert found[:3] == ["CĐCS May Sen Hồng", "CĐCS Số 00", "CĐCS Số 01"]
    assert found[-1] == "CĐCS Tiểu học Bến Thành Xanh"


def test_a_unit_without_members_shows_dashes(year: World) -> None:
    with year.app.app_context(), writing():
        units.open_unit(None, "X1", "CĐCS Mới", "grassroots", make.unit("Q1").id, make.START)
    rows = {row[1]: row[2:] for row in table(officer(year, "minh").get("/don-vi/Q1/hoan-thanh").text)}
    assert rows["CĐCS Mới"] == ["–", "–", "–"]


def test_a_unit_that_moved_is_counted_where_it_stands_now(year: World) -> None:
    with year.app.app_context(), writing():
        units.move(None, make.unit("BTX"), make.unit("Q3").id, clock.today())
    html = officer(year, "minh").get("/don-vi/Q1/hoan-thanh").text
    assert [row[1] for row in table(html)] == ["CĐCS May Sen Hồng"]
    assert officer(year, "minh").get("/don-vi/BTX/hoan-thanh").status_code == 404
    assert officer(year, "phu").get("/don-vi/BTX/hoan-thanh").status_code == 200


def test_the_code_of_a_closed_unit_leads_to_what_it_became(year: World) -> None:
    with year.app.app_context(), writing():
        today = clock.today()
        fresh = units.open_unit(None, "MSM", "CĐCS May Sen Mới", "grassroots", make.unit("Q1").id, today)
        for person in (year.hoa, year.bich, year.hanh, year.tuan, year.thu):
            accounts.revoke(None, person, make.unit("MSH"), "officer", today)
            accounts.leave(None, person, make.unit("MSH"), today)
            accounts.join(None, db.session.get_one(Person, person), fresh, today)
        accounts.grant(None, year.thu, fresh, "officer", today, "chair")
        units.close(None, make.unit("MSH3"), today)
        units.close(None, make.unit("MSH"), today, fresh)
    assert "CĐCS May Sen Mới" in officer(year, "thu").get("/don-vi/MSH/hoan-thanh").text


# --- from beside -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("cuc", PATH),
        ("van", PATH),
        ("phu", PATH),
        ("hanh", "/don-vi/BTX/hoan-thanh"),
        ("hanh", "/don-vi/Q1/hoan-thanh"),
        ("minh", "/don-vi/KHA/hoan-thanh"),
        ("minh", "/don-vi/Q3/hoan-thanh"),
    ],
)
def test_from_beside_and_from_below_there_is_nothing(year: World, who: str, path: str) -> None:
    assert officer(year, who).get(path).status_code == 404


@pytest.mark.parametrize("who", ["hoa", "bich", "huy"])
def test_who_is_no_officer_has_no_such_page(year: World, who: str) -> None:
    assert officer(year, who).get(PATH).status_code == 403


def test_without_a_programme_there_is_no_completion(world: World) -> None:
    assert officer(world).get(PATH).status_code == 404


def test_an_officer_whose_role_ends_today_sees_nothing_today(year: World) -> None:
    with year.app.app_context(), writing():
        accounts.revoke(None, year.hanh, make.unit("MSH"), "officer", clock.today() + timedelta(days=1))
    assert officer(year).get(PATH).status_code == 200
    with clock.shifted(timedelta(days=1)):
        assert officer(year).get(PATH).status_code == 403


def test_no_page_holds_the_id_of_a_person(year: World) -> None:
    html = officer(year).get(PATH).text + officer(year, "minh").get(PATH).text
    for person in (year.hoa, year.bich, year.thu):
        assert str(person) not in html
        assert person.hex not in html
