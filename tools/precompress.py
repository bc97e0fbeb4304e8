"""Write a .br and a .gz beside every stylesheet, script and picture that the app serves: `precompress.py FOLDER`."""

import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path

TEXTS = (".css", ".js", ".svg")
PACKED = (".br", ".gz")


def files(folder: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if name.endswith(endings))


def packed(source: Path) -> list[Path]:
    return [source.with_name(source.name + ending) for ending in PACKED]


def outdated(folder: Path) -> list[Path]:
    """Sources newer than one of their packed copies, or without one."""
    return [
        source
        for source in files(folder, TEXTS)
        if any(not copy.exists() or copy.stat().st_mtime < source.stat().st_mtime for copy in packed(source))
    ]


def orphans(folder: Path) -> list[Path]:
    """Packed copies whose source has gone."""
    return [copy for copy in files(folder, PACKED) if not copy.with_suffix("").exists()]


def remove_all(folder: Path) -> None:
    for copy in list(files(folder, PACKED)):
        copy.unlink()


def pack(source: Path) -> None:
    import brotli

    content = source.read_bytes()
    for copy, body in zip(packed(source), (brotli.compress(content), gzip.compress(content, mtime=0)), strict=True):
        new = copy.with_name(f".{os.getpid()}.{copy.name}")
        new.write_bytes(body)
        new.replace(copy)


if __name__ == "__main__":
    static = Path(sys.argv[1])
    for orphan in orphans(static):
        orphan.unlink()
    for stale in outdated(static):
        pack(stale)
