"""One sentence with the facts that mattered, in the language asked for; the sentences stand in `words.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from duecare.law.when import MINUTE

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return found


def sentence(key: str, facts: Mapping[str, Any], lang: str) -> str:
    """The sentence of a finding. Raises KeyError for a key that has no words, which a test rules out."""
    text = str(_words()["sentences"][key][lang])
    for name, value in facts.items():
        if "{" + name in text:
            text = text.replace("{" + name + "}", _told(name, value, lang))
    return text


def _told(name: str, value: Any, lang: str) -> str:
    names = _words()["names"]
    if isinstance(value, datetime):
        day = WEEKDAYS[lang][value.weekday()]
        if name == "local":
            return f"{day} {value:%H:%M}"
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if name == "windows":
        joined = (" and " if lang == "en" else "、").join(
            f"{a // 60:02}:{a % 60:02}–{b // 60:02}:{b % 60:02}"
            for a, b in ((opens // MINUTE, closes // MINUTE) for opens, closes in value)
        )
        return joined
    if name in names and value in names[name]:
        return str(names[name][value][lang])
    return str(value if value is not None else "")
