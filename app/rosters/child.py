"""Reads one strange file and says in JSON what stands in it. Runs as a process of its own, which knows nothing: no
application, settings, database or network; it takes the file from stdin, is bound in memory and time, and ends.

It prints `{"sheets": [{"name": …, "rows": [[text, …], …]}, …]}`, or `{"refused": "<why>"}` where `<why>` is a word that
`rules.words` has a sentence for. Every cell is text; rows stand where they stand in the file: row 7 is `rows[6]`.

It is started by its path, not as a module: to import `app` would bring the whole application in.
"""

import csv
import io
import json
import re
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

FILE = 5_000_000  # bytes
UNPACKED = 80_000_000
PARTS = 2_000
ROWS = 20_100
COLUMNS = 60
SHEETS = 30
CELL = 500  # characters; what is longer is cut
CELLS = 600_000
MEMORY = 600_000_000
SECONDS = 15


class Refused(Exception):
    """The file is not read; `why` is the word for it."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def main() -> None:
    bind()
    try:
        answer: dict[str, Any] = {"sheets": read(sys.stdin.buffer.read(FILE + 1))}
    except Refused as refused:
        answer = {"refused": refused.why}
    except MemoryError:
        answer = {"refused": "heavy"}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def bind() -> None:
    """From here on the process has this much memory and time, and may write no file and start no other process."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (most, most))


def read(data: bytes) -> list[dict[str, Any]]:
    """The sheets of the file, whatever its name says. Raises `Refused`."""
    if len(data) > FILE:
        raise Refused("large")
    if not data.strip(b" \r\n\t\x00\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty")
    for begins, why in OTHERS:
        if data.startswith(begins):
            raise Refused(why)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return from_xls(data)
    if data.startswith(b"PK"):
        return from_xlsx(data)
    return [{"name": "", "rows": from_csv(as_text(data))}]


OTHERS = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "word"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"GIF8", "picture"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"MIME-Version", "html"),
    (b"\x7fELF", "strange"),
    (b"MZ", "strange"),
)


# --- workbooks ----------------------------------------------------------------------------------------------------


def from_xls(data: bytes) -> list[dict[str, Any]]:
    """A workbook as Excel kept it until 2003; many offices still do."""
    for mark, why in (("EncryptedPackage", "encrypted"), ("_VBA_PROJECT", "macro"), ("WordDocument", "word")):
        if mark.encode("utf-16-le") in data:
            raise Refused(why)
    return from_book(data)


def from_xlsx(data: bytes) -> list[dict[str, Any]]:
    if check_parts(data):
        raise Refused("formulas")
    return from_book(data)


def from_book(data: bytes) -> list[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            seen = [sheet.name for sheet in book.sheets_metadata if _is_shown(sheet)]
            return [from_sheet(book.get_sheet_by_name(name), name) for name in seen[:SHEETS]]
    except PasswordError as error:
        raise Refused("encrypted") from error
    except (CalamineError, ValueError, OSError) as error:
        raise Refused("broken") from error


def _is_shown(sheet: Any) -> bool:
    return str(sheet.typ).endswith("WorkSheet") and str(sheet.visible).endswith("Visible")


DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D\0O|E\0N)|\0<\0!\0(?:D\0O|E\0N)", re.IGNORECASE)
NO_VALUE = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*</c>")


def check_parts(data: bytes) -> bool:
    """Unpack every part once, counting, before anything believes it; returns whether a formula has no result kept.
    Raises `Refused`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            _check_kind(parts)
            return _check_sizes(parts)
    except (zipfile.BadZipFile, expat.ExpatError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused("broken") from error
    except RuntimeError as error:  # a part is locked with a password
        raise Refused("encrypted") from error


def _check_kind(parts: zipfile.ZipFile) -> None:
    names = {name.lower() for name in parts.namelist()}
    if len(names) > PARTS:
        raise Refused("bomb")
    for mark, why in KINDS:
        if any(name.startswith(mark) for name in names):
            raise Refused(why)
    if "xl/workbook.xml" not in names:
        raise Refused("archive")


KINDS = (
    ("xl/vbaproject", "macro"),
    ("xl/macrosheets", "macro"),
    ("xl/workbook.bin", "xlsb"),
    ("word/", "word"),
    ("ppt/", "word"),
    ("content.xml", "ods"),
    ("index/", "numbers"),
)


def _check_sizes(parts: zipfile.ZipFile) -> bool:
    total, formulas = 0, False
    for info in parts.infolist():
        kept = bytearray()
        with parts.open(info) as part:
            while piece := part.read(1 << 16):
                total += len(piece)
                kept += piece
                if total > UNPACKED:
                    raise Refused("bomb")
        name = info.filename.lower()
        if name.endswith((".xml", ".rels", ".vml")):
            if DECLARES.search(kept):
                raise Refused("entities")
            if b"macroEnabled" in kept and name == "[content_types].xml":
                raise Refused("macro")
            if name.startswith("xl/worksheets/"):
                expat.ParserCreate().Parse(bytes(kept), True)
            formulas = formulas or (name.startswith("xl/worksheets/") and NO_VALUE.search(kept) is not None)
    return formulas


def from_sheet(sheet: Any, name: str) -> dict[str, Any]:
    rows = bounded([as_words(cell) for cell in row] for row in each_row(sheet))
    filled = 0
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top < bottom and top < len(rows) and left < len(rows[top]):
            bottom = min(bottom, len(rows) - 1)
            filled += bottom - top
            if filled > CELLS:
                raise Refused("heavy")
            fill_down(rows, left, top, bottom)
    return {"name": name, "rows": rows}


def each_row(sheet: Any) -> Iterator[list[Any]]:
    """Every row from the first of the sheet on. The library gives rows from the first that holds anything, and those
    above it only on request, in one piece."""
    if sheet.start is None:
        return
    if sheet.end[0] >= 2 * ROWS:
        raise Refused("rows")
    yield from ([] for _ in range(sheet.start[0]))
    yield from ([""] * sheet.start[1] + row for row in sheet.to_python(skip_empty_area=True))


def fill_down(rows: list[list[str]], column: int, top: int, bottom: int) -> None:
    """Cells joined downwards hold one word for all their rows."""
    word = rows[top][column]
    for row in rows[top + 1 : bottom + 1]:
        row += [""] * (column + 1 - len(row))
        row[column] = row[column] or word


def as_words(cell: Any) -> str:
    """The cell as it would be typed: whole numbers without a point, days as 2020-05-12."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if isinstance(cell, timedelta) or cell is None else str(cell)


