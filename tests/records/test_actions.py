"""Records in the database: what is kept, who takes which step, who opens what."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import audit, clock, sealed
from app.accounts import actions as accounts
from app.accounts.models import Person, Role
from app.accounts.queries import actor_for
from app.db import db, writing
from app.records import actions, queries, rules, texts
from app.records.models import Deed, Record, RecordComment, RecordForm, RecordReading, RecordVersion
from app.records.rules import Section, Stage
from app.refusal import NotThere, RuleBroken
from app.units import actions as units
from app.units.actions import move as move_unit
from tests import make
from tests.records import year
from tests.records.year import COMMENT, DEED, decide, form_of, last_version, read, send
from tests.world import World


@pytest.fixture
def world_of_2020(world: World) -> Iterator[World]:
    year.begin(world)
    with world.app.app_context():
        yield world


@pytest.fixture
def w(one_world: World) -> Iterator[World]:
    """The same on SQLite only."""
    year.begin(one_world)
    with one_world.app.app_context():
        yield one_world


def draft(person: UUID, text: str, seq: int, lock: int = 0) -> None:
    form = form_of(person, "assessment")
    sealed_text = texts.seal_draft(rules.record_id(person, form.id), person, {"thought": text})
    with writing():
        actions.save_draft(person, form.id, sealed_text, seq, lock)


def drafted(person: UUID) -> str:
    form = form_of(person, "assessment")
    found = queries.own_texts(person, rules.record_id(person, form.id))[0]
    return str(found and found["thought"])


def stage_of(record: UUID) -> Stage:
    found = queries.head(record)
    assert found is not None
    return found.stage


def conflict_of(person: UUID) -> None:
    with writing():
        db.session.execute(sa.update(Role).where(Role.person_id == person).values(conflict=True))


def move_member(person: UUID, start: str, end: str) -> None:
    with writing():
        accounts.leave(None, person, make.unit(start), clock.today())
        accounts.join(None, db.session.get_one(Person, person), make.unit(end), clock.today())


# --- forms --------------------------------------------------------------------------------------------------------


def test_installing_the_forms_twice_changes_nothing_and_other_questions_make_a_version(w: World) -> None:
    def define(*sections: Section) -> int:
        text = actions.FormText("Phiếu", "Mở đầu", "Người viết", sections)
        with writing():
            return actions.define_form("assessment", 2021, text, ["all"])

    first = define(Section("a", "A"))
    assert define(Section("a", "A")) == first
    second = define(Section("a", "A"), Section("b", "B"))
    versions = db.session.scalars(sa.select(RecordForm.version).where(RecordForm.year == 2021)).all()
    assert sorted(versions) == [1, 2]
    assert queries.form_for("assessment", 2021, make.unit("MSH").id, clock.today()).id == second


def test_a_units_own_form_goes_before_the_common_one_for_those_below_it(w: World) -> None:
    text = actions.FormText("Phiếu của Quận 1", "Mở đầu", "Người viết", [Section("a", "A")])
    with writing():
        own = actions.define_form("assessment", 2020, text, ["all"], make.unit("Q1").id)
    today = clock.today()
    assert queries.form_for("assessment", 2020, make.unit("MSH").id, today).id == own
    assert queries.form_for("assessment", 2020, make.unit("KHA").id, today).id != own
    with pytest.raises(NotThere):
        queries.form_for("assessment", 1999, make.unit("MSH").id, today)


# --- drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_sealed_and_comes_back(world_of_2020: World) -> None:
    w = world_of_2020
    draft(w.hoa, "Điều nhớ nhất: đoàn kết", 1)
    assert drafted(w.hoa) == "Điều nhớ nhất: đoàn kết"
    kept = db.session.scalars(sa.select(Record.sealed_draft)).one()
    assert kept is not None
    assert "đoàn kết".encode() not in kept


def test_an_older_draft_never_overwrites_a_newer_one(world_of_2020: World) -> None:
    w = world_of_2020
    draft(w.hoa, "thứ nhất", 1)
    draft(w.hoa, "thứ hai", 2)
    for seq in (1, 2, 4):  # a late packet, another tab that began with the first, a number out of turn
        with pytest.raises(rules.ChangedMeanwhile):
            draft(w.hoa, "từ nơi khác", seq)
    assert drafted(w.hoa) == "thứ hai"


def test_of_two_tabs_that_begin_at_once_one_is_told(world_of_2020: World) -> None:
    w = world_of_2020
    draft(w.hoa, "tab một", 1)
    with pytest.raises(rules.ChangedMeanwhile):
        draft(w.hoa, "tab hai", 1)
    assert year.count(w.app, Record) == 1


def test_a_draft_that_arrives_after_the_sending_is_refused(w: World) -> None:
    send(w.hoa, "assessment")
    with pytest.raises(rules.StepNotAllowed):
        draft(w.hoa, "đến muộn", 1)
    decide(w.hanh, rules.record_id(w.hoa, form_of(w.hoa, "assessment").id), {"thought": COMMENT}, ask=True)
    with pytest.raises(rules.ChangedMeanwhile):  # a packet from before the sending, by its lock
        draft(w.hoa, "đến muộn", 1, lock=0)


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)  # SQLite has one writer at a time
@pytest.mark.parametrize("last", ["submit", "keep"])
def test_a_draft_that_is_saved_while_an_older_page_sends_is_never_wiped(world_of_2020: World, last: str) -> None:
    """Two connections: one has looked at the record and is about to send, the other saves and commits in between."""
    w = world_of_2020
    draft(w.hoa, "lời đầu", 1)
    form = form_of(w.hoa, "assessment")
    record = rules.record_id(w.hoa, form.id)
    older = texts.seal_draft(record, w.hoa, {"thought": "lời cũ của trang kia"})
    snapshot = texts.snapshot(w.hoa, form.sections, year.body_of(form))
    to = make.unit("MSH").id

    def save() -> None:
        with w.app.app_context():
            draft(w.hoa, "lời mới nhất, đã báo là đã lưu", 2)

    def step() -> None:
        with writing():
            if last == "submit":
                actions.submit(w.hoa, form.id, snapshot, 0, to, seq=2)
            else:
                actions.keep(w.hoa, form.id, older, 0, seq=2)

    with saving_before_the_step(save), pytest.raises(rules.ChangedMeanwhile):
        step()
    assert drafted(w.hoa) == "lời mới nhất, đã báo là đã lưu"
    assert stage_of(record) is Stage.DRAFT


@contextmanager
def saving_before_the_step(save: Callable[[], None]) -> Iterator[None]:
    """Let another connection `save`, and commit, just before this one's UPDATE of a record reaches the database."""
    here, engine = threading.get_ident(), db.engine

    def between(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("UPDATE record ") and threading.get_ident() == here:
            other = threading.Thread(target=save)
            other.start()
            other.join()

    sa.event.listen(engine, "before_cursor_execute", between)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", between)


# --- sending ------------------------------------------------------------------------------------------------------


def test_sending_makes_a_version_that_its_digest_proves(world_of_2020: World) -> None:
    w = world_of_2020
    record = send(w.hoa)
    version = db.session.scalars(sa.select(RecordVersion)).one()
    place = sealed.Place("record_version", "sealed_body", version.id)
    kept = json.loads(sealed.unseal(version.sealed_body, place))
    assert kept["text"] == {"deeds": [DEED]}
    assert version.digest == rules.digest(bytes.fromhex(kept["salt"]), kept["text"])
    assert (version.n, version.record_id, stage_of(record)) == (1, record, Stage.SUBMITTED)
    assert DEED["what"].encode() not in version.sealed_body


def test_deeds_are_kept_for_follow_up_with_their_day_and_sealed(world_of_2020: World) -> None:
    w = world_of_2020
    send(w.hoa, deeds=[DEED, DEED | {"until": "2020-09-02"}])
    rows = db.session.scalars(sa.select(Deed).order_by(Deed.n)).all()
    assert [(row.n, row.due.isoformat(), row.state) for row in rows] == [
        (1, "2020-06-30", "open"),
        (2, "2020-09-02", "open"),
    ]
    assert json.loads(sealed.unseal(rows[0].sealed_text, sealed.Place("deed", "sealed_text", rows[0].id))) == {
        "what": DEED["what"],
        "how": DEED["how"],
    }


def test_an_amended_text_is_another_version_and_the_first_stays(w: World) -> None:
    record = send(w.hoa)
    first = last_version(record)
    decide(w.hanh, record, {"deeds_1_how": COMMENT}, ask=True)
    send(w.hoa, lock=2, deeds=[DEED | {"how": "Mỗi ngày 10 phút"}])
    versions = db.session.execute(sa.select(RecordVersion.id, RecordVersion.n).order_by(RecordVersion.n)).all()
    assert [row.n for row in versions] == [1, 2]
    assert versions[0].id == first
    assert len(db.session.scalars(sa.select(Deed)).all()) == 1


def test_a_second_click_with_the_same_lock_sends_nothing_more(world_of_2020: World) -> None:
    w = world_of_2020
    send(w.hoa)
    with pytest.raises(rules.StepNotAllowed):
        send(w.hoa)
    assert year.count(w.app, RecordVersion) == 1


def test_a_text_goes_only_to_the_readers_its_author_was_shown(w: World) -> None:
    form = form_of(w.hoa)
    snapshot = texts.snapshot(w.hoa, form.sections, year.body_of(form))
    with pytest.raises(rules.ReadersChanged), writing():
        actions.submit(w.hoa, form.id, snapshot, 0, make.unit("Q1").id)
    assert year.count(w.app, RecordVersion) == 0
    assert year.count(w.app, Record) == 0


def test_where_nobody_may_read_it_nothing_is_sent(w: World) -> None:
    for person in (w.hanh, w.tuan, w.thu, w.minh, w.huong):
        conflict_of(person)
    form = form_of(w.hoa)
    snapshot = texts.snapshot(w.hoa, form.sections, year.body_of(form))
    with pytest.raises(rules.NobodyReviews), writing():
        actions.submit(w.hoa, form.id, snapshot, 0, make.unit("MSH").id)


def test_the_chairs_record_goes_one_level_up_and_the_committees_stays(w: World) -> None:
    where = {record: queries.head(record) for record in (send(w.thu, "pledge"), send(w.hanh, "pledge"))}
    units = [head.reviewing_unit for head in where.values() if head]
    assert units == [make.unit("Q1").id, make.unit("MSH").id]


def test_a_sheet_kept_private_has_no_reviewing_unit_and_no_version(world_of_2020: World) -> None:
    w = world_of_2020
    form = form_of(w.hoa, "assessment")
    record = rules.record_id(w.hoa, form.id)
    with writing():
        actions.keep(w.hoa, form.id, b"\x01sealed", 0)
    head = queries.head(record)
    assert head is not None
    assert (head.stage, head.reviewing_unit) == (Stage.KEPT, None)
    assert year.count(w.app, RecordVersion) == 0


def test_what_was_sent_and_taken_back_to_be_kept_is_shut_for_the_unit(w: World) -> None:
    record = send(w.hoa, "assessment")
    version = last_version(record)
    form = form_of(w.hoa, "assessment")
    with writing():
        actions.keep(w.hoa, form.id, b"\x01sealed", 1)
    with pytest.raises(NotThere):
        actions.open_text(actor_for(w.hanh), version)


# --- reviewing ----------------------------------------------------------------------------------------------------


def test_a_reviewer_confirms_with_a_comment_under_the_authors_key(world_of_2020: World) -> None:
    w = world_of_2020
    record = send(w.hoa)
    decide(w.hanh, record, {"deeds_1_what": COMMENT, "deeds_1_how": ""})
    comment = db.session.scalars(sa.select(RecordComment)).one()
    assert comment.by == w.hanh
    assert comment.sealed_text[1:17] == w.hoa.bytes
    assert [(said.part, said.text, said.by) for said in queries.comments(record)] == [
        ("deeds_1_what", COMMENT, "cô Hạnh")
    ]
    assert stage_of(record) is Stage.CONFIRMED


def test_an_addition_is_never_asked_for_without_saying_which(w: World) -> None:
    record = send(w.hoa)
    with pytest.raises(rules.CommentMissing):
        decide(w.hanh, record, {"deeds_1_how": ""}, ask=True)
    assert stage_of(record) is Stage.SUBMITTED


def test_nobody_reviews_their_own_and_nobody_from_elsewhere(w: World) -> None:
    record = send(w.hanh, "pledge")
    for person in (w.hanh, w.minh, w.cuc, w.bich):
        with pytest.raises(NotThere):
            decide(person, record)
    assert stage_of(record) is Stage.SUBMITTED


def test_of_two_officers_who_decide_at_once_one_is_heard(world_of_2020: World) -> None:
    w = world_of_2020
    record = send(w.hoa)
    version = last_version(record)
    sealed_comment = {who: texts.seal_comments(w.hoa, {"deeds_1_what": COMMENT}) for who in (w.hanh, w.tuan)}
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def decide_in_thread(who: UUID) -> None:
        with w.app.app_context():
            gate.wait()
            try:
                with writing():
                    actions.confirm(who, actions.Decision(record, version, 1, sealed_comment[who]))
                outcomes.append("done")
            except (rules.ChangedMeanwhile, rules.StepNotAllowed):
                outcomes.append("late")

    threads = [threading.Thread(target=decide_in_thread, args=(who,)) for who in (w.hanh, w.tuan)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "late"]
    assert year.count(w.app, RecordComment) == 1


def test_a_decision_about_a_version_that_was_amended_meanwhile_is_refused(w: World) -> None:
    record = send(w.hoa)
    first = last_version(record)
    decide(w.hanh, record, {"deeds_1_how": COMMENT}, ask=True)
    send(w.hoa, lock=2)
    with pytest.raises(rules.ChangedMeanwhile), writing():
        actions.confirm(w.tuan, actions.Decision(record, first, 1, ()))
    assert stage_of(record) is Stage.SUBMITTED


def test_a_change_writes_an_audit_line_without_a_word_of_the_text(w: World) -> None:
    record = send(w.hoa)
    read(w.hanh, record)
    decide(w.hanh, record, {"deeds_1_how": COMMENT}, ask=True)
    lines = db.session.scalars(sa.select(audit.AuditLine).where(audit.AuditLine.subject == str(record))).all()
    assert [line.verb for line in lines] == ["record.submit", "record.read", "record.return"]
    written = " ".join(str(line.facts) for line in lines)
    assert DEED["what"] not in written
    assert COMMENT not in written


# --- opening ------------------------------------------------------------------------------------------------------


def test_whoever_opens_anothers_text_is_recorded_first(world_of_2020: World) -> None:
    w = world_of_2020
    record = send(w.hoa)
    opened = read(w.hanh, record)
    assert opened.body == {"deeds": [DEED]}
    reading = db.session.scalars(sa.select(RecordReading)).one()
    assert (reading.reader, reading.version_id, reading.why) == (w.hanh, last_version(record), "review")
    assert reading.at == opened.at


def test_a_reading_from_above_says_so_on_the_trail(w: World) -> None:
    record = send(w.thu, "pledge")
    read(w.minh, record)
    assert db.session.scalars(sa.select(RecordReading.why)).all() == ["review:above"]
    line = db.session.scalars(sa.select(audit.AuditLine).where(audit.AuditLine.verb == "record.read")).one()
    assert line.facts["why"] == "review:above"


def test_where_the_reading_cannot_be_recorded_the_text_is_not_shown(world_of_2020: World) -> None:
    w = world_of_2020
    record = send(w.hoa)
    version = last_version(record)
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE record_reading RENAME TO record_reading_away")
    try:
        with pytest.raises(sa.exc.DBAPIError):
            actions.open_text(actor_for(w.hanh), version)
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE record_reading_away RENAME TO record_reading")
    assert year.count(w.app, RecordReading) == 0


def test_a_text_opens_to_officers_of_exactly_the_reviewing_unit_and_to_nobody_else(world_of_2020: World) -> None:
    w = world_of_2020
    record = send(w.hoa)
    for person in (w.hanh, w.tuan, w.thu):
        assert read(person, record).body
    for person in (w.hoa, w.bich, w.minh, w.huong, w.huy, w.cuc, w.yen, w.lan, w.van, w.phu):
        with pytest.raises(NotThere):
            read(person, record)
    assert year.count(w.app, RecordReading) == 3


def test_the_chairs_text_opens_one_level_up_and_not_in_the_own_unit(w: World) -> None:
    record = send(w.thu, "pledge")
    assert read(w.minh, record).body
    for person in (w.hanh, w.tuan, w.phu):
        with pytest.raises(NotThere):
            read(person, record)


def test_a_role_that_has_ended_opens_nothing(w: World) -> None:
    record = send(w.hoa)
    with writing():
        db.session.execute(sa.update(Role).where(Role.person_id == w.hanh).values(until=clock.today()))
    with pytest.raises(NotThere):
        read(w.hanh, record)


def test_a_declared_conflict_opens_nothing(w: World) -> None:
    record = send(w.hoa)
    conflict_of(w.hanh)
    with pytest.raises(NotThere):
        read(w.hanh, record)
    assert queries.waiting_for(actor_for(w.hanh), make.unit("MSH").id).number == 0
    assert w.hanh not in [o.person_id for o in queries.readers_before(w.hoa, None, clock.today()).officers]


def test_after_a_move_the_old_unit_loses_sight_and_the_new_one_sees_only_what_comes_later(world_of_2020: World) -> None:
    w = world_of_2020
    record = send(w.hoa)
    read(w.hanh, record)
    decide(w.hanh, record, {"deeds_1_how": COMMENT}, ask=True)
    move_member(w.hoa, "MSH", "BTX")
    for person in (w.hanh, w.cuc):
        with pytest.raises(NotThere):
            read(person, record)
    assert queries.waiting_for(actor_for(w.hanh), make.unit("MSH").id).returned == 0

    send(w.hoa, lock=2)
    first = db.session.scalars(sa.select(RecordVersion.id).where(RecordVersion.n == 1)).one()
    opened = read(w.cuc, record)
    assert opened.body == {"deeds": [DEED]}
    assert opened.comments == ()  # what the old unit said stays between it and the author
    with pytest.raises(NotThere):
        actions.open_text(actor_for(w.cuc), first)
    with pytest.raises(NotThere):
        read(w.hanh, record)
    assert [said.text for said in queries.comments(record)] == [COMMENT]


def test_a_record_waits_unseen_where_nobody_is_left_to_open_it(world_of_2020: World) -> None:
    w = world_of_2020
    send(w.hoa)
    send(w.hanh, "pledge")

    def unseen(person: UUID, kind: str) -> bool:
        found = queries.sheet(actor_for(person), kind, 2020).unseen
        assert queries.unseen_kinds(person, 2020, clock.today()) == ([kind] if found else [])
        return found

    assert not unseen(w.hoa, "commitment")
    conflict_of(w.tuan)
    conflict_of(w.thu)
    assert not unseen(w.hoa, "commitment")
    assert unseen(w.hanh, "pledge")  # the one officer without a conflict is its author
    move_member(w.hoa, "MSH", "BTX")
    assert unseen(w.hoa, "commitment")


def test_under_a_city_a_wards_chair_is_read_by_the_city(w: World) -> None:
    start = date(2020, 1, 1)
    with writing():
        city = units.open_unit(None, "TP", "Liên đoàn Lao động Thành phố", "city", None, start, "LĐLĐ Thành phố")
        ward = units.open_unit(None, "P1", "Công đoàn phường Một", "ward", city.id, start)
        units.open_unit(None, "UB", "CĐCS Ủy ban phường", "grassroots", ward.id, start)
    chair = make.person(w.app, "Lê Thị Phường", "UB")
    make.role(w.app, chair, "P1", "officer", "chair")
    make.role(w.app, w.phu, "TP", "officer", "chair")
    readers = queries.readers_before(chair, None, clock.today())
    assert readers.unit is not None
    assert (readers.unit.code, [officer.person_id for officer in readers.officers]) == ("TP", [w.phu])


def test_a_unit_that_moves_elsewhere_keeps_its_members_records(w: World) -> None:
    record = send(w.hoa)
    with writing():
        move_unit(None, make.unit("MSH"), make.unit("Q3").id, clock.today())
    assert read(w.hanh, record).body
    with pytest.raises(NotThere):
        read(w.phu, record)


def test_what_was_withdrawn_is_shut(w: World) -> None:
    record = send(w.hoa)
    version = last_version(record)
    with writing():
        actions.withdraw(w.hoa, form_of(w.hoa).id, 1)
    with pytest.raises(NotThere):
        actions.open_text(actor_for(w.hanh), version)
    assert queries.own_texts(w.hoa, record)[1] == {"deeds": [DEED]}


def test_ones_own_text_opens_without_a_line_and_to_its_author_only(w: World) -> None:
    record = send(w.hoa)
    assert queries.own_texts(w.hoa, record)[1] == {"deeds": [DEED]}
    assert queries.own_texts(w.hanh, record) == (None, None)
    assert year.count(w.app, RecordReading) == 0


def test_with_the_authors_key_go_the_text_and_what_was_said_about_it(w: World) -> None:
    record = send(w.hoa)
    decide(w.hanh, record, {"deeds_1_how": COMMENT})
    sealed.store().forget(w.hoa)
    with pytest.raises(rules.TextGone):
        read(w.tuan, record)
    with pytest.raises(rules.TextGone) as gone:
        queries.comments(record)
    assert isinstance(gone.value, RuleBroken)


# --- what the author and the officers are shown -------------------------------------------------------------------


def test_the_author_sees_who_read_and_when_reloads_told_once(world_of_2020: World) -> None:
    w = world_of_2020
    record = send(w.hoa)
    for person in (w.hanh, w.hanh, w.tuan):
        read(person, record)
    assert [line.reader for line in queries.readings_of(w.hoa)] == ["anh Lê Văn Tuấn", "cô Trần Thị Mỹ Hạnh"]
    assert queries.readings_of(w.bich) == []
    assert year.count(w.app, RecordReading) == 3


def test_who_can_open_it_today_is_told_by_name(w: World) -> None:
    send(w.hoa)
    (before,) = queries.may_read_today(w.hoa)
    assert before.readers.names == ["chị Phạm Thị Thu", "anh Lê Văn Tuấn", "cô Trần Thị Mỹ Hạnh"]
    conflict_of(w.thu)
    (after,) = queries.may_read_today(w.hoa)
    assert after.readers.names == ["anh Lê Văn Tuấn", "cô Trần Thị Mỹ Hạnh"]
    move_member(w.hoa, "MSH", "BTX")
    (moved,) = queries.may_read_today(w.hoa)
    assert moved.readers.names == []


def test_the_queue_is_by_age_and_never_holds_ones_own(world_of_2020: World) -> None:
    w = world_of_2020
    first, own, last = send(w.hoa), send(w.hanh, "pledge"), send(w.bich)
    msh = make.unit("MSH").id
    assert [row.record_id for row in queries.queue(w.hanh, msh, Stage.SUBMITTED)] == [first, last]
    assert [row.record_id for row in queries.queue(w.tuan, msh, Stage.SUBMITTED)] == [first, own, last]
    assert queries.queue(w.minh, msh, Stage.SUBMITTED) == []
    assert queries.queue(w.hanh, msh, Stage.SUBMITTED)[0].place == "Tổ May 3"
    waiting = queries.waiting_for(actor_for(w.hanh), msh)
    assert (waiting.number, waiting.returned, waiting.confirmed) == (2, 0, 0)
    decide(w.hanh, first)
    waiting = queries.waiting_for(actor_for(w.hanh), msh)
    assert (waiting.number, waiting.confirmed) == (1, 1)


def test_a_record_for_which_an_addition_was_asked_is_named_on_the_first_page(w: World) -> None:
    record = send(w.hoa)
    assert queries.returned_kinds(w.hoa, 2020) == []
    decide(w.hanh, record, {"deeds_1_how": COMMENT}, ask=True)
    assert queries.returned_kinds(w.hoa, 2020) == ["commitment"]


def test_no_plain_trace_of_any_text_lies_in_the_database(world_of_2020: World) -> None:
    from app.commands import raw_databases

    w = world_of_2020
    record = send(w.hoa)
    draft(w.hoa, "Một điều dài hơn hai mươi bốn byte, chỉ mình biết", 1)
    decide(w.hanh, record, {"deeds_1_how": COMMENT})
    found = sealed.check(raw_databases())
    assert found.texts >= 4
    assert found.hits == []
    assert found.unreadable == 0
