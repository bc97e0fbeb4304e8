"""What becomes a notice, for whom, and how often."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import actions as accounts
from app.accounts.queries import actor_for
from app.db import db, writing
from app.notices import queries as notices
from app.notices.models import Notice
from app.records import actions as records
from app.records import queries
from app.records.models import RecordVersion
from tests import make
from tests.records import year
from tests.world import World


def told(person: UUID) -> list[str]:
    """The kinds of a person's notices, oldest first; roles given when the world was made left out."""
    found = sa.select(Notice.kind).where(Notice.person_id == person).order_by(Notice.id)
    return [kind for kind in db.session.scalars(found) if kind != "role.given"]


def sent(person: UUID) -> tuple[UUID, UUID]:
    record = year.send(person)
    version = db.session.scalars(sa.select(RecordVersion.id).where(RecordVersion.record_id == record)).one()
    return record, version


def lock_of(record: UUID) -> int:
    head = queries.head(record)
    assert head is not None
    return head.lock_version


def test_a_confirmed_record_tells_its_author_alone(world: World) -> None:
    year.begin(world)
    with world.app.app_context():
        record, version = sent(world.hoa)
        decision = records.Decision(record, version, lock_of(record), ())
        with writing():
            records.confirm(world.hanh, decision)
        assert told(world.hoa) == ["record.confirm"]
        assert told(world.hanh) == told(world.thu) == []


def test_ones_own_steps_are_no_news(world: World) -> None:
    year.begin(world)
    with world.app.app_context():
        record, _ = sent(world.hoa)
        form = year.form_of(world.hoa)
        with writing():
            records.withdraw(world.hoa, form.id, lock_of(record))
        assert told(world.hoa) == []


def test_who_becomes_an_officer_is_told_to_answer_again(world: World) -> None:
    year.begin(world)
    with world.app.app_context():
        form = year.form_of(world.bich)
        with writing():
            records.decline(world.bich, form.id, 0)
        with writing():
            accounts.grant(world.minh, world.bich, make.unit("MSH"), "officer", clock.today(), "committee")
        assert told(world.bich) == ["record.reopen"]


def test_readings_are_told_once_a_day_and_reader(world: World) -> None:
    year.begin(world)
    with world.app.app_context():
        _, version = sent(world.hoa)
        for reader in (world.hanh, world.hanh, world.tuan):
            records.open_text(actor_for(reader), version)
        assert told(world.hoa) == ["record.read"] * 2
        with clock.shifted(timedelta(days=1)):
            records.open_text(actor_for(world.hanh), version)
        assert told(world.hoa) == ["record.read"] * 3


def test_a_role_given_twice_is_told_once_and_its_end_too(world: World) -> None:
    with world.app.app_context():
        unit = make.unit("MSH")
        for _ in range(2):
            with writing():
                accounts.grant(world.minh, world.bich, unit, "officer", clock.today(), "committee")
        for _ in range(2):
            with writing():
                accounts.revoke(world.minh, world.bich, unit, "officer", clock.today())
        kinds = db.session.scalars(sa.select(Notice.kind).where(Notice.person_id == world.bich).order_by(Notice.id))
        assert list(kinds) == ["role.given", "role.ended"]


def test_the_same_reset_code_is_told_once(world: World) -> None:
    with world.app.app_context():
        for _ in range(2):
            with writing():
                accounts.make_reset(actor_for(world.hanh), world.hoa, [0], "the same form")
        assert told(world.hoa) == ["reset.made"]
        with writing():
            accounts.make_reset(actor_for(world.hanh), world.hoa, [0], "another form")
        assert told(world.hoa) == ["reset.made"] * 2


def test_a_slip_for_the_first_time_is_no_notice(world: World) -> None:
    with world.app.app_context():
        with writing():
            accounts.make_slip(world.hanh, world.hoa)
        assert told(world.hoa) == []


def test_what_is_rolled_back_tells_nobody(world: World) -> None:
    with world.app.app_context():
        try:
            with writing():
                accounts.make_reset(actor_for(world.hanh), world.hoa, [0])
                raise KeyError
        except KeyError:
            assert told(world.hoa) == []


def test_no_notice_keeps_a_name_or_a_text(world: World) -> None:
    year.begin(world)
    with world.app.app_context():
        _, version = sent(world.hoa)
        records.open_text(actor_for(world.hanh), version)
        kept = str(db.session.execute(sa.select(Notice.facts, Notice.event)).all())
    for word in ("Hạnh", "Hòa", "riêng mình biết", year.DEED["what"]):
        assert word not in kept


def lines_of(world: World, person: UUID) -> list[str]:
    return [line.words for line in notices.inbox(person, 1).lines.items]


def test_members_are_told_who_reads_what_they_send_and_who_no_longer_does(world: World) -> None:
    with world.app.app_context():
        unit, today = make.unit("MSH"), clock.today()
        with writing():
            accounts.grant(world.minh, world.bich, unit, "officer", today, "committee")
        assert told(world.hoa) == ["reader.given"]
        assert "Bích đọc được phiếu anh/chị gửi BCH" in lines_of(world, world.hoa)[0]
        assert told(world.lan) == []  # of another unit
        assert told(world.bich) == []  # but for the role that was given
        with writing():
            accounts.grant(world.minh, world.bich, unit, "officer", today, "vice_chair")
        assert told(world.hoa) == ["reader.given"]
        with writing():
            accounts.revoke(world.minh, world.bich, unit, "officer", today + timedelta(days=2))
        assert told(world.hoa) == ["reader.given", "reader.ended"]


def test_another_duty_of_the_same_officer_is_no_news_to_members(world: World) -> None:
    with world.app.app_context():
        with writing():
            accounts.appoint(world.minh, world.hanh, make.unit("MSH"), "vice_chair", clock.today())
        assert told(world.hoa) == []


def test_an_administrator_reads_nothing_and_is_announced_to_nobody(world: World) -> None:
    with world.app.app_context():
        with writing():
            accounts.grant(world.minh, world.bich, make.unit("MSH"), "admin", clock.today())
        assert told(world.hoa) == []
