"""A unit's list kept true one person at a time: who comes, leaves, comes back, moves, is exempt, is somebody else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.accounts import actions, queries
from app.accounts.actions import Entered
from app.accounts.models import Account, Exemption, Membership, Person, PersonAlias
from app.audit import AuditLine
from app.db import Model, db, writing
from app.refusal import NotThere, RuleBroken
from app.steps import actions as steps
from app.steps import queries as standings
from app.steps.models import StepTally
from app.steps.rules import NOTHING, REGISTERED, Share
from app.units.models import Unit
from tests import make, world

STUDY = "study:neu-guong"
OFFICE = "study:cong-so"
STEPS = [
    standings.Step(STUDY, "Nêu gương", frozenset({"all"})),
    standings.Step(OFFICE, "Văn hóa công sở", frozenset({"office"})),
    standings.Step(REGISTERED, "Đăng ký việc làm theo", frozenset({"all"})),
]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class House:
    """The world within an app context, with a programme."""

    people: world.World
    programme: int
    added: list[UUID] = field(default_factory=list)

    @property
    def by(self) -> UUID:
        return self.people.hanh

    def tally(self, unit: str, key: str = STUDY) -> Share:
        return standings.tallies([make.unit(unit).id], self.programme)[make.unit(unit).id].get(key, NOTHING)

    def record(self, who: UUID, key: str = STUDY, outcome: Any = "done") -> bool:
        with writing():
            return steps.record(who, self.programme, key, clock.now(), "online", who, outcome)

    def has(self, who: UUID, key: str = STUDY) -> str | None:
        found = standings.has_done(who, self.programme, key)
        return found.outcome if found else None

    def true(self) -> None:
        """What `flask steps rebuild` would say."""
        assert steps.rebuild() == []


def furnish(people: world.World) -> House:
    with writing():
        programme = steps.define_programme("2020", 2020, "Kế hoạch 08", "Nêu gương", "")
        steps.define_steps(programme, STEPS)
        return House(people, programme.id)


@pytest.fixture
def house(world: world.World) -> Iterator[House]:
    with world.app.app_context():
        yield furnish(world)


def do(work: Callable[[], Any]) -> Any:
    with writing():
        return work()


def msh() -> Unit:
    return make.unit("MSH")


def today() -> date:
    return clock.today()


def verbs(person: UUID) -> list[str]:
    return list(
        db.session.scalars(sa.select(AuditLine.verb).where(AuditLine.subject == str(person)).order_by(AuditLine.id))
    )


def add(house: House, name: str = "Trịnh Thị Ngân", **more: Any) -> UUID:
    made = uuid4()
    do(lambda: actions.add_member(house.by, made, msh(), today(), Entered(name, **more)))
    return made


# --- coming -------------------------------------------------------------------------------------------------------


def test_somebody_added_is_a_member_with_a_code_and_counts(house: House) -> None:
    before = house.tally("MSH").asked
    made = add(house, phone="0900 000 777", own="A-17", group=make.unit("MSH3").id, office=True)
    entry = queries.entry_of(made, msh().id)
    assert entry is not None
    assert (entry.phone, entry.own, entry.group, entry.office) == ("0900000777", "A-17", make.unit("MSH3").id, True)
    assert (queries.member_code_of(made) or "").startswith("MSH-")
    assert house.tally("MSH").asked == before + 1
    house.true()


def test_one_form_sent_twice_adds_one_person(house: House) -> None:
    made = uuid4()
    codes = {
        do(lambda: actions.add_member(house.by, made, msh(), today(), Entered("Trịnh Thị Ngân"))) for _ in range(2)
    }
    assert len(codes) == 1
    house.true()


def test_who_was_added_by_mistake_is_gone_without_a_trace_in_the_totals(house: House) -> None:
    before = house.tally("MSH")
    made = add(house)
    do(lambda: actions.unadd_member(house.by, made, msh()))
    assert db.session.get(Person, made) is None
    assert house.tally("MSH") == before
    house.true()


def test_who_has_been_in_or_was_added_long_ago_is_not_taken_out(house: House) -> None:
    with pytest.raises(actions.AddedIsUsed):
        do(lambda: actions.unadd_member(house.by, house.people.hoa, msh()))
    made = add(house)
    with clock.shifted(2 * DAY), pytest.raises(actions.UndoOver):
        do(lambda: actions.unadd_member(house.by, made, msh()))


# --- correcting ---------------------------------------------------------------------------------------------------


def test_what_is_corrected_is_named_on_the_trail_without_its_words(house: House) -> None:
    hoa = house.people.hoa
    wanted = {"name": "Nguyễn Thị Hoà", "phone": "0911111111", "own": "B-2", "group": None, "office": True}
    changed = do(lambda: actions.correct(house.by, hoa, msh().id, wanted))
    assert changed == ("group", "name", "office", "own", "phone")
    line = db.session.scalars(sa.select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line is not None
    assert (line.verb, line.facts) == ("person.correct", {"fields": list(changed)})
    assert queries.ways_of(hoa)["phone"] == ["0911111111"]
    assert house.tally("MSH", OFFICE).asked == 1
    house.true()


def test_the_same_words_once_more_change_nothing(house: House) -> None:
    hoa = house.people.hoa
    before = verbs(hoa)
    assert (
        do(lambda: actions.correct(house.by, hoa, msh().id, {"name": "Nguyễn Thị Hòa", "phone": "+84900000001"})) == ()
    )
    assert verbs(hoa) == before


def test_a_number_may_be_taken_away_and_the_office_too(house: House) -> None:
    hoa = house.people.hoa
    do(lambda: actions.correct(house.by, hoa, msh().id, {"phone": "", "office": True}))
    assert queries.ways_of(hoa)["phone"] == []
    do(lambda: actions.correct(house.by, hoa, msh().id, {"office": False}))
    assert house.tally("MSH", OFFICE).asked == 0
    house.true()


@pytest.mark.parametrize(
    "wanted", [{"phone": "12"}, {"email": "không phải"}, {"name": "Hòa\u202e"}, {"group": "BTX"}, {"group": "MSH"}]
)
def test_what_cannot_be_kept_is_refused(house: House, wanted: dict[str, Any]) -> None:
    if "group" in wanted:
        wanted = {"group": make.unit(wanted["group"]).id}
    with pytest.raises(RuleBroken):
        do(lambda: actions.correct(house.by, house.people.hoa, msh().id, wanted))


def test_nobody_corrects_the_member_of_another_unit(house: House) -> None:
    with pytest.raises(NotThere):
        do(lambda: actions.correct(house.by, house.people.lan, msh().id, {"name": "Mai Lan"}))


# --- leaving and coming back --------------------------------------------------------------------------------------


def test_who_leaves_keeps_the_account_and_takes_the_steps_along_when_coming_back(house: House) -> None:
    hoa = house.people.hoa
    house.record(hoa)
    code = queries.member_code_of(hoa)
    do(lambda: actions.let_leave(house.by, hoa, msh(), today() - DAY))
    assert house.tally("MSH") == Share(4, 0, 0)
    assert actions.find_person(code or "") == hoa
    do(lambda: actions.come_back(house.by, hoa, msh(), make.unit("MSH3").id))
    assert house.tally("MSH") == Share(5, 1, 0)
    assert queries.member_code_of(hoa) == code
    do(lambda: actions.come_back(house.by, hoa, msh()))
    house.true()


def test_leaving_is_undone_within_a_day_and_not_after(house: House) -> None:
    hoa = house.people.hoa
    do(lambda: actions.let_leave(house.by, hoa, msh(), today()))
    for _ in range(2):
        do(lambda: actions.undo_leave(house.by, hoa, msh()))
    place = queries.last_place(hoa, msh().id)
    assert place is not None
    assert (place.until, place.group_id) == (None, make.unit("MSH3").id)
    house.true()
    do(lambda: actions.let_leave(house.by, hoa, msh(), today()))
    with clock.shifted(2 * DAY), pytest.raises(actions.UndoOver):
        do(lambda: actions.undo_leave(house.by, hoa, msh()))


def test_who_holds_a_role_in_the_unit_neither_leaves_nor_moves(house: House) -> None:
    for work in (
        lambda: actions.let_leave(house.by, house.people.thu, msh(), today()),
        lambda: actions.introduce(house.by, house.people.thu, msh(), today(), None),
    ):
        with pytest.raises(actions.HoldsRoleHere):
            do(work)


def test_nobody_leaves_on_a_day_to_come_or_before_they_came(house: House) -> None:
    for day in (today() + DAY, make.START):
        with pytest.raises(RuleBroken):
            do(lambda day=day: actions.let_leave(house.by, house.people.hoa, msh(), day))


def test_only_who_was_a_member_comes_back_and_from_nowhere_else(house: House) -> None:
    with pytest.raises(NotThere):
        do(lambda: actions.come_back(house.by, house.people.lan, msh()))
    do(lambda: actions.let_leave(house.by, house.people.hoa, msh(), today()))
    person = db.session.get_one(Person, house.people.hoa)
    do(lambda: actions.join(None, person, make.unit("BTX"), today()))
    for work in (actions.come_back, actions.undo_leave):
        with pytest.raises(actions.BelongsElsewhere):
            do(lambda work=work: work(house.by, house.people.hoa, msh()))


# --- moving -------------------------------------------------------------------------------------------------------


def introduce(house: House, to: str | None = None) -> str:
    to_unit = make.unit(to).id if to else None
    code: str = do(lambda: actions.introduce(house.by, house.people.hoa, msh(), today(), to_unit))
    return code


def test_a_member_moves_with_what_was_done_and_the_account_lives_in_between(house: House) -> None:
    hoa = house.people.hoa
    house.record(hoa)
    code = introduce(house)
    assert house.tally("MSH") == Share(4, 0, 0)
    house.record(hoa, REGISTERED)  # in between
    assert queries.on_the_way(hoa, today()) is not None
    house.true()
    assert do(lambda: actions.receive(house.people.cuc, code, make.unit("BTX"))) == hoa
    assert do(lambda: actions.receive(house.people.cuc, code, make.unit("BTX"))) == hoa
    assert house.tally("BTX") == Share(4, 1, 0)
    assert house.tally("BTX", REGISTERED) == Share(4, 1, 0)
    assert queries.on_the_way(hoa, today()) is None
    house.true()
    with pytest.raises(actions.ReceivedAlready):
        do(lambda: actions.withdraw(house.by, hoa, msh()))


def test_an_introduction_given_twice_is_one_and_withdrawn_twice_is_withdrawn(house: House) -> None:
    before = house.tally("MSH")
    assert introduce(house) == introduce(house)
    for _ in range(2):
        do(lambda: actions.withdraw(house.by, house.people.hoa, msh()))
    assert house.tally("MSH") == before
    place = queries.last_place(house.people.hoa, msh().id)
    assert place is not None
    assert place.until is None
    house.true()


def test_an_introduction_opens_only_the_unit_it_names_and_never_the_old_one(house: House) -> None:
    code = introduce(house, "KHA")
    for unit in ("BTX", "MSH"):
        with pytest.raises(actions.CodeUnknown):
            do(lambda unit=unit: actions.receive(house.people.cuc, code, make.unit(unit)))
    do(lambda: actions.receive(house.people.van, code, make.unit("KHA")))


def test_who_is_on_the_way_does_not_come_back_but_by_withdrawing(house: House) -> None:
    introduce(house)
    with pytest.raises(actions.OnTheWay):
        do(lambda: actions.come_back(house.by, house.people.hoa, msh()))


@pytest.mark.parametrize(
    ("code", "why"), [("KHONGCO", actions.NoSuchUnit), ("Q1", actions.NoSuchUnit), ("msh", actions.SameUnit)]
)
def test_a_wrong_addressee_is_told(house: House, code: str, why: type[RuleBroken]) -> None:
    with pytest.raises(why):
        actions.addressee(code, msh(), today())


# --- exempt -------------------------------------------------------------------------------------------------------


def test_several_are_exempt_at_once_and_one_ends_early(house: House) -> None:
    both = [house.people.hoa, house.people.bich]
    for _ in range(2):
        do(lambda: actions.exempt(house.by, both, msh(), today(), today() + 30 * DAY))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Exemption)) == 2
    assert house.tally("MSH").asked == 3
    house.true()
    for _ in range(2):
        do(lambda: actions.end_exemptions(house.by, house.people.hoa, msh()))
    assert house.tally("MSH").asked == 4
    house.true()


def test_spans_that_touch_become_one(house: House) -> None:
    for since, until in ((0, 10), (20, 30), (10, 20)):
        do(
            lambda a=since, b=until: actions.exempt(
                house.by, [house.people.hoa], msh(), today() + a * DAY, today() + b * DAY
            )
        )
    one = db.session.scalars(sa.select(Exemption)).one()
    assert (one.since, one.until) == (today(), today() + 30 * DAY)
    house.true()


@pytest.mark.parametrize(("since", "until"), [(5, 5), (5, 4), (-9, -1), (0, 2000)])
def test_an_exemption_has_days(house: House, since: int, until: int) -> None:
    with pytest.raises(RuleBroken):
        do(lambda: actions.exempt(house.by, [house.people.hoa], msh(), today() + since * DAY, today() + until * DAY))


# --- two who are one ----------------------------------------------------------------------------------------------


def merged(house: House, gone: UUID, stays: UUID) -> None:
    for _ in range(2):
        do(lambda: actions.merge(house.by, msh(), gone, stays))


def set_apart(house: House, gone: UUID, stays: UUID) -> None:
    for _ in range(2):
        do(lambda: actions.unmerge(house.by, msh(), gone, stays))


def test_two_who_are_one_sign_in_by_either_name(house: House) -> None:
    other = add(house, "Lê Thị Bích", phone="0900000222")
    code = queries.member_code_of(other) or ""
    merged(house, other, house.people.bich)
    assert actions.find_person(code) == actions.find_person("0900000222") == house.people.bich
    house.true()
    set_apart(house, other, house.people.bich)
    assert actions.find_person(code) == actions.find_person("0900000222") == other
    house.true()


def test_a_number_that_both_gave_signs_in_again(house: House) -> None:
    other = add(house, "Nguyễn Thị Hòa", phone="0900000001")
    assert actions.find_person("0900000001") is None
    merged(house, other, house.people.hoa)
    assert actions.find_person("0900000001") == house.people.hoa


def test_the_open_slip_of_the_one_lets_the_other_in_for_the_first_time_only(house: House) -> None:
    first, second = add(house, "Đinh Thị Xuân"), add(house, "Đinh Thị Xuân")
    slip = do(lambda: actions.make_slip(house.by, second))
    merged(house, second, first)
    assert actions.person_of_slip(slip) == first
    do(lambda: actions.use_code("slip", slip, first, make.hashed()))
    assert queries.has_been_in(first)
    third = add(house, "Đinh Thị Xuân")
    other = do(lambda: actions.make_slip(house.by, third))
    merged(house, third, first)
    with pytest.raises(actions.AccountThere):
        actions.person_of_slip(other)
    with pytest.raises(actions.CodeUsed):
        do(lambda: actions.use_code("slip", other, first, make.hashed()))


def test_steps_done_by_either_count_once_and_go_back_where_they_were(house: House) -> None:
    hoa, bich = house.people.hoa, house.people.bich
    house.record(hoa)
    house.record(hoa, REGISTERED, "done")
    house.record(bich, REGISTERED, "declined")
    merged(house, hoa, bich)
    assert (house.has(bich), house.has(bich, REGISTERED)) == ("done", "done")
    assert house.tally("MSH") == Share(4, 1, 0)
    house.true()
    assert house.record(hoa, OFFICE)  # as a running quiz that is closed later
    assert house.has(bich, OFFICE) == "done"
    set_apart(house, hoa, bich)
    assert (house.has(hoa), house.has(hoa, REGISTERED), house.has(hoa, OFFICE)) == ("done", "done", "done")
    assert (house.has(bich), house.has(bich, REGISTERED)) == (None, "declined")
    house.true()


def test_what_was_done_again_meanwhile_stays(house: House) -> None:
    hoa, bich = house.people.hoa, house.people.bich
    house.record(hoa, REGISTERED)
    house.record(bich, REGISTERED, "declined")
    merged(house, hoa, bich)
    do(lambda: steps.withdraw(bich, house.programme, REGISTERED, bich))
    house.record(bich, REGISTERED)
    set_apart(house, hoa, bich)
    assert (house.has(hoa, REGISTERED), house.has(bich, REGISTERED)) == (None, "done")
    house.true()


def test_both_have_their_line_on_the_trail(house: House) -> None:
    merged(house, house.people.hoa, house.people.bich)
    set_apart(house, house.people.hoa, house.people.bich)
    assert [v for v in verbs(house.people.hoa) if "merge" in v] == ["person.merge", "person.unmerge"]
    assert verbs(house.people.bich)[-2:] == ["person.take_in", "person.let_out"]


def test_who_may_not_be_merged_away(house: House) -> None:
    people = house.people
    other = add(house, "Nguyễn Thị Hòa")
    for gone, stays, why in (
        (people.thu, people.hoa, "GoneHoldsRole"),
        (people.hoa, other, "GoneIsUsed"),
        (people.hoa, people.hoa, "SamePerson"),
        (people.lan, people.hoa, "NotThere"),
        (people.hoa, people.lan, "NotThere"),
    ):
        with pytest.raises(RuleBroken) as refused:
            do(lambda gone=gone, stays=stays: actions.merge(house.by, msh(), gone, stays))
        assert type(refused.value).__name__ == why
    merged(house, other, people.hoa)
    with pytest.raises(RuleBroken) as refused:
        do(lambda: actions.merge(house.by, msh(), people.hoa, people.bich))
    assert type(refused.value).__name__ == "GoneIsSeveral"


def test_who_left_long_ago_may_be_who_was_added_anew(house: House) -> None:
    do(lambda: actions.let_leave(house.by, house.people.hoa, msh(), today() - 30 * DAY))
    anew = add(house, "Nguyễn Thị Hòa")
    do(lambda: setattr(db.session.get_one(Account, anew), "password_hash", make.hashed()))
    merged(house, house.people.hoa, anew)
    set_apart(house, house.people.hoa, anew)
    place = queries.last_place(house.people.hoa, msh().id)
    assert place is not None
    assert place.until == today() - 30 * DAY
    house.true()


def test_only_the_unit_that_made_them_one_sets_them_apart(house: House) -> None:
    merged(house, house.people.hoa, house.people.bich)
    with pytest.raises(NotThere):
        do(lambda: actions.unmerge(house.people.cuc, make.unit("BTX"), house.people.hoa, house.people.bich))


# --- whatever happens ---------------------------------------------------------------------------------------------

WHO = st.sampled_from(["hoa", "bich", "hanh", "lan", "yen", "new", "newer"])
DEEDS = st.tuples(
    st.sampled_from(
        [
            "add",
            "leave",
            "undo",
            "back",
            "introduce",
            "withdraw",
            "receive",
            "exempt",
            "end",
            "merge",
            "unmerge",
            "done",
            "declined",
        ]
    ),
    WHO,
    WHO,
    st.sampled_from(["MSH", "BTX"]),
    st.sampled_from([STUDY, REGISTERED]),
)


def happen(house: House, what: str, who: UUID, other: UUID, unit: Unit, key: str) -> None:
    by, day = house.by, today()
    given = queries.open_introduction(who)
    deeds: dict[str, Callable[[], Any]] = {
        "add": lambda: actions.add_member(by, who, unit, day - DAY, Entered("Ai Đó")),
        "leave": lambda: actions.let_leave(by, who, unit, day),
        "undo": lambda: actions.undo_leave(by, who, unit),
        "back": lambda: actions.come_back(by, who, unit),
        "introduce": lambda: actions.introduce(by, who, unit, day, None),
        "withdraw": lambda: actions.withdraw(by, who, unit),
        "receive": lambda: actions.receive(by, given.code if given else "", unit),
        "exempt": lambda: actions.exempt(by, [who], unit, day, day + DAY),
        "end": lambda: actions.end_exemptions(by, who, unit),
        "merge": lambda: actions.merge(by, unit, who, other),
        "unmerge": lambda: actions.unmerge(by, unit, who, other),
        "done": lambda: steps.record(who, house.programme, key, clock.now(), "online", who),
        "declined": lambda: steps.record(who, house.programme, key, clock.now(), "online", who, "declined"),
    }
    do(deeds[what])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DEEDS, min_size=10, max_size=40))
def test_after_whatever_happened_the_totals_are_true(
    world: world.World, history: list[tuple[str, str, str, str, str]]
) -> None:
    """Takes 5 s: a dozen histories of up to forty deeds, each from a fresh federation."""
    with world.app.app_context():
        house = wiped(world)
        fresh = {"new": uuid4(), "newer": uuid4()}
        for what, who, other, unit, key in history:
            one, two = (fresh.get(name) or getattr(house.people, name) for name in (who, other))
            if what != "add" and db.session.get(Person, one) is None:
                continue
            db.session.rollback()
            try:
                happen(house, what, one, two, make.unit(unit), key)
            except RuleBroken:
                continue
        house.true()
        for row in db.session.scalars(sa.select(StepTally)):
            assert 0 <= row.done + row.declined <= row.asked
        places = sa.select(Membership.person_id, Membership.unit_id).where(Membership.until.is_(None))
        held = [tuple(row) for row in db.session.execute(places)]
        assert len(held) == len(set(held))
        merged_away = sa.select(PersonAlias.gone).where(PersonAlias.undone_at.is_(None))
        assert not {person for person, _ in held} & set(db.session.scalars(merged_away))


def wiped(people: world.World) -> House:
    db.session.rollback()
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        for table in reversed(Model.metadata.sorted_tables):
            connection.execute(sa.delete(table))
    return furnish(world.build(people.app))
