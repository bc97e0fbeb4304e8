"""The folder format of lessons/README.md: text in, values out, every mistake with its file and line."""

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from app.lessons.rules import AUDIENCES
from app.text import nfc

T = TypeVar("T")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LESSON_FILE = re.compile(rf"(\d{{2}})-({SLUG.pattern})\.md")
RESERVED = frozenset({"xem-xong"})  # an address below the module that is no lesson
FENCE = "+++"
HEADING = 24  # characters of a module's short name, which stands over a column of the completion table


class ContentFault(Exception):
    """A mistake in a content file."""

    def __init__(self, path: str, line: int, words: str) -> None:
        self.path, self.line, self.words = path, line, words
        super().__init__(f"{path}:{line}: {words}")


@dataclass(frozen=True)
class SourceText:
    slug: str
    title: str
    short: str
    date: dt.date | None
    address: str | None


@dataclass(frozen=True)
class Cite:
    """A place in a source: its slug, and article or point where one is named."""

    source: str
    at: str | None


@dataclass(frozen=True)
class ProgrammeText:
    year: int
    title: str
    theme: str
    intro: str


@dataclass(frozen=True)
class LessonText:
    slug: str
    number: int
    title: str
    sources: tuple[Cite, ...]
    body: str


@dataclass(frozen=True)
class ModuleText:
    """`heading` is the module's short name; `short` is "Bản 3 phút"."""

    slug: str
    order: int
    title: str
    heading: str
    audience: tuple[str, ...]
    pass_mark: int
    questions: int
    minutes: int
    short: str


class Fields:
    """Values of a TOML table, taken key by key; what is left over at the end is a mistake."""

    def __init__(self, path: str, values: dict[str, Any], line_of: Callable[[str], int]) -> None:
        self._path, self._values, self._line_of = path, dict(values), line_of

    def fault(self, key: str, words: str) -> ContentFault:
        return ContentFault(self._path, self._line_of(key), words)

    def take(self, key: str, kind: type[T]) -> T | None:
        value = self._values.pop(key, None)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise self.fault(key, f"{key} must be a {kind.__name__}, not {value!r}")
        return value

    def need(self, key: str, kind: type[T]) -> T:
        value = self.take(key, kind)
        if value is None or value == "":
            raise self.fault(key, f"{key} is missing")
        return value

    def number(self, key: str, default: int, least: int = 1) -> int:
        value = self.take(key, int)
        if value is not None and value < least:
            raise self.fault(key, f"{key} must be at least {least}")
        return default if value is None else value

    def strings(self, key: str) -> list[str] | None:
        value: list[Any] | None = self.take(key, list)
        if value is not None and not all(isinstance(item, str) for item in value):
            raise self.fault(key, f"{key} must be a list of strings")
        return value

    def rest(self) -> list[str]:
        """What has not been taken yet."""
        return list(self._values)

    def end(self) -> None:
        for key in self._values:
            raise self.fault(key, f"{key} is not a key that is known here")


def parse_toml(path: str, lines: list[str], first_line: int) -> Fields:
    """The TOML in these lines, of which the first stands at `first_line` of the file."""
    try:
        values = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise ContentFault(path, first_line + (int(place[1]) - 1 if place else 0), f"TOML: {error}") from None

    def line_of(key: str) -> int:
        pattern = re.compile(rf"\s*\[*\s*{re.escape(key)}\b")
        return first_line + next((n for n, line in enumerate(lines) if pattern.match(line)), 0)

    return Fields(path, values, line_of)


def front_matter(path: str, lines: list[str], first_line: int) -> tuple[Fields, int]:
    """The TOML between two lines `+++`, of which the first is `lines[0]`; and the index of the line after it."""
    if not lines or lines[0].strip() != FENCE:
        raise ContentFault(path, first_line, f"a line {FENCE} must open the front matter here")
    for n, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return parse_toml(path, lines[1:n], first_line + 1), n + 1
    raise ContentFault(path, first_line, f"the front matter is not closed by a line {FENCE}")


def _page(path: str, text: str) -> tuple[Fields, str, int]:
    """Front matter, body, and the line on which the body begins."""
    lines = nfc(text).split("\n")
    fields, start = front_matter(path, lines, 1)
    return fields, "\n".join(lines[start:]).strip(), start + 1


