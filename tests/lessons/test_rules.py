"""Whom a module is for, when it is studied; the folder format and its mistakes; a lesson as a page."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lessons import rules
from app.lessons.rules import folder, markup
from app.lessons.rules.folder import ContentFault

# --- studying -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (["all"], "Mọi đoàn viên"),
        (["officers"], "Cán bộ công đoàn"),
        (["office"], "Người giữ chức vụ ở nơi làm việc"),
        (["office", "officers"], "Cán bộ công đoàn và người giữ chức vụ ở nơi làm việc"),
        ([], "Đọc thêm, ai muốn thì đọc"),
    ],
)
def test_a_module_says_for_whom_it_is_asked(audience: list[str], words: str) -> None:
    assert rules.audience_words(audience) == words


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (180, 1), (181, 2), (900, 5)])
def test_reading_takes_whole_minutes_and_at_least_one(words: int, minutes: int) -> None:
    assert rules.minutes_for(words) == minutes


def test_a_module_is_studied_when_every_lesson_is_ticked() -> None:
    assert rules.is_studied([1, 2], [2, 1])
    assert not rules.is_studied([1, 2], [1])


def test_ticks_of_retired_lessons_do_no_harm() -> None:
    assert rules.is_studied([1], [1, 7])


def test_a_module_without_lessons_is_not_studied_by_ticking() -> None:
    assert not rules.is_studied([], [])


# --- the folder ---------------------------------------------------------------------------------------------------

SOURCES = """
[qd-08]
title = "Quy định số 08-QĐi/TW"
short = "Quy định 08"
date = 2018-10-25
address = "https://example.org/08"

[kh-08]
title = "Kế hoạch 08"
short = "Kế hoạch 08"
"""

MODULE = """+++
title = "Nêu gương"
order = 4
audience = ["officers", "office"]
+++
Bản ngắn.
"""

LESSON = """+++
title = "Ba quy định"

[[sources]]
source = "qd-08"
at = "Điều 1"

[[sources]]
source = "kh-08"
+++
Mở đầu.

## Ghi nhớ
- Một.
"""


def fault_of(parse: object, *given: object) -> tuple[int, str]:
    with pytest.raises(ContentFault) as caught:
        parse(*given)  # type: ignore[operator]
    return caught.value.line, caught.value.words


def test_sources_are_read_by_slug() -> None:
    found = folder.parse_sources("sources.toml", SOURCES)
    assert found["qd-08"].date == dt.date(2018, 10, 25)
    assert found["kh-08"].address is None


def test_a_source_without_a_title_is_a_mistake_at_its_head() -> None:
    line, words = fault_of(folder.parse_sources, "s", SOURCES.replace('title = "Kế hoạch 08"\n', ""))
    assert (line, words) == (8, "title is missing")


def test_a_mistake_in_a_source_names_its_own_line() -> None:
    line, words = fault_of(folder.parse_sources, "s", SOURCES.replace("https://example", "http://example"))
    assert line == 6
    assert "https://" in words


def test_a_key_that_nobody_knows_is_a_mistake() -> None:
    line, words = fault_of(folder.parse_sources, "s", SOURCES.replace('short = "Quy', 'shrot = "x"\nshort = "Quy'))
    assert (line, words) == (4, "shrot is not a key that is known here")


def test_a_programme_is_of_the_year_of_its_folder() -> None:
    text = '+++\ntitle = "Năm 2020"\nyear = 2021\n+++\n'
    assert fault_of(folder.parse_programme, "p", text, 2020) == (3, "year differs from the folder's, 2020")


def test_a_programme_may_have_no_theme() -> None:
    found = folder.parse_programme("p", '+++\ntitle = "Năm 2020"\nyear = 2020\n+++\nGiới thiệu.\n', 2020)
    assert (found.title, found.theme, found.intro) == ("Năm 2020", "", "Giới thiệu.")


def test_a_module_has_the_usual_quiz_where_it_says_nothing() -> None:
    module = folder.parse_module("m", MODULE, "neu-guong")
    assert (module.questions, module.pass_mark, module.minutes) == (10, 7, 20)
    assert module.audience == ("office", "officers")
    assert module.short == "Bản ngắn."


def test_a_module_has_a_short_name_over_its_column_or_its_title() -> None:
    short = MODULE.replace("order", 'short = "Gương"\norder')
    assert folder.parse_module("m", short, "neu-guong").heading == "Gương"
    assert folder.parse_module("m", MODULE, "neu-guong").heading == "Nêu gương"


def test_a_short_name_that_is_not_short_is_a_mistake() -> None:
    long = MODULE.replace("order", f'short = "{"dài " * 9}"\norder')
    line, words = fault_of(folder.parse_module, "m", long, "neu-guong")
    assert line == 3
    assert "at most 24" in words


def test_optional_reading_is_an_empty_audience() -> None:
    text = MODULE.replace('["officers", "office"]', "[]")
    assert folder.parse_module("m", text, "x").audience == ()


@pytest.mark.parametrize("audience", ['["everybody"]', '["all", "office"]', '"all"', "[1]"])
def test_an_audience_that_nobody_knows_is_a_mistake(audience: str) -> None:
    line, _ = fault_of(folder.parse_module, "m", MODULE.replace('["officers", "office"]', audience), "x")
    assert line == 4


def test_a_module_without_an_audience_is_a_mistake() -> None:
    text = MODULE.replace('audience = ["officers", "office"]\n', "")
    assert "audience" in fault_of(folder.parse_module, "m", text, "x")[1]


def test_nobody_can_be_asked_for_more_than_there_is() -> None:
    text = MODULE.replace("order = 4", "order = 4\nquestions = 5\npass_mark = 6")
    assert fault_of(folder.parse_module, "m", text, "x") == (5, "pass_mark 6 is more than the 5 questions")


def test_a_module_without_its_short_version_is_a_mistake() -> None:
    assert "Bản 3 phút" in fault_of(folder.parse_module, "m", MODULE.replace("Bản ngắn.\n", ""), "x")[1]


def test_a_lesson_is_numbered_and_named_by_its_file() -> None:
    lesson = folder.parse_lesson("l", "01-ba-quy-dinh.md", LESSON, {"qd-08", "kh-08"})
    assert (lesson.number, lesson.slug, lesson.title) == (1, "ba-quy-dinh", "Ba quy định")
    assert lesson.sources == (folder.Cite("qd-08", "Điều 1"), folder.Cite("kh-08", None))


@pytest.mark.parametrize("name", ["ba-quy-dinh.md", "1-ba.md", "01-Ba.md", "01-ba--quy.md", "01-xem-xong.md"])
def test_a_lesson_file_with_another_name_is_a_mistake(name: str) -> None:
    assert fault_of(folder.parse_lesson, "l", name, LESSON, {"qd-08", "kh-08"})[0] == 1


def test_a_lesson_names_only_sources_there_are() -> None:
    line, words = fault_of(folder.parse_lesson, "l", "01-a.md", LESSON, {"qd-08"})
    assert (line, words) == (4, "sources.toml has no [kh-08]")


def test_front_matter_that_does_not_end_is_a_mistake() -> None:
    assert fault_of(folder.parse_lesson, "l", "01-a.md", '+++\ntitle = "x"\n', set())[0] == 1


def test_a_mistake_in_toml_names_the_line_of_the_file() -> None:
    text = '+++\ntitle = "x"\norder = = 4\n+++\nx\n'
    line, words = fault_of(folder.parse_module, "m", text, "x")
    assert line == 3
    assert words.startswith("TOML:")


def test_decomposed_letters_become_whole_ones() -> None:
    text = MODULE.replace("Nêu gương", "Ne\u0302u gu\u031bo\u031bng")
    assert folder.parse_module("m", text, "x").title == "Nêu gương"


# --- the page -----------------------------------------------------------------------------------------------------

BODY = """Mở đầu.

