"""The tracer: log-odds = features · (common + deviation of the skill) + carry-over from the last answers + transfer between skills.

The carry-over of an answer `a` (skill and right or wrong) given `j` responses ago to the skill asked now is the product of two short vectors,
`carry[j, a] · receive[skill]`. The transfer is the learner's standing on every skill times a weight for each pair of skills, so that a
tracer finds out which skills are known together. Fitted by Adam on the log-loss with quadratic shrinkage; deviations, vectors and
pairs are shrunk to nothing where data is scarce.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duecare.learning.tracing.features import LAST, Floats, History, Integers

_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class TracerSettings:
    """How the tracer is fitted. The `shrink_…` count as so many prior observations against a weight of one.

    Chosen on a fifth of the training learners of ASSISTments 2009 and 2015, held out for that; the area under the curve moved by
    less than 0.004 over the settings tried, so none of them is delicate. Small data is fitted in smaller batches until at least
    `least_steps` steps are done.
    """

    epochs: int = 8
    least_steps: int = 200
    shrink_common: float = 50.0
    batch: int = 2048
    rate: float = 0.01
    shrink_skills: float = 100.0
    shrink_carry: float = 10.0
    shrink_transfer: float = 30.0
    width: int = 16
    dropped: float = 0.3
    seed: int = 20261123


@dataclass(frozen=True, slots=True)
class Tracer:
    """A fitted tracer: `common` is (features,), `deviation` (skills, features), `carry` (LAST, 2·skills + 1, width), `receive` (skills, width),
    `transfer` (skill asked, skill known), without columns where the training rows had no standing."""

    common: Floats
    deviation: Floats
    carry: Floats
    receive: Floats
    transfer: Floats
    mean: Floats
    deviation_of_features: Floats

    def predict(self, history: History) -> NDArray[np.float64]:
        """The chance of a correct answer for each row."""
        skills = len(self.receive)
        found = []
        for start in range(0, len(history.skill), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            features = _standardise(history.features[rows], self.mean, self.deviation_of_features)
            skill = history.skill[rows]
            carried = _carried(self.carry, _tokens(history, skills, rows))
            odds = np.einsum("rf,rf->r", features, self.common + self.deviation[skill])
            odds = odds + np.einsum("rw,rw->r", carried, self.receive[skill])
            if self.transfer.shape[1]:
                odds = odds + np.einsum("rs,rs->r", history.standing[rows].astype(np.float32), self.transfer[skill])
            found.append(1.0 / (1.0 + np.exp(-odds.astype(np.float64))))
        return np.concatenate(found)


def fit_tracer(history: History, *, skills: int, settings: TracerSettings) -> Tracer:
    """Fit the tracer to all rows of `history`."""
    chance = np.random.default_rng(settings.seed)
    rows, columns = history.features.shape
    mean = history.features.mean(axis=0)
    spread = history.features.std(axis=0) + np.float32(1e-6)
    mean[0], spread[0] = 0.0, 1.0  # the first column is the constant
    features = _standardise(history.features, mean, spread)
    tokens = _tokens(history, skills, slice(None))
    values = {
        "common": np.zeros(columns, dtype=np.float32),
        "deviation": np.zeros((skills, columns), dtype=np.float32),
        "carry": chance.normal(0, 0.1, (LAST, 2 * skills + 1, settings.width)).astype(np.float32),
        "receive": chance.normal(0, 0.1, (skills, settings.width)).astype(np.float32),
        "transfer": np.zeros((skills, history.standing.shape[1]), dtype=np.float32),
    }
    values["carry"][:, 2 * skills] = 0.0  # no answer yet: nothing to carry over
    optimiser = _Adam(values)
    batch = min(settings.batch, rows, max(64, rows // 50))
    a_pass = rows // batch
    epochs = max(settings.epochs, math.ceil(settings.least_steps / a_pass))
    steps = epochs * a_pass
    step = 0
    for _ in range(epochs):
        order = chance.permutation(rows)
        for start in range(0, rows - batch + 1, batch):
            chosen = order[start : start + batch]
            keep = (chance.random((batch, settings.width)) >= settings.dropped) / (1.0 - settings.dropped)
            slopes = _slopes(
                values,
                features[chosen],
                history.skill[chosen],
                tokens[chosen],
                history.standing[chosen].astype(np.float32),
                history.correct[chosen],
                keep.astype(np.float32),
            )
            for name, shrink in (
                ("common", settings.shrink_common),
                ("deviation", settings.shrink_skills),
                ("carry", settings.shrink_carry),
                ("receive", settings.shrink_carry),
                ("transfer", settings.shrink_transfer),
            ):
                slopes[name] += np.float32(shrink / rows) * values[name]
            step += 1
            warm = min(1.0, 10.0 * step / steps, step / 50.0)
            optimiser.step(values, slopes, settings.rate * warm * (0.5 + 0.5 * np.cos(np.pi * step / steps)) + 1e-5)
    return Tracer(**values, mean=mean, deviation_of_features=spread)


def _slopes(
    values: dict[str, Floats],
    features: Floats,
    skill: Integers,
    tokens: Integers,
    standing: Floats,
    correct: Floats,
    keep: Floats,
) -> dict[str, Floats]:
    """Gradients of the mean log-loss of a batch; `keep` drops parts of the carry-over, so that no single one is relied on."""
    carried = _carried(values["carry"], tokens) * keep
    receive = values["receive"][skill]
    odds = np.einsum("rf,rf->r", features, values["common"] + values["deviation"][skill])
    odds = odds + np.einsum("rw,rw->r", carried, receive)
    odds = odds + np.einsum("rs,rs->r", standing, values["transfer"][skill])
    error = ((1.0 / (1.0 + np.exp(-odds)) - correct) / len(correct)).astype(np.float32)
    weighted = error[:, None] * features
    to_carry = error[:, None] * receive * keep
    carry = np.zeros_like(values["carry"])
    for back in range(LAST):
        carry[back] = _sum_by(tokens[:, back], to_carry, len(carry[back]))
    carry[:, -1] = 0.0
    return {
        "common": weighted.sum(axis=0),
        "deviation": _sum_by(skill, weighted, len(values["deviation"])),
        "carry": carry,
        "receive": _sum_by(skill, error[:, None] * carried, len(values["receive"])),
        "transfer": _sum_by(skill, error[:, None] * standing, len(values["transfer"])),
    }


class _Adam:
    """Kingma and Ba 2015, with the constants of the paper."""

    def __init__(self, values: dict[str, Floats]) -> None:
        self.first = {name: np.zeros_like(value) for name, value in values.items()}
        self.second = {name: np.zeros_like(value) for name, value in values.items()}
        self.steps = 0

    def step(self, values: dict[str, Floats], slopes: dict[str, Floats], rate: float) -> None:
        """Move the values against their slopes, in place."""
        self.steps += 1
        for name, slope in slopes.items():
            self.first[name] *= 0.9
            self.first[name] += np.float32(0.1) * slope
            self.second[name] *= 0.999
            self.second[name] += np.float32(0.001) * slope * slope
            size = np.sqrt(self.second[name] / (1.0 - 0.999**self.steps)) + 1e-8
            values[name] -= (rate / (1.0 - 0.9**self.steps) * self.first[name] / size).astype(np.float32)


def _standardise(features: Floats, mean: Floats, spread: Floats) -> Floats:
    """Mean 0 and deviation 1 as in training; cut at five, so that a learner unlike any other cannot run away."""
    scaled: Floats = np.clip((features - mean) / spread, -5.0, 5.0)
    return scaled


def _tokens(history: History, skills: int, rows: slice) -> Integers:
    """The last answers as places: skill if wrong, skills + skill if right, 2·skills before the first response."""
    last = history.last_skill[rows]
    places: Integers = np.where(last < 0, 2 * skills, np.where(history.last_correct[rows] > 0, last + skills, last))
    return places


def _carried(carry: Floats, tokens: Integers) -> Floats:
    total: Floats = carry[0][tokens[:, 0]]
    for back in range(1, LAST):
        total = total + carry[back][tokens[:, back]]
    return total


def _sum_by(places: Integers, rows: Floats, count: int) -> Floats:
    """Sums of the rows of each place, (count, columns)."""
    order = np.argsort(places, kind="stable")
    sorted_places = places[order]
    starts = np.flatnonzero(np.concatenate([[True], sorted_places[1:] != sorted_places[:-1]]))
    total = np.zeros((count, rows.shape[1]), dtype=np.float32)
    total[sorted_places[starts]] = np.add.reduceat(rows[order], starts, axis=0)
    return total
