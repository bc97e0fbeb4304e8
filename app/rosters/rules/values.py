"""What a cell says, mended where it is plain what was meant, and told; or why it cannot be kept, and what to do."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.accounts.rules import read_email, read_phone
from app.rosters.rules.columns import Field
from app.text import fold, one_line, safe_name
from app.units.rules import read_member_code

NAME = 80
NOTHING = frozenset("- -- — – . x 0 k ko khong chua co n/a na #n/a none null nil ø".split()) | frozenset(
    ("khong co", "ko co", "k co", "chua co", "khong dung", "chua cap")
)


@dataclass(frozen=True)
class Read:
    """`value` as it is kept, '' where the cell says nothing; `notes` tell what was mended; `fault` says why not."""

    value: str = ""
    notes: tuple[str, ...] = ()
    fault: str = ""


def is_nothing(cell: str) -> bool:
    """Whether the cell is empty, or says in words that there is nothing: `không có`, `-`, `#N/A`."""
    plain = fold(cell)
    return not plain or plain in NOTHING


# --- names --------------------------------------------------------------------------------------------------------

INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u02bb\u02b9`\u00b4\u2032]")
TITLE = re.compile(r"^(?:(?:đ/c|đ\.c|đồng chí)[.:]?\s+|(?:ông|bà|anh|chị|cô|mr|mrs|ms)\s?[.:]\s*)", re.IGNORECASE)
NUMBERED = re.compile(r"^\d{1,5}\s?[.)/-]\s*")
ASIDE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
STRANGE = "Tên có ký tự lạ. Anh/chị xóa ô rồi gõ lại tên bằng bàn phím."


def read_name(cell: str) -> Read:
    """A person's name: NFC, on one line. Names of one word, with an apostrophe, of two family names stay so."""
    if not safe_name(cell):
        return Read(fault=STRANGE)
    name = one_line(APOSTROPHES.sub("'", INVISIBLE.sub("", cell)))
    bare = TITLE.sub("", NUMBERED.sub("", ASIDE.sub("", name))).strip(" .,;:-*")
    notes = ("Bỏ phần không phải tên.",) if bare != name.strip(" .,;:*") else ()
    fault = _name_fault(bare)
    if fault:
        return Read(fault=fault)
    cased = " ".join(map(_cased, bare.split()))
    return Read(cased, (*notes, "Sửa chữ hoa, chữ thường trong tên.") if cased != bare else notes)


def _name_fault(name: str) -> str:
    if not any(c.isalpha() for c in name):
        return "Dòng này chưa có họ tên. Anh/chị điền họ tên, hoặc xóa dòng."
    if re.search(r"\d", name):
        return "Họ tên có chữ số. Anh/chị xem có lệch cột không, hoặc sửa lại tên."
    if len(name) > NAME:
        return f"Họ tên dài quá {NAME} chữ. Anh/chị xem có lệch cột không, hoặc sửa lại tên."
    if any(mark in name for mark in "/;,&+") and len(name.split()) > 3:
        return "Ô này có vẻ ghi nhiều người. Anh/chị ghi mỗi người một dòng."
    return "" if all(map(_fits, name)) else STRANGE


def _fits(letter: str) -> bool:
    """Latin letters, with any marks: `ƀ`, `č`, `ô̆` of the Ê Đê and Gia Rai; no look-alikes of other scripts."""
    if letter in " '-." or unicodedata.combining(letter):
        return True
    return letter.isalpha() and unicodedata.name(letter, "").startswith("LATIN")


def _cased(syllable: str) -> str:
    """`NGUYỄN` and `nguyễn` as `Nguyễn`, `H'HEN` as `H'Hen`; what has small and capital letters stays."""
    letters = [c for c in syllable if c.isalpha()]
    shouted = len(letters) > 1 and all(c.isupper() for c in letters)
    if not letters or not (shouted or letters[0].islower()):
        return syllable
    return "".join(part[:1].upper() + part[1:].lower() for part in re.split(r"(['-])", syllable))


# --- ways to reach somebody ---------------------------------------------------------------------------------------

SEVERAL = re.compile(r"[/;,|&\n]| - |\bhoặc\b|\bvà\b", re.IGNORECASE)
NUMBER = re.compile(r"(?:\+?84|0)(?:[ .()-]*\d){9}")
# Mobile numbers of eleven digits became ones of ten in 2018; lists still hold the old ones.
BEFORE_2018 = {
    **{f"016{n}": f"03{n}" for n in range(2, 10)},
    **{"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078"},
    **{"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082"},
    **{"0186": "056", "0188": "058", "0199": "059"},
}
FIXED = "Số máy bàn {0} không dùng để đăng nhập, nên không giữ."
PHONE_FAULT = "Số điện thoại “{0}” chưa đúng. Số di động có 10 số, ví dụ 0900000118. Anh/chị sửa, hoặc để trống ô này."


