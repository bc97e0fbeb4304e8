"""The second step: begun, confirmed, asked for, ended. The secret is opened and sealed before `writing()`."""

import base64
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance, clock, sealed
from app.accounts import queries
from app.accounts.actions.codes import ResetOneLevelUp, may_help
from app.accounts.actions.sessions import hold
from app.accounts.models import RecoveryCode, SecondStep
from app.accounts.passwords import derived, keyed
from app.accounts.rules import second_step as rules
from app.db import affected, db
from app.refusal import RuleBroken


class CodeNotRight(RuleBroken):
    kind = "invalid"
    words = (
        "Mã chưa đúng, đã dùng rồi hoặc đã đổi. Anh/chị chờ ứng dụng hiện mã mới rồi gõ lại; "
        "nếu vẫn chưa được, xem giờ trên điện thoại có đúng không."
    )


class ForRoles(RuleBroken):
    kind = "refused"
    words = "Xác thực hai lớp dành cho người giữ nhiệm vụ công đoàn. Anh/chị đăng nhập bằng mật khẩu là đủ."


@dataclass(frozen=True)
class Secret:
    """The secret of a second step, outside its seal."""

    step: UUID
    plain: str = field(repr=False)


def _place(step: UUID) -> sealed.Place:
    return sealed.Place("second_step", "sealed_secret", step)


@dataclass(frozen=True)
class NewSecret:
    """A secret made ready to be kept."""

    step: UUID
    value: bytes = field(repr=False)


def new_secret(person_id: UUID) -> NewSecret:
    step, plain = chance.row_id(), base64.b32encode(chance.random_bytes(20)).decode("ascii")
    return NewSecret(step, sealed.seal(person_id, plain, _place(step)))


def secret_of(person_id: UUID) -> Secret | None:
    """Of the second step that stands, confirmed or not; None where there is none or its key is gone."""
    step = queries.standing_step(person_id)
    if step is None or step.sealed_secret is None:
        return None
    try:
        return Secret(step.id, sealed.unseal(step.sealed_secret, _place(step.id)))
    except sealed.Unreadable:
        return None


def begin_second_step(actor: queries.Actor, fresh: NewSecret) -> None:
    """Keep a secret to be confirmed. One that stands is left as it is: a form sent twice changes nothing; only what was
    never confirmed in its time gives way. Raises `ForRoles`."""
    if not actor.roles:
        raise ForRoles()
    hold(actor.person_id)
    present = queries.standing_step(actor.person_id)
    if present is not None and (present.confirmed_at or queries.is_being_set_up(present)):
        return
    if present is not None:
        _end(present, actor.person_id)
        db.session.flush()
    db.session.add(SecondStep(id=fresh.step, person_id=actor.person_id, sealed_secret=fresh.value, made=clock.now()))
    audit.line(actor.person_id, "second_step.begin", "person", actor.person_id)


def prove(secret: Secret | None, typed: str, entry: str) -> bool:
    """Whether this is a code of the app or a recovery code that may be used now; it is used up by one conditional
    statement. The same form (`entry`) sent twice is one use. The caller counts failures."""
    step = db.session.get(SecondStep, secret.step, populate_existing=True) if secret else None
    if secret is None or step is None or step.ended_at is not None:
        return False
    used = keyed("entry", entry)
    return _prove_code(step, secret.plain, typed, used) or _prove_recovery(step, typed, used)


def _prove_code(step: SecondStep, secret: str, typed: str, entry: str) -> bool:
    again = step.last_entry == entry
    period = rules.accepted_period(secret, typed, clock.on_telephones(), step.last_period - int(again))
    if period is None:
        return False
    if again and period == step.last_period:
        return True
    later = sa.update(SecondStep).where(SecondStep.id == step.id, SecondStep.last_period < period)
    return bool(affected(db.session.execute(later.values(last_period=period, last_entry=entry))))


