"""What has simple interest come to? One line a stretch of time at one rate, so that the sum can be checked by hand.

Which rate the law allows, and from when, is `duecare.law`'s question; here it is only counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from duecare.ledger.money import quantise


class DayCount(StrEnum):
    """How many days a year has. `ACTUAL_ACTUAL` counts each calendar year by its own length (ISDA 2006 definitions, 4.16 (b))."""

    ACTUAL_365 = "actual_365"
    ACTUAL_360 = "actual_360"
    ACTUAL_ACTUAL = "actual_actual"


@dataclass(frozen=True, slots=True)
class RatePeriod:
    """From `starts_on` the rate is `percent` a year, until the next period starts."""

    starts_on: date
    percent: Decimal


@dataclass(frozen=True, slots=True)
class InterestLine:
    """principal × percent / 100 × days / year_days = amount, not yet rounded. The stretch is half-open: `ends_on` bears none."""

    starts_on: date
    ends_on: date
    days: int
    year_days: int
    percent: Decimal
    principal: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InterestAccrual:
    """`amount` is the sum of the lines, rounded once, at the end, to the currency's minor unit."""

    amount: Decimal
    currency: str
    lines: tuple[InterestLine, ...]


def accrue_simple_interest(
    *,
    principal: Decimal,
    currency: str,
    rates: Sequence[RatePeriod],
    starts_on: date,
    ends_on: date,
    day_count: DayCount = DayCount.ACTUAL_365,
) -> InterestAccrual:
    """Simple interest on a principal that stays the same, for the days from `starts_on` up to but not with `ends_on`.

    Raises:
        ValueError: a negative principal or rate, an end before the start, two rates from one day, or no rate for the first day.
    """
    if principal < 0 or any(rate.percent < 0 for rate in rates):
        raise ValueError("neither a principal nor a rate can be below zero")
    if ends_on < starts_on:
        raise ValueError(f"interest cannot end on {ends_on}, before it starts on {starts_on}")
    ordered = sorted(rates, key=lambda rate: rate.starts_on)
    starts = [rate.starts_on for rate in ordered]
    if len(set(starts)) < len(starts):
        raise ValueError("two rates start on one day")
    if ends_on > starts_on and (not starts or starts[0] > starts_on):
        raise ValueError(f"no rate is given for {starts_on}")
    cuts = {starts_on, ends_on} | {start for start in starts if starts_on < start < ends_on}
    if day_count is DayCount.ACTUAL_ACTUAL:
        cuts |= {date(year, 1, 1) for year in range(starts_on.year + 1, ends_on.year + 1)}
    days = sorted(cuts)
    lines = []
    for begin, end in pairwise(days):
        percent = max((rate for rate in ordered if rate.starts_on <= begin), key=lambda rate: rate.starts_on).percent
        length, year = (end - begin).days, _days_of_year(begin, day_count)
        amount = principal * percent * length / (100 * year)
        lines.append(InterestLine(begin, end, length, year, percent, principal, amount))
    total = quantise(sum((line.amount for line in lines), Decimal(0)), currency)
    return InterestAccrual(total, currency, tuple(lines))


def _days_of_year(day: date, day_count: DayCount) -> int:
    if day_count is DayCount.ACTUAL_360:
        return 360
    if day_count is DayCount.ACTUAL_365:
        return 365
    return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
