"""The bank format of quizzes/README.md: text in, questions out, every mistake with its file and line."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.lessons.rules.folder import ContentFault, Fields, front_matter
from app.quizzes.rules import digest
from app.quizzes.rules.kinds import KINDS, MOST_LETTERS, Kind, same_words
from app.text import nfc

QUESTION_ID = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
PART: dict[Kind, re.Pattern[str]] = {
    "single": re.compile(r"- \[([ xX])\]\s*(.*)"),
    "several": re.compile(r"- \[([ xX])\]\s*(.*)"),
    "fill": re.compile(r"=(\s)\s*(.*)"),
    "matching": re.compile(r"- (?!\[[ xX]\])(.*?)\s*=>\s*(.*)"),
    "ordering": re.compile(r"(\d+)\.\s+(.*)"),
}
LINE: dict[Kind, str] = {
    "single": "an option is a line - [ ] or - [x]",
    "several": "an option is a line - [ ] or - [x]",
    "fill": "an accepted answer is a line beginning with =",
    "matching": "a pair is a line - left => right",
    "ordering": "a step is a line 1. in its right place",
}


@dataclass(frozen=True)
class QuestionText:
    """A question as written. `options` and `slots` are texts, and their order means nothing. `right` is the key: (slot,
    option) of each right option, the slot empty where the kind has none; of a question filled in, every accepted
    answer."""

    slug: str
    line: int
    kind: Kind
    text: str
    options: tuple[str, ...]
    slots: tuple[str, ...]
    right: tuple[tuple[str, str], ...]
    explanation: str
    source: str
    at: str | None
    lesson: str | None
    difficulty: int
    tags: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Everything but the key and the order of the options: what makes a new revision when it changes."""
        words = [self.text, sorted(self.options), self.explanation, self.source, self.at, self.lesson]
        kind = [] if self.kind == "single" else [self.kind, sorted(self.slots)]
        return digest([*words, self.difficulty, list(self.tags), *kind])


@dataclass(frozen=True)
class BankText:
    title: str
    questions: tuple[QuestionText, ...]


@dataclass(frozen=True)
class Known:
    """What a question may name."""

    sources: Collection[str]
    lessons: Collection[str]


def parse_bank(path: str, text: str, known: Known) -> BankText:
    lines = nfc(text).split("\n")
    fields, start = front_matter(path, lines, 1)
    title = fields.need("title", str)
    fields.end()
    heads = [n for n, line in enumerate(lines) if n >= start and line.startswith("## ")]
    for n in range(start, heads[0] if heads else len(lines)):
        if lines[n].strip():
            raise ContentFault(path, n + 1, "a question begins with a line ## and its id")
    ends = [*heads, len(lines)][1:]
    questions = tuple(_question(path, lines[head:end], head + 1, known) for head, end in zip(heads, ends, strict=True))
    if not questions:
        raise ContentFault(path, start + 1, "there is no question")
    return BankText(title, questions)


def _question(path: str, lines: list[str], line: int, known: Known) -> QuestionText:
    """A question from its lines, of which the first, its heading, stands at `line` of the file."""
    slug = lines[0][3:].strip()
    if not QUESTION_ID.fullmatch(slug):
        raise ContentFault(path, line, f"{slug!r} is no id: letters, digits and single dashes")
    fields, start = front_matter(path, lines[1:], line + 1)
    kind, facts = _kind(fields), _facts(fields, known)
    body = _Body(path, slug, line, kind)
    for n, written in enumerate(lines[start + 1 :], start=line + start + 1):
        body.add(n, written.rstrip())
    options, slots, right = body.checked()
    text, explanation = "\n\n".join(body.paragraphs), " ".join(body.explanation)
    return QuestionText(slug, line, kind, text, options, slots, right, explanation, *facts)


def _kind(fields: Fields) -> Kind:
    written = fields.take("kind", str) or "single"
    for kind in KINDS:
        if kind == written:
            return kind
    raise fields.fault("kind", f"kind is one of {', '.join(KINDS)}")


def _facts(fields: Fields, known: Known) -> tuple[str, str | None, str | None, int, tuple[str, ...]]:
    source, at, lesson = fields.need("source", str), fields.take("at", str), fields.take("lesson", str)
    if source not in known.sources:
        raise fields.fault("source", f"sources.toml has no [{source}]")
    if lesson is not None and lesson not in known.lessons:
        raise fields.fault("lesson", f"the module has no lesson {lesson}")
    difficulty = fields.number("difficulty", 1)
    if difficulty > 3:
        raise fields.fault("difficulty", "difficulty is 1, 2 or 3")
    tags = tuple(fields.strings("tags") or ())
    fields.end()
    return source, at, lesson, difficulty, tags


Texts = tuple[str, ...]
Pairs = tuple[tuple[str, str], ...]


