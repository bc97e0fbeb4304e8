"""docs/access.md is true: every route, as every kind of person, in one's own, a sibling's, a parent's and another
federation's units; and canary names and texts never cross, in whatever answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import loading
from app.accounts import actions as accounts
from app.accounts.queries import actor_for, corrections_of
from app.config import ROOT
from app.db import db, writing
from app.home.held import HELD, NOT_SEEN, SELF
from app.records import actions as records
from app.records import queries, texts
from app.records.rules import part_keys, record_id
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
    """The world with content loaded, somebody new, an administrator of May Sen Hồng (Sen), and records written: the
    deeds of Hòa and Bích, the pledges of the chairs Thu and Cúc, Cúc's private sheet. `codes` are member codes."""

    world: World
    clients: dict[str, FlaskClient]
    tokens: dict[str, str]
    codes: dict[str, str]
    hoa_record: UUID
    bich_record: UUID
    thu_record: UUID
    cuc_pledge: UUID
    cuc_record: UUID
    hanh_upload: str
    corrections: dict[str, str]

    def form(self, record: UUID) -> dict[str, str]:
        """The form under a record: the state it is in, and a comment."""
        with self.world.app.app_context():
            head = queries.head(record)
            assert head is not None
            part = part_keys(queries.form(head.form_id).sections)[0]
            db.session.rollback()
            return {"lock": str(head.lock_version), f"gop_y_{part}": "Ghi thêm vào lúc nào."}

    def post(self, who: str, path: str, data: dict[str, str] | None = None) -> TestResponse:
        return self.clients[who].post(path, data={"csrf_token": self.tokens[who], **(data or {})})

    def post_json(self, who: str, path: str) -> TestResponse:
        headers = {"Accept": "application/json", "X-CSRFToken": self.tokens[who]}
        return self.clients[who].post(path, json={"lock": 1, "epoch": 1}, headers=headers)


WHO = ("hoa", "hanh", "thu", "lan", "cuc", "minh", "huy", "phu", "sen")
OFFICIALS = ("hanh", "thu", "cuc", "minh", "huy", "phu", "sen")


@pytest.fixture
def stage(world: World) -> Stage:
    return set_up(world)


@pytest.fixture
def one_stage(one_world: World) -> Stage:
    return set_up(one_world)


def set_up(world: World) -> Stage:
    app = world.app
    with app.app_context():
        loading.load(ROOT)
    people = {who: getattr(world, who) for who in (*WHO[:-1], "tuan", "huong")}
    people["sen"] = make.person(app, "Bùi Quốc Sen", code_from="MSH")
    make.role(app, people["sen"], "MSH", "admin")
    people["new"] = newcomer(app)
    clients = {who: make.sign_in(app, people[who]) for who in WHO} | {"nobody": app.test_client()}
    return Stage(
        world,
        clients,
        tokens={who: make.token(client, "/dang-nhap") for who, client in clients.items()},
        codes={who: make.code_of(app, person) for who, person in people.items()},
        hoa_record=send(app, world.hoa, "commitment", "hoa"),
        bich_record=send(app, world.bich, "commitment", "bich"),
        thu_record=send(app, world.thu, "pledge", "thu"),
        cuc_pledge=send(app, world.cuc, "pledge", "chair Cúc"),
        cuc_record=keep(app, world.cuc, "assessment", "cuc"),
        hanh_upload=uploaded(clients["hanh"]),
        corrections={who: asked(world, getattr(world, who)) for who in ("hoa", "huong")},
    )


def asked(world: World, person: UUID) -> str:
    """The number of a correction that this person asks for."""
    with world.app.app_context():
        with writing():
            accounts.ask_correction(person, "phone", "0900000777")
        found = str(corrections_of(person)[0].id)
        db.session.rollback()
        return found


def uploaded(client: FlaskClient) -> str:
    """The number of a list that Hạnh is looking at: it names Hòa and not Bích, who is proposed to leave."""
    read = sheets.upload(client, sheets.people(("Nguyễn Thị Hòa", "Tổ May 3", "", "0900000001")))
    return sheets.address(read).rpartition("/")[2]