def read_number(cell: str) -> Read:
    """A telephone number as ten digits. Of several the first is kept."""
    words = cell.replace("\u00a0", " ").strip()
    if is_nothing(words):
        return Read()
    whole = _mended(words)
    if not whole.fault:
        return whole
    parts = [part for part in SEVERAL.split(words) if part.strip()]
    parts = parts if len(parts) > 1 else NUMBER.findall(words)
    read = [_mended(part) for part in parts]
    first = next((one for one in read if one.value), None)
    if first is None or len(parts) < 2:
        return Read(fault=PHONE_FAULT.format(one_line(words)[:40]))
    return Read(first.value, (f"Ô có nhiều số điện thoại, giữ số đầu {first.value}.", *first.notes))


def _mended(words: str) -> Read:
    typed = re.sub(r"[\s.()-]", "", words.strip("'\" "))
    if re.fullmatch(r"[\dOo+]+", typed) and sum(c in "Oo" for c in typed) < 4:
        typed = typed.replace("O", "0").replace("o", "0")
    digits = re.sub(r"^(?:\+|00)?84(?=0?\d{9,10}$)0?", "0", typed)
    if re.fullmatch(r"[1-9]\d{8}", digits):
        return Read(f"0{digits}", (f"Thêm số 0 ở đầu số điện thoại: 0{digits}.",))
    if re.fullmatch(r"1\d{9}", digits):  # an old number of eleven digits, without its nought
        digits = f"0{digits}"
    if len(digits) == 11 and digits[:4] in BEFORE_2018:
        now = BEFORE_2018[digits[:4]] + digits[4:]
        return Read(now, (f"Đổi đầu số cũ {digits} thành {now}.",))
    if re.fullmatch(r"02\d{8,9}", digits):
        return Read("", (FIXED.format(digits),))
    found = read_phone(digits)
    return Read(found) if found else Read(fault=PHONE_FAULT.format(one_line(words)[:40]))


def read_mail(cell: str) -> Read:
    """An e-mail address. Of several the first is kept."""
    if is_nothing(cell):
        return Read()
    parts = [part for part in re.split(r"[;,\s]+", cell.strip()) if part]
    found = [read_email(part.removeprefix("mailto:").strip("<>")) for part in parts]
    first = next((one for one in found if one), None)
    if first is None or not safe_name(first) or not first.isascii():
        shown = one_line(cell)[:60]
        return Read(fault=f"Thư điện tử “{shown}” chưa đúng. Anh/chị sửa, hoặc để trống ô này.")
    several = ("Ô có nhiều địa chỉ thư điện tử, giữ địa chỉ đầu.",) if len(parts) > 1 else ()
    return Read(first, several)


# --- codes, groups, forms of address ------------------------------------------------------------------------------


def read_code(cell: str) -> Read:
    """A member code of ours, or the number by which the union itself calls its member; text, with its leading zeros."""
    typed = one_line(INVISIBLE.sub("", cell)).strip("'\" ")
    if is_nothing(typed):
        return Read()
    if len(typed) > 20 or not re.fullmatch(r"[\w ./-]+", typed):
        return Read(notes=("Mã không đọc được nên không giữ.",))
    return Read(read_member_code(typed) or typed)


def read_words(cell: str, most: int = 80) -> Read:
    """The name of a tổ or unit."""
    if not safe_name(cell):
        return Read(fault="Tên tổ hoặc đơn vị có ký tự lạ. Anh/chị gõ lại bằng bàn phím.")
    words = one_line(INVISIBLE.sub("", cell))
    if is_nothing(words):
        return Read()
    return Read(words) if len(words) <= most else Read(fault=f"Tên tổ hoặc đơn vị dài quá {most} chữ. Anh/chị rút gọn.")


def read_address(cell: str) -> Read:
    """`anh` or `chị` where the cell says so plainly; nothing is made of anything else."""
    return Read({"anh": "anh", "nam": "anh", "chi": "chị", "nu": "chị"}.get(fold(cell), ""))


# --- a whole row --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cleaned:
    """The cells of a row as they are kept, what was mended, and what is wrong."""

    values: dict[Field, str]
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = field(default=())


READERS = {
    "name": read_name,
    "chair": read_name,
    "phone": read_number,
    "email": read_mail,
    "code": read_code,
    "group": read_words,
    "address": read_address,
}


def clean(cells: Mapping[Field, str]) -> Cleaned:
    """A row of a members' list. A name in two columns becomes one."""
    whole = dict(cells)
    if "family" in whole or "given" in whole:
        whole["name"] = f"{whole.pop('family', '')} {whole.pop('given', '')}"
    read = {name: READERS[name](cell) for name, cell in whole.items() if name in READERS}
    return Cleaned(
        values={name: one.value for name, one in read.items() if one.value},
        notes=tuple(note for one in read.values() for note in one.notes),
        faults=tuple(one.fault for one in read.values() if one.fault),
    )
