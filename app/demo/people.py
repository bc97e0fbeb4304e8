"""Invented units and invented people. Nobody here exists."""

from dataclasses import dataclass

FEDERATION = ("Q1", "Liên đoàn Lao động Quận 1", "LĐLĐ Quận 1", "0900000100")


@dataclass(frozen=True)
class DemoUnit:
    """A grassroots union: how many members, which groups, and how its people are mostly called."""

    code: str
    name: str
    short: str
    phone: str
    members: int
    groups: tuple[str, ...]
    women: bool


UNITS = (
    DemoUnit(
        "MSH",
        "CĐCS Công ty CP May Sen Hồng",
        "CĐCS May Sen Hồng",
        "0900000118",
        42,
        ("Tổ May 1", "Tổ May 2", "Tổ May 3"),
        True,
    ),
    DemoUnit(
        "BTX",
        "CĐCS Trường Tiểu học Bến Thành Xanh",
        "CĐCS Tiểu học Bến Thành Xanh",
        "0900000121",
        26,
        ("Tổ Khối 1–3", "Tổ Khối 4–5"),
        True,
    ),
    DemoUnit(
        "BVT",
        "CĐCS Bệnh viện Đa khoa Tân An Bình",
        "CĐCS Bệnh viện Tân An Bình",
        "0900000132",
        24,
        ("Tổ Khám bệnh", "Tổ Điều dưỡng"),
        True,
    ),
    DemoUnit(
        "KSR", "CĐCS Khách sạn Sông Rạng", "CĐCS Khách sạn Sông Rạng", "0900000143", 20, ("Tổ Buồng", "Tổ Bếp"), True
    ),
    DemoUnit(
        "VTA",
        "CĐCS Công ty TNHH Vận tải An Lộc",
        "CĐCS Vận tải An Lộc",
        "0900000154",
        16,
        ("Đội xe 1", "Đội xe 2"),
        False,
    ),
    DemoUnit(
        "CNT",
        "CĐCS Công ty Cấp nước Thái Hòa",
        "CĐCS Cấp nước Thái Hòa",
        "0900000165",
        14,
        (),
        False,
    ),
    DemoUnit(
        "UBP",
        "CĐCS Cơ quan Phường Đa Phước",
        "CĐCS Phường Đa Phước",
        "0900000176",
        10,
        (),
        True,
    ),
    DemoUnit(
        "NSV",
        "CĐCS Nhà sách Văn Minh Trí",
        "CĐCS Nhà sách Văn Minh Trí",
        "0900000187",
        8,
        (),
        True,
    ),
)

FAMILY = (
    "Nguyễn Trần Lê Phạm Huỳnh Võ Đặng Bùi Trương Hồ Ngô Dương Lý Mai Cao Đoàn Phan Tạ Trịnh Lâm Đỗ Quách "
    "Châu Vũ Hà Tô Lương Đinh"
).split()
WOMEN = (
    "Thị An|Thị Ngọc Ánh|Thị Bích|Thị Kim Chi|Thị Cúc|Thị Diễm|Thị Thùy Dung|Thị Anh Đào|Thị Gấm|"
    "Thị Thu Hà|Thị Hạnh|Thị Huệ|Thị Lan|Thị Bích Liên|Thị Loan|Thị Mai|Thị Nga|Thị Hồng Nhung|Thị Oanh|"
    "Thị Phượng|Thị Như Quỳnh|Thị Sen|Thị Thảo|Thị Thu|Thị Ngọc Ước|Thị Thanh Xuân|Thị Yến|Thị Đoan Trang|"
    "Thị Tuyết|Thị Vân"
).split("|")
MEN = (
    "Văn An|Quốc Bảo|Minh Châu|Văn Dũng|Thành Đạt|Minh Đức|Văn Giang|Hoàng Hải|Đức Hiếu|Văn Hùng|"
    "Quang Huy|Minh Khôi|Văn Lâm|Thành Long|Hữu Nghĩa|Văn Phú|Minh Quân|Ngọc Sơn|Minh Tâm|Quốc Thái|"
    "Đình Thắng|Văn Toàn|Anh Tú|Văn Tuấn|Ngọc Ưu|Quang Vinh"
).split("|")


def name_of(number: int, women_mostly: bool) -> tuple[str, str]:
    """(name, form of address) of the `number`-th invented person. A few share a name, as in life."""
    woman = (number % 5 != 0) if women_mostly else (number % 5 == 0)
    given = WOMEN if woman else MEN
    family = FAMILY[(number * 11 + number // len(FAMILY)) % len(FAMILY)]
    return f"{family} {given[(number * 7) % len(given)]}", "chị" if woman else "anh"


# Those whose accounts `make run` prints, in the first unit or in the federation.
MEMBER = ("Nguyễn Thị Hòa", "chị")
OFFICER = ("Trần Thị Mỹ Hạnh", "cô")
SECOND = ("Lê Văn Tuấn", "anh")
CHAIR = ("Phạm Thị Thu", "chị")
FEDERATION_OFFICER = ("Đỗ Quang Minh", "anh")
FEDERATION_CHAIR = ("Vũ Thị Thanh Hương", "cô")
ADMIN = ("Lý Gia Huy", "anh")

PASSWORD = "hoc-va-lam-theo"
