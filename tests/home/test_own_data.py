"""Everything held about a person is on `/toi/du-lieu`, for them alone; a slice that forgets to say what it holds fails
here."""

import json
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from app.config import ROOT
from app.db import Model, db
from app.holdings import Holding
from app.quizzes.content import load_all
from app.records.models import RecordReading
from tests import make
from tests.home import five_years
from tests.lessons.tree import plant
from tests.quizzes import test_views as quizzes
from tests.records import year
from tests.world import World

PAGE = "/toi/du-lieu"
ACTED = "what somebody did for others stands with those others, and on the trail"
EXCEPTIONS = {
    "audit.actor": ACTED,
    "activation.made_by": ACTED,
    "correction.decided_by": ACTED,
    "exemption.by": ACTED,
    "headcount.by": ACTED,
    "introduction.made_by": ACTED,
    "introduction.received_by": ACTED,
    "person_alias.made_by": ACTED,
    "question_key.by": ACTED,
    "record.decided_by": ACTED,
    "record_comment.by": ACTED,
    "record_reading.reader": ACTED,
    "record_typing.by": ACTED,
    "file_reference.by": ACTED,
    "role.granted_by": ACTED,
    "second_step.ended_by": "told with it: by oneself or not",
    "step_done.by": "told with the step: by oneself or not",
    "step_done.recorded_for": "who gave the step before two records became one: it is the same step",
    "unit_change.by": ACTED,
    "unit_change.undone_by": ACTED,
    "upload.by": ACTED,
    "job.owner": "work of the machine: ids only, for as long as it takes",
    "answer_save.save_id": "the number of a save, no person",
}


def personal_columns() -> set[str]:
    """Every column that says whose a row is: each UUID that is no key of another table, and what hangs on such rows."""
    found = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.Uuid) and refers_to(column) in (set(), {"person"}) and not is_own_key(column)
    }
    return found | {f"{child}.{name}" for child, name in hanging({"record", "attempt", "second_step"})}


def refers_to(column: Any) -> set[str]:
    return {key.column.table.name for key in column.foreign_keys}


def is_own_key(column: Any) -> bool:
    return column.name == "id" and column.table.name != "person"


def hanging(parents: set[str]) -> set[tuple[str, str]]:
    """Rows that hang on these tables, and on what hangs on them."""
    found: set[tuple[str, str]] = set()
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if refers_to(column) & (parents | {child for child, _ in found}) and table.name not in parents:
                found.add((table.name, column.name))
    return found


def holdings(app: Flask) -> tuple[Holding, ...]:
    found: tuple[Holding, ...] = app.extensions["holdings"]
    return found


def covered(app: Flask) -> set[str]:
    return {column for holding in holdings(app) for column in holding.covers}


def test_whatever_is_kept_of_a_person_is_in_a_part_or_has_a_reason(one_app: Flask) -> None:
    forgotten = personal_columns() - covered(one_app) - EXCEPTIONS.keys()
    assert not forgotten, f"say in the slice's queries/holdings.py what these hold about a person: {sorted(forgotten)}"


def test_parts_and_exceptions_name_columns_that_there_are(one_app: Flask) -> None:
    there = {f"{table.name}.{c.name}" for table in Model.metadata.sorted_tables for c in table.columns}
    assert covered(one_app) <= there
    assert EXCEPTIONS.keys() <= there
    assert not covered(one_app) & EXCEPTIONS.keys()


def test_no_two_parts_have_one_key(one_app: Flask) -> None:
    keys = [holding.key for holding in holdings(one_app)]
    assert len(keys) == len(set(keys))


