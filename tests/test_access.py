"""docs/access.md is true: every route, as every kind of person, in one's own, a sibling's, a parent's and another
federation's units; and canary names and texts never cross."""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import loading
from app.accounts.queries import actor_for
from app.config import ROOT
from app.db import db, writing
from app.records import actions as records
from app.records import queries, texts
from app.records.rules import record_id
from app.units.queries import by_code
from tests import make
from tests.rosters import sheets
from tests.world import World

PAGE = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
DAY = date(2020, 5, 12)
YEAR = 2020
CANARY = "bí mật của riêng {} không ai khác được thấy"


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of docs/access.md, cells without back-ticks."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip("` ") for cell in row] for row in rows[2:]]


def routes(app: Flask) -> list[list[str]]:
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            found.append([methods, rule.rule, app.extensions["policies"][rule.endpoint].name])
    return sorted(found)


def test_the_table_of_routes_is_the_table_of_the_application(one_app: Flask) -> None:
    assert sorted(table("Routes")) == routes(one_app)


@dataclass(frozen=True)
class Stage:
    """The world with content loaded and three records written: Hòa's deed, chair Thu's pledge, Cúc's private sheet."""

    world: World
    clients: dict[str, FlaskClient]
    hoa_record: UUID
    thu_record: UUID
    cuc_record: UUID
    hanh_upload: str


WHO = ("hoa", "hanh", "thu", "lan", "cuc", "minh", "huy", "phu")


@pytest.fixture
def stage(world: World) -> Stage:
    app = world.app
    with app.app_context():
        loading.load(ROOT)
    clients = {who: make.sign_in(app, getattr(world, who)) for who in WHO}
    clients["nobody"] = app.test_client()
    return Stage(
        world,
        clients,
        hoa_record=send(app, world.hoa, "commitment", "hoa"),
        thu_record=send(app, world.thu, "pledge", "thu"),
        cuc_record=keep(app, world.cuc, "assessment", "cuc"),
        hanh_upload=uploaded(clients["hanh"]),
    )


def uploaded(client: FlaskClient) -> str:
    """The number of a list that Hạnh is looking at: it names Hòa and not Bích, who is proposed to leave."""
    read = sheets.upload(client, sheets.people(("Nguyễn Thị Hòa", "Tổ May 3", "", "0900000001")))
    return sheets.address(read).rpartition("/")[2]


def body_of(form: queries.FormRow, who: str) -> dict[str, object]:
    said = CANARY.format(who)
    deed = {"what": said, "how": said, "until": "2020-06-30"}
    return {section.key: [deed] if section.type == "deeds" else said for section in form.sections}


def form_for(person: UUID, kind: str) -> queries.FormRow:
    return queries.form_for(kind, YEAR, actor_for(person).memberships[0].unit_id, DAY)


def send(app: Flask, person: UUID, kind: str, who: str) -> UUID:
    with app.app_context():
        form = form_for(person, kind)
        snapshot = texts.snapshot(person, form.sections, body_of(form, who))
        readers = queries.readers_before(person, None, DAY)
        assert readers.unit is not None
        to = readers.unit.id
        with writing():
            records.submit(person, form.id, snapshot, 0, to)
        return record_id(person, form.id)


def keep(app: Flask, person: UUID, kind: str, who: str) -> UUID:
    with app.app_context():
        form = form_for(person, kind)
        made = record_id(person, form.id)
        sealed = texts.seal_draft(made, person, body_of(form, who))
        with writing():
            records.keep(person, form.id, sealed, 0)
        return made


ARGUMENTS = {
    "<int:year>": "2020",
    "<module>": "nghi-quyet-trung-uong-4",
    "<lesson>": "hai-nghi-quyet",
    "<int:n>": "1",
    "<int:k>": "1",
    "<session_id>": "0" * 64,
    "<member>": "MSH-0001-7",
}


def address(rule: str, unit: str, record: UUID, code: str = "0" * 16, upload: str = str(UUID(int=8))) -> str:
    path = rule.replace("<uuid:record_id>", str(record)).replace("<uuid:upload_id>", upload)
    path = path.replace("<code>", unit if rule.startswith("/don-vi") else code)
    for name, value in ARGUMENTS.items():
        path = path.replace(name, value)
    assert "<" not in path, f"say in ARGUMENTS what {rule} is to be filled with"
    return path


ADMITTED = {
    "anyone": set(WHO) | {"nobody"},
    "signed in": set(WHO),
    "member": {"hoa", "hanh", "thu", "lan", "cuc"},
    "officer": {"hanh", "thu", "cuc", "minh", "phu"},
    "officer or admin": {"hanh", "thu", "cuc", "minh", "phu", "huy"},
    "admin": {"huy"},
}
ENDS = {"/thoat", "/toi/mat-khau"}  # a POST here would end the session that the next request needs


def test_every_route_as_everybody_keeps_its_policy(stage: Stage) -> None:
    """No session: to sign-in. A session that the policy does not admit: 403. Whoever is admitted gets anything else."""
    wrong = []
    for methods, rule, policy in table("Routes"):
        for who, client in stage.clients.items():
            path = address(rule, "MSH", stage.hoa_record)
            if methods == "POST":
                if rule in ENDS:
                    continue
                csrf = make.token(client, "/dang-nhap")
                answer = client.post(path, data={"csrf_token": csrf})
            else:
                answer = client.get(path)
            to_sign_in = answer.status_code == 303 and answer.location.startswith("/dang-nhap")
            if who in ADMITTED[policy]:
                good = answer.status_code != 403 and not to_sign_in
            else:
                good = to_sign_in if who == "nobody" else answer.status_code == 403
            if not good:
                wrong.append((methods, rule, who, answer.status_code))
    assert not wrong


RELATIONS = {"own officer": "hanh", "officer above": "minh", "sibling": "cuc", "foreign": "phu", "admin above": "huy"}


def test_a_units_pages_answer_as_the_table_says(stage: Stage) -> None:
    wrong = []
    for rule, *expected in table("A unit's pages"):
        for (relation, who), status in zip(RELATIONS.items(), expected, strict=True):
            answer = stage.clients[who].get(address(rule, "MSH", stage.hoa_record, upload=stage.hanh_upload))
            if answer.status_code != int(status):
                wrong.append((rule, relation, answer.status_code, status))
    assert not wrong


def test_what_is_not_mine_looks_like_what_is_not_there(stage: Stage) -> None:
    cuc = stage.clients["cuc"]
    for rule, *_ in table("A unit's pages"):
        theirs = cuc.get(address(rule, "MSH", stage.hoa_record, upload=stage.hanh_upload))
        nowhere = cuc.get(address(rule, "KHONGCO", UUID(int=7)))
        assert theirs.status_code == nowhere.status_code == 404
        assert without_token(theirs.text) == without_token(nowhere.text)


def without_token(html: str) -> str:
    """The page without its CSRF token, which carries the second it was made in."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", html)


def words(answer: TestResponse) -> str:
    """What stands in the answer: of a workbook, what stands in its parts."""
    if not zipfile.is_zipfile(io.BytesIO(answer.data)):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())


def seen_by(stage: Stage, who: str) -> str:
    """Everything that this person can see: every GET route, in every unit, with every record; no-break spaces plain."""
    client, texts_seen = stage.clients[who], []
    for methods, rule, _ in table("Routes"):
        if methods != "GET":
            continue
        units = ("MSH", "BTX", "Q1", "KHA", "Q3", "MSH3") if rule.startswith("/don-vi") else ("MSH",)
        records_ = (
            (stage.hoa_record, stage.thu_record, stage.cuc_record) if "record_id" in rule else (stage.hoa_record,)
        )
        texts_seen += [
            words(client.get(address(rule, unit, one, upload=stage.hanh_upload))) for unit in units for one in records_
        ]
    return re.sub(r"\s+", " ", "\n".join(texts_seen).replace("\u00a0", " "))


NAMES = {  # a member without a role → who may ever see the name
    "Nguyễn Thị Hòa": {"hoa", "hanh", "thu"},
    "Lê Thị Bích": {"hanh", "thu"},
    "Mai Thị Lan": {"lan", "cuc"},
    "Ngô Ngọc Sơn": set(),
}
TEXTS = {  # whose text → who may ever see it
    "hoa": {"hoa", "hanh", "thu"},
    "thu": {"thu", "minh"},  # the chair's: reviewed one level up, and by nobody in the unit
    "cuc": {"cuc"},
}


def test_names_and_texts_never_cross(stage: Stage) -> None:
    crossed = []
    for who in stage.clients:
        everything = seen_by(stage, who)
        for name, allowed in NAMES.items():
            if (name in everything) != (who in allowed):
                crossed.append((who, name))
        for author, allowed in TEXTS.items():
            if (CANARY.format(author) in everything) != (who in allowed):
                crossed.append((who, f"text of {author}"))
    assert not crossed


def test_every_reading_by_another_is_shown_to_the_author(stage: Stage) -> None:
    assert "Chưa có ai mở." in stage.clients["hoa"].get("/toi").text
    stage.clients["hanh"].get(f"/don-vi/MSH/ho-so/{stage.hoa_record}")
    mine = stage.clients["hoa"].get("/toi").text.replace("\u00a0", " ")
    assert "Trần Thị Mỹ Hạnh" in mine
    assert "Chưa có ai mở." not in mine


def test_a_head_or_a_prefetch_opens_no_text(stage: Stage) -> None:
    path = f"/don-vi/MSH/ho-so/{stage.hoa_record}"
    stage.clients["hanh"].head(path)
    answer = stage.clients["hanh"].get(path, headers={"Sec-Purpose": "prefetch"})
    assert CANARY.format("hoa") not in answer.text
    assert "Chưa có ai mở." in stage.clients["hoa"].get("/toi").text


def test_the_world_has_the_units_that_the_tables_speak_of(stage: Stage) -> None:
    with stage.world.app.app_context():
        for code in ("MSH", "BTX", "Q1", "KHA", "Q3", "MSH3"):
            assert by_code(code, DAY) is not None
        db.session.rollback()
