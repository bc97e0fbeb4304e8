"""What a page has acknowledged survives the sudden end of every process (`make prove`)."""

import http.client
import http.cookiejar
import json
import os
import re
import shutil
import signal
import sqlite3
import threading
import time
import urllib.parse
import urllib.request
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.demo import people
from tests import commands

pytestmark = pytest.mark.prove

QUIZ = "/trac-nghiem/2020/neu-guong"
HIDDEN = re.compile(r'name="(csrf_token|epoch|luot)" value="([^"]+)"')
OPTION = re.compile(r'name="chon"[^>]* value="([^"]+)"')


class Browser:
    """The cookies and the forms of one person."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        with self._opener.open(self.address + path, timeout=10) as answer:
            return str(answer.read().decode())

    def post(self, path: str, data: dict[str, str], accept: str = "text/html") -> str:
        request = urllib.request.Request(self.address + path, urllib.parse.urlencode(data).encode())
        request.add_header("Accept", accept)
        with self._opener.open(request, timeout=10) as answer:
            return str(answer.read().decode())


@dataclass
class Member:
    """Somebody who answers as fast as the site takes it; `kept` are the saves that it said were saved."""

    address: str
    code: str
    kept: list[str] = field(default_factory=list)

    def answer_until_cut(self) -> None:
        browser = Browser(self.address)
        try:
            self._begin(browser)
            page = browser.get(f"{QUIZ}/luot/{self.attempt}/cau/1")
            fields, options = dict(HIDDEN.findall(page)), OPTION.findall(page)
            for turn in range(100_000):
                save = str(uuid.uuid4())
                data = fields | {"save_id": save, "chon": options[turn % 2]}
                told = browser.post(f"{QUIZ}/luot/{self.attempt}/cau/1", data, "application/json")
                if "Đã lưu" in json.loads(told)["words"]:
                    self.kept.append(save.replace("-", ""))
        except (OSError, http.client.HTTPException):
            return  # the power is gone

    def _begin(self, browser: Browser) -> None:
        form = dict(HIDDEN.findall(browser.get("/dang-nhap")))
        browser.post("/dang-nhap", form | {"name": self.code, "password": people.PASSWORD})
        form = dict(HIDDEN.findall(browser.get(QUIZ)))
        self.attempt = form["luot"]
        browser.post(QUIZ, {name: form[name] for name in ("csrf_token", "luot")})


def codes(state: Path, how_many: int) -> list[str]:
    """Members of the demo who can sign in and have never begun the quiz."""
    with closing(sqlite3.connect(state / "lamtheo.db")) as connection:
        rows = connection.execute(
            "SELECT folded FROM sign_in_name n JOIN account a ON a.person_id = n.person_id"
            " WHERE n.kind = 'code' AND a.password_hash IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.person_id = n.person_id) LIMIT ?",
            (how_many,),
        )
        return [row[0] for row in rows]


@pytest.mark.parametrize("cut_after", [1.0, 2.5, 4.0])
def test_every_answer_with_a_receipt_is_there_after_all_was_killed(
    made_demo: Path, tmp_path: Path, cut_after: float
) -> None:
    state = Path(shutil.copytree(made_demo, tmp_path / "demo"))
    with commands.serving(state) as served:
        members = [Member(served.address, code) for code in codes(state, 4)]
        threads = [threading.Thread(target=member.answer_until_cut) for member in members]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        while not all(member.kept for member in members) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(cut_after)
        for group in served.children():
            os.killpg(group, signal.SIGKILL)
        served.process.kill()
        served.process.wait(10)
        for thread in threads:
            thread.join(20)
    kept = {save for member in members for save in member.kept}
    assert len(kept) > 20
    with commands.serving(state), closing(sqlite3.connect(state / "lamtheo.db")) as connection:
        there = {row[0] for row in connection.execute("SELECT save_id FROM answer_save")}
    assert kept - there == set()
    print(f"{len(kept)} answers acknowledged, all there after the cut")
