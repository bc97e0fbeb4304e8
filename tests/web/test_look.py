"""The look stays within its bounds: what a Chrome 80 WebView draws, what the CSP lets through, how the union speaks.

Files are read, no app runs. Each rule is first shown to bite.
"""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.web.templating import glue_page

APP = Path(__file__).resolve().parents[2] / "app"
ICONS = APP / "templates" / "icons"
STYLES = sorted((APP / "static" / "css").glob("**/*.css"))
SCRIPTS = sorted((APP / "static" / "js").glob("**/*.js"))
TEMPLATES = sorted(file for file in APP.glob("**/templates/**/*.html") if ICONS not in file.parents)
PAPERS = sorted(APP.glob("**/*.typ"))
OF_PEOPLE = {APP / "demo" / "texts.py"}  # what the demo's people write may say bạn
MODULES = sorted(file for file in APP.glob("**/*.py") if file not in OF_PEOPLE)


def named(file: Path) -> str:
    return file.relative_to(APP).as_posix()


def on_files(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=named)


# --- stylesheets: the floor is a Chrome 80 WebView ---------------------------------------------------------------

TOO_NEW = {
    "@layer": r"@layer\b",
    "container query": r"@container\b|(?<![\w-])container(-type|-name)?\s*:",
    ":has, :is, :where": r":(has|is|where)\(",
    "aspect-ratio": r"(?<![\w-])aspect-ratio\s*:",
    "inset": r"(?<![\w-])inset(-block|-inline)?(-start|-end)?\s*:",
    "newer property": r"(?<![\w-])(?:accent-color|content-visibility|scrollbar-gutter|text-wrap|translate|rotate|scale"
    r"|(?:margin|padding)-(?:inline|block)|overflow\s*:\s*clip)\s*[:;}]|@property\b",
    "newer value": r"\bcolor-mix\(|\d[dsl]v[hw]\b|(?<![\w-])revert(?:-layer)?\s*[;}]",
    "list in :not": r":not\([^()]*(?:\([^()]*\)[^()]*)*,",
    "another host": r"@import\b|url\(\s*[\"']?\s*(https?:)?//",
}
HOLDS_RULES = re.compile(r"@(media|supports|keyframes)\b")
GAP = re.compile(r"(?<![\w-])(?:row-|column-)?gap\s*:(?!\s*0\s*(?:;|$))")
FLEX = re.compile(r"(?<![\w-])display\s*:\s*(?:inline-)?flex\b")


def style_faults(css: str) -> set[str]:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    faults = {name for name, pattern in TOO_NEW.items() if re.search(pattern, css)}
    for outside, body in blocks(css):
        if any(not HOLDS_RULES.match(prelude) for prelude in outside):
            faults.add("nesting")
        if GAP.search(body) and (FLEX.search(body) or "grid-gap" not in body):
            faults.add("gap outside a grid")
    return faults


def blocks(css: str) -> Iterator[tuple[list[str], str]]:
    """Each block without braces in it: the preludes of the blocks around its rule, and its declarations."""
    open_blocks: list[str] = []
    text = ""
    for mark in re.split(r"([{};])", re.sub(r"\"[^\"]*\"|'[^']*'", "''", css)):
        if mark == "{":
            prelude = text.rpartition(";")[2].strip()
            open_blocks.append(prelude)
            text = ""
        elif mark == "}":
            open_blocks.pop()
            yield list(open_blocks), text
            text = ""
        else:
            text += mark


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("@layer base { a { color: red } }", "@layer"),
        ("@container (min-width: 1px) { a { color: red } }", "container query"),
        ("div { container-type: inline-size }", "container query"),
        ("form:has(input) { color: red }", ":has, :is, :where"),
        (":is(h1, h2) { color: red }", ":has, :is, :where"),
        ("a { color: red; &:hover { color: blue } }", "nesting"),
        ("@media print { a { b { color: red } } }", "nesting"),
        ("ul { display: flex; gap: 1rem }", "gap outside a grid"),
        ("ul { display: flex; grid-gap: 1rem; gap: 1rem }", "gap outside a grid"),
        ("@media print { ul { column-gap: 1rem; } }", "gap outside a grid"),
        ("img { aspect-ratio: 1 / 1 }", "aspect-ratio"),
        ("p { inset: 0 }", "inset"),
        ("input { accent-color: red }", "newer property"),
        ("p { margin-inline: 1rem }", "newer property"),
        ("p { overflow: clip; }", "newer property"),
        ("p { height: 100dvh }", "newer value"),
        ("p { color: color-mix(in srgb, red, blue) }", "newer value"),
        ("p:not(.a, .b) { color: red }", "list in :not"),
        ("@import 'other.css';", "another host"),
        ("p { background: url(//cdn.example/x.png) }", "another host"),
    ],
)
def test_a_planted_style_is_found(planted: str, fault: str) -> None:
    assert fault in style_faults(planted)


