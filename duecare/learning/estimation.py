"""How well is a skill mastered, and how sure are we of it?

Model: a skill is the chance `p` that the person shows it when it is called for, with prior Beta(m·s, (1−m)·s). Evidence of outcome
`o`, weight `w` and age `t` days adds w·2^(−t/h)·o to the first parameter and w·2^(−t/h)·(1−o) to the second, `h` being the half-life of
its kind. That is Bayes' rule for trials that are discounted by age (a power prior), so an estimate drifts back to the prior, and its
interval widens, when nothing new is seen. Prior, half-lives and weights are data (`evidence_rules.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from duecare.learning.beta import beta_quantile
from duecare.learning.bilingual import read_data
from duecare.learning.evidence import Evidence, EvidenceKind
from duecare.learning.skills import skills

_SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class SkillEstimate:
    """What the evidence says about one skill at one instant.

    `mean`, `low` and `high` are between 0 and 1, the last two enclosing the share `interval` of the posterior; `n` counts
    observations, `effective_n` sums their weights after ageing; `last_at` is the newest observation, None where there is none.
    """

    skill: str
    mean: float
    low: float
    high: float
    n: int
    effective_n: float
    last_at: datetime | None


def half_life_days(kind: EvidenceKind) -> float:
    """Days after which evidence of that kind counts for half."""
    table = read_data("evidence_rules.yaml")["half_life_days"]
    return float(table.get(str(kind), table["default"]))


def decayed_weight(evidence: Evidence, at: datetime) -> float:
    """The weight of the evidence at that instant, in clear trials."""
    age_days = (at - evidence.at).total_seconds() / _SECONDS_A_DAY
    return evidence.weight * float(2.0 ** (-age_days / half_life_days(evidence.kind)))


def estimate(evidence: Iterable[Evidence], at: datetime) -> dict[str, SkillEstimate]:
    """Estimate every skill of the tree at the instant `at`.

    Evidence from after `at` is left out, so that an estimate of a past day uses only what was known then. The order of the
    evidence does not matter.

    Returns:
        One estimate for each skill, those without evidence at the prior.
    """
    rules = read_data("evidence_rules.yaml")
    prior_mean, strength = float(rules["prior"]["mean"]), float(rules["prior"]["strength"])
    tail = (1.0 - float(rules["interval"])) / 2.0
    seen: dict[str, list[Evidence]] = {}
    for one in evidence:
        if one.at <= at:
            seen.setdefault(one.skill, []).append(one)
    found: dict[str, SkillEstimate] = {}
    for skill in skills():
        # Sorted so that floating-point sums do not depend on the order in which evidence was read.
        trials = sorted(seen.get(skill.key, ()), key=lambda one: (one.at, one.source_id, one.outcome, one.weight))
        weights = [decayed_weight(one, at) for one in trials]
        alpha = prior_mean * strength + sum(w * one.outcome for w, one in zip(weights, trials, strict=True))
        beta = (1.0 - prior_mean) * strength + sum(
            w * (1.0 - one.outcome) for w, one in zip(weights, trials, strict=True)
        )
        found[skill.key] = SkillEstimate(
            skill=skill.key,
            mean=alpha / (alpha + beta),
            low=beta_quantile(tail, alpha, beta),
            high=beta_quantile(1.0 - tail, alpha, beta),
            n=len(trials),
            effective_n=sum(weights),
            last_at=trials[-1].at if trials else None,
        )
    return found
