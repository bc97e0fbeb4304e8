"""The bank format of quizzes/README.md: text in, questions out, every mistake with its file and line."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from app.lessons.rules.folder import ContentFault, Fields, front_matter
from app.quizzes.rules import digest
from app.text import nfc

QUESTION_ID = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
OPTION = re.compile(r"- \[([ xX])\]\s*(.*)")


@dataclass(frozen=True)
class QuestionText:
    """A question as written. `options` are texts, `right` the key; their order means nothing."""

    slug: str
    line: int
    text: str
    options: tuple[str, ...]
    right: str
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
        return digest([*words, self.difficulty, list(self.tags)])


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
    facts = _facts(fields, known)
    body = _Body(path, slug, line)
    for n, written in enumerate(lines[start + 1 :], start=line + start + 1):
        body.add(n, written.rstrip())
    options, right = body.checked()
    return QuestionText(slug, line, "\n\n".join(body.paragraphs), options, right, " ".join(body.explanation), *facts)


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


class _Body:
    """What stands below a question's front matter, taken line by line: paragraphs, options, explanation, in this
    order."""

    def __init__(self, path: str, slug: str, line: int) -> None:
        self._path, self._slug, self._line = path, slug, line
        self.paragraphs: list[str] = []
        self.options: list[tuple[str, bool]] = []
        self.explanation: list[str] = []
        self._broken = True

    def add(self, n: int, line: str) -> None:
        option = OPTION.fullmatch(line)
        if not line:
            self._broken = True
            return
        if option:
            self._add_option(n, option)
        elif line.startswith(">"):
            self._add_explanation(n, line[1:].strip())
        elif self.explanation:
            raise ContentFault(self._path, n, f"{self._slug}: nothing follows the explanation")
        elif self.options:
            self._go_on(n, line)
        elif self._broken:
            self.paragraphs.append(line.strip())
        else:
            self.paragraphs[-1] += " " + line.strip()
        self._broken = False

    def _add_option(self, n: int, option: re.Match[str]) -> None:
        if self.explanation or not self.paragraphs:
            raise ContentFault(self._path, n, f"{self._slug}: the order is question, options, explanation")
        self.options.append((option[2].strip(), option[1] != " "))

    def _add_explanation(self, n: int, words: str) -> None:
        if not self.options:
            raise ContentFault(self._path, n, f"{self._slug}: the order is question, options, explanation")
        if words:
            self.explanation.append(words)

    def _go_on(self, n: int, line: str) -> None:
        """An option may run on in indented lines."""
        if self._broken or not line.startswith(" "):
            raise ContentFault(self._path, n, f"{self._slug}: an option is a line - [ ] or - [x]")
        text, right = self.options[-1]
        self.options[-1] = (f"{text} {line.strip()}", right)

    def checked(self) -> tuple[tuple[str, ...], str]:
        """The options, and the right one."""
        texts = tuple(text for text, _ in self.options)
        right = [text for text, is_right in self.options if is_right]
        for wrong, words in (
            (not self.paragraphs, "the question is missing"),
            (not 2 <= len(texts) <= 4, f"there are {len(texts)} options, not 2 to 4"),
            (not all(texts), "an option is empty"),
            (len(set(texts)) < len(texts), "two options are the same"),
            (len(right) != 1, f"{len(right)} options have [x], not exactly one"),
            (not self.explanation, "the explanation (>) is missing"),
        ):
            if wrong:
                raise ContentFault(self._path, self._line, f"{self._slug}: {words}")
        return texts, right[0]
