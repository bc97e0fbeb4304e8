"""The key stays on the server until an attempt is closed.

Asked of everything that is sent before: does it hold what only stands beside the key? Does it treat the options of a
question alike, byte for byte but for their ids and words? Is it the same whether what was chosen is right? And over
many papers, does the place of the right option tell anything?
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from html import escape
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import loading, text
from app.config import ROOT
from app.db import db
from app.quizzes.content import load_all
from app.quizzes.models import QuestionKey, QuestionRevision
from tests import make
from tests.lessons.tree import plant
from tests.world import World

QUIZ = "/trac-nghiem/2020/doan-ket"
FIRST = f"{QUIZ}/luot/1"
EXPLANATION = "Lời giải thích kín"
BESIDE_THE_KEY = re.compile(rf"{EXPLANATION}|\b(right|correct|explanation|difficulty|key)\b|[Đđ]áp án")
OF_A_QUESTION = re.compile(r"Quy định 08|qd-08|Điều |/mot\b|/hai\b|\bq-\d|lesson")
PLACES = 3


@dataclass(frozen=True)
class Bank:
    """What the database holds: of each question its words, option id → words, and the right id."""

    words: dict[str, dict[str, str]]
    right: set[str]

    @property
    def options(self) -> dict[str, str]:
        return {option: words for options in self.words.values() for option, words in options.items()}

    def question_of(self, option: str) -> str:
        return next(question for question, options in self.words.items() if option in options)


def bank_of(app: Flask) -> Bank:
    with app.app_context():
        bodies = db.session.scalars(sa.select(QuestionRevision.body)).all()
        keys = db.session.scalars(sa.select(QuestionKey.body)).all()
        db.session.rollback()
    words = {body["text"]: {option["id"]: option["text"] for option in body["options"]} for body in bodies}
    return Bank(words, {option for key in keys for option in key})


@dataclass(frozen=True)
class Stage:
    app: Flask
    person: UUID
    bank: Bank
    hoa: FlaskClient
    hanh: FlaskClient
    token: str

    def start(self, n: int) -> TestResponse:
        return self.hoa.post(QUIZ, data={"csrf_token": self.token, "luot": n})

    def hand_in(self, n: int) -> TestResponse:
        return self.hoa.post(f"{QUIZ}/luot/{n}/nop-bai", data={"csrf_token": self.token, "epoch": 1})

    def choose(self, k: int, option: str, by_script: bool = False) -> TestResponse:
        sent = {"epoch": 1, "save_id": str(uuid4())}
        if by_script:
            return self.hoa.post(
                f"{FIRST}/cau", json=sent | {"chon": {str(k): [option]}}, headers={"X-CSRFToken": self.token}
            )
        return self.hoa.post(f"{FIRST}/cau/{k}", data=sent | {"csrf_token": self.token, "chon": option, "sang": k})


@pytest.fixture
def stage(one_world: World, tmp_path: Path) -> Stage:
    app = one_world.app
    with app.app_context():
        load_all(plant(tmp_path))
    hoa, hanh = (browser(app, person) for person in (one_world.hoa, one_world.hanh))
    return Stage(app, one_world.hoa, bank_of(app), hoa, hanh, make.token(hoa, "/toi"))


def browser(app: Flask, person: UUID) -> FlaskClient:
    """A browser that holds every cookie it will ever need: from here on none is set."""
    client = make.sign_in(app, person)
    make.token(client, "/toi")
    return client


# --- reading a page as somebody does who looks for the key --------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A question as a page holds it: option ids in their places, the raw markup of each option, and all between."""

    options: list[str]
    raw: list[str]
    rest: list[str]


def questions_on(page: str) -> list[Shown]:
    """Every question of the paper: the one to be answered first, then all those that attempt.js may show."""
    found = []
    for whole in re.findall(r"<fieldset\b.*?</fieldset>", page, re.DOTALL):
        head, _, body = whole.partition("</legend>")
        *raw, tail = re.split(r"(?<=</label>)", body)
        found.append(Shown([re.findall(r'value="([^"]+)"', part)[0] for part in raw], raw, [head, tail]))
    assert len(found) == 6
    return found


def words_on_page(words: str) -> str:
    return text.glue(escape(words))


