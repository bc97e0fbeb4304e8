"""What notices say and where they lead."""

import string

import pytest

from app.notices import rules

FACTS = {"record": "commitment", "year": 2020, "reader": "Cô Hạnh", "unit": "CĐCS", "role": "Chủ tịch", "since": "1/5"}


def asked(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_kind_says_what_why_and_where(kind: str) -> None:
    said = rules.words(kind, FACTS)
    assert "{" not in said
    assert rules.KINDS[kind].why[0].islower()
    assert not rules.KINDS[kind].why.endswith(".")
    assert rules.place(kind, FACTS).endpoint


@pytest.mark.parametrize("kind", rules.KINDS)
def test_a_mail_asks_for_no_other_persons_name(kind: str) -> None:
    said = rules.KINDS[kind]
    assert "reader" not in asked(said.mailed or said.words)
    assert "Hạnh" not in rules.words(kind, FACTS, mailed=True)


def test_a_record_leads_to_its_page_of_its_year() -> None:
    place = rules.place("record.confirm", {"record": "assessment", "year": 2021})
    assert (place.endpoint, place.values) == ("assessments.sheet", {"year": 2021})
    assert rules.place("record.return", {"record": "pledge", "year": 2020}).endpoint == "commitments.sheet"
