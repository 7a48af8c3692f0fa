"""Is this a currency? Codes of ISO 4217 that name money in circulation (`currencies.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml


@cache
def currency_codes() -> frozenset[str]:
    data = yaml.safe_load(Path(__file__).with_name("currencies.yaml").read_text(encoding="utf-8"))
    return frozenset(data["codes"])


def is_currency(code: str) -> bool:
    return code in currency_codes()
