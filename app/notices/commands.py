"""The daily mail as periodic work, and `flask notices …`"""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from app.jobs.actions import every
from app.notices import digests, mail

group = AppGroup("notices", help="What people are told.")


@every(1, "notices.send_due")
def send_due() -> None:
    """A part of the day's mails, from seven in the morning on."""
    digests.send_due()


@group.command("try-mail")
@click.argument("address")
def try_mail(address: str) -> None:
    """Send a mail to this address and say what the server answered; exits 1 unless it took it."""
    server = current_app.extensions["settings"].mail
    if server is None:
        sys.exit("No mail is sent: LAM_THEO_MAIL_URL is not set.")
    words = "Thư thử của Làm Theo. Đọc được dòng này là máy chủ thư đã chạy."
    try:
        outcome = mail.send(server, mail.message(server, address, "Thư thử của Làm Theo", words), address)
    except mail.NO_ADDRESS:
        sys.exit(f"{address} is no address.")
    click.echo(f"{server.host}:{server.port} {ANSWERS[outcome]}")
    sys.exit(outcome != "sent")


ANSWERS = {
    "sent": "took the mail.",
    "later": "does not take it now, and may later.",
    "away": "does not answer, or refuses user and password.",
    "refused": "refuses the sender or this address.",
    "unsure": "broke off while the mail was handed over.",
}
