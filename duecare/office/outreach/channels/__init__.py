"""How does a message leave? One module a channel, each with the same few names, and the one table that lists them.

A module has `IDEMPOTENT` (whether sending twice under one key delivers once), `send(message) -> Receipt`, and, where it is
idempotent, `look_up(key) -> Receipt | None`, which says whether a key was delivered before.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType

# Which modules there are, and for which kinds of message. The first is the default.
CHANNELS: dict[str, tuple[str, ...]] = {
    "sms": ("folder",),
    "email": ("folder", "smtp"),
    "letter": ("letter_pdf", "folder"),
}


class ChannelUnknown(Exception):
    """The settings name a channel that does not exist."""


def channel_for(kind: str) -> ModuleType:
    """The module that carries a kind of message; `DUECARE_CHANNEL_EMAIL=smtp` chooses another than the default."""
    known = CHANNELS.get(kind, ())
    name = os.environ.get(f"DUECARE_CHANNEL_{kind.upper()}") or (known[0] if known else "")
    if name not in known:
        raise ChannelUnknown(f"no channel {name!r} for {kind}; known: {', '.join(known) or 'none'}")
    return importlib.import_module(f"{__name__}.{name}")
