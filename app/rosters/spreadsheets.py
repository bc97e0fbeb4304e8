"""The files that go out: two templates to fill in, and the result of a list."""

from collections.abc import Sequence

from app.documents.spreadsheet import Sheet, workbook
from app.rosters.queries import Place, ResultLine

EXAMPLE = "Ví dụ: Trần Thị Mẫu"
MEMBERS = Sheet(
    "Danh sách",
    ("STT", "Họ và tên", "Tổ", "Mã đoàn viên (nếu đã có)", "Điện thoại (nếu có)", "Thư điện tử (nếu có)"),
    [("1", EXAMPLE, "Tổ May 3", "", "0900000118", "")],
    widths=(6, 34, 24, 22, 20, 30),
    typed=True,
)
OF_SEVERAL = Sheet(
    "Danh sách",
    ("STT", "Đơn vị", "Họ và tên", "Tổ", "Mã đoàn viên (nếu đã có)", "Điện thoại (nếu có)", "Thư điện tử (nếu có)"),
    [("1", "CĐCS May Sen Hồng", EXAMPLE, "Tổ May 3", "", "0900000118", "")],
    widths=(6, 34, 34, 24, 22, 20, 30),
    typed=True,
)
MEMBER_NOTES = (
    "Ghi mỗi người một dòng, bắt đầu ngay dưới dòng ví dụ. Dòng ví dụ không được nạp, để lại hay xóa đều được.",
    "Họ và tên: ghi đủ dấu. Các cột khác có thể để trống.",
    "Tổ: tổ, phòng, ban, chuyền nơi người ấy làm việc. Tên tổ chưa có thì khi nạp anh/chị được hỏi có mở tổ mới không.",
    "Mã đoàn viên: mã trên phiếu, hoặc số riêng của đơn vị (mã nhân viên). Chưa có thì để trống, mã sẽ được cấp.",
    "Điện thoại: số di động của chính người ấy, để đăng nhập. Hai người chung một số thì số ấy không đăng nhập được.",
    "Không cần và không giữ: ngày sinh, dân tộc, tôn giáo, số căn cước, tư cách đảng viên, địa chỉ. "
    "Có cột thừa cũng không sao: các cột ấy không được đọc.",
    "Tháng sau nạp lại cả danh sách: người mới được thêm, chỗ khác được sửa; ai không còn trong danh sách thì "
    "anh/chị được hỏi từng người, không ai tự mất tên.",
)
SEVERAL_NOTES = (
    "Đơn vị: mã hoặc tên công đoàn cơ sở thuộc phạm vi của anh/chị, ghi ở mỗi dòng. Chỉ nạp được cho đơn vị chưa có "
    "danh sách; đơn vị đã có thì BCH đơn vị tự nạp.",
)
UNITS = Sheet(
    "Danh sách",
    ("STT", "Tên đơn vị", "Loại", "Mã đơn vị (nếu đã có)", "Mã cấp trên", "Chủ tịch", "Điện thoại"),
    [("1", "Ví dụ: CĐCS May Sen Hồng", "CĐCS", "", "", "Phạm Thị Thu", "0900000118")],
    widths=(6, 44, 18, 22, 18, 30, 18),
    typed=True,
)
UNIT_NOTES = (
    "Ghi mỗi đơn vị một dòng, bắt đầu ngay dưới dòng ví dụ. Dòng ví dụ không được nạp.",
    "Loại: CĐCS, CĐ bộ phận, Tổ công đoàn, CĐ phường/xã hoặc LĐLĐ. Để trống là CĐCS.",
    "Mã đơn vị: chữ in hoa không dấu và số, bắt đầu bằng chữ, tối đa 12 ký tự. Để trống thì mã được cấp.",
    "Mã cấp trên: mã hoặc tên của đơn vị đứng trên, có sẵn hoặc có trong tệp này. Để trống là trực thuộc anh/chị.",
    "Chủ tịch: được giao nhiệm vụ Chủ tịch của đơn vị. Sau khi nạp, anh/chị cấp phiếu để vào lần đầu.",
    "Điện thoại: số di động của Chủ tịch, dùng để đăng nhập; đoàn viên của đơn vị thấy số này khi cần hỏi.",
)


