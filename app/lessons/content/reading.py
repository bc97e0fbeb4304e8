"""The folder `lessons/` as values: every file parsed, every mistake gathered."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.lessons.rules import folder
from app.lessons.rules.folder import ContentFault

T = TypeVar("T")
LARGEST = 200_000  # bytes of one file; a lesson has about 8,000


@dataclass(frozen=True)
class LessonFile:
    path: str
    text: folder.LessonText
    digest: str


@dataclass(frozen=True)
class ModuleFile:
    path: str
    text: folder.ModuleText
    digest: str
    lessons: tuple[LessonFile, ...]


@dataclass(frozen=True)
class ProgrammeFile:
    path: str
    text: folder.ProgrammeText
    modules: tuple[ModuleFile, ...]


@dataclass(frozen=True)
class Tree:
    """The folder `lessons/`, parsed. `faults` holds every mistake; a tree with any is never stored."""

    sources: Mapping[str, folder.SourceText]
    programmes: tuple[ProgrammeFile, ...]
    faults: tuple[ContentFault, ...]


class Reader:
    """Reads files below a root, naming them relative to it, and gathers the mistakes instead of stopping at one."""

    def __init__(self, root: Path) -> None:
        self._root, self.faults = root, list[ContentFault]()

    def name(self, path: Path) -> str:
        return str(path.relative_to(self._root))

    def parsed(self, path: Path, parse: Callable[[str, str], T]) -> tuple[T, str] | None:
        """What `parse(name, text)` makes of the file, and the digest of its bytes; None if there is a mistake."""
        try:
            written = path.read_bytes()
            if len(written) > LARGEST:
                raise ContentFault(self.name(path), 1, f"the file is larger than {LARGEST} bytes")
            return parse(self.name(path), written.decode("utf-8-sig")), hashlib.sha256(written).hexdigest()
        except FileNotFoundError:
            self.note(path, "the file is missing")
        except UnicodeDecodeError:
            self.note(path, "the file is not UTF-8")
        except ContentFault as fault:
            self.faults.append(fault)
        except (OSError, ValueError, OverflowError, RecursionError) as odd:
            self.note(path, f"the file cannot be read: {type(odd).__name__}")
        return None

    def note(self, path: Path, words: str) -> None:
        self.faults.append(ContentFault(self.name(path), 1, words))

    def refuse_twice(self, path: Path, what: str, values: Collection[object]) -> None:
        for value in {value for value in values if list(values).count(value) > 1}:
            self.note(path, f"{what} {value} is there twice")


def read(root: Path) -> Tree:
    """Parse `lessons/` below the root. Nothing is written, and no mistake stops the reading."""
    reader = Reader(root)
    base = root / "lessons"
    sources = reader.parsed(base / "sources.toml", folder.parse_sources)
    known = sources[0] if sources else {}
    years = sorted(path for path in base.glob("[0-9][0-9][0-9][0-9]") if path.is_dir())
    if not years:
        reader.note(base, "there is no year in this folder")
    programmes = [found for year in years if (found := _programme(reader, year, known))]
    return Tree(known, tuple(programmes), tuple(reader.faults))


def _programme(reader: Reader, year: Path, sources: Collection[str]) -> ProgrammeFile | None:
    path = year / "programme.md"
    found = reader.parsed(path, lambda name, text: folder.parse_programme(name, text, int(year.name)))
    modules = [
        module
        for inner in sorted(path for path in year.iterdir() if path.is_dir())
        if (module := _module(reader, inner, sources))
    ]
    reader.refuse_twice(year, "order", [module.text.order for module in modules])
    return found and ProgrammeFile(reader.name(path), found[0], tuple(modules))


def _module(reader: Reader, inner: Path, sources: Collection[str]) -> ModuleFile | None:
    if not folder.SLUG.fullmatch(inner.name):
        reader.note(inner, "a module's folder has small letters, digits and single dashes")
        return None
    path = inner / "module.md"
    found = reader.parsed(path, lambda name, text: folder.parse_module(name, text, inner.name))
    files = sorted(file for file in inner.glob("*.md") if file.name != "module.md")
    lessons = [lesson for file in files if (lesson := _lesson(reader, file, sources))]
    reader.refuse_twice(inner, "lesson", [lesson.text.slug for lesson in lessons])
    reader.refuse_twice(inner, "lesson number", [lesson.text.number for lesson in lessons])
    return found and ModuleFile(reader.name(path), *found, tuple(lessons))


def _lesson(reader: Reader, file: Path, sources: Collection[str]) -> LessonFile | None:
    found = reader.parsed(file, lambda name, text: folder.parse_lesson(name, file.name, text, sources))
    return found and LessonFile(reader.name(file), *found)
