"""Which cards for whom today? Those of the law under which a team's accounts lie, as many as the minutes bear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min

from duecare.law.places import above
from duecare.learning import CardState, DueCard, EvidenceKind, retrievability
from duecare.learning.bilingual import read_data
from duecare.office.crm.models import Account, AccountStatus
from duecare.office.outreach.gate import library
from duecare.office.people.models import User
from duecare.office.site import clock

from .cards import AnyCard, deck
from .models import CardProgress, Certificate, EvidenceRecord
from .rule_version import digest

HOUSE = "HOUSE"
JUST_REFUSED = timedelta(days=7)
"""A rule that refused a contact so recently is learned before others."""


def today(at: datetime) -> date:
    return at.astimezone(clock.office_zone()).date()


def a_days_cards(user: User) -> int:
    """So many cards fit into the share of this person's minutes that is kept for them."""
    rules = read_data("plan.yaml")
    return int(user.practice_minutes * float(rules["cards_share"]) / float(rules["card_minutes"]))


# --- where -----------------------------------------------------------------------------------------------------------


def places_of(user: User, at: datetime) -> list[str]:
    """The jurisdictions under which the open accounts of this person's team lie, and those of the person's certificates, the busiest first; the house's last."""
    mine = Account.objects.filter(status=AccountStatus.OPEN)
    mine = mine.filter(assigned_to__team=user.team) if user.team_id else mine.filter(assigned_to=user)
    rows = mine.values_list("governing_law", "liabilities__party__jurisdictions").annotate(n=Count("pk")).order_by()
    weights: dict[str, int] = {}
    for governing, jurisdictions, count in rows:
        for place in {law for name in (governing, *(jurisdictions or ())) if name for law in above(name)}:
            weights[place] = weights.get(place, 0) + count
    for place in _of_certificates(user, at):
        weights.setdefault(place, 0)
    ordered = sorted(weights, key=lambda place: (-weights[place], place))
    return [*(place for place in ordered if place != HOUSE), HOUSE]


def _of_certificates(user: User, at: datetime) -> set[str]:
    """The places that valid certificates are for: `cross-border-us-ny` is for New York and what lies above it."""
    known = {name.removeprefix("OFFICE-") for name in library().jurisdictions()}
    found: set[str] = set()
    for key in Certificate.objects.filter(
        user=user, issued_at__lte=at, expires_at__gt=at, suspended_at=None
    ).values_list("key", flat=True):
        parts = key.upper().split("-")
        ends = ("-".join(parts[start:]) for start in range(len(parts)))
        place = next((one for one in ends if one in known), None)
        found |= set(above(place)) if place else set()
    return found


def in_force(on: date, places: Iterable[str] | None = None) -> dict[str, AnyCard]:
    """The cards of what is law on a day, by key; of these places, or of all."""
    inside = None if places is None else set(places)
    return {
        key: card
        for key, card in deck().all.items()
        if on in card.span and (inside is None or card.rule.place in inside)
    }


# --- which -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dealt:
    """What is asked today: cards that are due, then new ones. `waiting` new ones are there beyond the day's measure."""

    due: tuple[DueCard, ...]
    waiting: int


def deal(user: User, at: datetime, *, more: bool = False) -> Dealt:
    """Cards that are due, and new ones up to what a day bears; `more` asks for new ones beyond it."""
    places, day, measure = places_of(user, at), today(at), a_days_cards(user)
    offered = in_force(day, places)
    # Who has no accounts yet keeps what was learned before.
    known = offered if len(places) > 1 else in_force(day)
    held = list(CardProgress.objects.filter(user=user).order_by("due_at", "pk"))
    due = [
        DueCard(row.card, row.skill, row.due_at, retrievability(CardState.from_dict(row.state), at))
        for row in held
        if row.due_at <= at and row.card in known
    ][: 2 * measure]
    fresh = _in_order(user, [card for key, card in offered.items()], [row.card for row in held], places, at)
    room = measure if more else max(0, measure - len(due) - _begun_today(user, at))
    new = [DueCard(card.key, card.skill, at) for card in fresh[:room]]
    return Dealt((*due, *new), len(fresh) - len(new))


def new_cards_for(user: User, at: datetime, most: int) -> list[AnyCard]:
    """Cards not seen yet, of the laws of this person's team, one rule after the other."""
    places = places_of(user, at)
    held = CardProgress.objects.filter(user=user).values_list("card", flat=True)
    return _in_order(user, list(in_force(today(at), places).values()), held, places, at)[:most]


def _in_order(
    user: User, offered: Sequence[AnyCard], held: Iterable[str], places: Sequence[str], at: datetime
) -> list[AnyCard]:
    """What is not held yet: first of the rules that have just refused this person's contacts, then a first card of each rule, a second, and so on; within a
    round the busiest place first. A rule does not always begin with its refusal, or one could answer without reading."""
    seen, order = set(held), {place: number for number, place in enumerate(places)}
    refused = _refusing(user, at)
    by_rule: dict[str, list[AnyCard]] = {}
    for card in offered:
        by_rule.setdefault(card.rule.id, []).append(card)
    ranked = []
    for rule, found in by_rule.items():
        start = int(digest(rule, 4), 16) % len(found)
        turned = [*found[start:], *found[:start]]
        ranked += [
            ((rule not in refused, number, order[card.rule.place], rule), card)
            for number, card in enumerate(turned)
            if card.key not in seen
        ]
    return [card for _, card in sorted(ranked, key=lambda one: one[0])]


def _refusing(user: User, at: datetime) -> set[str]:
    rows = EvidenceRecord.objects.filter(
        user=user, kind=str(EvidenceKind.REFUSED_PERMIT), at__gt=at - JUST_REFUSED, at__lte=at
    )
    return {detail.get("rule", "") for detail in rows.values_list("detail", flat=True)}


def _begun_today(user: User, at: datetime) -> int:
    """Cards answered for the first time today."""
    midnight = datetime.combine(today(at), time(), clock.office_zone())
    first = CardProgress.objects.filter(user=user).annotate(first=Min("reviews__at"))
    return int(first.filter(first__gte=midnight).count())
