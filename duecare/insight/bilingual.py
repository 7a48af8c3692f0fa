"""The same words in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


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
def read_data(file_name: str, package: str = "duecare.insight") -> Mapping[str, Any]:
    """The content of one of a package's YAML files, read once.

    Raises:
        ValueError: the file is not a mapping.
    """
    content = yaml.safe_load(files(package).joinpath(file_name).read_text(encoding="utf-8"))
    if not isinstance(content, Mapping):
        raise ValueError(f"{file_name}: a mapping was expected at the top")
    return content
