"""Five kinds of question: how each is written, what may be answered, and what is right."""

import re
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.db import db
from app.lessons.rules.folder import ContentFault
from app.quizzes.content import load_all
from app.quizzes.models import Mark, QuestionKey, QuestionRevision
from app.quizzes.rules.bank import Known, QuestionText, parse_bank
from app.quizzes.rules.kinds import KINDS, Asked, Kind, UnknownOption, is_right, is_whole, known, same_words
from tests import make
from tests.lessons.tree import bank, module, plant, put
from tests.quizzes.test_views import FIRST, QUIZ, fields, start
from tests.world import World

HEAD = '+++\nkind = "{kind}"\nsource = "qd-08"\n+++\n'
SEVERAL = "Chọn các ý đúng.\n\n- [x] Ý một\n- [ ] Ý hai\n- [x] Ý ba\n\n> Vì thế."
FILL = "Nghị quyết số mấy?\n\n= 35-NQ/TW\n= ba mươi lăm\n\n> Số 35."
MATCHING = "Nối.\n\n- Năm 1930 => Thành lập Đảng\n- Năm 1945 => Quốc khánh\n- => Đại thắng mùa Xuân\n\n> Vì thế."
ORDERING = "Xếp.\n\n1. Học\n2. Liên hệ\n3. Làm theo,\n   giữ lời\n\n> Vì thế."
WRITTEN: dict[Kind, str] = {"several": SEVERAL, "fill": FILL, "matching": MATCHING, "ordering": ORDERING}


QUIZ_OF_FOUR = "questions = 4\npass_mark = 4\nminutes = 20\n"


def written(slug: str, kind: Kind) -> str:
    return f"## {slug}\n{HEAD.format(kind=kind)}{WRITTEN[kind]}\n\n"


def read(kind: Kind, body: str, slug: str = "q-1") -> QuestionText:
    text = f'+++\ntitle = "x"\n+++\n\n## {slug}\n{HEAD.format(kind=kind)}{body}\n'
    return parse_bank("b.md", text, Known({"qd-08"}, set())).questions[0]


# --- written ------------------------------------------------------------------------------------------------------


def test_of_several_right_all_are_the_key() -> None:
    found = read("several", SEVERAL)
    assert (found.options, found.right) == (("Ý một", "Ý hai", "Ý ba"), (("", "Ý một"), ("", "Ý ba")))


def test_what_is_filled_in_has_accepted_answers_and_no_options() -> None:
    found = read("fill", FILL)
    assert (found.options, found.right) == ((), (("", "35-NQ/TW"), ("", "ba mươi lăm")))


def test_a_matching_may_have_more_options_than_slots() -> None:
    found = read("matching", MATCHING)
    assert found.slots == ("Năm 1930", "Năm 1945")
    assert found.options == ("Thành lập Đảng", "Quốc khánh", "Đại thắng mùa Xuân")
    assert found.right == (("Năm 1930", "Thành lập Đảng"), ("Năm 1945", "Quốc khánh"))


def test_an_ordering_is_written_in_its_right_order() -> None:
    found = read("ordering", ORDERING)
    assert found.right == (("1", "Học"), ("2", "Liên hệ"), ("3", "Làm theo, giữ lời"))


@pytest.mark.parametrize(
    ("kind", "before", "after", "words"),
    [
        ("several", "- [x] Ý ba", "- [ ] Ý ba", "1 of 3 options have [x]"),
        ("several", "- [ ] Ý hai", "- [x] Ý hai", "3 of 3 options have [x]"),
        ("several", "- [ ] Ý hai\n", "", "there are 2 options, not 3 to 6"),
        ("fill", "= 35-NQ/TW\n= ba mươi lăm\n", "", "the order is question, options, explanation"),
        ("fill", "= ba mươi lăm", "= 35 nq/tw", "two accepted answers are the same once compared"),
        ("fill", "= ba mươi lăm", "= --", "neither letter nor digit"),
        ("fill", "= ba mươi lăm", "- ba mươi lăm", "an accepted answer is a line beginning with ="),
        ("matching", "Năm 1945", "Năm 1930", "two left sides are the same"),
        ("matching", "Quốc khánh", "Thành lập Đảng", "two options are the same"),
        ("matching", "- Năm 1945 => Quốc khánh\n", "", "there are 1 pairs, not 2 to 6"),
        ("ordering", "2. Liên hệ", "4. Liên hệ", "the steps are not numbered 1, 2, 3"),
        ("ordering", "2. Liên hệ", "2. Học", "two options are the same"),
    ],
)
def test_a_mistake_is_named(kind: Kind, before: str, after: str, words: str) -> None:
    assert before in WRITTEN[kind]
    with pytest.raises(ContentFault) as caught:
        read(kind, WRITTEN[kind].replace(before, after))
    assert words in caught.value.words


