"""Where did the accounts go? Roll and cure rates between two days, and the liquidation of a batch by month.

An account is compared with itself: in which bucket it was when the period began, and in which when it ended. One that was paid off or is no longer past
due has cured; one that was returned or written off meanwhile has neither cured nor rolled, and is shown apart as `left`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from duecare.insight.ageing import Bucket, OpenAccount, bucket, buckets
from duecare.insight.metrics import Figure, Period, figure


@dataclass(frozen=True, slots=True)
class BucketMovement:
    """One bucket of one currency: where its accounts stood when the period ended.

    `roll` and `roll_money` count accounts and their opening balances that moved to an older bucket; `left` are those that were
    neither open nor paid off at the end, which are no part of the rates.
    """

    bucket: Bucket
    currency: str
    rolled_ids: tuple[str, ...]
    cured_ids: tuple[str, ...]
    stayed_ids: tuple[str, ...]
    left_ids: tuple[str, ...]
    roll: Figure
    roll_money: Figure
    cure: Figure


@dataclass(frozen=True, slots=True)
class BatchPayment:
    """A payment on an account of a batch; reversals are negative."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LiquidationPoint:
    """What a batch had brought in by the end of so many months since its placement; `complete` unless `known_until` falls before that end."""

    months: int
    figure: Figure
    complete: bool


def movements(
    before: Iterable[OpenAccount],
    after: Iterable[OpenAccount],
    *,
    period: Period,
    paid_off: Iterable[str] = (),
) -> tuple[BucketMovement, ...]:
    """Follow the accounts that were past due when the period began.

    Args:
        before: accounts open on the first day.
        after: accounts open on the last; an account that is missing was paid off if `paid_off` names it, and has left otherwise.
        period: the window, as a rule one month.
        paid_off: ids of accounts settled within the window.

    Returns:
        One row a bucket past due and currency in which something was, younger buckets first.

    Raises:
        ValueError: an account occurs twice on one side, or has changed its currency.
    """
    ends = _by_id(after)
    settled = frozenset(paid_off)
    places = {one.key: place for place, one in enumerate(buckets())}
    inside: dict[tuple[str, str], list[OpenAccount]] = {}
    for account in _by_id(before).values():
        if account.account_id in ends and ends[account.account_id].currency != account.currency:
            raise ValueError(f"account {account.account_id} has changed its currency")
        if account.days_past_due > 0:
            inside.setdefault((account.currency, bucket(account.days_past_due).key), []).append(account)
    rows = []
    for currency, key in sorted(inside, key=lambda pair: (pair[0], places[pair[1]])):
        groups: dict[str, list[OpenAccount]] = {"rolled": [], "cured": [], "stayed": [], "left": []}
        for account in inside[currency, key]:
            end = ends.get(account.account_id)
            if end is None:
                group = "cured" if account.account_id in settled else "left"
            elif end.days_past_due <= 0 or end.balance <= 0:
                group = "cured"
            else:
                group = "rolled" if places[bucket(end.days_past_due).key] > places[key] else "stayed"
            groups[group].append(account)
        rows.append(_movement(key, currency, groups, period))
    return tuple(rows)


def liquidation_curve(
    *, placed: Decimal, placed_on: date, payments: Iterable[BatchPayment], known_until: date, months: int = 12
) -> tuple[LiquidationPoint, ...]:
    """Collected over placed, month by month since the placement, as far as `known_until` (the first day not known) reaches.

    Payments before the placement or from `known_until` on are left out.

    Raises:
        ValueError: `placed` is not positive.
    """
    if placed <= 0:
        raise ValueError(f"a batch of {placed} cannot liquidate")
    paid = [one for one in payments if placed_on <= one.on < known_until]
    points = []
    for month in range(1, months + 1):
        begins = placed_on + relativedelta(months=month - 1)
        ends = placed_on + relativedelta(months=month)
        if begins >= known_until:
            break
        collected = sum((one.amount for one in paid if one.on < ends), Decimal(0))
        points.append(
            LiquidationPoint(
                months=month,
                figure=figure("liquidation_rate", collected, placed, Period(placed_on, min(ends, known_until))),
                complete=ends <= known_until,
            )
        )
    return tuple(points)


def _by_id(accounts: Iterable[OpenAccount]) -> Mapping[str, OpenAccount]:
    found: dict[str, OpenAccount] = {}
    for account in accounts:
        if account.account_id in found:
            raise ValueError(f"account {account.account_id} occurs twice")
        found[account.account_id] = account
    return dict(sorted(found.items()))


def _movement(key: str, currency: str, groups: Mapping[str, list[OpenAccount]], period: Period) -> BucketMovement:
    followed = [*groups["rolled"], *groups["cured"], *groups["stayed"]]
    rolled = {account.account_id for account in groups["rolled"]}
    pairs = [(account.balance if account.account_id in rolled else Decimal(0), account.balance) for account in followed]
    ids = {name: tuple(account.account_id for account in found) for name, found in groups.items()}
    return BucketMovement(
        bucket=next(one for one in buckets() if one.key == key),
        currency=currency,
        rolled_ids=ids["rolled"],
        cured_ids=ids["cured"],
        stayed_ids=ids["stayed"],
        left_ids=ids["left"],
        roll=figure("roll_rate", len(rolled), len(followed), period),
        roll_money=figure(
            "roll_rate_money",
            sum((above for above, _ in pairs), Decimal(0)),
            sum((below for _, below in pairs), Decimal(0)),
            period,
            pairs=pairs,
        ),
        cure=figure("cure_rate", len(groups["cured"]), len(followed), period),
    )
