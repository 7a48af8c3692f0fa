"""A rule's examples as whole requests, for tests, for cards and for trying a rule out."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from duecare.law.places import zone_of
from duecare.law.rules import Example, Rule

_HISTORY = re.compile(r"(\d+)x (\w+) (\w+) (\S+)( daily)?")


def example_request(rule: Rule, example: Example) -> dict[str, Any]:
    """The whole request that an example stands for: an agency's call about a consumer's card debt, changed by the example's facts.

    A history may be written `7x no_answer call 2026-04-01T10:00:00-04:00 daily`; without `daily` the contacts are five minutes apart.
    """
    parts = [] if rule.place == "HOUSE" else rule.place.split("-")
    places = ["-".join(parts[: n + 1]) for n in range(len(parts))]
    request: dict[str, Any] = {
        "id": rule.id,
        "channel": "call",
        "collector": {"kind": "agency", "licences": ["US", "US-NY-NYC", *places]},
        "debt": {
            "id": "D1",
            "kind": "credit_card",
            "consumer": True,
            "due_date": "2025-09-15",
            "last_payment_date": "2025-08-15",
        },
        "person": {
            "id": "P1",
            "role": "debtor",
            "jurisdictions": places or ["GB"],
            "time_zones": [zone_of(rule.place)],
            "birth_date": "1985-05-05",
        },
        "address": {"kind": "mobile"},
    }
    facts = copy.deepcopy(dict(example.facts))
    if isinstance(facts.get("history"), str):
        facts["history"] = _history(facts["history"])
    return _merged(request, facts)


def _history(text: str) -> list[dict[str, Any]]:
    found = _HISTORY.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no history (7x no_answer call 2026-04-01T10:00:00-04:00 daily)")
    count, outcome, channel, start, daily = found.groups()
    step = timedelta(days=1) if daily else timedelta(minutes=5)
    begin = datetime.fromisoformat(start)
    return [
        {
            "at": (begin + n * step).isoformat(),
            "channel": channel,
            "direction": "outbound",
            "outcome": outcome,
            "debt_ids": ["D1"],
        }
        for n in range(int(count))
    ]


def _merged(into: dict[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in facts.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            into[key] = _merged(into[key], value)
        else:
            into[key] = value
    return into
