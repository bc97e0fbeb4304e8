"""Whether a name was written without its tone marks. Only what cannot be counts: `Cao Minh Anh` is complete."""

import unicodedata

from app.text import nfc

# Family names that no Vietnamese writes bare, and words between family and given name that always carry a mark.
FAMILY = frozenset(
    """
    nguyen tran le pham huynh hoang vo vu dang bui do ho ngo duong dinh trinh doan luong vuong trieu dao quach luu
    truong dam phung thai nghiem
    """.split()
)
MIDDLE = frozenset(
    "thi van huu duc dinh ngoc quoc xuan hong phuong bich hoang thuy tuyet viet cong dang nguyen nhat".split()
)


def lacks_marks(name: str) -> bool:
    """Whether family or middle name stands bare where it cannot: `Nguyen Thi Hoa`, `Trần Van Nam`."""
    syllables = nfc(name).casefold().split()
    if len(syllables) < 2:
        return False
    return _bare(syllables[0]) in FAMILY or any(_bare(syllable) in MIDDLE for syllable in syllables[1:-1])


def _bare(syllable: str) -> str:
    """The syllable if nothing on it is marked, else nothing."""
    plain = unicodedata.normalize("NFD", syllable)
    return "" if any(unicodedata.combining(c) for c in plain) or "đ" in plain else syllable
