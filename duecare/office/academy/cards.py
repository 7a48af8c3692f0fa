"""Cards made from the rulebooks: a case, the answer of the gate, the rule and its source. A changed rule makes new cards."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from duecare.law import Library, Rule
from duecare.law.examples import example_request
from duecare.learning import evidence_from_event
from duecare.office.crm.models import Account
from duecare.office.outreach.gate import library
from duecare.office.people.models import User

from .case_words import UntoldFact, ask, tell_case
from .models import CardProgress

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Card:
    """`key` names rule, date in force and example, so that progress on a changed rule starts anew."""

    key: str
    rule: Rule
    example: int
    skill: str

    @property
    def request(self) -> dict[str, Any]:
        return example_request(self.rule, self.rule.examples[self.example])


@lru_cache(maxsize=2)
def _cards(version: str) -> dict[str, Card]:
    rules: Library = library()
    found = {}
    for rule in rules.rules():
        skill = _skill_of(rule.kind)
        if skill is None:
            continue
        for number, example in enumerate(rule.examples):
            key = f"{rule.id}@{rule.dated[-1].since}#{number}"
            card = Card(key, rule, number, skill)
            if example.expect != "review" and _can_be_told(card):
                found[key] = card
    return found


def _can_be_told(card: Card) -> bool:
    """A case with a fact that has no words yet makes no card; a half-told case would teach the wrong answer."""
    try:
        return all(tell_case(card.request, card.rule.examples[card.example].facts, lang) for lang in ("en", "zh"))
    except UntoldFact as untold:
        logger.warning("No card from %s: %s", card.key, untold)
        return False


def _skill_of(kind: str) -> str | None:
    """The skill that a refusal by this kind of rule tells of, by the evidence rules of `duecare.learning`."""
    evidence = evidence_from_event(
        "refused_permit", {"rule_kind": kind}, datetime.fromisoformat("2026-01-01T00:00:00+00:00"), "cards"
    )
    return evidence[0].skill if evidence else None


def cards() -> dict[str, Card]:
    return _cards(library().version)


def places_of(user: User) -> list[str]:
    """The jurisdictions of the accounts a person works, and the house's."""
    places: dict[str, int] = {}
    for one in Account.objects.filter(assigned_to=user).values_list("liabilities__party__jurisdictions", flat=True)[
        :400
    ]:
        for place in one or []:
            places[place] = places.get(place, 0) + 1
    return [*sorted(places, key=lambda place: -places[place]), "HOUSE"]


def new_cards_for(user: User, most: int) -> list[Card]:
    """Cards not seen yet, of the laws of this person's accounts first, one rule after the other."""
    seen = set(CardProgress.objects.filter(user=user).values_list("card", flat=True))
    order = {place: number for number, place in enumerate(places_of(user))}
    fresh = [card for card in cards().values() if card.key not in seen and card.rule.jurisdiction in order]
    fresh.sort(key=lambda card: (card.example, order[card.rule.jurisdiction]))
    return fresh[:most]


def question(card: Card, lang: str) -> list[str]:
    """The case in words, the question last."""
    request = card.request
    return [*tell_case(request, card.rule.examples[card.example].facts, lang), ask(request, lang)]


@dataclass(frozen=True)
class Answer:
    allowed: bool
    why: str
    sentence: str
    source: str
    verified: bool
    next_allowed_at: datetime | None
    """In the zone of the person on the card."""
    zone: str


def answer(card: Card, lang: str) -> Answer:
    """What the gate itself says of the case."""
    request = card.request
    zone = ZoneInfo(request["person"]["time_zones"][0])
    decision = library().judge(request, lang="zh" if lang == "zh" else "en")
    following = decision.next_allowed_at
    return Answer(
        allowed=decision.verdict == "allow",
        why=decision.reasons[0].why if decision.reasons else "",
        sentence=card.rule.sentence[lang],
        source=card.rule.source,
        verified=card.rule.status == "verified",
        next_allowed_at=following.astimezone(zone) if following and decision.verdict != "allow" else None,
        zone=zone.key,
    )
