"""A year in which sheets and commitments are asked for, and the short ways of a test to write, send and review them."""

import html
import json
import re
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.accounts.queries import actor_for
from app.assessments.content import install_forms as install_sheets
from app.commitments.content import install_forms as install_commitments
from app.db import db, writing
from app.records import actions, queries, rules, texts
from app.records.models import RecordVersion
from app.steps import actions as steps
from app.steps.queries import Step
from app.steps.rules import ASSESSMENT, CONFIRMED, REGISTERED
from tests.world import World

EVERYBODY = frozenset({"all"})
DEED = {"what": "Cuối ca dọn gọn chỗ máy của mình", "how": "Mỗi ngày 5 phút trước khi tắt máy", "until": "2020-06-30"}
TYPED = {
    "muc_deeds_1_what": DEED["what"],
    "muc_deeds_1_how": DEED["how"],
    "muc_deeds_1_until": "30/6/2020",
}
COMMENT = "Chị viết rõ thêm việc này giúp BCH nhé"


def begin(world: World) -> int:
    """The programme of 2020 with its three steps of writing, and the forms; returns the programme's id."""
    with world.app.app_context(), writing():
        programme = steps.define_programme("2020", 2020, "Kế hoạch 2020", "Chủ đề", "Mở đầu")
        asked = ((ASSESSMENT, "Liên hệ bản thân"), (REGISTERED, "Việc làm theo"), (CONFIRMED, "BCH xác nhận"))
        steps.define_steps(programme, [Step(key, title, EVERYBODY) for key, title in asked])
        install_sheets(2020)
        install_commitments(2020)
        return programme.id


def form_of(person: UUID, kind: str = "commitment") -> queries.FormRow:
    return queries.form_for(kind, 2020, queries.home_unit(person, clock.today()), clock.today())


def body_of(form: queries.FormRow, text: str = "Một điều riêng mình biết") -> rules.Body:
    return {section.key: [DEED] if section.type == "deeds" else text for section in form.sections}


def send(person: UUID, kind: str = "commitment", lock: int = 0, **changes: Any) -> UUID:
    """Write and send; the record's id. Inside an application context."""
    form = form_of(person, kind)
    body = body_of(form) | changes
    record = rules.record_id(person, form.id)
    readers = queries.readers_before(person, queries.head(record), clock.today())
    snapshot = texts.snapshot(person, form.sections, body)
    with writing():
        actions.submit(person, form.id, snapshot, lock, readers.unit.id if readers.unit else 0)
    return record


def last_version(record: UUID) -> UUID:
    query = sa.select(RecordVersion.id).where(RecordVersion.record_id == record).order_by(RecordVersion.n.desc())
    return db.session.scalars(query).first() or record


def decide(reviewer: UUID, record: UUID, comments: dict[str, str] | None = None, ask: bool = False) -> None:
    head = queries.head(record)
    assert head is not None
    sealed = texts.seal_comments(head.person_id, comments or {})
    decision = actions.Decision(record, last_version(record), head.lock_version, sealed)
    with writing():
        (actions.return_ if ask else actions.confirm)(reviewer, decision)


def read(reader: UUID, record: UUID) -> actions.Opened:
    return actions.open_text(actor_for(reader), last_version(record))


def carried(page: str) -> dict[str, str]:
    """The hidden fields of a page's main form; the first of a name counts."""
    found: dict[str, str] = {}
    main = page.split('<main class="lt-main"')[1]
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', main):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found.setdefault(name[1], value[1])
    return found


def held(page: str) -> dict[str, str]:
    """What a page tells the browser that the record holds: field → text."""
    found = re.search(r'data-shelf-kept="([^"]*)"', page)
    assert found
    return dict(json.loads(html.unescape(found[1])))


def held_fields(page: str) -> list[str]:
    """The names of the text fields of a page's form."""
    return re.findall(r'<textarea[^>]*name="(\w+)"', page)


def post(client: FlaskClient, page: str, action: str, **typed: Any) -> Any:
    """POST to `action` from the form on `page`."""
    headers = typed.pop("headers", None)
    return client.post(action, data=carried(client.get(page).text) | typed, headers=headers)


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
