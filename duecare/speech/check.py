"""May this be said? Unlawful language by category, with the stretch of text, the reason and lawful words instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from duecare.speech.textual import Plain, language_of, plain

BEFORE = {"en": 34, "zh": 10}
"""How far before a hit a negation or a mark of quotation is looked for, in signs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One stretch that may not be said (`block`) or that somebody should look at (`warn`)."""

    category: str
    span: tuple[int, int]
    severity: str
    why: str
    rewording: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"category": self.category, "span": list(self.span), "severity": self.severity, "why": self.why}


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("data").joinpath("phrases.yaml").read_text(encoding="utf-8")
    )
    return found


@cache
def _patterns() -> tuple[tuple[str, str, str, re.Pattern[str]], ...]:
    return tuple(
        (category, entry["severity"], lang, re.compile(pattern))
        for category, entry in _data()["categories"].items()
        for lang in ("en", "zh")
        for pattern in entry[lang]
    )


def check_text(text: str, *, lang: str | None = None, medium: str | None = None) -> tuple[Finding, ...]:
    """Findings in order of their place, one a category and stretch; empty where the text is acceptable.

    `lang` is the language of the reasons (that of the text where left out); both languages are searched. `medium` is accepted for the schema's sake:
    the same words are unlawful in every medium.
    """
    words = "zh" if (lang or language_of(text)).startswith("zh") else "en"
    searched = plain(text)
    found: list[Finding] = []
    taken: set[tuple[str, int]] = set()
    for category, severity, language, pattern in _patterns():
        for hit in pattern.finditer(searched.text):
            if hit.start() == hit.end() or (category, hit.start() // 12) in taken:
                continue
            if _is_lawful(searched, hit.start(), hit.end(), category, language):
                continue
            taken.add((category, hit.start() // 12))
            entry = _data()["categories"][category]
            found.append(
                Finding(
                    category,
                    searched.span(hit.start(), hit.end()),
                    severity,
                    entry["why"][words],
                    entry["instead"][words],
                )
            )
    return tuple(sorted(found, key=lambda one: one.span))


def _is_lawful(searched: Plain, start: int, end: int, category: str, lang: str) -> bool:
    data, text = _data(), searched.text
    around = text[max(0, start - 12) : end + 14]
    if any(phrase in around for phrase in data["allowed"][lang]):
        return True
    clause = re.split(r"[.!?;。！？；\n]", text[max(0, start - BEFORE[lang]) : start])[-1]
    if any(mark in clause for mark in data["quoting"][lang]):
        return True
    if category in data["never_negated"]:
        return False
    sentence = re.split(r"[.!?;。！？；\n]", text[:start])[-1]
    if any(mark in sentence for mark in data["warnings"][lang]):
        return True
    # "If you don't pay" shields nothing that follows.
    for condition in data["conditions"][lang]:
        clause = re.sub(condition, " ", clause)
    inside, tail = text[start:end], re.split(r"[,，]", clause)[-1]
    if any((tail + inside).lstrip().startswith(subject) for subject in data["subjects"][lang]):
        clause = tail
    return any(mark in clause and mark not in inside for mark in data["negations"][lang])