def newcomer(app: Flask) -> UUID:
    """A member of May Sen Hồng who has not been here yet: no password."""
    with app.app_context(), writing():
        made = accounts.add_person(None, "Lâm Thị Mới")
        accounts.join(None, made, make.unit("MSH"), make.START)
        return made.id


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
    "<verb>": "chuyen",
    "<uuid:change_id>": "00000000-0000-0000-0000-000000000009",
    "<field>": "ten",
    "<int:notice_id>": "999999",
    "<token>": "0" * 32,
    "<part>": "memberships",
    "<purpose>": "thu-tong-hop",
}


def address(
    rule: str, unit: str, record: UUID, member: str = "MSH-0001-7", upload: str = "00000000-0000-0000-0000-000000000008"
) -> str:
    path = rule.replace("<uuid:record_id>", str(record)).replace("<member>", member)
    path = path.replace("<uuid:upload_id>", upload)
    path = path.replace("<code>", unit if rule.startswith("/don-vi") else "0" * 16)
    for name, value in ARGUMENTS.items():
        path = path.replace(name, value)
    assert "<" not in path, f"say in ARGUMENTS what {rule} is to be filled with"
    return path


ADMITTED = {
    "anyone": set(WHO) | {"nobody"},
    "signed in": set(WHO),
    "member": {"hoa", "hanh", "thu", "lan", "cuc"},
    "officer": {"hanh", "thu", "cuc", "minh", "phu"},
    "officer or admin": {"hanh", "thu", "cuc", "minh", "phu", "huy", "sen"},
    "admin": {"huy", "sen"},
}
ENDS = {"/thoat", "/toi/mat-khau"}  # a POST here would end the session that the next request needs


OWN = {"/lam-theo/<int:year>", "/tu-danh-gia/<int:year>"}  # there is none for who belongs to no union
ATTEMPT = "/trac-nghiem/<int:year>/<module>/luot/<int:n>"
# What a form with nothing in it gets from those whom the policy admits; all others lead back to a page (303).
BARE = {
    "/dang-nhap": 400,
    "/hoc/<int:year>/<module>/<lesson>/vi-tri": 400,
    "/kich-hoat/<code>": 409,
    "/lam-theo/<int:year>/nhap": 409,
    "/lam-theo/<int:year>/rut-lai": 409,
    "/lam-theo/<int:year>/tra-loi": 400,
    "/quan-tri/bat-dau": 404,
    "/quen-mat-khau": 400,
    "/toi/nhap-ho/<uuid:record_id>": 404,
    "/toi/dong-y/<purpose>": 400,
    "/toi/phien/<session_id>/ket-thuc": 404,
    "/toi/xac-thuc-hai-lop": 400,
    "/toi/sua/<field>": 400,
    "/thoi-nhan-thu/<token>": 404,
    "/toi/thong-bao/<int:notice_id>/mo": 404,
    "/tu-danh-gia/<int:year>/giu-rieng": 400,
    "/tu-danh-gia/<int:year>/gui": 400,
    "/tu-danh-gia/<int:year>/nhap": 409,
} | {f"{ATTEMPT}{path}": 404 for path in ("/cau", "/cau/<int:k>", "/het-gio", "/nop-bai", "/tiep-quan")}
# Who has written already is answered by what there is.
WRITTEN = {
    ("/lam-theo/<int:year>/tra-loi", "hoa"): 303,
    ("/lam-theo/<int:year>/tra-loi", "thu"): 303,
    ("/lam-theo/<int:year>/tra-loi", "cuc"): 303,
    ("/tu-danh-gia/<int:year>/giu-rieng", "cuc"): 303,
    ("/tu-danh-gia/<int:year>/gui", "cuc"): 409,
    ("/tu-danh-gia/<int:year>/nhap", "cuc"): 303,
}
SHOWN = {  # the same for GET, where it is not 200
    "/don-vi/<code>": 303,
    "/hoc": 303,
    "/kich-hoat/<code>": 409,
    "/kich-hoat/<code>/khong-phai-toi": 409,
    "/lam-theo": 303,
    "/quan-tri/bat-dau": 404,
    "/toi/lan-dau": 303,
    "/thoi-nhan-thu/<token>": 404,
    "/toi/ai-xem-duoc-gi": 303,
    "/tu-danh-gia": 303,
} | {f"{ATTEMPT}{path}": 404 for path in ("/cau/<int:k>", "/ket-qua", "/nop-bai")}


