"""Persons, memberships, roles and codes in the database."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import clock, text
from app.accounts import actions, passwords, queries, rules
from app.accounts.models import Account, Activation, Membership, Person, Role, SignInName
from app.audit import AuditLine
from app.db import db, writing
from app.refusal import NotThere
from tests import make
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
        assert (house.hoa in {row.person_id for row in queries.members(unit, day)}) is member


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
    names = [row.name for row in queries.members(make.unit("MSH").id, clock.today())]
    assert names == ["Lê Thị Bích", "Trần Thị Mỹ Hạnh", "Nguyễn Thị Hòa", "Phạm Thị Thu", "Lê Văn Tuấn"]


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


# --- sessions ----------------------------------------------------------------------------------------------------


def signed_in(person: UUID) -> str:
    with writing():
        return actions.open_session(person, actions.Attempt("x", "d" * 30), "Chrome, máy thử")


def alive(token: str, after: timedelta = timedelta()) -> bool:
    with clock.shifted(after):
        return queries.actor_of_session(token, clock.now()) is not None


def touch(token: str, person: UUID, after: timedelta) -> None:
    with clock.shifted(after), writing():
        actions.touch_session(queries.token_hash(token), bool(queries.roles_of(person, clock.today())))


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


def test_a_token_is_kept_only_as_a_hash(house: World) -> None:
    token = signed_in(house.hoa)
    ids = [row.id for row in queries.sessions_of(house.hoa, clock.now())]
    assert ids == [queries.token_hash(token)]
    assert len(token) >= 43


@pytest.mark.parametrize("change", ["grant", "revoke", "password", "code"])
def test_every_session_ends_with_a_change_of_role_or_password(house: World, change: str) -> None:
    tokens = [signed_in(house.hanh) for _ in range(2)]
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
