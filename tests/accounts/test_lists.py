"""Many people at once: the same as one by one, and back again."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit, chance
from app.accounts import actions
from app.accounts.actions import AnotherName, lists, standing_changes
from app.accounts.actions.lists import Correction, Newcomer, Place
from app.accounts.models import Account, Membership, Person, SignInName
from app.accounts.queries import members, memberships_of, names_of
from app.audit import AuditLine
from app.db import Rows, WriteOutside, db, writing
from app.steps.actions import define_programme, define_steps, rebuild
from app.steps.queries import Step
from app.text import fold, name_key
from tests import make
from tests.conftest import NOW
from tests.world import World

DAY = NOW.date()


def newcomers(unit: int, *names: str, **more: Any) -> list[Newcomer]:
    return [Newcomer(chance.row_id(), name, unit, **more) for name in names]


def bring(world: World, people: list[Newcomer], groups: dict[UUID, int] | None = None) -> None:
    with writing():
        codes = lists.draw_codes(people)
    arriving = lists.arrivals(world.hanh, people, DAY, codes)
    with writing(), standing_changes(*(one.person_id for one in people)):
        lists.bring_in(arriving, DAY, groups or {})


@pytest.fixture
def unit(world: World) -> Any:
    """The id of CĐCS May Sen Hồng in a year that asks for a step, inside an application context."""
    with world.app.app_context():
        with writing():
            programme = define_programme("2020", 2020, "Chương trình", "Chủ đề", "")
            define_steps(programme, [Step("study:a", "Chuyên đề A", frozenset({"all"}))])
            found = make.unit("MSH").id
        yield found
        assert rebuild() == []
        db.session.rollback()


def test_people_brought_at_once_are_what_they_would_be_one_by_one(world: World, unit: int) -> None:
    group = make.unit("MSH3").id
    (one,) = newcomers(unit, "Vũ Thị Sáu", phone="0900000106", email="sau@example.vn", address="chị", own_code="007")
    bring(world, [one], {one.person_id: group})
    person = db.session.get_one(Person, one.person_id)
    assert (person.sort_key, person.search_key) == (name_key("Vũ Thị Sáu"), fold("Vũ Thị Sáu"))
    assert (person.address, person.state, person.name_unmarked) == ("chị", "active", False)
    ways = dict(names_of(one.person_id))
    assert (ways["phone"], ways["email"]) == ("0900000106", "sau@example.vn")
    assert ways["code"].startswith("MSH-")
    place = db.session.scalars(sa.select(Membership).where(Membership.person_id == one.person_id)).one()
    assert (place.unit_id, place.group_id, place.own_code, place.since) == (unit, group, "007", DAY)
    assert db.session.get_one(Account, one.person_id).password_hash is None
    about = sa.select(AuditLine).where(AuditLine.subject == str(one.person_id))
    lines = db.session.scalars(about.order_by(AuditLine.id))
    assert [(line.verb, line.actor) for line in lines] == [("person.add", world.hanh), ("membership.open", world.hanh)]


def test_codes_are_drawn_in_one_statement_and_never_twice(world: World, unit: int) -> None:
    bring(world, newcomers(unit, "Một", "Hai", "Ba"))
    bring(world, newcomers(unit, "Bốn", "Năm"))
    codes = [row.code for row in members(unit, DAY).items]
    assert len(set(codes)) == len(codes) == 10
    assert sorted(code.split("-")[1] for code in codes) == [f"{n:04d}" for n in range(1, 11)]


CORRECTIONS: dict[str, tuple[Any, Any]] = {
    "name": ("Lê Thị Bích", "Lê Thị Bích Ngọc"),
    "phone": ("", "0900000199"),
    "email": ("", "bich@example.vn"),
    "address": ("chị", "cô"),
    "own": ("", "0042"),
}


@pytest.mark.parametrize("field", [*CORRECTIONS, "group"])
def test_a_correction_and_its_reverse_leave_everything_as_it_was(world: World, unit: int, field: str) -> None:
    before = state_of(world.bich)
    change = CORRECTIONS[field] if field in CORRECTIONS else (None, make.unit("MSH3").id)
    there = Correction(world.bich, unit, {field: change})
    back = Correction(world.bich, unit, {field: (change[1], change[0])})
    with writing(), standing_changes(world.bich):
        lists.correct(world.hanh, [there])
    assert state_of(world.bich) != before
    with writing(), standing_changes(world.bich):
        lists.correct(world.hanh, [back])
    assert state_of(world.bich) == before


def state_of(person: UUID) -> list[Any]:
    db.session.expire_all()
    found = db.session.get_one(Person, person)
    place = db.session.scalars(sa.select(Membership).where(Membership.person_id == person)).one()
    kept = [found.name, found.sort_key, found.search_key, found.address, place.sort_key, place.group_id]
    return [*kept, place.own_code or None, place.until, place.since, names_of(person)]


@pytest.mark.parametrize("since", [date(2020, 1, 1), DAY])
def test_who_left_by_a_list_goes_on_as_if_they_had_not(world: World, unit: int, since: date) -> None:
    with writing():
        db.session.execute(sa.update(Membership).where(Membership.person_id == world.bich).values(since=since))
    before = state_of(world.bich)
    with writing(), standing_changes(world.bich):
        lists.let_go(world.hanh, [world.bich], unit, DAY)
    assert memberships_of(world.bich, DAY) == ()
    with writing(), standing_changes(world.bich):
        lists.take_back(world.hanh, [Place(world.bich, unit, since)], DAY)
    assert state_of(world.bich) == before


def test_who_came_back_by_a_list_has_left_again(world: World, unit: int) -> None:
    with writing(), standing_changes(world.bich):
        lists.let_go(world.hanh, [world.bich], unit, DAY - timedelta(days=9))
    with writing(), standing_changes(world.bich):
        lists.bring_back(world.hanh, {world.bich: unit}, DAY, {world.bich: make.unit("MSH3").id})
    assert memberships_of(world.bich, DAY)[0].group_id == make.unit("MSH3").id
    with writing(), standing_changes(world.bich):
        lists.end_places(world.hanh, {world.bich: unit}, DAY)
    assert memberships_of(world.bich, DAY) == ()


def test_people_are_taken_out_without_a_trace_but_the_trail(world: World, unit: int) -> None:
    people = newcomers(unit, "Một", "Hai")
    bring(world, people)
    ids = [one.person_id for one in people]
    with writing(), standing_changes(*ids):
        lists.take_out(world.hanh, ids, DAY)
    for table, column in ((Person, Person.id), (SignInName, SignInName.person_id), (Membership, Membership.person_id)):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(table).where(column.in_(ids))) == 0
    verbs = db.session.scalars(sa.select(AuditLine.verb).where(AuditLine.subject == str(ids[0])).order_by(AuditLine.id))
    assert list(verbs) == ["person.add", "membership.open", "person.unadd"]


def test_who_has_a_password_by_now_is_not_taken_out(world: World, unit: int) -> None:
    """Even where nobody looked first: the database refuses, and all of it stays."""
    people = newcomers(unit, "Một", "Hai")
    bring(world, people)
    ids = [one.person_id for one in people]
    with writing():
        db.session.get_one(Account, ids[0]).password_hash = "x"
    with pytest.raises(IntegrityError), writing(), standing_changes(*ids):
        lists.take_out(world.hanh, ids, DAY)
    assert db.session.get(Person, ids[1]) is not None
    assert members(unit, DAY).total == 7


def test_rows_and_lines_are_sent_inside_writing_only(world: World) -> None:
    with world.app.app_context():
        rows = Rows(Account, [{"person_id": world.hoa, "password_hash": None, "changed_at": NOW}])
        with pytest.raises(WriteOutside):
            rows.insert()
        with pytest.raises(WriteOutside):
            audit.lines(None, "x", "person", [world.hoa])
        with writing():
            Rows(Account, []).insert()


# --- a name gets its marks ----------------------------------------------------------------------------------------


def test_a_name_without_marks_is_mended_by_its_owner(world: World) -> None:
    with world.app.app_context():
        (one,) = newcomers(make.unit("MSH").id, "Nguyen Thi Hoa", unmarked=True)
        bring(world, [one])
        with writing():
            actions.mend_name(one.person_id, one.person_id, "  Nguyễn Thị\u00a0Hòa ")
        person = db.session.get_one(Person, one.person_id)
        assert (person.name, person.name_unmarked) == ("Nguyễn Thị Hòa", False)
        assert person.sort_key == name_key("Nguyễn Thị Hòa")
        place = db.session.scalars(sa.select(Membership).where(Membership.person_id == one.person_id)).one()
        assert place.sort_key == person.sort_key
        db.session.rollback()


@pytest.mark.parametrize("typed", ["Nguyễn Thị Hạnh", "Nguyễn Hòa", "", "Nguyễn Thị \u202eHòa"])
def test_mending_marks_does_not_make_another_name(one_world: World, typed: str) -> None:
    with one_world.app.app_context():
        with pytest.raises(AnotherName), writing():
            actions.mend_name(one_world.hoa, one_world.hoa, typed)
        assert db.session.get_one(Person, one_world.hoa).name == "Nguyễn Thị Hòa"
        db.session.rollback()
