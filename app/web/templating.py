"""What templates may use: where they lie, their filters, what every page knows; and lines that break well.

The slices above tell what the kernel cannot know, by functions in `app.extensions`, each of them optional: `"nav"`
(actor → links with `label`, `url`, `current`), `"owner"` (actor or None → the name of the unit or federation) and
`"contact"` (actor → whom to ask, with `called` and `phone`, or None). After `g.nobody = True` a page is drawn without
asking any of them, nor who is signed in: so the page of a fault needs no database.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, url_for
from flask_login import current_user
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from app import clock, text

APP = Path(__file__).resolve().parent.parent


def init_app(app: Flask) -> None:
    app.jinja_loader = _loader()
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters |= {name: _or_nothing(say) for name, say in FILTERS.items()}
    env.globals |= {"asset": asset, "drawing": drawing, "outside": outside}
    app.context_processor(_known)
    app.after_request(_glued)


def _loader() -> BaseLoader:
    """`layout/…`, `ui/…`, `errors/…`, `icons/…` are the house's, `<slice>/…` lies in the slice."""
    slices = {folder.parent.name: FileSystemLoader(folder) for folder in APP.glob("*/templates")}
    return ChoiceLoader([FileSystemLoader(APP / "templates"), PrefixLoader(slices)])


def asset(path: str) -> str:
    """The address of a file in static/; it changes with the content, so that browsers may keep it for good."""
    return url_for("static", filename=path, v=_digest(f"{current_app.static_folder}/{path}"))


def outside(path: str) -> str:
    """A page's whole address, for paper and for sending: as the settings name the site, never as a request claims."""
    public: str = current_app.extensions["settings"].public_url
    return (public or request.host_url.rstrip("/")) + path


@cache
def _digest(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:8]


@cache
def drawing(name: str) -> Markup:
    """What is inside the <svg> of a bootstrap icon."""
    source = (APP / "templates" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return Markup(source[source.index(">") + 1 : source.rindex("</svg>")].strip())


# --- what every page knows ---------------------------------------------------------------------------------------


def _known() -> dict[str, Any]:
    actor, settings = _actor(), current_app.extensions["settings"]
    return {
        "actor": actor,
        "today": clock.now(),
        "demo": settings.mode == "demo",
        "practice_url": settings.practice_url,
        "nav": _told("nav", actor) if actor else [],
        "owner": None if g.get("nobody") else _told("owner", actor),
        "contact": lambda: _told("contact", actor) if actor else None,
    }


def _actor() -> Any | None:
    if g.get("nobody") or not current_user or not current_user.is_authenticated:
        return None
    return current_user._get_current_object()


def _told(name: str, actor: Any | None) -> Any | None:
    tell: Callable[[Any], Any] | None = current_app.extensions.get(name)
    return tell(actor) if tell else None


# --- lines that break well ---------------------------------------------------------------------------------------

_NOT_TEXT = re.compile(
    r"""(<!--.*?-->
        |<(?:code|pre|script|select|style|textarea|title)\b.*?</(?:code|pre|script|select|style|textarea|title)\s*>
        |<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


def glue_page(html: str) -> str:
    """The page with its text glued: not a tag, an attribute, or anything that is typed, copied or run."""
    parts = _NOT_TEXT.split(html.replace("\0", ""))
    parts[::2] = text.glue("\0".join(parts[::2])).split("\0")
    return "".join(parts)


def _glued(response: Response) -> Response:
    if response.mimetype == "text/html" and not response.is_streamed:
        response.set_data(glue_page(response.get_data(as_text=True)))
    return response


def _glue(words: str) -> str:
    return Markup(glue_page(words)) if isinstance(words, Markup) else text.glue(words)


# --- filters -----------------------------------------------------------------------------------------------------


def formal_date(day: date | datetime) -> str:
    """`ngày 05 tháng 02 năm 2020`, as letterheads have it: zeros before a single-figure day and before months 1, 2."""
    day = clock.local(day).date() if isinstance(day, datetime) else day
    return f"ngày {day.day:02} tháng {f'{day.month:02}' if day.month < 3 else day.month} năm {day.year}"


def _hour_s(moment: datetime) -> str:
    return clock.hour(moment, seconds=True)


def sentence(words: str) -> str:
    """`thứ Ba 12/5/2020`, `chị Hòa` as a sentence begins with them."""
    return words[:1].upper() + words[1:]


def _or_nothing(say: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "" if value is None else say(value)


FILTERS: dict[str, Callable[[Any], str]] = {
    "short_date": clock.short_date,
    "day_month": clock.day_month,
    "phone": text.phone,
    "long_date": clock.long_date,
    "formal_date": formal_date,
    "hour": clock.hour,
    "hour_s": _hour_s,
    "stamp": clock.stamp,
    "sentence": sentence,
    "glue": _glue,
    "markdown": text.markdown,
    "lines": text.lines,
}
