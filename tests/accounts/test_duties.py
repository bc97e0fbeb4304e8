"""Duties come from the level right above: given by name and code, ended, taken back; their slips are printed there."""

import re
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from app import clock
from app.accounts import actions, queries
from app.accounts.models import Account, Person, Role
from app.audit import AuditLine
from app.db import db, writing
from tests import make
from tests.world import ROLES, World

PAGE = "/don-vi/MSH/nhiem-vu"
SLIPS = "/don-vi/Q1/don-vi/phieu"


def given(world: World, who: UUID, duty: str = "committee", **more: str) -> dict[str, str]:
    """The form as the letter of the unit has it."""
    fields = {"name": make.name_of(world.app, who), "member": make.code_of(world.app, who), "duty": duty}
    return fields | {"since": clock.short_date(day(world))} | more


def day(world: World) -> date:
    with world.app.app_context():
        return clock.today()


def held(world: World, code: str = "MSH", ahead: int = 0) -> dict[str, str]:
    """Who holds which duty, so many days from now."""
    with world.app.app_context():
        found = queries.officers_of(make.unit(code).id, clock.today() + timedelta(days=ahead))
        db.session.rollback()
        return {one.name: one.duty for one in found}


def verbs(world: World) -> list[str]:
    with world.app.app_context():
        found = list(db.session.scalars(sa.select(AuditLine.verb).order_by(AuditLine.id)))
        db.session.rollback()
        return found


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_the_level_above_gives_a_duty_once(world: World) -> None:
    minh = make.sign_in(world.app, world.minh)
    for _ in range(2):
        assert make.post(minh, PAGE, given(world, world.bich), form_on=PAGE).status_code == 303
    assert held(world)["Lê Thị Bích"] == "committee"
    assert verbs(world)[-1] == "role.grant"
    assert verbs(world).count("role.grant") == len(ROLES) + 1


def test_the_new_officer_reads_what_members_send_from_that_day(world: World) -> None:
    minh = make.sign_in(world.app, world.minh)
    later = clock.short_date(day(world) + timedelta(days=3))
    make.post(minh, PAGE, given(world, world.bich, since=later), form_on=PAGE)
    assert "Lê Thị Bích" not in held(world)
    assert "Lê Thị Bích" in held(world, ahead=3)
    assert "Lê Thị Bích" in plain(minh.get(PAGE).text)


@pytest.mark.parametrize(
    "wrong", [{"name": "Lê Thị Bình"}, {"member": "MSH-0001-7"}, {"member": "KHA-0001-1"}, {"member": "?"}]
)
def test_who_does_not_know_both_name_and_code_learns_nothing(world: World, wrong: dict[str, str]) -> None:
    minh = make.sign_in(world.app, world.minh)
    answer = make.post(minh, PAGE, given(world, world.bich, **wrong), form_on=PAGE)
    assert answer.status_code == 400
    assert "vừa mang tên ấy vừa có mã ấy" in plain(answer.text)
    assert "Lê Thị Bích" not in held(world)


def test_a_name_may_be_typed_without_marks(world: World) -> None:
    minh = make.sign_in(world.app, world.minh)
    make.post(minh, PAGE, given(world, world.bich, name="le thi  bich"), form_on=PAGE)
    assert "Lê Thị Bích" in held(world)


def test_a_unit_has_one_chair(world: World) -> None:
    minh = make.sign_in(world.app, world.minh)
    answer = make.post(minh, PAGE, given(world, world.tuan, "chair"), form_on=PAGE)
    assert answer.status_code == 409
    assert "đang có Chủ tịch: Phạm Thị Thu" in plain(answer.text)
    assert 'value="Lê Văn Tuấn"' in answer.text
    end(world, world.thu)
    assert make.post(minh, PAGE, given(world, world.tuan, "chair"), form_on=PAGE).status_code == 303
    assert held(world) == {"Lê Văn Tuấn": "chair", "Trần Thị Mỹ Hạnh": "committee"}


def test_the_chair_changes_on_a_day_to_come(world: World) -> None:
    first = day(world) + timedelta(days=10)
    end(world, world.thu, until=clock.short_date(first))
    minh = make.sign_in(world.app, world.minh)
    answer = make.post(minh, PAGE, given(world, world.bich, "chair", since=clock.short_date(first)), form_on=PAGE)
    assert answer.status_code == 303
    assert held(world, ahead=9)["Phạm Thị Thu"] == "chair"
    assert held(world, ahead=10) == {
        "Lê Thị Bích": "chair",
        "Lê Văn Tuấn": "vice_chair",
        "Trần Thị Mỹ Hạnh": "committee",
    }


def end(world: World, who: UUID, **more: str) -> int:
    fields = {"until": clock.short_date(day(world))} | more
    path = f"/don-vi/MSH/can-bo/{make.code_of(world.app, who)}/ket-thuc"
    return make.post(make.sign_in(world.app, world.minh), path, fields, form_on=PAGE).status_code


def test_another_duty_takes_the_place_of_the_first_and_both_are_remembered(world: World) -> None:
    minh = make.sign_in(world.app, world.minh)
    make.post(minh, PAGE, given(world, world.hanh, "vice_chair"), form_on=PAGE)
    assert held(world)["Trần Thị Mỹ Hạnh"] == "vice_chair"
    with world.app.app_context():
        rows = db.session.scalars(sa.select(Role).where(Role.person_id == world.hanh).order_by(Role.id)).all()
        assert [(row.duty, row.until is None) for row in rows] == [("committee", False), ("vice_chair", True)]
        db.session.rollback()