def test_an_unknown_kind_is_a_mistake() -> None:
    with pytest.raises(ContentFault, match="kind is one of single, several, fill, matching, ordering"):
        read("essay", SEVERAL)  # type: ignore[arg-type]


def test_the_key_of_no_kind_is_part_of_its_words() -> None:
    assert (
        read("several", SEVERAL).digest
        == read("several", SEVERAL.replace("[ ] Ý hai", "[x] Ý hai").replace("[x] Ý ba", "[ ] Ý ba")).digest
    )
    assert read("fill", FILL).digest == read("fill", FILL.replace("ba mươi lăm", "số 35")).digest
    other = MATCHING.replace("Thành lập Đảng", "@").replace("Quốc khánh", "Thành lập Đảng").replace("@", "Quốc khánh")
    assert read("matching", MATCHING).digest == read("matching", other).digest
    other = ORDERING.replace("1. Học", "1. @").replace("2. Liên hệ", "2. Học").replace("@", "Liên hệ")
    assert read("ordering", ORDERING).digest == read("ordering", other).digest
    assert read("several", SEVERAL).digest != read("several", SEVERAL.replace("Ý hai", "Ý khác")).digest


# --- right or not -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["35-NQ/TW", "35 nq/tw", " 35 – NQ / TW. ", "35-Nq/tW", "035-NQ/TW", "BA MƯƠI LĂM"])
def test_case_spaces_and_punctuation_do_not_count(typed: str) -> None:
    assert is_right("fill", [typed], {"35-NQ/TW", "ba mươi lăm"})


@pytest.mark.parametrize("typed", ["35NQTW", "53-NQ/TW", "35", "ba muoi lam", "35-NQ/TW 08", ""])
def test_letters_marks_and_digits_do(typed: str) -> None:
    assert not is_right("fill", [typed], {"35-NQ/TW", "ba mươi lăm"})


def test_the_place_of_a_tone_mark_does_not_count_and_its_form_does_not() -> None:
    assert (
        same_words("hoà bình") == same_words("hòa bình") == same_words("ho\u0300a bi\u0300nh".replace("o\u0300a", "òa"))
    )
    assert same_words("hoa bình") != same_words("hòa bình")
    assert same_words("03/02/1930") == same_words("3.2.1930") != same_words("3/21930")


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_several_is_all_or_nothing(answer: set[str], right: set[str]) -> None:
    assert is_right("several", sorted(answer), right) == (bool(right) and answer == right)


def test_of_all_orders_one_is_right() -> None:
    right = {"1:a", "2:b", "3:c", "4:d"}
    orders = [[f"{n}:{o}" for n, o in enumerate(order, 1)] for order in permutations("abcd")]
    assert sum(is_right("ordering", order, right) for order in orders) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_without_a_key_or_an_answer_gives_no_point(kind: Kind) -> None:
    assert not is_right(kind, ["a"], ())
    assert not is_right(kind, [], ())
    assert not is_right(kind, [], {"a"})


# --- what may be answered -----------------------------------------------------------------------------------------

OPTIONS, SLOTS = ("a", "b", "c"), ("1", "2")


