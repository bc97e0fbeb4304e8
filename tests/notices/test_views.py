"""The inbox as its owner sees it."""

import re
from uuid import UUID

import sqlalchemy as sa

from app.accounts import actions as accounts
from app.accounts.actions import lists
from app.accounts.models import SignInName
from app.audit import AuditLine
from app.db import db, writing
from app.notices import actions
from app.notices.models import Notice
from tests import make
from tests.world import World

PAGE = "/toi/thong-bao"


def tell(world: World, person: UUID, number: int = 1, first: int = 2001) -> None:
    with world.app.app_context(), writing():
        for n in range(first, first + number):
            actions.tell(person, "record.confirm", str(n), record="commitment", year=n)


def years(html: str) -> list[int]:
    return [int(found) for found in re.findall(r"năm.(2\d{3})\s*<", html.replace("\u00a0", " "))]


def lines_of(html: str) -> list[str]:
    return re.findall(r"/toi/thong-bao/(\d+)/mo", html)


def test_an_empty_inbox_says_what_will_come(world: World) -> None:
    page = make.sign_in(world.app, world.hoa).get(PAGE).text
    assert "Chưa có thông báo nào" in page
    assert "Đánh dấu" not in page


def test_told_twice_is_one_line(world: World) -> None:
    tell(world, world.hoa)
    tell(world, world.hoa)
    assert len(lines_of(make.sign_in(world.app, world.hoa).get(PAGE).text)) == 1


def test_unread_lines_come_first_and_the_newest_of_them(world: World) -> None:
    tell(world, world.hoa, 3)
    client = make.sign_in(world.app, world.hoa)
    newest, middle, oldest = lines_of(client.get(PAGE).text)
    make.post(client, f"{PAGE}/{newest}/mo")
    assert lines_of(client.get(PAGE).text) == [middle, oldest, newest]


def test_opening_a_line_leads_to_its_page_and_reads_it(world: World) -> None:
    tell(world, world.hoa)
    client = make.sign_in(world.app, world.hoa)
    assert "1 thông báo chưa đọc" in client.get("/").text.replace("\u00a0", " ")
    line = lines_of(client.get(PAGE).text)[0]
    for _ in range(2):
        answer = make.post(client, f"{PAGE}/{line}/mo")
        assert (answer.status_code, answer.location) == (303, "/lam-theo/2001")
    assert "chưa đọc" not in client.get("/").text.replace("\u00a0", " ")


def test_another_persons_line_is_not_there(world: World) -> None:
    tell(world, world.hoa)
    line = lines_of(make.sign_in(world.app, world.hoa).get(PAGE).text)[0]
    assert make.post(make.sign_in(world.app, world.bich), f"{PAGE}/{line}/mo").status_code == 404
    with world.app.app_context():
        assert db.session.scalars(sa.select(Notice.read_at).where(Notice.id == int(line))).one() is None


def test_all_read_spares_what_came_after_the_page(world: World) -> None:
    tell(world, world.hoa, 2)
    client = make.sign_in(world.app, world.hoa)
    found = re.search(r'name="den" value="(\d+)"', client.get(PAGE).text)
    assert found
    tell(world, world.hoa, 1, first=2050)
    assert make.post(client, f"{PAGE}/da-doc", {"den": found[1]}).status_code == 303
    assert "1 thông báo chưa đọc" in client.get(PAGE).text.replace("\u00a0", " ")


def test_a_long_inbox_has_pages(world: World) -> None:
    tell(world, world.hoa, 25)
    client = make.sign_in(world.app, world.hoa)
    first, second = (lines_of(client.get(f"{PAGE}?trang={n}").text) for n in (1, 2))
    assert (len(first), len(second)) == (20, 5)
    assert not set(first) & set(second)


def test_a_reading_names_the_reader_to_the_author(world: World) -> None:
    with world.app.app_context(), writing():
        unit = make.unit("MSH").id
        facts = {"record": "commitment", "year": 2020, "reader": str(world.hanh), "unit": unit}
        actions.tell(world.hoa, "record.read", "x", **facts)
    assert "Trần Thị Mỹ Hạnh đã mở" in make.sign_in(world.app, world.hoa).get(PAGE).text.replace("\u00a0", " ")


def test_the_mail_is_switched_on_and_off_by_who_has_an_address(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    refused = make.post(client, "/toi/thu-moi-ngay", {"nhan": "co"})
    assert (refused.status_code, "chưa có địa chỉ thư điện tử" in refused.text.replace("\u00a0", " ")) == (409, True)
    assert "/toi/thu-moi-ngay" not in client.get("/toi").text
    with world.app.app_context(), writing() as session:
        session.add(SignInName(kind="email", folded="hoa@example.vn", person_id=world.hoa))
    for chosen, offered in (("co", "khong"), ("co", "khong"), ("khong", "co")):
        assert make.post(client, "/toi/thu-moi-ngay", {"nhan": chosen}).status_code == 303
        assert f'value="{offered}"' in client.get("/toi").text
    with world.app.app_context():
        verbs = sa.select(AuditLine.verb).where(AuditLine.verb.startswith("consent.")).order_by(AuditLine.id)
        assert list(db.session.scalars(verbs)) == ["consent.give", "consent.withdraw"]


def test_who_is_taken_out_of_a_list_again_takes_their_notices_along(world: World) -> None:
    with world.app.app_context():
        with writing():
            person = accounts.add_person(world.hanh, "Lâm Thị Mới").id
            actions.tell(person, "reset.made", "1")
        with writing():
            lists.take_out(world.hanh, [person], make.START)
        assert db.session.scalars(sa.select(Notice).where(Notice.person_id == person)).all() == []


def test_no_number_is_too_large_for_what_was_read(world: World) -> None:
    client = make.sign_in(world.app, world.hoa)
    for number in ("9" * 25, "9" * 5_000, "x"):
        assert make.post(client, "/toi/thong-bao/da-doc", {"den": number}).status_code == 303
