"""Names of tổ and units as lists write them, compared: `TỔ CĐ MAY 3` is `Tổ May 3`, `CĐCS Sen Hồng` is `Sen Hồng`."""

import re
from collections.abc import Container

from app.rosters.rules.columns import key

UNIT = re.compile(r"^(?:cong doan co so|cdcs|cong doan|cd)\b ?")
GROUP = re.compile(r"^(?:to (?:cong doan|cd)|to|cong doan bo phan|cdbp)\b ?")
UNION = re.compile(r"^(?:cong doan co so|cdcs|cong doan (?!bo phan)|lien doan|ldld)\b")


def group_key(name: str) -> str:
    plain = key(name)
    return GROUP.sub("", plain) or plain


def unit_key(name: str) -> str:
    plain = key(name)
    return UNIT.sub("", plain) or plain


def names_a_union(words: str) -> bool:
    """Whether this says of itself that it is a union body, not a part of one: `CĐCS Bến Thành`, not `Phòng Kế toán`."""
    return UNION.match(key(words)) is not None


def next_code(stem: str, taken: Container[str], letter: str = "T") -> str:
    """The first free unit code below this one: `MSHT01`, `MSHT02`, …; twelve letters at most, the stem gives way."""
    for number in range(1, 100_000):
        tail = f"{letter}{number:02d}"
        code = stem[: 12 - len(tail)] + tail
        if code not in taken:
            return code
    raise ValueError("no code is free")
