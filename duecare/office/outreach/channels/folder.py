"""Messages laid into a folder (`outbox` in the office's home), one file each, named by the idempotency key.

A file appears whole or not at all, and a name is never written twice: laying the same message again finds it there.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from django.conf import settings

from ..sendable import Sendable, permitted
from .receipt import Receipt

IDEMPOTENT = True


@permitted
def send(message: Sendable) -> Receipt:
    head = [
        f"To: {message.to.replace(chr(10), ', ')}",
        f"Subject: {message.subject}",
        f"Date: {message.at.isoformat()}",
        f"Permit: {message.final_permit_id}",
        f"Language: {message.language}",
    ]
    return lay(message.idempotency_key, ".txt", ("\n".join(head) + "\n\n" + message.body + "\n").encode())


def look_up(key: str) -> Receipt | None:
    return found(key, ".txt")


def lay(key: str, ending: str, content: bytes) -> Receipt:
    """Put a file under its key, whole, readable by the office alone; where it is already, leave it."""
    path = _path(key, ending)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        else:
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
    finally:
        draft.unlink(missing_ok=True)
    return Receipt(path.name)


def found(key: str, ending: str) -> Receipt | None:
    path = _path(key, ending)
    return Receipt(path.name) if path.exists() else None


def _path(key: str, ending: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{32,64}", key):
        raise ValueError("an idempotency key is hexadecimal")
    return Path(settings.HOME.outbox) / f"{key}{ending}"
