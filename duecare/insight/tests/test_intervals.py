"""Intervals cover as often as they say."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from duecare.insight.intervals import poisson_interval, ratio_interval, wilson_interval


def test_wilson_agrees_with_a_published_example() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3 without continuity correction: 81 of 263.
    low, high = wilson_interval(81, 263, 0.95)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (100, 81.3640, 121.6268)]
)
def test_the_exact_poisson_interval_agrees_with_published_limits(events: int, low: float, high: float) -> None:
    # Garwood 1936, Biometrika 28, and the same limits from chi-squared quantiles.
    assert poisson_interval(events, 0.95) == pytest.approx((low, high), abs=1e-4)


def test_nobody_can_be_asked_for_a_proportion_of_nothing() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        wilson_interval(0, 0, 0.95)
    with pytest.raises(ValueError, match="cannot have happened"):
        poisson_interval(-1, 0.95)


def test_a_ratio_of_money_is_covered_about_as_often_as_stated() -> None:
    draw = np.random.default_rng(20261123)
    covered = 0
    for _ in range(400):
        owed = draw.lognormal(7, 1, 300)
        paid = owed * (draw.random(300) < 0.3)
        pairs = [(Decimal(str(round(p, 2))), Decimal(str(round(o, 2)))) for p, o in zip(paid, owed, strict=True)]
        bounds = ratio_interval(pairs, 0.95)
        assert bounds is not None
        covered += bounds[0] <= 0.3 <= bounds[1]
    assert 0.90 <= covered / 400 <= 0.98


def test_one_account_gives_no_interval() -> None:
    assert ratio_interval([(Decimal(1), Decimal(2))], 0.95) is None
