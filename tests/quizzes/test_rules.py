"""The law of a quiz: what is asked, which answer counts, what it is worth, when it is over; and the bank format."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lessons.rules.folder import ContentFault
from app.quizzes import rules
from app.quizzes.rules import ALLOWED, AttemptClosed, Candidate, Key, Save, Stage
from app.quizzes.rules.bank import Known, parse_bank

# --- the paper ----------------------------------------------------------------------------------------------------


def as_they_are(items: Sequence[Candidate]) -> list[Candidate]:
    return list(items)


def backwards(items: Sequence[Candidate]) -> list[Candidate]:
    return list(reversed(items))


candidates = st.lists(
    st.builds(Candidate, st.integers(1, 10_000), st.integers(0, 9)), max_size=60, unique_by=lambda c: c.revision
)


def test_questions_never_seen_come_before_those_seen() -> None:
    seen = [Candidate(1, 2), Candidate(2, 0), Candidate(3, 1), Candidate(4, 0)]
    assert [c.revision for c in rules.choose(seen, 3, as_they_are)] == [2, 4, 3]


def test_chance_decides_among_questions_seen_equally_often() -> None:
    equal = [Candidate(n, 0) for n in range(4)]
    assert [c.revision for c in rules.choose(equal, 2, as_they_are)] == [0, 1]
    assert [c.revision for c in rules.choose(equal, 2, backwards)] == [3, 2]


def test_a_bank_that_is_too_small_gives_all_it_has() -> None:
    assert len(rules.choose([Candidate(1, 0)], 10, as_they_are)) == 1


@given(candidates, st.integers(0, 20), st.randoms())
def test_nothing_left_out_was_seen_less_than_anything_asked(
    bank: list[Candidate], how_many: int, chance: object
) -> None:
    def shuffle(items: Sequence[Candidate]) -> list[Candidate]:
        return chance.sample(items, len(items))  # type: ignore[attr-defined, no-any-return]

    chosen = rules.choose(bank, how_many, shuffle)
    left = [c for c in bank if c not in chosen]
    assert len(chosen) == len(set(chosen)) == min(how_many, len(bank))
    assert max((c.seen for c in chosen), default=0) <= min((c.seen for c in left), default=99)


def test_after_four_papers_of_ten_every_question_of_forty_was_asked() -> None:
    seen = dict.fromkeys(range(40), 0)
    for _ in range(4):
        for asked in rules.choose([Candidate(q, n) for q, n in seen.items()], 10, backwards):
            seen[asked.revision] += 1
    assert set(seen.values()) == {1}


def test_a_digest_tells_papers_apart_and_not_the_order_of_keys() -> None:
    assert rules.digest({"a": 1, "b": [1, 2]}) == rules.digest({"b": [1, 2], "a": 1})
    assert rules.digest([1, 2]) != rules.digest([2, 1])


# --- answers ------------------------------------------------------------------------------------------------------


def test_the_answer_saved_last_counts() -> None:
    saves = [Save(1, 1, {"7": ["a"]}), Save(1, 2, {"7": ["b"]}), Save(1, 3, {"8": ["c"]})]
    assert rules.current_answers(saves) == {"7": ["b"], "8": ["c"]}


def test_an_older_epoch_never_overrides_a_newer_one() -> None:
    assert rules.current_answers([Save(2, 1, {"7": ["new"]}), Save(1, 99, {"7": ["old"]})]) == {"7": ["new"]}


def test_a_save_may_hold_several_answers() -> None:
    assert rules.current_answers([Save(1, 1, {"7": ["a"], "8": ["b"]}), Save(1, 2, {"8": ["c"]})]) == {
        "7": ["a"],
        "8": ["c"],
    }


saves = st.lists(
    st.builds(
        Save,
        st.integers(1, 3),
        st.integers(1, 30),
        st.dictionaries(st.sampled_from("789"), st.lists(st.sampled_from("abc"), min_size=1, max_size=1), min_size=1),
    ),
    unique_by=lambda save: (save.epoch, save.seq),
)


@given(saves, st.randoms())
def test_the_order_of_arrival_does_not_matter(sent: list[Save], chance: object) -> None:
    mixed = chance.sample(sent, len(sent))  # type: ignore[attr-defined]
    assert rules.current_answers(mixed) == rules.current_answers(sent)


FORM = UUID("12345678-1234-4234-8234-123456789abc")


def test_a_double_click_is_the_same_save() -> None:
    assert rules.form_save_id(FORM, 7, "a", 3) == rules.form_save_id(FORM, 7, "a", 3)


def test_going_back_and_forth_between_two_answers_saves_each_time() -> None:
    ids = [rules.form_save_id(FORM, 7, [option], saves) for saves, option in enumerate("ababab")]
    assert len(set(ids)) == 6


# --- marking ------------------------------------------------------------------------------------------------------


def key(*right: str, version: int = 1) -> Key:
    return Key(version, frozenset(right))


def test_a_right_answer_is_one_point() -> None:
    found = rules.score({"7": ["a"], "8": ["x"]}, {"7": key("a"), "8": key("b")})
    assert (found.points, found.total, found.right) == (1, 2, {"7": True, "8": False})


def test_a_question_left_open_is_not_right() -> None:
    assert rules.score({}, {"7": key("a")}).points == 0


def test_an_answer_to_a_question_not_on_the_paper_counts_for_nothing() -> None:
    found = rules.score({"9": ["a"]}, {"7": key("a")})
    assert (found.points, found.total) == (0, 1)


def test_choosing_everything_is_not_right() -> None:
    assert rules.score({"7": ["a", "b"]}, {"7": key("a")}).points == 0


def test_a_key_without_a_right_option_gives_nobody_a_point() -> None:
    assert rules.score({"7": []}, {"7": key()}).points == 0


@given(st.dictionaries(st.text(max_size=3), st.lists(st.sampled_from("abcd"), max_size=4)))
def test_points_lie_between_nothing_and_all(answers: dict[str, list[str]]) -> None:
    found = rules.score(answers, {str(n): key("a") for n in range(10)})
    assert 0 <= found.points == sum(found.right.values()) <= found.total == 10


def test_a_new_version_of_one_key_is_another_key_set() -> None:
    first = {"7": key("a"), "8": key("b")}
    assert rules.key_set(first) == rules.key_set(dict(reversed(first.items())))
    assert rules.key_set(first) != rules.key_set(first | {"8": key("c", version=2)})


@pytest.mark.parametrize(("points", "passes"), [(0, False), (6, False), (7, True), (10, True)])
def test_the_pass_mark_itself_passes(points: int, passes: bool) -> None:
    assert rules.passed(points, 7) is passes


def test_the_lesson_most_often_missed_is_named_first() -> None:
    assert rules.lessons_to_review(["mot", "hai", "hai", None, "ba"]) == ["hai", "mot", "ba"]


def test_lessons_missed_equally_come_in_the_order_of_the_questions() -> None:
    assert rules.lessons_to_review(["ba", "mot", "ba", "mot"]) == ["ba", "mot"]


def test_nothing_is_to_be_read_again_where_no_lesson_is_named() -> None:
    assert rules.lessons_to_review([None, None]) == []


# --- an attempt ---------------------------------------------------------------------------------------------------

STEPS: tuple[rules.Step, ...] = ("save", "take_over", "submit", "expire")


@pytest.mark.parametrize(("stage", "step"), list(itertools.product(Stage, STEPS)))
def test_every_step_is_allowed_or_refused(stage: Stage, step: rules.Step) -> None:
    if stage is Stage.OPEN:
        assert rules.advance(stage, step) is ALLOWED[stage, step]
    else:
        with pytest.raises(AttemptClosed):
            rules.advance(stage, step)


NOW = datetime(2020, 5, 12, 4, 40, tzinfo=UTC)
LATER = NOW + timedelta(minutes=20)


def test_an_attempt_is_open_until_its_deadline() -> None:
    assert rules.stage_of(None, None, LATER, NOW) is Stage.OPEN
    assert rules.stage_of(None, None, LATER, LATER - timedelta(microseconds=1)) is Stage.OPEN


def test_at_the_deadline_it_is_over_though_nobody_wrote_it_down() -> None:
    assert rules.stage_of(None, None, LATER, LATER) is Stage.EXPIRED


def test_what_was_handed_in_stays_handed_in_after_the_deadline() -> None:
    assert rules.stage_of(NOW, NOW, LATER, LATER + timedelta(days=1)) is Stage.SUBMITTED


def test_an_attempt_closed_without_being_handed_in_has_expired() -> None:
    assert rules.stage_of(None, LATER, LATER, NOW) is Stage.EXPIRED


def test_an_attempt_names_its_year_and_module() -> None:
    assert rules.purpose(2020, "neu-guong") == "quiz:2020:neu-guong"
    assert rules.module_of("quiz:2020:neu-guong") == "neu-guong"


def test_the_deadline_is_so_many_minutes_after_the_start() -> None:
    assert rules.deadline(NOW, 20) == LATER


@pytest.mark.parametrize(
    ("at", "left"),
    [(NOW, 1200), (NOW + timedelta(milliseconds=1), 1200), (LATER - timedelta(milliseconds=1), 1), (LATER, 0)],
)
def test_a_clock_that_has_run_down_is_past_the_deadline(at: datetime, left: int) -> None:
    assert rules.left_s(LATER, at) == left
    assert at + timedelta(seconds=left) >= LATER


def test_nothing_is_left_after_the_deadline() -> None:
    assert rules.left_s(LATER, LATER + timedelta(days=1)) == 0


# --- the bank -----------------------------------------------------------------------------------------------------

BANK = """+++
title = "Nêu gương"
+++

