"""How was it worked out? Lines of a working, and their sentences in English and Chinese (`data/words.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from duecare.law.calculators.reading import read

LANGUAGES = ("en", "zh")
Words = Mapping[str, str]
"""One text in every language of ours."""


class Months(int):
    """So many months, told in years and months."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands, and whether its official text was read (`seen`)."""

    text: str
    seen: bool = False

    @property
    def status(self) -> str:
        return "verified" if self.seen else "unverified"

    @classmethod
    def of(cls, entry: Mapping[str, Any], key: str = "source") -> Source | None:
        text = entry.get(key)
        return None if text is None else cls(str(text), bool(entry.get("seen", False)))


@dataclass(frozen=True, slots=True)
class Line:
    """One step: when, what happened (a key of the words, with its facts), under which rule, and whatever figures it led to."""

    on: date | None
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None
    note: Words | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        said = sentence(self.key, self.facts, lang)
        return said if self.note is None else join_sentences((said, self.note[lang]), lang)

    def to_dict(self, lang: str) -> dict[str, Any]:
        return {
            "date": None if self.on is None else self.on.isoformat(),
            "step": self.key,
            "text": self.text(lang),
            "source": None if self.source is None else self.source.text,
            "status": None if self.source is None else self.source.status,
            **{name: plain(value) for name, value in self.figures.items()},
        }


def sentence(key: str, facts: Mapping[str, Any], lang: str) -> str:
    """The sentence of a key with its facts. Raises KeyError for a key without words."""
    text = str(read("words.yaml")["sentences"][key][lang])
    for name, value in facts.items():
        if "{" + name + "}" in text:
            text = text.replace("{" + name + "}", told(name, value, lang))
    return text


def name_of(group: str, key: str, lang: str) -> str:
    """A word of the field, such as the name of an event."""
    found = read("words.yaml")["names"].get(group, {}).get(key)
    return key if found is None else str(found[lang])


def phrase(group: str, text: str, lang: str) -> str:
    """A remark of the data (`basis` or `source`) in a language; a citation stays as it is."""
    return str(read("phrases.yaml")[group].get(text, text)) if lang == "zh" else text


def told(name: str, value: Any, lang: str) -> str:
    """A fact as a person reads it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, Mapping) and set(value) == set(LANGUAGES):
        return str(value[lang])
    if isinstance(value, Months) or (name == "length" and isinstance(value, int)):
        return length(value, lang)
    if isinstance(value, str):
        return name_of(name, value, lang)
    if isinstance(value, Sequence):
        return ("、" if lang == "zh" else ", ").join(told(name, one, lang) for one in value)
    return str(value)


def length(months: int, lang: str) -> str:
    """So many months in years and months."""
    years, rest = divmod(months, 12)
    if lang == "zh":
        return "".join(([f"{years} 年"] if years else []) + ([f"{rest} 个月"] if rest else [])) or "0 个月"
    parts = [
        f"{count} {word}{'' if count == 1 else 's'}" for count, word in ((years, "year"), (rest, "month")) if count
    ]
    return " and ".join(parts) or "0 months"


def number(value: Decimal) -> str:
    """A decimal without exponent and without idle noughts behind the point, thousands kept together."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def join_sentences(sentences: Sequence[str], lang: str) -> str:
    return ("" if lang == "zh" else " ").join(sentences)


def plain(value: Any) -> Any:
    """A figure as JSON knows it; money and rates stay text, so that no digit is lost."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    return value
