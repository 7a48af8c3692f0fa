"""E-mail through the SMTP server that the environment names.

SMTP knows no idempotency: a server that took a message and a line that broke before its "250" look the same from here. So a
message is tried at most once from the moment its text is handed over; what fails before that is certain not to have gone.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from ..sendable import Sendable, permitted
from .receipt import NotSent, Receipt

IDEMPOTENT = False
TIMEOUT_SECONDS = 30


@permitted
def send(message: Sendable) -> Receipt:
    sender = _required("DUECARE_SMTP_FROM")
    mail = letter(message, sender)
    try:
        server = _connect()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"{type(error).__name__} while connecting") from error
    try:
        _envelope(server, sender, message.to)
        # From here on it may have gone, whatever happens: only the server's own refusal says that it did not.
        try:
            code, _ = server.data(mail.as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as error:
            raise NotSent(f"the server refused to take a text ({error.smtp_code})") from error
        if code != 250:
            raise NotSent(f"the server refused the text ({code})", lasting=code >= 500)
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()
    return Receipt(mail["Message-ID"])


def letter(message: Sendable, sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = " ".join(message.subject.split())
    user, _, domain = sender.partition("@")
    mail["From"] = Address(display_name=message.sender, username=user, domain=domain)
    to_user, _, to_domain = message.to.partition("@")
    mail["To"] = Address(username=to_user, domain=to_domain)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.idempotency_key}@{domain}>"
    mail["List-Unsubscribe"] = f"<mailto:{sender}?subject=STOP>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "zh-Hans" if message.language == "zh-hans" else "en"
    mail.set_content(message.body)
    return mail


def _connect() -> smtplib.SMTP:
    host, port = _required("DUECARE_SMTP_HOST"), int(os.environ.get("DUECARE_SMTP_PORT", "587"))
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if os.environ.get("DUECARE_SMTP_STARTTLS", "1") == "1":
            server.starttls(context=ssl.create_default_context())
        user = os.environ.get("DUECARE_SMTP_USER")
        if user:
            server.login(user, _required("DUECARE_SMTP_PASSWORD"))
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> None:
    """Sender and recipient; nothing of the text has gone yet, so any failure here is certain."""
    try:
        code, _ = server.mail(sender)
        if code != 250:
            raise NotSent(f"the server refused the sender ({code})", lasting=code >= 500)
        code, _ = server.rcpt(to)
        if code not in (250, 251):
            raise NotSent(f"the server refused the address ({code})", lasting=code >= 500, address_refused=code >= 500)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"{type(error).__name__} before the text") from error


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise NotSent(f"{name} is not set")
    return value
