"""Channels: how a message leaves the house. A new one is a new module with `send(message) -> receipt` and one line in `CHANNELS`.

A channel takes only a `Sendable`, and only the dispatcher can make one, from a permit that was granted at the moment of sending. `is_idempotent` says
whether sending the same key twice leaves one message at the other end; where it does not, the dispatcher marks before it sends.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from duecare.office.outreach.channels import folder, letter_pdf, smtp
from duecare.office.outreach.channels.sendable import CannotSend, Sendable


@dataclass(frozen=True)
class Driver:
    name: str
    send: Callable[[Sendable], str]
    is_idempotent: bool


FOLDER = Driver("folder", folder.send, True)
PDF = Driver("letter_pdf", letter_pdf.send, True)
SMTP = Driver("smtp", smtp.send, False)


def driver_for(channel: str) -> Driver:
    """Which driver carries a channel: letters become PDF; e-mail goes by SMTP where a server is set up; the rest is laid in the outbox folder."""
    if channel == "letter":
        return PDF
    if channel == "email" and os.environ.get("DUECARE_SMTP_HOST"):
        return SMTP
    return FOLDER


__all__ = ["CannotSend", "Driver", "Sendable", "driver_for"]
