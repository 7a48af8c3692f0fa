"""What to practise today: a plan that fits the minutes, most needed first, each item with its reason.

A skill's need is

    importance × ( (1 − mean) · (½ + ½ · n/(n + 2))  +  today_weight · trials failed today
                   +  returning_weight where a mistake is due to come back )

with `mean` and the effective number of observations `n` from the estimate: a known gap counts in full, one that is only not yet seen by
half. Items are taken greedily by need over the square root of their minutes (so that long practice is not driven out by short)
until the minutes are used; each time a skill is served its need is divided, so that one skill does not fill the plan.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from duecare.learning.bilingual import Bilingual, read_data
from duecare.learning.estimation import SkillEstimate
from duecare.learning.evidence import Evidence, EvidenceKind
from duecare.learning.skills import skill

_FAILED = 0.5
"""Evidence of an outcome below this is a mistake."""


class ItemKind(StrEnum):
    """What a plan item is."""

    ROLE_PLAY = "role_play"
    CARDS = "cards"
    LESSON = "lesson"


@dataclass(frozen=True, slots=True)
class PracticeOption:
    """Something that can be practised: a role-play with a persona, or a lesson. `skills` are those it trains, main one first."""

    id: str
    skills: tuple[str, ...]
    minutes: int
    kind: ItemKind = ItemKind.ROLE_PLAY


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card that is due now; `retrievability` is the chance of recall, None for a card never answered."""

    id: str
    skill: str
    due_at: datetime
    retrievability: float | None = None


@dataclass(frozen=True, slots=True)
class Practised:
    """Something that was practised: an option's id, the skills it trained, and when."""

    ref: str
    skills: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: a key of `plan.yaml` and the facts that fill its sentence."""

    key: str
    facts: Mapping[str, str | int]

    def sentence(self, lang: str, *, brief: bool = False) -> str:
        """The reason as a phrase without a full stop, in English or Chinese; `brief` where the skill was named just before."""
        data = read_data("plan.yaml")
        group, _, event = self.key.partition(":")
        if group == "event":
            template = data["events"].get(event, data["events"]["other"])
        else:
            template = data["brief" if brief else "reasons"][group]
        words = Bilingual.read(template, where=f"plan.yaml, {self.key}").text(lang)
        return _fill(words, self.facts, lang)


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One thing to do: `ref` is the option's id, or for cards `cards:<skill>`; `card_ids` are the cards to answer."""

    kind: ItemKind
    ref: str
    skill: str
    minutes: int
    why: tuple[Why, ...]
    card_ids: tuple[str, ...] = ()

    def why_sentence(self, lang: str) -> str:
        """All reasons as one sentence."""
        chinese = lang.lower().startswith("zh")
        told = [reason.sentence(lang, brief=place > 0) for place, reason in enumerate(self.why)]
        joined = ("；" if chinese else "; ").join(told)
        return f"{joined[:1].upper()}{joined[1:]}{'。' if chinese else '.'}"


@dataclass(frozen=True, slots=True)
class DailyPlan:
    """The plan: items most needed first, and the minutes they take together."""

    items: tuple[PlanItem, ...]
    minutes: int


