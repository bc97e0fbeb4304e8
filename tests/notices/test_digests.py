"""The mail of a day, against a real SMTP server on this machine."""

import dataclasses
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from app import clock
from app.accounts.models import SignInName
from app.config import MailServer
from app.db import db, writing
from app.notices import actions, commands, digests, rules
from app.notices.models import Digest
from tests import make
from tests.records import year
from tests.world import World

DAY = timedelta(days=1)
SITE = "https://lamtheo.example.vn"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Server:
    """Takes mail; says `reply` to each recipient, `after` to each text, or breaks off without an answer."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[EmailMessage] = []
        self.reply = self.after = "250 OK"
        self.breaks = False
        self._controller = Controller(self, hostname="127.0.0.1", port=port or free_port())

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:
        if self.reply.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        made = message_from_bytes(envelope.content, policy=default)
        assert isinstance(made, EmailMessage)
        if self.after.startswith("250"):
            self.got.append(made)
        if self.breaks:
            server.transport.abort()
        return self.after

    @contextmanager
    def listening(self) -> Iterator[int]:
        self._controller.start()
        try:
            assert self._controller.server is not None
            yield self._controller.server.sockets[0].getsockname()[1]
        finally:
            self._controller.stop()


@contextmanager
def settings(world: World, port: int) -> Iterator[None]:
    app = world.app
    before = app.extensions["settings"]
    server = MailServer("127.0.0.1", port, "lamtheo@congdoan.example.vn")
    app.extensions["settings"] = dataclasses.replace(before, mail=server, public_url=SITE)
    try:
        with app.app_context():
            yield
    finally:
        app.extensions["settings"] = before


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    made = Server()
    with made.listening() as port, settings(world, port):
        yield made


def agree(person: UUID, address: str) -> None:
    with writing() as session:
        session.add(SignInName(kind="email", folded=address, person_id=person))
        session.flush()
        actions.choose_mail(person, True)


def tell(person: UUID, event: str = "1", kind: str = "record.confirm", **facts: Any) -> None:
    with writing():
        actions.tell(person, kind, event, **{"record": "commitment", "year": 2020, **facts})


def state() -> list[tuple[str, int]]:
    rows = db.session.execute(sa.select(Digest.state, Digest.tries).order_by(Digest.day))
    return [(state, tries) for state, tries in rows]


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content())


def test_there_is_one_mail_a_day_with_all_that_is_new(world: World, server: Server) -> None:
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    tell(world.hoa, "2", "record.return")
    assert [digests.send_due(), digests.send_due()] == [1, 0]
    tell(world.hoa, "3")
    assert digests.send_due() == 0
    with clock.shifted(DAY):
        assert digests.send_due() == 1
    first, second = server.got
    assert part(first, "plain").count("Vì sao có tin này") == 2
    assert part(second, "plain").count("Vì sao có tin này") == 1


def test_a_mail_is_written_in_vietnamese_and_can_be_ended(world: World, server: Server) -> None:
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    digests.send_due()
    mail = server.got[0]
    assert mail["Subject"] == "Làm Theo: 1 việc mới, thứ Ba 12/5/2020"
    assert mail["To"] == "hoa@example.vn"
    assert mail["From"] == "Làm Theo <lamtheo@congdoan.example.vn>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        assert "Chào chị Hòa" in part(mail, kind)
        assert f"{SITE}/lam-theo/2020" in part(mail, kind)
        assert "anh/chị đã gửi phiếu này cho BCH" in part(mail, kind)
        assert mail["List-Unsubscribe"].strip("<>") in part(mail, kind)


def test_the_link_ends_the_mail_without_signing_in(world: World, server: Server) -> None:
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    digests.send_due()
    path = server.got[0]["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    client = world.app.test_client()
    page = client.get(path)
    assert (page.status_code, "Hòa" in page.text) == (200, False)
    assert client.get(path[:-1]).status_code == 404
    tell(world.hoa, "2")
    for _ in range(2):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with clock.shifted(DAY):
        assert digests.send_due() == 0
    assert len(server.got) == 1


def test_nobody_gets_mail_who_did_not_ask(world: World, server: Server) -> None:
    with writing() as session:
        session.add(SignInName(kind="email", folded="bich@example.vn", person_id=world.bich))
    tell(world.bich)
    assert digests.send_due() == 0
    assert server.got == []


def test_what_was_read_is_not_mailed(world: World, server: Server) -> None:
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    with writing():
        actions.read_all(world.hoa, 10_000)
    assert digests.send_due() == 0


def test_a_mail_names_nobody_else_and_says_no_text(world: World, server: Server) -> None:
    year.begin(world)
    for person in (world.hoa, world.hanh):
        agree(person, f"{person}@example.vn")
    year.send(world.hoa)
    tell(world.hoa, "1", "record.read", reader=str(world.hanh), unit=make.unit("MSH").id)
    assert digests.send_due() == 2
    said = {mail["To"].split("@")[0]: part(mail, "plain") + part(mail, "html") for mail in server.got}
    assert "Hạnh" not in said[str(world.hoa)]
    assert "Cán bộ của CĐCS May Sen Hồng đã mở việc làm theo năm 2020" in said[str(world.hoa)]
    assert "Hòa" not in said[str(world.hanh)]
    assert year.DEED["what"] not in str(said)


def test_an_officer_is_told_numbers_once_for_what_came(world: World, server: Server) -> None:
    year.begin(world)
    agree(world.hanh, "hanh@example.vn")
    with writing():
        actions.read_all(world.hanh, 10_000)
    assert digests.send_due() == 0
    year.send(world.hoa)
    assert digests.send_due() == 1
    said = part(server.got[0], "plain")
    assert "1 phiếu chờ BCH xem, phiếu sớm nhất gửi thứ Ba 12/5/2020" in said
    assert f"{SITE}/don-vi/MSH/ho-so" in said
    with clock.shifted(DAY):
        assert digests.send_due() == 0


def test_a_refused_address_is_not_tried_again_that_day(world: World, server: Server) -> None:
    server.reply = "550 no such user"
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    assert [digests.send_due(), digests.send_due()] == [0, 0]
    assert state() == [("refused", 1)]
    server.reply = "250 OK"
    with clock.shifted(DAY):
        assert digests.send_due() == 1


def test_a_server_that_is_busy_is_asked_again_after_growing_pauses(world: World, server: Server) -> None:
    server.after = "451 try later"
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    for minutes, tries in ((0, 1), (4, 1), (6, 2), (15, 2), (22, 3)):
        with clock.shifted(timedelta(minutes=minutes)):
            digests.send_due()
        assert state() == [("waiting", tries)], minutes
    server.after = "250 OK"
    with clock.shifted(timedelta(minutes=90)):
        assert [digests.send_due(), digests.send_due()] == [1, 0]


def test_a_server_that_was_away_gets_each_mail_once_when_it_is_back(world: World) -> None:
    server = Server()
    with server.listening() as port:
        pass
    with settings(world, port):
        for person in (world.hoa, world.bich):
            agree(person, f"{person}@example.vn")
            tell(person)
        assert digests.send_due() == 0
        assert sorted(state()) == [("waiting", 0), ("waiting", 1)]  # asked once a round
        with Server(port).listening() as again, clock.shifted(timedelta(minutes=6)):
            assert again == port
            assert [digests.send_due(), digests.send_due()] == [2, 0]


def test_a_day_without_a_server_loses_nothing_and_brings_one_mail(world: World, server: Server) -> None:
    server.reply = "451 try later"
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    digests.send_due()
    server.reply = "250 OK"
    with clock.shifted(DAY):
        assert [digests.send_due(), digests.send_due()] == [1, 0]
    assert state() == [("dropped", 1), ("sent", 1)]


def test_where_nobody_knows_it_is_not_sent_twice_and_its_lines_come_tomorrow(world: World, server: Server) -> None:
    server.breaks = True
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    digests.send_due()
    server.breaks = False
    digests.send_due()
    assert (len(server.got), state()) == (1, [("unsure", 1)])
    with clock.shifted(DAY):
        assert digests.send_due() == 1


def test_a_mail_whose_runner_died_is_not_sent_again_that_day(world: World, server: Server) -> None:
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    digests.begin_day(clock.today())
    assert digests._take(world.hoa, clock.today())
    with clock.shifted(rules.SILENT + timedelta(minutes=1)):
        assert digests.send_due() == 0
    assert (server.got, state()) == ([], [("unsure", 1)])


def test_nothing_is_sent_before_morning_or_without_a_server(world: World, server: Server) -> None:
    agree(world.hoa, "hoa@example.vn")
    tell(world.hoa)
    with clock.shifted(timedelta(hours=-2)):
        assert digests.send_due() == 0
    world.app.extensions["settings"] = dataclasses.replace(world.app.extensions["settings"], mail=None)
    commands.send_due()
    assert (server.got, state()) == ([], [])


@pytest.mark.parametrize(("reply", "exits", "says"), [("250 OK", 0, "took"), ("550 no", 1, "refuses")])
def test_a_mail_can_be_tried_from_the_command_line(
    world: World, server: Server, reply: str, exits: int, says: str
) -> None:
    server.reply = reply
    tried = world.app.test_cli_runner().invoke(args=["notices", "try-mail", "ai@example.vn"])
    assert (tried.exit_code, says in tried.output) == (exits, True)
    assert [mail["Subject"] for mail in server.got] == (["Thư thử của Làm Theo"] if exits == 0 else [])
