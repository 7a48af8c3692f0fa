"""What will this learner answer next? A logistic tracer of knowledge, plain enough to be read.

One logistic regression predicts each response from the learner's history before it: counts, recency, streaks and Elo ability. Each skill may deviate
from the common weights, shrunk towards them; each of the last four answers may carry over to the skill asked now, and what is known of one skill may tell of another. The parts are
`learners` (the three-line format), `features`, `model` and `scores`.

Beware of ASSISTments 2009: a problem of several skills stands there as several rows with one answer, so a row that alternates with the one
before is often a copy of it (0.82 of such answers agree, measured here). Every tracer that looks at the last answer profits
from that, ours and the published ones alike; the file of 2015 has no such rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from duecare.learning.tracing.features import FEATURES, history_features, skill_index, skill_priors
from duecare.learning.tracing.learners import Learner, read_learners
from duecare.learning.tracing.model import TracerSettings, fit_tracer
from duecare.learning.tracing.scores import Scores, score

__all__ = ["Learner", "Scores", "TraceReport", "TracerSettings", "read_learners", "trace"]

# Transfer between skills is learned only while its tables fit well into memory (a gibibyte and a few matrices of skills by skills).
_MOST_SKILLS = 1_500
_MOST_CELLS = 500_000_000


@dataclass(frozen=True, slots=True)
class TraceReport:
    """How well the tracer foretold the test learners' responses, beside two baselines on the same responses.

    `skill_mean` predicts each skill's share of correct answers in training; `elo` adds ability as an Elo rating does. `strongest` are the
    common weights of largest size, on standardised features.
    """

    train_learners: int
    train_responses: int
    test_learners: int
    test_responses: int
    skills: int
    skills_unseen: int
    tracer: Scores
    elo: Scores
    skill_mean: Scores
    strongest: tuple[tuple[str, float], ...]


def trace(train: Sequence[Learner], test: Sequence[Learner], settings: TracerSettings | None = None) -> TraceReport:
    """Learn from the training learners, predict every response of the test learners from their own history before it, and score.

    The same input gives the same report (one seeded generator, single pass over ordered data).

    Raises:
        ValueError: no responses on one side, or only one kind of answer in the test, which leaves nothing to tell apart.
    """
    if not any(one.skills for one in train) or not any(one.skills for one in test):
        raise ValueError("a tracer needs at least one response to learn from and one to predict")
    index = skill_index(train)
    priors = skill_priors(train, index)
    responses = sum(len(one.skills) for one in (*train, *test))
    standing = len(priors) <= _MOST_SKILLS and responses * len(priors) <= _MOST_CELLS
    learned = history_features(train, index, priors, standing=standing)
    asked = history_features(test, index, priors, standing=standing)
    tracer = fit_tracer(learned, skills=len(priors), settings=settings or TracerSettings())
    weights = sorted(zip(FEATURES, tracer.common.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
    unseen = {skill for one in test for skill in one.skills} - set(index)
    mean = 1.0 / (1.0 + np.exp(-priors[asked.skill]))
    return TraceReport(
        train_learners=len(train),
        train_responses=len(learned.correct),
        test_learners=len(test),
        test_responses=len(asked.correct),
        skills=len(index),
        skills_unseen=len(unseen),
        tracer=score(asked.correct, tracer.predict(asked), asked.learner),
        elo=score(asked.correct, asked.elo, asked.learner),
        skill_mean=score(asked.correct, mean, asked.learner),
        strongest=tuple((name, round(weight, 4)) for name, weight in weights if name != "one")[:8],
    )