@pytest.mark.parametrize(
    ("kind", "answer", "fine"),
    [
        ("single", ["a"], True),
        ("single", [], True),
        ("single", ["a", "b"], False),
        ("single", ["x"], False),
        ("single", ["1:a"], False),
        ("several", ["a", "c"], True),
        ("several", ["a", "a"], False),
        ("fill", ["bất kỳ"], True),
        ("fill", ["một", "hai"], False),
        ("matching", ["1:a", "2:a"], True),
        ("matching", ["1:a"], True),
        ("matching", ["1:a", "1:b"], False),
        ("matching", ["3:a"], False),
        ("ordering", ["1:x"], False),
        ("ordering", ["a"], False),
    ],
)
def test_only_what_belongs_to_the_question_is_kept(kind: Kind, answer: list[str], fine: bool) -> None:
    asked = Asked(kind, OPTIONS, SLOTS if kind in ("matching", "ordering") else ())
    if fine:
        assert known(asked, answer) == answer
    else:
        with pytest.raises(UnknownOption):
            known(asked, answer)


def test_an_answer_is_whole_when_every_slot_is_filled() -> None:
    asked = Asked("matching", OPTIONS, SLOTS)
    assert [is_whole(asked, answer) for answer in ([], ["1:a"], ["1:a", "2:b"])] == [False, False, True]


def test_typed_words_are_kept_on_one_line_and_blank_ones_not_at_all() -> None:
    asked = Asked("fill", ())
    assert known(asked, ["  35 \n NQ\u0000 "]) == ["35 NQ"]
    assert known(asked, ["   "]) == []
    assert known(asked, ["a\ud800b"]) == ["ab"]


def test_json_nested_beyond_sense_is_refused(hoa: FlaskClient) -> None:
    start(hoa)
    token = re.search(r'name="csrf_token" value="([^"]+)"', hoa.get(f"{FIRST}/cau/1").text)
    assert token
    headers = {"X-CSRFToken": token[1], "Content-Type": "application/json"}
    assert hoa.post(f"{FIRST}/cau", data="[" * 100_000, headers=headers).status_code == 400


# --- taken --------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(one_world: World, tmp_path: Path) -> World:
    """The module's quiz asks one question of each kind but the first."""
    root = plant(tmp_path)
    put(root, "lessons/2020/doan-ket/module.md", module("Đoàn kết", 1, '["all"]', QUIZ_OF_FOUR))
    questions = "\n".join(
        f"## q-{n}\n{HEAD.format(kind=kind)}{body}\n" for n, (kind, body) in enumerate(WRITTEN.items())
    )
    put(root, "quizzes/2020/doan-ket.md", f'+++\ntitle = "Đoàn kết"\n+++\n\n{questions}')
    with one_world.app.app_context():
        load_all(root)
    return one_world


@pytest.fixture
def hoa(world: World) -> FlaskClient:
    return make.sign_in(world.app, world.hoa)


def keys(app: Flask) -> dict[str, tuple[Kind, list[str]]]:
    """Of each question by its words: its kind and key."""
    with app.app_context():
        rows = db.session.execute(
            sa.select(QuestionRevision.body, QuestionRevision.kind, QuestionKey.body).join(
                QuestionKey, QuestionKey.revision_id == QuestionRevision.id
            )
        )
        return {body["text"]: (kind, key) for body, kind, key in rows}


def shown(client: FlaskClient, k: int) -> str:
    page = client.get(f"{FIRST}/cau/{k}").text
    return page.split('<template id="de">')[0]


def on_page(world: World, page: str) -> tuple[Kind, list[str]]:
    return next(found for words, found in keys(world.app).items() if f"<legend>{words}" in page)


def as_form(kind: Kind, answer: Sequence[str]) -> dict[str, object]:
    if kind in ("matching", "ordering"):
        return {f"o-{slot}": option for slot, option in (chosen.split(":") for chosen in answer)}
    return {"chon": list(answer)}


def right_answer(kind: Kind, key: list[str]) -> list[str]:
    return key[:1] if kind == "fill" else key


def marked(app: Flask) -> list[bool]:
    with app.app_context():
        return [line["right"] for line in db.session.scalars(sa.select(Mark.detail)).one()]


