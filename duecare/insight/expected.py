"""How much should have come in? Expected collections by days past due, with an interval, to hold what was collected against.

An account of a band is expected to pay the band's share of its balance within thirty days, 1 − (1 − share)^(days/30) within `days`. The interval
of the sum has two sources: what the band's share really is (the same error for every account of the band, so it does not average out) and who of the
band pays (independent, at most the variance of all or nothing). A band's share starts as the house's prior and is a beta distribution, so
`learn_curve` updates it with past accounts. It is a yardstick for a team lead, not a forecast with drivers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from statistics import NormalDist

from duecare.insight.bilingual import Bilingual, read_data
from duecare.insight.metrics import METRICS, Figure, Period

_CENT = Decimal("0.01")
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class CurveBand:
    """A band's share collected within the horizon, as a beta distribution of that mean and that many accounts' weight."""

    from_day: int | None
    share: float
    strength: float
    learned_from: int = 0

    @property
    def deviation(self) -> float:
        """Standard deviation of the true share."""
        return math.sqrt(self.share * (1.0 - self.share) / (self.strength + 1.0))


@dataclass(frozen=True, slots=True)
class RecoveryCurve:
    """Shares by days past due for consumers and businesses. `basis` says where they come from."""

    consumer: tuple[CurveBand, ...]
    business: tuple[CurveBand, ...]
    horizon_days: int
    basis: Bilingual

    def band(self, days_past_due: int, *, consumer: bool) -> CurveBand:
        """The band of an account."""
        bands = self.consumer if consumer else self.business
        return bands[_band_place(bands, days_past_due)]


@dataclass(frozen=True, slots=True)
class DueAccount:
    """What the expectation needs to know of one account on the first day of the period."""

    account_id: str
    balance: Decimal
    currency: str
    days_past_due: int
    consumer: bool


@dataclass(frozen=True, slots=True)
class PastOutcome:
    """What an account of the past paid within the curve's horizon; `collected` at most `balance` counts."""

    balance: Decimal
    collected: Decimal
    days_past_due: int
    consumer: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected collections of one currency: the amount, a 95 % prediction interval, each account's part, and what it rests on."""

    currency: str
    amount: Decimal
    low: Decimal
    high: Decimal
    by_account: Mapping[str, Decimal]
    days: int
    basis: Bilingual


@cache
def house_curve() -> RecoveryCurve:
    """The house's prior, from `recovery_curve.yaml`.

    Raises:
        ValueError: a band whose share does not lie inside its own range.
    """
    data = read_data("recovery_curve.yaml")
    curves: dict[str, tuple[CurveBand, ...]] = {}
    for name, entries in data["curves"].items():
        bands = []
        for entry in entries:
            share, low, high = (float(entry[key]) for key in ("share", "low", "high"))
            if not 0.0 < low < share < high < 1.0:
                raise ValueError(f"recovery_curve.yaml, {name}: 0 < {low} < {share} < {high} < 1 does not hold")
            deviation = (high - low) / (2.0 * _Z)
            bands.append(CurveBand(entry.get("from_day"), share, max(0.0, share * (1.0 - share) / deviation**2 - 1.0)))
        curves[name] = tuple(bands)
    return RecoveryCurve(
        consumer=curves["consumer"],
        business=curves["business"],
        horizon_days=int(data["horizon_days"]),
        basis=Bilingual.read(data["label"], where="recovery_curve.yaml, label"),
    )


def learn_curve(history: Iterable[PastOutcome], *, prior: RecoveryCurve | None = None) -> RecoveryCurve:
    """The prior updated with what past accounts paid within its horizon; each account counts once, whatever its size.

    Raises:
        ValueError: an account without a positive balance, or a negative collection.
    """
    prior = prior or house_curve()
    paid: dict[tuple[bool, int], list[float]] = {}
    count = 0
    for one in history:
        if one.balance <= 0 or one.collected < 0:
            raise ValueError(f"nothing can be learned from {one.collected} collected of {one.balance}")
        bands = prior.consumer if one.consumer else prior.business
        share = min(1.0, float(one.collected / one.balance))
        paid.setdefault((one.consumer, _band_place(bands, one.days_past_due)), []).append(share)
        count += 1

    def updated(bands: tuple[CurveBand, ...], consumer: bool) -> tuple[CurveBand, ...]:
        found = []
        for place, band in enumerate(bands):
            shares = paid.get((consumer, place), [])
            if not shares:
                found.append(band)
                continue
            strength = band.strength + len(shares)
            share = (band.share * band.strength + math.fsum(shares)) / strength
            found.append(replace(band, share=share, strength=strength, learned_from=band.learned_from + len(shares)))
        return tuple(found)

    label = read_data("recovery_curve.yaml")["learned_label"]
    before = sum(band.learned_from for band in (*prior.consumer, *prior.business))
    return replace(
        prior,
        consumer=updated(prior.consumer, True),
        business=updated(prior.business, False),
        basis=Bilingual(*(str(label[lang]).format(n=before + count) for lang in ("en", "zh")))
        if count
        else prior.basis,
    )