def test_grids_shadows_and_media_are_no_faults() -> None:
    good = """/* :has( */ ul { display: grid; grid-gap: 1rem; gap: 1rem } p::before { content: "{" }
    @media print { ul { display: flex; grid-gap: 0; gap: 0; } p { box-shadow: inset 0 0 0 1px red } }"""
    assert style_faults(good) == set()


@on_files(STYLES)
def test_our_styles_keep_to_the_floor(file: Path) -> None:
    assert style_faults(file.read_text(encoding="utf-8")) == set()


# --- templates and scripts: nothing inline, nothing from elsewhere -----------------------------------------------

NOT_IN_TEMPLATES = {
    "style attribute": r"[\s(,]style\s*=\s*[\"']",
    "style element": r"<style\b",
    "inline script": r"<script\b(?![^>]*\ssrc\s*=)",
    "handler attribute": r"<[^>]*\son[a-z]+\s*=",
    "javascript: address": r"=\s*[\"']?\s*javascript:",
    "another host": r"\s(?:src|srcset|poster|data)\s*=\s*[\"']?\s*(?:https?:)?//"
    r"|<(?:link|use|image)\b[^>]*\shref\s*=\s*[\"']?\s*(?:https?:)?//",
    "flex gap": r"class=\"[^\"]*\b(?:hstack|vstack|d-(?:\w+-)?flex\b[^\"]*\bgap-\d|gap-\d\b[^\"]*\bd-(?:\w+-)?flex)\b",
}


def template_faults(html: str) -> set[str]:
    written = re.sub(r"\{#.*?#\}", "", html, flags=re.DOTALL)
    drawn = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", written, flags=re.DOTALL)
    places = {"style attribute": written}  # macros write attributes too
    return {
        name for name, pattern in NOT_IN_TEMPLATES.items() if re.search(pattern, places.get(name, drawn), re.IGNORECASE)
    }


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ('<p class="a" style="color: red">', "style attribute"),
        ("{{ field(form.name, style='color: red') }}", "style attribute"),
        ("<style>p { color: red }</style>", "style element"),
        ("<script>alert(1)</script>", "inline script"),
        ('<script type="module">go()</script>', "inline script"),
        ('<button onclick="go()">', "handler attribute"),
        ('<a href="javascript:go()">', "javascript: address"),
        ('<script src="https://cdn.example/x.js"></script>', "another host"),
        ('<img src="//cdn.example/x.png">', "another host"),
        ('<link rel="stylesheet" href="https://fonts.example/css">', "another host"),
        ('<div class="d-flex gap-2">', "flex gap"),
        ('<div class="hstack">', "flex gap"),
    ],
)
def test_a_planted_element_is_found(planted: str, fault: str) -> None:
    assert fault in template_faults(planted)


def test_links_elsewhere_and_scripts_in_files_are_no_faults() -> None:
    good = """<script src="{{ asset('js/x.js') }}" defer></script> <a href="https://congdoan.vn">x</a>
    <svg xmlns="http://www.w3.org/2000/svg"></svg> <div class="d-grid gap-2"></div> {# <style> #}
    <p {% if one == 1 %}class="style"{% endif %}>"""
    assert template_faults(good) == set()


