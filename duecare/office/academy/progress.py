"""How sure are we of each skill, and what has moved? Estimates with their intervals, and the evidence that they rest on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from duecare.learning import (
    PRACTICE_KINDS,
    Evidence,
    EvidenceKind,
    Skill,
    SkillEstimate,
    competences,
    estimate,
    skill,
    skills,
)

WEEK = timedelta(days=7)
STUCK_WINDOW = timedelta(days=14)
STUCK_FROM = 3
"""So many observations from practice within the window, and no better for it: a person may need another way to learn it."""
MOST_SHOWN = 5
"""Pieces of evidence listed under a skill."""
NOTABLE = 0.03
"""A change of an estimate below this is not told."""


@dataclass(frozen=True)
class Observation:
    """One piece of evidence on a skill, as it is told."""

    kind: EvidenceKind
    outcome: float
    at: datetime


@dataclass(frozen=True)
class SkillRow:
    """One skill as it is estimated; percentages of 100, `low` and `high` enclosing 80 % of the posterior."""

    key: str
    name: str
    percent: int
    low: int
    high: int
    observations: int
    evidence: tuple[Observation, ...] = ()
    """What the estimate rests on, the newest first."""

    @property
    def is_known(self) -> bool:
        return self.observations > 0

    @property
    def width(self) -> int:
        return self.high - self.low


@dataclass(frozen=True)
class CompetenceRow:
    name: str
    skills: tuple[SkillRow, ...]

    @property
    def known(self) -> tuple[SkillRow, ...]:
        return tuple(row for row in self.skills if row.is_known)


@dataclass(frozen=True)
class Moved:
    """A skill whose estimate changed in a week. `before` is None where there was no evidence then."""

    name: str
    before: int | None
    now: int
    new_observations: int

    @property
    def is_up(self) -> bool:
        return self.before is None or self.now >= self.before


def skill_map(evidence: Iterable[Evidence], at: datetime, lang: str) -> list[CompetenceRow]:
    """The five competences with what is known of each skill; a skill without evidence says so."""
    held = list(evidence)
    known, newest = estimate(held, at), latest(held, MOST_SHOWN)
    return [
        CompetenceRow(
            competence.name.text(lang),
            tuple(
                _row(one, known.get(one.key), newest.get(one.key, ()), lang)
                for one in skills()
                if one.competence == competence.key
            ),
        )
        for competence in competences()
    ]


def _row(one: Skill, known: SkillEstimate | None, newest: Iterable[Observation], lang: str) -> SkillRow:
    if known is None or not known.n:
        return SkillRow(one.key, one.name.text(lang), 0, 0, 100, 0)
    percent, low, high = (round(100 * share) for share in (known.mean, known.low, known.high))
    return SkillRow(one.key, one.name.text(lang), percent, low, high, known.n, tuple(newest))


def moved_in_a_week(evidence: Iterable[Evidence], at: datetime, lang: str) -> list[Moved]:
    """Skills with new evidence whose estimate has changed, the largest change first."""
    held = list(evidence)
    now = estimate(held, at)
    before = estimate([one for one in held if one.at <= at - WEEK], at - WEEK)
    found = []
    for key, seen in now.items():
        earlier = before.get(key)
        first = earlier is None or not earlier.n
        new = seen.n - (0 if earlier is None else earlier.n)
        if new <= 0 or (not first and earlier is not None and abs(seen.mean - earlier.mean) < NOTABLE):
            continue
        change = seen.mean - (earlier.mean if earlier else 0.5)
        past = None if first or earlier is None else round(100 * earlier.mean)
        found.append((abs(change), Moved(skill(key).name.text(lang), past, round(100 * seen.mean), new)))
    return [one for _, one in sorted(found, key=lambda pair: (-pair[0], pair[1].name))]


def stuck_skills(evidence: Iterable[Evidence], at: datetime) -> list[str]:
    """Keys of skills that were practised again and again in two weeks, are below one half, and have not risen."""
    held = list(evidence)
    practised: dict[str, int] = {}
    for one in held:
        if one.kind in PRACTICE_KINDS and one.at > at - STUCK_WINDOW:
            practised[one.skill] = practised.get(one.skill, 0) + 1
    if not any(count >= STUCK_FROM for count in practised.values()):
        return []
    now = estimate(held, at)
    before = estimate([one for one in held if one.at <= at - STUCK_WINDOW], at - STUCK_WINDOW)
    return sorted(
        key
        for key, count in practised.items()
        if count >= STUCK_FROM
        and now[key].mean < 0.5
        and (key not in before or now[key].mean <= before[key].mean + NOTABLE)
    )


def latest(evidence: Iterable[Evidence], most: int) -> dict[str, list[Observation]]:
    """By skill, what its estimate rests on, the newest first."""
    found: dict[str, list[Observation]] = {}
    for one in sorted(evidence, key=lambda one: one.at, reverse=True):
        rows = found.setdefault(one.skill, [])
        if len(rows) < most:
            rows.append(Observation(one.kind, one.outcome, one.at))
    return found