def answered(methods: str, rule: str, who: str) -> int:
    """The status that somebody gets whom the policy of the route admits."""
    if methods == "GET" and rule in OWN and who not in ADMITTED["member"]:
        return 404
    if methods == "GET":
        return SHOWN.get(rule, 200)
    return WRITTEN.get((rule, who), BARE.get(rule, 303))


def test_every_route_as_everybody_keeps_its_policy(stage: Stage) -> None:
    """No session: to sign-in. A session that the policy does not admit: 403. Whoever is admitted gets exactly what
    there is for them; a unit's pages have tables of their own."""
    wrong = []
    for methods, rule, policy in table("Routes"):
        if rule in ENDS:
            continue
        path = address(rule, "MSH", stage.hoa_record)
        for who, client in stage.clients.items():
            answer = client.get(path) if methods == "GET" else stage.post(who, path)
            to_sign_in = answer.status_code == 303 and answer.location.startswith("/dang-nhap")
            if who not in ADMITTED[policy]:
                good = to_sign_in if who == "nobody" else answer.status_code == 403
            elif rule == "/dang-nhap/ma":
                good = to_sign_in  # nobody here is between password and code
            elif rule.startswith("/don-vi/"):
                good = answer.status_code != 403 and not to_sign_in
            else:
                good = answer.status_code == answered(methods, rule, who) and not to_sign_in
            if not good:
                wrong.append((methods, rule, who, answer.status_code))
    assert not wrong


def test_a_get_changes_nothing_but_the_note_that_a_text_was_read(one_stage: Stage) -> None:
    """With its line in the audit, and the notice to whoever wrote it; and
    that a session was used, which these have noted when they were made."""
    with make.changes(one_stage.world.app) as changed:
        for who in ("hoa", "hanh"):
            met(pages(one_stage, who))
    assert set(changed) == {"record_reading", "audit", "notice"}


RELATIONS = {
    "own officer": "hanh",
    "officer above": "minh",
    "sibling": "cuc",
    "foreign": "phu",
    "own admin": "sen",
    "admin above": "huy",
    "reviewing unit": "minh",
}


def test_every_page_and_action_of_a_unit_is_in_a_table() -> None:
    for methods, heading in (("GET", "A unit's pages"), ("POST", "A unit's actions")):
        routed = {rule for method, rule, _ in table("Routes") if method == methods and rule.startswith("/don-vi/")}
        assert routed == {rule for rule, *_ in table(heading)}


def test_a_units_pages_answer_as_the_table_says(stage: Stage) -> None:
    """Takes 5 s: some of the answers are documents."""
    wrong = []
    for rule, *expected in table("A unit's pages"):
        for (relation, who), status in zip(RELATIONS.items(), expected, strict=True):
            reviews = relation == "reviewing unit"
            place = ("Q1", stage.thu_record) if reviews else ("MSH", stage.hoa_record)
            path = address(rule, *place, upload=stage.hanh_upload)
            found = stage.clients[who].get(path).status_code
            if found != int(status):
                wrong.append((rule, relation, found, status))
    assert not wrong


