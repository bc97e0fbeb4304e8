"""Whether a site is running on a state folder."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.config import Settings


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """One site at a time on a state folder; `demo make` asks for the same, so that it never pulls a database away from
    under a running site. Ends the command with a line where another holds it."""
    with (settings.state / "running").open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"A site is running on {settings.state}: stop it first (Ctrl-C where it was started).")
        yield