def test_the_document_names_every_part_and_every_column(one_app: Flask) -> None:
    said = (ROOT / "docs" / "own-data.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in said.splitlines() if line.startswith("| `")]
    names = {row[0].strip("`"): [name.strip("`") for name in row[2].split(", ")] for row in rows}
    assert names == {holding.key: list(holding.columns) for holding in holdings(one_app)}


# --- the file -----------------------------------------------------------------------------------------------------


@pytest.fixture
def w(one_world: World, tmp_path: Path) -> World:
    """Hòa has sent a deed, which Hạnh has read; she is in the middle of a quiz."""
    year.begin(one_world)
    with one_world.app.app_context():
        load_all(plant(tmp_path))
        record = year.send(one_world.hoa)
        year.read(one_world.hanh, record)
    quizzes.start(make.sign_in(one_world.app, one_world.hoa))
    return one_world


def file_of(client: FlaskClient) -> Any:
    answer = client.get(f"{PAGE}.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    return json.loads(answer.data.decode("utf-8"))["parts"]


def test_the_file_holds_who_I_am_where_I_belong_and_what_I_wrote(w: World) -> None:
    parts = file_of(make.sign_in(w.app, w.hoa))
    assert parts["person"][0]["name"] == "Nguyễn Thị Hòa"
    assert {"kind": "số điện thoại", "name": "0900000001"} in parts["sign_in_names"]
    assert parts["memberships"][0]["unit"] == "CĐCS May Sen Hồng"
    assert year.DEED["what"] in [line["text"] for line in parts["record_texts"]]
    assert parts["deeds"][0]["due"] == "2020-06-30"
    assert parts["record_readings"][0]["reader"] == "Trần Thị Mỹ Hạnh"
    assert parts["sessions"][0]["made"].endswith("+07:00")


def test_an_open_attempt_says_what_was_chosen_and_not_what_is_right(w: World) -> None:
    answers = file_of(make.sign_in(w.app, w.hoa))["answers"]
    assert answers
    assert {line["right"] for line in answers} == {None}


def test_my_data_says_nothing_that_another_wrote_or_did(w: World) -> None:
    said = json.dumps(file_of(make.sign_in(w.app, w.bich)), ensure_ascii=False)
    assert year.DEED["what"] not in said
    assert make.name_of(w.app, w.hoa) not in said


def test_reading_my_own_texts_here_is_no_reading(w: World) -> None:
    client = make.sign_in(w.app, w.hoa)
    with make.changes(w.app) as changed:
        client.get(PAGE)
        client.get(f"{PAGE}.json")
        client.get(f"{PAGE}.pdf")
    assert RecordReading.__tablename__ not in changed


def test_the_paper_holds_the_same_texts(w: World) -> None:
    answer = make.sign_in(w.app, w.hoa).get(f"{PAGE}.pdf")
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages).split())
    assert year.DEED["how"] in words
    assert "Ai đã đọc điều đã viết" in words


def test_a_part_has_a_page_of_its_own_and_no_other_does(w: World) -> None:
    client = make.sign_in(w.app, w.hoa)
    assert year.DEED["what"] in client.get(f"{PAGE}/record_texts").text
    assert client.get(f"{PAGE}/secrets").status_code == 404


def test_secrets_of_signing_in_are_in_no_part(w: World) -> None:
    said = json.dumps(file_of(make.sign_in(w.app, w.hoa)))
    assert "argon2" not in said
    assert not any(len(word) == 64 for word in said.split('"'))  # hashes of codes, tokens and devices


def test_no_file_stays_on_a_machine_that_others_use(w: World) -> None:
    client = w.app.test_client()
    data = {"name": make.code_of(w.app, w.hoa), "password": make.PASSWORD, "shared": "y"}
    make.post(client, "/dang-nhap", data, form_on="/dang-nhap")
    assert client.get(f"{PAGE}.json").status_code == client.get(f"{PAGE}.pdf").status_code == 403
    assert f"{PAGE}.pdf" not in client.get(PAGE).text


def test_inside_zalo_the_way_out_is_told(w: World) -> None:
    client = make.sign_in(w.app, w.hoa)
    for kind in ("pdf", "json"):
        answer = client.get(f"{PAGE}.{kind}", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 9) Zalo android/12"})
        assert "Mở bằng trình duyệt" in answer.text


def test_a_member_of_five_years_sees_it_within_a_second_and_light(one_world: World) -> None:
    """Takes 6 s: five years are built first."""
    with one_world.app.app_context():
        five_years.build(one_world.hoa, [one_world.hanh, one_world.tuan, one_world.thu])
        db.session.rollback()
    client = make.sign_in(one_world.app, one_world.hoa)
    client.get(PAGE)
    took = []
    for _ in range(3):
        begun = time.process_time()  # of ours, whatever else this machine does
        client.get(PAGE)
        took.append(time.process_time() - begun)
    assert min(took) < 1, took
    for path in ("", "/record_texts", "/answers", "/trail"):
        assert len(client.get(f"{PAGE}{path}").data) < 60_000, path  # its stylesheets and scripts come to as much
    assert len(file_of(client)["answers"]) == 5 * five_years.MODULES * five_years.TRIES * five_years.QUESTIONS


def test_every_part_is_read_on_both_databases(world: World) -> None:
    client = make.sign_in(world.app, world.hanh)
    assert file_of(client)["roles"][0]["role"] == "Ủy viên BCH"
    for holding in holdings(world.app):
        assert client.get(f"{PAGE}/{holding.key}").status_code == 200
