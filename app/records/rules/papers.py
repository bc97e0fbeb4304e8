"""What paper says where the data do not."""

BODIES = ("Liên đoàn Lao động", "LĐLĐ", "Công đoàn")


def place_of(federation: str) -> str:
    """The place in a letterhead, from the federation's short name: `LĐLĐ Quận 1` writes in `Quận 1`. Empty where the
    name says none."""
    body = next((body for body in BODIES if federation.startswith(f"{body} ")), "")
    place = federation.removeprefix(body).strip() if body else ""
    return place[:1].upper() + place[1:]
