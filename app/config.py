"""Settings, typed, from the environment; safe defaults; an unsafe production start is refused.

Without any setting the application is the demo: its state in `var/`, its secrets made at first start. Production
(`LAM_THEO_MODE=production`) names every secret itself.
"""

import contextlib
import os
import secrets  # noqa: TID251 (settings stand below chance)
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
DEMO_DATE = date(2020, 5, 12)
START_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike
EARLIEST_DEMO = date(2020, 2, 1)  # the demo's story begins in January 2020


class UnsafeStart(Exception):
    """The settings do not allow a start; every reason is named, one a line."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and as whom. `security`: none, starttls or tls."""

    host: str
    port: int
    sender: str
    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """What the environment decides. Paths are absolute; URLs are SQLAlchemy's."""

    mode: Literal["demo", "production", "test"]
    state: Path
    database_url: str
    keys_url: str
    jobs_file: Path
    secret_key: str
    master_key: bytes
    public_url: str
    trusted_proxies: int
    demo_date: date
    practice_url: str = ""
    durable: bool = True
    second_step_for: tuple[str, ...] = ()
    content: Path = ROOT
    mail: MailServer | None = None

    @property
    def production(self) -> bool:
        return self.mode == "production"


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    Raises `UnsafeStart` with every missing or unsafe setting, so that one attempt shows them all.
    """
    mode = environ.get("LAM_THEO_MODE", "demo")
    if mode not in ("demo", "production"):
        raise UnsafeStart(f"LAM_THEO_MODE is {mode!r}: say demo or production")
    state = Path(environ.get("STATE_DIR", ROOT / "var")).resolve()
    faults = unreadable(environ) + (unsafe(environ, state) if mode == "production" else meant_otherwise(environ))
    if faults:
        raise UnsafeStart("\n".join(faults))
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (state / "keys.db").exists() and "MASTER_KEY_FILE" not in environ and not (state / "master-key").exists():
        raise UnsafeStart(f"{state / 'master-key'} is gone, and without it no sealed text can be read: put it back")
    return Settings(
        mode="production" if mode == "production" else "demo",
        state=state,
        database_url=environ.get("DATABASE_URL", f"sqlite:///{state / 'lamtheo.db'}"),
        keys_url=environ.get("KEYS_URL", f"sqlite:///{state / 'keys.db'}"),
        jobs_file=state / "jobs.db",
        secret_key=environ.get("SECRET_KEY") or kept_secret(state / "secret-key"),
        master_key=master_key(Path(environ.get("MASTER_KEY_FILE", state / "master-key"))),
        public_url=environ.get("PUBLIC_URL", "").rstrip("/"),
        trusted_proxies=int(environ.get("TRUSTED_PROXIES", "0")),
        second_step_for=tuple(named(environ.get("SECOND_STEP_FOR", ""))),
        demo_date=date.fromisoformat(environ.get("DEMO_DATE", DEMO_DATE.isoformat())),
        practice_url=environ.get("PRACTICE_URL", ""),
        mail=mail_server(environ),
    )


ROLES = ("officer", "organiser", "editor", "admin")


def named(written: str) -> list[str]:
    """The words of a list such as `admin, organiser`."""
    return written.replace(",", " ").split()


def unreadable(environ: Mapping[str, str]) -> list[str]:
    """What cannot be read as what it should be."""
    faults = []
    if not environ.get("TRUSTED_PROXIES", "0").isdecimal():
        faults.append("TRUSTED_PROXIES must be a number: how many proxies stand before this server")
    try:
        if date.fromisoformat(environ.get("DEMO_DATE", DEMO_DATE.isoformat())) < EARLIEST_DEMO:
            faults.append(f"DEMO_DATE must be {EARLIEST_DEMO} or later: the demo's story begins a month before")
    except ValueError:
        faults.append("DEMO_DATE must be a date like 2020-05-12")
    if not set(named(environ.get("SECOND_STEP_FOR", ""))) <= set(ROLES):
        faults.append(f"SECOND_STEP_FOR names roles, some of: {', '.join(ROLES)}")
    for name in ("DATABASE_URL", "KEYS_URL"):
        try:
            make_url(environ.get(name) or "sqlite://")
        except ArgumentError:
            faults.append(f"{name} cannot be read: sqlite:////path/to/file.db or postgresql+psycopg://user@host/name")
    if environ.get("PRACTICE_URL") and not environ["PRACTICE_URL"].startswith(("https://", "http://")):
        faults.append("PRACTICE_URL must be the address of the practice ground, beginning with https://")
    faults += unsendable(environ)
    if environ.get("DATABASE_URL") and environ["DATABASE_URL"] == environ.get("KEYS_URL"):
        faults.append("KEYS_URL is the same as DATABASE_URL: the keys must lie, and be backed up, apart from the texts")
    return faults


SECURITY: dict[str, tuple[Literal["none", "starttls", "tls"], int]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}


def unsendable(environ: Mapping[str, str]) -> list[str]:
    """What stands against sending mail by these settings; nothing where none is to be sent."""
    if not environ.get("LAM_THEO_MAIL_URL"):
        return []
    try:
        url = urlsplit(environ["LAM_THEO_MAIL_URL"])
        good = url.scheme in SECURITY and bool(url.hostname) and url.port != 0
    except ValueError:
        good = False
    if not good:
        return ["LAM_THEO_MAIL_URL cannot be read: smtp+starttls://user:password@host:587, smtps://… or smtp://host:25"]
    faults = []
    if url.password and url.scheme == "smtp":
        faults.append("LAM_THEO_MAIL_URL would send a password unencrypted: say smtp+starttls:// or smtps://")
    if parseaddr(environ.get("LAM_THEO_MAIL_FROM", ""))[1].count("@") != 1:
        faults.append("LAM_THEO_MAIL_FROM must be the address that mail comes from: lamtheo@congdoan.example.vn")
    if not environ.get("PUBLIC_URL"):
        faults.append("PUBLIC_URL is not set: mail leads back to the site")
    return faults


def mail_server(environ: Mapping[str, str]) -> MailServer | None:
    """The server that the settings name; none: no mail is sent."""
    if not environ.get("LAM_THEO_MAIL_URL"):
        return None
    url = urlsplit(environ["LAM_THEO_MAIL_URL"])
    security, port = SECURITY[url.scheme]
    return MailServer(
        host=url.hostname or "",
        port=url.port or port,
        sender=parseaddr(environ["LAM_THEO_MAIL_FROM"])[1],
        security=security,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
    )


def meant_otherwise(environ: Mapping[str, str]) -> list[str]:
    """A demo where somebody has set what a real site needs: invented people must not come into a real database."""
    named = [name for name in ("DATABASE_URL", "KEYS_URL", "PUBLIC_URL") if name in environ]
    if "LAM_THEO_MODE" in environ or not named:
        return []
    return [f"{', '.join(named)} set, but not LAM_THEO_MODE: say production, or demo"]


def unsafe(environ: Mapping[str, str], state: Path) -> list[str]:
    """What production may not start with."""
    faults = [f"{name} is not set" for name in ("DATABASE_URL", "PUBLIC_URL") if not environ.get(name)]
    if "TRUSTED_PROXIES" not in environ:
        faults.append("TRUSTED_PROXIES is not set: how many reverse proxies stand before this server, 0 if none")
    if len(environ.get("SECRET_KEY", "")) < 32:
        faults.append("SECRET_KEY is missing or shorter than 32 characters")
    if environ.get("PUBLIC_URL") and not environ["PUBLIC_URL"].startswith("https://"):
        faults.append("PUBLIC_URL must begin with https://")
    if "DEMO_DATE" in environ:
        faults.append("DEMO_DATE belongs to the demo: unset it")
    if (state / "clock-offset").exists():
        faults.append(f"{state} holds a demo (clock-offset): choose another STATE_DIR")
    key = Path(environ.get("MASTER_KEY_FILE", ""))
    if "MASTER_KEY_FILE" not in environ or not key.is_file():
        faults.append("MASTER_KEY_FILE does not name a file (32 random bytes, in hex)")
    elif key.stat().st_mode & 0o077:
        faults.append(f"{key} can be read by others: chmod 600")
    return faults


def kept_secret(path: Path, letters: str = "") -> str:
    """The secret in this file, made at first need and readable by its owner only; of two processes that need it at
    once, both get the same one, whole. It is 32 random bytes in hex, or twelve of these letters."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent) as file:  # 0600
            file.write(("".join(map(secrets.choice, [letters] * 12)) if letters else secrets.token_hex(32)) + "\n")
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text(encoding="ascii").strip()


def start_code(state: Path) -> str:
    """What whoever begins a federation in the browser must know: it proves that they can read this machine's state."""
    return kept_secret(state / "start-code", START_LETTERS)


def master_key(path: Path) -> bytes:
    value = kept_secret(path)
    try:
        key = bytes.fromhex(value)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise UnsafeStart(f"{path} must hold 32 random bytes, in hex")
    return key
