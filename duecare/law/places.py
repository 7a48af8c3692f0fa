"""Which laws stand above a place?"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def _places() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("places.yaml").read_text(encoding="utf-8"))
    return found


@cache
def above(name: str) -> tuple[str, ...]:
    """The jurisdictions whose law holds in a place, most general first: `US-NY-NYC` is under US, US-NY and US-NY-NYC; `DE` under EU and DE."""
    parts = name.split("-")
    chain = tuple("-".join(parts[: n + 1]) for n in range(len(parts)))
    unions = tuple(union for union, members in _places()["unions"].items() if chain[0] in members)
    return unions + chain


def zone_of(jurisdiction: str) -> str:
    """The zone assumed for a jurisdiction in examples; UTC where none is."""
    return str(_places()["zones"].get(jurisdiction, "UTC"))