def parse_sources(path: str, text: str) -> dict[str, SourceText]:
    lines = nfc(text).split("\n")
    tables = parse_toml(path, lines, 1)
    return {
        slug: _source(slug, Fields(path, tables.need(slug, dict), _lines_of_table(lines, slug)))
        for slug in tables.rest()
    }


def _lines_of_table(lines: list[str], name: str) -> Callable[[str], int]:
    """Finds the line of a key within a table; that of the table's head where the key is missing."""
    head = next((n for n, line in enumerate(lines, start=1) if line.split("#")[0].strip() == f"[{name}]"), 1)

    def line_of(key: str) -> int:
        for n, line in enumerate(lines[head:], start=head + 1):
            if line.startswith("["):
                break
            if re.match(rf"\s*{re.escape(key)}\b", line):
                return n
        return head

    return line_of


def _source(slug: str, fields: Fields) -> SourceText:
    if not SLUG.fullmatch(slug):
        raise fields.fault(slug, f"[{slug}]: a slug has small letters, digits and single dashes")
    title, short = fields.need("title", str), fields.need("short", str)
    day, address = fields.take("date", dt.date), fields.take("address", str)
    if address is not None and not address.startswith("https://"):
        raise fields.fault("address", f"[{slug}]: an address begins with https://")
    fields.end()
    return SourceText(slug, title, short, day, address)


def parse_programme(path: str, text: str, year: int) -> ProgrammeText:
    fields, body, _ = _page(path, text)
    if fields.need("year", int) != year:
        raise fields.fault("year", f"year differs from the folder's, {year}")
    programme = ProgrammeText(year, fields.need("title", str), fields.take("theme", str) or "", body)
    fields.end()
    return programme


def parse_module(path: str, text: str, slug: str) -> ModuleText:
    fields, body, body_line = _page(path, text)
    audience = fields.strings("audience")
    if audience is None or set(audience) - set(AUDIENCES) or ("all" in audience and len(audience) > 1):
        words = 'audience must be ["all"], or of "officers" and "office", or [] for optional reading'
        raise fields.fault("audience", words)
    title, order = fields.need("title", str), fields.number("order", 0)
    if order == 0:
        raise fields.fault("order", "order is missing")
    heading = fields.take("short", str) or title
    if heading != title and len(heading) > HEADING:
        raise fields.fault("short", f"short has {len(heading)} characters, at most {HEADING} stand over a column")
    questions = fields.number("questions", 10)
    pass_mark = fields.number("pass_mark", min(7, questions))
    if pass_mark > questions:
        raise fields.fault("pass_mark", f"pass_mark {pass_mark} is more than the {questions} questions")
    module = ModuleText(
        slug, order, title, heading, tuple(sorted(audience)), pass_mark, questions, fields.number("minutes", 20), body
    )
    fields.end()
    if not body:
        raise ContentFault(path, body_line, "the body is missing: Bản 3 phút")
    return module


def parse_lesson(path: str, name: str, text: str, sources: Collection[str]) -> LessonText:
    """A lesson from its file name and text; `sources` are the slugs that may be named."""
    named = LESSON_FILE.fullmatch(name)
    if not named or named[2] in RESERVED:
        raise ContentFault(path, 1, "a lesson's file is named 01-slug.md")
    fields, body, body_line = _page(path, text)
    title = fields.need("title", str)
    cites = tuple(_cite(fields, table, sources) for table in fields.take("sources", list) or [])
    fields.end()
    if not body:
        raise ContentFault(path, body_line, "the body is missing")
    return LessonText(named[2], int(named[1]), title, cites, body)


def _cite(fields: Fields, table: Any, sources: Collection[str]) -> Cite:
    if not isinstance(table, dict) or table.keys() - {"source", "at"} or not isinstance(table.get("source"), str):
        raise fields.fault("sources", "each [[sources]] has source and, at most, at")
    if not isinstance(table.get("at", ""), str):
        raise fields.fault("sources", "at is text, between quotation marks")
    if table["source"] not in sources:
        raise fields.fault("sources", f"sources.toml has no [{table['source']}]")
    return Cite(table["source"], table.get("at"))
