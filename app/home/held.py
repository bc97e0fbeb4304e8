"""What is held about people, who sees it, for how long: the one table from which `Ai xem được gì` is drawn.

docs/access.md repeats it, and its test holds the two together and each claim against what the routes answer. Lengths
of time come from the rules that end them.
"""

from dataclasses import dataclass

from app.accounts.rules import ABSOLUTE
from app.rosters.rules.stages import KEPT

NOT_SEEN = "không thấy"
SELF = "chỉ người ấy"
COMMITTEE = "BCH"
LOADED_ABOVE = f"{NOT_SEEN}, trừ danh sách do chính cấp trên nạp, trong {KEPT.days} ngày"
UPLOADS_KEPT = f"tệp và các dòng của nó: {KEPT.days} ngày"
SESSION_KEPT = f"đến khi thoát, lâu nhất {ABSOLUTE['member'].days} ngày"


@dataclass(frozen=True)
class Held:
    """One kind of thing: who of the unit sees it, what the bodies above see (`NOT_SEEN`, perhaps but for
    what it names), how long it is kept, and the route that
    shows it to them (empty: none does)."""

    what: str
    unit: str
    above: str
    kept: str
    route: str


HELD = (
    Held(
        "Họ và tên, mã đoàn viên, tổ công đoàn",
        "BCH và quản trị của đơn vị",
        LOADED_ABOVE,
        "đến khi thôi sinh hoạt thì không còn trong danh sách",
        "/don-vi/<code>/doan-vien",
    ),
    Held(
        "Số điện thoại, thư điện tử để đăng nhập",
        "chỉ người ấy; BCH, ở danh sách do chính BCH nạp",
        LOADED_ABOVE,
        UPLOADS_KEPT,
        "/don-vi/<code>/danh-sach/<uuid:upload_id>",
    ),
    Held(
        "Việc nào đã xong, ngày nào; ai chọn không đăng ký",
        "BCH của đơn vị",
        "chỉ con số, không có số người chọn không đăng ký",
        "theo từng năm, không xóa",
        "/don-vi/<code>/hoan-thanh",
    ),
    Held(
        "Số câu đúng và câu trả lời trắc nghiệm",
        SELF,
        NOT_SEEN,
        "khi còn tài khoản",
        "/trac-nghiem/<int:year>/<module>/luot/<int:n>/ket-qua",
    ),
    Held(
        "Phiếu đã gửi BCH: liên hệ bản thân, việc làm theo, bản cam kết",
        "BCH: những người có tên ở dưới; lần mở nào cũng được ghi lại và người viết thấy",
        f"{NOT_SEEN}, trừ phiếu của Chủ tịch: những người có tên ở dưới",
        "khi còn tài khoản; chuyển đơn vị thì nơi cũ không mở được nữa",
        "/don-vi/<code>/ho-so/<uuid:record_id>",
    ),
    Held("Phiếu giữ riêng, bản nháp", SELF, NOT_SEEN, "khi còn tài khoản", "/tu-danh-gia/<int:year>"),
    Held("Điều đã đồng ý, không đồng ý, đã rút lại", SELF, NOT_SEEN, "khi còn tài khoản", "/toi/dong-y"),
    Held(
        "Xác thực hai lớp: đang bật hay tắt; ai tắt, lúc nào",
        SELF,
        f"{NOT_SEEN}, trừ của cán bộ công đoàn: đang bật hay tắt",
        "khi còn tài khoản; mã bí mật mất ngay khi tắt",
        "/toi/xac-thuc-hai-lop",
    ),
    Held("Máy đang đăng nhập", SELF, NOT_SEEN, SESSION_KEPT, "/toi"),
    Held(
        "Ai giữ nhiệm vụ công đoàn; số điện thoại của đơn vị",
        "mọi đoàn viên của đơn vị",
        "họ và tên, nhiệm vụ, số điện thoại",
        "theo thời gian giữ nhiệm vụ",
        "/don-vi/<code>/ai-xem-duoc-gi",
    ),
)
NEVER = "ngày sinh, số căn cước, địa chỉ nhà, dân tộc, tôn giáo, tư cách đảng viên"