def bounded(rows: Iterable[list[str]]) -> list[list[str]]:
    """The rows, none longer than it should be, empty ends cut off. Raises `Refused` where there are too many."""
    kept: list[list[str]] = []
    cells = last = 0
    for row in rows:
        short = [cell[:CELL] for cell in row]
        while short and not short[-1].strip():
            short.pop()
        if len(short) > COLUMNS:
            raise Refused("columns")
        kept.append(short)
        cells += len(short)
        last = len(kept) if short else last
        if last > ROWS:
            raise Refused("rows")
        if cells > CELLS:
            raise Refused("heavy")
    return kept[:last]


# --- text ---------------------------------------------------------------------------------------------------------


def as_text(data: bytes) -> str:
    """The text: UTF-8 or UTF-16 with or without their marks, else Windows-1258, else Windows-1252 (in which old
    Vietnamese fonts hide). Raises `Refused`."""
    encoding = _utf16(data) or "utf-8-sig"
    try:
        found = data.decode(encoding)
    except UnicodeDecodeError:
        found = vietnamese_or_old(data)
    found = found.lstrip("\ufeff")
    if "\0" in found:
        raise Refused("strange")
    start = found[:1_000].lstrip().casefold()
    if start.startswith(("<!doctype", "<html", "<table", "<?xml", "<meta", "<head")):
        raise Refused("html")
    strange = sum(unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\r\n\t" for c in found[:20_000])
    if strange > len(found[:20_000]) // 100:
        raise Refused("strange")
    return found


def _utf16(data: bytes) -> str | None:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    start = data[:2_000]
    if start.count(0) < len(start) // 5:
        return None
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


TONES = "\u0300\u0301\u0303\u0309\u0323"
VOWELS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"


def vietnamese_or_old(data: bytes) -> str:
    """Windows-1258 writes a tone after its vowel. Where tones stand elsewhere, the bytes mean something else."""
    try:
        found = data.decode("cp1258")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
    tones = [found[place - 1 : place] for place, letter in enumerate(found) if letter in TONES]
    right = sum(before in VOWELS and before != "" for before in tones)
    if right >= 0.9 * len(tones):
        return found
    return data.decode("cp1252", errors="replace")


def from_csv(text: str) -> list[list[str]]:
    """The rows, cut at whichever of comma, semicolon, tab and bar cuts most evenly. Raises `Refused`."""
    csv.field_size_limit(200_000)
    first, _, rest = text.partition("\n")
    named = re.fullmatch(r"sep=(.)\r?", first)  # how Excel is told
    if named:
        return [[], *_cut(rest, named[1])]
    return _cut(text, max(",;\t|", key=lambda mark: _evenness(text, mark)))


def _evenness(text: str, mark: str) -> tuple[float, int]:
    """The share of the first rows that have as many cells as most, and how many that is; one cell counts nothing."""
    widths = []
    try:
        for row in csv.reader(io.StringIO(text[:60_000]), delimiter=mark):
            widths.append(len(row))
            if len(widths) == 60:
                break
    except csv.Error:
        return 0.0, 0
    wide = [width for width in widths if width > 1]
    most = max(wide, key=wide.count, default=1)
    return (wide.count(most) / len(widths) if wide else 0.0), most


def _cut(text: str, mark: str) -> list[list[str]]:
    try:
        rows = bounded(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise Refused("quotes") from error
    if any(cell.count("\n") > 20 for row in rows for cell in row):
        raise Refused("quotes")
    return rows


if __name__ == "__main__":
    main()
