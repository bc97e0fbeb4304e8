"""Nothing typed is ever lost: two tabs, a line that breaks, a session that ends, an author who withdraws. Each test
has people of its own in the demo federation."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.demo import people
from tests.browser.conftest import Opener, sign_in
from tests.browser.test_loop import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SHEET = "/tu-danh-gia/2020"
DEEDS = "/lam-theo/2020"
CHAIR = "NSV-0001-6"  # reviews what NSV-0005-7 and NSV-0006-5 have sent
WAITING, WITHDRAWING = "Mai Thị Lan", "Hà Thị Phượng"


def open_for(opened: Opener, name: str, path: str = "/") -> Page:
    page = opened()
    sign_in(page, name, people.PASSWORD)
    page.goto(path)
    return page


def thought(page: Page) -> Locator:
    return page.locator("#muc_thought")


def saved(page: Page) -> None:
    expect(page.locator("[data-draft-saved]")).to_contain_text(re.compile(r"Đã lưu nháp lúc \d\d:\d\d:\d\d"))
    expect(page.locator("[data-draft-saved]")).to_be_visible()


def shelves(page: Page) -> int:
    found: int = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('lt-nhap:')).length")
    return found


def offer(page: Page) -> Locator:
    return page.locator("[data-shelf-offer]")


def lost(route: Route) -> None:
    route.abort("connectionfailed")


def deed(page: Page, words: str) -> None:
    page.get_by_text("Đăng ký một việc làm theo", exact=True).click()
    page.get_by_label("Việc gì").first.fill(words)
    page.get_by_label("Làm thế nào").first.fill("Mỗi ngày 15 phút đầu ca.")
    page.get_by_label("Đến khi nào").first.fill("30112020")


# --- two tabs -----------------------------------------------------------------------------------------------------


def test_what_is_typed_beside_another_tab_is_kept_and_given_back(opened: Opener) -> None:
    """Waits for three saves, each 1.5 s after the last key."""
    first = open_for(opened, "MSH-0006-6", SHEET)
    second = first.context.new_page()
    second.goto(SHEET)
    thought(first).fill("Lời ở trang thứ nhất.")
    saved(first)
    thought(second).fill("Lời ở trang thứ hai.")
    words = second.locator("[data-draft-wait]")
    expect(words).to_contain_text("Chữ gõ ở trang này vẫn giữ trên máy này")
    thought(second).press_sequentially(" Gõ thêm.")
    words.get_by_role("link", name="Mở lại phiếu").click()

    expect(thought(second)).to_have_value("Lời ở trang thứ nhất.")
    expect(offer(second)).to_contain_text("vừa gõ ở trang này còn đây")
    expect(offer(second).locator("textarea")).to_have_value("Lời ở trang thứ hai. Gõ thêm.")
    looked_at(second)
    with second.expect_response("**/nhap"):
        offer(second).get_by_role("button", name="Đưa vào phiếu").click()
    expect(thought(second)).to_have_value("Lời ở trang thứ hai. Gõ thêm.")
    expect(offer(second).locator("textarea")).to_have_value("Lời ở trang thứ nhất.")
    second.reload()
    expect(thought(second)).to_have_value("Lời ở trang thứ hai. Gõ thêm.")
    expect(offer(second).locator("textarea")).to_have_value("Lời ở trang thứ nhất.")
    offer(second).get_by_role("button", name="Bỏ đi").click()
    second.reload()
    expect(offer(second)).to_be_hidden()
    assert shelves(second) == 0


def test_without_a_script_both_texts_stand_on_the_page(opened: Opener) -> None:
    page = opened(javascript=False)
    sign_in(page, "MSH-0007-4", people.PASSWORD)
    page.goto(SHEET)
    other = page.context.new_page()
    other.goto(SHEET)
    thought(other).fill("Lời ở trang kia.")
    other.get_by_role("button", name="Lưu nháp").click()
    thought(page).fill("Lời ở trang này.")
    page.get_by_role("button", name="Lưu nháp").click()
    expect(thought(page)).to_have_value("Lời ở trang này.")
    page.get_by_text("Xem chữ đang có trong phiếu").click()
    expect(page.get_by_role("alert")).to_contain_text("Lời ở trang kia.")


def test_a_page_that_another_overtook_writes_nothing_by_itself(opened: Opener) -> None:
    page = open_for(opened, "MSH-0024-9", SHEET)
    page.route("**/nhap", lost)
    other = page.context.new_page()
    other.goto(SHEET)
    thought(other).fill("Lời ở trang kia.")
    saved(other)
    thought(page).fill("Lời ở trang này.")
    page.unroute("**/nhap")
    page.get_by_role("button", name="Giữ riêng cho tôi").click()
    expect(page.get_by_role("alert")).to_contain_text("ở một trang khác")
    expect(thought(page)).to_have_value("Lời ở trang này.")
    page.goto(SHEET)
    expect(thought(page)).to_have_value("Lời ở trang kia.")
    expect(offer(page).locator("textarea")).to_have_value("Lời ở trang này.")


# --- a weak line --------------------------------------------------------------------------------------------------


def test_what_was_sent_into_nothing_is_still_there_after_the_first_page(opened: Opener) -> None:
    page = open_for(opened, "MSH-0011-6", DEEDS)
    for path in ("**/nhap", "**/tra-loi"):
        page.route(path, lost)
    deed(page, "Việc gửi lúc mạng yếu.")
    page.get_by_role("button", name="Gửi câu trả lời").click()
    page.wait_for_url("chrome-error://**")
    for path in ("**/nhap", "**/tra-loi"):
        page.unroute(path)
    page.goto("/")
    page.goto(DEEDS)
    expect(page.locator("[data-shelf-taken]")).to_contain_text("Lần bấm trước chưa tới nơi")
    expect(page.get_by_label("Việc gì").first).to_have_value("Việc gửi lúc mạng yếu.")
    looked_at(page)
    page.get_by_role("button", name="Gửi câu trả lời").click()
    expect(page.locator("main")).to_contain_text("Đã gửi BCH")
    expect(page.locator("main")).to_contain_text("Hết thứ Hai 30/11/2020")
    assert shelves(page) == 0


def test_a_receipt_that_was_lost_on_the_way_leaves_nothing_behind(opened: Opener) -> None:
    """The server has it, and its page says so although nobody saw the answer."""
    page = open_for(opened, "MSH-0016-5", DEEDS)

    def deaf(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/tra-loi", deaf)
    deed(page, "Việc đã tới nơi mà không hay.")
    page.get_by_role("button", name="Gửi câu trả lời").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/tra-loi")
    page.goto("/")
    assert shelves(page) == 1
    page.goto(DEEDS)
    expect(page.locator("main")).to_contain_text("Đã gửi BCH")
    expect(offer(page)).to_be_hidden()
    assert shelves(page) == 0


def test_a_save_that_failed_is_tried_again(opened: Opener) -> None:
    page = opened()
    page.clock.install()
    sign_in(page, "MSH-0015-7", people.PASSWORD)
    page.goto(SHEET)
    page.route("**/nhap", lost, times=1)
    thought(page).fill("Lời viết lúc mất mạng.")
    page.clock.run_for(1600)
    expect(page.locator("[data-draft-wait]")).to_contain_text("có mạng sẽ tự lưu")
    assert shelves(page) == 1
    page.clock.run_for(8100)
    saved(page)
    assert shelves(page) == 0
    page.reload()
    expect(thought(page)).to_have_value("Lời viết lúc mất mạng.")


def test_what_no_save_has_reached_is_taken_up_by_the_next_page(opened: Opener) -> None:
    page = open_for(opened, "MSH-0025-6", SHEET)
    page.route("**/nhap", lost)
    thought(page).fill("Lời viết rồi đóng trang ngay.")
    page.goto("/")
    page.unroute("**/nhap")
    page.goto(SHEET)
    expect(thought(page)).to_have_value("Lời viết rồi đóng trang ngay.")
    expect(page.locator("[data-shelf-taken]")).to_contain_text("chưa kịp lưu")
    saved(page)
    assert shelves(page) == 0


def test_after_a_draft_none_of_the_three_answers_is_chosen(opened: Opener) -> None:
    page = open_for(opened, "MSH-0020-7", DEEDS)
    deed(page, "Việc còn là bản nháp.")
    saved(page)
    page.goto("/")
    page.goto(DEEDS)
    expect(page.locator("input[name=answer]:checked")).to_have_count(0)
    expect(page.locator("[data-draft-saved]")).to_contain_text("Chọn câu đầu để xem lại")
    page.get_by_text("Năm nay tôi không đăng ký").click()
    page.get_by_role("button", name="Gửi câu trả lời").click()
    page.get_by_role("link", name="Trả lời lại").click()
    page.get_by_text("Đăng ký một việc làm theo", exact=True).click()
    expect(page.get_by_label("Việc gì").first).to_have_value("Việc còn là bản nháp.")


def test_a_text_outlives_the_session_that_ends_while_it_is_typed(opened: Opener) -> None:
    page = open_for(opened, "MSH-0028-0", SHEET)
    end_sessions(opened, "MSH-0028-0")
    thought(page).fill("Lời gõ khi phiên đã hết.")
    expect(page.locator("[data-draft-wait]")).to_contain_text("Phiên làm việc đã hết")
    page.get_by_role("link", name="Mở lại phiếu").click()
    page.get_by_label("Số điện thoại hoặc mã đoàn viên").fill("MSH-0028-0")
    page.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(thought(page)).to_have_value("Lời gõ khi phiên đã hết.")
    saved(page)


# --- reviewers ----------------------------------------------------------------------------------------------------


def record_of(page: Page, author: str) -> None:
    page.goto("/don-vi/NSV/ho-so")
    page.locator("tr").filter(has_text=author).get_by_role("link").first.click()


def comment(page: Page, n: int = 0) -> Locator:
    return page.locator("main details textarea").nth(n)


def say(page: Page, words: str) -> None:
    page.locator("main details summary").first.click()
    comment(page).fill(words)


def end_sessions(opened: Opener, name: str) -> None:
    """From another machine, all the sessions of this person but that one."""
    page = open_for(opened, name, "/toi")
    while page.get_by_role("button", name="Kết thúc phiên này").count():
        page.get_by_role("button", name="Kết thúc phiên này").first.click()
        page.wait_for_load_state()


def test_a_reviewers_comment_survives_a_session_that_ended(opened: Opener) -> None:
    page = open_for(opened, CHAIR)
    record_of(page, WAITING)
    say(page, "Chị ghi thêm làm vào lúc nào trong ca.")
    end_sessions(opened, CHAIR)
    page.get_by_role("button", name="Đề nghị bổ sung").click()
    page.get_by_label("Số điện thoại hoặc mã đoàn viên").fill(CHAIR)
    page.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("[data-shelf-taken]")).to_contain_text("Lần bấm trước chưa tới nơi")
    expect(comment(page)).to_be_visible()
    expect(comment(page)).to_have_value("Chị ghi thêm làm vào lúc nào trong ca.")
    looked_at(page)

    page.get_by_role("link", name=re.compile("^Để sau")).click()  # later, and the comment waits
    assert shelves(page) == 1
    record_of(page, WAITING)
    expect(comment(page)).to_have_value("Chị ghi thêm làm vào lúc nào trong ca.")
    page.get_by_role("button", name="Đề nghị bổ sung").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã gửi đề nghị bổ sung")
    assert shelves(page) == 0


def test_a_reviewers_comment_survives_the_authors_withdrawal_and_leaves_with_the_reviewer(opened: Opener) -> None:
    page = open_for(opened, CHAIR)
    record_of(page, WITHDRAWING)
    address = page.url
    say(page, "Việc hay, chị rủ thêm người nhé.")
    author = open_for(opened, "NSV-0006-5", DEEDS)
    author.get_by_role("button", name="Rút lại").click()
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.locator("main")).to_contain_text("vừa rút lại phiếu")
    expect(page.locator("main textarea[name]")).to_have_value("Việc hay, chị rủ thêm người nhé.")
    looked_at(page)
    page.goto(address)
    expect(offer(page).locator("textarea")).to_have_value("Việc hay, chị rủ thêm người nhé.")
    page.get_by_role("button", name="Thoát").click()
    expect(page.get_by_label("Mật khẩu", exact=True)).to_be_visible()
    assert shelves(page) == 0
