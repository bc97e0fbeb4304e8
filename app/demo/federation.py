"""The demo federation: eight units and 160 people, each at another point of the year.

Everything is done by the slices' own actions, at the time at which the story has it happen; nothing is written past
them. Only chance is absent: the same people stand at the same points each time.
"""

import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from app import chance, clock, sealed
from app.accounts import actions as accounts
from app.accounts import passwords
from app.accounts.models import Account, Person
from app.accounts.queries import Actor, actor_for, officers_of
from app.accounts.rules import RoleName
from app.config import Settings
from app.db import db, writing
from app.demo import people, texts
from app.demo.people import DemoUnit
from app.lessons import actions as lessons
from app.lessons.queries import open_modules
from app.quizzes import actions as quizzes
from app.quizzes import queries as quiz_queries
from app.records import actions as records
from app.records import queries as record_queries
from app.records import texts as sealing
from app.records.models import RecordVersion
from app.records.rules import record_id
from app.steps import actions as steps
from app.steps import queries as step_queries
from app.steps.rules import ASSESSMENT, study
from app.units import actions as units
from app.units.models import Unit

YEAR = 2020
START = date(2020, 1, 2)


def make_once() -> bool:
    """Make the demo where there is nobody yet; returns whether it was made."""
    settings: Settings = current_app.extensions["settings"]
    if db.session.scalar(sa.select(sa.func.count()).select_from(Person)):
        return False
    mark = _unfinished(settings)
    mark.touch()
    begin = datetime.combine(settings.demo_date, time(8), clock.VIETNAM).astimezone(UTC)
    clock.begin_story(clock.offset() + (begin - clock.now()))
    clock.store_offset(settings.state, clock.offset())
    _Story(settings.demo_date - timedelta(days=1)).tell()
    mark.unlink()
    return True


def _unfinished(settings: Settings) -> Path:
    """There while the demo is being made, and after that was interrupted."""
    return settings.state / "demo-unfinished"


def was_interrupted(settings: Settings) -> bool:
    return _unfinished(settings).exists()


def start_over(settings: Settings) -> None:
    """Take away the demo, finished or not, so that it can be made anew; only what lies in its own state folder."""
    if db.engine.dialect.name != "sqlite":
        url = db.engine.url.render_as_string()
        sys.exit(f"The demo in {url} was interrupted: empty that database, then start again.")
    db.session.close()
    for engine in db.engines.values():
        engine.dispose()
    for database in ("lamtheo.db", "jobs.db", "keys.db"):
        for name in (database, f"{database}-wal", f"{database}-shm"):
            (settings.state / name).unlink(missing_ok=True)
    shutil.rmtree(settings.state / "files", ignore_errors=True)
    (settings.state / "clock-offset").unlink(missing_ok=True)
    _unfinished(settings).unlink(missing_ok=True)
    clock.begin_story(timedelta())
    current_app.extensions["key_store"] = sealed.KeyStore(db.get_engine("keys"), settings.master_key)


@dataclass(frozen=True)
class Member:
    """A person of the story: which of the unit, and how far they have come (see `_Story.live`)."""

    id: UUID
    number: int
    unit: str
    officer: bool = False
    inside: bool = True


