"""The dated tree: what stood below what on which day, and what a code answers with."""

import random
import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import text
from app.audit import AuditLine
from app.db import db, writing
from app.refusal import NotThere, RuleBroken
from app.units import actions, queries
from app.units.actions import Opening
from app.units.models import Unit, UnitKind, UnitName, UnitPath, UnitPlace
from tests import make
from tests.world import World

START = date(2020, 1, 1)
DAY = timedelta(days=1)
MERGER = date(2025, 7, 1)
TODAY = date(2020, 5, 12)


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        with writing():
            actions.install_kinds()
        yield app


def opened(code: str, kind: str = "grassroots", parent: str | None = None, on: date = START) -> int:
    with writing():
        above = make.unit(parent).id if parent else None
        return actions.open_unit(None, code, f"Công đoàn {code}", kind, above, on, f"CĐ {code}").id


def moved(code: str, parent: str, on: date) -> None:
    with writing():
        actions.move(None, make.unit(code), make.unit(parent).id, on)


def closed(code: str, on: date, successor: str | None = None) -> None:
    with writing():
        actions.close(None, make.unit(code), on, make.unit(successor) if successor else None)


def below(code: str, day: date) -> set[str]:
    ids = queries.below(make.unit(code).id, day)
    return set(db.session.scalars(sa.select(Unit.code).where(Unit.id.in_(ids))))


def above(code: str, day: date) -> list[str]:
    return [unit.code for unit in queries.ancestors(make.unit(code).id, day)]


# --- the tree as it should be, computed from unit_place alone -----------------------------------------------------

Path = tuple[int, int, int]  # ancestor, descendant, depth


def recomputed(day: date) -> set[Path]:
    parents = {
        row.unit_id: row.parent_id for row in db.session.scalars(sa.select(UnitPlace).where(queries.on(UnitPlace, day)))
    }
    paths = set()
    for unit in parents:
        ancestor: int | None = unit
        depth = 0
        while ancestor is not None and ancestor in parents:
            paths.add((ancestor, unit, depth))
            ancestor, depth = parents[ancestor], depth + 1
    return paths


def kept(day: date) -> list[Path]:
    rows = db.session.scalars(sa.select(UnitPath).where(queries.on(UnitPath, day)))
    return [(row.ancestor_id, row.descendant_id, row.depth) for row in rows]


def check_paths(last: date) -> None:
    """On the day of every change, the day before and the day after, the kept paths are the recomputed ones, each
    once; and no unit has two names or places on one day."""
    days = {START, last + DAY}
    for table in (UnitPlace, UnitPath, UnitName):
        for row in db.session.scalars(sa.select(table)):
            days |= {moment + shift * DAY for moment in (row.since, row.until or row.since) for shift in (-1, 0, 1)}
    for day in sorted(days):
        found = kept(day)
        assert len(found) == len(set(found)), day
        assert set(found) == recomputed(day), day
        for table in (UnitPlace, UnitName):
            units = list(db.session.scalars(sa.select(table.unit_id).where(queries.on(table, day))))
            assert len(units) == len(set(units)), (day, table)


# --- opening -----------------------------------------------------------------------------------------------------


def test_a_unit_stands_from_its_day_on(house: Flask) -> None:
    q1 = opened("Q1", "district")
    assert queries.find(q1, START - DAY) is None
    found = queries.get(q1, START)
    assert (found.code, found.name, found.short, found.kind) == ("Q1", "Công đoàn Q1", "CĐ Q1", "district")
    assert (found.reviews, found.counts_members, found.federation) == (True, False, True)


