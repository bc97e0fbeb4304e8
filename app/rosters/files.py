"""The file of an upload: kept in the state folder until the list is loaded or given up, and read in a child of its own
(`child.py`): what comes back is text in rows, or one word for why not."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app

from app.refusal import RuleBroken
from app.rosters.rules.words import REFUSED

CHILD = Path(__file__).with_name("child.py")
SECONDS = 30  # by the clock; the child bounds its own processor time
ANSWER = 120_000_000  # bytes


class FileRefused(RuleBroken):
    """The whole file is not read. `why` is a word of `rules.words.REFUSED`."""

    kind = "invalid"

    def __init__(self, why: str, **facts: str) -> None:
        self.why = why
        self.words = REFUSED[why]  # type: ignore[misc]
        super().__init__(**facts)


def folder() -> Path:
    found: Path = current_app.extensions["settings"].state / "uploads"
    return found


def path_of(upload: UUID) -> Path:
    return folder() / str(upload)


def keep(upload: UUID, data: bytes) -> None:
    """Keep the file as it came, readable by us only."""
    folder().mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path_of(upload), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def remove(upload: UUID) -> None:
    path_of(upload).unlink(missing_ok=True)


def kept() -> list[tuple[UUID, datetime]]:
    """(upload, when) of every file that is still there."""
    if not folder().is_dir():
        return []
    found = (path for path in folder().iterdir() if path.is_file())
    return [(UUID(path.name), datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in found]


@dataclass(frozen=True)
class Sheet:
    """A sheet as rows of text; row 7 of the file is `rows[6]`."""

    name: str
    rows: list[list[str]]


def read(path: Path, seconds: float = SECONDS) -> list[Sheet]:
    """The visible sheets of the file. Raises `FileRefused`. The child gets the open file and nothing else: none of our
    environment, no arguments, no other descriptor."""
    with path.open("rb") as file:
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-s", str(CHILD)],
                stdin=file,
                capture_output=True,
                timeout=seconds,
                cwd="/",
                env=_environment(),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FileRefused("slow") from error
    if done.returncode or len(done.stdout) > ANSWER:
        raise FileRefused("slow" if done.returncode == -24 else "heavy")  # SIGXCPU; else it ran out of memory
    return _sheets(json.loads(done.stdout))


def _environment() -> dict[str, str]:
    """Where to find the libraries, and no secrets."""
    return {
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def _sheets(answer: dict[str, Any]) -> list[Sheet]:
    if "refused" in answer:
        raise FileRefused(answer["refused"])
    return [Sheet(sheet["name"], sheet["rows"]) for sheet in answer["sheets"]]