def expected_collections(
    accounts: Iterable[DueAccount], *, days: int = 30, curve: RecoveryCurve | None = None
) -> tuple[Expected, ...]:
    """What the accounts are expected to pay within `days`, one answer a currency in alphabetical order.

    Raises:
        ValueError: `days` is not positive, a balance is negative, or an account occurs twice.
    """
    if days <= 0:
        raise ValueError(f"an expectation needs at least one day, not {days}")
    curve = curve or house_curve()
    by_currency: dict[str, dict[str, tuple[DueAccount, CurveBand]]] = {}
    for account in accounts:
        if account.balance < 0:
            raise ValueError(f"account {account.account_id}: the balance {account.balance} is negative")
        found = by_currency.setdefault(account.currency, {})
        if account.account_id in found:
            raise ValueError(f"account {account.account_id} occurs twice")
        found[account.account_id] = (account, curve.band(account.days_past_due, consumer=account.consumer))
    return tuple(
        _expected_in(currency, found, days / curve.horizon_days, days, curve.basis)
        for currency, found in sorted(by_currency.items())
    )


def collected_against_expected(expected: Expected, collected: Decimal, period: Period) -> Figure:
    """The metric of that name: what was collected over what was expected, with the interval that the expectation's own implies.

    Raises:
        ValueError: the period is not as long as the expectation.
    """
    if (period.ends_before - period.starts_on).days != expected.days:
        raise ValueError(f"an expectation for {expected.days} days is held against {period}")
    usable = expected.amount > 0 and expected.low > 0
    return Figure(
        metric=METRICS["collected_against_expected"],
        numerator=collected,
        denominator=expected.amount,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        low=float(collected / expected.high) if usable else None,
        high=float(collected / expected.low) if usable else None,
        interval_method="prediction" if usable else ("empty" if expected.amount == 0 else "unstated"),
    )


def _expected_in(
    currency: str, found: Mapping[str, tuple[DueAccount, CurveBand]], horizons: float, days: int, basis: Bilingual
) -> Expected:
    parts: dict[str, Decimal] = {}
    shared: dict[CurveBand, float] = {}
    independent: list[float] = []
    by_band: dict[int, list[DueAccount]] = {}
    bands: dict[int, CurveBand] = {}
    for account, band in found.values():
        by_band.setdefault(id(band), []).append(account)
        bands[id(band)] = band
    for place, accounts in by_band.items():
        band = bands[place]
        share = 1.0 - (1.0 - band.share) ** horizons
        exact = Decimal(str(share))
        for account in accounts:
            parts[account.account_id] = (account.balance * exact).quantize(_CENT, ROUND_HALF_UP)
        # A small error of the thirty-day share moves the share over other horizons by this slope.
        slope = horizons * (1.0 - band.share) ** (horizons - 1.0)
        balances = [float(account.balance) for account in accounts]
        shared[band] = shared.get(band, 0.0) + math.fsum(balances) * slope * band.deviation
        independent.append(math.fsum(balance**2 for balance in balances) * share * (1.0 - share))
    amount = sum(parts.values(), Decimal(0))
    half = _Z * math.sqrt(math.fsum(one**2 for one in shared.values()) + math.fsum(independent))
    total = sum((account.balance for account, _ in found.values()), Decimal(0))
    low = max(Decimal(0), amount - Decimal(str(half)).quantize(_CENT))
    high = min(total, amount + Decimal(str(half)).quantize(_CENT))
    return Expected(
        currency=currency, amount=amount, low=low, high=max(high, amount), by_account=parts, days=days, basis=basis
    )


def _band_place(bands: tuple[CurveBand, ...], days_past_due: int) -> int:
    """The place of the oldest band that has begun; bands are ordered and few."""
    for place in range(len(bands) - 1, 0, -1):
        begins = bands[place].from_day
        if begins is not None and days_past_due >= begins:
            return place
    return 0