@pytest.mark.parametrize("name", ["CĐCS\x00", "CĐCS \u202eaoH"])
def test_a_name_that_would_show_as_another_is_refused(house: Flask, name: str) -> None:
    opened("MSH")
    with pytest.raises(text.NameUnsafe), writing():
        actions.open_unit(None, "BTX", name, "grassroots", None, START)
    with pytest.raises(text.NameUnsafe), writing():
        actions.open_unit(None, "BTX", "CĐCS", "grassroots", None, START, short=name)
    with pytest.raises(text.NameUnsafe), writing():
        actions.rename(None, make.unit("MSH"), name, START + DAY)
    assert queries.get(make.unit("MSH").id, START + DAY).name == "Công đoàn MSH"


def test_a_unit_stands_below_everything_its_parent_stands_below(house: Flask) -> None:
    opened("TP", "city")
    opened("Q1", "district", "TP")
    opened("MSH", "grassroots", "Q1")
    opened("MSH3", "group", "MSH")
    assert above("MSH3", START) == ["MSH3", "MSH", "Q1", "TP"]
    assert below("TP", START) == {"TP", "Q1", "MSH", "MSH3"}
    assert below("MSH", START) == {"MSH", "MSH3"}
    assert below("TP", START - DAY) == set()
    check_paths(START)


def test_a_code_is_never_given_twice(house: Flask) -> None:
    opened("Q1", "district")
    opened("MSH", parent="Q1")
    closed("MSH", MERGER)
    for code in ("Q1", "MSH"):
        with pytest.raises(actions.CodeTaken) as refused:
            opened(code, parent="Q1")
        assert code in str(refused.value)


@pytest.mark.parametrize("code", ["", "q1", "1Q", "Q 1", "Đ1", "A" * 13])
def test_a_malformed_code_is_refused(house: Flask, code: str) -> None:
    with pytest.raises(actions.CodeMalformed):
        opened(code, "district")
    assert db.session.scalars(sa.select(Unit)).all() == []


def test_a_unit_cannot_open_below_one_that_does_not_stand_yet_or_any_more(house: Flask) -> None:
    opened("Q1", "district", on=START + 10 * DAY)
    opened("Q2", "district")
    closed("Q2", START + 5 * DAY)
    for parent in ("Q1", "Q2"):
        with pytest.raises(actions.NotStanding):
            opened("MSH", parent=parent, on=START + 7 * DAY)
    opened("MSH", parent="Q1", on=START + 10 * DAY)
    check_paths(START + 10 * DAY)


def test_kinds_are_installed_once_and_then_left_as_they_are(house: Flask) -> None:
    with writing() as session:
        session.get_one(UnitKind, "district").name = "Liên đoàn Lao động huyện"
    with writing():
        actions.install_kinds()
    assert db.session.get_one(UnitKind, "district").name == "Liên đoàn Lao động huyện"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UnitKind)) == 6


def test_opening_leaves_a_line(house: Flask) -> None:
    opened("Q1", "district")
    row = db.session.scalars(sa.select(AuditLine)).one()
    assert (row.verb, row.subject, row.facts) == ("unit.open", "Q1", {"kind": "district"})


# --- names -------------------------------------------------------------------------------------------------------


def test_a_unit_keeps_the_name_it_had(house: Flask) -> None:
    q1 = opened("Q1", "district")
    with writing():
        actions.rename(None, make.unit("Q1"), "  Công đoàn  Phường Một ", MERGER, "CĐ P1")
    assert queries.get(q1, MERGER - DAY).name == "Công đoàn Q1"
    after = queries.get(q1, MERGER)
    assert (after.name, after.short) == ("Công đoàn Phường Một", "CĐ P1")
    check_paths(MERGER)


def test_a_name_corrected_on_its_first_day_leaves_one_name(house: Flask) -> None:
    q1 = opened("Q1", "district")
    with writing():
        actions.rename(None, make.unit("Q1"), "Công đoàn đúng tên", START)
    assert queries.get(q1, START).name == "Công đoàn đúng tên"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UnitName)) == 1


