"""The second step at sign-in: six digits from an app (RFC 6238: SHA-1, 30 seconds), or a recovery code."""

import hmac
from datetime import datetime, timedelta

import pyotp

PERIOD = 30
DRIFT = 1  # periods by which a telephone may be early or late
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
HALFWAY_LIFE = timedelta(minutes=10)  # between the password and the code
SETUP_LIFE = timedelta(hours=1)  # how long a secret that nobody has confirmed is shown
ISSUER = "Làm Theo"


def period_of(moment: datetime) -> int:
    """The number of the period since 1970 in which a code counts."""
    return int(moment.timestamp()) // PERIOD


def accepted_period(secret: str, typed: str, moment: datetime, after: int) -> int | None:
    """The period whose code was typed, if it is near enough and later than `after`, the last one used: no code counts
    twice. None for any other."""
    digits = digits_of(typed)
    now = period_of(moment)
    near = (period for period in range(now - DRIFT, now + DRIFT + 1) if period > after)
    return next((period for period in near if hmac.compare_digest(code_at(secret, period), digits)), None)


def code_at(secret: str, period: int) -> str:
    return pyotp.TOTP(secret).generate_otp(period)


def digits_of(typed: str) -> str:
    """What was typed without spaces and signs; ASCII only, as codes are compared byte by byte."""
    return "".join(c for c in typed if c.isascii() and c.isdigit())


def recovery_of(typed: str) -> str:
    """A recovery code however it was typed: capital letters and digits."""
    return "".join(c for c in typed.upper() if c.isascii() and c.isalnum())


def address_of(secret: str, name: str) -> str:
    """What the QR code says to the app (`otpauth://…`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def grouped(code: str, size: int) -> str:
    return " ".join(code[at : at + size] for at in range(0, len(code), size))
