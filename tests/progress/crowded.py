"""A year with many modules: what the completion table must still show so that it can be read."""

from datetime import date, timedelta
from typing import Any

from app import clock
from app.db import db, writing
from app.steps import actions as steps
from app.steps.queries import Step
from app.steps.rules import ASSESSMENT, CONFIRMED, REGISTERED, quiz, study
from app.units.queries import by_code
from tests import make
from tests.world import World

ALL, OFFICERS, OFFICE = frozenset({"all"}), frozenset({"officers"}), frozenset({"office", "officers"})
HEADINGS = (
    "Trung ương 4",
    "Nêu gương",
    "Đại đoàn kết",
    "Dân vận khéo",
    "Phong cách Bác",
    "Văn hóa công sở",
    "Nhiệm vụ đảng viên",
    "Tiết kiệm",
    "Kỷ luật lao động",
    "Nghiêm túc tự phê bình",
    "Ra đi tìm đường",
    "Thi đua ái quốc",
    "Chống quan liêu",
    "Di chúc",
    "Công đoàn Việt Nam",
)
MEMBERS = ("hoa", "bich", "hanh", "tuan", "thu")
LONG = ("Nguyễn Hoàng Phương Thảo Nguyên", "Trương Nghiêm Thị Khuyên")


def steps_of(modules: int) -> list[Step]:
    """Study and quiz of so many modules, every second one for officers only, then the year's records."""
    found = []
    for n, heading in enumerate(HEADINGS[:modules]):
        audience = (ALL, OFFICE, ALL, OFFICERS)[n % 4]
        found.append(Step(study(f"m{n}"), f"Chuyên đề {heading}", audience, heading))
        found.append(Step(quiz(f"m{n}"), f"Trắc nghiệm: chuyên đề {heading}", audience, heading))
    return [
        *found,
        Step(ASSESSMENT, "Liên hệ bản thân", ALL),
        Step(REGISTERED, "Đăng ký việc làm theo", ALL, "Việc làm theo"),
        Step(CONFIRMED, "BCH xác nhận", ALL, "Việc làm theo"),
    ]


def crowd(world: World, modules: int) -> None:
    """The world in such a year, two members with long names more, everybody at another point."""
    people = [getattr(world, who) for who in MEMBERS]
    people += [make.person(world.app, name, "MSH", holds_office=True) for name in LONG]
    asked = steps_of(modules)
    with world.app.app_context():
        with writing():
            programme = steps.define_programme("2020", 2020, "Kế hoạch 08", "Chủ đề", "")
            steps.define_steps(programme, asked)
            chosen = programme.id
        with writing():
            for n, person in enumerate(people):
                for k, step in enumerate(asked[: (n * 5) % (len(asked) + 1)]):
                    outcome: Any = "declined" if step.key == REGISTERED and n % 2 else "done"
                    source: Any = ("online", "meeting", "paper", "typed_in")[(n + k) % 4]
                    at = clock.start_of(date(2020, 3, 28) + timedelta(days=n + k))
                    if step.key != CONFIRMED:
                        steps.record(person, chosen, step.key, at, source, None, outcome)
        unit = by_code("MSH", clock.today())
        assert unit is not None
        db.session.rollback()