def test_units_stand_by_name_however_it_is_accented(house: Flask) -> None:
    opened("Q1", "district")
    for code, name in (("A1", "Đội xe 2"), ("A2", "Ánh Dương"), ("A3", "anh Đào"), ("A4", "Cấp nước")):
        with writing():
            actions.open_unit(None, code, name, "grassroots", make.unit("Q1").id, START)
    assert [unit.code for unit in queries.children(make.unit("Q1").id, START)] == ["A3", "A2", "A4", "A1"]


# --- moving ------------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(house: Flask) -> Flask:
    """TP over Q1 (over MSH over MSH3) and Q2."""
    opened("TP", "city")
    opened("Q1", "district", "TP")
    opened("Q2", "district", "TP")
    opened("MSH", parent="Q1")
    opened("MSH3", "group", "MSH")
    return house


def test_a_unit_moves_with_all_below_it_from_its_day_on(tree: Flask) -> None:
    moved("MSH", "Q2", MERGER)
    assert above("MSH3", MERGER - DAY) == ["MSH3", "MSH", "Q1", "TP"]
    assert above("MSH3", MERGER) == ["MSH3", "MSH", "Q2", "TP"]
    assert below("Q1", MERGER) == {"Q1"}
    assert below("Q2", MERGER) == {"Q2", "MSH", "MSH3"}
    assert queries.get(make.unit("MSH").id, MERGER).kind == "grassroots"
    check_paths(MERGER)


def test_a_unit_that_moves_twice_on_one_day_stands_where_it_moved_last(tree: Flask) -> None:
    moved("MSH", "Q2", MERGER)
    moved("MSH", "TP", MERGER)
    assert above("MSH3", MERGER) == ["MSH3", "MSH", "TP"]
    check_paths(MERGER)


@pytest.mark.parametrize("parent", ["MSH", "MSH3"])
def test_a_unit_cannot_stand_below_itself(tree: Flask, parent: str) -> None:
    with pytest.raises(actions.BelowItself):
        moved("MSH", parent, MERGER)
    check_paths(MERGER)


def test_a_unit_cannot_move_below_one_that_no_longer_stands(tree: Flask) -> None:
    closed("Q2", MERGER)
    with pytest.raises(actions.NotStanding):
        moved("MSH", "Q2", MERGER)
    check_paths(MERGER)


def test_a_unit_that_has_ended_does_not_move(tree: Flask) -> None:
    closed("MSH3", MERGER)
    with pytest.raises(actions.NotStanding):
        moved("MSH3", "Q2", MERGER + DAY)


def test_nothing_is_dated_before_a_later_change_of_the_same_branch(tree: Flask) -> None:
    """It would rewrite what stood on the days in between."""
    moved("Q1", "Q2", MERGER)
    earlier = MERGER - 30 * DAY
    for code, parent in (("Q1", "TP"), ("MSH", "TP"), ("MSH", "Q2"), ("MSH3", "Q1")):
        with pytest.raises(actions.TooEarly):
            moved(code, parent, earlier)
    with writing():
        actions.rename(None, make.unit("Q1"), "Tên sau", MERGER)
    with pytest.raises(actions.TooEarly), writing():
        actions.rename(None, make.unit("Q1"), "Tên trước", earlier)
    with pytest.raises(actions.TooEarly):
        closed("MSH3", earlier)
    check_paths(MERGER)


def test_what_opens_before_a_move_that_is_decided_for_later_moves_along(tree: Flask) -> None:
    moved("Q1", "Q2", MERGER)
    opened("BTX", parent="Q1", on=MERGER - 30 * DAY)
    assert above("BTX", MERGER - DAY) == ["BTX", "Q1", "TP"]
    assert above("BTX", MERGER) == ["BTX", "Q1", "Q2", "TP"]
    check_paths(MERGER)


def test_nothing_opens_below_a_unit_that_is_to_end(tree: Flask) -> None:
    closed("Q2", MERGER)
    with pytest.raises(actions.TooEarly):
        opened("BTX", parent="Q2", on=MERGER - 30 * DAY)