def test_a_duty_ends_once_and_its_sessions_with_it(world: World) -> None:
    hanh = make.sign_in(world.app, world.hanh)
    assert [end(world, world.hanh), end(world, world.hanh)] == [303, 303]
    assert "Trần Thị Mỹ Hạnh" not in held(world)
    assert verbs(world).count("role.revoke") == 1
    assert hanh.get("/toi").status_code == 303


def test_what_was_ended_by_mistake_goes_on_as_before(world: World) -> None:
    end(world, world.hanh)
    minh = make.sign_in(world.app, world.minh)
    assert "Hoàn tác" in minh.get(PAGE).text
    for _ in range(2):
        path = f"/don-vi/MSH/can-bo/{make.code_of(world.app, world.hanh)}/giao-lai"
        assert make.post(minh, path, form_on=PAGE).status_code == 303
    assert held(world)["Trần Thị Mỹ Hạnh"] == "committee"
    assert "Hoàn tác" not in minh.get(PAGE).text
    assert verbs(world).count("role.reinstate") == 1


def test_what_was_given_by_mistake_can_be_taken_back_without_a_trace_of_rights(world: World) -> None:
    minh = make.sign_in(world.app, world.minh)
    make.post(minh, PAGE, given(world, world.bich), form_on=PAGE)
    end(world, world.bich)
    assert "Lê Thị Bích" not in held(world)
    minh.get(PAGE)  # it says what was done, once
    assert "Lê Thị Bích" not in plain(minh.get(PAGE).text)


def test_a_chair_does_not_come_back_beside_another(world: World) -> None:
    end(world, world.thu)
    minh = make.sign_in(world.app, world.minh)
    make.post(minh, PAGE, given(world, world.bich, "chair"), form_on=PAGE)
    path = f"/don-vi/MSH/can-bo/{make.code_of(world.app, world.thu)}/giao-lai"
    assert make.post(minh, path, form_on=PAGE).status_code == 409


@pytest.mark.parametrize("since", ["", "31/2/2020", "hôm nay", "1/1/2019", "1/1/2031"])
def test_a_day_that_is_none_or_far_away_is_refused_and_what_was_typed_stays(world: World, since: str) -> None:
    minh = make.sign_in(world.app, world.minh)
    answer = make.post(minh, PAGE, given(world, world.bich, since=since), form_on=PAGE)
    assert answer.status_code == 400
    assert 'value="Lê Thị Bích"' in answer.text


def test_an_empty_form_says_what_is_missing(world: World) -> None:
    answer = make.post(make.sign_in(world.app, world.minh), PAGE, form_on=PAGE)
    assert answer.status_code == 400
    assert "Cần sửa 4 chỗ" in plain(answer.text)


def test_nobody_gives_a_duty_to_himself(world: World) -> None:
    with world.app.app_context(), writing():
        actions.join(None, db.session.get_one(Person, world.minh), make.unit("MSH"), make.START)
    answer = make.post(make.sign_in(world.app, world.minh), PAGE, given(world, world.minh), form_on=PAGE)
    assert answer.status_code == 403


def test_those_who_have_been_in_get_no_slip(world: World) -> None:
    minh = make.sign_in(world.app, world.minh)
    assert "đều đã vào" in plain(minh.get(SLIPS).text)
    assert make.post(minh, SLIPS, form_on="/toi").status_code == 409


def shut_out(world: World, *people: UUID) -> None:
    with world.app.app_context(), writing():
        db.session.execute(sa.update(Account).where(Account.person_id.in_(people)).values(password_hash=None))


@pytest.mark.parametrize(("which", "names"), [("chu-tich", {"thu", "cuc"}), ("", {"thu", "cuc", "hanh"})])
def test_the_level_above_prints_the_slips_of_officers(world: World, which: str, names: set[str]) -> None:
    shut_out(world, world.thu, world.cuc, world.hanh, world.van, world.hoa)
    minh = make.sign_in(world.app, world.minh)
    page = plain(minh.get(SLIPS).text)
    assert "In 2 phiếu của Chủ tịch" in page
    assert "In 3 phiếu của tất cả" in page
    answer = make.post(minh, SLIPS, {"chi": which, "form_id": "a" * 20}, form_on="/toi")
    said = plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages))
    everybody = {who: make.name_of(world.app, getattr(world, who)) for who in ("thu", "cuc", "hanh", "van", "hoa")}
    assert {who for who, name in everybody.items() if name in said} == names


def test_a_printed_slip_lets_the_chair_in(world: World) -> None:
    shut_out(world, world.thu)
    minh = make.sign_in(world.app, world.minh)
    answer = make.post(minh, SLIPS, {"form_id": "b" * 20}, form_on="/toi")
    said = "".join(PdfReader(BytesIO(answer.data)).pages[0].extract_text().split())
    found = re.search(r"(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}", said)
    assert found
    assert "Phạm Thị Thu" in plain(world.app.test_client().get(f"/kich-hoat/{found[0].replace('-', '')}").text)
