"""1 July 2025: the district level is abolished, and 140 unions have another parent from one day to the next: by one
file."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import chance, clock
from app.accounts import actions as accounts
from app.accounts.actions import lists
from app.accounts.actions.lists import Newcomer
from app.db import db, writing
from app.organisation.queries.balance import weigh
from app.organisation.rules.changes import Sum
from app.progress import actions as figures
from app.progress.models import Snapshot
from app.progress.queries import federation_page
from app.steps import actions as steps
from app.steps.queries import Step, programme_of_year
from app.units import actions as units
from app.units import queries
from app.units.actions import Opening
from app.units.models import Unit, UnitName, UnitPath, UnitPlace
from tests import make
from tests.organisation.test_lists import HEADS
from tests.rosters.sheets import address, load, plain, post, upload, xlsx

START = date(2025, 1, 1)
SPRING, REFORM, AUTUMN = date(2025, 5, 20), date(2025, 7, 1), date(2025, 10, 20)
DAY = timedelta(days=1)
UNITS = [f"U{n:03d}" for n in range(1, 141)]
OLD, NEW = ("Q1", "Q3"), ("P1", "P2", "P3", "P4")
STUDY, REGISTERED = "study:a", "commitment:registered"
CLOSED = "/don-vi/{}/hoan-thanh?nam=2025&ngay=2025-05-20"


def old(code: str) -> str:
    return OLD[UNITS.index(code) // 70]


def new(code: str) -> str:
    return NEW[UNITS.index(code) // 35]


def at(day: date, hour: int = 8) -> None:
    """From now on it is that day."""
    clock.set_offset(clock.offset() + clock.start_of(day) + timedelta(hours=hour) - clock.now())


@dataclass(frozen=True)
class City:
    """TP over two districts with 70 unions each, of two members. Thu is the chair of U001, Ba leads Q1, Tam works for
    the city."""

    app: Flask
    members: dict[str, list[UUID]]
    thu: UUID
    ba: UUID
    tam: UUID


@pytest.fixture
def city(app: Flask) -> City:
    at(date(2025, 4, 1))
    with app.app_context(), writing():
        units.install_kinds()
        top = units.open_unit(None, "TP", "Liên đoàn Lao động Thành phố", "city", None, START, "LĐLĐ Thành phố")
        for code in OLD:
            district = units.open_unit(None, code, f"LĐLĐ Quận {code[1:]}", "district", top.id, START)
            mine = [Opening(one, f"CĐCS {one}", "grassroots") for one in UNITS if old(one) == code]
            units.open_below(None, district.id, mine, START)
        programme = steps.define_programme("2025", 2025, "Năm 2025", "", "")
        both = frozenset({"all"})
        steps.define_steps(programme, [Step(STUDY, "Chuyên đề A", both), Step(REGISTERED, "Đăng ký", both)])
    tam = make.person(app, "Đỗ Thị Tám", None, code_from="TP")
    members: dict[str, list[UUID]] = {code: [chance.row_id(), chance.row_id()] for code in UNITS}
    with app.app_context(), writing():
        new_ = [
            Newcomer(person, f"Lê Thị {code} {word}", make.unit(code).id)
            for code, people in members.items()
            for person, word in zip(people, ("Một", "Hai"), strict=True)
        ]
        with accounts.standing_changes(*(one.person_id for one in new_)):
            lists.bring_in(lists.arrivals(tam, new_, START, lists.draw_codes(new_)), START, {})
    thu = make.person(app, "Phạm Thị Thu", "U001", on=START)
    ba = make.person(app, "Vũ Văn Ba", None, code_from="Q1")
    grant(app, thu, "U001", START, "chair")
    grant(app, ba, "Q1", START, "chair")
    grant(app, tam, "TP", START, "committee")
    return City(app, members, thu, ba, tam)


def grant(app: Flask, person: UUID, code: str, on: date, duty: str) -> None:
    with app.app_context(), writing():
        accounts.grant(None, person, make.unit(code), "officer", on, duty)


def done(city: City, codes: Sequence[str], key: str, day: date) -> None:
    """The first member of each of these unions does a step on the day."""
    with city.app.app_context(), writing():
        programme = programme_of_year(2025).id
        for code in codes:
            person = city.members[code][0]
            steps.record(person, programme, key, clock.start_of(day) + timedelta(hours=9), "online", person)


def close(city: City, day: date) -> None:
    at(day, 1)
    with city.app.app_context():
        figures.close_due()


def the_file() -> bytes:
    """Four wards open, 140 unions move, two districts end: in no order."""
    lines: list[tuple[str, ...]] = [(code, "mở", f"Công đoàn phường {code[1:]}", "TP", "", "CĐ phường") for code in NEW]
    lines += [(code, "chuyển", "", new(code), "", "") for code in UNITS]
    lines += [(code, "giải thể", "", "", "TP", "") for code in OLD]
    random.Random(7).shuffle(lines)
    return xlsx([HEADS, *(("", *line, "", "1/7/2025") for line in lines)])


def main_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text.partition("<main")[2].partition("</main>")[0]


def kept(city: City, day: date = SPRING) -> dict[str, tuple[str, str]]:
    with city.app.app_context():
        rows = sa.select(Unit.code, Snapshot.body, Snapshot.digest).join(Snapshot, Snapshot.unit_id == Unit.id)
        return {row.code: (row.body, row.digest) for row in db.session.execute(rows.where(Snapshot.day == day))}


def everything(city: City) -> list[Any]:
    """All that says what the units are and where they stand, without the ids of rows."""
    with city.app.app_context():
        codes = {unit.id: unit.code for unit in db.session.scalars(sa.select(Unit))}
        found = []
        for table in (model.__table__ for model in (Unit, UnitName, UnitPlace, UnitPath)):
            columns = [column for column in table.c if column.name not in ("id", "next_member")]
            rows = db.session.execute(sa.select(*columns)).mappings()
            found.append(sorted(repr([_said(codes, name, value) for name, value in row.items()]) for row in rows))
        return found


def _said(codes: dict[int, str], name: str, value: Any) -> Any:
    return codes.get(value) if name.endswith("_id") else value


def sums(city: City, day: date) -> dict[str, Sum | None]:
    """Unions and members at and below each federation on the day; children sum to parent everywhere."""
    with city.app.app_context():
        weighed = weigh(make.unit("TP").id, day)
        assert weighed.unbalanced == []
        there = set(db.session.scalars(sa.select(Unit.code).where(Unit.code.in_(("TP", *OLD, *NEW)))))
        return {code: weighed.of(make.unit(code).id) for code in there}


def counted(city: City, code: str) -> tuple[int, list[int]]:
    """How many unions a federation's present page names, and how many have done each step below it."""
    with city.app.app_context():
        page = federation_page(queries.get(make.unit(code).id, clock.today()), 1)
        return page.lines.total, [total.share.done for total in page.totals]


