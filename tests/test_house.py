"""The house stands by itself: no file in it names a machine, asks a registry by its address, or needs what lies beside
the house. Each rule is first shown to bite.
"""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from app.config import ROOT

REGISTRIES = "registry|pypi|pythonhosted|npmjs|jfrog|artifactory|nexus"
BESIDE = "|".join(("sha" + "red", "ma" + "in"))
ELSEWHERE = {
    "a machine's path": r"(?<![\w.>)}\]-])/(?:home|root|Users|work|mnt|workspace)/\w|\b[A-Z]:\\Users\b",
    "a registry": rf"\b(?:[\w-]+\.)*(?:{REGISTRIES})[\w-]*(?:\.[\w-]+)*\.(?:org|com|io|net|dev)\b",
    "a setting for a registry": r"--(?:extra-)?index-url\b|\b(?:PIP_INDEX|npm_config)_(?:URL|registry)\b",
    "what lies beside the house": rf"(?:\.\./)+(?:{BESIDE})\b",
}
NOT_TEXT = {".png", ".woff2", ".ttf", ".otf", ".xlsx", ".xls", ".docx", ".pdf", ".ico", ".gz", ".br"}


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git holds."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def texts() -> list[Path]:
    return [file for file in tracked() if file.suffix not in NOT_TEXT]


def found_in(words: str) -> set[str]:
    return {name for name, pattern in ELSEWHERE.items() if re.search(pattern, words)}


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        (("open('", "/home", "/lan/app.db')"), "a machine's path"),
        (("cd ", "/work", "/main"), "a machine's path"),
        (("C:", "\\Users", "\\lan"), "a machine's path"),
        (("https://", "registry.", "npm", "js.org/bootstrap"), "a registry"),
        (("https://files.", "pythonhosted.", "org/x"), "a registry"),
        (("pip install --", "index-url", " https://x"), "a setting for a registry"),
        (("see ..", "/sha", "red/design.md"), "what lies beside the house"),
    ],
)
def test_what_is_planted_is_found(parts: tuple[str, ...], fault: str) -> None:
    assert fault in found_in("".join(parts))


@pytest.mark.parametrize(
    "good", ["app/home/views.py", "/srv/lamtheo/keys.db", "../steps/models.py", "{{ home }}/home/x"]
)
def test_what_only_looks_alike_passes(good: str) -> None:
    assert found_in(good) == set()


def test_no_file_names_a_machine_a_registry_or_what_lies_beside_the_house() -> None:
    here = str(ROOT)
    faults = {}
    for file in texts():
        words = file.read_text(encoding="utf-8")
        found = found_in(words) | ({"this checkout"} if here in words else set())
        if found:
            faults[file.relative_to(ROOT).as_posix()] = found
    assert faults == {}


def test_every_link_of_a_document_leads_to_a_file_of_the_house() -> None:
    files = {file.resolve() for file in tracked()}
    held = files | {folder for file in files for folder in file.parents}
    lost = []
    for file in tracked():
        for link in links(file) if file.suffix == ".md" else ():
            if (file.parent / link).resolve() not in held:
                lost.append((file.relative_to(ROOT).as_posix(), link))
    assert lost == []


def links(document: Path) -> list[str]:
    """The relative links of a Markdown file."""
    found = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    return [link for link in found if "://" not in link and not link.startswith(("mailto:", "/"))]