def hand_in(client: FlaskClient) -> str:
    client.post(f"{FIRST}/nop-bai", data=fields(client.get(f"{FIRST}/nop-bai").text))
    return client.get(f"{FIRST}/ket-qua").text


def test_each_kind_is_answered_on_a_form_and_marked(world: World, hoa: FlaskClient) -> None:
    start(hoa)
    for k in range(1, 5):
        page = shown(hoa, k)
        kind, key = on_page(world, page)
        hoa.post(f"{FIRST}/cau/{k}", data=fields(page) | as_form(kind, right_answer(kind, key)))
        again = shown(hoa, k)
        assert f'aria-label="Câu {k}, đang làm"' in again
        assert again.count(" checked") + again.count(" selected") + again.count('value="35-NQ/TW"') >= len(
            right_answer(kind, key)
        )
    assert "Đã chọn cả 4" in hoa.get(f"{FIRST}/nop-bai").text
    page = hand_in(hoa)
    assert marked(world.app) == [True] * 4
    for words in (
        "Ý một",
        "Ý ba",
        "35-NQ/TW (cũng nhận: ba mươi lăm)",
        "Năm 1930: Thành lập Đảng",
        "1. Học; 2. Liên hệ",
    ):
        assert words in page


def test_each_kind_is_answered_by_a_script_and_marked(world: World, hoa: FlaskClient) -> None:
    start(hoa)
    page = hoa.get(f"{FIRST}/cau/1").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    answers = {str(k): right_answer(*on_page(world, shown(hoa, k))) for k in range(1, 5)}
    sent = {"epoch": 1, "save_id": str(uuid4()), "chon": answers}
    assert token
    answer = hoa.post(f"{FIRST}/cau", json=sent, headers={"X-CSRFToken": token[1]})
    assert answer.status_code == 200
    hand_in(hoa)
    assert marked(world.app) == [True] * 4


def test_what_was_chosen_can_be_taken_back_but_by_a_page_that_shows_one_choice(world: World, hoa: FlaskClient) -> None:
    start(hoa)
    k = next(k for k in range(1, 5) if on_page(world, shown(hoa, k))[0] == "several")
    page = shown(hoa, k)
    hoa.post(f"{FIRST}/cau/{k}", data=fields(page) | {"chon": on_page(world, page)[1]})
    assert shown(hoa, k).count(" checked") == 2
    hoa.post(f"{FIRST}/cau/{k}", data=fields(shown(hoa, k)))
    assert " checked" not in shown(hoa, k)


def test_a_half_matched_question_is_kept_and_said_to_be_open(world: World, hoa: FlaskClient) -> None:
    start(hoa)
    k = next(k for k in range(1, 5) if on_page(world, shown(hoa, k))[0] == "matching")
    page = shown(hoa, k)
    kind, key = on_page(world, page)
    hoa.post(f"{FIRST}/cau/{k}", data=fields(page) | as_form(kind, key[:1]))
    assert shown(hoa, k).count(" selected") == 1
    assert f'aria-label="Câu {k}, chưa chọn"' in hoa.get(f"{FIRST}/nop-bai").text


def test_before_handing_in_no_page_holds_an_accepted_answer(world: World, hoa: FlaskClient) -> None:
    start(hoa)
    pages = [hoa.get(QUIZ).text, *(hoa.get(f"{FIRST}/cau/{k}").text for k in range(1, 5))]
    assert not [page for page in pages if "35-NQ/TW" in page or "ba mươi lăm" in page]


def test_the_places_of_an_order_are_not_the_order_in_which_its_steps_are_kept(one_world: World, tmp_path: Path) -> None:
    root = plant(tmp_path)
    put(root, "quizzes/2020/doan-ket.md", bank(*(written(f"q-{n}", "ordering") for n in range(40))))
    with one_world.app.app_context():
        load_all(root)
        bodies = db.session.scalars(sa.select(QuestionRevision.body)).all()
    first = [body["options"][0]["text"] for body in bodies]
    assert all(5 <= first.count(words) <= 25 for words in ("Học", "Liên hệ", "Làm theo, giữ lời"))
