"""Work that a deed asks for: done after it, once, and never lost."""

import logging
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.db import WriteOutside, db, writing
from app.jobs import actions
from app.jobs.models import Job
from app.jobs.transport import Transport
from app.units.models import Unit
from tests import make

LATER = timedelta(minutes=1)


class Works:
    """Two kinds of work: `good` notes what it was given, `bad` always fails."""

    def __init__(self) -> None:
        self.done: list[tuple[str, dict[str, object]]] = []
        self.tried = 0

    def good(self, job: Job) -> None:
        self.done.append((job.subject, job.args))

    def bad(self, job: Job) -> None:
        self.tried += 1
        raise ValueError("điều riêng của chị Hòa")


@pytest.fixture
def works() -> Iterator[Works]:
    made = Works()
    actions.work("good")(made.good)
    actions.work("bad")(made.bad)
    yield made
    del actions.works["good"], actions.works["bad"]


def ask(app: Flask, kind: str = "good", uq_key: str | None = None) -> None:
    with app.app_context(), writing():
        actions.add(kind, "MSH", uq_key, year=2020)


def jobs(app: Flask) -> list[tuple[str, int, str | None]]:
    with app.app_context():
        rows = db.session.scalars(sa.select(Job).order_by(Job.id))
        return [(row.state, row.tries, row.fault) for row in rows]


def sweep(app: Flask, after: timedelta = LATER) -> int:
    with app.app_context(), clock.shifted(after):
        return actions.sweep()


def run(app: Flask) -> list[bool]:
    with app.app_context():
        return [actions.run(job_id) for job_id in db.session.scalars(sa.select(Job.id)).all()]


def set_to(app: Flask, **values: object) -> None:
    with app.app_context(), writing() as session:
        session.execute(sa.update(Job).values(**values))


def test_work_is_done_after_the_deed_with_what_it_was_given(app: Flask, works: Works) -> None:
    ask(app)
    assert works.done == [("MSH", {"year": 2020})]
    assert jobs(app) == [("done", 1, None)]


def test_work_finds_the_deed_committed(app: Flask) -> None:
    seen: list[int] = []
    actions.work("look")(lambda job: seen.append(db.session.scalar(sa.select(sa.func.count(Unit.id))) or 0))
    with app.app_context(), writing() as session:
        actions.add("look", "Q1")
        session.add(Unit(code="Q1", opened=make.START))
    del actions.works["look"]
    assert seen == [1]


def test_work_of_a_deed_that_was_taken_back_is_never_done(app: Flask, works: Works) -> None:
    def taken_back() -> None:
        with writing():
            actions.add("good", "MSH")
            raise ValueError("back")

    with app.app_context(), pytest.raises(ValueError, match="back"):
        taken_back()
    assert sweep(app, timedelta(days=1)) == 0
    assert works.done == []
    assert jobs(app) == []


def test_work_cannot_be_asked_for_outside_a_deed(app: Flask, works: Works) -> None:
    with app.app_context(), pytest.raises(WriteOutside):
        actions.add("good", "MSH")
    assert jobs(app) == []


def test_work_delivered_twice_is_done_once(app: Flask, works: Works) -> None:
    ask(app)
    with app.app_context():
        job_id = db.session.scalars(sa.select(Job.id)).one()
        actions.deliver(job_id)
        actions.deliver(job_id)
    assert run(app) == [False]
    assert len(works.done) == 1


