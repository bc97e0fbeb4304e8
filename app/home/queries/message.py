"""Words for the Zalo group of a unit, from its numbers of today."""

from dataclasses import dataclass

from flask import url_for

from app import clock
from app.home import rules
from app.progress import queries as progress
from app.refusal import NotThere
from app.steps.rules import REGISTERED
from app.units.queries import UnitRow
from app.web.templating import outside


@dataclass(frozen=True)
class MessagePage:
    """`place` is the unit or the chosen tổ of it."""

    unit: UnitRow
    place: str
    group: str
    groups: list[UnitRow]
    messages: list[rules.Message]


def message_page(unit: UnitRow, group: str) -> MessagePage:
    """For officers of exactly this unit. Raises `NotThere` where no members belong to it."""
    if not unit.counts_members:
        raise NotThere()
    page = progress.unit_page(unit, progress.Choice(group, "", ""), 1)
    deeds = progress.unit_page(unit, progress.Choice(group, REGISTERED, ""), 1).summary
    standing = rules.Standing(
        place=page.place if page.place == unit.short else f"{page.place}, {unit.short}",
        year=page.programme.year,
        asked=page.summary.asked,
        done=page.summary.done + page.summary.waiting,
        invited=deeds.asked,
        answered=deeds.asked - deeds.open,
        report_day=rules.next_report_day(clock.today()),
        today=clock.today(),
        site=outside(url_for("home.first_page")),
    )
    return MessagePage(unit, page.place, page.choice.group, page.groups, rules.messages(standing))
