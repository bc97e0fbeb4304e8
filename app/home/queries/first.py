"""The page that answers "what do I do now"."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from app import clock
from app.accounts import queries as accounts
from app.accounts.queries import Actor
from app.home import rules
from app.home.queries.around import Contact, contact, home_units
from app.home.queries.lines import Line, officer_lines
from app.notices import queries as notices
from app.notices.rules import RECORD_WORDS
from app.quizzes import queries as quizzes
from app.records import queries as records
from app.records.queries import Typed
from app.steps import queries as steps
from app.steps.models import Programme
from app.steps.rules import ASSESSMENT, CONFIRMED, REGISTERED, quiz
from app.units import queries as units
from app.units.queries import UnitRow


@dataclass(frozen=True)
class ToDo:
    """One thing that remains: words, where to do it, how long it takes, and what its button says."""

    title: str
    url: str
    note: str
    button: str


@dataclass(frozen=True)
class Done:
    """Something done, and where to see it again."""

    title: str
    at: datetime
    source: str
    declined: bool
    url: str


@dataclass(frozen=True)
class MemberPart:
    """The things of one's own: the one to do now, those after it, those done."""

    programme: Programme | None
    unit: str
    now: ToDo | None
    next: list[ToDo]
    done: list[Done]


@dataclass(frozen=True)
class TypedNews:
    """What somebody typed for oneself, and where one answers to it."""

    typed: Typed
    url: str


@dataclass(frozen=True)
class FirstPage:
    """`units` are those in which the person works for the union; nobody's are a member's."""

    today: datetime
    mine: MemberPart
    lines: list[Line]
    units: list[UnitRow]
    contact: Contact | None
    anniversary: rules.Anniversary
    reset: "ResetNews | None"
    second_step: "SecondStepNews"
    corrections: list[accounts.CorrectionLine]
    unmarked: bool
    typed: list[TypedNews]
    on_the_way: accounts.OnTheWay | None
    unread: int

    @property
    def heading(self) -> str:
        if len(self.units) > 1:
            return "Việc công đoàn"
        return "Việc của CĐCS" if self.units[0].counts_members else self.units[0].short


@dataclass(frozen=True)
class ResetNews:
    """The password was set anew by a code that an officer read out."""

    at: datetime
    by: str


@dataclass(frozen=True)
class SecondStepNews:
    """Somebody else took the second step off (`ended_at`, and who if a person did); or an administrator has none yet
    (`missing`)."""

    ended_at: datetime | None
    by: str
    missing: bool


def first_page(actor: Actor) -> FirstPage:
    today = clock.today()
    held = home_units(actor)
    return FirstPage(
        today=clock.now(),
        mine=member_part(actor),
        lines=officer_lines(actor, held),
        units=held,
        contact=contact(actor),
        anniversary=rules.next_anniversary(today),
        reset=reset_news(actor.person_id),
        second_step=second_step_news(actor),
        corrections=accounts.corrections_of(actor.person_id),
        unmarked=asks_for_marks(actor.person_id),
        typed=[TypedNews(one, place_of_record(one.kind, one.year)) for one in records.typed_for(actor.person_id)],
        on_the_way=None if actor.memberships else accounts.on_the_way(actor.person_id, today),
        unread=notices.unread(actor.person_id),
    )


def asks_for_marks(person_id: UUID) -> bool:
    """Whether the name stands without its tone marks, and its owner has not said anything about it yet."""
    if not accounts.is_unmarked(person_id):
        return False
    return all(line.field != "name" for line in accounts.corrections_of(person_id))


def begins_at(actor: Actor) -> str:
    """Where somebody who has just come in for the first time begins: at the first thing to do; whoever works for the
    union, at the first page."""
    now = None if home_units(actor) else member_part(actor).now
    return now.url if now else url_for("home.first_page")


def second_step_news(actor: Actor) -> SecondStepNews:
    ended = accounts.unseen_end(actor.person_id)
    by = accounts.person_names({ended.ended_by}).get(ended.ended_by, "") if ended and ended.ended_by else ""
    missing = actor.holds("admin") and not accounts.has_second_step(actor.person_id)
    return SecondStepNews(ended.ended_at if ended else None, by, missing)


def reset_news(person_id: UUID) -> ResetNews | None:
    found = accounts.unseen_reset(person_id)
    if found is None or found.used_at is None:
        return None
    by = accounts.person_names({found.made_by}).get(found.made_by, "") if found.made_by else ""
    return ResetNews(found.used_at, by)


