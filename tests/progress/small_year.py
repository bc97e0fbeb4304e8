"""What is asked in a small year."""

from app.steps.queries import Step
from app.steps.rules import REGISTERED

ALL = frozenset({"all"})
STEPS = [
    Step("study:neu-guong", "Chuyên đề Nêu gương", ALL),
    Step("study:nq-tw4", "Nghị quyết Trung ương 4", frozenset({"officers"})),
    Step(REGISTERED, "Đăng ký việc làm theo", ALL),
]
STUDY = "study:neu-guong"