def _prove_recovery(step: SecondStep, typed: str, entry: str) -> bool:
    hashed = _hash(step.id, rules.recovery_of(typed))
    this = (RecoveryCode.second_step_id == step.id, RecoveryCode.code_hash == hashed)
    unused = sa.update(RecoveryCode).where(*this, RecoveryCode.used_at.is_(None))
    if affected(db.session.execute(unused.values(used_at=clock.now(), used_entry=entry))):
        audit.line(step.person_id, "second_step.recover", "person", step.person_id)
        return True
    again = sa.select(RecoveryCode.id).where(*this, RecoveryCode.used_entry == entry)
    return db.session.scalar(again) is not None


def _hash(step: UUID, code: str) -> str:
    return keyed("recovery", f"{step}:{code}")


def confirm_second_step(person_id: UUID, form_id: str) -> list[str]:
    """It counts from now on; returns the recovery codes, which are told this once. The same form has the same codes."""
    step = queries.standing_step(person_id)
    if step is None:
        raise CodeNotRight()
    if step.confirmed_at is None:
        step.confirmed_at = clock.now()
        audit.line(person_id, "second_step.on", "person", person_id)
    return new_recovery_codes(person_id, form_id)


def new_recovery_codes(person_id: UUID, form_id: str) -> list[str]:
    """Ten codes in place of those there were, of which only hashes are kept. The same form has the same codes."""
    step = queries.standing_step(person_id)
    if step is None:
        raise CodeNotRight()
    asked = f"{step.id}:{form_id}"
    codes = [
        derived("recovery", f"{asked}:{n}", chance.READABLE, rules.RECOVERY_LENGTH) for n in range(rules.RECOVERY_CODES)
    ]
    hashes = [_hash(step.id, code) for code in codes]
    kept = sa.select(RecoveryCode.id).where(RecoveryCode.code_hash.in_(hashes)).limit(1)
    if db.session.scalar(kept) is None:
        _forget_codes(step.id)
        db.session.add_all(RecoveryCode(second_step_id=step.id, code_hash=hashed) for hashed in hashes)
        audit.line(person_id, "second_step.codes", "person", person_id)
    return codes


def _forget_codes(step: UUID) -> None:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.second_step_id == step))


def stop_setting_up(person_id: UUID) -> None:
    """What nobody has confirmed ends; what is on stays on."""
    hold(person_id)
    step = queries.standing_step(person_id)
    if step is not None and step.confirmed_at is None:
        _end(step, person_id)
        audit.line(person_id, "second_step.stop", "person", person_id)


def turn_off(person_id: UUID) -> None:
    """By its person; nothing happens where it is off."""
    hold(person_id)
    step = queries.standing_step(person_id)
    if step is not None:
        _end(step, person_id)
        audit.line(person_id, "second_step.off", "person", person_id)


def take_off(actor: queries.Actor | None, person_id: UUID) -> None:
    """By somebody one level above every unit where the person holds a role, or by the command line (no actor): who has
    lost the telephone and the recovery codes can come in again. The person is told. Raises `ResetOneLevelUp`."""
    if actor is not None and (actor.person_id == person_id or not may_help(actor, person_id, ())):
        raise ResetOneLevelUp()
    hold(person_id)
    step = queries.standing_step(person_id)
    if step is not None:
        by = actor.person_id if actor else None
        _end(step, by)
        step.seen_at = None
        audit.line(by, "second_step.take_off", "person", person_id)


def _end(step: SecondStep, by: UUID | None) -> None:
    _forget_codes(step.id)
    step.ended_at = step.seen_at = clock.now()
    step.ended_by, step.sealed_secret = by, None


def acknowledge_end(person_id: UUID) -> None:
    unseen = sa.update(SecondStep).where(SecondStep.person_id == person_id, SecondStep.ended_at.is_not(None))
    db.session.execute(unseen.where(SecondStep.seen_at.is_(None)).values(seen_at=clock.now()))
