"""How good are predicted chances? Ranking, log-loss and calibration, with an interval over learners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 200
_BINS = 10


@dataclass(frozen=True, slots=True)
class Scores:
    """Area under the ROC curve with its 95 % interval (bootstrap over learners, whose responses are not independent), mean log-loss in
    nats, and calibration error: the mean distance of predicted and observed share over ten bins of equally many responses."""

    auc: float
    auc_low: float
    auc_high: float
    log_loss: float
    calibration_error: float


def score(correct: NDArray[np.float32], chance: NDArray[np.floating], learner: NDArray[np.int64]) -> Scores:
    """Score predicted chances of the responses; all three arrays have one entry a response.

    Raises:
        ValueError: the responses are all correct or all wrong.
    """
    answers = correct.astype(np.float64)
    if answers.min() == answers.max():
        raise ValueError("the responses are all of one kind, so that no area under the curve exists")
    told: NDArray[np.float64] = np.clip(chance.astype(np.float64), 1e-9, 1.0 - 1e-9)
    log_loss = -np.mean(answers * np.log(told) + (1.0 - answers) * np.log1p(-told))
    order = np.argsort(told, kind="stable")
    bins = np.array_split(order, min(_BINS, len(order)))
    calibration = sum(len(one) * abs(float(told[one].mean() - answers[one].mean())) for one in bins) / len(order)
    low, high = _auc_interval(answers[order], told[order], learner[order])
    return Scores(
        auc=_auc(answers[order], told[order], np.ones(len(order))),
        auc_low=low,
        auc_high=high,
        log_loss=float(log_loss),
        calibration_error=float(calibration),
    )


def _auc(answers: NDArray[np.float64], chance: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Weighted chance that a correct answer was given the higher prediction, ties by half; rows are sorted by prediction."""
    starts = np.flatnonzero(np.concatenate([[True], chance[1:] != chance[:-1]]))
    right = np.add.reduceat(weight * answers, starts)
    wrong = np.add.reduceat(weight * (1.0 - answers), starts)
    below = np.cumsum(wrong) - wrong
    total = right.sum() * wrong.sum()
    return float((right * (below + 0.5 * wrong)).sum() / total) if total > 0 else float("nan")


def _auc_interval(
    answers: NDArray[np.float64], chance: NDArray[np.float64], learner: NDArray[np.int64]
) -> tuple[float, float]:
    draw = np.random.default_rng(20261123)
    _, place = np.unique(learner, return_inverse=True)
    count = int(place.max()) + 1
    found = [
        _auc(answers, chance, np.bincount(draw.integers(0, count, count), minlength=count).astype(np.float64)[place])
        for _ in range(_RESAMPLES)
    ]
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)
