"""Handing a mail to the server, so that afterwards it is known whether the server has it."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from app import clock
from app.config import MailServer

Outcome = Literal["sent", "later", "away", "refused", "unsure"]
SECONDS = 15


def message(
    server: MailServer, to: str, subject: str, plain: str, html: str = "", message_id: str = "", stop: str = ""
) -> EmailMessage:
    """A mail in Vietnamese. `stop` is the address that ends such mail. Raises `ValueError` or `MessageError` where `to`
    is no address."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = subject
    made["From"] = Address("Làm Theo", addr_spec=server.sender)
    made["To"] = Address(addr_spec=to)
    made["Date"] = format_datetime(clock.now())
    made["Auto-Submitted"] = "auto-generated"
    if message_id:
        made["Message-ID"] = f"<{message_id}@{_domain(server)}>"
    if stop:
        made["List-Unsubscribe"] = f"<{stop}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(plain, cte="quoted-printable")
    if html:
        made.add_alternative(html, subtype="html", cte="quoted-printable")
    return made


def _domain(server: MailServer) -> str:
    return server.sender.rpartition("@")[2]


def send(server: MailServer, mail: EmailMessage, to: str) -> Outcome:
    """Hand the mail over. `sent`: the server has it. `refused`: it never will take it. `later`: not now. `away`: nobody
    answered. `unsure`: the connection broke while it was handed over, and nobody knows."""
    try:
        with _connected(server) as smtp:
            return _hand_over(smtp, server.sender, to, mail.as_bytes())
    except (OSError, smtplib.SMTPException):
        return "away"


@contextlib.contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A session in which mail may be sent; how it ends changes nothing any more."""
    smtp = _open(server)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
        smtp.ehlo_or_helo_if_needed()
        yield smtp
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()
        smtp.close()


def _open(server: MailServer) -> smtplib.SMTP:
    where, named = (server.host, server.port), _domain(server)
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(*where, local_hostname=named, timeout=SECONDS, context=context)
    return smtplib.SMTP(*where, local_hostname=named, timeout=SECONDS)


def _hand_over(smtp: smtplib.SMTP, sender: str, to: str, content: bytes) -> Outcome:
    """Until DATA a break means that the server has nothing; from then on nobody can tell."""
    for code, _ in (smtp.mail(sender), smtp.rcpt(to)):
        if code >= 400:
            return _not_taken(code)
    try:
        code, _ = smtp.data(content)
    except smtplib.SMTPDataError as error:
        return _not_taken(error.smtp_code)
    except (OSError, smtplib.SMTPException):
        return "unsure"
    return "sent" if code < 400 else _not_taken(code)


def _not_taken(code: int) -> Outcome:
    return "refused" if code >= 500 else "later"


NO_ADDRESS = (ValueError, MessageError)
