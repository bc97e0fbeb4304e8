"""Codes for many people one after the other, on one page: in a hall, before a shift."""

from dataclasses import dataclass

from flask import render_template, request

from app import chance, clock
from app.accounts import actions, policies, queries
from app.accounts.actions import Given, GivenCode
from app.accounts.current import me
from app.accounts.queries import MemberRow, MembersChoice
from app.accounts.views.blueprint import Answer, pages
from app.accounts.views.slips import NobodyWaits, slip_for, slips_paper
from app.db import writing
from app.refusal import RuleBroken
from app.text import one_line
from app.units import queries as units
from app.units.queries import UnitRow
from app.web.downloads import keeps_no_file, zalo
from app.web.errors import STATUS

SHOWN = 20  # who was found, at most


@dataclass(frozen=True)
class Giving:
    """Who answers to `search`, and how many `more`; `last` was given just now, `before` earlier in this sitting."""

    unit: UnitRow
    search: str
    found: list[MemberRow]
    more: int
    last: GivenCode | None
    before: list[GivenCode]

    @property
    def sitting(self) -> list[GivenCode]:
        return [self.last, *self.before] if self.last else self.before

    @property
    def slips(self) -> list[GivenCode]:
        return waiting_slips(self.sitting)


def waiting_slips(codes: list[GivenCode]) -> list[GivenCode]:
    return [code for code in codes if code.given.kind == "slip" and code.state == "waits"]


@pages.get("/don-vi/<code>/doan-vien/cap-ma", policy=policies.officer_or_admin)
def giving(code: str) -> Answer:
    return _page(queries.own_unit(me(), code, "officer", "admin"), [])


@pages.post("/don-vi/<code>/doan-vien/cap-ma", policy=policies.officer_or_admin)
def give(code: str) -> Answer:
    """A code for whom a button names (`cho`), or the search for the next person (`tim`). What was given before in this
    sitting comes with the form (`da`)."""
    unit = queries.own_unit(me(), code, "officer", "admin")
    before, chosen = _before(), Given.read(request.form.get("cho", ""))
    if chosen is None:
        return _page(unit, before, one_line(request.form.get("tim", "")[:80]))
    try:
        _give(unit, chosen)
    except (actions.AlreadyIn, actions.CodeSpent, actions.ResetOneLevelUp) as refusal:
        return _page(unit, before, refusal=refusal), STATUS[refusal.kind]
    return _page(unit, before, last=chosen)


def _before() -> list[Given]:
    read = (Given.read(written) for written in request.form.getlist("da")[: actions.AT_MOST])
    return [given for given in read if given]


def _give(unit: UnitRow, given: Given) -> None:
    actor, today = me(), clock.today()
    person = queries.member_of_unit(unit.id, given.member, today).id
    levels = queries.levels_above(actor, unit.id, today)
    make = actions.make_first_slip if given.kind == "slip" else actions.make_reset
    with writing():
        make(actor, person, levels, given.form_id)


def _page(
    unit: UnitRow, before: list[Given], search: str = "", last: Given | None = None, refusal: RuleBroken | None = None
) -> str:
    today = clock.today()
    sitting = [*([last] if last else []), *(given for given in before if given != last)]
    codes = actions.given_codes(me(), unit.id, sitting, today)
    rows = queries.members(unit.id, today, MembersChoice(search))
    shown = rows.items[:SHOWN] if search or rows.total <= SHOWN else []
    first = codes[0] if codes and codes[0].given == last else None
    page = Giving(unit, search, list(shown), rows.total - len(shown), first, codes[1:] if first else codes)
    return render_template("accounts/giving.html", page=page, refusal=refusal, form_id=chance.token(16))


@pages.post("/don-vi/<code>/doan-vien/cap-ma/in", policy=policies.officer_or_admin)
def print_given(code: str) -> Answer:
    """The first codes of this sitting that nobody has used yet, as slips."""
    if keeps_no_file():
        return zalo()
    today = clock.today()
    unit = queries.own_unit(me(), code, "officer", "admin")
    slips = waiting_slips(actions.given_codes(me(), unit.id, _before(), today))
    if not slips:
        raise NobodyWaits()
    groups = units.names({slip.member.group_id for slip in slips if slip.member.group_id}, today)
    made = [slip_for(unit, one.member, groups.get(one.member.group_id or 0), one.code, one.until) for one in slips]
    return slips_paper(unit, made, code)
