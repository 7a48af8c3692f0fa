"""Sentences filled with facts, in English and in Chinese. The words themselves are those of `duecare.insight.bilingual`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from duecare.insight import bilingual
from duecare.insight.bilingual import Bilingual, is_chinese

__all__ = ["Bilingual", "Fact", "fill", "is_chinese", "read_data"]

Fact = str | int | date | datetime | time
"""What a sentence may be filled with; instants are told in the zone they carry."""


def read_data(file_name: str) -> Mapping[str, Any]:
    """The content of one of this package's YAML files, read once."""
    return bilingual.read_data(file_name, "duecare.treatment")


_SLOT = re.compile(r"\{(\w+)(?::([^|}]*)\|([^}]*))?\}")


def fill(template: str, facts: Mapping[str, Fact], lang: str) -> str:
    """Fill `{fact}` and `{fact:singular|plural}`; dates and times are told in the way of the language.

    Raises:
        KeyError: the template names a fact that is not given.
    """

    def told(match: re.Match[str]) -> str:
        name, singular, plural = match.groups()
        value = facts[name]
        if singular is not None:
            return singular if value == 1 else plural
        if isinstance(value, datetime):
            return f"{_told_date(value, lang)} {value:%H:%M}"
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if isinstance(value, date):
            return _told_date(value, lang)
        return str(value)

    return _SLOT.sub(told, template)


def _told_date(day: date, lang: str) -> str:
    return f"{day.month}月{day.day}日" if is_chinese(lang) else f"{day.day} {day:%b}"
