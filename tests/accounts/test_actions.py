"""Persons, memberships, roles and codes in the database."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import clock, text
from app.accounts import actions, passwords, queries, rules
from app.accounts.models import Account, Activation, Membership, Person, Role, SignInName, SignInSession
from app.audit import AuditLine
from app.db import db, writing
from app.refusal import NotThere
from app.units import actions as units
from tests import make
from tests.test_regressions import at_once
from tests.world import START, World

DAY = timedelta(days=1)


@pytest.fixture
def house(world: World) -> Iterator[World]:
    with world.app.app_context():
        yield world


# --- persons -----------------------------------------------------------------------------------------------------


def test_a_person_is_kept_as_they_are_searched_and_sorted(house: World) -> None:
    with writing():
        made = actions.add_person(None, "  Đặng  Thị\u00a0 Ước ", phone="090 000 0777", email=" Uoc@Example.COM ").id
    person = db.session.get_one(Person, made)
    assert person.search_key.startswith("dang thi")
    assert queries.names_of(made) == [("email", "uoc@example.com"), ("phone", "0900000777")]
    assert actions.find_person("+84 900 000 777") == made
    assert actions.find_person("UOC@example.com") == made


@pytest.mark.parametrize("ways", [{"phone": "12345"}, {"email": "không có"}, {"phone": "0900000777", "email": "x"}])
def test_a_way_in_that_nobody_could_type_is_refused(house: World, ways: dict[str, str]) -> None:
    before = db.session.scalar(sa.select(sa.func.count(Person.id)))
    with pytest.raises(actions.NameMalformed), writing():
        actions.add_person(None, "Người Mới", **ways)
    assert db.session.scalar(sa.select(sa.func.count(Person.id))) == before


@pytest.mark.parametrize("name", ["Nguyễn\x00 Thị Hòa", "Hòa\u202egnàl", "\u200fHòa", "Hòa\x1b[2J"])
def test_a_name_that_would_show_as_another_is_refused(house: World, name: str) -> None:
    with pytest.raises(text.NameUnsafe, match="ký tự lạ"), writing():
        actions.add_person(None, name)


def test_two_persons_who_share_a_phone_are_told_apart_by_their_codes_only(house: World) -> None:
    with writing():
        other = actions.add_person(None, "Nguyễn Thị Hoa", phone="0900000001").id
        code = actions.give_code(other, make.unit("MSH"))
    assert actions.find_person("0900000001") is None
    assert actions.find_person(code) == other
    assert actions.find_person(queries.member_code_of(house.hoa) or "") == house.hoa


def test_a_closed_person_is_found_by_nothing(house: World) -> None:
    code = queries.member_code_of(house.hoa) or ""
    with writing() as session:
        session.execute(sa.update(Person).where(Person.id == house.hoa).values(state="closed"))
    assert actions.find_person(code) is None
    assert actions.find_person("0900000001") is None


# --- memberships -------------------------------------------------------------------------------------------------


def test_a_code_stays_with_its_person_wherever_they_go(house: World) -> None:
    before = queries.member_code_of(house.hoa)
    with writing():
        actions.leave(None, house.hoa, make.unit("MSH"), clock.today())
        after = actions.join(None, db.session.get_one(Person, house.hoa), make.unit("BTX"), clock.today())
    assert after == before
    assert before is not None
    assert before.startswith("MSH-")


def test_nobody_is_a_member_of_one_unit_twice(house: World) -> None:
    with pytest.raises(actions.AlreadyMember), writing():
        actions.join(None, db.session.get_one(Person, house.hoa), make.unit("MSH"), clock.today())


def test_who_left_was_a_member_until_the_day_before(house: World) -> None:
    unit = make.unit("MSH").id
    with writing():
        actions.leave(None, house.hoa, make.unit("MSH"), clock.today())
    for day, member in ((clock.today() - DAY, True), (clock.today(), False)):
        assert (house.hoa in {row.person_id for row in queries.members(unit, day).items}) is member


def test_who_is_no_member_cannot_leave(house: World) -> None:
    with pytest.raises(NotThere), writing():
        actions.leave(None, house.hoa, make.unit("BTX"), clock.today())


def test_a_membership_opened_by_mistake_today_leaves_no_row(house: World) -> None:
    with writing():
        actions.join(None, db.session.get_one(Person, house.hoa), make.unit("BTX"), clock.today())
        actions.leave(None, house.hoa, make.unit("BTX"), clock.today())
    rows = db.session.scalars(sa.select(Membership).where(Membership.person_id == house.hoa)).all()
    assert [row.until for row in rows] == [None]


def test_members_stand_by_vietnamese_name(house: World) -> None:
    names = [row.name for row in queries.members(make.unit("MSH").id, clock.today()).items]
    assert names == ["Lê Thị Bích", "Trần Thị Mỹ Hạnh", "Nguyễn Thị Hòa", "Phạm Thị Thu", "Lê Văn Tuấn"]


def test_a_group_of_another_unit_is_no_group_here(house: World) -> None:
    person = db.session.get_one(Person, house.lan)
    with pytest.raises(actions.GroupElsewhere), writing():
        actions.join(None, db.session.get_one(Person, house.son), make.unit("BTX"), clock.today(), make.unit("MSH3"))
    with pytest.raises(actions.GroupElsewhere), writing():
        actions.join(None, person, make.unit("MSH"), clock.today(), make.unit("MSH"))
    with writing():
        actions.join(None, db.session.get_one(Person, house.lan), make.unit("MSH"), clock.today(), make.unit("MSH3"))
    assert {held.group_id for held in queries.memberships_of(house.lan, clock.today())} == {
        None,
        make.unit("MSH3").id,
    }


def test_of_two_joins_at_once_both_hold_and_one_code_is_drawn(world: World) -> None:
    with world.app.app_context(), writing():
        person = actions.add_person(None, "Người Mới").id

    def join(unit: str) -> Callable[[], str]:
        def go() -> str:
            with writing():
                return actions.join(None, db.session.get_one(Person, person), make.unit(unit), clock.today())

        return go

    found = at_once(world.app, join("MSH"), join("BTX"), join("MSH"))
    codes = [code for code in found if isinstance(code, str)]
    assert len(codes) == 2, found
    assert len(set(codes)) == 1
    assert [type(each) for each in found if not isinstance(each, str)] == [actions.AlreadyMember]


def test_a_second_code_for_a_person_is_refused_by_the_database(house: World) -> None:
    with pytest.raises(sa.exc.IntegrityError), writing() as session:
        session.add(SignInName(kind="code", folded="BTX-0777-1", person_id=house.hoa))


def move_all(house: World, old: str, new: str) -> None:
    for row in queries.members(make.unit(old).id, clock.today()).items:
        actions.leave(None, row.person_id, make.unit(old), clock.today())
        actions.join(None, db.session.get_one(Person, row.person_id), make.unit(new), clock.today())


def test_a_unit_closes_only_when_nobody_belongs_to_it_or_works_for_it(house: World) -> None:
    today = clock.today()
    for code in ("MSH3", "BTX"):
        with pytest.raises(actions.StillPeopled, match=code), writing():
            units.close(None, make.unit(code), today)
    with writing():
        move_all(house, "BTX", "MSH")
    with pytest.raises(actions.StillPeopled, match="0 đoàn viên và 2 nhiệm vụ"), writing():
        units.close(None, make.unit("BTX"), today)
    with writing():
        for who in (house.cuc, house.yen):
            actions.revoke(None, who, make.unit("BTX"), "officer", today)
        units.close(None, make.unit("BTX"), today, make.unit("MSH"))
    assert make.unit("BTX").closed == today


def test_a_role_that_will_begin_keeps_its_unit_open(house: World) -> None:
    today = clock.today()
    with writing():
        fresh = units.open_unit(None, "X1", "CĐCS Mới", "grassroots", make.unit("Q1").id, START)
        actions.grant(None, house.hoa, fresh, "officer", today + 30 * DAY, "chair")
    with pytest.raises(actions.StillPeopled), writing():
        units.close(None, make.unit("X1"), today)


# --- roles -------------------------------------------------------------------------------------------------------


def test_nobody_grants_a_role_to_themselves(house: World) -> None:
    with pytest.raises(actions.OwnRole), writing():
        actions.grant(house.huy, house.huy, make.unit("Q1"), "officer", START, "chair")
    assert not queries.actor_for(house.huy).holds("officer")


def test_a_role_holds_from_its_day_to_its_day_and_in_its_unit_only(house: World) -> None:
    with writing():
        actions.grant(house.huy, house.hoa, make.unit("MSH"), "officer", clock.today(), "committee")
    assert queries.actor_for(house.hoa).units_as("officer") == {make.unit("MSH").id}
    with writing():
        actions.revoke(house.huy, house.hoa, make.unit("MSH"), "officer", clock.today() + 10 * DAY)
    assert len(queries.roles_of(house.hoa, clock.today() + 9 * DAY)) == 1
    assert queries.roles_of(house.hoa, clock.today() + 10 * DAY) == ()
    assert queries.roles_of(house.hoa, clock.today() - DAY) == ()


def test_a_role_given_again_changes_the_duty_and_makes_no_second_row(house: World) -> None:
    with writing():
        actions.grant(house.huy, house.hanh, make.unit("MSH"), "officer", clock.today(), "chair")
    rows = db.session.scalars(sa.select(Role).where(Role.person_id == house.hanh)).all()
    assert [row.duty for row in rows] == ["chair"]


@pytest.mark.parametrize(
    ("role", "duty"), [("officer", None), ("officer", "king"), ("editor", "chair"), ("admin", "committee")]
)
def test_an_officer_has_a_duty_and_nobody_else(house: World, role: rules.RoleName, duty: str | None) -> None:
    with pytest.raises(rules.WrongDuty), writing():
        actions.grant(house.huy, house.hoa, make.unit("MSH"), role, START, duty)


def trail() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(AuditLine)) or 0


def test_what_is_not_held_is_not_revoked_and_ends_nothing(house: World) -> None:
    token, before = signed_in(house.hoa), trail()
    with writing():
        actions.revoke(house.huy, house.hoa, make.unit("MSH"), "officer", clock.today())
    assert alive(token)
    assert trail() == before


def test_the_same_grant_twice_is_one(house: World) -> None:
    def grant() -> None:
        with writing():
            actions.grant(house.huy, house.hoa, make.unit("MSH"), "officer", clock.today(), "committee")

    grant()
    token, before = signed_in(house.hoa), trail()
    grant()
    assert alive(token)
    assert trail() == before


def test_a_role_revoked_before_it_begins_never_holds(house: World) -> None:
    later = clock.today() + 30 * DAY
    with writing():
        actions.grant(house.huy, house.hoa, make.unit("MSH"), "officer", later, "committee")
    assert "Nguyễn Thị Hòa" in held_in("MSH")
    with writing():
        actions.revoke(house.huy, house.hoa, make.unit("MSH"), "officer", clock.today())
    for day in (clock.today(), later, later + DAY):
        assert queries.roles_of(house.hoa, day) == ()
    assert "Nguyễn Thị Hòa" not in held_in("MSH")


def held_in(code: str) -> dict[str, queries.RoleInUnit]:
    return {role.name: role for role in queries.roles_in(make.unit(code).id, clock.today())}


def test_what_is_held_in_a_unit_is_told_with_the_day_and_who_granted_it(house: World) -> None:
    with writing():
        actions.grant(house.huy, house.hoa, make.unit("MSH"), "editor", clock.today())
        actions.revoke(None, house.tuan, make.unit("MSH"), "officer", clock.today())
    held = held_in("MSH")
    assert list(held) == ["Phạm Thị Thu", "Trần Thị Mỹ Hạnh", "Nguyễn Thị Hòa"]
    assert [role.words for role in held.values()] == ["Chủ tịch", "Ủy viên BCH", "Biên soạn nội dung"]
    assert (held["Nguyễn Thị Hòa"].since, held["Nguyễn Thị Hòa"].granted_by) == (clock.today(), "Lý Gia Huy")
    assert (held["Phạm Thị Thu"].since, held["Phạm Thị Thu"].granted_by) == (START, "")


def test_officers_stand_with_the_chair_first(house: World) -> None:
    officers = queries.officers_of(make.unit("MSH").id, clock.today())
    assert [officer.person_id for officer in officers] == [house.thu, house.tuan, house.hanh]


def test_a_grant_is_on_the_trail_with_codes_and_no_names(house: World) -> None:
    with writing():
        actions.grant(house.huy, house.hoa, make.unit("MSH"), "officer", START, "committee")
    row = db.session.scalars(sa.select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert row is not None
    assert (row.actor, row.verb, row.subject) == (house.huy, "role.grant", str(house.hoa))
    assert row.facts == {"unit": "MSH", "role": "officer", "duty": "committee"}


def test_no_line_of_the_trail_holds_a_name_or_a_number_of_a_person(house: World) -> None:
    lines = " ".join(f"{row.subject} {row.facts}" for row in db.session.scalars(sa.select(AuditLine)))
    names = db.session.scalars(sa.select(Person.name)).all()
    numbers = db.session.scalars(sa.select(SignInName.folded)).all()
    assert len(lines) > 1000
    assert not [secret for secret in [*names, *numbers] if secret in lines]


# --- slips and resets --------------------------------------------------------------------------------------------


def slip(person: UUID) -> str:
    with writing():
        return actions.make_slip(None, person)


def use(kind: str, code: str, person: UUID) -> None:
    fresh = passwords.hashed("một mật khẩu mới")
    with writing():
        actions.use_code(kind, code, person, fresh)


def test_a_slip_is_long_random_and_kept_only_as_a_keyed_hash(house: World) -> None:
    codes = {slip(person) for person in (house.hoa, house.bich, house.lan) for _ in range(20)}
    assert len(codes) == 60
    for code in codes:
        assert len(code) == 16
        assert set(code) <= set("ABCDEFGHJKMNPQRSTUVWXYZ23456789")
    kept = " ".join(db.session.scalars(sa.select(Activation.code_hash)))
    assert not any(code in kept for code in codes)


def test_a_slip_is_read_however_it_is_typed(house: World) -> None:
    code = slip(house.hoa)
    dashed = "-".join(code[i : i + 4] for i in range(0, 16, 4))
    for typed in (code, code.lower(), dashed, f" {dashed.lower()} "):
        assert actions.person_of_slip(typed) == house.hoa


def test_a_new_slip_ends_the_old_one(house: World) -> None:
    old, new = slip(house.hoa), slip(house.hoa)
    assert actions.person_of_slip(old) is None
    assert actions.person_of_slip(new) == house.hoa


def asked(house: World, kind: str, form: str, person: UUID | None = None) -> str:
    person = person or house.hoa
    with writing():
        if kind == "slip":
            return actions.make_slip(house.hanh, person, form)
        return actions.make_reset(queries.actor_for(house.hanh), person, [0], form)


KINDS = ["slip", "reset"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_sent_twice_has_one_code_and_one_line_on_the_trail(house: World, kind: str) -> None:
    code, lines = asked(house, kind, "form 1"), trail()
    assert asked(house, kind, "form 1") == code
    assert trail() == lines
    assert len({code, asked(house, kind, "form 2"), asked(house, kind, "form 2", house.bich)}) == 3
    kept = db.session.scalars(sa.select(Activation.code_hash)).all()
    assert not any(code in each for each in kept)


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_sent_again_wins_no_time(house: World, kind: str) -> None:
    asked(house, kind, "form 1")
    ends = queries.code_ends(house.hoa, kind)
    with clock.shifted(timedelta(minutes=10)):
        asked(house, kind, "form 1")
    assert queries.code_ends(house.hoa, kind) == ends


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["used", "too old", "replaced", "tidied"])
def test_a_code_that_is_over_does_not_come_back_with_its_form(house: World, kind: str, how: str) -> None:
    code = asked(house, kind, "form 1")
    later = timedelta()
    if how == "used":
        use(kind, code, house.hoa)
    elif how == "replaced":
        asked(house, kind, "form 2")
    else:
        later = (rules.ACTIVATION_LIFE if kind == "slip" else rules.RESET_LIFE) + timedelta(minutes=1)
    with clock.shifted(later):
        if how == "tidied":
            with writing():
                actions.tidy()
        with pytest.raises(actions.CodeSpent):
            asked(house, kind, "form 1")
        with pytest.raises(actions.CodeUsed):
            use(kind, code, house.hoa)


def test_of_two_who_send_the_same_form_at_once_both_see_the_code(world: World) -> None:
    def ask() -> str:
        actor = queries.actor_for(world.hanh)
        with writing():
            return actions.make_reset(actor, world.hoa, [0], "form 1")

    found = at_once(world.app, *[ask] * 6)
    assert len(set(found)) == 1, found
    with world.app.app_context():
        use("reset", found[0], world.hoa)


def test_codes_that_nobody_used_are_forgotten_after_a_day(house: World) -> None:
    asked(house, "reset", "form 1")
    with clock.shifted(DAY + rules.RESET_LIFE + timedelta(minutes=1)), writing():
        actions.tidy()
    assert db.session.scalars(sa.select(Activation)).all() == []


@pytest.mark.parametrize(("kind", "life"), [("slip", 30 * DAY), ("reset", timedelta(minutes=15))])
def test_a_code_works_once_and_for_its_time(house: World, kind: str, life: timedelta) -> None:
    def make_code() -> str:
        with writing():
            return actions.make_slip(None, house.hoa) if kind == "slip" else actions.make_reset(None, house.hoa, [])

    code = make_code()
    with clock.shifted(life + timedelta(seconds=1)), pytest.raises(actions.CodeUsed):
        use(kind, code, house.hoa)
    with clock.shifted(life - timedelta(minutes=1)):
        use(kind, code, house.hoa)
    with pytest.raises(actions.CodeUsed):
        use(kind, code, house.hoa)


def test_a_code_works_for_its_person_and_its_purpose_only(house: World) -> None:
    code = slip(house.hoa)
    with writing():
        digits = actions.make_reset(None, house.hoa, [])
    for kind, typed, person in (
        ("slip", code, house.bich),
        ("reset", code, house.hoa),
        ("reset", digits, house.bich),
        ("slip", digits, house.hoa),
    ):
        with pytest.raises(actions.CodeUsed):
            use(kind, typed, person)
    assert db.session.get_one(Account, house.hoa).password_hash == make.hashed()
    use("reset", digits, house.hoa)
    assert db.session.get_one(Account, house.hoa).password_hash != make.hashed()


def reset(by: UUID, person: UUID, unit: str) -> str:
    actor = queries.actor_for(by)
    levels = queries.levels_above(actor, make.unit(unit).id, clock.today())
    with writing():
        return actions.make_reset(actor, person, levels)


def test_an_officer_reads_out_six_digits_for_a_member(house: World) -> None:
    code = reset(house.hanh, house.hoa, "MSH")
    assert len(code) == 6
    assert code.isdigit()
    use("reset", code, house.hoa)


def test_an_officer_does_not_reset_an_officer_of_the_same_unit(house: World) -> None:
    for person in (house.thu, house.tuan):
        with pytest.raises(actions.ResetOneLevelUp):
            reset(house.hanh, person, "MSH")


def test_nobody_resets_themselves(house: World) -> None:
    with pytest.raises(actions.ResetOneLevelUp):
        reset(house.hanh, house.hanh, "MSH")


def test_a_role_holder_is_reset_from_the_level_above(house: World) -> None:
    assert reset(house.minh, house.thu, "MSH")
    assert reset(house.huy, house.thu, "MSH")


def test_somebody_elsewhere_resets_nobody_here(house: World) -> None:
    for by in (house.cuc, house.phu, house.van):
        for person in (house.hoa, house.thu):
            with pytest.raises(actions.ResetOneLevelUp):
                reset(by, person, "MSH")


def test_an_officer_does_not_reset_a_colleague_by_way_of_the_unit_below_where_that_one_serves_too(house: World) -> None:
    """Else a committee member of the federation could become its administrator."""
    with writing():
        actions.grant(None, house.huy, make.unit("MSH"), "officer", START, "committee")
    with pytest.raises(actions.ResetOneLevelUp):
        reset(house.minh, house.huy, "MSH")


def test_a_first_slip_is_for_who_has_not_been_in(house: World) -> None:
    actor = queries.actor_for(house.hanh)
    with pytest.raises(actions.AlreadyIn), writing():
        actions.make_first_slip(actor, house.hoa, [0])
    with writing() as session:
        session.execute(sa.update(Account).values(password_hash=None))
    with writing():
        assert len(actions.make_first_slip(actor, house.hoa, [0])) == 16
    with pytest.raises(actions.ResetOneLevelUp), writing():
        actions.make_first_slip(actor, house.thu, [0])


def test_the_last_door_makes_a_slip_for_whoever_is_named(house: World) -> None:
    runner = house.app.test_cli_runner()
    made = runner.invoke(args=["accounts", "reset", queries.member_code_of(house.huy) or ""])
    assert made.exit_code == 0
    code = made.output.split("/kich-hoat/")[1].split()[0]
    assert actions.person_of_slip(code) == house.huy
    nobody = runner.invoke(args=["accounts", "reset", "MSH-9999-1"])
    assert nobody.exit_code != 0


def told(person: UUID) -> bool:
    return queries.unseen_reset(person) is not None


def test_a_slip_that_replaced_a_password_is_told_like_a_reset(house: World) -> None:
    use("slip", slip(house.hoa), house.hoa)
    assert told(house.hoa)
    with writing():
        actions.acknowledge_reset(house.hoa)
    assert not told(house.hoa)


def test_a_first_password_is_no_news_to_who_set_it(house: World) -> None:
    code = slip(house.hoa)
    with writing() as session:
        session.execute(sa.update(Account).where(Account.person_id == house.hoa).values(password_hash=None))
    use("slip", code, house.hoa)
    assert not told(house.hoa)


# --- sessions ----------------------------------------------------------------------------------------------------


def signed_in(person: UUID) -> str:
    with writing():
        return actions.open_session(person, actions.Attempt("x", "d" * 30), "Chrome, máy thử")


def alive(token: str, after: timedelta = timedelta()) -> bool:
    with clock.shifted(after):
        return queries.actor_of_session(token, clock.now()) is not None


def touch(token: str, person: UUID, after: timedelta) -> None:
    with clock.shifted(after), writing():
        row = db.session.get_one(SignInSession, queries.token_hash(token))
        actions.touch_session(row.id, row.made, bool(queries.roles_of(person, clock.today())))


@pytest.mark.parametrize(("who", "idle", "absolute"), [("hoa", 30, 180), ("hanh", 7, 30)])
def test_a_session_ends_when_idle_and_when_old(house: World, who: str, idle: int, absolute: int) -> None:
    person = getattr(house, who)
    token = signed_in(person)
    assert alive(token, idle * DAY - timedelta(minutes=1))
    assert not alive(token, idle * DAY + timedelta(minutes=1))
    for day in range(idle - 1, absolute, idle - 1):
        touch(token, person, day * DAY)
    assert alive(token, absolute * DAY - timedelta(minutes=1))
    assert not alive(token, absolute * DAY + timedelta(minutes=1))


def test_a_session_that_ended_is_not_woken_by_a_touch(house: World) -> None:
    token = signed_in(house.hoa)
    assert not alive(token, 31 * DAY)


def seen(token: str) -> object:
    rows = queries.sessions_of(queries.actor_of_session(token, clock.now()).person_id, clock.now())  # type: ignore[union-attr]
    return next(row.seen for row in rows if row.id == queries.token_hash(token))


def test_a_session_is_noted_at_most_once_a_minute(house: World) -> None:
    token = signed_in(house.hoa)
    first = seen(token)
    touch(token, house.hoa, timedelta(seconds=50))
    assert seen(token) == first
    touch(token, house.hoa, timedelta(seconds=70))
    assert seen(token) != first


def test_a_touch_needs_no_question_before_it(house: World) -> None:
    token = signed_in(house.hoa)
    row = db.session.get_one(SignInSession, queries.token_hash(token))
    made, said = row.made, []

    def hear(*args: Any) -> None:
        said.append(args[2].split()[0])

    sa.event.listen(db.engine, "before_cursor_execute", hear)
    with clock.shifted(DAY), writing():
        actions.touch_session(queries.token_hash(token), made, False)
    sa.event.remove(db.engine, "before_cursor_execute", hear)
    assert [word for word in said if word in ("SELECT", "UPDATE")] == ["UPDATE"]


def test_a_touch_wakes_no_session_that_has_run_out(house: World) -> None:
    token = signed_in(house.hoa)
    touch(token, house.hoa, 31 * DAY)
    assert not alive(token, 31 * DAY)


def in_browser(person: UUID, device: str, before: str = "") -> str:
    with writing():
        return actions.open_session(person, actions.Attempt("x", device * 30), "Chrome, máy thử", before)


def test_a_session_is_renewed_at_sign_in(house: World) -> None:
    """One browser, one session of a person; what another browser holds stays."""
    old, other = in_browser(house.hoa, "a"), in_browser(house.hoa, "b")
    new = in_browser(house.hoa, "a", before=old)
    assert [alive(token) for token in (old, other, new)] == [False, True, True]
    new = in_browser(house.hoa, "a")
    assert len(queries.sessions_of(house.hoa, clock.now())) == 2


def test_who_signs_in_takes_over_the_browser_of_who_was_in(house: World) -> None:
    bich, elsewhere = in_browser(house.bich, "a"), in_browser(house.bich, "b")
    hoa = in_browser(house.hoa, "a", before=bich)
    assert [alive(token) for token in (bich, elsewhere, hoa)] == [False, True, True]
    ended = db.session.scalars(sa.select(AuditLine.subject).where(AuditLine.verb == "session.end")).all()
    assert ended == [str(house.bich)]


def test_nobody_ends_what_is_not_theirs_or_not_there(house: World) -> None:
    token = signed_in(house.hoa)
    for session_id in (queries.token_hash(token), "0" * 64):
        with pytest.raises(NotThere), writing():
            actions.end_session(house.bich, session_id)
    assert alive(token)


def test_a_token_is_kept_only_as_a_hash(house: World) -> None:
    token = signed_in(house.hoa)
    ids = [row.id for row in queries.sessions_of(house.hoa, clock.now())]
    assert ids == [queries.token_hash(token)]
    assert len(token) >= 43


@pytest.mark.parametrize("change", ["grant", "revoke", "password", "code"])
def test_every_session_ends_with_a_change_of_role_or_password(house: World, change: str) -> None:
    tokens = [in_browser(house.hanh, device) for device in "ab"]
    other = signed_in(house.hoa)
    code = slip(house.hanh)
    with writing():
        if change == "grant":
            actions.grant(None, house.hanh, make.unit("MSH"), "editor", START)
        elif change == "revoke":
            actions.revoke(None, house.hanh, make.unit("MSH"), "officer", clock.today())
        elif change == "password":
            actions.change_password(house.hanh, make.hashed())
        else:
            actions.use_code("slip", code, house.hanh, make.hashed())
    assert not any(alive(token) for token in tokens)
    assert alive(other)


def test_a_closed_person_has_no_session(house: World) -> None:
    token = signed_in(house.hoa)
    with writing() as session:
        session.execute(sa.update(Person).where(Person.id == house.hoa).values(state="closed"))
    assert not alive(token)


# --- passwords ---------------------------------------------------------------------------------------------------


def test_a_password_is_hashed_with_argon2id_as_owasp_asks(house: World) -> None:
    kept = passwords.hashed("bốn từ ghép lại")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(kept, "bốn từ ghép lại")
    assert not passwords.matches(kept, "bốn từ ghép lai")
    assert not passwords.outdated(kept)


def test_a_password_matches_however_the_keyboard_encodes_it() -> None:
    import unicodedata

    kept = passwords.hashed(unicodedata.normalize("NFD", "mật khẩu"))
    assert passwords.matches(kept, unicodedata.normalize("NFC", "mật khẩu"))


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_no_password_matches_where_there_is_none(kept: str | None) -> None:
    assert not passwords.matches(kept, "không ai cả")
    assert not passwords.matches(kept, "")


def test_reset_levels_are_counted_along_the_tree(house: World) -> None:
    def levels(who: UUID, unit: str) -> list[int]:
        return queries.levels_above(queries.actor_for(who), make.unit(unit).id, clock.today())

    assert levels(house.minh, "MSH") == [1]
    assert levels(house.minh, "MSH3") == [2]
    assert levels(house.hanh, "MSH") == [0]
    assert levels(house.hanh, "Q1") == []
    assert levels(house.phu, "MSH") == []
    assert rules.may_reset(levels(house.minh, "MSH"), True)
