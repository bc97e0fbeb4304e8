"""The signed link that ends the mail without signing in. It says whose mail, and is good for nothing else."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def token_of(person_id: UUID) -> str:
    return str(_signer().dumps(person_id.hex))


def person_of(token: str) -> UUID | None:
    """Whose mail the link ends; None for any link that we did not make."""
    try:
        return UUID(_signer().loads(token))
    except (BadData, ValueError):
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="thoi-nhan-thu")
