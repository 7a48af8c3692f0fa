"""What a rule is: where it comes from, whom it binds, since when, how sure we are, and what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom and what a rule binds; empty means all. `consumer` None means consumer and business debt."""

    consumer: bool | None
    debt_kinds: frozenset[str]
    collectors: frozenset[str]
    channels: frozenset[str]
    roles: frozenset[str]
    purposes: frozenset[str]
    addresses: frozenset[str]
    """Kinds of address; a contact whose address is of no known kind is inside."""
    autodialled: bool | None


@dataclass(frozen=True, slots=True)
class Dated:
    """Parameters as in force from a day on."""

    since: date
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """Facts and the verdict that must come of them. `expect` is allow, deny or review; `by` the rule that must (or must not) be among the reasons."""

    facts: Mapping[str, Any]
    expect: str
    next_allowed_at: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one jurisdiction.

    `sentence` and `source` are what a person reads; `status` is `verified` (against the official text) or `unverified`, and `basis` says by what. An
    unverified rule protects all the same; `checked` is the day on which somebody last looked. `layer` is `law` or `house`. `strength` is `ban`,
    `presumption`, `guidance` or `convention`. `reach` says by which places the rule comes in: the person's, the debt's law, the collector's licences.
    """

    id: str
    jurisdiction: str
    kind: str
    sentence: Mapping[str, str]
    source: str
    status: str
    basis: str
    layer: str
    strength: str
    checked: date | None
    reach: frozenset[str]
    scope: Scope
    dated: tuple[Dated, ...]
    effective_to: date | None
    examples: tuple[Example, ...]
    file: str
    line: int

    @property
    def displaces_defaults(self) -> bool:
        """Whether the house's default of this kind gives way to the rule: to law and guidance it does, to an industry's own convention it does not."""
        return self.layer == "law" and self.strength != "convention"

    @property
    def place(self) -> str:
        """The jurisdiction by name, also for an office's own rule; `HOUSE` where it is of no place."""
        return self.jurisdiction.removeprefix("OFFICE-")

    @property
    def effective_from(self) -> date:
        return self.dated[0].since

    def parameters(self, at: date) -> Mapping[str, Any] | None:
        """The parameters in force on a day; None before the rule began or after it ended."""
        if self.effective_to is not None and at >= self.effective_to:
            return None
        found = None
        for step in self.dated:
            if step.since > at:
                break
            found = step.values
        return found
