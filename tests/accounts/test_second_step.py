"""The second step: set up by its person, asked for after every password, no code twice, nobody locked out for good."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock, sealed
from app.accounts import actions, queries
from app.accounts.models import RecoveryCode, SecondStep
from app.accounts.rules import second_step as rules
from app.audit import AuditLine
from app.db import db, writing
from tests import make
from tests.world import World

OWN = "/toi/xac-thuc-hai-lop"
ENTER = "/dang-nhap/ma"
AT = datetime(2020, 5, 12, 1, 0, 7, tzinfo=UTC)
RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the secret of RFC 6238, appendix B


# --- rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert rules.code_at(RFC, second // rules.PERIOD) == code


@pytest.mark.parametrize(("off", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_early_or_late_by_one_period(off: int, right: bool) -> None:
    period = rules.period_of(AT)
    found = rules.accepted_period(RFC, rules.code_at(RFC, period + off), AT, after=0)
    assert found == (period + off if right else None)


def test_a_code_does_not_count_after_it_or_a_later_one_was_used() -> None:
    period = rules.period_of(AT)
    code = rules.code_at(RFC, period)
    assert rules.accepted_period(RFC, code, AT, after=period) is None
    assert rules.accepted_period(RFC, rules.code_at(RFC, period - 1), AT, after=period) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "٣٤٥٦٧٨", "abcdef"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert rules.accepted_period(RFC, typed, AT, after=0) is None


def test_a_code_may_be_typed_with_spaces() -> None:
    code = rules.code_at(RFC, rules.period_of(AT))
    assert rules.accepted_period(RFC, f" {code[:3]} {code[3:]} ", AT, after=0)


# --- helpers of these tests ---------------------------------------------------------------------------------------


def secret_of(w: World, who: UUID) -> str:
    with w.app.app_context():
        found = actions.secret_of(who)
        db.session.rollback()
        assert found is not None
        return found.plain


def code_for(w: World, who: UUID, later: int = 0) -> str:
    """What the telephone shows now, or so many seconds later."""
    return pyotp.TOTP(secret_of(w, who)).at(clock.now() + timedelta(seconds=later))


def begin(client: FlaskClient, password: str = make.PASSWORD) -> TestResponse:
    return make.post(client, OWN, {"present": password}, form_on=OWN)


def turn_on(w: World, who: UUID) -> list[str]:
    """Its recovery codes; the code of this period is used up then."""
    client = make.sign_in(w.app, who)
    begin(client)
    page = make.post(client, f"{OWN}/xac-nhan", {"typed": code_for(w, who), "form_id": "f" * 20}, form_on=OWN)
    assert page.status_code == 200, page.text
    return told(page)


def told(page: TestResponse) -> list[str]:
    return re.findall(r"<li>([A-Z0-9]{5}.[A-Z0-9]{5})</li>", page.text)


def password_of(w: World, client: FlaskClient, who: UUID, **more: str) -> TestResponse:
    data = {"name": make.code_of(w.app, who), "password": make.PASSWORD, **more}
    return make.post(client, "/dang-nhap", data, form_on="/dang-nhap")


def type_code(client: FlaskClient, typed: str) -> TestResponse:
    return make.post(client, ENTER, {"typed": typed}, form_on=ENTER)


def is_in(client: FlaskClient) -> bool:
    return client.get("/toi").status_code == 200


def is_on(w: World, who: UUID) -> bool:
    with w.app.app_context():
        found = queries.has_second_step(who)
        db.session.rollback()
        return found


PERIOD = timedelta(seconds=rules.PERIOD)


# --- setting up ---------------------------------------------------------------------------------------------------


def test_nothing_counts_before_a_code_has_confirmed_it(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    assert begin(client).status_code == 303
    page = client.get(OWN).text
    assert secret_of(world, world.huy)[:4] in page
    assert "<svg" in page
    assert not is_on(world, world.huy)
    assert is_in(make.sign_in(world.app, world.huy))


def test_a_double_submit_does_not_change_the_secret(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    begin(client)
    before = secret_of(world, world.huy)
    begin(client)
    assert secret_of(world, world.huy) == before


def test_a_secret_that_nobody_confirmed_in_an_hour_is_shown_no_more_and_gives_way(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    begin(client)
    before = secret_of(world, world.huy)
    with clock.shifted(rules.SETUP_LIFE):
        assert rules.grouped(before, 4) not in client.get(OWN).text
        begin(client)
        assert secret_of(world, world.huy) != before


def test_whoever_found_the_screen_unlocked_sets_nothing_up(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    assert begin(client, "không phải mật khẩu").status_code == 400
    with world.app.app_context():
        assert queries.standing_step(world.huy) is None


def test_a_wrong_code_turns_nothing_on_and_keeps_the_secret(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    begin(client)
    before = secret_of(world, world.huy)
    page = make.post(client, f"{OWN}/xac-nhan", {"typed": "000000", "form_id": "f" * 20}, form_on=OWN)
    assert page.status_code == 400
    assert not is_on(world, world.huy)
    assert secret_of(world, world.huy) == before


def test_ten_recovery_codes_are_told_once_and_kept_as_hashes(world: World) -> None:
    codes = turn_on(world, world.huy)
    assert len(set(codes)) == 10
    with world.app.app_context():
        kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
        assert len(kept) == 10
        assert not {code.replace("\u00a0", "").replace(" ", "") for code in codes} & set(kept)


def test_a_second_click_on_confirming_tells_the_same_codes(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    begin(client)
    data = {"typed": code_for(world, world.huy), "form_id": "f" * 20}
    pages = [make.post(client, f"{OWN}/xac-nhan", data, form_on=OWN) for _ in range(2)]
    assert told(pages[0]) == told(pages[1]) != []
    with world.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 10


def test_the_secret_is_sealed_with_its_persons_key(world: World) -> None:
    turn_on(world, world.huy)
    plain = secret_of(world, world.huy)
    with world.app.app_context():
        value = db.session.scalars(sa.select(SecondStep.sealed_secret)).one()
        assert value is not None
        assert plain.encode() not in value
        assert value[1:17] == world.huy.bytes
        assert [place.column for place, _ in sealed.each_sealed()] == ["sealed_secret"]


def test_who_holds_no_role_is_not_asked_to_have_one(world: World) -> None:
    assert begin(make.sign_in(world.app, world.hoa)).status_code == 403
    assert OWN not in make.sign_in(world.app, world.hoa).get("/toi").text


def test_giving_up_half_way_leaves_nothing(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    begin(client)
    make.post(client, f"{OWN}/thoi", form_on=OWN)
    with world.app.app_context():
        assert queries.standing_step(world.huy) is None


# --- signing in ---------------------------------------------------------------------------------------------------


def test_after_the_password_a_code_is_asked_and_until_then_no_page_opens(world: World) -> None:
    turn_on(world, world.huy)
    client = world.app.test_client()
    answer = password_of(world, client, world.huy, tiep="/hoc")
    assert answer.headers["Location"].endswith(ENTER)
    assert not is_in(client)
    answer = type_code(client, code_for(world, world.huy, later=30))
    assert answer.headers["Location"].endswith("/hoc")
    assert is_in(client)


def test_a_known_device_is_asked_too(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    begin(client)
    make.post(client, f"{OWN}/xac-nhan", {"typed": code_for(world, world.huy), "form_id": "f" * 20}, form_on=OWN)
    make.post(client, "/thoat")
    assert password_of(world, client, world.huy).headers["Location"].endswith(ENTER)


def test_a_code_lets_nobody_in_twice(world: World) -> None:
    turn_on(world, world.huy)
    with clock.shifted(PERIOD * 2):
        code = code_for(world, world.huy)
        first, second = world.app.test_client(), world.app.test_client()
        for client in (first, second):
            password_of(world, client, world.huy)
        assert type_code(first, code).status_code == 303
        assert type_code(second, code).status_code == 400
        assert not is_in(second)


def test_the_code_that_confirmed_the_set_up_lets_nobody_in(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    begin(client)
    code = code_for(world, world.huy)
    make.post(client, f"{OWN}/xac-nhan", {"typed": code, "form_id": "f" * 20}, form_on=OWN)
    stranger = world.app.test_client()
    password_of(world, stranger, world.huy)
    assert type_code(stranger, code).status_code == 400


def test_a_double_click_on_the_code_lets_in(world: World) -> None:
    turn_on(world, world.huy)
    with clock.shifted(PERIOD * 2):
        client = world.app.test_client()
        password_of(world, client, world.huy)
        data = {"csrf_token": make.token(client, ENTER), "typed": code_for(world, world.huy)}
        cookie = client.get_cookie("lamtheo")
        assert cookie is not None
        assert client.post(ENTER, data=data).status_code == 303
        client.set_cookie("lamtheo", cookie.value)  # the second click left before the first answer came
        assert client.post(ENTER, data=data).status_code == 303
        assert is_in(client)


def test_an_old_code_is_refused_and_the_next_one_counts(world: World) -> None:
    turn_on(world, world.huy)
    old = code_for(world, world.huy, later=30)
    with clock.shifted(PERIOD * 4):
        client = world.app.test_client()
        password_of(world, client, world.huy)
        assert type_code(client, old).status_code == 400
        assert type_code(client, code_for(world, world.huy)).status_code == 303


def test_a_recovery_code_lets_in_once(world: World) -> None:
    codes = turn_on(world, world.huy)
    first, second = world.app.test_client(), world.app.test_client()
    for client in (first, second):
        password_of(world, client, world.huy)
    assert type_code(first, codes[0].lower()).status_code == 303
    assert type_code(second, codes[0]).status_code == 400
    assert type_code(second, codes[1]).status_code == 303


def test_trying_out_codes_makes_one_wait_longer_and_longer_and_the_password_forgets_none_of_it(world: World) -> None:
    turn_on(world, world.huy)
    stranger = world.app.test_client()
    password_of(world, stranger, world.huy)
    answers = [type_code(stranger, f"{n:06}").status_code for n in range(6)]
    assert answers[:4] == [400] * 4
    assert answers[4:] == [429, 429]
    password_of(world, stranger, world.huy)
    with clock.shifted(timedelta(seconds=1)):
        assert type_code(stranger, code_for(world, world.huy, later=30)).status_code == 429
    with clock.shifted(timedelta(seconds=8)):
        assert type_code(stranger, code_for(world, world.huy, later=30)).status_code == 303


def test_a_browser_known_for_the_person_does_not_wait_for_strangers_tries(world: World) -> None:
    known = make.sign_in(world.app, world.huy)
    turn_on(world, world.huy)
    stranger = world.app.test_client()
    password_of(world, stranger, world.huy)
    for n in range(6):
        type_code(stranger, f"{n:06}")
    make.post(known, "/thoat")
    password_of(world, known, world.huy)
    assert type_code(known, code_for(world, world.huy, later=30)).status_code == 303


def test_half_way_ends_after_ten_minutes_and_with_another_password(world: World) -> None:
    turn_on(world, world.huy)
    client = world.app.test_client()
    password_of(world, client, world.huy)
    with clock.shifted(rules.HALFWAY_LIFE + timedelta(seconds=1)):
        assert client.get(ENTER).headers["Location"].endswith("/dang-nhap")
    with world.app.app_context(), writing():
        actions.change_password(world.huy, make.hashed())
    assert client.get(ENTER).headers["Location"].endswith("/dang-nhap")


def test_a_reset_of_the_password_does_not_go_round_it(world: World) -> None:
    turn_on(world, world.tuan)
    with world.app.app_context(), writing():
        digits = actions.make_reset(None, world.tuan, [])
    client = world.app.test_client()
    data = {"name": make.code_of(world.app, world.tuan), "code": digits, "password": "một câu ngắn của riêng tôi"}
    answer = make.post(client, "/quen-mat-khau", data, form_on="/quen-mat-khau")
    assert answer.headers["Location"].endswith(ENTER)
    assert not is_in(client)


def test_nobody_half_way_is_sent_to_the_start(world: World) -> None:
    client = world.app.test_client()
    assert client.get(ENTER).headers["Location"].endswith("/dang-nhap")


# --- off ----------------------------------------------------------------------------------------------------------


def test_its_person_turns_it_off_with_a_code_and_a_second_click_does_no_harm(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    codes = turn_on(world, world.huy)
    password_of(world, client, world.huy)
    type_code(client, codes[0])
    assert make.post(client, f"{OWN}/tat", {"typed": "000000"}, form_on=OWN).status_code == 400
    assert is_on(world, world.huy)
    for _ in range(2):
        assert make.post(client, f"{OWN}/tat", {"typed": codes[1]}, form_on=OWN).status_code == 303
    assert not is_on(world, world.huy)
    assert "đã được tắt" not in client.get("/").text
    with world.app.app_context():
        assert db.session.scalars(sa.select(SecondStep.sealed_secret)).one() is None


def test_new_recovery_codes_end_the_old_ones(world: World) -> None:
    client = make.sign_in(world.app, world.huy)
    old = turn_on(world, world.huy)
    password_of(world, client, world.huy)
    type_code(client, old[0])
    page = make.post(client, f"{OWN}/ma-du-phong", {"typed": old[1], "form_id": "g" * 20}, form_on=OWN)
    new = told(page)
    assert len(set(new)) == 10
    assert not set(new) & set(old)
    other = world.app.test_client()
    password_of(world, other, world.huy)
    assert type_code(other, old[2]).status_code == 400
    assert type_code(other, new[0]).status_code == 303


def test_one_level_up_takes_it_off_and_the_person_is_told_until_they_say_so(world: World) -> None:
    turn_on(world, world.tuan)
    path = f"/don-vi/MSH/can-bo/{make.code_of(world.app, world.tuan)}/hai-lop/tat"
    assert make.post(make.sign_in(world.app, world.hanh), path).status_code == 403
    assert is_on(world, world.tuan)
    above = make.sign_in(world.app, world.huy)
    assert "Tắt xác thực hai lớp" in above.get("/don-vi/Q1/don-vi").text
    assert make.post(above, path).status_code == 303
    client = make.sign_in(world.app, world.tuan)
    assert "Lý Gia Huy" in client.get("/").text
    make.post(client, f"{OWN}/biet")
    assert "đã được tắt" not in client.get("/").text
    with world.app.app_context():
        line = db.session.scalars(sa.select(AuditLine).where(AuditLine.verb == "second_step.take_off")).one()
        assert (line.actor, line.subject) == (world.huy, str(world.tuan))


def test_nobody_takes_off_their_own_by_that_way(world: World) -> None:
    turn_on(world, world.huong)
    path = f"/don-vi/Q1/can-bo/{make.code_of(world.app, world.huong)}/hai-lop/tat"
    with world.app.app_context(), writing(), pytest.raises(actions.ResetOneLevelUp):
        actions.take_off(queries.actor_for(world.huong), world.huong)
    assert make.post(make.sign_in(world.app, world.minh), path).status_code == 403
    assert is_on(world, world.huong)


def test_for_the_last_administrator_the_server_does_it(world: World) -> None:
    turn_on(world, world.huy)
    ran = world.app.test_cli_runner().invoke(args=["accounts", "second-step-off", make.code_of(world.app, world.huy)])
    assert ran.exit_code == 0, ran.output
    assert not is_on(world, world.huy)
    assert "đã được tắt" in make.sign_in(world.app, world.huy).get("/").text


def test_an_administrator_without_one_is_reminded(world: World) -> None:
    assert OWN in make.sign_in(world.app, world.huy).get("/").text
    assert OWN not in make.sign_in(world.app, world.hanh).get("/").text


# --- asked of a role ----------------------------------------------------------------------------------------------


@pytest.fixture
def strict(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The settings ask it of administrators."""
    settings = replace(world.app.extensions["settings"], second_step_for=("admin",))
    monkeypatch.setitem(world.app.extensions, "settings", settings)
    return world


def test_where_it_is_asked_of_a_role_nothing_else_opens_before(strict: World) -> None:
    client = make.sign_in(strict.app, strict.huy)
    for path in ("/", "/toi", "/don-vi/Q1/don-vi"):
        assert client.get(path).headers["Location"].endswith(OWN)
    assert "yêu cầu" in client.get(OWN).text
    begin(client)
    make.post(client, f"{OWN}/xac-nhan", {"typed": code_for(strict, strict.huy), "form_id": "f" * 20}, form_on=OWN)
    assert client.get("/").status_code == 200


def test_who_holds_another_role_is_not_held_up(strict: World) -> None:
    assert make.sign_in(strict.app, strict.hanh).get("/").status_code == 200
    assert make.sign_in(strict.app, strict.hoa).get("/").status_code == 200
