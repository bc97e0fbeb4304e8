"""A file is kept once, sealed, under the digest of what lies on disk; found by what it is kept for; gone in time."""

import os
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock, sealed
from app.audit import AuditLine
from app.db import db, writing
from app.files import actions, queries, rules, serving, store
from app.files.models import File, FileReference
from app.files.rules import FileLost
from app.refusal import NotThere
from tests.files import hostile
from tests.files.test_pictures import photo

OWNER = UUID(int=5)


def kept(app: Flask, data: bytes | None = None, owner: UUID | None = OWNER, subject: str = "a", key: str = "k") -> UUID:
    with app.app_context():
        prepared = actions.prepare(photo() if data is None else data, owner)
        with writing():
            return actions.keep(None, prepared, "evidence", subject, key)


def on_disk(app: Flask) -> list[Path]:
    folder: Path = app.extensions["settings"].state / "files"
    return sorted(path for path in folder.glob("**/*") if path.is_file())


def rows(app: Flask, model: type[File] | type[FileReference]) -> int:
    with app.app_context():
        number = db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
        db.session.rollback()
        return number


@pytest.fixture(autouse=True)
def empty(app: Flask) -> None:
    shutil.rmtree(app.extensions["settings"].state / "files", ignore_errors=True)


def test_what_is_kept_comes_back_as_it_was_cleaned(app: Flask) -> None:
    reference = kept(app)
    with app.app_context():
        file = queries.file_of("evidence", "a", reference)
        body = queries.body(file)
        assert body[:3] == b"\xff\xd8\xff"
        assert len(body) == file.size
        assert [one.reference for one in queries.files_of("evidence", "a")] == [reference]
        db.session.rollback()


def test_on_disk_it_is_sealed_readable_by_us_only_and_named_by_its_own_digest(app: Flask) -> None:
    kept(app)
    (path,) = on_disk(app)
    assert b"\xff\xd8\xff" not in path.read_bytes()[:64]
    assert path.stat().st_mode & 0o077 == 0
    with app.app_context():
        assert store.write(path.read_bytes()) == path.parent.name + path.name
        db.session.rollback()


def test_a_form_that_is_sent_twice_keeps_one_file(app: Flask) -> None:
    assert kept(app) == kept(app)
    assert rows(app, FileReference) == 1
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(AuditLine.verb == "file.keep")) == 1
        left = db.session.scalars(sa.select(File.left_at)).all()
        assert sorted(at is None for at in left) == [False, True]  # the second upload waits to be swept
        db.session.rollback()


def test_two_plain_files_of_one_content_lie_there_once(app: Flask) -> None:
    kept(app, owner=None, subject="a")
    kept(app, owner=None, subject="b")
    assert (rows(app, File), rows(app, FileReference), len(on_disk(app))) == (1, 2, 1)


def test_a_file_is_found_through_what_it_is_kept_for_alone(app: Flask) -> None:
    reference = kept(app)
    with app.app_context():
        for purpose, subject, asked in (
            ("evidence", "b", reference),
            ("portrait", "a", reference),
            ("evidence", "a", uuid4()),
        ):
            with pytest.raises(NotThere):
                queries.file_of(purpose, subject, asked)
        with writing():
            actions.release(None, "evidence", "b", reference)
        assert queries.file_of("evidence", "a", reference)
        db.session.rollback()


def age(app: Flask) -> None:
    """What lies on disk was written eight days ago."""
    for path in on_disk(app):
        os.utime(path, (path.stat().st_mtime - 8 * 86400,) * 2)


def swept(app: Flask) -> int:
    with app.app_context(), clock.shifted(timedelta(days=8)):
        return actions.sweep()