def bare(sent: str, bank: Bank) -> str:
    """What was sent, without the words and ids of the paper and without what differs from one moment to the next."""
    for option, words in bank.options.items():
        sent = sent.replace(option, "OPTION").replace(words_on_page(words), "WORDS")
    for question in bank.words:
        sent = sent.replace(words_on_page(question), "QUESTION")
    for pattern, stands in (
        (r'(name="csrf_token" value=")[^"]+', r"\1TOKEN"),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
        (r'data-left="\d+">\d+:\d\d', "LEFT"),
        (r'"left":\d+', "LEFT"),
        (r"\d\d:\d\d(:\d\d)?", "TIME"),
        (r"/luot/\d+", "/luot/N"),
        (r"([Ll]ượt\u00a0)\d+", r"\1N"),
    ):
        sent = re.sub(pattern, stands, sent)
    return sent


def whole(answer: TestResponse, bank: Bank) -> str:
    """Status, headers and body, so that two answers can be held side by side."""
    headers = sorted(f"{name}: {value}" for name, value in answer.headers if name not in ("Date", "Content-Length"))
    return bare("\n".join([answer.status, *headers, answer.text]), bank)


# --- what is sent -------------------------------------------------------------------------------------------------


def pages_around(stage: Stage) -> list[TestResponse]:
    """What a member, and an officer of the unit, can open while the attempt is open."""
    mine = ("/", "/hoc/2020", "/hoc/2020/doan-ket", "/hoc/2020/doan-ket/mot", "/toi", QUIZ)
    units = ("/", "/don-vi/MSH/hoan-thanh", "/don-vi/MSH/ho-so")
    return [stage.hoa.get(path) for path in mine] + [stage.hanh.get(path) for path in units]


def everything_before(stage: Stage) -> list[TestResponse]:
    """Every kind of answer there is before an attempt is closed: each option of each question is chosen both ways."""
    sent = [*pages_around(stage), stage.start(1)]
    for k, question in enumerate(questions_on(stage.hoa.get(f"{FIRST}/cau/1").text)[1:], 1):
        sent += [stage.hoa.get(f"{FIRST}/cau/{k}")]
        sent += [stage.choose(k, option, by_script) for option in question.options for by_script in (True, False)]
    sent += [stage.hoa.get(f"{FIRST}/{path}") for path in ("cau/1", "nop-bai", "ket-qua")]
    sent += [stage.hoa.post(f"{FIRST}/{path}", data={"csrf_token": stage.token}) for path in ("het-gio", "tiep-quan")]
    elsewhere = browser(stage.app, stage.person).get(f"{FIRST}/cau/1")
    assert elsewhere.status_code == 409
    return [*sent, elsewhere, *pages_around(stage)]


def test_nothing_that_stands_beside_the_key_is_sent_before_handing_in(stage: Stage) -> None:
    for answer in everything_before(stage):
        path, sent = answer.request.path, f"{answer.headers}\n{answer.text}"
        assert not BESIDE_THE_KEY.search(sent), path
        assert not (path.startswith(QUIZ) and OF_A_QUESTION.search(sent)), path
        assert "Set-Cookie" not in answer.headers, path
        for options in stage.bank.words.values():
            assert len({sent.count(option) for option in options}) == 1, path
            assert len({sent.count(words_on_page(words)) for words in options.values()}) == 1, path


def test_all_of_it_is_sent_after_handing_in(stage: Stage) -> None:
    """What the search above looks for is what there is to be found."""
    stage.start(1)
    stage.hand_in(1)
    page = stage.hoa.get(f"{FIRST}/ket-qua").text
    assert page.count(EXPLANATION) == 5
    assert BESIDE_THE_KEY.search(page)
    assert OF_A_QUESTION.search(page)


def test_words_are_sent_as_they_are_stored_and_stored_as_they_were_written(stage: Stage) -> None:
    written = {f"Phương án {which} {n}" for which in ("đúng", "hai", "ba") for n in range(1, 9)}
    assert set(stage.bank.options.values()) == written
    stage.start(1)
    for shown in questions_on(stage.hoa.get(f"{FIRST}/cau/1").text):
        for option, raw in zip(shown.options, shown.raw, strict=True):
            words = re.findall(r"<label[^>]*>(.*)</label>", raw, re.DOTALL)
            assert words == [words_on_page(stage.bank.options[option])]
            assert unicodedata.is_normalized("NFC", words[0])
            assert not unseen(words[0])