def member_part(actor: Actor) -> MemberPart:
    today = clock.today()
    programme = steps.current_programme(today)
    if programme is None or not actor.memberships:
        return MemberPart(programme, "", None, [], [])
    standings = steps.standing_of(actor.person_id, programme.id, today)
    returned = records.returned_kinds(actor.person_id, programme.year)
    tasks = [amend(kind, programme.year) for kind in returned]
    unseen = records.unseen_kinds(actor.person_id, programme.year, today)
    tasks += [send_again(kind, programme.year) for kind in unseen]
    open_keys = [(standing.step.key, standing.step.title) for standing in standings if standing.state == "open"]
    begun = begun_keys(actor, programme)
    tasks += [to_do(task, programme.year, actor.holds("officer")) for task in rules.own_tasks(open_keys, begun)]
    done = [
        Done(
            standing.step.title,
            standing.at,
            standing.source_words,
            standing.outcome == "declined",
            place_of(rules.Task(standing.step.key, standing.step.title), programme.year),
        )
        for standing in standings
        if standing.at is not None and not (standing.outcome == "declined" and standing.step.key == CONFIRMED)
    ]
    held = actor.memberships[0]
    named = units.names({held.unit_id} | ({held.group_id} if held.group_id else set()), today)
    place = ", ".join(named[i].short for i in (held.unit_id, held.group_id) if i in named)
    return MemberPart(programme, place, tasks[0] if tasks else None, tasks[1:], done)


def begun_keys(actor: Actor, programme: Programme) -> set[str]:
    """The steps that this person has begun and not finished: a running quiz, a draft."""
    begun = {quiz(module) for module in quizzes.running_modules(actor.person_id, programme.id)}
    for kind, key in (("assessment", ASSESSMENT), ("commitment", REGISTERED), ("pledge", REGISTERED)):
        head = records.head_of(actor.person_id, kind, programme.year)
        if head and head.draft_at and head.stage == "draft":
            begun.add(key)
    return begun


def amend(kind: str, year: int) -> ToDo:
    """A record for which the committee asked an addition: it comes before everything else."""
    return ToDo(f"Bổ sung {RECORD_WORDS[kind]}", place_of_record(kind, year), "BCH có góp ý", "Xem góp ý")


def send_again(kind: str, year: int) -> ToDo:
    """A record that waits where nobody can open it any more, as after a move."""
    note = "BCH đã nhận trước đây không còn mở được"
    return ToDo(f"Gửi lại {RECORD_WORDS[kind]}", place_of_record(kind, year), note, "Mở phiếu")


def place_of_record(kind: str, year: int) -> str:
    return url_for("assessments.sheet" if kind == "assessment" else "commitments.sheet", year=year)


def place_of(task: rules.Task, year: int) -> str:
    """Where a step is done, and seen again afterwards."""
    if task.kind == "study":
        return url_for("lessons.module", year=year, module=task.module)
    if task.kind == "quiz":
        return url_for("quizzes.quiz", year=year, module=task.module)
    if task.kind == "assessment":
        return url_for("assessments.sheet", year=year)
    return url_for("commitments.sheet", year=year)


def to_do(task: rules.Task, year: int, officer: bool) -> ToDo:
    url = place_of(task, year)
    if task.kind == "study":
        return ToDo(f"Xem chuyên đề “{task.title}”", url, "Bản ngắn 3 phút, xem bản này là đủ", "Xem ngay")
    if task.kind == "quiz" and task.begun:
        return ToDo(task.title, url, "Đang làm dở, đồng hồ vẫn chạy", "Làm tiếp")
    if task.kind == "quiz":
        return ToDo(task.title, url, "Khoảng 8 phút, làm lại được nhiều lần", "Làm bài")
    if task.kind == "assessment":
        return ToDo(
            "Liên hệ bản thân",
            url,
            "Khoảng 10 phút, giữ riêng cho mình cũng được",
            "Viết tiếp" if task.begun else "Viết",
        )
    if officer:
        return ToDo(
            "Bản cam kết của cán bộ công đoàn", url, "Viết dần, bản nháp tự giữ", "Viết tiếp" if task.begun else "Viết"
        )
    return ToDo("Trả lời về việc làm theo", url, "Khoảng 5 phút, tự nguyện", "Viết tiếp" if task.begun else "Trả lời")
