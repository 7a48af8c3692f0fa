"""Has the law changed under what was learned? Cards of a changed rule are put away and learned anew; questions made from it are not asked any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from duecare.learning import new_card
from duecare.office.outreach.gate import library
from duecare.office.people.models import User

from .cards import AnyCard, FigureCard, rule_of
from .dealing import in_force, today
from .exam import items_of
from .models import CardProgress, ExamItem


@dataclass(frozen=True)
class Renewed:
    """`reset` cards are due again in their new form, `ended` ones have none: their rule is gone or asks for nothing of the kind any more."""

    reset: int = 0
    ended: int = 0

    def __add__(self, other: Renewed) -> Renewed:
        return Renewed(self.reset + other.reset, self.ended + other.ended)


def renew_cards(at: datetime, user: User | None = None) -> Renewed:
    """Put away every held card that is no longer the law of the day, of one person or of all, and put in its place, due at once and unlearned, the card of the same
    case (or figure) under the rule as it is now; where that case is gone, another card of the rule. Cards of rules that did not change are left alone."""
    live = in_force(today(at))
    held = CardProgress.objects.all() if user is None else CardProgress.objects.filter(user=user)
    stale = [(pk, owner) for pk, owner, key in held.values_list("pk", "user_id", "card") if key not in live]
    total = Renewed()
    for owner in dict.fromkeys(owner for _, owner in stale):
        try:
            total += _renew_of(owner, [pk for pk, whose in stale if whose == owner], live, at)
        except IntegrityError:  # another page of the same person has just done it
            continue
    return total


@transaction.atomic
def _renew_of(owner: int, stale: Sequence[int], live: dict[str, AnyCard], at: datetime) -> Renewed:
    rows = list(CardProgress.objects.select_for_update().filter(pk__in=stale).order_by("card"))
    taken = set(CardProgress.objects.filter(user_id=owner).values_list("card", flat=True))
    put_away = {row.card: row for row in CardProgress.every.filter(user_id=owner, retired_at__isnull=False)}
    by_rule: dict[str, list[AnyCard]] = {}
    for card in live.values():
        if card.key not in taken:
            by_rule.setdefault(card.rule.id, []).append(card)
    pairs = [
        pair
        for rule in dict.fromkeys(rule_of(row.card) for row in rows)
        for pair in _pairs([row for row in rows if rule_of(row.card) == rule], by_rule.get(rule, []))
    ]
    made = []
    for old, renewed in pairs:
        old.retired_at = at
        if renewed is None:
            continue
        state = new_card(at)
        again = put_away.get(renewed.key)  # the rule has gone back to what it was
        row = again or CardProgress(user_id=owner, card=renewed.key)
        row.skill, row.state, row.due_at = renewed.skill, state.to_dict(), state.due_at
        row.renews, row.retired_at = old, None
        made.append(row)
    CardProgress.every.bulk_update(rows, ["retired_at"])
    CardProgress.every.bulk_create([row for row in made if row.pk is None])
    CardProgress.every.bulk_update(
        [row for row in made if row.pk is not None], ["skill", "state", "due_at", "renews", "retired_at"]
    )
    return Renewed(len(made), len(pairs) - len(made))


def _pairs(
    rows: Sequence[CardProgress], candidates: Sequence[AnyCard]
) -> Iterable[tuple[CardProgress, AnyCard | None]]:
    """Each old card with its new one: the same case or figure where it is still there, else the next that nobody stands for."""
    left = {card.key: card for card in candidates}
    found: dict[int, AnyCard | None] = {}
    for row in rows:
        same = next((card for card in left.values() if _mark(card.key) == _mark(row.card)), None)
        found[row.pk] = left.pop(same.key) if same is not None else None
    for row in rows:
        if found[row.pk] is None:
            is_figure = row.card.startswith("figure:")
            other = next((card for card in left.values() if isinstance(card, FigureCard) == is_figure), None)
            found[row.pk] = left.pop(other.key) if other is not None else None
    return [(row, found[row.pk]) for row in rows]


def _mark(key: str) -> str:
    """Which figure, or the facts of which case; without the verdict, which a changed rule changes."""
    mark = key.rpartition("#")[2]
    return mark if key.startswith("figure:") else mark[:8]


_looked: set[tuple[str, str]] = set()
"""Versions of the library and days for which this process has looked through the questions."""


def retire_items(at: datetime) -> int:
    """Mark the questions whose rule, or whose right answer, is no longer what it was when they were made. Returns how many were marked; looks once for a version and day."""
    stamp = (library().version, today(at).isoformat())
    if stamp in _looked:
        return 0
    live, gone = in_force(today(at)), []
    for item in ExamItem.objects.filter(retired_at=None):
        card = live.get(item.card)
        if card is None or item.key not in {one.key for one in items_of(card, library()).values()}:
            gone.append(item.pk)
    marked = ExamItem.objects.filter(pk__in=gone, retired_at=None).update(retired_at=at) if gone else 0
    _looked.clear()
    _looked.add(stamp)
    return marked
