"""What does a figure mean? One definition a metric, and figures that carry numerator, denominator, period and interval.

`METRICS` is the registry, read from `metrics.yaml`; `figure` makes a figure from what was counted. Every page that shows a number takes name and
definition from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from duecare.insight.bilingual import Bilingual, read_data
from duecare.insight.intervals import poisson_interval, ratio_interval, wilson_interval


class Unit(StrEnum):
    """What a metric's value is: how many, a part of a whole, events by exposure, or money over money."""

    COUNT = "count"
    SHARE = "share"
    RATE = "rate"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric and its only definition. `denominator` is None for a plain count; the value is told `per` so many of it."""

    key: str
    name: Bilingual
    numerator: Bilingual
    denominator: Bilingual | None
    window: Bilingual
    unit: Unit
    per: int

    def definition(self, lang: str) -> str:
        """The definition in one line."""
        above, window = self.numerator.text(lang), self.window.text(lang)
        chinese = lang.lower().startswith("zh")
        line = above if self.denominator is None else f"{above} ÷ {self.denominator.text(lang)}"
        if self.per != 1:
            line += f" × {self.per:,}"
        return f"{line}\uff1b{window}" if chinese else f"{line}; {window}"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `starts_on` up to, not including, `ends_before`."""

    starts_on: date
    ends_before: date

    def __post_init__(self) -> None:
        if self.ends_before <= self.starts_on:
            raise ValueError(f"a period must end after it starts: {self.starts_on} to {self.ends_before}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number on a page, with everything needed to check it.

    `low` and `high` are in the unit of `value` (per `metric.per`), None where no interval can be given; `interval_method` says which
    was used, or why there is none.
    """

    metric: Metric
    numerator: Decimal
    denominator: Decimal
    starts_on: date
    ends_before: date
    low: float | None
    high: float | None
    interval_method: str

    @property
    def value(self) -> float | None:
        """Numerator over denominator, times `metric.per`; None where the denominator is 0."""
        if self.denominator == 0:
            return None
        return float(self.numerator / self.denominator * self.metric.per)

    def method(self, lang: str) -> str:
        """How the interval was got, in words."""
        methods = read_data("metrics.yaml")["interval_methods"]
        return Bilingual.read(methods[self.interval_method], where="metrics.yaml, interval_methods").text(lang)


def _registry() -> Mapping[str, Metric]:
    found = {}
    for key, entry in read_data("metrics.yaml")["metrics"].items():
        where = f"metrics.yaml, {key}"
        unit = Unit(entry["unit"])
        if (unit is Unit.COUNT) == ("denominator" in entry):
            raise ValueError(f"{where}: a count has no denominator, every other unit has one")
        found[key] = Metric(
            key=key,
            name=Bilingual.read(entry["name"], where=where),
            numerator=Bilingual.read(entry["numerator"], where=where),
            denominator=Bilingual.read(entry["denominator"], where=where) if "denominator" in entry else None,
            window=Bilingual.read(entry["window"], where=where),
            unit=unit,
            per=int(entry.get("per", 1)),
        )
    return found


METRICS: Mapping[str, Metric] = _registry()
"""Every metric by key, in the order in which they are explained."""


def figure(
    key: str,
    numerator: Decimal | int,
    denominator: Decimal | int,
    period: Period,
    *,
    pairs: Sequence[tuple[Decimal, Decimal]] = (),
) -> Figure:
    """A figure of the metric `key`, with its interval.

    Args:
        key: one of `METRICS`.
        numerator: what the metric counts; an amount for a metric of money.
        denominator: what it is counted against; 1 for a plain count.
        period: the window counted over.
        pairs: for a metric of money each account's numerator and denominator, from which the interval is made.

    Raises:
        KeyError: no such metric.
        ValueError: a negative denominator, a share above its whole, a number of things that is not whole, or pairs that do not sum to
            what they explain.
    """
    metric = METRICS[key]
    above, below = Decimal(numerator), Decimal(denominator)
    _check(metric, above, below, pairs)
    low, high, method = _interval(metric, above, below, pairs)
    return Figure(
        metric=metric,
        numerator=above,
        denominator=below,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        low=low,
        high=high,
        interval_method=method,
    )


def _check(metric: Metric, above: Decimal, below: Decimal, pairs: Sequence[tuple[Decimal, Decimal]]) -> None:
    if below < 0:
        raise ValueError(f"{metric.key}: the denominator {below} is negative")
    if metric.unit is Unit.COUNT and below != 1:
        raise ValueError(f"{metric.key}: a plain count is given with the denominator 1, not {below}")
    if metric.unit is not Unit.MONEY and (above < 0 or above != above.to_integral_value()):
        raise ValueError(f"{metric.key}: {above} is not a number of things")
    if metric.unit is Unit.SHARE and above > below:
        raise ValueError(f"{metric.key}: {above} of {below} is more than the whole")
    if pairs and (sum(one[0] for one in pairs) != above or sum(one[1] for one in pairs) != below):
        raise ValueError(f"{metric.key}: the amounts of the accounts do not sum to {above} and {below}")


def _interval(
    metric: Metric, above: Decimal, below: Decimal, pairs: Sequence[tuple[Decimal, Decimal]]
) -> tuple[float | None, float | None, str]:
    confidence = float(read_data("metrics.yaml")["confidence"])
    if metric.unit is Unit.COUNT:
        return None, None, "none"
    if below == 0:
        return None, None, "empty"
    if metric.unit is Unit.SHARE:
        return (*wilson_interval(int(above), int(below), confidence), "wilson")
    if metric.unit is Unit.RATE:
        low, high = poisson_interval(int(above), confidence)
        return low / float(below) * metric.per, high / float(below) * metric.per, "poisson"
    bounds = ratio_interval(pairs, confidence)
    return (*bounds, "linearised") if bounds else (None, None, "unstated")
