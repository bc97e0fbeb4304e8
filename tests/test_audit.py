"""app.audit: lines in the transaction of the deed; a chain in which nothing can be changed unseen."""

import threading
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from app import audit, clock, commands
from app.audit import AuditLine, AuditSeal
from app.db import WriteOutside, db, writing

BATCHES = (3, 1, 4)


def add(app: Flask, number: int) -> None:
    with app.app_context(), writing():
        for n in range(number):
            audit.line(uuid4(), "step.done", "person", n, programme=1, key="study:neu-guong")


def seal(app: Flask) -> int:
    with app.app_context(), writing():
        return audit.seal_batch()


@pytest.fixture
def chained(app: Flask) -> Flask:
    """Eight lines in three sealed batches."""
    for number in BATCHES:
        add(app, number)
        assert seal(app) == number
    return app


def verify(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    return result.exit_code, result.output


def changing(app: Flask, *statements: sa.Executable) -> None:
    """What somebody with the database's password would do."""
    with app.app_context(), db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        for statement in statements:
            connection.execute(statement)


def ids(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(sa.select(AuditLine.id).order_by(AuditLine.id)))


# --- lines -------------------------------------------------------------------------------------------------------


def test_a_line_outside_a_transaction_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(WriteOutside):
        audit.line(None, "trial", "unit", "Q1")
    assert ids(app) == []


def test_a_line_goes_back_with_its_deed(app: Flask) -> None:
    def taken_back() -> None:
        with writing():
            audit.line(None, "trial", "unit", "Q1")
            db.session.flush()
            raise ValueError("no")

    with app.app_context(), pytest.raises(ValueError, match="no"):
        taken_back()
    assert ids(app) == []


def test_a_line_says_who_did_what_to_which_and_when(app: Flask) -> None:
    actor = uuid4()
    with app.app_context():
        with writing():
            audit.line(actor, "role.grant", "person", actor, unit="MSH", role="officer")
        row = db.session.scalars(sa.select(AuditLine)).one()
        assert (row.actor, row.verb, row.subject_kind, row.subject) == (actor, "role.grant", "person", str(actor))
        assert row.facts == {"unit": "MSH", "role": "officer"}
        assert f"{row.at:%Y-%m-%d}" == "2020-05-12"


# --- the chain ---------------------------------------------------------------------------------------------------


def test_an_empty_chain_is_sound(app: Flask) -> None:
    assert seal(app) == 0
    code, output = verify(app)
    assert code == 0
    assert "seals: 0  sealed lines: 0  not yet sealed: 0" in output


def test_a_chain_left_alone_is_sound_and_counts_what_is_not_sealed(chained: Flask) -> None:
    add(chained, 2)
    code, output = verify(chained)
    assert code == 0
    assert "seals: 3  sealed lines: 8  not yet sealed: 2" in output


def test_the_head_moves_with_every_seal(chained: Flask) -> None:
    before = verify(chained)[1]
    add(chained, 1)
    seal(chained)
    assert verify(chained)[1].split("head: ")[1] != before.split("head: ")[1]


def test_the_command_seals_everything_batch_by_batch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 3)
    add(app, 8)
    result = app.test_cli_runner().invoke(args=["audit", "seal"])
    assert "sealed: 8" in result.output
    assert "seals: 3  sealed lines: 8  not yet sealed: 0" in verify(app)[1]