def test_what_is_held_is_said_as_it_is() -> None:
    """`Ai xem được gì` is drawn from this table: what it says of a route is what the route answers."""
    assert table("What is held") == [[one.what, one.unit, one.above, one.kept, one.route] for one in HELD]
    answers = {rule: dict(zip(RELATIONS, found, strict=True)) for rule, *found in table("A unit's pages")}
    policies = {rule: policy for method, rule, policy in table("Routes") if method == "GET"}
    for one in HELD:
        if one.unit == SELF:
            assert not one.route.startswith("/don-vi"), one
            assert policies[one.route] == "signed in", one
            continue
        found = answers[one.route]
        assert found["own officer"] == "200", one
        assert (found["officer above"] == "404") == one.above.startswith(NOT_SEEN), one
        assert (found["own admin"] == "200") == ("quản trị" in one.unit or "mọi đoàn viên" in one.unit), one


def test_every_member_sees_who_sees_what_in_their_own_unit_alone(stage: Stage) -> None:
    for path in ("/don-vi/{}/ai-xem-duoc-gi", "/don-vi/{}/ai-xem-duoc-gi.pdf"):
        assert stage.clients["hoa"].get(path.format("MSH")).status_code == 200
        assert stage.clients["hoa"].get(path.format("BTX")).status_code == 404
        assert stage.clients["hoa"].get(path.format("KHONGCO")).status_code == 404
        assert stage.clients["lan"].get(path.format("MSH")).status_code == 404


def test_a_units_actions_answer_as_the_table_says(stage: Stage) -> None:
    """Each with a form as it should be. Who may is asked last: it changes what there is."""
    wrong = []
    for rule, *expected in table("A unit's actions"):
        asked = zip(RELATIONS.items(), expected, strict=True)
        for (relation, who), status in sorted(asked, key=lambda one: one[0][0] == "own officer"):
            path, data = action(stage, rule, relation == "reviewing unit")
            found = stage.post(who, path, data).status_code
            if found != int(status):
                wrong.append((rule, relation, found, status))
    assert not wrong


def action(stage: Stage, rule: str, reviews: bool) -> tuple[str, dict[str, str]]:
    """Address and form of an action in May Sen Hồng; for the unit that reviews its chair, in that unit itself."""
    returns = rule.endswith("de-nghi-bo-sung")
    record = stage.bich_record if returns else stage.hoa_record
    if reviews:
        record = stage.cuc_pledge if returns else stage.thu_record
    member = "new" if rule.endswith("phieu") else "hoa"
    if "/can-bo/" in rule:
        member = "huong" if reviews else "tuan"
    path = address(rule, "Q1" if reviews else "MSH", record, stage.codes[member], stage.hanh_upload)
    if rule.endswith("/de-nghi"):
        return path, {"de_nghi": stage.corrections["huong" if reviews else "hoa"], "tra_loi": "khong"}
    return path, stage.form(record) if "record_id" in rule else {}


def test_a_chairs_record_is_decided_by_the_unit_above_alone(stage: Stage) -> None:
    """Neither the chair's own committee, nor the unit above by the address of the chair's unit."""
    asked = (("hanh", "MSH"), ("thu", "MSH"), ("minh", "MSH"), ("minh", "Q1"))
    for method, rule, *expected in table("A record that another unit reviews"):
        for (who, unit), status in zip(asked, expected, strict=True):
            record = stage.cuc_pledge if rule.endswith("bo-sung") and unit == "Q1" else stage.thu_record
            path = address(rule, unit, record, upload=stage.hanh_upload)
            data = stage.form(record)
            found = stage.clients[who].get(path) if method == "GET" else stage.post(who, path, data)
            assert (rule, who, unit, found.status_code) == (rule, who, unit, int(status))


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


ASKED = (  # what a unit's pages may be asked for: lists, filters, pages of a list, search, print, what was just settled
    "vua={record}&in=1&muc=xong&con=chua-vao&trang=2",
    "con=con&to=MSH3&viec=assessment&tim=Nguyễn&muc=bo-sung",
)
LISTS = ("/doan-vien", "/ho-so", "/hoan-thanh", "/don-vi")
UNITS = ("MSH", "BTX", "Q1", "KHA", "Q3", "MSH3")
WRONG = ("/don-vi/KHONGCO/doan-vien", "/don-vi/MSH/khong-co", "/khong-co", "/thoat")


