"""Is this still the rule that was learned? The hash of what one rule asks on a day, and of what one example states."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from duecare.law import Example, Rule


def step_of(rule: Rule, on: date) -> tuple[date, date | None] | None:
    """From when to when the parameters of a day hold; None where the rule is not in force then."""
    if rule.parameters(on) is None:
        return None
    since = max(step.since for step in rule.dated if step.since <= on)
    ends = [step.since for step in rule.dated if step.since > on]
    ends += [rule.effective_to] if rule.effective_to is not None else []
    return since, min(ends, default=None)


def rule_version(rule: Rule, on: date) -> str:
    """What decides: kind, whom and what it binds, how strictly, from when, with which parameters. Not how it is worded, what it is cited by, how sure we are of it
    or what will be true later: whoever polishes a sentence or checks a source sends nobody back to learn."""
    scope = rule.scope
    return digest(
        {
            "id": rule.id,
            "jurisdiction": rule.jurisdiction,
            "kind": rule.kind,
            "strength": rule.strength,
            "layer": rule.layer,
            "reach": rule.reach,
            "scope": {name: getattr(scope, name) for name in scope.__dataclass_fields__},
            "since": (step_of(rule, on) or (None,))[0],
            "parameters": rule.parameters(on),
        },
        12,
    )


def case_mark(example: Example, verdict: str) -> str:
    """An example's facts and, as the last letter, what the gate says of them."""
    return f"{digest(example.facts, 8)}{verdict[:1]}"


def digest(value: Any, length: int) -> str:
    told = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:length]


def _plain(value: Any) -> Any:
    """The same value whatever order a set or a mapping was read in."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)
