"""What stands in the bar at the top."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.accounts.queries import Actor
from app.home.queries import home_unit


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    current: bool


def nav(actor: Any) -> list[NavItem]:
    """Nothing for a member; an officer's own unit; a federation's units."""
    if not isinstance(actor, Actor) or not actor.holds("officer", "admin"):
        return []
    unit = home_unit(actor)
    if unit is None:
        return []
    links = [("Trang đầu", url_for("home.first_page"))]
    if actor.holds("officer"):
        links.append(("Hoàn thành", url_for("progress.completion", code=unit.code)))
        if unit.reviews:
            links.append(("Phiếu", url_for("records.queue", code=unit.code)))
    if unit.counts_members:
        links.append(("Đoàn viên", url_for("accounts.members", code=unit.code)))
    else:
        links.append(("Đơn vị", url_for("home.units_below", code=unit.code)))
    return [NavItem(label, url, url == request.path) for label, url in links]
