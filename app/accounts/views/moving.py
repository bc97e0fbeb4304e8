"""`Giới thiệu` by the old unit, `tiếp nhận` by the new; and `Tạm miễn trong kỳ`."""

from flask import render_template, request

from app import clock
from app.accounts import actions, policies, queries
from app.accounts.current import me
from app.accounts.forms import ExemptForm, IntroduceForm, ReceiveForm
from app.accounts.queries import Arriving, MemberPage
from app.accounts.views.blueprint import Answer, pages
from app.accounts.views.member import listing_unit, page_of, present, to_member, unit_model
from app.db import writing
from app.refusal import NotThere, RuleBroken
from app.units import queries as units
from app.units.queries import UnitRow
from app.web.errors import STATUS
from app.web.limits import limiter


@pages.get("/don-vi/<code>/doan-vien/<member>/gioi-thieu", policy=policies.officer_or_admin)
def introducing(code: str, member: str) -> Answer:
    unit = listing_unit(code)
    return _introducing(unit, present(unit, member), IntroduceForm(data={"on": clock.today()}))


def _introducing(unit: UnitRow, page: MemberPage, form: IntroduceForm, refusal: RuleBroken | None = None) -> str:
    return render_template("accounts/introducing.html", unit=unit, page=page, form=form, refusal=refusal)


@pages.post("/don-vi/<code>/doan-vien/<member>/gioi-thieu", policy=policies.officer_or_admin)
@limiter.limit("60 per minute")
def introduce(code: str, member: str) -> Answer:
    unit, form = listing_unit(code), IntroduceForm()
    page = page_of(unit, member)
    if not form.validate():
        return _introducing(unit, page, form), 400
    if page.state != "here":
        return to_member(unit, member)
    try:
        to = actions.addressee(form.to.data or "", unit_model(unit), clock.today())
        with writing():
            actions.introduce(me().person_id, page.person_id, unit_model(unit), form.on.data, to)
    except RuleBroken as refusal:
        return _introducing(unit, page, form, refusal), STATUS[refusal.kind]
    return to_member(unit, member)


@pages.post("/don-vi/<code>/doan-vien/<member>/gioi-thieu/rut-lai", policy=policies.officer_or_admin)
def withdraw(code: str, member: str) -> Answer:
    unit = listing_unit(code)
    person = queries.person_here(unit.id, member)
    with writing():
        actions.withdraw(me().person_id, person, unit_model(unit))
    return to_member(unit, member, "Đã rút lại giới thiệu, người này vẫn sinh hoạt như trước.")


@pages.get("/don-vi/<code>/doan-vien/tiep-nhan", policy=policies.officer_or_admin)
@limiter.limit("60 per minute")
def receiving(code: str) -> Answer:
    """Those introduced to this unit by name; with a code (`ma`), the one who carries it."""
    unit, asked = listing_unit(code), actions.tidy_code(request.args.get("ma", ""))[:20]
    found = queries.arriving(unit.id, clock.today(), asked) if asked else []
    if asked and not found:
        return _receiving(unit, asked, None, refusal=actions.CodeUnknown()), 400
    return _receiving(unit, asked, found[0] if found else None)


def _receiving(unit: UnitRow, asked: str, who: Arriving | None, refusal: RuleBroken | None = None) -> str:
    form = ReceiveForm()
    form.offer(units.groups_of(unit.id, clock.today()))
    waiting = queries.arriving(unit.id, clock.today())
    return render_template(
        "accounts/receiving.html", unit=unit, asked=asked, who=who, waiting=waiting, form=form, refusal=refusal
    )


@pages.post("/don-vi/<code>/doan-vien/tiep-nhan", policy=policies.officer_or_admin)
@limiter.limit("60 per minute")
def receive(code: str) -> Answer:
    unit, form = listing_unit(code), ReceiveForm()
    form.offer(units.groups_of(unit.id, clock.today()))
    if not form.validate():
        return _receiving(unit, "", None), 400
    asked = actions.tidy_code(form.code.data or "")
    try:
        with writing():
            person = actions.receive(
                me().person_id, asked, unit_model(unit), form.group.data or None, form.own.data or ""
            )
    except RuleBroken as refusal:
        return _receiving(unit, asked, None, refusal), STATUS[refusal.kind]
    return to_member(unit, queries.member_code_of(person) or "", "Đã tiếp nhận. Mã đoàn viên và tài khoản giữ nguyên.")