def test_of_runners_that_take_it_at_once_one_does_it(app: Flask, works: Works) -> None:
    ask(app)
    set_to(app, state="waiting", tries=0)
    results: list[list[bool]] = []
    threads = [threading.Thread(target=lambda: results.append(run(app))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == [[False]] * 5 + [[True]]
    assert len(works.done) == 2


def test_the_same_work_asked_for_twice_is_one_job(app: Flask, works: Works) -> None:
    for _ in range(2):
        ask(app, uq_key="report:MSH:2020-05")
    with app.app_context(), writing():
        actions.add("good", "MSH", "report:MSH:2020-05")
        actions.add("good", "MSH", "report:MSH:2020-05")
    assert len(works.done) == 1
    ask(app, uq_key="report:BTX:2020-05")
    ask(app)
    ask(app)
    assert len(works.done) == 4


def test_work_that_fails_is_tried_three_times_and_then_left(app: Flask, works: Works) -> None:
    ask(app, "bad")
    assert jobs(app) == [("waiting", 1, "ValueError")]
    assert sweep(app) == 1
    assert jobs(app) == [("waiting", 2, "ValueError")]
    assert sweep(app) == 1
    assert jobs(app) == [("failed", 3, "ValueError")]
    assert sweep(app, timedelta(days=1)) == 0
    assert works.tried == 3


def test_what_a_fault_said_stays_out_of_log_and_row(
    one_app: Flask, works: Works, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        ask(one_app, "bad")
    assert "ValueError" in caplog.text
    assert "điều riêng" not in caplog.text
    assert "điều riêng" not in str(jobs(one_app))


def test_work_that_failed_halfway_leaves_nothing_of_its_own_block(app: Flask) -> None:
    def half(job: Job) -> None:
        with writing() as session:
            session.add(Unit(code="Q1", opened=make.START))
            session.flush()
            raise ValueError("half")

    actions.work("half")(half)
    ask(app, "half")
    del actions.works["half"]
    with app.app_context():
        assert db.session.scalars(sa.select(Unit)).all() == []
    assert jobs(app)[0][:2] == ("waiting", 1)


def test_a_kind_that_nobody_does_is_tried_and_left(app: Flask) -> None:
    ask(app, "nobody")
    sweep(app)
    sweep(app)
    assert jobs(app) == [("failed", 3, "KeyError")]


def test_the_sweep_finds_what_was_never_delivered(app: Flask, works: Works) -> None:
    ask(app)
    set_to(app, state="waiting", tries=0)
    assert sweep(app, timedelta(seconds=20)) == 0
    assert sweep(app) == 1
    assert jobs(app) == [("done", 1, None)]
    assert len(works.done) == 2


def test_the_sweep_frees_what_a_dead_runner_held(app: Flask, works: Works) -> None:
    ask(app)
    set_to(app, state="running")
    assert sweep(app, timedelta(minutes=9)) == 0
    assert jobs(app) == [("running", 1, None)]
    assert sweep(app, timedelta(minutes=11)) == 1
    assert jobs(app) == [("done", 2, None)]


def test_work_that_kills_its_runner_every_time_is_given_up(app: Flask, works: Works) -> None:
    ask(app)
    set_to(app, state="running", tries=3)
    assert sweep(app, timedelta(minutes=11)) == 0
    assert jobs(app)[0][:2] == ("failed", 3)
    assert len(works.done) == 1


@pytest.fixture
def carried(one_app: Flask, tmp_path: Path) -> Iterator[Transport]:
    """The application with its real transport: a message waits in a file for a runner."""
    kept = one_app.extensions["job_transport"]
    one_app.extensions["job_transport"] = carrying = Transport(one_app, tmp_path / "jobs.db")
    yield carrying
    one_app.extensions["job_transport"] = kept


def test_a_runner_finds_what_the_web_process_asked_for(one_app: Flask, carried: Transport, works: Works) -> None:
    """Takes 2 s: the runner looks once a second, and ends in its own time."""
    ask(one_app)
    ask(one_app, "bad")
    assert works.done == []
    runner = carried.consumer()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    runner.start()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (not works.done or not works.tried):
        time.sleep(0.05)
    runner.stop(graceful=True)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    assert works.done == [("MSH", {"year": 2020})]
    assert [row[0] for row in jobs(one_app)] == ["done", "waiting"]


def test_a_broken_transport_does_not_undo_the_deed_and_the_sweep_mends_it(
    one_app: Flask, carried: Transport, works: Works, tmp_path: Path
) -> None:
    for file in tmp_path.glob("jobs.db*"):
        file.write_bytes(b"this is no database at all" * 100)
    ask(one_app)
    assert jobs(one_app) == [("waiting", 0, None)]
    one_app.extensions["job_transport"] = Transport(one_app, tmp_path / "other.db", at_once=True)
    assert sweep(one_app) == 1
    assert len(works.done) == 1


def test_the_command_sweeps(app: Flask, works: Works) -> None:
    ask(app)
    set_to(app, state="waiting", tries=0, made=clock.now() - LATER)
    result = app.test_cli_runner().invoke(args=["jobs", "sweep"])
    assert result.output == "delivered again: 1\n"
    assert len(works.done) == 2


def test_periodic_work_is_known_by_name() -> None:
    names = [name for name, _, _ in actions.periodic]
    assert {"jobs.sweep", "audit.seal", "steps.midnight"} <= set(names)
    assert len(names) == len(set(names))
    assert all(1 <= minutes <= 60 for _, minutes, _ in actions.periodic)
