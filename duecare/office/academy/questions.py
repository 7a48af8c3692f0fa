"""Multiple-choice questions about the rules: which one comes next, and what an answer shows. Kept as they were asked; not asked again once their rule has changed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from duecare.learning import Evidence, EvidenceKind
from duecare.office.outreach.gate import library
from duecare.office.people.models import User
from duecare.office.people.rights import require
from duecare.office.site import clock

from .cards import AnyCard
from .dealing import in_force, places_of, today
from .exam import Item, exam_words, items_of
from .models import ExamAnswer, ExamItem
from .services import keep

KNOWN_FOR = timedelta(days=30)
"""A question answered rightly rests so long."""


@dataclass(frozen=True)
class Asked:
    """An item with the card that it was made from."""

    item: Item
    card: AnyCard


def next_question(user: User, at: datetime) -> Asked | None:
    """The next question on the law of this person's team: drawn by lot from what was not answered rightly of late and not today, the same until it is answered."""
    cards = in_force(today(at), places_of(user, at))
    answers = ExamAnswer.objects.filter(user=user, at__lte=at)
    midnight = datetime.combine(today(at), time(), clock.office_zone())
    resting = set(answers.filter(correct=True, at__gt=at - KNOWN_FOR).values_list("item__key", flat=True))
    answered_today = list(answers.filter(at__gte=midnight).values_list("item__key", flat=True))
    resting |= set(answered_today)
    lot = random.Random(f"{user.pk}|{today(at)}|{len(answered_today)}")
    keys = sorted(cards)
    lot.shuffle(keys)
    for key in keys:
        made = items_of(cards[key], library())
        for kind in lot.sample(sorted(made), len(made)):
            if made[kind].key not in resting:
                return Asked(made[kind], cards[key])
    return None


@transaction.atomic
def answer_question(*, user: User, key: str, choice: int, at: datetime) -> ExamAnswer:
    """Answer a question by its key. What was asked is kept with the answer; a right or wrong one is evidence on the rule's skill.

    Raises:
        ValidationError: the rule has changed since the question was shown, or there is no such choice.
    """
    require(user, "academy.practise")
    item, card = find_item(key, at)
    if item is None or card is None:
        raise ValidationError(_("This question does not exist any more: its rule has changed."))
    if not 0 <= choice < len(item.choices):
        raise ValidationError(_("There is no such choice."))
    asked, _made = ExamItem.objects.get_or_create(key=item.key, defaults=_kept(item, card, at))
    if asked.retired_at is not None:  # the rule has gone back to what it was
        asked.retired_at = None
        asked.save(update_fields=["retired_at"])
    given = ExamAnswer.objects.create(
        user=user, item=asked, choice=choice, correct=choice == asked.body["right"], at=at
    )
    shown = Evidence(
        skill=item.skill,
        kind=EvidenceKind.QUIZ,
        outcome=float(given.correct),
        weight=float(exam_words()["weight"]),
        at=at,
        source_id=f"academy_examanswer:{given.pk}",
    )
    keep([shown], user.pk, {"rule": item.rule})
    return given


def find_item(key: str, at: datetime) -> tuple[Item | None, AnyCard | None]:
    """The item of a key, where it still is what the law says."""
    kind, _colon, rest = key.partition(":")
    card = in_force(today(at)).get(rest.rpartition(":")[0])
    item = items_of(card, library()).get(kind) if card is not None else None
    return (item, card) if item is not None and item.key == key else (None, None)


def _kept(item: Item, card: AnyCard, at: datetime) -> dict[str, Any]:
    return {
        "card": card.key,
        "kind": item.kind,
        "rule": item.rule,
        "rule_version": item.version,
        "library": library().version[:64],
        "skill": item.skill,
        "body": item.to_dict(),
        "made_on": today(at),
    }


@dataclass(frozen=True)
class Choice:
    number: int
    text: str
    is_right: bool
    is_chosen: bool


@dataclass(frozen=True)
class Shown:
    """A question in one language, as a page shows it; with `chosen`, also how it was answered."""

    question: tuple[str, ...]
    choices: tuple[Choice, ...]
    why: str
    sentence: str
    source: str
    verified: bool
    rule: str


def shown(body: Mapping[str, Any], lang: str, chosen: int | None = None) -> Shown:
    """An item's body, as `Item.to_dict` gives it and `ExamItem.body` keeps it."""
    return Shown(
        question=tuple(body["question"][lang]),
        choices=tuple(
            Choice(number, one[lang], number == body["right"], number == chosen)
            for number, one in enumerate(body["choices"])
        ),
        why=body["why"][lang],
        sentence=body["sentence"][lang],
        source=body["source"],
        verified=body["verified"],
        rule=body["rule"],
    )


def place_of(rule: str) -> str:
    """The jurisdiction of a rule by its id; empty where the rule is gone."""
    try:
        return library().rule(rule).place
    except KeyError:
        return ""
