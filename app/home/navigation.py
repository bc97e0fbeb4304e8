"""What stands in the bar at the top."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.accounts.queries import Actor
from app.home.queries import home_units
from app.units.queries import UnitRow


@dataclass(frozen=True)
class NavItem:
    """`unit` is the unit that the page is of, named where the person works in more than one."""

    label: str
    url: str
    current: bool
    unit: str = ""


def nav(actor: Any) -> list[NavItem]:
    """Nothing for a member; the pages of each unit in which an officer or administrator works."""
    held = home_units(actor) if isinstance(actor, Actor) else []
    if not held:
        return []
    links = [("Trang đầu", url_for("home.first_page"), "")]
    for unit in held:
        links += [(label, url, unit.short if len(held) > 1 else "") for label, url in _pages(actor, unit)]
    return [NavItem(label, url, url == request.path, unit) for label, url, unit in links]


def _pages(actor: Actor, unit: UnitRow) -> list[tuple[str, str]]:
    found = []
    if unit.id in actor.units_as("officer"):
        found.append(("Hoàn thành", url_for("progress.completion", code=unit.code)))
        if unit.reviews:
            found.append(("Phiếu", url_for("records.queue", code=unit.code)))
    if unit.counts_members:
        return [*found, ("Đoàn viên", url_for("accounts.members", code=unit.code))]
    return [*found, ("Đơn vị", url_for("home.units_below", code=unit.code))]
