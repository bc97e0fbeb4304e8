"""app.config: safe defaults, and a production start that names everything it lacks at once."""

import stat
from datetime import date
from pathlib import Path

import pytest

from app import config
from app.config import UnsafeStart

KEY = "ab" * 32


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "master-key"
    path.write_text(KEY + "\n", encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture
def complete(tmp_path: Path, key_file: Path) -> dict[str, str]:
    state = tmp_path / "state"
    state.mkdir()
    return {
        "LAM_THEO_MODE": "production",
        "STATE_DIR": str(state),
        "DATABASE_URL": "postgresql+psycopg://lamtheo@db/lamtheo",
        "KEYS_URL": "postgresql+psycopg://keys@keys/keys",
        "PUBLIC_URL": "https://lamtheo.example.vn/",
        "SECRET_KEY": "s" * 64,
        "MASTER_KEY_FILE": str(key_file),
        "TRUSTED_PROXIES": "1",
    }


def refusal(environ: dict[str, str]) -> list[str]:
    with pytest.raises(UnsafeStart) as refused:
        config.read(environ)
    return str(refused.value).splitlines()


def test_complete_settings_are_accepted(complete: dict[str, str]) -> None:
    settings = config.read(complete)
    assert settings.production
    assert settings.durable
    assert settings.master_key == bytes.fromhex(KEY)
    assert settings.public_url == "https://lamtheo.example.vn"
    assert settings.keys_url == complete["KEYS_URL"]
    assert settings.trusted_proxies == 1


def test_a_production_start_names_every_missing_thing_at_once(tmp_path: Path) -> None:
    faults = refusal({"LAM_THEO_MODE": "production", "STATE_DIR": str(tmp_path), "DEMO_DATE": "2020-05-12"})
    for name in ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "MASTER_KEY_FILE", "DEMO_DATE", "TRUSTED_PROXIES"):
        assert any(name in fault for fault in faults), name
    assert len(faults) == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "http://lamtheo.example.vn"),
        ("DATABASE_URL", ""),
        ("MASTER_KEY_FILE", "/nowhere/at/all"),
        ("DEMO_DATE", "2020-05-12"),
    ],
)
def test_one_unsafe_setting_is_enough_to_refuse(complete: dict[str, str], name: str, value: str) -> None:
    faults = refusal(complete | {name: value})
    assert len(faults) == 1
    assert value in faults[0] or name in faults[0]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_master_key_that_others_can_read_is_refused(complete: dict[str, str], key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    assert "chmod 600" in refusal(complete)[0]


@pytest.mark.parametrize("value", ["zz" * 32, "ab" * 16, ""])
def test_a_master_key_of_another_form_is_refused(complete: dict[str, str], key_file: Path, value: str) -> None:
    key_file.write_text(value, encoding="ascii")
    assert "32 random bytes" in refusal(complete)[0]


def test_production_does_not_begin_on_the_state_of_a_demo(complete: dict[str, str]) -> None:
    (Path(complete["STATE_DIR"]) / "clock-offset").write_text("-1000\n", encoding="ascii")
    assert "demo" in refusal(complete)[0]


@pytest.mark.parametrize(
    ("name", "value"), [("TRUSTED_PROXIES", "two"), ("TRUSTED_PROXIES", "-1"), ("LAM_THEO_MODE", "prod")]
)
def test_a_setting_that_cannot_be_read_is_refused_in_words(complete: dict[str, str], name: str, value: str) -> None:
    assert name in refusal(complete | {name: value})[0]


def test_roles_that_need_a_second_step_are_named_and_no_others(tmp_path: Path) -> None:
    state = {"STATE_DIR": str(tmp_path)}
    assert "SECOND_STEP_FOR" in refusal(state | {"SECOND_STEP_FOR": "admin, director"})[0]
    assert config.read(state | {"SECOND_STEP_FOR": "admin, organiser"}).second_step_for == ("admin", "organiser")
    assert config.read(state).second_step_for == ()


def test_a_demo_date_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    assert "DEMO_DATE" in refusal({"STATE_DIR": str(tmp_path), "DEMO_DATE": "12/5/2020"})[0]


def test_without_any_setting_it_is_the_demo_with_secrets_of_its_own(tmp_path: Path) -> None:
    state = tmp_path / "var"
    settings = config.read({"STATE_DIR": str(state)})
    assert settings.mode == "demo"
    assert settings.demo_date == date(2020, 5, 12)
    assert settings.database_url == f"sqlite:///{state}/lamtheo.db"
    assert settings.jobs_file == state / "jobs.db"
    for secret in ("secret-key", "master-key"):
        assert stat.S_IMODE((state / secret).stat().st_mode) == 0o600
    again = config.read({"STATE_DIR": str(state)})
    assert (again.secret_key, again.master_key) == (settings.secret_key, settings.master_key)
    assert settings.secret_key != settings.master_key.hex()


def test_two_demos_do_not_share_their_secrets(tmp_path: Path) -> None:
    one, other = (config.read({"STATE_DIR": str(tmp_path / name)}) for name in ("một", "hai"))
    assert one.secret_key != other.secret_key
    assert one.master_key != other.master_key


def test_the_demo_begins_on_the_day_that_is_named(tmp_path: Path) -> None:
    assert config.read({"STATE_DIR": str(tmp_path), "DEMO_DATE": "2020-08-19"}).demo_date == date(2020, 8, 19)


def test_a_demo_is_refused_where_somebody_has_set_what_a_real_site_needs(tmp_path: Path) -> None:
    """Forgetting LAM_THEO_MODE must not bring invented people into a real database."""
    for name, value in (("DATABASE_URL", "postgresql+psycopg://real"), ("PUBLIC_URL", "https://lamtheo.example.vn")):
        faults = refusal({"STATE_DIR": str(tmp_path / "state"), name: value})
        assert name in faults[0]
        assert "LAM_THEO_MODE" in faults[0]
    assert not (tmp_path / "state").exists()
    meant = config.read(
        {"STATE_DIR": str(tmp_path), "LAM_THEO_MODE": "demo", "DATABASE_URL": "postgresql+psycopg://mine"}
    )
    assert meant.mode == "demo"


def test_keys_in_the_same_database_as_the_texts_are_refused(complete: dict[str, str]) -> None:
    assert "KEYS_URL" in refusal(complete | {"KEYS_URL": complete["DATABASE_URL"]})[0]


def test_a_database_address_that_cannot_be_read_is_a_fault_like_others(complete: dict[str, str]) -> None:
    assert "DATABASE_URL cannot be read" in refusal(complete | {"DATABASE_URL": "lamtheo.db"})[0]


def test_a_demo_before_its_own_story_is_refused(tmp_path: Path) -> None:
    assert "DEMO_DATE" in refusal({"STATE_DIR": str(tmp_path), "DEMO_DATE": "2019-12-31"})[0]


def test_the_state_folder_is_made_for_production_too(complete: dict[str, str], tmp_path: Path) -> None:
    config.read(complete | {"STATE_DIR": str(tmp_path / "new" / "state")})
    assert stat.S_IMODE((tmp_path / "new" / "state").stat().st_mode) == 0o700


def test_the_practice_ground_is_named_by_its_address(complete: dict[str, str]) -> None:
    assert (
        config.read(complete | {"PRACTICE_URL": "https://santap.example.vn"}).practice_url
        == "https://santap.example.vn"
    )
    assert "PRACTICE_URL must be the address" in "".join(refusal(complete | {"PRACTICE_URL": "santap.example.vn"}))


# --- mail ---------------------------------------------------------------------------------------------------------

FROM = {"LAM_THEO_MAIL_FROM": "Làm Theo <lamtheo@congdoan.example.vn>"}


def test_without_a_server_no_mail_is_sent(complete: dict[str, str]) -> None:
    assert config.read(complete).mail is None


@pytest.mark.parametrize(
    ("url", "port", "security", "password"),
    [
        ("smtp+starttls://ban:m%40t@mail.example.vn", 587, "starttls", "m@t"),
        ("smtps://ban:m@mail.example.vn:4650", 4650, "tls", "m"),
        ("smtp://mail.example.vn", 25, "none", ""),
    ],
)
def test_a_mail_server_is_read(complete: dict[str, str], url: str, port: int, security: str, password: str) -> None:
    server = config.read({**complete, **FROM, "LAM_THEO_MAIL_URL": url}).mail
    assert server is not None
    assert (server.host, server.port, server.security, server.password) == (
        "mail.example.vn",
        port,
        security,
        password,
    )
    assert server.sender == "lamtheo@congdoan.example.vn"
    assert "m@t" not in repr(server)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"LAM_THEO_MAIL_URL": "mail.example.vn"}, "cannot be read"),
        ({"LAM_THEO_MAIL_URL": "smtp://mail.example.vn:x"}, "cannot be read"),
        ({"LAM_THEO_MAIL_URL": "smtp://ban:m@mail.example.vn"}, "unencrypted"),
        ({"LAM_THEO_MAIL_URL": "smtp://mail.example.vn", "LAM_THEO_MAIL_FROM": ""}, "LAM_THEO_MAIL_FROM"),
    ],
)
def test_a_mail_server_that_cannot_work_is_refused(
    complete: dict[str, str], changed: dict[str, str], says: str
) -> None:
    assert [says in line for line in refusal({**complete, **FROM, **changed})] == [True]
