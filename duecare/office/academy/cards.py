"""Cards made from the rulebooks: a case, the answer of the gate, the rule and its source. A changed rule makes new cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from duecare.law import Library, Rule
from duecare.law.examples import example_request
from duecare.learning import evidence_from_event
from duecare.office.crm.models import Account
from duecare.office.outreach.gate import library
from duecare.office.people.models import User

from .models import CardProgress


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
            if example.expect != "review":
                key = f"{rule.id}@{rule.dated[-1].since}#{number}"
                found[key] = Card(key, rule, number, skill)
    return found


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
    """The case in words: who, when, how, and the facts that the example names."""
    request = card.request
    person = request["person"]
    lines = []
    for zone in person["time_zones"]:
        local = datetime.fromisoformat(request["at"]).astimezone(ZoneInfo(zone))
        lines.append(
            _("It is %(weekday)s %(time)s where the person is (%(zone)s).")
            % {"weekday": _weekday(local.weekday()), "time": f"{local:%Y-%m-%d %H:%M}", "zone": zone}
        )
    lines.append(
        _("You act as %(kind)s; the debt is %(debt)s.")
        % {"kind": request["collector"]["kind"], "debt": request["debt"]["kind"].replace("_", " ")}
    )
    if person["role"] != "debtor":
        lines.append(_("You would speak to: %(role)s.") % {"role": person["role"].replace("_", " ")})
    if request.get("history"):
        lines.append(
            _("Before that: %(n)s contacts (%(outcomes)s), the last on %(when)s.")
            % {
                "n": len(request["history"]),
                "outcomes": ", ".join(sorted({one["outcome"].replace("_", " ") for one in request["history"]})),
                "when": request["history"][-1]["at"][:16].replace("T", " "),
            }
        )
    for wish in request.get("preferences", []):
        lines.append(
            _("The person has said: %(wish)s.")
            % {"wish": " ".join(str(value) for key, value in wish.items() if key != "since").replace("_", " ")}
        )
    facts = {
        key: value
        for key, value in card.rule.examples[card.example].facts.items()
        if key in ("debt", "content", "address", "autodialled", "employer_forbids", "purpose", "consent_for_contact_at")
    }
    for name, value in facts.items():
        told = (
            ", ".join(f"{key.replace('_', ' ')}: {one}" for key, one in value.items())
            if isinstance(value, dict)
            else str(value)
        )
        lines.append(f"{name.replace('_', ' ')}: {told}")
    lines.append(_("May you make this contact by %(channel)s?") % {"channel": request["channel"]})
    return lines


def _weekday(number: int) -> str:
    return [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")][number]


@dataclass(frozen=True)
class Answer:
    allowed: bool
    why: str
    sentence: str
    source: str
    verified: bool
    next_allowed_at: datetime | None


def answer(card: Card, lang: str) -> Answer:
    """What the gate itself says of the case."""
    decision = library().judge(card.request, lang="zh" if lang == "zh" else "en")
    return Answer(
        allowed=decision.verdict == "allow",
        why=decision.reasons[0].why if decision.reasons else "",
        sentence=card.rule.sentence[lang],
        source=card.rule.source,
        verified=card.rule.status == "verified",
        next_allowed_at=decision.next_allowed_at if decision.verdict != "allow" else None,
    )
