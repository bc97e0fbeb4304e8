"""The import contracts bite: each kind of violation, planted in a copy of the tree, is refused."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "app",
        tmp_path / "app",
        ignore=shutil.ignore_patterns("__pycache__", "static", "templates", "*.br", "*.gz"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(tree: Path) -> tuple[int, str]:
    done = subprocess.run(
        [BIN / "lint-imports", "--no-cache"], cwd=tree, capture_output=True, text=True, env={"PYTHONPATH": str(tree)}
    )
    return done.returncode, done.stdout + done.stderr


def module(tree: Path, file: str) -> Path:
    """`accounts/queries.py`, or `accounts/queries/__init__.py` where the module has grown into a folder."""
    path = tree / "app" / file
    folder = path.with_suffix("") / "__init__.py"
    return folder if folder.exists() else path


def plant(path: Path, line: str) -> None:
    assert path.exists(), path
    path.write_text(f"{line}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


def test_the_tree_as_it_is_keeps_its_contracts(tree: Path) -> None:
    code, output = lint_imports(tree)
    assert code == 0, output
    assert "0 broken" in output


FLOORS = [
    ("units/queries.py", "import app.accounts.queries"),
    ("accounts/queries.py", "import app.steps.queries"),
    ("steps/actions.py", "import app.lessons.models"),
    ("records/models.py", "import app.commitments.actions"),
    ("lessons/models.py", "import app.quizzes.models"),
    ("quizzes/models.py", "import app.progress.queries"),
    ("progress/queries.py", "import app.home.queries"),
    ("web/guard.py", "import app.accounts.queries"),
    ("jobs/actions.py", "import app.units.models"),
    ("audit.py", "import app.jobs.models"),
    ("sealed.py", "import app.audit"),
    ("db.py", "import app.sealed"),
    ("text.py", "import app.web.forms"),
    ("home/rules.py", "import app.demo"),
]
SIBLINGS = [
    (one, other)
    for one in ("lessons", "assessments", "commitments", "rosters")
    for other in ("lessons", "assessments", "commitments", "rosters")
    if one != other
]
BLIND = [("steps", "records"), ("records", "steps"), ("web", "jobs"), ("jobs", "web"), ("jobs", "documents")]
INSIDE = [
    ("accounts/models.py", "import app.accounts.queries"),
    ("accounts/queries.py", "import app.accounts.actions"),
    ("accounts/policies.py", "import app.accounts.forms"),
    ("accounts/models.py", "import app.accounts.views"),
    ("steps/models.py", "import app.steps.commands"),
    ("accounts/forms.py", "import app.accounts.views"),
    ("units/rules.py", "import app.units.models"),
    ("records/models.py", "import app.records.texts"),
    ("records/texts.py", "import app.records.queries"),
    ("records/actions.py", "import app.records.desk"),
    ("records/forms.py", "import app.records.desk"),
    ("jobs/actions.py", "import app.jobs.transport"),
]
PURE = ["flask", "sqlalchemy", "os", "time", "random", "secrets", "app.clock", "app.chance", "app.db", "app.web.forms"]
IMPURE_BELOW = [
    ("records/rules.py", "import app.units.queries"),
    ("records/rules.py", "import app.accounts.models"),
    ("quizzes/rules.py", "import app.steps.actions"),
    ("quizzes/rules.py", "import app.lessons.content"),
    ("home/rules.py", "import app.records.texts"),
    ("home/rules.py", "import app.accounts.passwords"),
    ("accounts/rules.py", "import argon2"),
    ("accounts/rules.py", "import requests"),
    ("lessons/rules.py", "import socket"),
    ("lessons/rules.py", "from pathlib import Path"),
]
PAGES = [
    ("home/queries.py", "import app.accounts.views"),
    ("progress/views.py", "import app.accounts.views"),
    ("quizzes/views.py", "import app.lessons.views"),
    ("quizzes/views.py", "import app.steps.commands"),
]


def test_an_import_upward_is_refused(tree: Path) -> None:
    """Takes 2 s: all kinds of one contract are planted one by one into the same tree, which is read once each."""
    check_each(tree, FLOORS, "Floors")


def test_siblings_stay_blind_to_each_other(tree: Path) -> None:
    plants = [
        (f"{one}/{low(tree, one)}.py", f"import app.{other}.{low(tree, other)}") for one, other in SIBLINGS + BLIND
    ]
    check_each(tree, plants, "Floors")


def low(tree: Path, slice_: str) -> str:
    """A module of this slice that stands low, so that only the floor is in the way."""
    names = ("queries", "actions", "forms", "headers", "spreadsheet")
    return next(name for name in names if module(tree, f"{slice_}/{name}.py").exists())


def test_inside_a_slice_data_does_not_know_pages(tree: Path) -> None:
    check_each(tree, INSIDE, "Inside a slice")


@pytest.mark.parametrize("name", ["units", "accounts", "steps", "records", "rosters", "quizzes", "home", "progress"])
def test_rules_stay_pure(tree: Path, name: str) -> None:
    check_together(tree, [(f"{name}/rules.py", f"import {forbidden}") for forbidden in PURE])


def test_rules_know_no_rows_and_no_deeds_of_any_slice(tree: Path) -> None:
    check_together(tree, IMPURE_BELOW)


def test_pages_belong_to_assembly(tree: Path) -> None:
    check_each(tree, PAGES, "Pages and commands belong to assembly")


def test_bleach_stands_behind_one_module(tree: Path) -> None:
    check_each(
        tree,
        [(file, "import bleach") for file in ("records/forms.py", "web/templating.py", "db.py")],
        "bleach stands behind",
    )


def test_a_slice_without_a_floor_is_refused(tree: Path) -> None:
    (tree / "app/whatever").mkdir()
    (tree / "app/whatever/__init__.py").touch()
    code, output = lint_imports(tree)
    assert code != 0
    assert "whatever" in output


def check_each(tree: Path, plants: list[tuple[str, str]], contract: str) -> None:
    for file, line in plants:
        path = module(tree, file)
        before = path.read_bytes()
        plant(path, line)
        code, output = lint_imports(tree)
        assert code == 1, (file, line, output)
        broken = [row for row in output.splitlines() if row.endswith("BROKEN")]
        assert any(row.startswith(contract) for row in broken), (file, line, output)
        path.write_bytes(before)


def check_together(tree: Path, plants: list[tuple[str, str]]) -> None:
    """As `check_each`, in one look: what rules may not import is named import by import."""
    for file, line in plants:
        plant(module(tree, file), line)
    code, output = lint_imports(tree)
    assert code == 1
    for file, line in plants:
        name = module(tree, file).relative_to(tree).with_suffix("").as_posix().replace("/", ".")
        importer, imported = name.removesuffix(".__init__"), line.split()[1]
        assert f"{importer} -> {imported} (" in output, (file, line, output)


# --- what no module may read or draw for itself ------------------------------------------------------------------

BANNED = [
    "import datetime\n\nnow = datetime.datetime.now()",
    "from datetime import datetime\n\nnow = datetime.now()",
    "from datetime import datetime\n\nnow = datetime.utcnow()",
    "from datetime import date\n\nday = date.today()",
    "import time\n\nnow = time.time()",
    "from time import time\n\nnow = time()",
    "import time\n\nnow = time.time_ns()",
    "import random\n\nn = random.random()",
    "from random import choice\n\nn = choice([1])",
    "import secrets\n\nt = secrets.token_hex()",
    "import os\n\nb = os.urandom(3)",
    "import uuid\n\nu = uuid.uuid4()",
    "from uuid import uuid4\n\nu = uuid4()",
]


def ruff(tree: Path, file: str) -> tuple[int, str]:
    done = subprocess.run(
        [BIN / "ruff", "check", "--no-cache", "--select", "TID251", f"app/{file}"],
        cwd=tree,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("source", BANNED)
def test_time_and_chance_are_read_in_one_place(tree: Path, source: str) -> None:
    (tree / "app/home/planted.py").write_text(source + "\n", encoding="utf-8")
    code, output = ruff(tree, "home/planted.py")
    assert code == 1
    assert "TID251" in output


def test_the_tree_as_it_is_reads_them_in_one_place(tree: Path) -> None:
    assert ruff(tree, "") == (0, "All checks passed!\n")
