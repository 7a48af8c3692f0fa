"""E-mail by SMTP. `DUECARE_SMTP_HOST`, `_PORT` (25), `_USER`, `_PASSWORD`, `_TLS` (1 for STARTTLS), `DUECARE_MAIL_FROM`.

SMTP knows no idempotency: the dispatcher marks a message before it is handed over, so a crash in between loses it rather than sends it twice.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage

from .sendable import CannotSend, Sendable


def send(message: Sendable) -> str:
    mail = EmailMessage()
    sender = os.environ.get("DUECARE_MAIL_FROM", "office@example.com")
    mail["From"], mail["To"], mail["Subject"] = sender, message.to, message.subject
    mail["Message-ID"] = f"<{message.idempotency_key}@{sender.partition('@')[2]}>"
    mail["Content-Language"] = message.language
    mail.set_content(message.body)
    try:
        with smtplib.SMTP(
            os.environ["DUECARE_SMTP_HOST"], int(os.environ.get("DUECARE_SMTP_PORT", "25")), timeout=20
        ) as server:
            if os.environ.get("DUECARE_SMTP_TLS") == "1":
                server.starttls(context=ssl.create_default_context())
            if user := os.environ.get("DUECARE_SMTP_USER"):
                server.login(user, os.environ["DUECARE_SMTP_PASSWORD"])
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise CannotSend(f"the mail server did not take it: {type(error).__name__}") from error
    return f"smtp:{mail['Message-ID']}"
