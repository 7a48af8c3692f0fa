"""By what is a conversation judged? The observations, weights and gates of the rubric, read from data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Observation:
    """Something one can see in a turn: worth so many points of four, in one dimension."""

    key: str
    dimension: str
    points: float
    note: dict[str, str]


@dataclass(frozen=True, slots=True)
class Advice:
    """A change worth making, with words one could use."""

    what: dict[str, str]
    wording: dict[str, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rubric as figures and words. `gates` are the highest overall scores still reachable once a gate has closed."""

    observations: dict[str, Observation]
    weights: dict[str, float]
    gates: dict[str, float]
    recital_acts: int
    longest_turn: dict[str, int]
    outcomes: dict[str, tuple[float, dict[str, str]]]
    advice: dict[str, Advice]
    strength: dict[str, str]


@cache
def judgement() -> Judgement:
    """The rubric in force."""
    path = Path(__file__).with_name("data") / "judgement.yaml"
    found: dict[str, Any] = yaml.load(
        path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return Judgement(
        observations={
            key: Observation(key, one["dimension"], float(one["points"]), {"en": one["en"], "zh": one["zh"]})
            for key, one in found["observations"].items()
        },
        weights={key: float(value) for key, value in found["weights"].items()},
        gates={key: float(value) for key, value in found["gates"].items()},
        recital_acts=int(found["limits"]["recital_acts"]),
        longest_turn={lang: int(most) for lang, most in found["limits"]["words_a_turn"].items()},
        outcomes={
            key: (float(one["score"]), {"en": one["en"], "zh": one["zh"]}) for key, one in found["outcomes"].items()
        },
        advice={key: Advice(one["what"], one["wording"]) for key, one in found["changes"].items()},
        strength=found["strength"]["said"],
    )
