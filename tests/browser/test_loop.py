"""The main job on real input, as four people: Hòa studies, passes, relates it to herself and registers a deed; Hạnh of
her committee asks for an addition; she amends; Tuấn confirms; Hạnh sees who has done what; the federation sees counts.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.config import ROOT
from app.demo import people
from tests.browser.conftest import Opener, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HOA, HANH, TUAN, MINH = "MSH-0004-1", "MSH-0003-3", "MSH-0002-5", "Q1-0002-4"
MODULE = "chu-de-2020"
DEED = "Giúp Thảo mới vào tổ quen máy vắt sổ."
HOW = "Mỗi ngày ngồi cạnh chỉ từng bước."
BETTER = "Mỗi ngày 15 phút đầu ca, ngồi cạnh chỉ từng bước, ghi vào sổ của tổ."
ASK = "Chị ghi thêm làm vào lúc nào trong ca nhé."


def plain(words: str) -> str:
    return re.sub(r"\s+", " ", words.replace("\u00a0", " ")).strip()


def right_options() -> dict[str, str]:
    """Question → right option, from the bank as written (its format: quizzes/README.md)."""
    bank = (ROOT / "quizzes" / "2020" / f"{MODULE}.md").read_text(encoding="utf-8")
    found = {}
    for part in bank.split("\n## ")[1:]:
        text = part.split("\n+++\n")[-1]
        question, _, rest = text.partition("\n- [")
        right = re.search(r"^x\] (.+)$|^- \[x\] (.+)$", rest, re.MULTILINE)
        assert right
        found[plain(question.replace("**", ""))] = plain(right[1] or right[2])
    return found


def accessible(page: Page) -> None:
    """No finding of axe, WCAG 2.0 to 2.2 A and AA."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def no_sideways(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def looked_at(page: Page) -> None:
    accessible(page)
    no_sideways(page)


def open_for(opened: Opener, name: str, width: int = 390, height: int = 844) -> Page:
    page = opened(width, height)
    sign_in(page, name, people.PASSWORD)
    return page


def test_the_loop_from_study_to_counts(opened: Opener) -> None:
    hoa = open_for(opened, HOA)
    looked_at(hoa)
    study(hoa)
    take_quiz(hoa)
    relate(hoa)
    register(hoa)

    hanh = open_for(opened, HANH, 1280, 800)
    looked_at(hanh)
    ask_for_addition(hanh)
    amend(hoa)

    confirm(open_for(opened, TUAN))
    expect(hoa_deed(hoa)).to_contain_text("đã xác nhận", ignore_case=True)
    hoa.goto("/toi")
    expect(hoa.locator("main")).to_contain_text("Trần Thị Mỹ Hạnh")
    expect(hoa.locator("main")).to_contain_text("Lê Văn Tuấn")
    looked_at(hoa)

    completion(hanh)
    federation(open_for(opened, MINH, 1280, 800))


def study(page: Page) -> None:
    page.get_by_role("link", name="Xem ngay").click()
    expect(page.get_by_role("heading", name="Bản 3 phút")).to_be_visible()
    looked_at(page)
    page.get_by_role("link", name=re.compile("Đọc kỹ hơn")).click()
    expect(page.get_by_role("heading", name="Ghi nhớ")).to_be_visible()
    looked_at(page)
    page.go_back()
    page.get_by_role("button", name="Tôi đã xem xong").click()
    page.wait_for_load_state()


def take_quiz(page: Page) -> None:
    keys = right_options()
    page.goto(f"/trac-nghiem/2020/{MODULE}")
    looked_at(page)
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    for k in range(1, 11):
        expect(page.locator("#cau-may")).to_have_text(re.compile(rf"Câu\s{k}\strong\s10"))
        question = plain(page.locator("#bai legend").inner_text())
        page.locator("#bai label.lt-choice").filter(has_text=re.compile(f"^{pattern(keys[question])}$")).click()
        expect(page.locator("#da-luu")).to_have_text(re.compile(rf"Đã lưu câu\s{k} lúc \d\d:\d\d:\d\d"))
        if k == 1:
            looked_at(page)
        page.locator("#tiep").click()
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("10/10")
    looked_at(page)


def pattern(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in words.split())


def relate(page: Page) -> None:
    page.goto("/tu-danh-gia/2020")
    looked_at(page)
    for area in page.locator("main textarea").all():
        area.fill("Tôi nhớ chuyện nói đi đôi với làm; điều này chỉ mình tôi đọc.")
    page.get_by_role("button", name="Giữ riêng cho tôi").click()
    page.wait_for_load_state()
    looked_at(page)