# --- ending ------------------------------------------------------------------------------------------------------


def test_a_unit_that_ended_no_longer_stands_and_stood_before(tree: Flask) -> None:
    closed("MSH3", MERGER)
    assert queries.find(make.unit("MSH3").id, MERGER) is None
    assert queries.find(make.unit("MSH3").id, MERGER - DAY) is not None
    assert below("Q1", MERGER) == {"Q1", "MSH"}
    assert below("Q1", MERGER - DAY) == {"Q1", "MSH", "MSH3"}
    check_paths(MERGER)


def test_a_unit_ends_once(tree: Flask) -> None:
    closed("MSH3", MERGER)
    with pytest.raises(actions.NotStanding) as refused:
        closed("MSH3", MERGER + DAY)
    assert "MSH3" in str(refused.value)
    assert "02/07/2025" in str(refused.value)


def test_a_unit_with_others_below_it_does_not_end(tree: Flask) -> None:
    with pytest.raises(actions.StillAbove):
        closed("MSH", MERGER)
    moved("MSH3", "Q1", MERGER)
    closed("MSH", MERGER)
    assert above("MSH3", MERGER) == ["MSH3", "Q1", "TP"]
    check_paths(MERGER)


def test_a_code_answers_with_its_successor(tree: Flask) -> None:
    opened("P1", "ward", "TP", MERGER)
    moved("MSH", "P1", MERGER)
    closed("Q1", MERGER, "P1")
    before, after = queries.by_code("Q1", MERGER - DAY), queries.by_code("q1", MERGER)
    assert before is not None
    assert after is not None
    assert (before.code, after.code) == ("Q1", "P1")


def test_a_code_answers_with_the_successor_of_its_successor(tree: Flask) -> None:
    opened("P1", "ward", "TP")
    opened("P2", "ward", "TP")
    closed("Q2", MERGER, "P1")
    closed("P1", MERGER + 10 * DAY, "P2")
    assert [queries.by_code("Q2", day).code for day in (MERGER - DAY, MERGER, MERGER + 10 * DAY)] == ["Q2", "P1", "P2"]  # type: ignore[union-attr]


def test_a_code_without_successor_answers_with_nothing(tree: Flask) -> None:
    closed("Q2", MERGER)
    assert queries.by_code("Q2", MERGER) is None
    assert queries.by_code("KHONG", MERGER) is None
    with pytest.raises(NotThere):
        queries.get(make.unit("Q2").id, MERGER)


# --- whatever happens --------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_paths_are_what_the_places_say_on_every_day_whatever_happened(one_app: Flask, seed: int) -> None:
    """Takes 4 s: twenty histories of thirty changes each, every one recomputed for all its days."""
    chance = random.Random(seed)
    with one_app.app_context():
        with writing() as session:
            for table in (UnitPath, UnitPlace, UnitName, Unit):
                session.execute(sa.delete(table))
            actions.install_kinds()
        day, codes, live = START, ["U0", "U1"], ["U0", "U1"]
        for code in codes:
            opened(code, "city")
        done = 0
        for _ in range(30):
            day += chance.choice((0, 0, 1, 40)) * DAY
            try:
                done += one_change(chance, day, codes, live)
            except RuleBroken:
                continue
        check_paths(day)
        assert done > 5


def one_change(chance: random.Random, day: date, codes: list[str], live: list[str]) -> bool:
    what, code = chance.choice(("open", "open", "move", "move", "move", "rename", "close")), chance.choice(live)
    if what == "open":
        fresh = f"U{len(codes)}"
        opened(fresh, parent=code, on=day)
        codes.append(fresh)
        live.append(fresh)
    elif what == "move":
        moved(code, chance.choice(live), day)
    elif what == "rename":
        with writing():
            actions.rename(None, make.unit(code), f"Tên mới {day}", day)
    elif make.unit(code).opened < day and len(live) > 2:
        closed(code, day, chance.choice([other for other in live if other != code]))
        live.remove(code)
    return True