@on_files(TEMPLATES)
def test_our_templates_hold_nothing_inline(file: Path) -> None:
    assert template_faults(file.read_text(encoding="utf-8")) == set()


@on_files(SCRIPTS)
def test_our_scripts_ask_no_other_host(file: Path) -> None:
    assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]|\beval\(|\bimport\(", file.read_text(encoding="utf-8"))


NEWER = {  # the Chrome that first knew it
    "assignment": r"\?\?=|\|\|=|&&=",  # 85
    "private member": r"(?<![\w\"'&#/(])#[a-z]\w*\s*[=;(]|\bstatic\s*\{",  # 84, 94
    "method": r"\.(?:replaceAll|replaceChildren|at|findLast|findLastIndex|toSorted|toReversed|toSpliced"
    r"|checkVisibility|showPopover|setHTML)\(",  # 85 and later
    "function": r"\b(?:structuredClone|Object\.hasOwn|Object\.groupBy|Promise\.any|Promise\.withResolvers"
    r"|AbortSignal\.(?:timeout|any)|crypto\.randomUUID|URL\.canParse|CSS\.registerProperty|scheduler\.\w+)\b",
    "selector": r":(?:has|is|where)\(|:not\([^()]*,",  # 88 and later
    "waiting outside a function": r"^await\b",  # 89
}


def script_faults(script: str) -> set[str]:
    script = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", script, flags=re.DOTALL | re.MULTILINE)
    return {name for name, pattern in NEWER.items() if re.search(pattern, script, re.MULTILINE)}


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("a ??= 1;", "assignment"),
        ("class A { #kept = 1; }", "private member"),
        ("words.replaceAll('a', 'b')", "method"),
        ("list.at(-1)", "method"),
        ("structuredClone(a)", "function"),
        ("window.crypto.randomUUID()", "function"),
        ("document.querySelector('form:has(input)')", "selector"),
        ("await go();", "waiting outside a function"),
    ],
)
def test_a_planted_script_is_found(planted: str, fault: str) -> None:
    assert fault in script_faults(planted)


def test_what_chrome_80_knows_is_no_fault() -> None:
    good = """/* list.at(-1) */ var a = b?.c ?? "#ma"; queue.push({ at: 1 }); form.requestSubmit();
    window.location = "#tong"; items.flat().map((item) => item.at); async () => { await go(); };"""
    assert script_faults(good) == set()


@on_files(SCRIPTS)
def test_our_scripts_keep_to_the_floor(file: Path) -> None:
    assert script_faults(file.read_text(encoding="utf-8")) == set()


@on_files(TEMPLATES)
def test_every_icon_is_in_the_package(file: Path) -> None:
    names = set(re.findall(r"\bicon\('([\w-]+)'\)", file.read_text(encoding="utf-8")))
    assert {name for name in names if not (ICONS / f"{name}.svg").is_file()} == set(), "no such icon; or: make setup"


# --- how the union speaks ----------------------------------------------------------------------------------------

FORBIDDEN = {
    "bạn": r"(?<!kết )(?<!tình )(?<!người )\bbạn\b(?! bè| đời| đọc| thân| đồng nghiệp)",
    "người dùng": r"(?<!nhiều )\bngười (?:dùng|sử dụng)\b(?! chung)",
    "hệ thống": r"\bhệ thống\b(?! chính trị| công đoàn| tổ chức)",
    "trả lại": r"\btrả lại (?:phiếu|hồ sơ|bản|bài)|(?-i:\bTrả lại\b)",
    "nộp phiếu": r"\bnộp (?:phiếu|hồ sơ|bản|cam kết)\b",  # Gửi BCH; only quizzes are handed in
    "đôn đốc": r"\bđôn đốc\b",  # Nhắc việc
    "quá hạn": r"\bquá hạn\b|\b(?:gửi|nộp) (?:muộn|trễ)\b",  # Gửi sau hạn
    "không đạt": r"\b(?:không|chưa) đạt\b|\btrượt\b|\bthất bại\b",  # what remains, never who failed
}