Forgery = Callable[[list[int]], list[sa.Executable]]
FORGERIES: dict[str, Forgery] = {
    "a verb changed": lambda i: [sa.update(AuditLine).where(AuditLine.id == i[4]).values(verb="step.withdraw")],
    "an actor changed": lambda i: [sa.update(AuditLine).where(AuditLine.id == i[0]).values(actor=uuid4())],
    "an actor taken out": lambda i: [sa.update(AuditLine).where(AuditLine.id == i[7]).values(actor=None)],
    "a subject changed": lambda i: [sa.update(AuditLine).where(AuditLine.id == i[2]).values(subject="x")],
    "a fact changed": lambda i: [sa.update(AuditLine).where(AuditLine.id == i[2]).values(facts={"programme": 2})],
    "a time changed": lambda i: [sa.update(AuditLine).where(AuditLine.id == i[5]).values(at=clock.now())],
    "the first line deleted": lambda i: [sa.delete(AuditLine).where(AuditLine.id == i[0])],
    "a line deleted": lambda i: [sa.delete(AuditLine).where(AuditLine.id == i[3])],
    "the last line deleted": lambda i: [sa.delete(AuditLine).where(AuditLine.id == i[7])],
    "all lines deleted": lambda i: [sa.delete(AuditLine)],
    "two lines swapped": lambda i: [
        sa.update(AuditLine).where(AuditLine.id == i[5]).values(id=10_000),
        sa.update(AuditLine).where(AuditLine.id == i[6]).values(id=i[5]),
        sa.update(AuditLine).where(AuditLine.id == 10_000).values(id=i[6]),
    ],
    "a line moved to another batch": lambda i: [sa.update(AuditLine).where(AuditLine.id == i[0]).values(id=-1)],
    "the first seal deleted": lambda i: [sa.delete(AuditSeal).where(AuditSeal.n == 1)],
    "a seal deleted": lambda i: [sa.delete(AuditSeal).where(AuditSeal.n == 2)],
    "a seal deleted and the next renumbered": lambda i: [
        sa.delete(AuditSeal).where(AuditSeal.n == 2),
        sa.update(AuditSeal).where(AuditSeal.n == 3).values(n=2),
    ],
    "a root changed": lambda i: [sa.update(AuditSeal).where(AuditSeal.n == 2).values(root="0" * 64)],
    "a line deleted and its seal's count lowered": lambda i: [
        sa.delete(AuditLine).where(AuditLine.id == i[1]),
        sa.update(AuditSeal).where(AuditSeal.n == 1).values(count=2),
    ],
    "two seals swapped": lambda i: [
        sa.update(AuditSeal).where(AuditSeal.n == 1).values(n=9),
        sa.update(AuditSeal).where(AuditSeal.n == 2).values(n=1),
        sa.update(AuditSeal).where(AuditSeal.n == 9).values(n=2),
    ],
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found(chained: Flask, forgery: str) -> None:
    changing(chained, *FORGERIES[forgery](ids(chained)))
    code, output = verify(chained)
    assert code == 1
    assert "FAULT seal" in output


def test_a_line_slipped_into_a_sealed_range_is_found(app: Flask) -> None:
    add(app, 3)
    _, middle, last = ids(app)
    changing(app, sa.update(AuditLine).where(AuditLine.id == last).values(id=last + 10))
    seal(app)
    with app.app_context(), writing() as session:
        session.execute(
            sa.insert(AuditLine).values(
                id=middle + 5,
                at=clock.now(),
                verb="x",
                subject_kind="x",
                subject="x",
                facts={},
            )
        )
    assert verify(app)[0] == 1


def test_one_seal_forged_with_its_lines_breaks_the_chain_after_it(chained: Flask) -> None:
    """Who can compute a root can forge one batch; the next seal still holds the old one's hash."""
    first = ids(chained)[0]
    changing(chained, sa.update(AuditLine).where(AuditLine.id == first).values(verb="nothing"))
    with chained.app_context():
        lines = db.session.scalars(sa.select(AuditLine).order_by(AuditLine.id).limit(BATCHES[0])).all()
        at = db.session.scalars(sa.select(AuditSeal.at).where(AuditSeal.n == 1)).one()
        root = audit.root_of(list(lines), at)
    changing(chained, sa.update(AuditSeal).where(AuditSeal.n == 1).values(root=root))
    code, output = verify(chained)
    assert code == 1
    assert "FAULT seal 2: the chain is broken before it" in output
    assert output.count("FAULT") == 1


# --- beside each other -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["open first", "sealed first"])
def test_a_line_of_an_open_transaction_never_falls_into_a_sealed_range(app: Flask, order: str) -> None:
    """On PostgreSQL an earlier id may be committed later: sealing waits for it. On SQLite there is no such order."""
    drawn, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with app.app_context(), writing() as session:
            audit.line(None, "slow", "unit", "Q1")
            session.flush()
            drawn.set()
            go_on.wait(20)

    writer = threading.Thread(target=slow)
    writer.start()
    assert drawn.wait(20)
    if order == "sealed first" and dialect(app) == "postgresql":
        add(app, 2)  # committed with later ids while the slow one is still open
    sealer = threading.Thread(target=seal, args=(app,))
    sealer.start()
    time.sleep(0.3)  # the sealer has begun, and waits
    assert sealer.is_alive()
    go_on.set()
    writer.join(20)
    sealer.join(20)
    add(app, 1)
    seal(app)
    code, output = verify(app)
    assert code == 0, output
    assert "not yet sealed: 0" in output


def dialect(app: Flask) -> str:
    with app.app_context():
        return db.engine.dialect.name


def test_two_sealers_at_once_make_one_chain(app: Flask) -> None:
    add(app, 20)
    faults: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(5):
                add(app, 2)
                with app.app_context():
                    commands.seal_all()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    code, output = verify(app)
    assert code == 0, output
    assert "sealed lines: 60  not yet sealed: 0" in output
