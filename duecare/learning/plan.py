"""What to practise today: a plan that fits the minutes, most needed first, each item with its reason.

A skill's need is

    importance × ( (1 − mean) · (½ + ½ · n/(n + 2))  +  today_weight · trials failed today
                   +  returning_weight where a mistake is due to come back )

with `mean` and the effective number of observations `n` from the estimate: a known gap counts in full, one that is only not yet seen by
half. Role-plays and lessons are taken greedily by need over the square root of their minutes (so that long practice is not driven out by
short); each time a skill is served its need is divided, so that one skill does not fill the plan. Due cards keep a share of the minutes
and take what is left, as one mixed pile, since mixing skills is remembered better than blocks (Rohrer 2012).
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
_NEW_CARD_URGENCY = 0.1
"""A card never seen waits behind one whose chance of recall has fallen below nine in ten."""


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
    """One thing to do: `ref` is the option's id, or `cards` for the pile of cards, whose `card_ids` are in the order to answer."""

    kind: ItemKind
    ref: str
    skill: str
    minutes: int
    why: tuple[Why, ...]
    card_ids: tuple[str, ...] = ()

    def why_sentence(self, lang: str) -> str:
        """All reasons as one sentence."""
        chinese = lang.lower().startswith("zh")
        named = [None, *(reason.facts["skill"] for reason in self.why)]
        told = [
            reason.sentence(lang, brief=reason.facts["skill"] == before)
            for reason, before in zip(self.why, named, strict=False)
        ]
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
    cards = _cards_in_order(due_cards, needs)
    card_minutes = float(rules["card_minutes"])
    pile_minutes = min(math.ceil(len(cards) * card_minutes), math.floor(minutes * float(rules["cards_share"])))
    fresh = {one.skill for one in today_events if one.outcome < _FAILED}
    chosen = _choose(personas, needs, practised_recently, fresh, minutes - pile_minutes, at)
    left = minutes - sum(item.minutes for _, item in chosen)
    count = min(len(cards), int(rules["most_cards"]), int(left / card_minutes))
    items = [item for _, item in chosen]
    if count:
        pile = _cards_item(cards[:count], needs, card_minutes)
        need = max((needs[one.skill].score for one in cards[:count] if one.skill in needs), default=0.0)
        # The pile stands before the first item that is needed less than its own most needed skill.
        items.insert(next((place for place, (worth, _) in enumerate(chosen) if worth < need), len(items)), pile)
    return DailyPlan(items=tuple(items), minutes=sum(item.minutes for item in items))


def _choose(
    personas: Sequence[PracticeOption],
    needs: Mapping[str, _Need],
    practised: Sequence[Practised],
    fresh: set[str],
    minutes: int,
    at: datetime,
) -> list[tuple[float, PlanItem]]:
    """Role-plays and lessons that fit, most needed first, each with its worth when it was taken."""
    rules = read_data("plan.yaml")
    options = sorted(personas, key=lambda one: one.id)
    chosen: list[tuple[float, PlanItem]] = []
    served: dict[str, int] = {}
    while len(chosen) < int(rules["most_items"]):
        best: tuple[float, float, PracticeOption, str] | None = None
        for option in options:
            if option.minutes > minutes or any(item.ref == option.id for _, item in chosen):
                continue
            worth, main = _worth(option.skills, needs, served)
            if _was_recent(option, practised, at) and main not in fresh:
                worth *= float(rules["recent_factor"])
            rate = worth / math.sqrt(option.minutes)
            if worth > 0.0 and (best is None or rate > best[0]):
                best = (rate, worth, option, main)
        if best is None:
            break
        _, worth, option, main = best
        chosen.append((worth, PlanItem(option.kind, option.id, main, option.minutes, needs[main].why)))
        minutes -= option.minutes
        for key in option.skills:
            served[key] = served.get(key, 0) + 1
    return chosen


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


def _cards_in_order(due_cards: Sequence[DueCard], needs: Mapping[str, _Need]) -> list[DueCard]:
    """Cards of needed skills first, and those that are being forgotten before those never seen."""

    def urgency(card: DueCard) -> float:
        need = needs[card.skill].score if card.skill in needs else 0.0
        return need + (_NEW_CARD_URGENCY if card.retrievability is None else 1.0 - card.retrievability)

    return sorted(due_cards, key=lambda one: (-urgency(one), one.due_at, one.id))


def _cards_item(cards: Sequence[DueCard], needs: Mapping[str, _Need], card_minutes: float) -> PlanItem:
    inside = list(dict.fromkeys(one.skill for one in cards))
    caused = [key for key in inside if key in needs and needs[key].why[0].key not in ("weak", "unknown")]
    why = [needs[key].why[0] for key in caused[:2]]
    first = caused[min(1, len(caused) - 1)] if caused else inside[0]
    known = [one.retrievability for one in cards if one.retrievability is not None]
    if known:
        percent = round(100 * sum(known) / len(known))
        why.append(Why(key="due_cards", facts={"skill": first, "count": len(known), "percent": percent}))
    if len(known) < len(cards):
        why.append(Why(key="new_cards", facts={"skill": first, "count": len(cards) - len(known)}))
    return PlanItem(
        kind=ItemKind.CARDS,
        ref="cards",
        skill=inside[0],
        minutes=math.ceil(len(cards) * card_minutes),
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
