"""Messages as files in the outbox folder: the default, and the hand-over to whatever picks them up."""

from __future__ import annotations

import json
import os

from django.conf import settings

from .sendable import Sendable


def send(message: Sendable) -> str:
    """Lay the message down under its idempotency key; the same key twice is the same file."""
    folder = settings.HOME.outbox / message.channel
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{message.idempotency_key}.json"
    if path.exists():
        return f"folder:{path.name}"
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(
            {
                "permit": message.permit_id,
                "channel": message.channel,
                "to": message.to,
                "subject": message.subject,
                "text": message.body,
                "language": message.language,
            },
            file,
            ensure_ascii=False,
        )
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return f"folder:{path.name}"
