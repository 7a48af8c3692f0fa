"""How sure is a figure? Intervals for shares, rates and ratios of money, without scipy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from statistics import NormalDist


def wilson_interval(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """The Wilson score interval of a proportion (Wilson 1927), which stays within 0 and 1 and works at the edges.

    Raises:
        ValueError: fewer than one trial, or successes outside 0 to trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"a proportion of {successes} in {trials} does not exist")
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    # At the edges the bound is the edge itself; only rounding would put it elsewhere.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


def poisson_interval(events: int, confidence: float) -> tuple[float, float]:
    """The exact interval of the expected number of events (Garwood 1936), from quantiles of the gamma distribution.

    Raises:
        ValueError: events is negative.
    """
    if events < 0:
        raise ValueError(f"{events} events cannot have happened")
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if events == 0 else _gamma_quantile(tail, float(events))
    return low, _gamma_quantile(1.0 - tail, float(events + 1))


def ratio_interval(pairs: Sequence[tuple[Decimal, Decimal]], confidence: float) -> tuple[float, float] | None:
    """The interval of a ratio of sums, each pair being one account's numerator and denominator.

    The variance is linearised over accounts (Cochran, Sampling Techniques, 1977, section 6.3) and the normal quantile used, so it is a
    large-sample interval; the lower bound is not cut at 0 unless every numerator is positive or 0.

    Returns:
        None where there are fewer than two accounts or the denominators sum to 0.
    """
    count = len(pairs)
    below = math.fsum(float(one[1]) for one in pairs)
    if count < 2 or below == 0.0:
        return None
    ratio = math.fsum(float(one[0]) for one in pairs) / below
    residuals = math.fsum((float(above) - ratio * float(under)) ** 2 for above, under in pairs)
    half = NormalDist().inv_cdf(0.5 + confidence / 2.0) * math.sqrt(count / (count - 1) * residuals) / abs(below)
    low = ratio - half
    if all(above >= 0 for above, _ in pairs):
        low = max(0.0, low)
    return low, ratio + half


def _gamma_quantile(probability: float, shape: float) -> float:
    """The x with P(X ≤ x) = probability for X ~ Gamma(shape, 1), by bisection."""
    low, high = 0.0, shape + 10.0 * math.sqrt(shape) + 20.0
    for _ in range(80):
        middle = (low + high) / 2.0
        if _gamma_cdf(middle, shape) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _gamma_cdf(x: float, shape: float) -> float:
    """The regularised lower incomplete gamma function: its series below the mean, its continued fraction above (DLMF 8.7.1, 8.9.2)."""
    if x <= 0.0:
        return 0.0
    log_front = shape * math.log(x) - x - math.lgamma(shape)
    if x < shape + 1.0:
        term = total = 1.0 / shape
        place = shape
        while abs(term) > abs(total) * 1e-15:
            place += 1.0
            term *= x / place
            total += term
        return total * math.exp(log_front)
    tiny = 1e-300
    b = x + 1.0 - shape
    c, d = 1.0 / tiny, 1.0 / b
    fraction = d
    for step in range(1, 100_000):
        coefficient = -step * (step - shape)
        b += 2.0
        d = 1.0 / ((coefficient * d + b) or tiny)
        c = (b + coefficient / c) or tiny
        fraction *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return 1.0 - math.exp(log_front) * fraction
