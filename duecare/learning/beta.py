"""Quantiles of the beta distribution, without scipy."""

from __future__ import annotations

import math


def beta_cdf(x: float, a: float, b: float) -> float:
    """P(X ≤ x) for X ~ Beta(a, b): the regularised incomplete beta function by its continued fraction (DLMF 8.17.22)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    # The fraction converges quickly only on this side of the mean; the other follows by symmetry.
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x) - math.log(a)
    )
    return math.exp(log_front) / _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    """1 + d1/(1 + d2/(1 + …)), evaluated by Lentz's method to double precision."""
    tiny = 1e-300
    value = c = 1.0
    d = 0.0
    for step in range(1, 1000):
        m = step // 2
        if step % 2 == 0:
            coefficient = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            coefficient = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / ((1.0 + coefficient * d) or tiny)
        c = (1.0 + coefficient / c) or tiny
        value *= c * d
        if abs(c * d - 1.0) < 1e-14:
            break
    return value


def beta_quantile(probability: float, a: float, b: float) -> float:
    """The x with P(X ≤ x) = probability for X ~ Beta(a, b), by bisection to about 1e-10."""
    low, high = 0.0, 1.0
    for _ in range(36):
        middle = (low + high) / 2.0
        if beta_cdf(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
