"""Cards made from the rulebooks: a case and what the gate says of it, or a figure that a rule sets. A changed rule makes new cards."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from duecare.law import Decision, Library, Rule
from duecare.law.examples import example_request
from duecare.learning import evidence_from_event
from duecare.office.outreach.gate import library

from .case_words import UntoldFact, ask, tell_case
from .figures import Figure, figures_of
from .rule_version import case_mark, rule_version, step_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Span:
    """The days on which what a card teaches is the law: `until` is the first on which it no longer is."""

    since: date
    until: date | None

    def __contains__(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Card:
    """A case. `key` names the rule, the hash of what it asks, and the case, so that progress on a changed rule starts anew."""

    key: str
    rule: Rule
    example: int
    skill: str
    version: str
    span: Span
    verdict: str

    @property
    def request(self) -> dict[str, Any]:
        return example_request(self.rule, self.rule.examples[self.example])


@dataclass(frozen=True)
class FigureCard:
    """A figure that a rule sets and no single contact shows."""

    key: str
    rule: Rule
    figure: Figure
    version: str
    span: Span

    @property
    def skill(self) -> str:
        return self.figure.skill


AnyCard = Card | FigureCard


@dataclass(frozen=True)
class Deck:
    """All cards of one version of the library, whatever the day."""

    cases: Mapping[str, Card]
    figures: Mapping[str, FigureCard]
    all: Mapping[str, AnyCard]


def deck(rules: Library | None = None) -> Deck:
    """The cards of a library, by default of the one in force in this office; kept for the versions asked for last."""
    rules = library() if rules is None else rules
    return _deck(_Keyed(rules))


class _Keyed:
    """A library as a key: two of the same version are the same."""

    def __init__(self, rules: Library) -> None:
        self.rules = rules

    def __hash__(self) -> int:
        return hash(self.rules.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.rules.version == other.rules.version


@lru_cache(maxsize=4)
def _deck(keyed: _Keyed) -> Deck:
    rules = keyed.rules
    cases = {card.key: card for rule in rules.rules() for card in _cases(rules, rule)}
    figures = {card.key: card for rule in rules.rules() for card in _figures(rule)}
    return Deck(cases, figures, {**cases, **figures})


def _cases(rules: Library, rule: Rule) -> Iterator[Card]:
    skill = _skill_of(rule.kind)
    if skill is None:
        return
    for number, example in enumerate(rule.examples):
        request = example_request(rule, example)
        zone = ZoneInfo(request["person"]["time_zones"][0])
        day = datetime.fromisoformat(request["at"]).astimezone(zone).date()
        span = step_of(rule, day) or _around(rule, day)
        if not _can_be_told(rule, number, request):
            continue
        verdict = rules.judge(request).verdict
        version = rule_version(rule, span[0])
        key = f"{rule.id}@{version}#{case_mark(example, verdict)}"
        yield Card(key, rule, number, skill, version, Span(*span), verdict)


def _around(rule: Rule, day: date) -> tuple[date, date | None]:
    """An example before a rule begins or after it ends shows the rule at its edge, and goes with the values next to it."""
    nearest = rule.effective_from if day < rule.effective_from else rule.dated[-1].since
    return nearest, rule.effective_to


def _figures(rule: Rule) -> Iterator[FigureCard]:
    for step in rule.dated:
        span = step_of(rule, step.since)
        if span is None:
            continue
        try:
            for figure in figures_of(rule, step.since):
                version = rule_version(rule, step.since)
                yield FigureCard(f"figure:{rule.id}@{version}#{figure.name}", rule, figure, version, Span(*span))
        except UntoldFact as untold:
            logger.warning("No card of %s since %s: %s", rule.id, step.since, untold)


def _can_be_told(rule: Rule, number: int, request: Mapping[str, Any]) -> bool:
    """A case with a fact that has no words yet makes no card; a half-told case would teach the wrong answer."""
    try:
        return all(tell_case(request, rule.examples[number].facts, lang) for lang in ("en", "zh"))
    except UntoldFact as untold:
        logger.warning("No card from %s, example %s: %s", rule.id, number, untold)
        return False


@lru_cache(maxsize=64)
def _skill_of(kind: str) -> str | None:
    """The skill that a refusal by this kind of rule tells of, by the evidence rules of `duecare.learning`."""
    evidence = evidence_from_event("refused_permit", {"rule_kind": kind}, datetime(2026, 1, 1, tzinfo=UTC), "cards")
    return evidence[0].skill if evidence else None


def cards() -> Mapping[str, Card]:
    """The cases of all rules in this office, of all days."""
    return deck().cases


def rule_of(key: str) -> str:
    """The id of the rule that a card's key names, also of a card that is no longer made."""
    return key.removeprefix("figure:").partition("@")[0]


# --- what a card says ----------------------------------------------------------------------------------------------


def question(card: AnyCard, lang: str) -> list[str]:
    """The case in words, the question last."""
    if isinstance(card, FigureCard):
        return [card.figure.question[lang]]
    request = card.request
    return [*tell_case(request, card.rule.examples[card.example].facts, lang), ask(request, lang)]


@dataclass(frozen=True)
class Answer:
    """`verdict` is allow, deny or review of a case, and empty where a figure is asked for, which `told` gives."""

    verdict: str
    told: str
    why: str
    sentence: str
    source: str
    verified: bool
    next_allowed_at: datetime | None
    """In the zone of the person on the card."""
    zone: str

    @property
    def allowed(self) -> bool:
        return self.verdict == "allow"


def answer(card: AnyCard, lang: str) -> Answer:
    """What the gate itself says of the case; what the rule itself says of the figure."""
    rule = card.rule
    verdict, told, why, zone, following = "", "", "", "", None
    if isinstance(card, FigureCard):
        told, why = card.figure.answer[lang], card.figure.more[lang]
    else:
        request = card.request
        zone = request["person"]["time_zones"][0]
        decision = judged(request, lang)
        verdict, following = decision.verdict, decision.next_allowed_at
        why = reason_of(decision, rule.id)
    return Answer(
        verdict=verdict,
        told=told,
        why=why,
        sentence=rule.sentence[lang],
        source=rule.source,
        verified=rule.status == "verified",
        next_allowed_at=following.astimezone(ZoneInfo(zone)) if following and verdict != "allow" else None,
        zone=zone,
    )


def judged(request: Mapping[str, Any], lang: str) -> Decision:
    return library().judge(request, lang="zh" if lang == "zh" else "en")


def reason_of(decision: Decision, rule: str) -> str:
    """Why, by the rule that the card is about where it is among those that speak against the contact."""
    return next((one.why for one in decision.reasons if one.rule == rule), "") or next(
        (one.why for one in decision.reasons), ""
    )
