"""From an empty database to a signed-in member, by hand in a browser: an administrator, a chair, a member.

A production server of its own, reached under https as behind a real proxy.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
import typst
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from app.documents.spreadsheet import Sheet, workbook
from tests.administration.test_beginning import production
from tests.browser.conftest import FLAGS, chromium_path
from tests.browser.https import https
from tests.commands import serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HOST = "lamtheo.example.vn"  # as `production` names it
PASSWORD = "một câu dài của riêng tôi"
Visit = Callable[[int], Page]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A production server on an empty state: the start code that it printed, and its port of https."""
    settings = production(tmp_path / "state") | {"TRUSTED_PROXIES": "0"}
    with serving(tmp_path / "state", **settings) as served:
        code = re.search(r"start code: (\S+)", served.log.read_text(encoding="utf-8"))
        assert code
        with https(HOST, int(served.address.rpartition(":")[2]), tmp_path) as port:
            yield code[1], port


@pytest.fixture
def visit(started: tuple[str, int], playwright: Playwright) -> Iterator[Visit]:
    """A browser of one's own at this width; the name of the site leads to the server here."""
    mapped = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{started[1]}"
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, mapped])
    yield lambda width: _page(browser, width)
    browser.close()


def _page(browser: Browser, width: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        base_url=f"https://{HOST}",
        locale="vi-VN",
        ignore_https_errors=True,
        accept_downloads=True,
    )
    return context.new_page()


def get_in(page: Page) -> None:
    """The page of a slip, to its end."""
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đúng là tôi, đặt mật khẩu và vào").click()
    page.wait_for_load_state()


def load(page: Page, file: Path, heads: Sequence[str], rows: Sequence[Sequence[str]], new_groups: bool = False) -> None:
    """A list from Excel: read, looked at, loaded."""
    file.write_bytes(workbook([Sheet("Danh sách", tuple(heads), [tuple(row) for row in rows])]))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_role("heading", name="Xem trước danh sách")).to_be_visible(timeout=30_000)
    if new_groups:
        page.get_by_text(re.compile(r"^Mở \d+ tổ này")).click()
        page.locator("#to").get_by_role("button", name="Lưu").click()
    page.locator("#nap").get_by_role("button", name=re.compile("^Thêm")).click()
    expect(page.get_by_role("heading", name="Đã nạp danh sách")).to_be_visible(timeout=30_000)


def slips(page: Page, button: str, folder: Path) -> list[str]:
    """The addresses in the QR codes of the slips that this button makes, as a phone's camera reads them off paper."""
    with page.expect_download() as made:
        page.get_by_role("button", name=button).click()
    made.value.save_as(folder / "slips.pdf")
    sheet = folder / "sheet.typ"
    sheet.write_text('#set page("a4", margin: 0pt)\n#image("slips.pdf", width: 100%)\n', encoding="utf-8")
    picture = typst.compile(str(sheet), format="png", ppi=150)
    assert isinstance(picture, bytes)
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(picture)))]


def test_a_federation_begins_and_its_members_come_in(started: tuple[str, int], visit: Visit, tmp_path: Path) -> None:
    """Takes half a minute: three people, two lists, one server."""
    admin = visit(1280)
    admin.goto("/quan-tri/bat-dau")
    admin.get_by_label("Mã bắt đầu").fill(started[0])
    admin.get_by_label("Tên công đoàn").fill("Liên đoàn Lao động Quận 1")
    admin.get_by_label("Mã đơn vị").fill("Q1")
    admin.get_by_label("Năm của chương trình").fill("2020")
    admin.get_by_label("Người quản trị đầu tiên").fill("Lý Gia Huy")
    admin.get_by_role("button", name="Bắt đầu và đặt mật khẩu").click()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("Lý Gia Huy")
    get_in(admin)

    admin.get_by_role("link", name="Nạp danh sách đơn vị").click()
    heads = ("STT", "Tên đơn vị", "Loại", "Chủ tịch", "Điện thoại")
    units = [("1", "CĐCS May Sen Hồng", "CĐCS", "Phạm Thị Thu", "0900000118")]
    load(admin, tmp_path / "don-vi.xlsx", heads, units)
    admin.get_by_role("link", name="Xem các đơn vị").click()
    admin.get_by_role("link", name="In phiếu cho cán bộ chưa vào lần nào").click()
    (of_chair,) = slips(admin, "In 1 phiếu của Chủ tịch", tmp_path)

    chair = visit(390)
    chair.goto(of_chair)
    expect(chair.get_by_role("heading", level=1)).to_contain_text("Phạm Thị Thu")
    get_in(chair)
    chair.get_by_role("link", name="Nạp danh sách").click()
    heads = ("Họ và tên", "Tổ", "Điện thoại")
    names = [("H'Hen Niê", "Tổ May 1", ""), ("Đỗ Thị Hoà", "Tổ May 1", "900000119"), ("Nguyễn Văn An", "", "")]
    load(chair, tmp_path / "doan-vien.xlsx", heads, names, new_groups=True)
    chair.get_by_role("link", name="Xem danh sách đoàn viên").click()
    chair.get_by_role("link", name="in phiếu cho họ").click()
    assert len(set(slips(chair, "In 3 phiếu", tmp_path))) == 3
    of_group = slips(chair, "In 2 phiếu của Tổ May 1", tmp_path)

    member = visit(390)
    seen = set()
    for address in of_group:
        member.goto(address)
        seen.add(" ".join(member.get_by_role("heading", level=1).inner_text().split()))
    assert seen == {"Có phải anh/chị H'Hen Niê?", "Có phải anh/chị Đỗ Thị Hoà?"}
    expect(member.get_by_text("Tổ May 1")).to_be_visible()
    get_in(member)
    expect(member.get_by_role("heading", level=1)).to_be_visible()
    member.goto("/")
    expect(member.get_by_role("heading", level=1)).to_contain_text("Chào")
    expect(member.get_by_text("người và số liệu ở đây là giả")).to_have_count(0)
    member.goto("/hoc/2020")
    expect(member.get_by_role("link", name=re.compile("Nêu gương|Nghị quyết")).first).to_be_visible()