def daily_plan(
    *,
    estimates: Mapping[str, SkillEstimate],
    due_cards: Sequence[DueCard],
    practised_recently: Sequence[Practised],
    today_events: Sequence[Evidence],
    minutes: int,
    at: datetime,
    personas: Sequence[PracticeOption],
    earlier_mistakes: Sequence[Evidence] = (),
) -> DailyPlan:
    """Choose what to practise with so many minutes.

    Args:
        estimates: by skill, from `estimate`; a skill left out is treated as unknown and is not planned for its own sake.
        due_cards: cards due at `at`, each with its skill.
        practised_recently: what was practised in the last weeks.
        today_events: evidence of today (or of the last working day); outcomes below 0.5 are the mistakes.
        minutes: minutes at hand; an item is never cut to fit, except that fewer cards are taken.
        personas: role-plays and lessons to choose from.
        earlier_mistakes: evidence of earlier days; its mistakes come back at the spacing steps of `plan.yaml`.

    Returns:
        A plan of at most `minutes` minutes; the same input gives the same plan whatever its order.

    Raises:
        ValueError: `minutes` is negative or `at` has no offset.
    """
    if minutes < 0:
        raise ValueError(f"minutes cannot be negative: {minutes}")
    if at.tzinfo is None:
        raise ValueError("the instant of a plan needs a UTC offset")
    rules = read_data("plan.yaml")
    needs = _needs(estimates, today_events, earlier_mistakes, practised_recently, at)
    options = sorted(personas, key=lambda one: one.id)
    cards = _cards_by_skill(due_cards)
    fresh = {one.skill for one in today_events if one.outcome < _FAILED}

    left, cards_left = float(minutes), max(minutes * float(rules["cards_share"]), 0.0)
    items: list[PlanItem] = []
    taken: set[str] = set()
    served: dict[str, int] = {}
    smallest = min((one.minutes for one in options), default=minutes + 1)
    while len(items) < int(rules["most_items"]):
        offers: list[tuple[float, str, PlanItem]] = []
        for option in options:
            if option.id in taken or option.minutes > left:
                continue
            worth, main = _worth(option.skills, needs, served)
            if _was_recent(option, practised_recently, at) and main not in fresh:
                worth *= float(rules["recent_factor"])
            if worth > 0.0:
                item = PlanItem(option.kind, option.id, main, option.minutes, needs[main].why)
                offers.append((worth / math.sqrt(option.minutes), option.id, item))
        room = left if smallest > left else min(left, cards_left)
        for key, found in cards.items():
            if f"cards:{key}" in taken:
                continue
            count = min(len(found), int(rules["most_cards"]), int(room / float(rules["card_minutes"])))
            if count == 0:
                continue
            item = _cards_item(key, found[:count], needs.get(key), float(rules["card_minutes"]))
            forgotten = sum(1.0 - (one.retrievability or 0.0) for one in found[:count])
            worth = (needs[key].score if key in needs else 0.0) / (1 + served.get(key, 0)) + 0.2 * forgotten
            offers.append((worth / math.sqrt(item.minutes), item.ref, item))
        if not offers:
            break
        _, _, chosen = max(offers, key=lambda offer: (offer[0], offer[1]))
        items.append(chosen)
        taken.add(chosen.ref)
        left -= chosen.minutes
        if chosen.kind is ItemKind.CARDS:
            cards_left -= chosen.minutes
        trained = next((one.skills for one in options if one.id == chosen.ref), (chosen.skill,))
        for key in trained:
            served[key] = served.get(key, 0) + 1
    return DailyPlan(items=tuple(items), minutes=sum(item.minutes for item in items))


@dataclass(frozen=True, slots=True)
class _Need:
    score: float
    why: tuple[Why, ...]


def _needs(
    estimates: Mapping[str, SkillEstimate],
    today_events: Sequence[Evidence],
    earlier_mistakes: Sequence[Evidence],
    practised: Sequence[Practised],
    at: datetime,
) -> dict[str, _Need]:
    rules = read_data("plan.yaml")
    needs: dict[str, _Need] = {}
    touched = {one.skill for one in (*today_events, *earlier_mistakes)}
    for key in sorted({*estimates, *touched}):
        known = skill(key)
        why: list[Why] = []
        score = 0.0
        today = [one for one in today_events if one.skill == key and one.outcome < _FAILED]
        if today:
            score += float(rules["today_weight"]) * sum(one.weight * (1.0 - one.outcome) for one in today)
            why.extend(_event_reasons(key, today, at))
        returning = _returning(key, earlier_mistakes, practised, at)
        if returning:
            score += float(rules["returning_weight"])
            why.append(returning)
        if key in estimates:
            seen = estimates[key]
            if seen.low < float(rules["strong_mean"]):
                # The gap counts in full where it is known, and by half where it is only not yet seen.
                score += (1.0 - seen.mean) * (0.5 + 0.5 * seen.effective_n / (seen.effective_n + 2.0))
                why.append(_estimate_reason(key, seen))
        if why:
            needs[key] = _Need(score=known.importance * score, why=tuple(why))
    return needs


def _event_reasons(key: str, events: Sequence[Evidence], at: datetime) -> list[Why]:
    """One reason a kind of event, told by how many there were and when the newest was."""
    sources: dict[EvidenceKind, set[str]] = {}
    newest: dict[EvidenceKind, datetime] = {}
    for one in events:
        sources.setdefault(one.kind, set()).add(one.source_id)
        newest[one.kind] = max(one.at, newest.get(one.kind, one.at))
    return [
        Why(key=f"event:{kind}", facts={"skill": key, "count": len(found), "when": _when(newest[kind], at)})
        for kind, found in sorted(sources.items())
    ]


def _when(event_at: datetime, at: datetime) -> str:
    """`today`, `yesterday` or the date, by the calendar of the zone that `at` carries."""
    day, today = event_at.astimezone(at.tzinfo).date(), at.date()
    if day == today:
        return "today"
    return "yesterday" if day == today - timedelta(days=1) else day.isoformat()


