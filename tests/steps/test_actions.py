"""A step is recorded once, and the totals of a unit are true after whatever happened."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.accounts import actions as accounts
from app.accounts.models import Exemption, Membership, Person
from app.audit import AuditLine
from app.db import Model, db, writing
from app.refusal import NotThere, RuleBroken
from app.steps import actions, queries
from app.steps.models import Programme, StepDone, StepTally
from app.steps.queries import Step
from app.steps.rules import CONFIRMED, NOTHING, REGISTERED, Share
from tests import make, world

ALL = frozenset({"all"})
STEPS = [
    Step("study:neu-guong", "Nêu gương", ALL),
    Step("quiz:neu-guong", "Trắc nghiệm Nêu gương", ALL),
    Step("study:nq-tw4", "Nghị quyết Trung ương 4", frozenset({"officers"})),
    Step("study:cong-so", "Văn hóa công sở", frozenset({"office"})),
    Step("study:doc-them", "Đọc thêm", frozenset()),
    Step(REGISTERED, "Đăng ký việc làm theo", ALL),
]
STUDY = "study:neu-guong"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class House:
    """The world within an app context, with a programme of six steps."""

    people: world.World
    programme: int

    def tally(self, unit: str, key: str = STUDY) -> Share:
        return queries.tallies([make.unit(unit).id], self.programme)[make.unit(unit).id].get(key, NOTHING)

    def record(self, who: UUID, key: str = STUDY, outcome: Any = "done", source: Any = "online") -> bool:
        with writing():
            return actions.record(who, self.programme, key, clock.now(), source, who, outcome)

    def withdraw(self, who: UUID, key: str = STUDY) -> bool:
        with writing():
            return actions.withdraw(who, self.programme, key, None)

    def differences(self) -> list[actions.Difference]:
        return actions.rebuild()


def furnish(people: world.World) -> House:
    with writing():
        programme = actions.define_programme("2020", 2020, "Kế hoạch 08", "Nêu gương", "")
        actions.define_steps(programme, STEPS)
        return House(people, programme.id)


@pytest.fixture
def house(world: world.World) -> Iterator[House]:
    with world.app.app_context():
        yield furnish(world)


# --- recording ---------------------------------------------------------------------------------------------------


def test_every_member_is_asked_for_what_every_member_is_asked_for(house: House) -> None:
    assert house.tally("MSH") == Share(asked=5, done=0, declined=0)
    assert house.tally("MSH", "study:nq-tw4") == Share(asked=3, done=0, declined=0)
    assert house.tally("MSH", "study:cong-so") == NOTHING
    assert house.tally("MSH", "study:doc-them") == NOTHING
    assert house.tally("BTX") == Share(asked=3, done=0, declined=0)


def test_a_step_recorded_twice_counts_once_and_keeps_its_first_date(house: House) -> None:
    assert house.record(house.people.hoa, source="meeting")
    first = queries.has_done(house.people.hoa, house.programme, STUDY)
    assert first is not None
    at = first.done_at
    with clock.shifted(10 * DAY):
        assert not house.record(house.people.hoa, source="online")
    again = queries.has_done(house.people.hoa, house.programme, STUDY)
    assert again is not None
    assert (again.done_at, again.source) == (at, "meeting")
    assert house.tally("MSH") == Share(asked=5, done=1, declined=0)


def test_who_said_no_leaves_the_denominator(house: House) -> None:
    assert house.record(house.people.hoa, REGISTERED, "declined")
    assert not house.record(house.people.hoa, REGISTERED, "declined")
    assert house.tally("MSH", REGISTERED) == Share(asked=5, done=0, declined=1)


def test_who_said_no_may_still_do_it(house: House) -> None:
    house.record(house.people.hoa, REGISTERED, "declined")
    assert house.record(house.people.hoa, REGISTERED, "done")
    assert house.tally("MSH", REGISTERED) == Share(asked=5, done=1, declined=0)


def test_who_has_done_it_cannot_have_said_no(house: House) -> None:
    house.record(house.people.hoa, REGISTERED, "done")
    assert not house.record(house.people.hoa, REGISTERED, "declined")
    assert house.tally("MSH", REGISTERED) == Share(asked=5, done=1, declined=0)


@pytest.mark.parametrize("outcome", ["done", "declined"])
def test_a_step_withdrawn_is_open_again(house: House, outcome: str) -> None:
    house.record(house.people.hoa, outcome=outcome)
    assert house.withdraw(house.people.hoa)
    assert not house.withdraw(house.people.hoa)
    assert house.tally("MSH") == Share(asked=5, done=0, declined=0)
    assert queries.has_done(house.people.hoa, house.programme, STUDY) is None


def test_what_was_not_asked_is_kept_and_counts_nothing(house: House) -> None:
    assert house.record(house.people.hoa, "study:nq-tw4")
    assert house.tally("MSH", "study:nq-tw4") == Share(asked=3, done=0, declined=0)
    with writing():
        accounts.grant(None, house.people.hoa, make.unit("MSH"), "officer", clock.today(), "committee")
    assert house.tally("MSH", "study:nq-tw4") == Share(asked=4, done=1, declined=0)


def test_a_record_leaves_a_line_without_names(house: House) -> None:
    house.record(house.people.hoa, source="paper")
    row = db.session.scalars(sa.select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert row is not None
    assert (row.verb, row.subject) == ("step.done", str(house.people.hoa))
    assert row.facts == {"programme": house.programme, "key": STUDY, "source": "paper"}


def test_an_unknown_source_is_refused(house: House) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        house.record(house.people.hoa, source="hearsay")
    assert house.tally("MSH") == Share(asked=5, done=0, declined=0)


# --- totals follow -----------------------------------------------------------------------------------------------


def change(work: Callable[[], object]) -> None:
    with writing():
        work()


def test_totals_follow_who_comes_and_goes(house: House) -> None:
    hoa = house.people.hoa
    house.record(hoa)
    change(lambda: accounts.leave(None, hoa, make.unit("MSH"), clock.today()))
    assert house.tally("MSH") == Share(asked=4, done=0, declined=0)
    change(lambda: accounts.join(None, db.session.get_one(Person, hoa), make.unit("BTX"), clock.today()))
    assert house.tally("BTX") == Share(asked=4, done=1, declined=0)
    assert house.differences() == []


def test_a_member_of_two_units_counts_in_both(house: House) -> None:
    hoa = house.people.hoa
    change(lambda: accounts.join(None, db.session.get_one(Person, hoa), make.unit("BTX"), clock.today()))
    house.record(hoa)
    assert (house.tally("MSH").done, house.tally("BTX").done) == (1, 1)
    house.withdraw(hoa)
    assert (house.tally("MSH").done, house.tally("BTX").done) == (0, 0)
    assert house.differences() == []


def test_totals_follow_roles(house: House) -> None:
    tuan = house.people.tuan
    house.record(tuan, "study:nq-tw4")
    assert house.tally("MSH", "study:nq-tw4") == Share(asked=3, done=1, declined=0)
    change(lambda: accounts.revoke(None, tuan, make.unit("MSH"), "officer", clock.today()))
    assert house.tally("MSH", "study:nq-tw4") == Share(asked=2, done=0, declined=0)
    change(lambda: accounts.grant(None, tuan, make.unit("MSH"), "officer", clock.today(), "committee"))
    assert house.tally("MSH", "study:nq-tw4") == Share(asked=3, done=1, declined=0)
    assert house.differences() == []


def test_who_holds_office_at_work_is_asked_for_more(house: House) -> None:
    with writing():
        made = accounts.add_person(None, "Người Có Chức")
        accounts.join(None, made, make.unit("MSH"), clock.today(), holds_office=True)
    assert house.tally("MSH", "study:cong-so") == Share(asked=1, done=0, declined=0)
    assert house.differences() == []


def exempt(who: UUID, unit: str, days: int = 30) -> None:
    with accounts.standing_changes(who):
        db.session.add(
            Exemption(person_id=who, unit_id=make.unit(unit).id, since=clock.today(), until=clock.today() + days * DAY)
        )


def test_an_exempt_member_is_asked_for_nothing(house: House) -> None:
    hoa = house.people.hoa
    house.record(hoa)
    change(lambda: exempt(hoa, "MSH"))
    assert house.tally("MSH") == Share(asked=4, done=0, declined=0)
    assert not any(step.asked for step in queries.standing_of(hoa, house.programme, clock.today()))
    assert house.differences() == []


def test_an_exemption_that_ends_by_its_date_is_counted_at_midnight(house: House) -> None:
    from app.steps.commands import midnight

    change(lambda: exempt(house.people.hoa, "MSH", days=10))
    with clock.shifted(10 * DAY):
        midnight()
        assert house.tally("MSH") == Share(asked=5, done=0, declined=0)
        assert house.differences() == []


def test_at_midnight_only_units_are_counted_in_which_something_begins_or_ends(house: House) -> None:
    who, tomorrow = house.people, clock.today() + DAY
    with writing():
        accounts.leave(None, who.bich, make.unit("MSH"), tomorrow)
        accounts.revoke(None, who.cuc, make.unit("BTX"), "officer", tomorrow)
    with writing() as session, accounts.standing_changes(who.son):
        unit = make.unit("KHA").id
        session.add(Exemption(person_id=who.son, unit_id=unit, since=tomorrow - 9 * DAY, until=tomorrow))
    q1 = {make.unit("MSH").id, make.unit("BTX").id}
    assert queries.units_dated(clock.today()) == set()
    assert queries.units_dated(tomorrow) == q1 | {unit}
    assert queries.units_dated(tomorrow + DAY) == set()
    assert queries.units_dated(tomorrow - 9 * DAY) == {unit}


def test_every_unit_is_looked_at_once_a_night(house: House) -> None:
    from app.steps.commands import midnight

    break_tally(house)
    midnight()
    assert house.tally("MSH") == Share(asked=5, done=0, declined=0)
    break_tally(house)
    midnight()
    assert house.tally("MSH").asked == 99
    with clock.shifted(DAY):
        midnight()
        assert house.tally("MSH") == Share(asked=5, done=0, declined=0)


def test_a_membership_from_tomorrow_counts_from_tomorrow(house: House) -> None:
    with writing():
        made = accounts.add_person(None, "Người Mới Vào")
        accounts.join(None, made, make.unit("MSH"), clock.today() + DAY)
    assert house.tally("MSH").asked == 5
    with clock.shifted(DAY):
        assert [wrong.counted.asked for wrong in house.differences() if wrong.key == STUDY] == [6]
        assert house.tally("MSH").asked == 6


def test_a_new_step_is_counted_for_everybody_and_a_dropped_one_for_nobody(house: House) -> None:
    house.record(house.people.hoa)
    fresh = Step("study:moi", "Chuyên đề mới", ALL)
    programme = db.session.get_one(Programme, house.programme)
    change(lambda: actions.define_steps(programme, [*STEPS[1:], fresh]))
    assert house.tally("MSH", "study:moi") == Share(asked=5, done=0, declined=0)
    assert house.tally("MSH") == NOTHING
    change(lambda: actions.define_steps(programme, STEPS))
    assert house.tally("MSH") == Share(asked=5, done=1, declined=0)
    assert house.differences() == []


def test_a_step_asked_of_others_is_counted_anew(house: House) -> None:
    programme = db.session.get_one(Programme, house.programme)
    change(lambda: actions.define_steps(programme, [Step(STUDY, "Nêu gương", frozenset({"officers"})), *STEPS[1:]]))
    assert house.tally("MSH") == Share(asked=3, done=0, declined=0)


def test_a_parent_sums_the_units_below_it_on_the_day(house: House) -> None:
    house.record(house.people.hoa)
    house.record(house.people.lan)
    house.record(house.people.cuc, REGISTERED, "declined")
    from app.units import queries as units

    below = units.below(make.unit("Q1").id, clock.today())
    sums = queries.total_below(below, house.programme)
    assert sums[STUDY] == Share(asked=8, done=2, declined=0)
    assert sums[REGISTERED] == Share(asked=8, done=0, declined=1)


# --- beside each other -------------------------------------------------------------------------------------------


def at_once(house: House, works: list[Callable[[], object]]) -> list[object]:
    found: list[object] = []

    def run(work: Callable[[], object]) -> None:
        with house.people.app.app_context():
            try:
                found.append(work())
            except Exception as error:
                found.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_a_double_click_counts_once(house: House) -> None:
    found = at_once(house, [lambda: house.record(house.people.hoa)] * 6)
    assert sorted(map(str, found)) == ["False"] * 5 + ["True"]
    assert house.tally("MSH").done == 1
    assert house.differences() == []


def test_a_whole_unit_that_finishes_at_once_is_counted_whole(house: House) -> None:
    who = house.people
    people = (who.hoa, who.bich, who.hanh, who.tuan, who.thu)
    found = at_once(house, [lambda p=p, k=k: house.record(p, k) for p in people for k in (STUDY, REGISTERED)])  # type: ignore[misc]
    assert found == [True] * 10
    assert house.tally("MSH") == house.tally("MSH", REGISTERED) == Share(asked=5, done=5, declined=0)
    assert house.differences() == []


def test_a_move_beside_a_record_loses_neither(house: House) -> None:
    hoa = house.people.hoa

    def move() -> None:
        with writing():
            accounts.leave(None, hoa, make.unit("MSH"), clock.today())
            accounts.join(None, db.session.get_one(Person, hoa), make.unit("BTX"), clock.today())

    found = at_once(house, [lambda: house.record(hoa), move])
    assert not [error for error in found if isinstance(error, Exception)]
    assert house.differences() == []
    assert house.tally("BTX") == Share(asked=4, done=1, declined=0)


def test_a_recount_beside_a_record_that_is_not_committed_yet_counts_it_once(house: House) -> None:
    break_tally(house)
    recorded = threading.Event()

    def slow() -> None:
        with writing():
            actions.record(house.people.hoa, house.programme, STUDY, clock.now(), "online", None)
            recorded.set()
            time.sleep(0.4)  # the recount begins, and must wait or not see it

    def recount() -> None:
        recorded.wait(10)
        house.differences()

    found = at_once(house, [slow, recount])
    assert found == [None, None]
    assert house.tally("MSH").done == 1
    assert house.differences() == []


def test_a_recount_that_finds_nothing_wrong_waits_for_nobody_and_nobody_for_it(house: House) -> None:
    held, counted = threading.Event(), threading.Event()

    def writer() -> bool:
        with writing():
            if db.engine.dialect.name == "postgresql":
                db.session.execute(sa.text("LOCK TABLE step_tally IN SHARE ROW EXCLUSIVE MODE"))
            held.set()
            return counted.wait(10)

    def recount() -> list[actions.Difference]:
        held.wait(10)
        found = actions.rebuild()
        counted.set()
        return found

    assert at_once(house, [writer, recount]) in ([[], True], [True, []])


def test_steps_are_asked_first_and_counted_after(house: House) -> None:
    """A change of the programme does not hold the lock until every unit of it is counted."""
    programme = db.session.get_one(Programme, house.programme)
    with writing():
        actions.define_steps(programme, [*STEPS, Step("study:moi", "Chuyên đề mới", ALL)])
        assert house.tally("MSH", "study:moi") == NOTHING
    assert house.tally("MSH", "study:moi") == Share(asked=5, done=0, declined=0)


# --- recounting --------------------------------------------------------------------------------------------------


def break_tally(house: House) -> None:
    with writing() as session:
        session.execute(
            sa.update(StepTally)
            .where(StepTally.unit_id == make.unit("MSH").id, StepTally.key == STUDY)
            .values(asked=99, done=7)
        )


def test_a_recount_says_what_was_wrong_and_mends_it(house: House) -> None:
    house.record(house.people.hoa)
    break_tally(house)
    (wrong,) = house.differences()
    assert (wrong.unit_id, wrong.key) == (make.unit("MSH").id, STUDY)
    assert (wrong.kept, wrong.counted) == (Share(99, 7, 0), Share(5, 1, 0))
    assert house.tally("MSH") == Share(asked=5, done=1, declined=0)
    assert house.differences() == []


def test_a_recount_finds_a_total_that_is_missing_and_one_that_should_not_be(house: House) -> None:
    with writing() as session:
        session.execute(sa.delete(StepTally).where(StepTally.unit_id == make.unit("BTX").id))
        session.add(
            StepTally(unit_id=make.unit("Q1").id, programme_id=house.programme, key=STUDY, asked=3, done=0, declined=0)
        )
    wrong = house.differences()
    assert {(row.unit_id, row.counted == NOTHING) for row in wrong} == {
        (make.unit("BTX").id, False),
        (make.unit("Q1").id, True),
    }
    assert house.differences() == []


def test_the_command_tells_by_its_exit_whether_anything_was_wrong(house: House) -> None:
    runner = house.people.app.test_cli_runner()
    assert runner.invoke(args=["steps", "rebuild"]).exit_code == 0
    break_tally(house)
    first, second = (runner.invoke(args=["steps", "rebuild"]) for _ in range(2))
    assert first.exit_code == 1
    assert "asked=99" in first.output
    assert "differences: 1" in first.output
    assert second.exit_code == 0
    assert second.output == "differences: 0\n"


def test_a_closed_programme_is_left_alone(house: House) -> None:
    with writing() as session:
        session.get_one(Programme, house.programme).state = "closed"
    break_tally(house)
    assert house.differences() == []
    assert house.tally("MSH").asked == 99


# --- whatever happens --------------------------------------------------------------------------------------------

PEOPLE = ("hoa", "bich", "hanh", "tuan", "lan", "cuc", "minh")
UNITS = ("MSH", "BTX", "KHA")
KEYS = tuple(step.key for step in STEPS)
deeds = st.tuples(
    st.sampled_from(
        [
            "join",
            "join office",
            "leave",
            "grant",
            "revoke",
            "exempt",
            "end exemption",
            "done",
            "done",
            "declined",
            "withdraw",
            "steps",
        ]
    ),
    st.sampled_from(PEOPLE),
    st.sampled_from(UNITS),
    st.sampled_from(KEYS),
)


def do(house: House, what: str, who: UUID, unit: str, key: str) -> None:
    today = clock.today()
    with writing() as session:
        if what.startswith("join"):
            person = session.get_one(Person, who)
            accounts.join(None, person, make.unit(unit), today, holds_office=what == "join office")
        elif what == "leave":
            accounts.leave(None, who, make.unit(unit), today)
        elif what == "grant":
            accounts.grant(None, who, make.unit(unit), "officer", today, "committee")
        elif what == "revoke":
            accounts.revoke(None, who, make.unit(unit), "officer", today)
        elif what == "exempt":
            exempt(who, unit)
        elif what == "end exemption":
            with accounts.standing_changes(who):
                session.execute(sa.delete(Exemption).where(Exemption.person_id == who))
        elif what == "withdraw":
            actions.withdraw(who, house.programme, key, None)
        elif what == "steps":
            wanted = [step for step in STEPS if step.key != key or len(unit) % 2]
            actions.define_steps(session.get_one(Programme, house.programme), wanted)
        else:
            outcome: Any = what
            actions.record(who, house.programme, key, clock.now(), "typed_in", None, outcome)


def wiped(people: world.World) -> House:
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        for table in reversed(Model.metadata.sorted_tables):
            connection.execute(sa.delete(table))
    return furnish(world.build(people.app))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(deeds, min_size=10, max_size=30))
def test_totals_are_true_after_whatever_happened(world: world.World, history: list[tuple[str, str, str, str]]) -> None:
    """Takes 4 s: ten histories of up to thirty deeds, each from a fresh federation."""
    with world.app.app_context():
        house = wiped(world)
        for what, who, unit, key in history:
            try:
                do(house, what, getattr(house.people, who), unit, key)
            except RuleBroken:
                continue
        assert house.differences() == []
        for row in db.session.scalars(sa.select(StepTally)):
            assert 0 <= row.done + row.declined <= row.asked


# --- questions ---------------------------------------------------------------------------------------------------


def test_a_person_stands_where_they_were_asked_and_what_they_did(house: House) -> None:
    house.record(house.people.hoa, source="meeting")
    house.record(house.people.hoa, REGISTERED, "declined")
    found = {
        standing.step.key: (standing.state, standing.source_words)
        for standing in queries.standing_of(house.people.hoa, house.programme, clock.today())
    }
    assert found == {
        STUDY: ("done", "buổi sinh hoạt"),
        "quiz:neu-guong": ("open", ""),
        "study:nq-tw4": ("unasked", ""),
        "study:cong-so": ("unasked", ""),
        REGISTERED: ("declined", "trực tuyến"),
    }


def test_one_persons_page_and_the_units_table_say_the_same(house: House) -> None:
    who = house.people
    house.record(who.hoa)
    house.record(who.hanh, "study:nq-tw4")
    change(lambda: exempt(who.bich, "MSH"))
    unit, today = make.unit("MSH").id, clock.today()
    table = queries.standings(Membership.unit_id == unit, house.programme, today)
    for person in (who.hoa, who.bich, who.hanh, who.tuan, who.thu):
        assert table[person] == queries.standing_of(person, house.programme, today)


def test_the_programme_of_a_year_is_found_or_is_not_there(house: House) -> None:
    assert queries.programme_of_year(2020).slug == "2020"
    for year in (2019, 0, -1, 10**30):
        with pytest.raises(NotThere):
            queries.programme_of_year(year)


def test_the_current_programme_is_the_open_one_of_the_year_else_the_latest(house: House) -> None:
    with writing():
        actions.define_programme("2021", 2021, "Kế hoạch 2021", "", "")
    today = clock.today()
    assert queries.current_programme(today).year == 2020  # type: ignore[union-attr]
    assert queries.current_programme(today.replace(year=2021)).year == 2021  # type: ignore[union-attr]
    assert queries.current_programme(today.replace(year=2030)).year == 2021  # type: ignore[union-attr]
    with writing() as session:
        session.execute(sa.update(Programme).values(state="closed"))
    assert queries.current_programme(today) is None


def test_confirmation_is_a_step_of_its_own(house: House) -> None:
    assert REGISTERED != CONFIRMED
    house.record(house.people.hoa, CONFIRMED)
    assert house.tally("MSH", REGISTERED).done == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StepDone)) == 1
