"""`Nhập hộ`: an officer types for somebody; who it is for sees it first, and keeps it or does not."""

import html
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app import clock
from app.audit import AuditLine
from app.db import db, writing
from app.records import actions, queries, rules, texts
from app.records.models import Record, RecordTyping
from app.refusal import NotThere
from app.steps import actions as step_actions
from app.steps.models import StepDone
from tests import make
from tests.records import year
from tests.records.year import DEED
from tests.world import World

TYPED = {"muc_deeds_1_what": DEED["what"], "muc_deeds_1_how": DEED["how"], "muc_deeds_1_until": "30/6/2020"}


@pytest.fixture
def w(one_world: World) -> World:
    year.begin(one_world)
    return one_world


@pytest.fixture
def hanh(w: World) -> FlaskClient:
    return make.sign_in(w.app, w.hanh)


def page_of(w: World, person: UUID, what: str = "lam-theo") -> str:
    return f"/don-vi/MSH/doan-vien/{make.code_of(w.app, person)}/nhap-ho/{what}"


def type_in(w: World, client: FlaskClient, person: UUID, what: str = "lam-theo", **typed: str) -> Any:
    page = page_of(w, person, what)
    return year.post(client, page, page, **(typed or TYPED))


def record_of(w: World, person: UUID) -> UUID:
    with w.app.app_context():
        return db.session.scalars(sa.select(Record.id).where(Record.person_id == person)).one()


def steps(w: World, person: UUID) -> dict[str, str]:
    with w.app.app_context():
        rows = db.session.execute(sa.select(StepDone.key, StepDone.source).where(StepDone.person_id == person))
        return {row.key: row.source for row in rows}


def words(answer: Any) -> str:
    return html.unescape(answer.text).replace("\xa0", " ")


def answer(w: World, person: UUID, said: str) -> Any:
    client = make.sign_in(w.app, person)
    return make.post(client, f"/toi/nhap-ho/{record_of(w, person)}", {"cau": said}, form_on="/toi")


def test_what_an_officer_types_is_registered_as_typed_in_and_says_by_whom(w: World, hanh: FlaskClient) -> None:
    sent = type_in(w, hanh, w.hoa)
    assert sent.location == f"/don-vi/MSH/ho-so/{record_of(w, w.hoa)}"
    assert steps(w, w.hoa) == {"commitment:registered": "typed_in"}
    review = words(hanh.get(sent.location))
    assert "Cô Trần Thị Mỹ Hạnh nhập hộ" in review
    assert "in trang này để người ấy đọc và ký" in review
    assert DEED["what"] in review


def test_a_double_click_types_it_once(w: World, hanh: FlaskClient) -> None:
    page = page_of(w, w.hoa)
    data = year.carried(hanh.get(page).text) | TYPED
    first, second = (hanh.post(page, data=data) for _ in range(2))
    assert first.location == second.location
    assert year.count(w.app, RecordTyping) == 1


def test_who_it_is_for_sees_it_first_and_may_keep_it(w: World, hanh: FlaskClient) -> None:
    type_in(w, hanh, w.hoa)
    hoa = make.sign_in(w.app, w.hoa)
    assert "Cô Trần Thị Mỹ Hạnh đã nhập hộ chị" in words(hoa.get("/"))
    sheet = words(hoa.get("/lam-theo/2020"))
    assert "Đúng, giữ lại" in sheet
    assert "Không phải của tôi" in sheet
    assert DEED["what"] in sheet
    for _ in range(2):
        assert answer(w, w.hoa, "giu").status_code == 303
    assert "đã nhập hộ chị" not in words(hoa.get("/"))
    assert "chị đã xem và giữ lại" in words(hoa.get("/lam-theo/2020"))
    assert steps(w, w.hoa) == {"commitment:registered": "typed_in"}


def test_who_it_is_not_from_refuses_it_and_nobody_opens_it_any_more(w: World, hanh: FlaskClient) -> None:
    review = type_in(w, hanh, w.hoa).location
    for _ in range(2):
        assert answer(w, w.hoa, "khong").status_code == 303
    assert steps(w, w.hoa) == {}
    assert hanh.get(review).status_code == 404
    hoa = make.sign_in(w.app, w.hoa)
    assert DEED["what"] not in words(hoa.get("/lam-theo/2020"))
    with w.app.app_context():
        assert step_actions.rebuild() == []
        verbs = db.session.scalars(sa.select(AuditLine.verb).where(AuditLine.verb.like("record.%"))).all()
    assert [verb for verb in verbs if verb != "record.read"] == ["record.type_in", "record.refuse"]


def test_it_can_be_refused_also_after_it_was_confirmed(w: World, hanh: FlaskClient) -> None:
    type_in(w, hanh, w.hoa)
    with w.app.app_context():
        year.decide(w.tuan, record_of(w, w.hoa))
    assert set(steps(w, w.hoa)) == {"commitment:registered", "commitment:confirmed"}
    answer(w, w.hoa, "khong")
    assert steps(w, w.hoa) == {}
    with w.app.app_context():
        assert step_actions.rebuild() == []


def test_what_was_refused_is_not_typed_again_by_an_officer_but_written_by_oneself(w: World, hanh: FlaskClient) -> None:
    type_in(w, hanh, w.hoa)
    answer(w, w.hoa, "khong")
    assert hanh.get(page_of(w, w.hoa)).status_code == 409
    with w.app.app_context():
        head = queries.head(record_of(w, w.hoa))
        assert head
        year.send(w.hoa, lock=head.lock_version)
    assert steps(w, w.hoa) == {"commitment:registered": "online"}


