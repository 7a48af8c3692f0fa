"""Letters as PDF for the print room, one file each in the office's outbox, named by the idempotency key.

The layout is `letter.typ`, for window envelopes (DIN 5008 form B: address 45 to 90 mm from the top, 20 mm from the left).
All words reach it as data; nothing of a message is ever read as Typst source.
"""

from __future__ import annotations

import importlib.metadata
import json
from functools import cache
from pathlib import Path

import typst

from ..message_fields import day
from ..sendable import Sendable, permitted
from .folder import found, lay
from .receipt import Receipt

IDEMPOTENT = True
LAYOUT = Path(__file__).parent / "letter.typ"


@permitted
def send(message: Sendable) -> Receipt:
    return lay(message.idempotency_key, ".pdf", page(message))


def look_up(key: str) -> Receipt | None:
    return found(key, ".pdf")


def page(message: Sendable) -> bytes:
    """The letter as PDF/A-2b bytes."""
    words = {
        "lang": "zh" if message.language == "zh-hans" else "en",
        "return_address": message.return_address,
        "address": [message.name, *(line.strip() for line in message.to.splitlines() if line.strip())],
        "sender": message.sender,
        "date": day(message.at.date(), message.language),
        "subject": message.subject,
        "paragraphs": [part.split("\n") for part in message.body.split("\n\n")],
        "mark": f"{message.idempotency_key[:12]} · {message.final_permit_id}",
    }
    made = _compiler().compile(
        format="pdf",
        sys_inputs={"letter": json.dumps(words, ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=message.at.replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])
    return typst.Compiler(LAYOUT, font_paths=fonts, ignore_system_fonts=True)


def font_folder() -> Path:
    """Where the font package put its one file, which has the glyphs of both scripts."""
    for file in importlib.metadata.files("cvttf-notosanscjk-regular") or ():
        if file.name.endswith(".otf") and Path(str(file.locate())).parent.name.startswith("cvttf"):
            return Path(str(file.locate())).parent
    raise FileNotFoundError("the font package cvttf-notosanscjk-regular holds no font")
