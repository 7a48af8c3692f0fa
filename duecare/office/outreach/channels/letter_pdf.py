"""Letters as PDF with Chinese and Latin script, by typst; fonts are embedded and come from a package, not from the system."""

from __future__ import annotations

import importlib.metadata
import json
import os
from functools import cache
from pathlib import Path

import typst
from django.conf import settings

from .sendable import Sendable

TEMPLATE = Path(__file__).with_name("letter.typ")


@cache
def _fonts() -> typst.Fonts:
    files = importlib.metadata.files("cvttf-notosanscjk-regular") or []
    folders = {str(Path(str(file.locate())).parent) for file in files if file.suffix == ".otf"}
    return typst.Fonts(font_paths=sorted(folders), include_system_fonts=False, include_embedded_fonts=True)


def render(*, to: str, name: str, subject: str, body: str, language: str, office: str, reference: str) -> bytes:
    """The letter as PDF. Texts go in as data, never as source."""
    letter = {
        "to": [name, *to.replace("，", ",").split(",")],
        "subject": subject,
        "paragraphs": body.split("\n\n"),
        "language": "zh" if language.startswith("zh") else "en",
        "office": office,
        "reference": reference,
    }
    compiler = typst.Compiler(
        str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=_fonts(), sys_inputs={"letter": json.dumps(letter)}
    )
    pdf = compiler.compile(format="pdf")
    assert isinstance(pdf, bytes)
    return pdf


def send(message: Sendable) -> str:
    """Lay the PDF in the outbox folder for the printer; the same key twice is the same file."""
    folder = settings.HOME.outbox / "letter"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{message.idempotency_key}.pdf"
    if not path.exists():
        pdf = render(
            to=message.to,
            name=message.name,
            subject=message.subject,
            body=message.body,
            language=message.language,
            office=message.office,
            reference=message.idempotency_key[:12],
        )
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return f"letter:{path.name}"
