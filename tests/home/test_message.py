"""Words for a unit's Zalo group: numbers and a link, never names."""

import html
import re
from dataclasses import replace
from datetime import date

from app.home import rules
from tests import make
from tests.records import year
from tests.world import World

NOW = rules.Standing(
    place="CĐCS May Sen Hồng",
    year=2020,
    asked=180,
    done=121,
    invited=180,
    answered=90,
    report_day=date(2020, 5, 19),
    today=date(2020, 5, 12),
    site="https://lamtheo.example.vn/",
)
PAGE = "/don-vi/MSH/loi-nhan"


def test_a_reminder_says_how_many_until_when_and_where() -> None:
    study, deeds, feast = rules.messages(NOW)
    assert all(message.text.endswith(f"\n{NOW.site}") for message in (study, deeds, feast))
    for said in ("121/180", "đến hết 19/5", NOW.site, NOW.place):
        assert said in study.text
    assert "90/180" in deeds.text
    assert "130 năm Ngày sinh Chủ tịch Hồ Chí Minh (19/5)" in feast.text


def test_what_is_finished_is_not_asked_for() -> None:
    done = rules.messages(replace(NOW, done=180, answered=180))
    assert [message.title for message in done] == ["Nhân ngày kỷ niệm"]
    nobody = rules.messages(replace(NOW, asked=0, done=0, invited=0, answered=0))
    assert "0/0" not in nobody[0].text


def boxes(page: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r"<textarea[^>]*>([^<]+)</textarea>", page)]


def test_the_page_counts_the_unit_or_a_part_of_it_and_names_nobody(world: World) -> None:
    year.begin(world)
    with world.app.app_context():
        year.send(world.hoa)
    client = make.sign_in(world.app, world.hanh)
    whole, part = (client.get(PAGE + asked).text for asked in ("", "?to=MSH3"))
    assert "1/5 anh chị em đã trả lời" in boxes(whole)[1]
    assert boxes(part)[0].startswith("Tổ May 3, CĐCS May Sen Hồng: ")
    assert "0/1 anh chị em" in boxes(part)[0]
    assert "/loi-nhan" in client.get("/don-vi/MSH/hoan-thanh").text
    for name in ("Hòa", "Bích", "Hạnh", "Tuấn", "Thu "):
        assert name not in " ".join(boxes(whole) + boxes(part))


def test_a_federation_has_no_group_of_members(world: World) -> None:
    year.begin(world)
    assert make.sign_in(world.app, world.minh).get("/don-vi/Q1/loi-nhan").status_code == 404
