"""Which form somebody is asked for, and what an answer means for the steps of the year."""

from datetime import date

import pytest

from app.commitments import rules
from app.commitments.content import commitment_text, pledge_text
from app.commitments.rules import COMMITMENT, PLEDGE, Effect
from app.records import rules as records
from app.records.actions import FormText
from app.records.rules import Stage, Step
from app.steps.rules import CONFIRMED, REGISTERED

TODAY = date(2020, 5, 12)
DEED = {"what": "Dọn gọn chỗ máy", "how": "Mỗi ngày 5 phút", "until": "2020-06-30"}


def test_a_member_is_asked_for_a_deed_and_an_officer_for_the_commitment() -> None:
    assert rules.kind_of({}, officer=False) == COMMITMENT
    assert rules.kind_of({}, officer=True) == PLEDGE


@pytest.mark.parametrize("stage", sorted(set(Stage) - rules.UNANSWERED))
def test_what_was_sent_before_becoming_an_officer_stands_for_the_year(stage: Stage) -> None:
    assert rules.kind_of({COMMITMENT: stage}, officer=True) == COMMITMENT
    assert rules.kind_of({PLEDGE: stage}, officer=False) == PLEDGE


@pytest.mark.parametrize("stage", sorted(rules.UNANSWERED))
def test_a_draft_a_no_and_what_was_taken_back_do_not_hold_anybody(stage: Stage) -> None:
    assert rules.kind_of({COMMITMENT: stage}, officer=True) == PLEDGE
    assert rules.kind_of({PLEDGE: stage}, officer=False) == COMMITMENT


@pytest.mark.parametrize("stage", Stage)
def test_the_three_answers_are_asked_of_members_who_have_not_sent_anything(stage: Stage) -> None:
    assert rules.asks(COMMITMENT, stage) is (stage in (Stage.DRAFT, Stage.WITHDRAWN, Stage.DECLINED))
    assert not rules.asks(PLEDGE, stage)


def test_sent_is_registered_and_confirmed_is_confirmed() -> None:
    assert Effect(REGISTERED, "done") in rules.effects(Step.SUBMIT)
    assert rules.effects(Step.CONFIRM) == (Effect(CONFIRMED, "done"),)


def test_a_no_closes_both_steps() -> None:
    assert set(rules.effects(Step.DECLINE)) == {Effect(REGISTERED, "declined"), Effect(CONFIRMED, "declined")}


def test_a_mind_changed_from_no_to_yes_is_asked_for_the_confirmation_again() -> None:
    assert Effect(CONFIRMED, None) in rules.effects(Step.SUBMIT)


@pytest.mark.parametrize("step", [Step.WITHDRAW, Step.REOPEN])
def test_what_is_taken_back_is_open_again(step: Step) -> None:
    assert set(rules.effects(step)) == {Effect(REGISTERED, None), Effect(CONFIRMED, None)}


@pytest.mark.parametrize("step", [Step.RETURN, Step.AMEND, Step.KEEP])
def test_asking_for_an_addition_and_giving_it_change_no_step(step: Step) -> None:
    assert rules.effects(step) == ()


@pytest.mark.parametrize("text", [commitment_text(2020), pledge_text(2020)])
def test_the_forms_of_the_year_can_be_shown_and_stored(text: FormText) -> None:
    assert records.read_sections(text.as_data()["sections"]) == tuple(text.sections)


def test_a_member_registers_one_to_three_deeds_and_nothing_else() -> None:
    (section,) = commitment_text(2020).sections
    assert (section.type, section.required) == ("deeds", True)


def test_the_members_form_says_that_it_is_voluntary() -> None:
    intro = commitment_text(2020).intro
    assert "tự nguyện" in intro
    assert "không ảnh hưởng đến quyền lợi đoàn viên, lương, thưởng hay hợp đồng" in intro


def test_the_officers_form_has_the_eight_sections_with_the_deeds_at_six() -> None:
    sections = pledge_text(2020).sections
    numerals = ("I.", "II.", "III.", "IV.", "V.", "VI.", "VII.", "VIII.")
    assert [section.title.split()[0] for section in sections] == list(numerals)
    assert [section.type for section in sections].index("deeds") == 5
    assert "2019" in sections[6].title


def test_the_officers_form_may_be_sent_without_last_years_faults_and_the_example() -> None:
    sections = pledge_text(2020).sections
    body = {section.key: "Viết đủ dài" for section in sections if section.required} | {"deeds": [DEED]}
    assert records.faults(sections, body, TODAY, 2020) == {}
    assert set(records.faults(sections, {}, TODAY, 2020)) >= {"thought", "conduct", "unity", "order", "duty"}


def test_the_officers_form_has_no_party_part() -> None:
    words = " ".join(f"{section.title} {section.hint}" for section in pledge_text(2020).sections)
    assert "chi bộ" not in words.lower()
    assert "đảng viên" not in words.lower()
