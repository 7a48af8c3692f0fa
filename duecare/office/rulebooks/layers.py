"""Which rules of its own does this office have, for whose accounts, and from when to when?

An approved proposal is a layer: a rulebook that is asked beside all others (`duecare.law.Library.with_layer`) and can therefore only tighten. It is part of the
library from the moment of its approval and binds from its day on, so that "the next lawful moment" already knows of it. Nothing here is ever in force before
the day on which the second person approved it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from duecare.law import Rule
from duecare.law.loader import load_file
from duecare.law.rules import Dated

from .models import Proposal, Step

EVERYWHERE = "HOUSE"
"""The place of a rule that binds wherever the person is."""


@dataclass(frozen=True)
class OwnRule:
    """A rule of the office or of a creditor; its values begin and end with its layer. `source` is the hash of the proposal."""

    rule: Rule
    proposal: int
    source: str
    creditor: int | None
    starts: date
    ends: date | None

    def in_force(self, on: date) -> bool:
        return self.starts <= on and (self.ends is None or on < self.ends) and self.rule.parameters(on) is not None


def stamp() -> tuple[int, str]:
    """What changes with every step that is taken; one short query."""
    last = Step.objects.order_by("-sequence").values_list("sequence", "hash").first()
    return last or (0, "")


def read(text: str, place: str, name: str = "proposal") -> tuple[Rule, ...]:
    """The rules of a text, at home in a place.

    Raises:
        RulebookError: names the line.
    """
    return _read(text, place, name)


@lru_cache(maxsize=256)
def _read(text: str, place: str, name: str) -> tuple[Rule, ...]:
    return tuple(load_file(Path(place) / f"{name}.yaml", text))


def own_rules() -> list[OwnRule]:
    """The rules of all approved proposals, those that have ended too, in the order of their approval.

    Raises:
        RulebookError: a layer that was approved cannot be read by this release; nothing is asked without it.
    """
    approved = list(Step.objects.filter(act=Step.Act.APPROVED).select_related("proposal").order_by("sequence"))
    ends: dict[int, date] = {}
    for step in approved:
        if step.proposal.replaces_id is not None and step.in_force_from is not None:
            ends.setdefault(step.proposal.replaces_id, step.in_force_from)
    found = []
    for step in approved:
        proposal, starts = step.proposal, step.in_force_from
        if proposal.kind == Proposal.Kind.END or starts is None:
            continue
        for rule in read(proposal.text, proposal.place, f"proposal-{proposal.pk}"):
            bound = within(rule, starts, ends.get(proposal.pk))
            found.append(OwnRule(bound, proposal.pk, proposal.hash, proposal.creditor_id, starts, bound.effective_to))
    return found


def within(rule: Rule, starts: date, ends: date | None) -> Rule:
    """A rule whose values begin at the earliest with its layer and end at the latest with it."""
    before = [step for step in rule.dated if step.since <= starts]
    dated = tuple(step for step in rule.dated if step.since > starts)
    if before:
        dated = (Dated(starts, before[-1].values), *dated)
    lasts = [day for day in (rule.effective_to, ends) if day is not None]
    return replace(rule, dated=dated, effective_to=min(lasts) if lasts else None)


def digest(rules: Sequence[OwnRule]) -> str:
    """Names what a layer holds: rules, for whom and from when to when."""
    told = "\n".join(f"{one.rule.id} {one.source} {one.starts} {one.ends}" for one in rules)
    return hashlib.sha256(told.encode()).hexdigest()
