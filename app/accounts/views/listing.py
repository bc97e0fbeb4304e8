"""The list of members as a PDF, for Word and as a spreadsheet; before that, names that still lack their tone marks."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import clock
from app.accounts import actions, papers, policies, queries, spreadsheets
from app.accounts.current import me
from app.accounts.queries import Listing
from app.accounts.queries.listing import ASKED_AT_ONCE
from app.accounts.views.blueprint import Answer, pages
from app.db import writing
from app.documents import pdf
from app.text import fold, one_line, safe_name
from app.web.downloads import DOCX, PDF, XLSX, download, keeps_no_file, zalo
from app.web.templating import formal_date

OTHER_NAME = "Ở đây chỉ thêm dấu. Tên ghi sai chữ thì sửa trong danh sách rồi nạp lại."


def _asked(code: str) -> Listing:
    unit = queries.own_unit(me(), code, "officer", "admin")
    return queries.listing(unit, clock.today(), request.args.get("to", "")[:20])


@pages.get("/don-vi/<code>/doan-vien/in", policy=policies.officer_or_admin)
def print_members(code: str) -> Answer:
    return _page(_asked(code), {}, {})


def _page(found: Listing, typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    return render_template(
        "accounts/listing.html", page=found, asked=found.unmarked[:ASKED_AT_ONCE], typed=typed, faults=faults
    )


@pages.post("/don-vi/<code>/doan-vien/in", policy=policies.officer_or_admin)
def mend_names(code: str) -> Answer:
    """The names get the marks that were typed; those left as they were wait. Pressed twice, it is done once."""
    found = _asked(code)
    typed = {one.code: one_line(request.form.get(one.code, "")[:200]) for one in found.unmarked}
    fresh = {one: typed[one.code] for one in found.unmarked if typed[one.code] not in ("", one.name)}
    faults = {one.code: OTHER_NAME for one, name in fresh.items() if not _same(name, one.name)}
    if faults:
        return _page(found, typed, faults), 400
    by = me().person_id
    with writing():
        for one, name in fresh.items():
            actions.mend_name(by, one.person_id, name)
    flash(f"Đã thêm dấu cho {len(fresh)} tên." if fresh else "Chưa có tên nào được thêm dấu.")
    to = found.chosen.code if found.chosen else None
    return redirect(url_for("accounts.print_members", code=code, to=to), 303)


def _same(name: str, held: str) -> bool:
    return safe_name(name) and fold(name) == fold(held)


@pages.get("/don-vi/<code>/doan-vien.pdf", policy=policies.officer_or_admin)
def members_paper(code: str) -> Answer:
    if keeps_no_file():
        return zalo()
    found = _asked(code)
    return download(pdf.render("accounts/typst/members.typ", _data(found)), f"{_name(found)}.pdf", PDF)


@pages.get("/don-vi/<code>/doan-vien.docx", policy=policies.officer_or_admin)
def members_word(code: str) -> Answer:
    if keeps_no_file():
        return zalo()
    found = _asked(code)
    return download(papers.members(_data(found)), f"{_name(found)}.docx", DOCX)


def _data(found: Listing) -> dict[str, Any]:
    """What stands in the document, be it a PDF or a Word file."""
    return {
        "title": f"Danh sách đoàn viên, {found.place}",
        "above": found.above,
        "unit": found.unit.name,
        "about": found.place,
        "day": formal_date(clock.today()),
        "people": [[one.name, one.code, one.group] for one in found.people],
    }


@pages.get("/don-vi/<code>/doan-vien.xlsx", policy=policies.officer_or_admin)
def members_sheet(code: str) -> Answer:
    if keeps_no_file():
        return zalo()
    found = _asked(code)
    return download(spreadsheets.members(found), f"{_name(found)}.xlsx", XLSX)


def _name(found: Listing) -> str:
    return f"Đoàn viên {(found.chosen or found.unit).code}"
