"""Figures that are closed on their day, and stay so whatever moves later."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask.testing import FlaskClient

from app import chance, clock
from app.accounts.models import Person
from app.audit import AuditLine
from app.db import db, writing
from app.organisation.actions import changes
from app.organisation.actions.changes import Asked
from app.progress import actions, rules
from app.progress.models import Snapshot
from app.progress.queries import cut_offs
from app.progress.rules import Counted
from app.steps import actions as steps
from app.steps.queries import programme_of_year
from app.steps.rules import REGISTERED, Share
from app.units import actions as units
from tests import make
from tests.organisation.test_views import plain
from tests.progress.small_year import STEPS, STUDY
from tests.world import World

DAY = date(2020, 5, 20)
PATH = "/don-vi/{}/hoan-thanh?nam=2020&ngay=2020-05-20"
SHEET = "/don-vi/{}/hoan-thanh.xlsx?nam=2020&ngay=2020-05-20"


@contextmanager
def on(day: date, hour: int = 1) -> Iterator[None]:
    """The clock stands at an hour of the day."""
    with clock.shifted(clock.start_of(day) + timedelta(hours=hour) - clock.now()):
        yield


def close(world: World, day: date = DAY, hour: int = 1) -> int:
    with world.app.app_context(), on(day, hour):
        return actions.close_due()


def record(world: World, who: str, key: str, at: datetime, outcome: str = "done") -> None:
    with world.app.app_context(), writing():
        programme = programme_of_year(2020).id
        steps.record(getattr(world, who), programme, key, at, "online", getattr(world, who), outcome)  # type: ignore[arg-type]


def body(world: World, code: str) -> dict[str, object]:
    with world.app.app_context():
        chosen = sa.select(Snapshot.body).where(Snapshot.unit_id == make.unit(code).id)
        found: dict[str, object] = json.loads(db.session.scalars(chosen).one())
        return found


def figures(client: FlaskClient, path: str) -> bytes:
    """What the page or file says, byte by byte; what stands around it on a page, the button that signs out say, is not
    of it."""
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.data.partition(b"<main")[2].partition(b"</main>")[0] or answer.data


# --- rules --------------------------------------------------------------------------------------------------------


def test_a_day_is_closed_from_its_beginning_and_for_a_month_after() -> None:
    assert rules.due(2020, DAY - timedelta(days=1)) == []
    assert rules.due(2020, DAY) == [DAY]
    assert rules.due(2020, DAY + timedelta(days=30)) == [DAY]
    assert rules.due(2020, DAY + timedelta(days=31)) == []


def test_the_same_figures_are_the_same_text_and_hash() -> None:
    one, other = {"b": "Hòa", "a": [1, 2]}, {"a": [1, 2], "b": "Ho\u0300a"}
    assert rules.body(one) == rules.body(other) == '{"a":[1,2],"b":"Hòa"}'
    assert rules.digest(rules.body(one)) == rules.digest(rules.body(other))


def test_a_federation_is_the_sum_of_its_units() -> None:
    found = [Counted("A", "A", "Q", 3, (Share(3, 1, 0),)), Counted("B", "B", "Q", 2, (Share(2, 2, 0),))]
    assert rules.summed(found, 1) == (Share(5, 3, 0),)
    assert rules.summed([], 1) == (Share(0, 0, 0),)
    assert Counted.of(found[0].row) == found[0]


# --- closing ------------------------------------------------------------------------------------------------------


def test_nothing_is_closed_before_its_day_and_once_after(year: World) -> None:
    assert close(year, DAY - timedelta(days=1), 23) == 0
    assert close(year) == 5  # MSH, BTX, KHA, Q1, Q3
    assert close(year) == close(year, DAY + timedelta(days=3)) == 0
    with year.app.app_context():
        told = db.session.scalars(sa.select(AuditLine).where(AuditLine.verb == "figures.close")).all()
        assert {line.subject for line in told} == {"MSH", "BTX", "KHA", "Q1", "Q3"}
        kept = db.session.scalars(sa.select(Snapshot)).all()
        assert {line.facts["digest"] for line in told} == {one.digest for one in kept}
        assert all(one.digest == rules.digest(one.body) for one in kept)


def test_figures_hold_units_and_numbers_and_no_person(year: World) -> None:
    close(year)
    with year.app.app_context():
        bodies = " ".join(db.session.scalars(sa.select(Snapshot.body)))
        assert not [name for name in db.session.scalars(sa.select(Person.name)) if name in bodies]
    mine, above = body(year, "MSH"), body(year, "Q1")
    assert (mine["members"], above["members"]) == (5, 8)
    assert [step[3:] for step in mine["steps"]] == [[5, 2, 0], [3, 0, 0], [5, 0, 1]]  # type: ignore[attr-defined]
    assert [row[:4] for row in above["units"]] == [  # type: ignore[attr-defined]
        ["MSH", "CĐCS May Sen Hồng", "Q1", 5],
        ["BTX", "CĐCS Tiểu học Bến Thành Xanh", "Q1", 3],
    ]
    assert [step[3:] for step in above["steps"]] == [[8, 3], [5, 0], [8, 0]]  # type: ignore[attr-defined]


def test_what_is_done_on_the_day_itself_is_not_in_it(year: World) -> None:
    record(year, "bich", STUDY, clock.start_of(DAY) - timedelta(seconds=1))
    record(year, "tuan", STUDY, clock.start_of(DAY))
    close(year, DAY, 2)
    assert body(year, "MSH")["steps"][0][3:] == [5, 3, 0]  # type: ignore[index]


def test_who_left_before_the_end_of_the_day_before_is_not_in_it(year: World) -> None:
    make.person(year.app, "Người Mới Đến", "MSH", on=DAY)
    make.person(year.app, "Người Vừa Đến", "MSH", on=DAY - timedelta(days=1))
    close(year)
    assert body(year, "MSH")["members"] == 6


# --- looking ------------------------------------------------------------------------------------------------------


def test_closed_figures_stay_to_the_byte_whatever_comes_later(year: World) -> None:
    close(year)
    hanh, minh = make.sign_in(year.app, year.hanh), make.sign_in(year.app, year.minh)
    pages = [(hanh, PATH.format("MSH")), (minh, PATH.format("MSH")), (minh, PATH.format("Q1"))]
    sheets = [(hanh, SHEET.format("MSH")), (minh, SHEET.format("Q1"))]
    before = [figures(client, path) for client, path in (*pages, *sheets)]
    assert "Số liệu chốt ngày 20/5/2020" in before[0].decode()
    record(year, "bich", STUDY, clock.now())
    make.person(year.app, "Người Mới Đến", "MSH")
    with year.app.app_context(), writing():
        units.rename(None, make.unit("MSH"), "CĐCS Tên Khác", make.START + timedelta(days=2))
        units.move(None, make.unit("BTX"), make.unit("Q3").id, make.START + timedelta(days=3))
        steps.withdraw(year.lan, programme_of_year(2020).id, STUDY, year.lan)
    assert [figures(client, path) for client, path in (*pages, *sheets)] == before
    now = plain(minh.get("/don-vi/Q1/hoan-thanh").text)
    assert "CĐCS Tên Khác" in now
    assert "Bến Thành" not in now


def test_only_the_own_officers_see_how_many_said_no(year: World) -> None:
    close(year)
    hanh, minh = make.sign_in(year.app, year.hanh), make.sign_in(year.app, year.minh)
    assert "Không đăng ký" in plain(hanh.get(PATH.format("MSH")).text)
    assert "Không đăng ký" not in plain(minh.get(PATH.format("MSH")).text)
    assert "Không đăng ký" not in plain(minh.get(PATH.format("Q1")).text)


def test_the_present_page_leads_to_closed_ones_and_back(year: World) -> None:
    hanh = make.sign_in(year.app, year.hanh)
    assert "Chốt ngày" not in hanh.get("/don-vi/MSH/hoan-thanh").text
    close(year)
    page = hanh.get("/don-vi/MSH/hoan-thanh").text
    assert 'href="/don-vi/MSH/hoan-thanh?nam=2020&amp;ngay=2020-05-20"' in page
    assert "Hiện nay" in hanh.get(PATH.format("MSH")).text


def test_closed_figures_are_nobody_elses(year: World) -> None:
    close(year)
    phu, cuc = make.sign_in(year.app, year.phu), make.sign_in(year.app, year.cuc)
    for code in ("MSH", "Q1"):
        assert phu.get(PATH.format(code)).status_code == 404
        assert cuc.get(PATH.format(code)).status_code == 404
        assert phu.get(SHEET.format(code)).status_code == 404
    minh = make.sign_in(year.app, year.minh)
    for wrong in ("2020-05-21", "2020-10-20", "x", ""):
        assert minh.get(f"/don-vi/Q1/hoan-thanh?ngay={wrong}").status_code == 404
    huy = make.sign_in(year.app, year.huy)
    assert huy.get(PATH.format("Q1")).status_code == 403


def test_a_new_parent_sees_the_numbers_of_a_unit_that_was_not_its_own_and_the_old_one_no_more(year: World) -> None:
    close(year)
    with year.app.app_context(), writing():
        units.move(None, make.unit("BTX"), make.unit("Q3").id, make.START + timedelta(days=3))
    phu, minh = make.sign_in(year.app, year.phu), make.sign_in(year.app, year.minh)
    page = phu.get(PATH.format("BTX")).text
    assert "3 đoàn viên" in plain(page)
    assert "Trần Thị Cúc" not in page
    assert minh.get(PATH.format("BTX")).status_code == 404
    assert "Bến Thành Xanh" in plain(minh.get(PATH.format("Q1")).text)  # what Q1 itself has reported stays


def test_figures_of_a_unit_that_ended_answer_by_its_code(year: World) -> None:
    close(year)
    with year.app.app_context(), writing():
        merged = Asked("merge", make.unit("BTX").id, clock.today(), make.unit("MSH").id)
        changes.change(year.minh, chance.row_id(), make.unit("Q1").id, merged)
    minh = make.sign_in(year.app, year.minh)
    hanh, phu = make.sign_in(year.app, year.hanh), make.sign_in(year.app, year.phu)
    page = plain(hanh.get(PATH.format("BTX")).text)
    assert "Số liệu chốt ngày 20/5/2020, CĐCS Tiểu học Bến Thành Xanh" in page
    assert "Không đăng ký" not in page
    assert minh.get(PATH.format("BTX")).status_code == 200
    assert phu.get(PATH.format("BTX")).status_code == 404


def test_figures_that_were_changed_behind_our_back_are_not_shown(year: World) -> None:
    close(year)
    with year.app.app_context(), writing():
        db.session.execute(sa.update(Snapshot).values(body=Snapshot.body + " "))
    answer = make.sign_in(year.app, year.minh).get(PATH.format("Q1"))
    assert answer.status_code == 409
    assert "không còn khớp mã kiểm" in answer.text


def test_what_was_changed_with_its_hash_is_found_by_the_trail(year: World) -> None:
    close(year)
    run = year.app.test_cli_runner()
    assert (answer := run.invoke(args=["figures", "verify"])).exit_code == 0
    assert "closed: 5, altered: 0" in answer.output
    text = body(year, "MSH") | {"members": 6}
    with year.app.app_context(), writing():
        changed = {"body": rules.body(text), "digest": rules.digest(rules.body(text))}
        db.session.execute(sa.update(Snapshot).where(Snapshot.unit_id == make.unit("MSH").id).values(changed))
    answer = run.invoke(args=["figures", "verify"])
    assert answer.exit_code == 1
    assert "unit MSH day 2020-05-20: not what was closed" in answer.output


def test_closing_goes_on_where_it_was_cut_off(year: World) -> None:
    with year.app.app_context(), on(DAY):
        closing = actions._Closing(programme_of_year(2020), DAY, list(STEPS))
        first = [unit for unit in cut_offs.not_closed(closing.programme.id, DAY, closing.last) if unit.counts_members]
        actions._keep(closing, actions._of_units(closing, first[:1]))
        db.session.rollback()
    assert close(year) == 4
    assert close(year) == 0


def test_a_unit_opened_backwards_in_time_changes_no_closed_figures(year: World) -> None:
    close(year)
    with year.app.app_context(), writing():
        units.open_unit(None, "MOI", "CĐCS Mới", "grassroots", make.unit("Q1").id, DAY - timedelta(days=10))
    assert close(year, DAY + timedelta(days=2)) == 0


def test_another_year_is_asked_for_by_its_number(year: World) -> None:
    with year.app.app_context(), writing():
        programme = steps.define_programme("2019", 2019, "Kế hoạch 07", "Nêu gương", "")
        steps.define_steps(programme, STEPS[:1])
    hanh, minh = make.sign_in(year.app, year.hanh), make.sign_in(year.app, year.minh)
    assert "Hoàn thành năm 2019" in plain(hanh.get("/don-vi/MSH/hoan-thanh?nam=2019").text)
    assert "Hoàn thành năm 2019" in plain(minh.get("/don-vi/MSH/hoan-thanh?nam=2019").text)
    page = minh.get("/don-vi/Q1/hoan-thanh?nam=2019").text
    assert "Hoàn thành năm 2019" in plain(page)
    assert "hoan-thanh.xlsx?nam=2019" in page
    assert minh.get("/don-vi/Q1/hoan-thanh?nam=1999").status_code == 404
    assert REGISTERED in {step.key for step in STEPS}