def unseen(words: str) -> list[str]:
    """Characters without a shape of their own: zero-width, control, unassigned, loose marks."""
    return [c for c in words if unicodedata.category(c) in ("Cf", "Cc", "Co", "Cn", "Mn")]


def test_the_options_of_a_question_differ_in_ids_and_words_only(stage: Stage) -> None:
    stage.start(1)
    shapes, rests = set(), set()
    for shown in questions_on(stage.hoa.get(f"{FIRST}/cau/3").text):
        for place, raw in enumerate(shown.raw, 1):
            shapes.add(re.sub(rf'"c\d-{place}"', '"PLACE"', bare(raw, stage.bank)))
        rests.add(re.sub(r'data-k="\d"|/cau/\d', "K", bare("".join(shown.rest), stage.bank)))
    assert len(shapes) == 1
    assert len(rests) == 1


def test_a_right_choice_is_answered_like_a_wrong_one(stage: Stage) -> None:
    """Receipt, redirect, and every page afterwards: the same but for which box is ticked."""
    stage.start(1)
    for k, question in enumerate(questions_on(stage.hoa.get(f"{FIRST}/cau/1").text)[1:], 1):
        answers = [after(stage, k, option) for option in question.options]
        assert answers[0] == answers[1] == answers[2]


def after(stage: Stage, k: int, option: str) -> list[str]:
    sent = [stage.choose(k, option, by_script=True), stage.choose(k, option)]
    sent += [stage.hoa.get(f"{FIRST}/{path}") for path in ("cau/1", f"cau/{k}", "nop-bai")]
    sent += pages_around(stage) if k == 1 else []
    return [whole(answer, stage.bank).replace(" checked", "") for answer in sent]


def test_over_sixty_papers_neither_place_nor_page_tells_the_right_option(stage: Stage) -> None:
    """Takes 3 s: chance needs that many papers to be told from a habit. A page says nothing but the words and ids of
    its paper: without them all sixty are one and the same."""
    by_question: Counter[tuple[str, int]] = Counter()
    by_number: Counter[tuple[int, int]] = Counter()
    papers, pages = [], set()
    for n in range(1, 61):
        stage.start(n)
        answer = stage.hoa.get(f"{QUIZ}/luot/{n}/cau/1")
        pages.add(whole(answer, stage.bank))
        shown = questions_on(answer.text)
        assert shown[0] == shown[1]
        papers.append(tuple(tuple(question.options) for question in shown[1:]))
        stage.hand_in(n)
        for k, options in enumerate(papers[-1]):
            place = next(place for place, option in enumerate(options) if option in stage.bank.right)
            by_question[stage.bank.question_of(options[0]), place] += 1
            by_number[k, place] += 1
    assert len(pages) == 1
    assert all(by_question[question, place] for question in stage.bank.words for place in range(PLACES))
    assert all(by_number[k, place] > 4 for k in range(5) for place in range(PLACES))
    assert len(set(papers)) == 60
    assert len({tuple(map(stage.bank.question_of, (options[0] for options in paper))) for paper in papers}) > 40


def test_ids_and_the_order_they_are_stored_in_tell_nothing(one_app: Flask) -> None:
    """In the banks as they are, the right option is first and last as often as chance has it (within four standard
    deviations; wrong in one run of four thousand)."""
    with one_app.app_context():
        loading.load(ROOT)
    bank = bank_of(one_app)
    assert {len(option) for option in bank.options} == {8}
    assert not unseen("".join(bank.options.values()))
    for order in (list, sorted):
        orders = [order(options) for options in bank.words.values()]
        for place in (0, -1):
            hits = sum(options[place] in bank.right for options in orders)
            likely = [1 / len(options) for options in orders]
            spread = sum(chance * (1 - chance) for chance in likely) ** 0.5
            assert abs(hits - sum(likely)) < 4 * spread, (order.__name__, place, hits, sum(likely))