class _Body:
    """What stands below a question's front matter, taken line by line: paragraphs, then the parts that its kind has
    (options, accepted answers, pairs, steps), then the explanation."""

    def __init__(self, path: str, slug: str, line: int, kind: Kind) -> None:
        self._path, self._slug, self._line, self._kind = path, slug, line, kind
        self.paragraphs: list[str] = []
        self.parts: list[tuple[str, str]] = []
        self.explanation: list[str] = []
        self._broken = True

    def add(self, n: int, line: str) -> None:
        part = PART[self._kind].fullmatch(line)
        if not line:
            self._broken = True
            return
        if part:
            self._add_part(n, part)
        elif line.startswith(">"):
            self._add_explanation(n, line[1:].strip())
        elif self.explanation:
            raise ContentFault(self._path, n, f"{self._slug}: nothing follows the explanation")
        elif self.parts:
            self._go_on(n, line)
        elif self._broken:
            self.paragraphs.append(line.strip())
        else:
            self.paragraphs[-1] += " " + line.strip()
        self._broken = False

    def _add_part(self, n: int, part: re.Match[str]) -> None:
        if self.explanation or not self.paragraphs:
            raise ContentFault(self._path, n, f"{self._slug}: the order is question, options, explanation")
        self.parts.append((part[1].strip(), part[2].strip()))

    def _add_explanation(self, n: int, words: str) -> None:
        if not self.parts:
            raise ContentFault(self._path, n, f"{self._slug}: the order is question, options, explanation")
        if words:
            self.explanation.append(words)

    def _go_on(self, n: int, line: str) -> None:
        """A part may run on in indented lines."""
        if self._broken or not line.startswith(" "):
            raise ContentFault(self._path, n, f"{self._slug}: {LINE[self._kind]}")
        mark, text = self.parts[-1]
        self.parts[-1] = (mark, f"{text} {line.strip()}")

    def checked(self) -> tuple[Texts, Texts, Pairs]:
        """Options, slots, and the key."""
        faults = [(not self.paragraphs, "the question is missing"), *FAULTS[self._kind](self.parts)]
        for wrong, words in [*faults, (not self.explanation, "the explanation (>) is missing")]:
            if wrong:
                raise ContentFault(self._path, self._line, f"{self._slug}: {words}")
        texts = tuple(text for _, text in self.parts)
        if self._kind == "fill":
            return (), (), tuple(("", text) for text in texts)
        if self._kind == "matching":
            pairs = tuple((left, right) for left, right in self.parts if left)
            return texts, tuple(left for left, _ in pairs), pairs
        if self._kind == "ordering":
            places = tuple(str(place) for place in range(1, len(texts) + 1))
            return texts, places, tuple(zip(places, texts, strict=True))
        return texts, (), tuple(("", text) for mark, text in self.parts if mark)


Parts = list[tuple[str, str]]
Faults = list[tuple[bool, str]]


def _options(parts: Parts, least: int, most: int) -> Faults:
    texts = [text for _, text in parts]
    return [
        (not least <= len(texts) <= most, f"there are {len(texts)} options, not {least} to {most}"),
        (not all(texts), "an option is empty"),
        (len(set(texts)) < len(texts), "two options are the same"),
    ]


def _single(parts: Parts) -> Faults:
    right = sum(bool(mark) for mark, _ in parts)
    return [*_options(parts, 2, 4), (right != 1, f"{right} options have [x], not exactly one")]


def _several(parts: Parts) -> Faults:
    right = sum(bool(mark) for mark, _ in parts)
    some = 2 <= right < len(parts)
    return [
        *_options(parts, 3, 6),
        (not some, f"{right} of {len(parts)} options have [x], not two or more, yet not all"),
    ]


def _fill(parts: Parts) -> Faults:
    texts = [text for _, text in parts]
    return [
        (not texts, "there is no accepted answer (=)"),
        (any(not same_words(text) for text in texts), "an accepted answer has neither letter nor digit"),
        (any(len(text) > MOST_LETTERS for text in texts), f"an accepted answer is longer than {MOST_LETTERS} letters"),
        (len({same_words(text) for text in texts}) < len(texts), "two accepted answers are the same once compared"),
    ]


def _matching(parts: Parts) -> Faults:
    slots = [left for left, _ in parts if left]
    return [
        (not 2 <= len(slots) <= 6, f"there are {len(slots)} pairs, not 2 to 6"),
        (len(set(slots)) < len(slots), "two left sides are the same"),
        *_options(parts, 2, 8),
    ]


def _ordering(parts: Parts) -> Faults:
    numbers = [int(mark) for mark, _ in parts]
    return [*_options(parts, 3, 6), (numbers != [*range(1, len(parts) + 1)], "the steps are not numbered 1, 2, 3 …")]


FAULTS: dict[Kind, Callable[[Parts], Faults]] = {
    "single": _single,
    "several": _several,
    "fill": _fill,
    "matching": _matching,
    "ordering": _ordering,
}
