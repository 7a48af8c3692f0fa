"""The same words in English and in Chinese, and sentences filled with facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Fact = str | int | date | datetime | time
"""What a sentence may be filled with; instants are told in the zone they carry."""


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages of the house."""

    en: str
    zh: str

    def text(self, lang: str) -> str:
        """The text in `lang`: any tag that begins with `zh` reads Chinese, every other reads English."""
        return self.zh if is_chinese(lang) else self.en

    @classmethod
    def read(cls, value: Any, *, where: str) -> Bilingual:
        """Read `{en: …, zh: …}` from a data file.

        Raises:
            ValueError: one language is missing or empty; the message names `where`.
        """
        if not isinstance(value, Mapping) or not value.get("en") or not value.get("zh"):
            raise ValueError(f"{where}: both `en` and `zh` are needed, found {value!r}")
        return cls(en=str(value["en"]), zh=str(value["zh"]))


def is_chinese(lang: str) -> bool:
    """Whether a language tag asks for Chinese."""
    return lang.lower().startswith("zh")


@cache
def read_data(file_name: str) -> Mapping[str, Any]:
    """The content of one of this package's YAML files, read once.

    Raises:
        ValueError: the file is not a mapping.
    """
    content = yaml.safe_load(files("duecare.treatment").joinpath(file_name).read_text(encoding="utf-8"))
    if not isinstance(content, Mapping):
        raise ValueError(f"{file_name}: a mapping was expected at the top")
    return content


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