def register(page: Page) -> None:
    page.goto("/lam-theo/2020")
    expect(page.locator("main")).to_contain_text("Trần Thị Mỹ Hạnh")
    looked_at(page)
    page.get_by_text("Đăng ký một việc làm theo", exact=True).click()
    page.get_by_label("Việc gì").first.fill(DEED)
    page.get_by_label("làm thế nào").first.fill(HOW)
    page.get_by_label("Đến khi nào").first.fill("12/4/2020")
    page.get_by_role("button", name=re.compile("^Gửi")).click()
    expect(page.get_by_role("alert")).to_contain_text("Cần sửa", ignore_case=True)
    expect(page.get_by_label("Việc gì").first).to_have_value(DEED)
    looked_at(page)
    page.get_by_label("Đến khi nào").first.fill("30/6/2020")
    page.get_by_role("button", name=re.compile("^Gửi")).click()
    page.wait_for_load_state()
    expect(hoa_deed(page)).to_contain_text(DEED)
    looked_at(page)


def hoa_deed(page: Page):  # type: ignore[no-untyped-def]
    page.goto("/lam-theo/2020")
    return page.locator("main")


def ask_for_addition(page: Page) -> None:
    page.goto("/don-vi/MSH/ho-so")
    looked_at(page)
    open_record(page)
    expect(page.locator("main")).to_contain_text(DEED)
    looked_at(page)
    page.get_by_role("button", name="Đề nghị bổ sung").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("main details").nth(1).locator("summary").click()
    page.locator("main details textarea").nth(1).fill(ASK)
    page.get_by_role("button", name="Đề nghị bổ sung").click()
    page.wait_for_load_state()


def open_record(page: Page) -> None:
    page.locator("tr").filter(has_text="Nguyễn Thị Hòa").get_by_role("link").first.click()


def amend(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Bổ sung")
    page.get_by_role("link", name="Xem góp ý").click()
    expect(page.locator("main")).to_contain_text(ASK)
    looked_at(page)
    page.get_by_label("làm thế nào").first.fill(BETTER)
    page.get_by_role("button", name=re.compile("^Gửi")).click()
    page.wait_for_load_state()


def confirm(page: Page) -> None:
    page.goto("/don-vi/MSH/ho-so")
    open_record(page)
    expect(page.locator("main")).to_contain_text(BETTER)
    looked_at(page)
    page.get_by_role("button", name="Xác nhận").click()
    page.wait_for_load_state()


def completion(page: Page) -> None:
    page.goto("/don-vi/MSH/hoan-thanh")
    looked_at(page)
    row = page.locator("tr").filter(has_text="Nguyễn Thị Hòa")
    expect(row).not_to_contain_text("Còn")
    expect(row).to_contain_text("trực tuyến")
    page.get_by_label("Tình trạng").select_option("con")
    page.get_by_role("button", name="Lọc").click()
    expect(page.locator("main table").first).not_to_contain_text("Nguyễn Thị Hòa")
    page.goto("/don-vi/Q1/hoan-thanh")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Không có trang này")


def federation(page: Page) -> None:
    looked_at(page)
    page.goto("/don-vi/Q1/hoan-thanh")
    expect(page.locator("tr").filter(has_text="May Sen Hồng")).to_contain_text(re.compile(r"\d+/\d+"))
    looked_at(page)
    page.get_by_role("link", name="CĐCS May Sen Hồng").click()
    expect(page.locator("main")).not_to_contain_text("Nguyễn Thị Hòa")
    expect(page.locator("main")).to_contain_text("Phạm Thị Thu")
    looked_at(page)


ACCOUNTS = {"member": HOA, "officer": HANH, "chair": "MSH-0001-7", "federation": MINH, "admin": "Q1-0003-2"}


@pytest.mark.parametrize("who", ACCOUNTS)
def test_the_one_button_is_visible_without_scrolling_on_a_small_phone(opened: Opener, who: str) -> None:
    page = open_for(opened, ACCOUNTS[who], 320, 640)
    button = page.locator(".btn-primary")
    expect(button).to_have_count(1)
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 640, f"{who}: the button ends at {box['y'] + box['height']}"
    no_sideways(page)


def test_a_quiz_can_be_taken_without_javascript(opened: Opener) -> None:
    page = opened(320, 640, javascript=False)
    sign_in(page, "MSH-0005-8", people.PASSWORD)
    keys = right_options()
    page.goto(f"/trac-nghiem/2020/{MODULE}")
    page.get_by_role("button", name=re.compile("Bắt đầu làm bài|Làm lại")).click()
    for k in range(1, 11):
        question = plain(page.locator("#bai legend").inner_text())
        page.locator("#bai label.lt-choice").filter(has_text=re.compile(f"^{pattern(keys[question])}$")).click()
        page.locator("#tiep").click()
        expect(page.locator("main")).to_contain_text(re.compile(rf"Đã lưu câu\s{k} lúc \d\d:\d\d:\d\d\."))
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("10/10")