def test_what_nothing_refers_to_goes_after_a_while_and_not_before(app: Flask) -> None:
    reference = kept(app)
    for _ in range(2):
        with app.app_context(), writing():
            actions.release(None, "evidence", "a", reference)
    with app.app_context():
        assert actions.sweep() == 0
        assert db.session.scalar(sa.select(sa.func.count()).where(AuditLine.verb == "file.release")) == 1
        db.session.rollback()
    age(app)
    assert swept(app) == 1
    assert (rows(app, File), on_disk(app)) == (0, [])


def test_a_file_with_another_reference_stays(app: Flask) -> None:
    first = kept(app, owner=None, subject="a")
    kept(app, owner=None, subject="b")
    with app.app_context(), writing():
        actions.release(None, "evidence", "a", first)
    age(app)
    assert swept(app) == 0
    assert rows(app, File) == 1


def test_what_is_kept_again_within_its_time_stays(app: Flask) -> None:
    first = kept(app, owner=None)
    with app.app_context(), writing():
        actions.release(None, "evidence", "a", first)
    kept(app, owner=None, key="again")
    age(app)
    assert swept(app) == 0
    assert len(on_disk(app)) == 1


def test_what_was_never_kept_and_what_was_never_whole_are_swept(app: Flask) -> None:
    with app.app_context():
        actions.prepare(photo(), OWNER)
        db.session.rollback()
    (path,) = on_disk(app)
    path.with_name(".half").write_bytes(b"half")
    assert swept(app) == 0  # it was written just now: it may be about to be kept
    age(app)
    assert swept(app) == 2
    assert on_disk(app) == []


def test_whoever_loses_the_key_loses_the_pictures(app: Flask) -> None:
    reference = kept(app)
    with app.app_context():
        sealed.store().forget(OWNER)
        with pytest.raises(FileLost):
            queries.body(queries.file_of("evidence", "a", reference))
        db.session.rollback()


def test_a_sealed_file_does_not_open_in_the_place_of_another(app: Flask) -> None:
    first, second = kept(app, key="1"), kept(app, key="2")
    with app.app_context():
        one, two = (queries.file_of("evidence", "a", reference) for reference in (first, second))
        shutil.copy(store.path_of(one.digest), store.path_of(two.digest))
        with pytest.raises(FileLost):
            queries.body(two)
        db.session.rollback()


def test_a_backup_put_back_is_complete_and_one_that_is_not_is_told(app: Flask, tmp_path: Path) -> None:
    reference = kept(app)
    kept(app, hostile.pdf(), key="2")
    folder: Path = app.extensions["settings"].state / "files"
    shutil.copytree(folder, tmp_path / "files")
    shutil.rmtree(folder)
    runner = app.test_cli_runner()
    lost = runner.invoke(args=["files", "check"])
    assert (lost.exit_code, "2 lost" in lost.output) == (1, True)
    shutil.copytree(tmp_path / "files", folder)
    whole = runner.invoke(args=["files", "check"])
    assert (whole.exit_code, whole.output.startswith("2 files, ")) == (0, True)
    with app.app_context():
        assert queries.body(queries.file_of("evidence", "a", reference))[:3] == b"\xff\xd8\xff"
        db.session.rollback()
    changed = on_disk(app)[0]
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    assert runner.invoke(args=["files", "check"]).exit_code == 1


@pytest.mark.parametrize(
    ("data", "shown"),
    [(None, "inline"), (hostile.pdf(), 'attachment; filename="minh-chung.pdf"')],
    ids=["photo", "pdf"],
)
def test_what_is_served_can_do_nothing(app: Flask, data: bytes | None, shown: str) -> None:
    reference = kept(app, data)
    with app.test_request_context():
        answer = serving.answer(queries.file_of("evidence", "a", reference), "Minh chứng")
        db.session.rollback()
    assert answer.headers["Content-Disposition"] == shown
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.mimetype in ("image/jpeg", "application/pdf")


def test_what_is_too_old_is_told_by_a_rule() -> None:
    now = clock.now()
    assert rules.is_over(now - rules.GRACE, now)
    assert not rules.is_over(now - rules.GRACE + timedelta(seconds=1), now)
