"""Forms as data, what must be written to be sent, and the text in the form in which it is sealed."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

KEY = re.compile(r"[a-z][a-z0-9]{0,30}")
DEEDS = 3
DEED_FIELDS = ("what", "how", "until")
MAXIMUM = 4_000
LEAST = 5

Body = dict[str, Any]  # section key → text, or for deeds a list of {what, how, until}, `until` an ISO day if it is one


@dataclass(frozen=True)
class Section:
    """A part of a form: `text` is one long text, `deeds` are one to three deeds."""

    key: str
    title: str
    hint: str = ""
    type: str = "text"
    required: bool = True
    rows: int = 4

    def as_data(self) -> dict[str, Any]:
        return dict(self.__dict__)


def read_sections(data: Iterable[Mapping[str, Any]]) -> tuple[Section, ...]:
    """The sections of a form's body. Raises `ValueError` for a form that cannot be shown."""
    sections = tuple(Section(**entry) for entry in data)
    keys = [section.key for section in sections]
    if not sections or len(set(keys)) < len(keys) or not all(KEY.fullmatch(key) for key in keys):
        raise ValueError("section keys must be there, differ, and be lower case words")
    if any(section.type not in ("text", "deeds") or not section.title for section in sections):
        raise ValueError("a section has a title and is of type text or deeds")
    return sections


def part_key(section: str, n: int, field: str) -> str:
    """How comments and fields name one field of the n-th deed, from 1: `deeds_1_what`."""
    return f"{section}_{n}_{field}"


@dataclass(frozen=True)
class Part:
    """What is shown, and commented on, as one: a section's text, or one field of a deed.

    Where the form has more than one deed, `heading` stands before each first field, and the fields are one `level` of
    headings below it. `day` is there for `until`.
    """

    key: str
    title: str
    text: str
    day: date | None = None
    heading: str = ""
    level: int = 2


DEED_TITLES = {"what": "Việc gì", "how": "Làm thế nào", "until": "Đến khi nào"}


def parts(sections: Sequence[Section], body: Body) -> list[Part]:
    """The text as the page of a record shows it; sections without text are left out."""
    found: list[Part] = []
    for section in sections:
        if section.type == "deeds":
            found += _deed_parts(section, written_deeds(body.get(section.key)), alone=len(sections) == 1)
        elif body.get(section.key):
            found.append(Part(section.key, section.title, body[section.key]))
    return found


def _deed_parts(section: Section, deeds: list[dict[str, str]], alone: bool) -> list[Part]:
    found: list[Part] = []
    for n, deed in enumerate(deeds, start=1):
        several = f"Việc {n}" if len(deeds) > 1 else ""
        heading = several if alone else ": ".join(filter(None, (section.title, several.lower())))
        for field in DEED_FIELDS:
            day = read_day(deed[field]) if field == "until" else None
            first = heading if field == "what" else ""
            level = 3 if heading else 2
            found.append(Part(part_key(section.key, n, field), DEED_TITLES[field], deed[field], day, first, level))
    return found


def part_keys(sections: Iterable[Section]) -> list[str]:
    """Every part that a record on this form can have."""
    keys: list[str] = []
    for section in sections:
        if section.type == "deeds":
            keys += [part_key(section.key, n, field) for n in range(1, DEEDS + 1) for field in DEED_FIELDS]
        else:
            keys.append(section.key)
    return keys


def read_day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def written_deeds(rows: Any) -> list[dict[str, str]]:
    """The deeds of which anything was written."""
    return [row for row in rows or [] if any(row.get(field) for field in DEED_FIELDS)]


def written(sections: Iterable[Section], body: Body) -> Body:
    """What is sent: the sections of the form, nothing else, without empty deeds."""
    return {
        section.key: written_deeds(body.get(section.key)) if section.type == "deeds" else body.get(section.key, "")
        for section in sections
    }


def is_blank(sections: Iterable[Section], body: Body) -> bool:
    return not any(written(sections, body).values())


def all_deeds(sections: Iterable[Section], body: Body) -> list[dict[str, str]]:
    """The deeds of every section of that type, in order."""
    return [deed for section in sections if section.type == "deeds" for deed in written_deeds(body.get(section.key))]


def faults(sections: Iterable[Section], body: Body, today: date, year: int, you: str = "anh/chị") -> dict[str, str]:
    """What is to be mended before this may be sent: part key → words. Empty where nothing is."""
    found: dict[str, str] = {}
    for section in sections:
        if section.type == "deeds":
            found |= _deed_faults(section, body.get(section.key) or [], today, year, you)
        elif section.required and len(body.get(section.key, "")) < LEAST:
            found[section.key] = f"{you} viết vài dòng cho mục này."
    return found


def _deed_faults(section: Section, rows: list[dict[str, str]], today: date, year: int, you: str) -> dict[str, str]:
    found: dict[str, str] = {}
    something = bool(written_deeds(rows))
    for n, row in enumerate(rows or [{}], start=1):
        empty = not any(row.get(field) for field in DEED_FIELDS)
        if empty and (n > 1 or something or not section.required):
            continue
        faulty = {
            "what": _short(row.get("what", ""), f"{you} viết rõ việc sẽ làm, ví dụ “cuối ca dọn gọn chỗ máy”."),
            "how": _short(row.get("how", ""), f"{you} viết thêm vài chữ, ví dụ “mỗi ngày 15 phút đầu ca”."),
            "until": day_fault(row.get("until", ""), today, year, you),
        }
        found |= {part_key(section.key, n, field): words for field, words in faulty.items() if words}
    return found


def _short(text: str, words: str) -> str:
    return words if len(text) < LEAST else ""


def day_fault(written: str, today: date, year: int, you: str = "anh/chị") -> str:
    """Why this cannot be the day until which a deed is done; empty if it can. A day after today, within the year."""
    if not written:
        return f"{you} ghi một ngày, ví dụ 30/11/{year}."
    day = read_day(written)
    if day is None:
        return f"ngày này chưa đúng, {you} ghi như 30/11/{year}."
    shown = f"{day.day}/{day.month}/{day.year}"
    if day < today:
        return f"ngày {shown} đã qua, {you} chọn ngày sau hôm nay."
    if day == today:
        return f"ngày {shown} là hôm nay, {you} chọn ngày sau hôm nay."
    if day.year != year:
        return f"ngày {shown} ngoài năm {year}, {you} chọn một ngày trong năm {year}."
    return ""


# --- the text and its digest --------------------------------------------------------------------------------------


def canonical(body: Body) -> str:
    """The text in the one form that is sealed and digested."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(salt: bytes, body: Body) -> str:
    """HMAC-SHA256 of the canonical text. The salt lies in the sealed body: without it nobody can try texts out."""
    return hmac.new(salt, canonical(body).encode(), hashlib.sha256).hexdigest()
