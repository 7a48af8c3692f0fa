"""Which figure does a rule set? Questions about limitation, records, caps and deadlines, from the rules' own parameters and `data/rule_questions.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from duecare.law import Rule

from .case_words import UntoldFact, place_name
from .rule_version import step_of

LANGUAGES = ("en", "zh")
Words = Mapping[str, str]
"""One text in both languages."""
_PLURAL = re.compile(r"\{n:([^|}]*)\|([^}]*)\}")
_GROUPED_FROM = 1_000


@dataclass(frozen=True)
class Figure:
    """One parameter of a rule that can be asked for: the question, how its value is told, and wrong answers where a figure cannot be varied."""

    name: str
    value: Any
    skill: str
    question: Words
    answer: Words
    more: Words
    """What belongs to the answer; empty where nothing does."""
    choice: Words | None
    """How another value would be told; None where `others` are the wrong answers."""
    others: tuple[Words, ...]


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_name("data") / "rule_questions.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def figures_of(rule: Rule, on: date) -> Iterator[Figure]:
    """What can be asked of a rule as it stands on a day; nothing where it is not in force.

    Raises:
        UntoldFact: a parameter has a value for which there are no words.
    """
    values = rule.parameters(on)
    if values is None:
        return
    data = _data()
    own = data["rules"].get(rule.id, {})
    asked = {**data["kinds"].get(rule.kind, {}), **own}
    for name, words in asked.items():
        if name != "subject" and words is not None and name in values:
            yield _figure(rule, on, name, words, asked.get("subject"))


def _figure(rule: Rule, on: date, name: str, words: Mapping[str, Any], subject: Words | None) -> Figure:
    values = rule.parameters(on) or {}
    value = values[name]
    span = step_of(rule, on)
    facts = {key: str(one) for key, one in values.items() if isinstance(one, str | int)}
    facts["since"] = span[0].isoformat() if span else ""
    choice: Words | None = words.get("choice")
    others: list[Words] = list(words.get("others", ()))
    if choice is None:
        told: Mapping[Any, Words] = words["choices"]
        if value not in told:
            raise UntoldFact(f"rule_questions.yaml: {rule.id} {name} has no words for {value!r}")
        answer = told[value]
        others += [one for key, one in told.items() if key != value]
    else:
        answer = {lang: fill(choice[lang], value) for lang in LANGUAGES}
    restarts = _data()["restarts"].get(",".join(values.get("restarts", ()))) if rule.kind == "limitation" else None
    return Figure(
        name=name,
        value=value,
        skill=words.get("skill") or _data()["skills"][rule.kind],
        question={
            lang: words["question"][lang].format_map(
                {
                    **facts,
                    "place": place_name(rule.place, lang),
                    "subject": (subject or {}).get(lang, ""),
                }
            )
            for lang in LANGUAGES
        },
        answer=answer,
        more=restarts or dict.fromkeys(LANGUAGES, ""),
        choice=choice,
        others=tuple(others),
    )


def fill(template: str, value: Any) -> str:
    """A value told in words: `{n}` and `{n:year|years}`."""
    number = as_number(value)
    told = f"{number:,}" if number is not None and number >= _GROUPED_FROM else str(value)
    return _PLURAL.sub(lambda match: match[1 if number == 1 else 2], template).replace("{n}", told)


def as_number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def asked_for() -> Mapping[str, Mapping[str, Any]]:
    """The rules for which there are questions of their own, with the parameters asked for."""
    found: Mapping[str, Mapping[str, Any]] = _data()["rules"]
    return found