class _Story:
    """Spring 2020 in one district, until the evening of `last`."""

    def __init__(self, last: date) -> None:
        self.last = last
        self.hash = passwords.hashed(people.PASSWORD)
        self.members: list[Member] = []
        self.officers: dict[str, list[UUID]] = {}
        self.number = 0

    def tell(self) -> None:
        with self.at(START):
            self.open_units()
        for unit in people.UNITS:
            with self.at(START + timedelta(days=5)):
                self.fill(unit)
        self.programme = step_queries.programme_of_year(YEAR).id
        self.modules = [module.slug for module in open_modules(self.programme)]
        for member in self.members:
            self.live(member)

    def at(self, day: date, hour: int = 9, minute: int = 0) -> "_Then":
        return _Then(datetime.combine(day, time(hour, minute), clock.VIETNAM).astimezone(UTC))

    # --- who there is ---------------------------------------------------------------------------------------------

    def open_units(self) -> None:
        code, name, short, phone = people.FEDERATION
        with writing():
            units.install_kinds()
            top = units.open_unit(None, code, name, "district", None, START, short, phone)
            for unit in people.UNITS:
                made = units.open_unit(None, unit.code, unit.name, "grassroots", top.id, START, unit.short, unit.phone)
                for n, group in enumerate(unit.groups, start=1):
                    units.open_unit(None, f"{unit.code}{n}", group, "group", made.id, START)
            self.appoint(people.FEDERATION_CHAIR, top, "officer", "chair")
            self.appoint(people.FEDERATION_OFFICER, top, "officer", "committee")
            self.appoint(people.ADMIN, top, "admin")

    def appoint(self, who: tuple[str, str], unit: Unit, role: RoleName, duty: str | None = None) -> None:
        person = accounts.add_person(None, who[0], who[1])
        accounts.give_code(person.id, unit)
        accounts.grant(None, person.id, unit, role, START, duty)
        self.let_in(person.id)

    def let_in(self, person: UUID) -> None:
        db.session.get_one(Account, person).password_hash = self.hash

    def fill(self, demo: DemoUnit) -> None:
        """The unit's members, its chair, vice chair and third committee member first. One in nine has not been in."""
        with writing():
            unit = _unit(demo.code)
            groups = [_unit(f"{demo.code}{n}") for n in range(1, len(demo.groups) + 1)]
            for n in range(demo.members):
                name, address = _named(demo, n) or people.name_of(self.number, demo.women)
                officer = n < min(3, demo.members // 4)
                group = groups[-1] if n == 3 and groups else groups[n % len(groups)] if groups else None
                person = accounts.add_person(None, name, address)
                accounts.join(None, person, unit, START, group, holds_office=officer or n % 11 == 5)
                if officer:
                    duty = ("chair", "vice_chair", "committee")[n]
                    accounts.grant(None, person.id, unit, "officer", START, duty)
                    self.officers.setdefault(demo.code, []).append(person.id)
                inside = n < 4 or n % 9 != 8
                if inside:
                    self.let_in(person.id)
                self.members.append(Member(person.id, self.number, demo.code, officer, inside))
                self.number += 1

    # --- what they did --------------------------------------------------------------------------------------------

    def live(self, member: Member) -> None:
        """How far this person has come. Those whose accounts are printed have the day's work before them."""
        n = member.number
        if member.unit == "MSH" and n in (0, 2, 3):
            return
        if not member.inside:
            return self.attend(member)
        reach = 8 if member.officer else (n * 7 + len(member.unit)) % 9
        day = date(2020, 3, 23) + timedelta(days=n % 38)
        deeds = ((0, self.study), (1, self.answer), (2, self.reflect), (4, self.register), (7, self.review))
        for later, deed in deeds[:reach]:
            when = day + timedelta(days=later)
            if deed == self.review:
                when = min(when, self.last)
            if when <= self.last:
                deed(member, when)

    def attend(self, member: Member) -> None:
        """Who has not been in yet can still have studied at the meeting."""
        met = date(2020, 4, 3)
        if member.number % 2 and met <= self.last:
            with self.at(met, 17), writing():
                for slug in self.asked(member):
                    steps.record(member.id, self.programme, study(slug), clock.now(), "meeting", self.chair(member))

    def study(self, member: Member, day: date) -> None:
        """Most read on the phone; one in three had it at a meeting."""
        for slug in self.asked(member):
            with self.at(day, 12, member.number % 50), writing():
                module = next(m for m in open_modules(self.programme) if m.slug == slug)
                if member.number % 3 == 0:
                    steps.record(member.id, self.programme, study(slug), clock.now(), "meeting", self.chair(member))
                else:
                    lessons.finish_module(member.id, module.id)

    def asked(self, member: Member) -> list[str]:
        """The modules that this person is asked for."""
        day = clock.today()
        standings = step_queries.standing_of(member.id, self.programme, day)
        return [m for m in self.modules if any(s.asked and s.step.key == study(m) for s in standings)]

    def chair(self, member: Member) -> UUID:
        return self.officers[member.unit][0]

    def answer(self, member: Member, day: date) -> None:
        """A quiz with so many right answers: some pass at once, some at the second try, some still have it to do."""
        for slug in self.asked(member):
            first = 6 if member.number % 4 == 1 else 7 + member.number % 4
            self.attempt(member, slug, day, 1, first)
            if first < 7 and member.number % 8 == 1:
                self.attempt(member, slug, day, 2, 9)

    def attempt(self, member: Member, slug: str, day: date, n: int, right: int) -> None:
        with self.at(day, 19, (member.number * 3 + n * 15) % 60):
            quiz = quiz_queries.quiz_of(YEAR, slug)
            paper = quizzes.plan_paper(member.id, quiz)
            with writing():
                quizzes.start(member.id, quiz, n, paper, "mẫu", _unit(member.unit).id)
            attempt = quiz_queries.attempt_of(actor_for(member.id), YEAR, slug, n).id
            answers = _answers(paper.items, right)
        with self.at(day, 19, (member.number * 3 + n * 15) % 60), clock.shifted(timedelta(minutes=6)), writing():
            quizzes.save(member.id, attempt, 1, chance.row_id(), answers)
            quizzes.submit(member.id, attempt, 1)

    def reflect(self, member: Member, day: date) -> None:
        """`Liên hệ bản thân`: most keep it to themselves, some did it on paper at the meeting."""
        with self.at(day, 20, member.number % 60):
            if member.number % 5 == 2:
                with writing():
                    steps.record(member.id, self.programme, ASSESSMENT, clock.now(), "paper", self.chair(member))
                return
            found = self.form(member, "assessment")
            seen, will = texts.REFLECTIONS[member.number % len(texts.REFLECTIONS)]
            body = {
                section.key: will if n % 2 else seen
                for n, section in enumerate(s for s in found.sections if s.type == "text")
            }
            record = record_id(member.id, found.id)
            sealed = sealing.seal_draft(record, member.id, body)
            with writing():
                records.keep(member.id, found.id, sealed, 0)

    def register(self, member: Member, day: date) -> None:
        """One in ten says no this year; officers sign their pledge; the others register a deed."""
        with self.at(day, 20, 5 + member.number % 50):
            found = self.form(member, "pledge" if member.officer else "commitment")
            if member.number % 10 == 4 and not member.officer:
                with writing():
                    records.decline(member.id, found.id, 0)
                return
            self.send(member, found, 0)

    def send(self, member: Member, found: record_queries.FormRow, lock: int) -> None:
        deeds = texts.DEEDS[member.unit]
        what, how, until = deeds[member.number % len(deeds)]
        deed = {"what": what, "how": how, "until": until.isoformat()}
        body = {
            section.key: [deed]
            if section.type == "deeds"
            else texts.REFLECTIONS[(member.number + n) % len(texts.REFLECTIONS)][1]
            for n, section in enumerate(found.sections)
        }
        snapshot = sealing.snapshot(member.id, found.sections, body)
        readers = record_queries.readers_before(member.id, None, clock.today())
        if readers.unit is None:
            return
        to = readers.unit.id
        with writing():
            records.submit(member.id, found.id, snapshot, lock, to)

    def review(self, member: Member, day: date) -> None:
        """Two in three are confirmed; of some an addition was asked for; the rest waits on the desk."""
        if member.number % 5 in (1, 4) and not member.officer:
            return
        with self.at(day, 16, member.number % 60):
            found = self.form(member, "pledge" if member.officer else "commitment")
            head = record_queries.head(record_id(member.id, found.id))
            if head is None or head.stage != "submitted" or head.reviewing_unit is None:
                return
            reviewer = self.reviewer(member, head.reviewing_unit)
            if reviewer is None:
                return
            version = _last_version(head.id)
            records.open_text(reviewer, version)
            asks = member.number % 7 == 2 and not member.officer
            said = texts.COMMENTS[member.number % len(texts.COMMENTS)] if asks else ""
            comments = sealing.seal_comments(member.id, {"deeds_1_how": said})
            decision = records.Decision(head.id, version, head.lock_version, comments)
            with writing():
                (records.return_ if asks else records.confirm)(reviewer.person_id, decision)

    def reviewer(self, member: Member, unit: int) -> Actor | None:
        others = [o for o in officers_of(unit, clock.today()) if o.person_id != member.id]
        return actor_for(others[member.number % len(others)].person_id) if others else None

    def form(self, member: Member, kind: str) -> record_queries.FormRow:
        return record_queries.form_for(kind, YEAR, _unit(member.unit).id, clock.today())


class _Then:
    """Within the block the clock shows that moment, and runs on from it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __enter__(self) -> None:
        self.before = clock.offset()
        clock.set_offset(self.before + (self.moment - clock.now()))

    def __exit__(self, *error: object) -> None:
        clock.set_offset(self.before)


def _unit(code: str) -> Unit:
    return db.session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def _named(demo: DemoUnit, n: int) -> tuple[str, str] | None:
    """The people of the first unit whose accounts are printed."""
    known = (people.CHAIR, people.SECOND, people.OFFICER, people.MEMBER)
    return known[n] if demo.code == "MSH" and n < len(known) else None


def _last_version(record: UUID) -> UUID:
    versions = sa.select(RecordVersion.id).where(RecordVersion.record_id == record)
    return db.session.scalars(versions.order_by(RecordVersion.n.desc()).limit(1)).one()


def _answers(items: quizzes.Items, right: int) -> dict[str, list[str]]:
    """Answers of which the first `right` are right."""
    keys = quiz_queries.keys_of([item["revision"] for item in items])
    answers = {}
    for n, item in enumerate(items):
        key = keys[item["revision"]]
        wrong = [option for option in item["options"] if option not in key.right and key.kind in ("single", "several")]
        known = sorted(key.right)[:1] if key.kind == "fill" else sorted(key.right)
        answers[str(item["revision"])] = known if n < right else wrong[:1]
    return answers