def pages(stage: Stage, who: str) -> Iterator[tuple[str, str]]:
    """(address, text) of every GET route, in every unit, with every record, with what may be asked of a list."""
    for methods, rule, _ in table("Routes"):
        for unit, record in places(stage, rule, who) if methods == "GET" else ():
            path = address(rule, unit, record, upload=stage.hanh_upload)
            asked = ASKED if rule.endswith(LISTS) and who in OFFICIALS else ()
            for shown in (path, *(f"{path}?{one.format(record=record)}" for one in asked)):
                yield shown, make.words_of(stage.clients[who].get(shown))


def answers(stage: Stage, who: str) -> Iterator[tuple[str, str]]:
    """(address, text) of every POST route likewise, as a form and as JSON, and of pages of errors."""
    for methods, rule, _ in table("Routes"):
        for unit, record in places(stage, rule, who) if methods == "POST" and rule not in ENDS else ():
            path = address(rule, unit, record, upload=stage.hanh_upload)
            yield path, make.words_of(stage.post(who, path, stage.form(record) if "record_id" in rule else {}))
            if unit == "MSH":
                yield path, make.words_of(stage.post_json(who, path))
    for path in WRONG:
        yield path, make.words_of(stage.clients[who].get(path))
        yield path, make.words_of(stage.clients[who].post(path))


def places(stage: Stage, rule: str, who: str) -> list[tuple[str, UUID]]:
    """Every unit and every record where they stand in the address; of those who hold no role, and are not admitted
    there anyway, one unit."""
    units = UNITS if rule.startswith("/don-vi") and who in OFFICIALS else UNITS[:1]
    records = (stage.hoa_record, stage.thu_record, stage.cuc_record) if "record_id" in rule else (stage.hoa_record,)
    return [(unit, record) for unit in units for record in records]


NAMES = {  # a member without a role → who may ever see the name
    "Nguyễn Thị Hòa": {"hoa", "hanh", "thu", "sen"},
    "Lê Thị Bích": {"hanh", "thu", "sen"},
    "Lâm Thị Mới": {"hanh", "thu", "sen"},
    "Mai Thị Lan": {"lan", "cuc"},
    "Ngô Ngọc Sơn": set(),
}
TEXTS = {  # whose text → who may ever see it
    "hoa": {"hoa", "hanh", "thu"},
    "thu": {"thu", "minh"},  # the chair's: reviewed one level up, and by nobody in the unit
    "cuc": {"cuc"},
}


MAY = NAMES | {CANARY.format(author): readers for author, readers in TEXTS.items()}


def met(texts: Iterator[tuple[str, str]]) -> dict[str, str]:
    """Name or text → the first address where it was seen."""
    seen: dict[str, str] = {}
    for where, text in texts:
        plain = " ".join(text.replace("\u00a0", " ").split())
        seen |= {canary: where for canary in MAY if canary not in seen and canary in plain}
    return seen


# Searching is slow, and on SQLite only: what may be seen is asked of both databases in the same words, and the tables
# above are held on both.


def test_names_and_texts_never_cross_on_pages(one_stage: Stage) -> None:
    """Takes 15 s: a thousand pages. Whoever may see a name or a text sees it somewhere."""
    for who in one_stage.clients:
        seen = met(pages(one_stage, who))
        assert {canary: where for canary, where in seen.items() if who not in MAY[canary]} == {}, who
        assert {canary for canary, may in MAY.items() if who in may} == seen.keys(), who


def test_names_and_texts_never_cross_in_what_answers_a_form(one_stage: Stage) -> None:
    """Takes 15 s: eight hundred answers, refusals and errors."""
    for who in one_stage.clients:
        seen = met(answers(one_stage, who))
        assert {canary: where for canary, where in seen.items() if who not in MAY[canary]} == {}, who


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
