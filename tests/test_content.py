"""The content that ships: complete, well-formed, as long as it says. What it states, second readers have checked."""

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest
from flask import Flask

from app import loading
from app.config import ROOT
from app.text import words

LESSONS = sorted((ROOT / "lessons" / "2020").glob("*/[0-9]*.md"))
MODULES = sorted((ROOT / "lessons" / "2020").glob("*/module.md"))
BANKS = sorted((ROOT / "quizzes" / "2020").glob("*.md"))
SOURCES = tomllib.loads((ROOT / "lessons" / "sources.toml").read_text(encoding="utf-8"))


def body(path: Path) -> str:
    """The text below the front matter, table rulings left out."""
    text = path.read_text(encoding="utf-8").split("\n+++\n", 1)[1]
    return "\n".join(line for line in text.splitlines() if not set(line) <= set("|- "))


def front(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8").split("+++\n")[1])


def questions(path: Path) -> list[tuple[str, dict[str, object], str]]:
    """(id, facts, text) of each question."""
    found = []
    for part in path.read_text(encoding="utf-8").split("\n## ")[1:]:
        name, _, rest = part.partition("\n+++\n")
        facts, _, text = rest.partition("\n+++\n")
        found.append((name.strip(), tomllib.loads(facts), text))
    return found


ALL = [(path.stem, *question) for path in BANKS for question in questions(path)]


def test_what_this_version_promises_is_there() -> None:
    assert [path.parent.name for path in LESSONS].count("chu-de-2020") == 4
    assert len(questions(ROOT / "quizzes/2020/chu-de-2020.md")) == 77
    assert [path.parent.name for path in LESSONS].count("nghi-quyet-35") == 4
    assert len(questions(ROOT / "quizzes/2020/nghi-quyet-35.md")) == 60
    assert [path.parent.name for path in LESSONS].count("neu-guong") == 5
    assert len(questions(ROOT / "quizzes/2020/neu-guong.md")) == 65
    assert [path.parent.name for path in LESSONS].count("nghi-quyet-trung-uong-4") == 6
    assert len(questions(ROOT / "quizzes/2020/nghi-quyet-trung-uong-4.md")) == 66


def test_all_of_it_loads(app: Flask) -> None:
    with app.app_context():
        loaded = loading.load(ROOT)
        again = loading.load(ROOT)
    assert loaded.questions.new == len(ALL)
    assert (again.questions.new, again.questions.changed, again.questions.retired) == (0, 0, 0)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_600_to_1000_words_and_has_its_parts(path: Path) -> None:
    assert 600 <= words(body(path)) <= 1_000
    for heading in ("## Ghi nhớ", "## Dễ nhầm", "## Nghĩ và làm"):
        assert heading in body(path)
    assert front(path)["sources"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.parent.name)
def test_a_short_version_is_120_to_200_words_and_stands_alone(path: Path) -> None:
    assert 120 <= words(body(path)) <= 200
    assert "#" not in body(path)


def test_every_question_has_source_explanation_and_one_key() -> None:
    for bank, name, facts, text in ALL:
        where = f"{bank} {name}"
        assert facts["source"] in SOURCES, where
        assert facts["lesson"] in {path.stem.partition("-")[2] for path in LESSONS if path.parent.name == bank}, where
        assert facts["difficulty"] in (1, 2, 3), where
        options = re.findall(r"^- \[([ x])\] (.+)$", text, re.MULTILINE)
        assert 2 <= len(options) <= 4, where
        assert [mark for mark, _ in options].count("x") == 1, where
        assert len({option for _, option in options}) == len(options), where
        assert re.search(r"^> .{20,}", text, re.MULTILINE), where
        assert "tất cả đều đúng" not in text.casefold(), where


def test_ids_are_unique_in_the_programme() -> None:
    names = [name for _, name, _, _ in ALL]
    assert len(set(names)) == len(names)


def test_keys_stand_in_no_favourite_place_and_are_not_the_longest() -> None:
    """Of four options no place holds more than 35 % of the keys, and at most 35 % of keys are the longest option."""
    places, longest = [], []
    for _, _, _, text in ALL:
        options = re.findall(r"^- \[([ x])\] (.+)$", text, re.MULTILINE)
        if len(options) == 4:
            place = [mark for mark, _ in options].index("x")
            lengths = [len(option) for _, option in options]
            places.append(place)
            longest.append(lengths[place] > max(lengths[:place] + lengths[place + 1 :]))
    assert max(places.count(place) for place in range(4)) <= 0.35 * len(places)
    assert sum(longest) <= 0.35 * len(longest)


def test_the_plans_slips_are_not_taught() -> None:
    """The plan writes 101-CT/TW and 55-CT/TW; both are Quy định, and only a lesson that says so may write the slip."""
    for bank, name, _, text in ALL:
        right = re.search(r"^- \[x\] (.+)$", text, re.MULTILINE)
        assert right is not None
        assert not re.search(r"\b(101|55)-CT/TW", right[1]), f"{bank} {name}"


@pytest.mark.parametrize(
    "path", [*LESSONS, *MODULES, *BANKS, ROOT / "lessons/sources.toml"], ids=lambda path: path.name
)
def test_text_is_nfc(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.normalize("NFC", text) == text