def words_to_avoid(words: str) -> set[str]:
    words = " ".join(unicodedata.normalize("NFC", words.replace("&nbsp;", " ")).split())
    return {name for name, pattern in FORBIDDEN.items() if re.search(pattern, words, re.IGNORECASE)}


def messages(source: str) -> str:
    """The texts of a module that may reach a screen: every string but docstrings."""
    tree = ast.parse(source)
    aside = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in aside)
    return " | ".join(node.value for node in strings if isinstance(node.value, str))


@pytest.mark.parametrize(
    ("planted", "word"),
    [
        ("Chào bạn!", "bạn"),
        ("Bạn còn 2 việc", "bạn"),
        ("Mời\n  các&nbsp;bạn vào", "bạn"),
        (unicodedata.normalize("NFD", "của bạn"), "bạn"),
        ("Người dùng chưa đăng nhập", "người dùng"),
        ("Tài khoản người\xa0dùng", "người dùng"),
        ("Hệ thống đã ghi nhận", "hệ thống"),
        ("Trả lại", "trả lại"),
        ("BCH trả lại phiếu", "trả lại"),
        ("Nộp phiếu cho BCH", "nộp phiếu"),
        ("Đôn đốc đoàn viên", "đôn đốc"),
        ("Ba người gửi muộn", "quá hạn"),
        ("Bài này chưa đạt", "không đạt"),
    ],
)
def test_a_planted_word_is_found(planted: str, word: str) -> None:
    assert words_to_avoid(planted) == {word}


@pytest.mark.parametrize(
    "good",
    [
        "bạn bè",
        "Bạn đọc",
        "tình bạn",
        "cả hệ thống chính trị",
        "máy dùng chung",
        "nhiều người dùng quá",
        "số hai người dùng chung",
        "Nộp bài",
        "đạt 7/10",
        "ban chấp hành",
        "nhặt được, trả lại người mất",
    ],
)
def test_a_word_that_only_looks_alike_passes(good: str) -> None:
    assert words_to_avoid(good) == set()


def test_docstrings_and_comments_may_name_the_words() -> None:
    source = 'def f():\n    """never `bạn`"""\n    # hệ thống\n    return f"Chào {name}, người dùng"\n'
    assert words_to_avoid(messages(source)) == {"người dùng"}


@on_files(TEMPLATES)
def test_templates_speak_as_the_union_does(file: Path) -> None:
    assert words_to_avoid(re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)) == set()


@on_files(SCRIPTS)
def test_scripts_speak_as_the_union_does(file: Path) -> None:
    assert words_to_avoid(file.read_text(encoding="utf-8")) == set()


@on_files(PAPERS)
def test_papers_speak_as_the_union_does(file: Path) -> None:
    assert words_to_avoid(file.read_text(encoding="utf-8")) == set()


@on_files(MODULES)
def test_messages_speak_as_the_union_does(file: Path) -> None:
    assert words_to_avoid(messages(file.read_text(encoding="utf-8"))) == set()


# --- lines that break well ---------------------------------------------------------------------------------------


def test_text_of_a_page_is_glued_across_what_made_it() -> None:
    assert glue_page("<p>Còn 20 câu, <b>chị Hòa</b> nhé</p>") == "<p>Còn 20\xa0câu, <b>chị\xa0Hòa</b> nhé</p>"


@pytest.mark.parametrize(
    "kept",
    [
        '<input value="chị Hòa, 20 câu">',
        "<input value='20 câu > 10 câu' title=\"20 câu\">",
        "<textarea>\n20 câu <b>chị Hòa</b> 5 phút</textarea>",
        "<pre>20 câu</pre>",
        "<code>20 câu</code>",
        "<select><option>20 câu</option></select>",
        "<title>20 câu</title>",
        '<script type="application/json">{"a": "20 câu"}</script>',
        "<!-- 20 câu -->",
    ],
)
def test_what_is_typed_copied_or_run_stays_as_it_is(kept: str) -> None:
    assert glue_page(f"<p>{kept}</p>") == f"<p>{kept}</p>"