# --- exempt for a while -------------------------------------------------------------------------------------------


@pages.get("/don-vi/<code>/doan-vien/tam-mien", policy=policies.officer_or_admin)
def exempting(code: str) -> Answer:
    """For those ticked in the list (`nguoi`, their codes)."""
    unit = listing_unit(code)
    return _exempting(unit, ExemptForm(data={"since": clock.today()}), _chosen(unit, request.args.getlist("nguoi")))


def _chosen(unit: UnitRow, codes: list[str]) -> list[MemberPage]:
    return [present(unit, member) for member in dict.fromkeys(codes[:200])]


def _exempting(unit: UnitRow, form: ExemptForm, chosen: list[MemberPage], refusal: RuleBroken | None = None) -> str:
    return render_template("accounts/exempting.html", unit=unit, form=form, chosen=chosen, refusal=refusal)


@pages.post("/don-vi/<code>/doan-vien/tam-mien", policy=policies.officer_or_admin)
def exempt(code: str) -> Answer:
    unit, form = listing_unit(code), ExemptForm()
    chosen = _chosen(unit, request.form.getlist("nguoi"))
    if not chosen or not form.validate():
        return _exempting(unit, form, chosen), 400
    since, until = form.span()
    try:
        with writing():
            actions.exempt(me().person_id, [one.person_id for one in chosen], unit_model(unit), since, until)
    except RuleBroken as refusal:
        return _exempting(unit, form, chosen, refusal), STATUS[refusal.kind]
    said = f"Đã ghi tạm miễn cho {len(chosen)} người." if len(chosen) > 1 else "Đã ghi tạm miễn."
    return to_member(unit, chosen[0].code, said)


# --- two who are one ----------------------------------------------------------------------------------------------


@pages.get("/don-vi/<code>/doan-vien/<member>/nhap-ho-so", policy=policies.officer_or_admin)
def merging(code: str, member: str) -> Answer:
    """Who else this member is (`kia`, a code), and what becomes of the two."""
    unit = listing_unit(code)
    page = present(unit, member)
    kia = (request.args.get("kia") or "").strip().upper()
    near = [one for one in queries.similar(unit.id, page.name, "", "") if one.person_id != page.person_id]
    try:
        other = page_of(unit, kia) if kia else None
    except NotThere:
        return _merging(page, near, None, NoSuchMember()), 400
    return _merging(page, near, other)


class NoSuchMember(RuleBroken):
    kind = "invalid"
    words = "Đơn vị mình không có ai mang mã này. Anh/chị so lại mã trong danh sách."


def _merging(
    page: MemberPage, near: list[queries.Similar], other: MemberPage | None, refusal: RuleBroken | None = None
) -> str:
    return render_template("accounts/merging.html", page=page, near=near, other=other, refusal=refusal)


@pages.post("/don-vi/<code>/doan-vien/<member>/nhap-ho-so", policy=policies.officer_or_admin)
def merge(code: str, member: str) -> Answer:
    """`member` stays; the form says who becomes another name of theirs."""
    unit = listing_unit(code)
    page = present(unit, member)
    kia = (request.form.get("kia") or "").strip().upper()
    if any(alias.code == kia for alias in page.aliases):  # the same button once more
        return to_member(unit, member)
    other = page_of(unit, kia)
    try:
        with writing():
            actions.merge(me().person_id, unit_model(unit), other.person_id, page.person_id)
    except RuleBroken as refusal:
        return _merging(page, [], other, refusal), STATUS[refusal.kind]
    return to_member(unit, member, "Đã nhập hai hồ sơ làm một.")


@pages.post("/don-vi/<code>/doan-vien/<member>/nhap-ho-so/hoan-tac", policy=policies.officer_or_admin)
def unmerge(code: str, member: str) -> Answer:
    unit = listing_unit(code)
    page = present(unit, member)
    gone = next((one for one in page.aliases if one.code == request.form.get("kia")), None)
    if gone is not None:
        with writing():
            actions.unmerge(me().person_id, unit_model(unit), gone.person_id, page.person_id)
    return to_member(unit, member, "Đã tách lại thành hai hồ sơ.")
