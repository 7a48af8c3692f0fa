"""Every account that was past due is found again, in exactly one place."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.insight.ageing import OpenAccount
from duecare.insight.metrics import Period
from duecare.insight.movement import BatchPayment, liquidation_curve, movements

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def account(account_id: str, days: int, balance: int = 100) -> OpenAccount:
    return OpenAccount(account_id, days, Decimal(balance), "CNY")


portfolios = st.dictionaries(
    st.integers(0, 30).map(str), st.tuples(st.integers(-30, 400), st.integers(0, 1000)), max_size=20
).map(lambda found: [account(key, days, balance) for key, (days, balance) in found.items()])


def test_accounts_roll_cure_stay_or_leave() -> None:
    before = [account("rolls", 20), account("cures", 20), account("stays", 5), account("paid", 20), account("left", 20)]
    after = [account("rolls", 50), account("cures", 0), account("stays", 25)]
    (row,) = movements(before, after, period=NOVEMBER, paid_off=["paid"])
    assert row.bucket.key == "M1"
    assert row.rolled_ids == ("rolls",)
    assert row.cured_ids == ("cures", "paid")
    assert row.stayed_ids == ("stays",)
    assert row.left_ids == ("left",)
    assert (row.roll.value, row.cure.value) == (0.25, 0.5)


def test_a_roll_by_balance_counts_the_opening_balances() -> None:
    before = [account("big", 20, 900), account("small", 20, 100)]
    (row,) = movements(before, [account("big", 45, 950), account("small", 0, 100)], period=NOVEMBER)
    assert row.roll_money.value == pytest.approx(0.9)
    assert row.roll_money.interval_method == "linearised"


@given(portfolios, portfolios, st.sets(st.integers(0, 30).map(str)))
def test_no_account_is_lost_or_counted_twice(
    before: list[OpenAccount], after: list[OpenAccount], paid_off: set[str]
) -> None:
    rows = movements(before, after, period=NOVEMBER, paid_off=paid_off)
    found = [one for row in rows for one in (*row.rolled_ids, *row.cured_ids, *row.stayed_ids, *row.left_ids)]
    assert sorted(found) == sorted(one.account_id for one in before if one.days_past_due > 0)


@given(
    st.lists(
        st.builds(
            BatchPayment,
            on=st.integers(-40, 400).map(lambda days: date(2026, 1, 31) + timedelta(days=days)),
            amount=st.decimals(0, 1000, places=2),
        )
    ),
    st.integers(1, 400),
)
def test_a_batch_liquidates_upwards_to_all_that_is_known(payments: list[BatchPayment], days: int) -> None:
    placed_on, known_until = date(2026, 1, 31), date(2026, 1, 31) + timedelta(days=days)
    points = liquidation_curve(
        placed=Decimal(1000), placed_on=placed_on, payments=payments, known_until=known_until, months=24
    )
    assert all(later.figure.numerator >= sooner.figure.numerator for sooner, later in pairwise(points))
    assert [point.complete for point in points[:-1]] == [True] * (len(points) - 1)
    known = sum((one.amount for one in payments if placed_on <= one.on < known_until), Decimal(0))
    assert points[-1].figure.numerator == known


def test_what_cannot_be_followed_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        movements([account("a", 5), account("a", 6)], [], period=NOVEMBER)
    with pytest.raises(ValueError, match="currency"):
        movements([account("a", 5)], [OpenAccount("a", 9, Decimal(1), "USD")], period=NOVEMBER)
    with pytest.raises(ValueError, match="cannot liquidate"):
        liquidation_curve(placed=Decimal(0), placed_on=date(2026, 1, 1), payments=[], known_until=date(2026, 2, 1))