def test_member_codes_drawn_at_once_are_all_different(app: Flask) -> None:
    with app.app_context():
        with writing():
            actions.install_kinds()
        opened("Q1", "district")
    found: list[str] = []

    def draw() -> None:
        for _ in range(10):
            with app.app_context(), writing():
                code = actions.next_member_code(make.unit("Q1"))
            found.append(code)

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(found)[0].startswith("Q1-0001-")
    assert len({code.split("-")[1] for code in found}) == 40


# --- questions ---------------------------------------------------------------------------------------------------


def test_who_reviews_is_the_nearest_unit_whose_kind_reviews(world: World) -> None:
    with world.app.app_context():
        found = queries.reviewing_above(make.unit("MSH3").id, START)
        assert [unit.code for unit in found] == ["MSH", "Q1"]


def test_a_federation_counts_the_units_where_members_are(world: World) -> None:
    with world.app.app_context():
        rows = db.session.execute(queries.counting_below(make.unit("Q1").id, START))
        assert [row.code for row in rows] == ["MSH", "BTX"]
        assert [unit.code for unit in queries.roots(START)] == ["Q1", "Q3"]


# --- many at once -------------------------------------------------------------------------------------------------


def test_units_opened_together_stand_as_those_opened_one_by_one(world: World) -> None:
    with world.app.app_context():
        with writing():
            union = make.unit("MSH").id
            together = actions.open_below(
                None,
                union,
                [Opening("MSH8", "Tổ May 8", "group"), Opening("MSH9", "Tổ May 9", "group", "0900000009")],
                TODAY,
            )
            alone = actions.open_unit(None, "MSH7", "Tổ May 7", "group", union, TODAY).id
        paths = {
            unit: sorted((row.code, row.id != unit) for row in queries.ancestors(unit, TODAY))
            for unit in (*together, alone)
        }
        above = [code for code, upper in paths[alone] if upper]
        assert [[code for code, upper in paths[unit] if upper] for unit in together] == [above, above]
        assert [queries.get(unit, TODAY).name for unit in together] == ["Tổ May 8", "Tổ May 9"]
        assert queries.get(together[1], TODAY).phone == "0900000009"
        db.session.rollback()


def test_of_units_opened_together_all_stand_or_none(world: World) -> None:
    with world.app.app_context():
        with pytest.raises(actions.CodeTaken), writing():
            actions.open_below(
                None,
                make.unit("Q1").id,
                [Opening("MOI", "Mới", "grassroots"), Opening("BTX", "Cũ", "grassroots")],
                TODAY,
            )
        with pytest.raises(actions.CodeMalformed), writing():
            actions.open_below(None, make.unit("Q1").id, [Opening("mới", "Mới", "grassroots")], TODAY)
        assert queries.by_code("MOI", TODAY) is None
        db.session.rollback()


def test_units_that_were_opened_by_mistake_had_never_been(world: World) -> None:
    with world.app.app_context():
        with writing():
            opened = actions.open_below(None, make.unit("MSH").id, [Opening("MSH9", "Tổ May 9", "group")], TODAY)
        with writing():
            actions.unopen(None, opened)
        assert queries.by_code("MSH9", TODAY) is None
        db.session.rollback()


def test_member_codes_in_a_row_go_on_where_single_ones_stopped(world: World) -> None:
    with world.app.app_context():
        with writing():
            unit = make.unit("MSH")
            row = actions.next_member_codes(unit.id, 3)
            single = actions.next_member_code(unit)
        numbers = [int(code.split("-")[1]) for code in (*row, single)]
        assert numbers == list(range(numbers[0], numbers[0] + 4))
        with pytest.raises(NotThere), writing():
            actions.next_member_codes(10_000, 1)
        db.session.rollback()
