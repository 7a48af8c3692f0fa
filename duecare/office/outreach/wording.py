"""What do the words of a message say? Fields filled strictly, and what the law needs to know of the result.

A field is a name in braces, such as `{balance}`. It is replaced by its value once; nothing of a value is ever read as a
field again, and nothing is looked up on an object.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duecare.speech import check_text

from .permits import Content

DATA = Path(__file__).parent / "data"

FIELDS = frozenset(
    {
        "name", "sender", "creditor", "accounts", "reference", "balance", "oldest_due", "payment_instructions", "contact",
        "opt_out", "legal_notice", "today", "promise_amount", "promise_due", "paid_amount", "paid_on", "hold_until",
        "dispute_opened", "dispute_answer", "dispute_until", "itemisation", "owed", "missed_amount", "missed_due",
        "closed_reference", "dispute_open_since", "dispute_answered",
    }
)  # fmt: skip
# Fields that may be empty without the sentence around them becoming untrue.
MAY_BE_EMPTY = frozenset({"legal_notice"})

_FIELD = re.compile(r"\{([a-z_]+)\}")


class FieldMissing(Exception):
    """A template needs a fact that the record does not hold; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def fields_of(text: str) -> list[str]:
    """The fields a text names, in order, each once."""
    return list(dict.fromkeys(_FIELD.findall(text)))


def check_fields(text: str) -> None:
    """Raise ValidationError where a text names an unknown field or has a stray brace."""
    unknown = [name for name in fields_of(text) if name not in FIELDS]
    if unknown:
        raise ValidationError(_("There is no field called %(name)s.") % {"name": "{" + unknown[0] + "}"})
    if re.search(r"[{}]", _FIELD.sub("", text)):
        raise ValidationError(_("A brace that belongs to no field."))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each field by its value, in one pass.

    Raises:
        FieldMissing: the record holds no value for a field of the text.
        ValidationError: the text names a field that does not exist.
    """
    check_fields(text)

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        found = values.get(name, "")
        if not found and name not in MAY_BE_EMPTY:
            raise FieldMissing(name)
        return found

    filled = _FIELD.sub(value, text)
    return re.sub(r"\n{3,}", "\n\n", filled).strip()


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA / "content_words.yaml").read_text())
    return loaded


def _says(text: str, words: list[str]) -> bool:
    lower = text.casefold()
    return any(
        re.search(rf"\b{re.escape(word)}(?:s|d|ed|ing|ment|ments)?\b", lower) if word.isascii() else word in lower
        for word in (str(word).casefold() for word in words)
    )


def content_of(
    *, text: str, language: str, sender: str, opt_out: str, amounts: list[str], outside: str | None
) -> Content:
    """What the law needs to know of a text, read off the text itself and not off what a template says of itself.

    `outside` is what can be read on the envelope of a letter; None for any other channel.
    """
    words = _words()
    discloses = any(amount in text for amount in amounts if amount) or _says(text, words["debt"])
    flags = {
        "identifies_sender": bool(sender) and sender in text,
        "offers_opt_out": bool(opt_out) and opt_out in text,
        "discloses_debt": discloses,
        "limited_content": not discloses,
        "threatens_suit": _says(text, words["suit"]),
    }
    if outside is not None:
        flags["envelope_reveals_debt"] = _says(outside, words["envelope"])
    return Content(text_hash=hashlib.sha256(text.encode()).hexdigest(), language=language, flags=flags)


@dataclass(frozen=True)
class Finding:
    """One thing in a text that must not (block) or should not (warn) be said."""

    category: str
    quoted: str
    blocks: bool
    why: str
    rewording: str


def check(text: str, *, language: str, medium: str, reader: str = "en") -> list[Finding]:
    """Ask `duecare.speech` about a text in a language; the reasons are in the reader's, the words to say instead in the text's.

    Anything that prevents the question is left to crash: no check, no sending.
    """
    spoken, read = ("zh" if one.startswith("zh") else "en" for one in (language, reader))
    # The language of the question chooses the words of the answer only; the findings are the same.
    explained = check_text(text, lang=read, medium=medium)
    reworded = check_text(text, lang=spoken, medium=medium)
    found = [
        Finding(
            category=str(one.category),
            quoted=text[one.span[0] : one.span[1]],
            blocks=one.severity == "block",
            why=one.why,
            rewording=instead.rewording,
        )
        for one, instead in zip(explained, reworded, strict=True)
    ]
    return sorted(found, key=lambda one: not one.blocks)
