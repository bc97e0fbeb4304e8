"""What an attacker found: each of these failed when it was written."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import audit, clock, sealed
from app.accounts import actions as accounts
from app.accounts import passwords
from app.accounts.models import Account
from app.accounts.views import getting_in
from app.db import db, writing
from app.records import actions as records
from app.records import queries as record_queries
from app.refusal import RuleBroken
from app.steps import actions as steps
from app.steps.models import StepTally
from app.steps.queries import programme_of_year, tallies
from app.steps.rules import ASSESSMENT, Share
from tests import make
from tests.records import year
from tests.records.year import carried, send
from tests.world import World


@pytest.fixture
def w(one_world: World) -> World:
    year.begin(one_world)
    return one_world


@pytest.fixture
def both(world: World) -> World:
    year.begin(world)
    return world


def at_once(app: Any, *works: Callable[[], Any]) -> list[Any]:
    """Each in a thread and application context of its own; what each returned or raised."""
    found: list[Any] = [None] * len(works)

    def run(n: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                found[n] = work()
            except BaseException as error:
                found[n] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    return found


def faults(found: list[Any]) -> list[Any]:
    return [each for each in found if isinstance(each, BaseException) and not isinstance(each, RuleBroken)]


# --- mutual review on PostgreSQL


def test_two_officers_who_confirm_each_others_records_do_not_deadlock(both: World, monkeypatch: Any) -> None:
    with both.app.app_context():
        a, b = send(both.hanh, "pledge"), send(both.tuan, "pledge")
        heads = {r: record_queries.head(r) for r in (a, b)}
        versions = {r: year.last_version(r) for r in (a, b)}
    gate = threading.Barrier(2, timeout=1.5)
    tell = records._tell

    def slow(change: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait()
        return tell(change)

    monkeypatch.setattr(records, "_tell", slow)

    def confirm(who: UUID, record: UUID) -> Callable[[], Any]:
        def go() -> None:
            with writing():
                records.confirm(who, records.Decision(record, versions[record], heads[record].lock_version, ()))

        return go

    assert faults(at_once(both.app, confirm(both.tuan, a), confirm(both.hanh, b))) == []


# --- rebuild under writers


def test_a_rebuild_beside_writers_leaves_the_totals_true(both: World, monkeypatch: Any) -> None:
    """Steps are recorded between the look and the lock, and while the lock is held."""
    with both.app.app_context():
        programme = programme_of_year(2020).id
        unit = make.unit("MSH").id
        with writing():
            db.session.execute(sa.update(StepTally).where(StepTally.unit_id == unit).values(asked=99))

    def done(who: UUID) -> None:
        with writing():
            steps.record(who, programme, ASSESSMENT, clock.now(), "online", who)

    counted = steps._counted
    beside: list[threading.Thread] = []
    people = iter((both.hoa, both.bich, both.thu, both.tuan))

    def record_beside() -> None:
        who = next(people)
        beside.append(threading.Thread(target=lambda: at_once(both.app, lambda: done(who))))
        beside[-1].start()
        beside[-1].join(1)  # where the lock is held already, it waits for us

    def spy(programmes: list[int], of: int) -> Any:
        if of != unit:
            return counted(programmes, of)
        record_beside()
        found = counted(programmes, of)
        record_beside()
        return found

    monkeypatch.setattr(steps, "_counted", spy)
    assert faults(at_once(both.app, steps.rebuild)) == []
    assert len(beside) == 4
    for thread in beside:
        thread.join(20)
    monkeypatch.undo()
    with both.app.app_context():
        assert steps.rebuild() == []
        assert tallies([unit], programme)[unit][ASSESSMENT] == Share(asked=5, done=4, declined=0)


# --- the session is dead, the request goes on


def test_a_request_that_outlives_its_session_changes_no_password(w: World, monkeypatch: Any) -> None:
    thief = make.sign_in(w.app, w.hoa)
    hashed = passwords.hashed
    new = "mật khẩu chính chủ"

    def meanwhile(password: str) -> str:
        if password == "của kẻ trộm nhé":
            monkeypatch.setattr(passwords, "hashed", hashed)
            with w.app.app_context(), writing():  # the owner sets a new password by code in the same moment
                accounts.change_password(w.hoa, hashed(new))
        return hashed(password)

    token = make.token(thief, "/toi/mat-khau")
    monkeypatch.setattr(passwords, "hashed", meanwhile)
    thief.post("/toi/mat-khau", data={"csrf_token": token, "present": make.PASSWORD, "password": "của kẻ trộm nhé"})
    with w.app.app_context():
        kept = db.session.get_one(Account, w.hoa).password_hash
        assert passwords.matches(kept, new)


def test_a_sign_in_beside_a_change_of_password_does_not_survive_it(both: World) -> None:
    """PostgreSQL: the old password is looked at before, the session is written beside the change."""
    from app.accounts.models import SignInSession

    gate, committed = threading.Event(), threading.Event()

    def change() -> None:
        fresh = passwords.hashed("một mật khẩu khác")
        with writing():
            accounts.change_password(both.hoa, fresh)
            gate.set()
            committed.wait(2)

    def sign_in() -> None:
        present = db.session.get_one(Account, both.hoa).password_hash
        db.session.rollback()
        gate.wait(5)
        with writing():
            accounts.hold(both.hoa)
            with both.app.test_request_context():
                getting_in._settle(both.hoa, present, None, False)
        committed.set()

    assert faults(at_once(both.app, change, sign_in)) == []
    with both.app.app_context():
        assert db.session.scalars(sa.select(SignInSession).where(SignInSession.person_id == both.hoa)).all() == []


# --- records


def test_an_amended_text_of_a_new_chair_goes_one_level_up(w: World) -> None:
    with w.app.app_context():
        record = send(w.tuan, "pledge")
        year.decide(w.hanh, record, {"thought": "bổ sung"}, ask=True)
        with writing():
            accounts.revoke(None, w.thu, make.unit("MSH"), "officer", clock.today())
            accounts.grant(None, w.tuan, make.unit("MSH"), "officer", clock.today(), "chair")
        assert record_queries.readers_before(w.tuan, record_queries.head(record), clock.today()).unit.code == "Q1"


def test_an_amended_text_is_not_sent_where_nobody_reads(w: World) -> None:
    with w.app.app_context():
        record = send(w.hoa)
        year.decide(w.hanh, record, {"deeds_1_what": "bổ sung"}, ask=True)
        with writing():
            for who in (w.hanh, w.tuan, w.thu):
                accounts.revoke(None, who, make.unit("MSH"), "officer", clock.today())
        assert record_queries.readers_before(w.hoa, record_queries.head(record), clock.today()).officers


def test_who_has_left_still_opens_what_they_wrote(w: World) -> None:
    with w.app.app_context():
        send(w.hoa)
        with writing():
            accounts.leave(None, w.hoa, make.unit("MSH"), clock.today())
    assert make.sign_in(w.app, w.hoa).get("/lam-theo/2020").status_code == 200


# --- keys and seals


def test_a_forgotten_key_is_gone_from_the_disk(w: World) -> None:
    with w.app.app_context():
        store = sealed.store()
        sealed.seal(w.hoa, "một điều", sealed.Place("record", "sealed_draft", w.hoa))
        with store._engine.connect() as c:
            wrapped = c.scalar(sa.select(sealed.sealed_key.c.wrapped).where(sealed.sealed_key.c.owner == w.hoa))
        file = Path(str(store._engine.url.database))
        store.forget(w.hoa)
        held = {p.name for p in file.parent.glob(file.name + "*") if wrapped[12:] in p.read_bytes()}
    assert held == set()


def test_the_time_of_a_seal_is_sealed(w: World) -> None:
    with w.app.app_context():
        with writing():
            audit.seal_batch()
        with writing():
            db.session.execute(sa.update(audit.AuditSeal).values(at=clock.now() - timedelta(days=99)))
        assert audit.verify().faults


# --- forms


def test_a_form_is_not_filled_by_json(w: World) -> None:
    """A list passes `Length` by its number of elements, and no page can show it afterwards."""
    page = make.sign_in(w.app, w.hoa)
    hidden = carried(page.get("/tu-danh-gia/2020").text)
    typed = {f"muc_{key}": [["a", "b", "c", "d", "e", "x" * 9_000]] for key in ("thought", "done", "aim")}
    page.post("/tu-danh-gia/2020/gui", json=typed | hidden, headers={"X-CSRFToken": hidden["csrf_token"]})
    w.app.config["SHOW_FAULTS"] = True
    try:
        assert page.get("/tu-danh-gia/2020").status_code == 200
    finally:
        w.app.config["SHOW_FAULTS"] = False


def test_a_number_too_large_for_the_database_is_not_there(w: World) -> None:
    page = make.sign_in(w.app, w.hoa)
    w.app.config["SHOW_FAULTS"] = True
    try:
        for path in ("9" * 25 + "/x", "2020/x/luot/" + "9" * 25 + "/ket-qua"):
            assert page.get(f"/trac-nghiem/{path}").status_code == 404
    finally:
        w.app.config["SHOW_FAULTS"] = False


@pytest.mark.parametrize("tiep", ["/a\rb", "//["])
def test_an_odd_way_back_leads_to_the_first_page(w: World, tiep: str) -> None:
    page = w.app.test_client()
    data = {"csrf_token": make.token(page), "name": make.code_of(w.app, w.hoa), "password": make.PASSWORD, "tiep": tiep}
    assert page.post("/dang-nhap", data=data).status_code == 303


def test_a_newer_draft_is_not_wiped_by_an_older_tab(w: World) -> None:
    page = make.sign_in(w.app, w.hoa)
    old = carried(page.get("/tu-danh-gia/2020").text)
    json_ = {"Accept": "application/json"}
    assert (
        page.post("/tu-danh-gia/2020/nhap", data=old | {"muc_thought": "lời mới nhất"}, headers=json_).status_code
        == 200
    )
    page.post("/tu-danh-gia/2020/giu-rieng", data=old | {"muc_thought": "lời cũ của tab kia"})
    assert "lời mới nhất" in page.get("/tu-danh-gia/2020?viet=").text


# --- codes


def code_in(html: str) -> str:
    return html.split('class="lt-score">')[1].split("<")[0].replace(" ", "")


def reset(app: Any, who: UUID, code: str, client: Any = None) -> int:
    page = client or app.test_client()
    data = {"name": make.code_of(app, who), "code": code, "password": "một câu của kẻ khác"}
    return page.post("/quen-mat-khau", data=data | {"csrf_token": make.token(page, "/quen-mat-khau")}).status_code


def test_a_peer_does_not_reset_who_holds_a_role_at_their_own_level_or_above(w: World) -> None:
    """Officer of MSH and administrator of Q1: one level above MSH is not one level above this person."""
    make.role(w.app, w.tuan, "Q1", "admin")
    page = make.sign_in(w.app, w.minh)
    path = f"/don-vi/MSH/can-bo/{make.code_of(w.app, w.tuan)}/ma-dat-lai"
    assert make.post(page, path).status_code == 403


def test_a_slip_ends_when_the_person_gets_in_another_way_or_holds_a_role(w: World) -> None:
    with w.app.app_context(), writing():
        slip = accounts.make_slip(None, w.bich)
        code = accounts.make_reset(None, w.bich, [])
    assert reset(w.app, w.bich, code) == 303
    with w.app.app_context():
        assert accounts.person_of_slip(slip) is None


def test_a_reset_code_ends_with_a_change_of_password(w: World) -> None:
    with w.app.app_context():
        fresh = passwords.hashed("chủ nhân đổi rồi")
        with writing():
            code = accounts.make_reset(None, w.hoa, [])
            accounts.change_password(w.hoa, fresh)
    assert reset(w.app, w.hoa, code) == 409


def test_a_stranger_does_not_lock_a_known_browser_out_of_the_reset(w: World) -> None:
    mine = make.sign_in(w.app, w.hoa)
    mine.delete_cookie("lamtheo")
    for _ in range(5):
        reset(w.app, w.hoa, "000000")
    with w.app.app_context(), writing():
        code = accounts.make_reset(None, w.hoa, [])
    assert reset(w.app, w.hoa, code, mine) == 303


def test_wrong_passwords_side_by_side_are_all_counted(both: World) -> None:
    from app.accounts.models import SignInDelay

    attempt = accounts.Attempt("a name", "d" * 30)
    gate = threading.Barrier(4)

    def wrong() -> None:
        gate.wait()
        with writing():
            accounts.count_failure(attempt, "")
            time.sleep(0.1)

    assert faults(at_once(both.app, wrong, wrong, wrong, wrong)) == []
    with both.app.app_context():
        assert db.session.get_one(SignInDelay, ("a name", "")).failures == 4


# --- totals


def test_a_yes_after_a_no_beside_a_no_does_not_deadlock(both: World, monkeypatch: Any) -> None:
    """One transaction takes the totals of two steps in one order, the other in the other."""
    with both.app.app_context():
        form = year.form_of(both.hoa)
        with writing():
            records.decline(both.hoa, form.id, 0)
        from app.records import texts

        snapshot = texts.snapshot(both.hoa, form.sections, year.body_of(form))
        to = record_queries.readers_before(both.hoa, None, clock.today()).unit.id
    gate, add = threading.Barrier(2, timeout=1.5), steps._add

    def slow(changes: Any) -> None:
        add(changes)
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait()

    def yes() -> None:
        with writing():
            records.submit(both.hoa, form.id, snapshot, 1, to)

    def no() -> None:
        with writing():
            records.decline(both.bich, form.id, 0)

    monkeypatch.setattr(steps, "_add", slow)
    assert faults(at_once(both.app, yes, no)) == []


# --- the machine


def test_readiness_asked_side_by_side(both: World) -> None:
    def ask() -> list[int]:
        return [both.app.test_client().get("/readyz").status_code for _ in range(30)]

    assert at_once(both.app, *[ask] * 6) == [[200] * 30] * 6


def test_the_runner_holds_no_transaction_open(w: World, monkeypatch: Any) -> None:
    held: list[bool] = []

    class Consumer:
        def run(self) -> None:
            held.append(db.session.in_transaction())

    monkeypatch.setattr(w.app.extensions["job_transport"], "consumer", Consumer)
    w.app.test_cli_runner().invoke(args=["jobs", "run"])
    assert held == [False]


def test_common_words_are_no_trace_of_a_text() -> None:
    """24 bytes of escaped JSON are as little as two syllables."""
    hay = json.dumps({"text": "gia đình của đồng nghiệp trong tổ"}).encode()
    assert not any(part in hay for part in sealed.samples("Đổi ca giúp đồng nghiệp có con nhỏ ốm."))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lesson: lesson.write_text(
            re.sub(r'(?m)^at = ".*"$', "at = 2020-01-01", lesson.read_text("utf-8"), count=1), "utf-8"
        ),
        lambda lesson: lesson.write_text(lesson.read_text("utf-8") + "chữ " * 60_000, "utf-8"),
        lambda lesson: lesson.with_name("09-x.md").mkdir(),
    ],
)
def test_a_malformed_lesson_is_named_with_its_file(w: World, tmp_path: Path, spoil: Callable[[Path], Any]) -> None:
    import shutil

    from app.config import ROOT
    from app.lessons.content import ContentFaults
    from app.loading import load

    for name in ("lessons", "quizzes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    spoil(next((tmp_path / "lessons" / "2020" / "neu-guong").glob("01-*.md")))
    with w.app.app_context(), pytest.raises(ContentFaults):
        load(tmp_path)
