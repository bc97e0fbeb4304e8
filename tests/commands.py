"""Commands in processes of their own, as an operator types them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.config import ROOT


def environment(state: Path, **more: str) -> dict[str, str]:
    """This process's, with its state in that folder and without what belongs to the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return kept | {"STATE_DIR": str(state)} | more


def flask(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


def run(state: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """`flask …` to its end."""
    return subprocess.run(
        flask(*words), cwd=ROOT, env=environment(state, **more), capture_output=True, text=True, check=False
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """`flask up` while it runs; `log` is what it prints, `seconds` how long it took to be ready."""

    address: str
    process: "subprocess.Popen[bytes]"
    log: Path
    seconds: float

    def children(self) -> list[int]:
        """The processes that its parent has started."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


@contextmanager
def serving(state: Path, **more: str) -> Iterator[Served]:
    """`flask up` with its state in this folder, until the block ends."""
    began = time.monotonic()
    process, address, log = start(state, **more)
    try:
        _wait_until_ready(process, address, log)
        served = Served(address, process, log, time.monotonic() - began)
        yield served
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def start(state: Path, **more: str) -> tuple["subprocess.Popen[bytes]", str, Path]:
    """`flask up`, begun; its process, the address it will have, and the file it prints to."""
    port = free_port()
    state.mkdir(exist_ok=True)
    log = state / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            flask("up", "--port", str(port)),
            cwd=ROOT,
            env=environment(state, **{"LAM_THEO_MODE": "demo"} | more),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return process, f"http://127.0.0.1:{port}", log


def _wait_until_ready(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    for _ in range(900):
        if process.poll() is not None:
            raise RuntimeError(f"the site did not start:\n{log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"the site was not ready in 90 s:\n{log.read_text(encoding='utf-8')}")