def members_template(several: bool) -> bytes:
    """For one unit, or with a column that says which."""
    return workbook([OF_SEVERAL, _notes(SEVERAL_NOTES + MEMBER_NOTES)] if several else [MEMBERS, _notes(MEMBER_NOTES)])


def units_template() -> bytes:
    return workbook([UNITS, _notes(UNIT_NOTES)])


CHANGES = Sheet(
    "Danh sách",
    (
        "STT",
        "Mã đơn vị",
        "Việc",
        "Tên mới",
        "Mã cấp trên mới",
        "Mã đơn vị nhận",
        "Loại",
        "Tổ sang đơn vị mới",
        "Từ ngày",
    ),
    [("1", "PSH", "mở", "Ví dụ: Công đoàn phường Sen Hồng", "LDTP", "", "CĐ phường", "", "1/7/2020")],
    widths=(6, 16, 16, 44, 18, 18, 14, 24, 14),
    typed=True,
)
CHANGE_NOTES = (
    "Ghi mỗi việc một dòng, bắt đầu ngay dưới dòng ví dụ. Dòng ví dụ không được nạp. Thứ tự các dòng tùy anh/chị.",
    "Việc: mở, đổi tên, chuyển, sáp nhập, tách, hoặc giải thể.",
    "Mở: mã và tên của đơn vị mới, loại (CĐCS, CĐ phường/xã, LĐLĐ, tổ), mã cấp trên.",
    "Đổi tên: mã đơn vị và tên mới. Chuyển: mã đơn vị và mã cấp trên mới; đoàn viên, cán bộ, mã giữ nguyên.",
    "Sáp nhập: mã đơn vị và mã đơn vị nhận; đoàn viên sang đơn vị nhận, mã cũ dẫn tới đơn vị nhận.",
    "Tách: mã CĐCS, tên của đơn vị mới, mã của đơn vị mới ở cột Mã đơn vị nhận, mã các tổ sang đơn vị mới.",
    "Giải thể: mã đơn vị; có đơn vị thay thế thì ghi ở cột Mã đơn vị nhận, mã cũ sẽ dẫn tới đó.",
    "Từ ngày: ngày có hiệu lực theo quyết định, từ 31 ngày trước đến một năm sau hôm nay.",
    "Cả tệp được làm một lần hoặc không làm gì; hoàn tác được trong một ngày.",
)


def changes_template() -> bytes:
    return workbook([CHANGES, _notes(CHANGE_NOTES)])


def _notes(lines: Sequence[str]) -> Sheet:
    return Sheet("Hướng dẫn", ("Cách ghi",), [(line,) for line in lines], widths=(110,))


def result(place: Place, lines: Sequence[ResultLine], leaving: Sequence[str], title: str, skipped: int) -> bytes:
    """The outcome of every line in the order of the file; who leaves on a sheet of its own."""
    heads = ("Dòng", "Họ và tên", "Tổ", "Mã đoàn viên", "Điện thoại", "Kết quả", "Ghi chú")
    if place.kind == "units":
        heads = ("Dòng", "Tên đơn vị", "Chủ tịch", "Mã đơn vị", "Điện thoại", "Kết quả", "Ghi chú")
    if place.kind == "changes":
        heads = ("Dòng", "Đơn vị", "Việc", "Mã đơn vị", "Từ ngày", "Kết quả", "Ghi chú")
    rows = [(one.n, one.name, one.place, one.code, one.day or one.phone, one.outcome, one.notes) for one in lines]
    sheets = [Sheet("Kết quả", heads, rows, title=title, widths=(7, 32, 24, 18, 14, 20, 60))]
    if skipped:
        said = f"Theo lựa chọn của người nạp, {skipped} dòng lỗi được bỏ qua."
        sheets.append(Sheet("Bỏ qua", ("Lựa chọn",), [(said,)], widths=(80,)))
    if leaving:
        sheets.append(Sheet("Thôi sinh hoạt", ("Họ và tên",), [(name,) for name in leaving], widths=(40,)))
    return workbook(sheets)
