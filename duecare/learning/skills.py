"""Which skills are there? The tree of competences and skills, read from `skills.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from duecare.learning.bilingual import Bilingual, read_data

DIMENSIONS = ("compliance", "disclosure", "empathy", "information", "negotiation", "clarity", "outcome")
"""Dimensions of an assessed conversation, as named in the schema `transcript`."""


@dataclass(frozen=True, slots=True)
class Competence:
    """One of the five fields in which a collector grows."""

    key: str
    name: Bilingual


@dataclass(frozen=True, slots=True)
class Skill:
    """Something a person can do well or badly, and can practise.

    `importance` weighs a gap in the daily plan; `dimensions` are the rubric's dimensions that are evidence on the skill.
    """

    key: str
    competence: str
    name: Bilingual
    importance: float
    dimensions: tuple[str, ...]


@cache
def competences() -> tuple[Competence, ...]:
    """The five competences in the order in which they are shown."""
    return tuple(
        Competence(key=entry["key"], name=Bilingual.read(entry["name"], where=f"skills.yaml, {entry['key']}"))
        for entry in read_data("skills.yaml")["competences"]
    )


@cache
def skills() -> tuple[Skill, ...]:
    """All skills, grouped by competence, in the order in which they are shown.

    Raises:
        ValueError: the data names a skill twice, an unknown dimension or an importance that is not positive.
    """
    found: list[Skill] = []
    for competence in read_data("skills.yaml")["competences"]:
        for entry in competence["skills"]:
            where = f"skills.yaml, {entry['key']}"
            skill = Skill(
                key=entry["key"],
                competence=competence["key"],
                name=Bilingual.read(entry["name"], where=where),
                importance=float(entry["importance"]),
                dimensions=tuple(entry.get("dimensions", ())),
            )
            if unknown := set(skill.dimensions) - set(DIMENSIONS):
                raise ValueError(f"{where}: unknown dimensions {sorted(unknown)}")
            if skill.importance <= 0:
                raise ValueError(f"{where}: importance must be positive")
            if any(other.key == skill.key for other in found):
                raise ValueError(f"{where}: the skill is named twice")
            found.append(skill)
    return tuple(found)


@cache
def _by_key() -> Mapping[str, Skill]:
    return {skill.key: skill for skill in skills()}


def skill(key: str) -> Skill:
    """The skill of that key.

    Raises:
        KeyError: there is no such skill; the message names it.
    """
    try:
        return _by_key()[key]
    except KeyError:
        raise KeyError(f"no skill is called {key!r}; see duecare/learning/skills.yaml") from None


def skills_of_dimension(dimension: str) -> tuple[Skill, ...]:
    """The skills on which a score in that dimension of the rubric is evidence."""
    return tuple(one for one in skills() if dimension in one.dimensions)
