"""The law of records, read like the regulation."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.records import rules
from app.records.rules import Opening, Reviewer, Reviewing, Section, Stage, Step

# --- paper --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("federation", "place"),
    [
        ("LĐLĐ Quận 1", "Quận 1"),
        ("LĐLĐ Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
        ("Liên đoàn Lao động Quận 1", "Quận 1"),
        ("Công đoàn phường Bến Nghé", "Phường Bến Nghé"),
        ("Công đoàn", ""),
        ("Ban Công đoàn", ""),
    ],
)
def test_a_letterhead_takes_its_place_from_the_federations_name(federation: str, place: str) -> None:
    assert rules.place_of(federation) == place


# --- stages -------------------------------------------------------------------------------------------------------

ALLOWED = {
    (Stage.DRAFT, Step.SUBMIT): Stage.SUBMITTED,
    (Stage.DRAFT, Step.TYPE_IN): Stage.SUBMITTED,
    (Stage.DRAFT, Step.KEEP): Stage.KEPT,
    (Stage.DRAFT, Step.DECLINE): Stage.DECLINED,
    (Stage.SUBMITTED, Step.REFUSE): Stage.WITHDRAWN,
    (Stage.RETURNED, Step.REFUSE): Stage.WITHDRAWN,
    (Stage.CONFIRMED, Step.REFUSE): Stage.WITHDRAWN,
    (Stage.SUBMITTED, Step.RETURN): Stage.RETURNED,
    (Stage.SUBMITTED, Step.CONFIRM): Stage.CONFIRMED,
    (Stage.SUBMITTED, Step.WITHDRAW): Stage.WITHDRAWN,
    (Stage.SUBMITTED, Step.KEEP): Stage.KEPT,
    (Stage.RETURNED, Step.AMEND): Stage.SUBMITTED,
    (Stage.RETURNED, Step.WITHDRAW): Stage.WITHDRAWN,
    (Stage.RETURNED, Step.KEEP): Stage.KEPT,
    (Stage.KEPT, Step.SUBMIT): Stage.SUBMITTED,
    (Stage.DECLINED, Step.SUBMIT): Stage.SUBMITTED,
    (Stage.DECLINED, Step.REOPEN): Stage.DRAFT,
    (Stage.WITHDRAWN, Step.SUBMIT): Stage.SUBMITTED,
    (Stage.WITHDRAWN, Step.KEEP): Stage.KEPT,
    (Stage.WITHDRAWN, Step.DECLINE): Stage.DECLINED,
}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("step", Step)
def test_every_pair_of_stage_and_step_leads_where_it_should_or_nowhere(stage: Stage, step: Step) -> None:
    if (stage, step) in ALLOWED:
        assert rules.advance(stage, step) is ALLOWED[stage, step]
    else:
        with pytest.raises(rules.StepNotAllowed) as refused:
            rules.advance(stage, step)
        assert rules.STAGE_WORDS[stage] in str(refused.value)
        assert refused.value.kind == "conflict"


def test_only_a_reviewer_confirms_or_asks_for_an_addition() -> None:
    by_reviewer = {step for step, move in rules.STEPS.items() if move.by == "reviewer"}
    assert by_reviewer == {Step.CONFIRM, Step.RETURN, Step.TYPE_IN}


def test_every_step_has_its_place_in_the_table() -> None:
    assert set(rules.STEPS) == set(Step)


def test_a_confirmed_record_never_changes_again_but_for_what_its_author_never_wrote() -> None:
    assert {step for step, move in rules.STEPS.items() if Stage.CONFIRMED in move.start} == {Step.REFUSE}
    assert Stage.CONFIRMED not in rules.WRITABLE


def test_what_waits_at_the_reviewers_is_not_written_on() -> None:
    assert Stage.SUBMITTED not in rules.WRITABLE
    assert set(Stage) - rules.WRITABLE == {Stage.SUBMITTED, Stage.CONFIRMED}


def test_reviewers_see_only_what_was_sent_to_them() -> None:
    assert {Stage.SUBMITTED, Stage.RETURNED, Stage.CONFIRMED} == rules.REVIEWED


def test_what_is_private_declined_or_taken_back_can_be_sent_later() -> None:
    for stage in (Stage.KEPT, Stage.DECLINED, Stage.WITHDRAWN):
        assert rules.advance(stage, rules.sending(stage)) is Stage.SUBMITTED


@pytest.mark.parametrize("stage", Stage)
def test_sending_after_a_request_for_an_addition_is_an_amendment(stage: Stage) -> None:
    assert rules.sending(stage) is (Step.AMEND if stage is Stage.RETURNED else Step.SUBMIT)


def test_a_person_has_one_record_on_a_form_whoever_begins_it() -> None:
    person, other = uuid4(), uuid4()
    assert rules.record_id(person, 3) == rules.record_id(person, 3)
    assert len({rules.record_id(person, 3), rules.record_id(person, 4), rules.record_id(other, 3)}) == 3


# --- who reviews --------------------------------------------------------------------------------------------------

HOA, HANH, THU, MINH, HUONG = (UUID(int=n) for n in range(1, 6))
CDCS, LDLD, CITY = 10, 20, 30


def officers(*people: Reviewer) -> tuple[Reviewer, ...]:
    return people


THU_CHAIR = Reviewer(THU, chair=True)


def test_the_nearest_unit_reviews_a_members_record() -> None:
    upward = [Reviewing(CDCS, officers(THU_CHAIR, Reviewer(HANH))), Reviewing(LDLD, officers(Reviewer(MINH)))]
    assert rules.choose_reviewing_unit(upward, HOA) == CDCS


def test_a_committee_member_is_reviewed_by_the_others_of_the_own_unit() -> None:
    upward = [Reviewing(CDCS, officers(THU_CHAIR, Reviewer(HANH))), Reviewing(LDLD, officers(Reviewer(MINH)))]
    assert rules.choose_reviewing_unit(upward, HANH) == CDCS


def test_the_chair_is_reviewed_one_level_up() -> None:
    upward = [Reviewing(CDCS, officers(THU_CHAIR, Reviewer(HANH))), Reviewing(LDLD, officers(Reviewer(MINH)))]
    assert rules.choose_reviewing_unit(upward, THU) == LDLD


def test_nobody_is_reviewed_by_themselves_alone() -> None:
    upward = [Reviewing(CDCS, officers(Reviewer(HANH))), Reviewing(LDLD, officers(Reviewer(MINH)))]
    assert rules.choose_reviewing_unit(upward, HANH) == LDLD


def test_a_unit_without_officers_passes_the_record_on() -> None:
    upward = [Reviewing(CDCS, ()), Reviewing(LDLD, officers(Reviewer(MINH)))]
    assert rules.choose_reviewing_unit(upward, HOA) == LDLD


def test_a_declared_conflict_leaves_nobody_and_the_next_unit_reviews() -> None:
    upward = [
        Reviewing(CDCS, officers(Reviewer(HANH, conflict=True), Reviewer(THU, chair=True, conflict=True))),
        Reviewing(LDLD, officers(Reviewer(MINH))),
    ]
    assert rules.choose_reviewing_unit(upward, HOA) == LDLD


def test_one_officer_without_a_conflict_is_enough() -> None:
    upward = [Reviewing(CDCS, officers(Reviewer(THU, chair=True, conflict=True), Reviewer(HANH)))]
    assert rules.choose_reviewing_unit(upward, HOA) == CDCS


def test_who_leads_two_levels_is_reviewed_above_both() -> None:
    upward = [
        Reviewing(CDCS, officers(THU_CHAIR, Reviewer(HANH))),
        Reviewing(LDLD, officers(Reviewer(THU, chair=True), Reviewer(MINH))),
        Reviewing(CITY, officers(Reviewer(HUONG, chair=True))),
    ]
    assert rules.choose_reviewing_unit(upward, THU) == CITY


@pytest.mark.parametrize(
    "upward",
    [
        [],
        [Reviewing(CDCS, ())],
        [Reviewing(CDCS, (THU_CHAIR, Reviewer(HANH)))],
        [Reviewing(CDCS, (THU_CHAIR,)), Reviewing(LDLD, (Reviewer(MINH, conflict=True),))],
    ],
)
def test_where_nobody_may_review_no_unit_does(upward: list[Reviewing]) -> None:
    assert rules.choose_reviewing_unit(upward, THU) is None


def test_readers_are_neither_the_author_nor_anybody_with_a_conflict() -> None:
    found = rules.readers(officers(THU_CHAIR, Reviewer(HANH), Reviewer(MINH, conflict=True)), HANH)
    assert found == [THU]


# --- readings -----------------------------------------------------------------------------------------------------

AT = datetime(2020, 5, 12, 4, 40, tzinfo=UTC)
V1, V2 = UUID(int=101), UUID(int=102)


def opened(minutes: float, reader: UUID = HANH, version: UUID = V1) -> Opening:
    return Opening(reader, version, AT + timedelta(minutes=minutes))


def test_reloading_the_page_is_told_once() -> None:
    assert rules.collapsed([opened(0), opened(1), opened(9.9)]) == [opened(0)]


def test_opening_again_after_ten_minutes_is_told_again() -> None:
    assert rules.collapsed([opened(0), opened(10)]) == [opened(0), opened(10)]


def test_ten_minutes_count_from_what_was_told_so_that_nobody_reads_on_for_hours_unseen() -> None:
    assert rules.collapsed([opened(n * 6) for n in range(5)]) == [opened(0), opened(12), opened(24)]


def test_another_reader_or_another_version_is_always_told() -> None:
    openings = [opened(0), opened(1, reader=THU), opened(2, version=V2)]
    assert rules.collapsed(openings) == openings


def test_readings_are_told_in_the_order_of_time() -> None:
    assert rules.collapsed([opened(30), opened(0)]) == [opened(0), opened(30)]


# --- forms as data ------------------------------------------------------------------------------------------------

DEEDS = Section("deeds", "VI. Việc làm theo", type="deeds")
THOUGHT = Section("thought", "I. Tư tưởng")
MEND = Section("mend", "VII. Khắc phục", required=False)
TODAY = date(2020, 5, 12)


def deed(what: str = "Dọn gọn chỗ máy", how: str = "Mỗi ngày 5 phút", until: str = "2020-06-30") -> dict[str, str]:
    return {"what": what, "how": how, "until": until}


NOTHING = {"what": "", "how": "", "until": ""}


def test_a_form_survives_being_stored() -> None:
    sections = (THOUGHT, DEEDS, MEND)
    assert rules.read_sections([section.as_data() for section in sections]) == sections


@pytest.mark.parametrize(
    "sections",
    [
        (),
        (THOUGHT, THOUGHT),
        (Section("Thought", "I"),),
        (Section("a_b", "I"),),
        (Section("", "I"),),
        (Section("a", ""),),
        (Section("a", "I", type="table"),),
    ],
)
def test_a_form_that_cannot_be_shown_is_refused(sections: tuple[Section, ...]) -> None:
    with pytest.raises(ValueError, match="section"):
        rules.read_sections([section.as_data() for section in sections])


def test_one_deed_alone_is_shown_as_three_parts_without_a_heading() -> None:
    found = rules.parts([DEEDS], {"deeds": [deed(), NOTHING, NOTHING]})
    assert [(part.key, part.title, part.heading, part.level) for part in found] == [
        ("deeds_1_what", "Việc gì", "", 2),
        ("deeds_1_how", "Làm thế nào", "", 2),
        ("deeds_1_until", "Đến khi nào", "", 2),
    ]
    assert found[2].day == date(2020, 6, 30)


def test_several_deeds_are_numbered() -> None:
    found = rules.parts([DEEDS], {"deeds": [deed(), deed("Giúp người mới")]})
    assert [part.heading for part in found] == ["Việc 1", "", "", "Việc 2", "", ""]
    assert {part.level for part in found} == {3}


def test_in_a_longer_form_deeds_stand_under_their_section() -> None:
    body = {"thought": "Vững vàng", "deeds": [deed(), deed()], "mend": ""}
    found = rules.parts([THOUGHT, DEEDS, MEND], body)
    assert [part.heading for part in found if part.heading] == [
        "VI. Việc làm theo: việc 1",
        "VI. Việc làm theo: việc 2",
    ]
    assert rules.parts([THOUGHT, DEEDS], {"deeds": [deed()]})[0].heading == "VI. Việc làm theo"


def test_sections_left_empty_are_not_shown() -> None:
    assert rules.parts([THOUGHT, DEEDS, MEND], {}) == []


def test_every_part_that_is_shown_can_be_commented_on() -> None:
    sections = [THOUGHT, DEEDS, MEND]
    body = {"thought": "Vững vàng", "deeds": [deed(), deed(), deed()], "mend": "Nói nhanh"}
    assert [part.key for part in rules.parts(sections, body)] == rules.part_keys(sections)


def test_what_is_sent_holds_the_forms_sections_and_no_empty_deed() -> None:
    body = {"deeds": [NOTHING, deed(), NOTHING], "thought": "Vững vàng", "stray": "không thuộc phiếu"}
    assert rules.written([THOUGHT, DEEDS, MEND], body) == {"thought": "Vững vàng", "deeds": [deed()], "mend": ""}


def test_a_sheet_on_which_nothing_was_written_is_blank() -> None:
    assert rules.is_blank([THOUGHT, DEEDS], {"thought": "", "deeds": [NOTHING]})
    assert rules.is_blank([THOUGHT], {"other": "không thuộc phiếu"})
    assert not rules.is_blank([THOUGHT, DEEDS], {"deeds": [NOTHING, deed(what="", how="")]})


def test_deeds_are_followed_up_in_the_order_of_the_form() -> None:
    body = {"deeds": [deed("một"), NOTHING, deed("hai")]}
    assert [each["what"] for each in rules.all_deeds([THOUGHT, DEEDS], body)] == ["một", "hai"]


# --- what must be written to be sent ------------------------------------------------------------------------------


def faults(body: rules.Body, *sections: Section) -> dict[str, str]:
    return rules.faults(sections or (DEEDS,), body, TODAY, 2020, "chị")


def test_a_whole_deed_may_be_sent() -> None:
    assert faults({"deeds": [deed(), NOTHING, NOTHING]}) == {}


def test_a_form_left_empty_is_to_be_mended_at_the_first_deed_only() -> None:
    for body in ({}, {"deeds": []}, {"deeds": [NOTHING, NOTHING, NOTHING]}):
        assert set(faults(body)) == {"deeds_1_what", "deeds_1_how", "deeds_1_until"}


def test_a_deed_that_is_not_required_may_be_left_out() -> None:
    assert faults({"deeds": [NOTHING]}, Section("deeds", "VI", type="deeds", required=False)) == {}


def test_a_deed_begun_must_be_finished() -> None:
    assert set(faults({"deeds": [deed(), deed(how="", until="")]})) == {"deeds_2_how", "deeds_2_until"}


def test_a_deed_written_in_the_second_place_is_enough() -> None:
    assert faults({"deeds": [NOTHING, deed(), NOTHING]}) == {}


@pytest.mark.parametrize("field", ["what", "how"])
@pytest.mark.parametrize(("text", "enough"), [("", False), ("gọn", False), ("dọn", False), ("dọn m", True)])
def test_what_and_how_need_five_characters(field: str, text: str, enough: bool) -> None:
    assert (f"deeds_1_{field}" not in faults({"deeds": [deed(**{field: text})]})) is enough


def test_words_of_a_fault_speak_to_the_person_and_give_an_example() -> None:
    words = faults({"deeds": [deed(how="")]})["deeds_1_how"]
    assert words == "chị viết thêm vài chữ, ví dụ “mỗi ngày 15 phút đầu ca”."


def test_a_required_section_needs_some_words_and_an_optional_one_none() -> None:
    assert set(faults({"thought": " ", "mend": ""}, THOUGHT, MEND)) == {"thought"}
    assert faults({"thought": "Vững vàng"}, THOUGHT, MEND) == {}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2020-05-13", ""),
        ("2020-12-31", ""),
        ("2020-05-12", "là hôm nay"),
        ("2020-05-11", "đã qua"),
        ("2020-04-12", "ngày 12/4/2020 đã qua, chị chọn ngày sau hôm nay."),
        ("2021-01-01", "ngoài năm 2020"),
        ("", "chị ghi một ngày, ví dụ 30/11/2020."),
        ("cuối năm", "chưa đúng"),
        ("31/6/2020", "chưa đúng"),
    ],
)
def test_a_deed_ends_on_a_day_after_today_and_within_the_year(written: str, says: str) -> None:
    found = rules.day_fault(written, TODAY, 2020, "chị")
    assert (says in found) if says else found == ""


def test_a_day_typed_badly_is_no_day() -> None:
    assert rules.read_day("30/6/2020") is None
    assert rules.read_day("2020-02-30") is None
    assert rules.read_day("2020-02-29") == date(2020, 2, 29)


# --- the digest ---------------------------------------------------------------------------------------------------


def test_the_same_text_has_one_canonical_form() -> None:
    one = {"b": "Đoàn kết", "a": [deed()]}
    other = {"a": [dict(reversed(deed().items()))], "b": "Đoàn kết"}
    assert rules.canonical(one) == rules.canonical(other)
    assert "Đoàn kết" in rules.canonical(one)


def test_a_digest_changes_with_the_text_and_with_the_salt() -> None:
    body = {"thought": "Vững vàng"}
    found = rules.digest(b"s" * 16, body)
    assert len(found) == 64
    assert rules.digest(b"s" * 16, body) == found
    assert rules.digest(b"t" * 16, body) != found
    assert rules.digest(b"s" * 16, {"thought": "Vững vàng."}) != found