## Một mục
Chữ **đậm**.

| Ngày | Việc | Nơi |
| --- | --- | --- |
| 1/1 | Họp | Quận |

## Ghi nhớ
- Điều một.

## Dễ nhầm
| Hay nhầm | Đúng là |
| --- | --- |
| Sai | Phải |

## Nghĩ và làm
Một việc.
"""


def test_a_lesson_is_cut_at_its_headings() -> None:
    assert [section.title for section in markup.sections(BODY)] == [
        "",
        "Một mục",
        "Ghi nhớ",
        "Dễ nhầm",
        "Nghĩ và làm",
    ]


def test_a_heading_inside_a_fence_cuts_nothing() -> None:
    assert len(markup.sections("a\n```\n## không\n```\n")) == 1


def test_every_section_can_be_found_again() -> None:
    html = markup.lesson_html(BODY)
    assert '<h2 id="muc-1">Một mục</h2>' in html
    assert markup.section_title(BODY, 1) == "Một mục"


@pytest.mark.parametrize("place", [-1, 0, 5, 999])
def test_a_place_that_is_none_has_no_heading(place: int) -> None:
    assert markup.section_title(BODY, place) is None


def test_what_to_remember_and_to_do_is_set_apart() -> None:
    html = markup.lesson_html(BODY)
    assert '<div class="lt-note lt-note-gold lt-prose">\n<h2 id="muc-2">Ghi nhớ</h2>' in html
    assert '<div class="lt-note lt-prose">\n<h2 id="muc-4">Nghĩ và làm</h2>' in html


def test_a_table_says_on_a_phone_what_each_cell_is() -> None:
    html = markup.lesson_html(BODY)
    assert '<th scope="row" class="lt-keep">1/1</th><td data-label="Việc"><span>Họp</span></td>' in html
    assert '>Sai</th><td><span class="lt-phone-word lt-soft">Đúng là: </span>Phải</td>' in html


def test_a_label_cannot_break_out_of_its_attribute() -> None:
    html = markup.lesson_html('|a|"x" <b>|c|\n|-|-|-|\n|1|2|3|\n')
    assert 'data-label="&quot;x&quot; &lt;b&gt;"' in html


@given(st.text())
def test_no_lesson_can_act(source: str) -> None:
    html = markup.lesson_html(source + "\n<script>alert(1)</script>\n<p onclick='x'>y</p>").lower()
    assert "<script" not in html
    assert "<p onclick" not in html
