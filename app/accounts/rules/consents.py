"""What a person may be asked to agree to: purposes as data, each in plain words and versions.

Study, quizzes and the union's own lists rest on the union's work and are not here: nothing of that waits for an
answer. A text that means something else is a new version with `holds_from` raised to it; a yes to an older one then
holds no more.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """A purpose as it is put to a person: the question, what is used for what, and what happens after a no."""

    question: str
    use: str
    otherwise: str


@dataclass(frozen=True)
class Purpose:
    """`slug` stands in addresses, `name` in the database. `texts` are its versions from 1 on; a yes holds from version
    `holds_from` on."""

    name: str
    slug: str
    title: str
    texts: tuple[Wording, ...]
    holds_from: int = 1

    @property
    def version(self) -> int:
        return len(self.texts)

    @property
    def text(self) -> Wording:
        return self.texts[-1]


DIGEST_MAIL = Purpose(
    "digest_mail",
    "thu-tong-hop",
    "Nhận thư tổng hợp",
    (
        Wording(
            "Gửi thông báo mới đến thư điện tử của anh/chị?",
            "Công đoàn dùng địa chỉ thư điện tử anh/chị đã ghi để gửi nhiều nhất một thư mỗi ngày, khi có "
            "thông báo mới. Trong thư không có tên ai khác, cũng không có điều anh/chị viết. Địa chỉ không đưa cho nơi "
            "khác.",
            "Không nhận thư thì thông báo vẫn có đủ ở trang Thông báo.",
        ),
    ),
)
NAME_OUTSIDE = Purpose(
    "name_outside",
    "neu-ten-ngoai-don-vi",
    "Nêu tên ngoài đơn vị",
    (
        Wording(
            "Nêu tên anh/chị ngoài đơn vị khi được giải hoặc được nêu gương?",
            "Họ tên và đơn vị của anh/chị có trong danh sách giải và bài nêu gương mà công đoàn cấp trên và các đơn vị "
            "khác xem được. Không có ngày sinh, điện thoại, địa chỉ.",
            "Không nêu tên thì giải vẫn giữ nguyên; danh sách ghi “Đoàn viên” và tên đơn vị.",
        ),
    ),
)
PURPOSES = (DIGEST_MAIL, NAME_OUTSIDE)


def purpose_of(slug: str) -> Purpose | None:
    return next((one for one in PURPOSES if one.slug == slug), None)


def holds(purpose: Purpose, agreed: bool, text_version: int) -> bool:
    """Whether this answer to this version of the text is a yes that still counts."""
    return agreed and text_version >= purpose.holds_from


def asks_again(purpose: Purpose, agreed: bool, text_version: int) -> bool:
    """Whether the person is asked anew: a no stays a no, a yes to another meaning is none."""
    return agreed and not holds(purpose, agreed, text_version)