def test_who_typed_it_does_not_confirm_it_alone(w: World, hanh: FlaskClient) -> None:
    record = record_of_typed(w, hanh)
    with w.app.app_context(), pytest.raises(rules.OwnTyping):
        year.decide(w.hanh, record)
    answer(w, w.hoa, "giu")
    with w.app.app_context():
        year.decide(w.hanh, record)
    assert "commitment:confirmed" in steps(w, w.hoa)


def record_of_typed(w: World, client: FlaskClient) -> UUID:
    type_in(w, client, w.hoa)
    return record_of(w, w.hoa)


def test_another_reviewer_confirms_it(w: World, hanh: FlaskClient) -> None:
    record = record_of_typed(w, hanh)
    with w.app.app_context():
        year.decide(w.tuan, record)
    assert "commitment:confirmed" in steps(w, w.hoa)


def test_what_somebody_has_begun_is_never_typed_over(w: World, hanh: FlaskClient) -> None:
    hoa = make.sign_in(w.app, w.hoa)
    year.post(hoa, "/lam-theo/2020", "/lam-theo/2020/nhap", answer="de-sau", **TYPED)
    refused = hanh.get(page_of(w, w.hoa))
    assert refused.status_code == 409
    assert "đã mở phiếu trên máy của mình" in words(refused)
    with w.app.app_context():
        form = year.form_of(w.hoa)
        snapshot = texts.snapshot(w.hoa, form.sections, year.body_of(form))
        unit = queries.readers_before(w.hoa, None, clock.today()).unit
        assert unit
        with pytest.raises(rules.BegunAlready), writing():
            actions.type_in(w.hanh, w.hoa, form.id, snapshot, unit.id)


def test_a_no_is_not_typed_over_either(w: World, hanh: FlaskClient) -> None:
    hoa = make.sign_in(w.app, w.hoa)
    year.post(hoa, "/lam-theo/2020", "/lam-theo/2020/tra-loi", answer="khong")
    assert hanh.get(page_of(w, w.hoa)).status_code == 409


def test_what_is_missing_is_said_and_what_was_typed_stays(w: World, hanh: FlaskClient) -> None:
    answered = type_in(w, hanh, w.hoa, muc_deeds_1_what=DEED["what"])
    assert answered.status_code == 400
    assert "Cần sửa" in answered.text
    assert DEED["what"] in words(answered)
    assert year.count(w.app, Record) == 0


def test_a_sheet_is_typed_too(w: World, hanh: FlaskClient) -> None:
    page = hanh.get(page_of(w, w.hoa, "tu-danh-gia")).text
    fields = dict.fromkeys(year.held_fields(page), "Một điều người ấy đã nói")
    assert type_in(w, hanh, w.hoa, "tu-danh-gia", **fields).status_code == 303
    assert steps(w, w.hoa) == {"assessment": "typed_in"}


def test_only_who_would_read_it_may_type_it(w: World) -> None:
    for who in (w.hoa, w.minh, w.huy, w.cuc):
        assert make.sign_in(w.app, who).get(page_of(w, w.bich)).status_code in (403, 404)
    hanh = make.sign_in(w.app, w.hanh)
    assert hanh.get(page_of(w, w.thu)).status_code == 404  # a chair's goes to the level above
    assert hanh.get(page_of(w, w.hanh)).status_code == 404  # nobody types for themselves
    assert hanh.get(f"/don-vi/MSH/doan-vien/{make.code_of(w.app, w.lan)}/nhap-ho/lam-theo").status_code == 404


def test_nobody_else_answers_for_the_one_it_was_typed_for(w: World, hanh: FlaskClient) -> None:
    record = record_of_typed(w, hanh)
    for said in ("giu", "khong"):
        other = make.sign_in(w.app, w.bich)
        assert make.post(other, f"/toi/nhap-ho/{record}", {"cau": said}, form_on="/toi").status_code == 404
    with w.app.app_context(), pytest.raises(NotThere), writing():
        actions.keep_typed(w.hanh, record)


def test_both_are_told_of_it(w: World, hanh: FlaskClient) -> None:
    type_in(w, hanh, w.hoa)
    inbox = words(make.sign_in(w.app, w.hoa).get("/toi/thong-bao"))
    assert "Trần Thị Mỹ Hạnh đã nhập hộ anh/chị việc làm theo năm 2020" in inbox
    answer(w, w.hoa, "khong")
    assert "Nguyễn Thị Hòa không nhận việc làm theo năm 2020 do anh/chị nhập hộ" in words(hanh.get("/toi/thong-bao"))


def test_what_one_has_amended_oneself_is_not_refused_by_an_old_page(w: World, hanh: FlaskClient) -> None:
    record = record_of_typed(w, hanh)
    with w.app.app_context():
        year.decide(w.tuan, record, {"deeds_1_what": year.COMMENT}, ask=True)
        head = queries.head(record)
        assert head
        year.send(w.hoa, lock=head.lock_version)
    assert answer(w, w.hoa, "khong").status_code == 404
    assert steps(w, w.hoa) == {"commitment:registered": "typed_in"}
