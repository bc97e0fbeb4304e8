"""What a sheet is, and what it means for the year."""

import pytest

from app.assessments import rules
from app.assessments.content import form_text
from app.records import rules as records
from app.records.rules import Step


@pytest.mark.parametrize("step", Step)
def test_kept_or_sent_it_is_done_and_only_taking_it_back_opens_it_again(step: Step) -> None:
    expected = {Step.KEEP: True, Step.SUBMIT: True, Step.AMEND: True, Step.WITHDRAW: False}
    expected |= {Step.TYPE_IN: True, Step.REFUSE: False}
    assert rules.is_done_by(step) is expected.get(step)


def test_the_form_of_the_year_can_be_shown_and_stored() -> None:
    text = form_text(2020)
    assert records.read_sections(text.as_data()["sections"]) == tuple(text.sections)
    assert text.title == "Liên hệ bản thân năm 2020"


def test_what_one_would_rather_not_write_may_be_left_out() -> None:
    optional = [section.title for section in form_text(2020).sections if not section.required]
    assert optional == ["Điều tôi thấy mình cần sửa"]


def test_it_asks_for_no_party_part() -> None:
    words = " ".join(f"{section.title} {section.hint}" for section in form_text(2020).sections).lower()
    assert "đảng" not in words
    assert "chi bộ" not in words
