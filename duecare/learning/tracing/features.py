"""What a learner's history says before each response. Nothing of the response itself, or of later ones, goes into its row.

All learners are walked forward together, one response a step, so that the work is done in arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duecare.learning.tracing.learners import Learner

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

SKILL_DECAYS = (0.5, 0.75, 0.9)
"""Shares of weight that an answer keeps for each later answer on the same skill."""
ALL_DECAYS = (0.5, 0.8, 0.93, 0.98)
"""The same for each later answer on any skill."""
LAST = 4
"""How many of the last answers are looked at one by one."""
_PRIOR_TRIALS = 10.0
_BLOCK_CELLS = 3_000_000

FEATURES: tuple[str, ...] = (
    "one",
    "skill_prior",
    "successes_on_skill",
    "failures_on_skill",
    "trials_on_skill",
    "share_on_skill",
    "skill_is_new",
    *(f"recent_share_on_skill_{decay}" for decay in SKILL_DECAYS),
    *(f"answer_on_skill_{back}_back" for back in (1, 2, 3)),
    "last_two_on_skill_agree",
    "gap_since_skill",
    "gap_times_last_on_skill",
    "streak_on_skill",
    *(f"{what}_{decay}" for decay in ALL_DECAYS for what in ("recent_share", "recent_beyond_prior")),
    "elo_ability",
    "elo_on_skill",
    "elo_prediction",
    "trials",
    "share",
    *(f"{what}_{back}_back" for back in range(1, LAST + 1) for what in ("answer", "answer_on_this_skill")),
    "same_skill_again",
    "streak",
    "run_on_skill",
    "skill_alternates",
    "alternates_times_last_answer",
    "other_skill_times_last_answer",
)
"""Names of the columns of `History.features`."""


@dataclass(frozen=True, slots=True)
class History:
    """One row a response: features before it, the skill's place, the answer, the learner, the last answers one by one, and the standing.

    `standing` is (rows, skills): how far the learner's answers on each skill lay above or below the skill's prior, on average and
    shrunk to 0 as if by one more answer; it has no columns where it was not asked for.
    `features` is (rows, len(FEATURES)); `last_skill` and `last_correct` are (rows, LAST), newest first, −1 and 0 before the first
    response; `elo` is the probability that an Elo rating gave.
    """

    features: Floats
    skill: Integers
    correct: Floats
    learner: Integers
    last_skill: Integers
    last_correct: Floats
    elo: Floats
    standing: NDArray[np.float16]


def skill_index(learners: Sequence[Learner]) -> Mapping[str, int]:
    """Places of the skills met in training, from 1; place 0 is kept for skills never met."""
    return {name: place for place, name in enumerate(sorted({s for one in learners for s in one.skills}), start=1)}


def skill_priors(learners: Sequence[Learner], index: Mapping[str, int]) -> Floats:
    """Log-odds of a correct answer by skill place, shrunk towards the overall share as if ten answers at that share had been seen."""
    places = np.array([index[skill] for one in learners for skill in one.skills])
    correct = np.array([answer for one in learners for answer in one.correct], dtype=float)
    # Kept off 0 and 1, so that data of one kind of answer has finite log-odds.
    overall = (correct.sum() + 0.5) / (len(correct) + 1.0)
    count = np.bincount(places, minlength=len(index) + 1)
    right = np.bincount(places, correct, minlength=len(index) + 1)
    share = (right + _PRIOR_TRIALS * overall) / (count + _PRIOR_TRIALS)
    odds: Floats = np.log(share / (1.0 - share)).astype(np.float32)
    return odds


def history_features(
    learners: Sequence[Learner], index: Mapping[str, int], priors: Floats, *, standing: bool = True
) -> History:
    """The rows of all learners; their order is not that of the responses, `learner` says whose each is.

    The standing takes two bytes a row and skill; `standing=False` leaves it out.
    """
    order = sorted(range(len(learners)), key=lambda place: -len(learners[place].skills))
    order = [place for place in order if learners[place].skills]
    block = max(1, _BLOCK_CELLS // len(priors))
    parts = [
        _walk(
            [learners[at] for at in order[start : start + block]], order[start : start + block], index, priors, standing
        )
        for start in range(0, len(order), block)
    ]
    names = History.__dataclass_fields__
    return History(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


class _State:
    """What is remembered of each learner of a block; arrays are (learners,) or (learners, skills)."""

    def __init__(self, learners: int, skills: int) -> None:
        def zeros(*shape: int) -> Floats:
            return np.zeros(shape, dtype=np.float32)

        self.successes, self.failures = zeros(learners, skills), zeros(learners, skills)
        self.last_step = np.full((learners, skills), -1.0, dtype=np.float32)
        self.answers = zeros(learners, skills, 3)
        self.skill_right = [zeros(learners, skills) for _ in SKILL_DECAYS]
        self.skill_seen = [zeros(learners, skills) for _ in SKILL_DECAYS]
        self.skill_streak, self.skill_elo = zeros(learners, skills), zeros(learners, skills)
        self.right = [zeros(learners) for _ in ALL_DECAYS]
        self.seen = [zeros(learners) for _ in ALL_DECAYS]
        self.beyond = [zeros(learners) for _ in ALL_DECAYS]
        self.elo, self.trials, self.successes_all = zeros(learners), zeros(learners), zeros(learners)
        self.streak, self.run = zeros(learners), zeros(learners)
        self.last_correct = zeros(learners, LAST)
        self.last_skill = np.full((learners, LAST), -1, dtype=np.int64)


def _walk(
    learners: Sequence[Learner], names: Sequence[int], index: Mapping[str, int], priors: Floats, standing: bool
) -> History:
    """Walk a block of learners, longest first, so that those still answering at a step are always the first `here`."""
    lengths = np.array([len(one.skills) for one in learners])
    skills = np.zeros((int(lengths[0]), len(learners)), dtype=np.int64)
    answers = np.zeros(skills.shape, dtype=np.float32)
    for column, one in enumerate(learners):
        skills[: len(one.skills), column] = [index.get(skill, 0) for skill in one.skills]
        answers[: len(one.skills), column] = one.correct
    state = _State(len(learners), len(priors))
    rows: dict[str, list[Any]] = {name: [] for name in History.__dataclass_fields__}
    for step in range(int(lengths[0])):
        here = int(np.searchsorted(-lengths, -step - 1, side="right"))
        skill, correct = skills[step, :here], answers[step, :here]
        features, elo = _features(state, here, step, skill, priors)
        rows["features"].append(features)
        rows["skill"].append(skill)
        rows["correct"].append(correct)
        rows["learner"].append(np.array(names[:here]))
        rows["last_skill"].append(state.last_skill[:here].copy())
        rows["last_correct"].append(state.last_correct[:here].copy())
        rows["elo"].append(elo)
        rows["standing"].append(_standing(state, here, priors) if standing else np.zeros((here, 0), dtype=np.float16))
        _remember(state, here, step, skill, correct, priors, elo)
    return History(**{name: np.concatenate(found) for name, found in rows.items()})


def _features(state: _State, here: int, step: int, skill: Integers, priors: Floats) -> tuple[Floats, Floats]:
    """The columns of `FEATURES` for the response about to be given, and the Elo prediction."""
    at = np.arange(here)
    odds = priors[skill]
    prior = 1.0 / (1.0 + np.exp(-odds))
    right, wrong = state.successes[at, skill], state.failures[at, skill]
    seen = right + wrong
    before = state.answers[at, skill]
    last_step = state.last_step[at, skill]
    gap = np.where(last_step < 0, 0.0, np.log1p(np.maximum(step - 1 - last_step, 0.0)))
    elo = 1.0 / (1.0 + np.exp(-(state.elo[:here] + state.skill_elo[at, skill] + odds)))
    last_correct = state.last_correct[:here]
    same = (state.last_skill[:here] == skill[:, None]).astype(np.float32)
    other_last = (1.0 - same[:, 0]) * last_correct[:, 0]
    alternates = same[:, 1] * (1.0 - same[:, 0])
    columns = [np.ones(here), odds, np.log1p(right), np.log1p(wrong), np.log1p(seen)]
    columns += [(right + 2 * prior) / (seen + 2) - prior, seen == 0]
    for rights, weights in zip(state.skill_right, state.skill_seen, strict=True):
        columns.append((rights[at, skill] + prior) / (weights[at, skill] + 1) - prior)
    columns += [before[:, 0], before[:, 1], before[:, 2], before[:, 0] * before[:, 1]]
    columns += [gap, gap * before[:, 0], np.clip(state.skill_streak[at, skill], -5, 5)]
    for rights, weights, beyond in zip(state.right, state.seen, state.beyond, strict=True):
        columns += [(rights[:here] + 0.5) / (weights[:here] + 1) - 0.5, beyond[:here] / (weights[:here] + 1)]
    trials = state.trials[:here]
    columns += [state.elo[:here], state.skill_elo[at, skill], elo, np.log1p(trials)]
    columns.append((state.successes_all[:here] + 2.0) / (trials + 3.0) - 2.0 / 3.0)
    for back in range(LAST):
        columns += [last_correct[:, back], last_correct[:, back] * same[:, back]]
    columns += [same[:, 0], np.clip(state.streak[:here], -5, 5), np.log1p(state.run[:here]) * same[:, 0]]
    columns += [alternates, alternates * last_correct[:, 0], other_last]
    return np.stack(columns, axis=1).astype(np.float32), elo.astype(np.float32)


def _standing(state: _State, here: int, priors: Floats) -> NDArray[np.float16]:
    right, wrong = state.successes[:here], state.failures[:here]
    seen = right + wrong
    prior = 1.0 / (1.0 + np.exp(-priors))
    found: NDArray[np.float16] = ((right - prior * seen) / (seen + 1.0)).astype(np.float16)
    return found


def _remember(
    state: _State, here: int, step: int, skill: Integers, correct: Floats, priors: Floats, elo: Floats
) -> None:
    """Take the answer into the state."""
    at = np.arange(here)
    seen = state.successes[at, skill] + state.failures[at, skill]
    trials = state.trials[:here].copy()
    prior = 1.0 / (1.0 + np.exp(-priors[skill]))
    signed = 2.0 * correct - 1.0
    state.successes[at, skill] += correct
    state.failures[at, skill] += 1.0 - correct
    for rights, weights, decay in zip(state.skill_right, state.skill_seen, SKILL_DECAYS, strict=True):
        rights[at, skill] = decay * rights[at, skill] + correct
        weights[at, skill] = decay * weights[at, skill] + 1.0
    before = state.answers[at, skill]
    state.answers[at, skill] = np.stack([signed, before[:, 0], before[:, 1]], axis=1)
    state.last_step[at, skill] = step
    state.skill_streak[at, skill] = _streak(state.skill_streak[at, skill], correct)
    for rights, weights, beyond, decay in zip(state.right, state.seen, state.beyond, ALL_DECAYS, strict=True):
        rights[:here] = decay * rights[:here] + correct
        weights[:here] = decay * weights[:here] + 1.0
        beyond[:here] = decay * beyond[:here] + correct - prior
    # Steps that shrink with experience: Pelánek 2016, Applications of the Elo rating system in adaptive educational systems.
    surprise = correct - elo
    state.elo[:here] += surprise * (0.08 + 0.4 / (1.0 + 0.3 * trials))
    state.skill_elo[at, skill] += surprise * (0.1 + 0.6 / (1.0 + 0.5 * seen))
    state.trials[:here] += 1.0
    state.successes_all[:here] += correct
    again = state.last_skill[:here, 0] == skill
    state.run[:here] = np.where(again, state.run[:here] + 1.0, 1.0)
    state.streak[:here] = _streak(state.streak[:here], correct)
    state.last_correct[:here] = np.concatenate([signed[:, None], state.last_correct[:here, :-1]], axis=1)
    state.last_skill[:here] = np.concatenate([skill[:, None], state.last_skill[:here, :-1]], axis=1)


def _streak(before: Floats, correct: Floats) -> Floats:
    """Right answers in a row as a positive number, wrong ones as a negative."""
    longer: Floats = np.where(correct > 0, np.maximum(before, 0.0) + 1.0, np.minimum(before, 0.0) - 1.0).astype(
        np.float32
    )
    return longer
