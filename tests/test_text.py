"""app.text: what a text is made of, how it is searched, in which order people stand, and that no HTML can act."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import text

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
syllables = st.text(alphabet=VIETNAMESE + VIETNAMESE.upper(), min_size=1, max_size=6)
names = st.lists(syllables, min_size=1, max_size=5).map(" ".join)


def nfd(value: str) -> str:
    return unicodedata.normalize("NFD", value)


# --- on entry ----------------------------------------------------------------------------------------------------


def test_a_name_typed_on_a_mac_and_one_typed_on_a_phone_are_the_same() -> None:
    assert nfd("Nguyễn Thị Hòa") != "Nguyễn Thị Hòa"
    assert text.nfc(nfd("Nguyễn Thị Hòa")) == "Nguyễn Thị Hòa"


@given(st.text())
def test_kept_text_is_nfc_and_stays_what_it_is_when_kept_again(value: str) -> None:
    kept = text.nfc(value)
    assert unicodedata.is_normalized("NFC", kept)
    assert text.nfc(kept) == kept


def test_a_control_character_between_letter_and_mark_leaves_one_letter() -> None:
    assert text.nfc("Ho\x00\u0300a") == "Hòa"


def test_line_ends_become_one_kind_and_tabs_stay() -> None:
    assert text.nfc("một\r\nhai\rba\tbốn\x00\x08") == "một\nhai\nba\tbốn"


def test_one_line_is_one_line() -> None:
    assert text.one_line("  Trần \r\n Thị\t Mỹ   Hạnh ") == "Trần Thị Mỹ Hạnh"


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\x9b", "\u202e", "\u2066", "\u200f"])
def test_a_name_that_would_show_as_another_is_not_kept(mark: str) -> None:
    assert text.kept_name(" Lê  Văn Tuấn\n") == "Lê Văn Tuấn"
    with pytest.raises(text.NameUnsafe):
        text.kept_name(f"Lê Văn{mark} Tuấn")


def test_the_same_password_typed_in_two_forms_is_one_secret() -> None:
    assert text.same_secret(nfd("mật khẩu")) == text.same_secret("mật khẩu")
    assert text.same_secret("ｍａｔ") == "mat"


# --- search ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Đỗ Quang Minh", "do quang minh"),
        ("ĐẶNG  Thị   Ước", "dang thi uoc"),
        (nfd("Nguyễn Thị Hòa"), "nguyen thi hoa"),
        ("Huỳnh Ý Như", "huynh y nhu"),
        ("Đường Lê Dương", "duong le duong"),
    ],
)
def test_search_knows_no_marks_and_takes_d_for_d(written: str, searched: str) -> None:
    assert text.fold(written) == searched


@given(names)
def test_search_finds_a_name_however_it_was_encoded_and_in_any_case(name: str) -> None:
    assert text.fold(nfd(name)) == text.fold(name) == text.fold(name.upper())
    assert text.fold(name).isascii()


# --- the order of people -----------------------------------------------------------------------------------------


def in_order(*people: str) -> bool:
    return sorted(people, key=text.name_key) == list(people) and len({text.name_key(p) for p in people}) == len(people)


def test_people_stand_by_given_name_first() -> None:
    assert in_order("Vũ Thị An", "Trần Văn Bình", "Lê Thị Cúc", "Bùi Thị Yến")


def test_the_same_given_name_goes_by_family_then_middle_name() -> None:
    assert in_order("Lê Thị Lan", "Lê Văn Lan", "Mai Thị Lan", "Nguyễn Ái Lan")


def test_letters_go_as_in_the_vietnamese_alphabet() -> None:
    assert in_order("Lê An", "Lê Ăn", "Lê Ân", "Lê Ba")
    assert in_order("Lê Dung", "Lê Đan", "Lê Em", "Lê Ên", "Lê Giang")
    assert in_order("Lê Oanh", "Lê Ôn", "Lê Ơn", "Lê Phú")
    assert in_order("Lê Uyên", "Lê Ưng", "Lê Vân")


def test_tones_go_level_falling_asking_tumbling_sharp_heavy() -> None:
    assert in_order("Lê Ma", "Lê Mà", "Lê Mả", "Lê Mã", "Lê Má", "Lê Mạ")


def test_a_tone_weighs_less_than_a_letter() -> None:
    assert in_order("Lê Hoa", "Lê Hoà", "Lê Hoàng")
    assert in_order("Lê Hoạ", "Lê Hoan")
    assert in_order("Lê Hân", "Lê Hậu", "Lê Hiền")


def test_the_place_of_a_tone_mark_makes_no_other_name() -> None:
    assert text.name_key("Nguyễn Thị Hoà") == text.name_key("Nguyễn Thị Hòa")


def test_the_whole_given_name_decides_before_the_family_name() -> None:
    assert in_order("Vũ Thị Hoa", "An Thị Hoà")


@given(names)
def test_an_encoding_does_not_move_anybody_in_the_list(name: str) -> None:
    assert text.name_key(unicodedata.normalize("NFC", name)) == text.name_key(nfd(name))


@given(names, names)
def test_upper_case_does_not_move_anybody_in_the_list(one: str, other: str) -> None:
    assert (text.name_key(one) < text.name_key(other)) == (text.name_key(one.upper()) < text.name_key(other.lower()))


# --- lines that break well ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plain", "glued"),
    [
        ("còn 20 câu nữa", "còn 20~câu nữa"),
        ("trước thứ Ba 19/5/2020", "trước thứ~Ba~19/5/2020"),
        ("Chủ nhật 17/5", "Chủ nhật~17/5"),
        ("chị Hòa và anh Tuấn", "chị~Hòa và anh~Tuấn"),
        ("Câu 3, Quận 1", "Câu~3, Quận~1"),
        ("chị em công nhân", "chị em công nhân"),
        ("làm theo tấm gương", "làm theo tấm gương"),
    ],
)
def test_a_line_does_not_end_where_it_would_read_badly(plain: str, glued: str) -> None:
    assert text.glue(plain) == glued.replace("~", "\u00a0")


@given(st.text())
def test_glue_changes_spaces_only(value: str) -> None:
    assert text.glue(value).replace("\u00a0", " ") == value.replace("\u00a0", " ")


# --- Markdown ----------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<style>body{display:none}</style>",
    '<p style="position:fixed;inset:0;background:url(//evil.example)">x</p>',
    '<link rel="stylesheet" href="//evil.example/x.css">',
    '<img src=x onerror="alert(1)">',
    "<img src=x onerror=alert(1)//",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jAvAsCrIpT&#58;alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="#" onclick="alert(1)" onmouseover=alert(2)>x</a>',
    '<svg onload="alert(1)"><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    '<svg><style><img src="</style><img src=x onerror=alert(1)>"></svg>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<iframe src="https://evil.example"></iframe><object data="x"></object><embed src="x">',
    '<form action="https://evil.example"><input name="x"><button formaction="javascript:alert(1)">x</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="https://evil.example/">',
    "<!-- <script>alert(1)</script> --><!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]><?php echo 1 ?>",
    '<video><source onerror="alert(1)"></video><audio src=x onerror=alert(1)>',
    '<details open ontoggle="alert(1)"><summary>x</summary></details>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    '[x](https://example.com "\\" onmouseover=\\"alert(1)")',
    "```html\n<script>alert(1)</script>\n```",
    "`<img src=x onerror=alert(1)>`",
    "| a |\n| - |\n| <script>alert(1)</script> |",
    '<p id="noi-dung" class="lt-head" name="csrf_token">x</p>',
]
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)((?:[^>\"]|\"[^\"]*\")*)>")
ATTRIBUTE = re.compile(r'([^\s=/]+)="([^"]*)"')
ALLOWED = {"href", "title", "rel", "scope", "start"}


def dangers(html: str) -> list[str]:
    """Everything in the HTML that is not of the small list: tags, attributes, addresses, left-over markup."""
    found = []
    for _, tag, rest in TAG.findall(html):
        if tag not in text.TAGS:
            found.append(tag)
        for name, value in ATTRIBUTE.findall(rest):
            if name not in ALLOWED:
                found.append(f"{tag} {name}")
            address = re.sub(r"[\x00-\x20]", "", value.replace("&colon;", ":").replace("&Tab;", "")).lower()
            if name == "href" and re.match(r"[a-z][a-z0-9+.-]*:", address):
                found += [] if address.startswith(("http:", "https:", "mailto:", "tel:")) else [address]
        if ATTRIBUTE.sub("", rest).strip(" /"):
            found.append(f"{tag} {rest}")
    if "<" in TAG.sub("", html):
        found.append("a left-over <")
    return found


def test_the_search_for_dangers_finds_them() -> None:
    assert dangers("<script>x</script>") == ["script", "script"]
    assert dangers('<p onclick="x">') == ["p onclick"]
    assert dangers("<p onclick=x>") == ["p  onclick=x"]
    assert dangers('<a href="java&Tab;script:x">') == ["javascript:x"]
    assert dangers("<!-- x -->") == ["a left-over <"]
    assert dangers('<p>a &lt; b</p><a href="https://example.com" title="x">x</a>') == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_markdown_can_act(hostile: str) -> None:
    assert dangers(text.markdown(hostile)) == []
    assert dangers(text.markdown(f"- một\n- **hai {hostile} ba**\n\n> {hostile}")) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_html_can_act(hostile: str) -> None:
    assert dangers(text.sanitize(hostile)) == []
    assert dangers(text.sanitize(text.sanitize(hostile * 2))) == []


@given(st.lists(st.sampled_from([*HOSTILE, "<", ">", '"', "'", "<!--", "-->", "\n\n", "`", "](", "| "])).map("".join))
def test_no_mixture_can_act(hostile: str) -> None:
    assert dangers(text.markdown(hostile)) == []
    assert dangers(text.sanitize(hostile)) == []


ELSEWHERE = [
    "[x](https://example.com/a)",
    "[x](http://example.com)",
    "[x](HTTPS://EXAMPLE.COM)",
    "[x](//example.com/a)",
    '[x](https://example.com "một > hai")',
    "<https://example.com>",
]


@pytest.mark.parametrize("source", ELSEWHERE)
def test_a_link_to_elsewhere_is_marked(source: str) -> None:
    assert 'rel="noopener nofollow external"' in text.markdown(source)


@pytest.mark.parametrize("href", ["https:example.com", "//example.com", "/\\example.com", "HTTP://example.com"])
def test_a_link_to_elsewhere_is_marked_however_it_is_written(href: str) -> None:
    assert 'rel="noopener nofollow external"' in text.sanitize(f'<a title="a > b" href="{href}">x</a>')


@pytest.mark.parametrize(
    "source", ["[x](/hoc/2020)", "[x](#bai-2)", "[x](tel:0900000118)", "[x](mailto:a@example.com)"]
)
def test_a_link_to_our_own_pages_is_not_marked(source: str) -> None:
    assert "<a " in text.markdown(source)
    assert "rel=" not in text.markdown(source)


def test_headings_lists_and_emphasis_come_through() -> None:
    html = text.markdown("## Vì sao\n\n1. Một\n2. **Hai**\n\n> Trích\n\nMột `mã`, ~~bỏ~~.")
    for part in ("<h2>Vì sao</h2>", "<li>Một</li>", "<strong>Hai</strong>", "<blockquote>", "<code>mã</code>"):
        assert part in html


@pytest.mark.parametrize("rule", ["| - | - |", "| :- | -: |"])
def test_a_table_comes_through_with_its_columns_named(rule: str) -> None:
    html = text.markdown(f"| Việc | Đến khi |\n{rule}\n| Tiết kiệm | 19/5 |")
    assert html.count('<th scope="col">') == 2
    assert "<td>19/5</td>" in html
    assert "style" not in html


def test_markdown_longer_than_the_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        text.markdown("a" * (text.MAXIMUM + 1))


def test_lines_are_escaped_paragraphs() -> None:
    assert text.lines("một\nhai <b>\n\n\n\nba") == "<p>một<br>hai &lt;b&gt;</p><p>ba</p>"


def test_words_are_counted_without_dashes_and_stars() -> None:
    assert text.words("Học tập – và làm theo ** Bác") == 6