## ng-001
+++
source = "qd-08"
at = "Điều 2"
lesson = "ba-quy-dinh"
difficulty = 2
tags = ["số hiệu"]
+++
Quy định số 08 do cơ quan nào
ban hành?

Chọn một.

- [ ] Bộ Chính trị
- [x] Ban Chấp hành
  Trung ương
- [ ] Ban Bí thư

> Do Ban Chấp hành.
> Không phải Ban Bí thư.

## ng-002
+++
source = "qd-08"
+++
Đúng hay sai?

- [x] Đúng
- [ ] Sai

> Đúng.
"""
KNOWN = Known({"qd-08"}, {"ba-quy-dinh"})


def fault_of(text: str) -> tuple[int, str]:
    with pytest.raises(ContentFault) as caught:
        parse_bank("b.md", text, KNOWN)
    return caught.value.line, caught.value.words


def test_a_bank_is_read_whole() -> None:
    bank = parse_bank("b.md", BANK, KNOWN)
    first, second = bank.questions
    assert bank.title == "Nêu gương"
    assert first.text == "Quy định số 08 do cơ quan nào ban hành?\n\nChọn một."
    assert first.options == ("Bộ Chính trị", "Ban Chấp hành Trung ương", "Ban Bí thư")
    assert (first.kind, first.slots, first.right) == ("single", (), (("", "Ban Chấp hành Trung ương"),))
    assert first.explanation == "Do Ban Chấp hành. Không phải Ban Bí thư."
    assert (first.source, first.at, first.lesson, first.difficulty, first.tags) == (
        "qd-08",
        "Điều 2",
        "ba-quy-dinh",
        2,
        ("số hiệu",),
    )
    assert (second.slug, second.options, second.right, second.at, second.lesson, second.difficulty) == (
        "ng-002",
        ("Đúng", "Sai"),
        (("", "Đúng"),),
        None,
        None,
        1,
    )


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("- [ ] Bộ Chính trị", "- [x] Bộ Chính trị", 5, "2 options have [x], not exactly one"),
        ("- [x] Đúng", "- [ ] Đúng", 26, "0 options have [x], not exactly one"),
        ("- [ ] Sai\n", "", 26, "there are 1 options, not 2 to 4"),
        ("- [ ] Sai", "- [ ] Sai\n- [ ] a\n- [ ] b\n- [ ] c", 26, "there are 5 options, not 2 to 4"),
        ("- [ ] Sai", "- [ ] Đúng", 26, "two options are the same"),
        ("- [ ] Sai", "- [ ]", 26, "an option is empty"),
        ("> Đúng.\n", "", 26, "the explanation (>) is missing"),
        ("Đúng hay sai?\n", "", 31, "the order is question, options, explanation"),
        ("> Đúng.", "> Đúng.\n\nThêm.", 37, "nothing follows the explanation"),
        ("- [ ] Sai", "- [] Sai", 33, "an option is a line - [ ] or - [x]"),
        ('lesson = "ba-quy-dinh"', 'lesson = "khac"', 9, "the module has no lesson khac"),
        ('source = "qd-08"\nat', 'source = "qd-09"\nat', 7, "sources.toml has no [qd-09]"),
        ("difficulty = 2", "difficulty = 4", 10, "difficulty is 1, 2 or 3"),
        ("difficulty = 2", "dificulty = 2", 10, "dificulty is not a key that is known here"),
        ("## ng-001", "## ng 001", 5, "'ng 001' is no id"),
        ("## ng-001", "Lời dẫn.\n\n## ng-001", 5, "a question begins with a line ## and its id"),
        ("## ng-002\n+++", "## ng-002\n", 27, "a line +++ must open the front matter here"),
    ],
)
def test_a_mistake_names_its_line(before: str, after: str, line: int, words: str) -> None:
    assert before in BANK
    at, said = fault_of(BANK.replace(before, after))
    assert words in said
    assert at == line


def test_a_bank_without_questions_is_a_mistake() -> None:
    assert fault_of('+++\ntitle = "x"\n+++\n')[1] == "there is no question"


def digest_of(text: str) -> str:
    return parse_bank("b.md", text, KNOWN).questions[0].digest


def test_the_order_of_the_options_is_no_change_of_words() -> None:
    other = BANK.replace("- [ ] Bộ Chính trị\n", "").replace(
        "- [ ] Ban Bí thư\n", "- [ ] Ban Bí thư\n- [ ] Bộ Chính trị\n"
    )
    assert digest_of(other) == digest_of(BANK)


def test_another_key_is_no_change_of_words() -> None:
    other = BANK.replace("- [ ] Bộ Chính trị", "- [x] Bộ Chính trị").replace("- [x] Ban Chấp", "- [ ] Ban Chấp")
    assert digest_of(other) == digest_of(BANK)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Chọn một.", "Chọn một câu."),
        ("Ban Bí thư\n\n", "Ban Tổ chức\n\n"),
        ("Không phải Ban Bí thư.", "Thế thôi."),
        ("Điều 2", "Điều 3"),
        ("difficulty = 2", "difficulty = 3"),
    ],
)
def test_changed_words_make_another_digest(before: str, after: str) -> None:
    assert digest_of(BANK.replace(before, after)) != digest_of(BANK)