def _estimate_reason(key: str, seen: SkillEstimate) -> Why:
    if seen.n == 0:
        return Why(key="unknown", facts={"skill": key})
    return Why(
        key="weak",
        facts={
            "skill": key,
            "percent": round(100 * seen.mean),
            "low": round(100 * seen.low),
            "high": round(100 * seen.high),
            "n": seen.n,
        },
    )


def _returning(key: str, mistakes: Sequence[Evidence], practised: Sequence[Practised], at: datetime) -> Why | None:
    """The newest mistake of the skill whose last spacing step has passed without practice since."""
    steps: Sequence[int] = read_data("plan.yaml")["spacing_days"]
    for mistake in sorted(mistakes, key=lambda one: (one.at, one.source_id), reverse=True):
        if mistake.skill != key or mistake.outcome >= _FAILED:
            continue
        passed = [days for days in steps if mistake.at + timedelta(days=days) <= at]
        if not passed or at - mistake.at > timedelta(days=2 * steps[-1]):
            continue
        step_at = mistake.at + timedelta(days=passed[-1])
        if not any(key in one.skills and one.at >= step_at for one in practised):
            day = mistake.at.astimezone(at.tzinfo).date()
            return Why(key="returning", facts={"skill": key, "date": day.isoformat(), "days": passed[-1]})
    return None


def _worth(skills: Sequence[str], needs: Mapping[str, _Need], served: Mapping[str, int]) -> tuple[float, str]:
    """Worth of an option, its main skill counting in full and the others by half, and the skill that needs it most."""
    worths = {
        key: needs[key].score / (1 + served.get(key, 0)) * (1.0 if place == 0 else 0.5)
        for place, key in enumerate(skills)
        if key in needs
    }
    if not worths:
        return 0.0, skills[0] if skills else ""
    return sum(worths.values()), max(worths, key=lambda key: (worths[key], key))


def _was_recent(option: PracticeOption, practised: Sequence[Practised], at: datetime) -> bool:
    recent = timedelta(hours=float(read_data("plan.yaml")["recent_hours"]))
    return any(one.ref == option.id and at - one.at < recent for one in practised)


def _cards_by_skill(due_cards: Sequence[DueCard]) -> dict[str, list[DueCard]]:
    found: dict[str, list[DueCard]] = {}
    # Most forgotten first; a card never answered waits behind one that is being forgotten.
    order = sorted(
        due_cards,
        key=lambda one: (one.retrievability is None, one.retrievability or 0.0, one.due_at, one.id),
    )
    for card in order:
        found.setdefault(card.skill, []).append(card)
    return dict(sorted(found.items()))


def _cards_item(key: str, cards: Sequence[DueCard], need: _Need | None, card_minutes: float) -> PlanItem:
    known = [one.retrievability for one in cards if one.retrievability is not None]
    why = [one for one in (need.why if need else ()) if one.key not in ("weak", "unknown")]
    if known:
        percent = round(100 * sum(known) / len(known))
        why.append(Why(key="due_cards", facts={"skill": key, "count": len(known), "percent": percent}))
    if len(known) < len(cards):
        why.append(Why(key="new_cards", facts={"skill": key, "count": len(cards) - len(known)}))
    return PlanItem(
        kind=ItemKind.CARDS,
        ref=f"cards:{key}",
        skill=key,
        minutes=max(1, math.ceil(len(cards) * card_minutes)),
        why=tuple(why),
        card_ids=tuple(one.id for one in cards),
    )


_DAYS = {"today": Bilingual("today", "今天"), "yesterday": Bilingual("yesterday", "昨天")}
_SLOT = re.compile(r"\{(\w+)(?::([^|}]*)\|([^}]*))?\}")


def _fill(template: str, facts: Mapping[str, str | int], lang: str) -> str:
    """Fill `{fact}` and `{fact:singular|plural}`; a skill is told by its name, a date in the way of the language."""

    def told(match: re.Match[str]) -> str:
        name, singular, plural = match.groups()
        value = facts[name]
        if singular is not None:
            return singular if value == 1 else plural
        if name == "skill":
            return skill(str(value)).name.text(lang)
        if name == "when" and value in _DAYS:
            return _DAYS[str(value)].text(lang)
        if name in ("date", "when"):
            day = datetime.fromisoformat(str(value))
            if lang.lower().startswith("zh"):
                return f"{day.month}月{day.day}日"
            return f"on {day.day} {day:%b}" if name == "when" else f"{day.day} {day:%b}"
        return str(value)

    return _SLOT.sub(told, template)