def test_the_reform(city: City) -> None:
    """Takes 25 s: the whole year 2025 of 140 unions, from one closing to the next."""
    done(city, UNITS[:100], STUDY, date(2025, 4, 10))
    close(city, SPRING)
    closed = kept(city)
    assert len(closed) == 143
    at(date(2025, 6, 20))
    tam, thu, ba = (make.sign_in(city.app, one) for one in (city.tam, city.thu, city.ba))
    pages = [(tam, CLOSED.format(code)) for code in ("TP", "Q1", "Q3", "U001", "U140")] + [(thu, CLOSED.format("U001"))]
    shown = [main_of(client, path) for client, path in pages]
    sheets = [tam.get(path.replace("hoan-thanh", "hoan-thanh.xlsx")).data for _, path in pages[:3]]
    assert ba.get("/don-vi/U001/hoan-thanh").status_code == 200
    assert ba.get("/don-vi/U001/doan-vien").status_code == 404  # names it never had
    before = everything(city)
    with city.app.app_context(), writing():
        slip = accounts.make_slip(None, city.members["U001"][0])

    # one file, seen first, taken back, and loaded again
    page = upload(tam, the_file(), "TP", "thay-doi")
    words = plain(page)
    assert "Làm 146 thay đổi" in words
    assert "LĐLĐ Quận 1 (Q1) 70 CĐCS, 141 đoàn viên –" in words
    assert "Công đoàn phường 1 (P1) – 35 CĐCS, 71 đoàn viên" in words
    assert "Cộng LĐLĐ Thành phố" not in words or "140 CĐCS, 281 đoàn viên 140 CĐCS, 281 đoàn viên" in words
    assert "Lê Thị U001" not in words
    assert everything(city) == before
    assert "Đã thay đổi các đơn vị" in plain(load(tam, page))
    reformed = everything(city)
    assert reformed != before
    assert "Đã hoàn tác" in plain(post(tam, address(page), "hoan-tac"))
    assert everything(city) == before
    page = upload(tam, the_file(), "TP", "thay-doi")
    assert "Đã thay đổi các đơn vị" in plain(load(tam, page))
    assert everything(city) == reformed

    # children sum to parent on every day; nobody is lost
    whole = Sum(140, 281)
    for day in (SPRING, REFORM - DAY):
        assert sums(city, day) == {"TP": whole, "Q1": Sum(70, 141), "Q3": Sum(70, 140)} | dict.fromkeys(NEW)
    for day in (REFORM, REFORM + DAY, AUTUMN):
        wards = {"P1": Sum(35, 71), **{code: Sum(35, 70) for code in NEW[1:]}}
        assert sums(city, day) == {"TP": whole, **wards} | dict.fromkeys(OLD)

    # until the day all is as it was; from it on the old code answers, for those who had it, and no more for others
    at(REFORM - DAY, 23)
    thu, ba = make.sign_in(city.app, city.thu), make.sign_in(city.app, city.ba)
    assert ba.get("/don-vi/U001/hoan-thanh").status_code == 200
    at(REFORM, 1)
    lan = make.person(city.app, "Ngô Thị Lan", None, code_from="P1")
    grant(city.app, lan, "P1", REFORM, "chair")
    lan_, ba, tam = make.sign_in(city.app, lan), make.sign_in(city.app, city.ba), make.sign_in(city.app, city.tam)
    assert {ba.get(f"/don-vi/{code}/hoan-thanh").status_code for code in ("U001", "Q1", "P1")} == {403}
    assert lan_.get("/don-vi/U001/hoan-thanh").status_code == 200
    assert lan_.get("/don-vi/U001/doan-vien").status_code == lan_.get("/don-vi/U036/hoan-thanh").status_code == 404
    assert tam.get("/don-vi/Q1").location.endswith("/don-vi/TP/hoan-thanh")
    assert "Lê Thị U001 Một" in thu.get("/don-vi/U001/doan-vien").text  # the sign-in of before the day, too
    assert thu.get("/don-vi/U001/hoan-thanh").status_code == 200
    assert "CĐCS U001" in city.app.test_client().get(f"/kich-hoat/{slip}").text.replace("\xa0", " ")

    # closed figures have not changed by a byte: their text, their hash, their pages, their files
    assert kept(city) == closed
    pages = [(tam, path) for _, path in pages[:5]] + [(thu, CLOSED.format("U001"))]
    assert [main_of(client, path) for client, path in pages] == shown
    assert [tam.get(path.replace("hoan-thanh", "hoan-thanh.xlsx")).data for _, path in pages[:3]] == sheets
    assert main_of(lan_, CLOSED.format("U001")) == shown[3]
    assert lan_.get(CLOSED.format("Q1")).status_code == 404

    # what is done and due afterwards counts under the new parent
    done(city, UNITS[:50], REGISTERED, date(2025, 9, 1))
    at(date(2025, 9, 2))
    assert counted(city, "P1") == (35, [35, 35])
    assert counted(city, "P2") == (35, [35, 15])
    assert counted(city, "TP") == (140, [100, 50])
    close(city, AUTUMN)
    autumn = kept(city, AUTUMN)
    assert autumn.keys() == {"TP", *NEW, *UNITS}
    assert '"above":[["P1","Công đoàn phường 1"],["TP","Liên đoàn Lao động Thành phố"]]' in autumn["U001"][0]
    assert '"above":[["Q1","LĐLĐ Quận 1"],["TP","Liên đoàn Lao động Thành phố"]]' in closed["U001"][0]
    assert autumn["P1"][0].count('"P1"') == 36
    assert kept(city) == closed
    with city.app.app_context():
        assert steps.rebuild() == []
