"""The funnel narrows and reconciles; ageing puts each account in one bucket."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.insight.ageing import OpenAccount, ageing, bucket, buckets
from duecare.insight.funnel import AttemptOutcome, PromiseState, funnel
from duecare.insight.metrics import Period

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))

outcomes = st.lists(
    st.builds(
        AttemptOutcome,
        attempt_id=st.integers(0, 10**6).map(str),
        account_id=st.integers(0, 20).map(str),
        contact=st.booleans(),
        right_party=st.booleans(),
        promise=st.sampled_from(PromiseState),
        paid=st.decimals(0, 1000, places=2),
        currency=st.sampled_from(["CNY", "USD"]),
    ),
    unique_by=lambda one: one.attempt_id,
    max_size=40,
)


@given(outcomes)
def test_each_stage_is_a_part_of_the_one_before(found: list[AttemptOutcome]) -> None:
    stages = funnel(found, period=NOVEMBER).stages
    assert stages[0].count == len(found)
    for former, latter in pairwise(stages):
        assert set(latter.attempt_ids) <= set(former.attempt_ids)
        assert latter.rate is None or latter.rate.denominator == former.count


@given(outcomes)
def test_the_money_of_the_funnel_sums_to_the_ledger(found: list[AttemptOutcome]) -> None:
    collected = {"CNY": Decimal(10**6), "USD": Decimal(10**6), "EUR": Decimal(7)}
    for row in funnel(found, period=NOVEMBER, collected=collected).money:
        assert row.through_promises + row.otherwise == row.total == collected[row.currency]


def test_a_promise_without_a_right_party_is_listed_and_not_counted() -> None:
    odd = AttemptOutcome("1", "a", contact=True, right_party=False, promise=PromiseState.KEPT, currency="CNY")
    result = funnel([odd], period=NOVEMBER)
    assert result.unreconciled == ("1",)
    assert [stage.count for stage in result.stages] == [1, 1, 0, 0, 0, 0]


def test_a_pending_promise_is_neither_kept_nor_broken() -> None:
    states = (PromiseState.PENDING, PromiseState.KEPT, PromiseState.BROKEN)
    made = [AttemptOutcome(str(n), "a", True, True, state, Decimal(5), "CNY") for n, state in enumerate(states)]
    stages = {stage.key: stage for stage in funnel(made, period=NOVEMBER).stages}
    assert stages["promises"].count == 3
    kept = stages["promises_kept"].rate
    assert kept is not None
    assert (kept.numerator, kept.denominator) == (Decimal(1), Decimal(2))


def test_more_money_on_promises_than_in_the_ledger_is_an_error() -> None:
    kept = AttemptOutcome("1", "a", True, True, PromiseState.KEPT, Decimal(5), "CNY")
    with pytest.raises(ValueError, match="the ledger collected only 4"):
        funnel([kept], period=NOVEMBER, collected={"CNY": Decimal(4)})


@pytest.mark.parametrize(
    ("days", "key"),
    [(-5, "M0"), (0, "M0"), (1, "M1"), (30, "M1"), (31, "M2"), (180, "M6"), (181, "M6+"), (4000, "M6+")],
)
def test_days_past_due_fall_into_the_bucket_of_the_trade(days: int, key: str) -> None:
    assert bucket(days).key == key


def test_buckets_follow_each_other_without_a_gap() -> None:
    for younger, older in pairwise(buckets()):
        assert younger.to_day is not None
        assert older.from_day == younger.to_day + 1


@given(
    st.lists(
        st.builds(
            OpenAccount,
            account_id=st.integers(0, 10**6).map(str),
            days_past_due=st.integers(-60, 900),
            balance=st.decimals(0, 10**6, places=2),
            currency=st.sampled_from(["CNY", "USD"]),
        ),
        unique_by=lambda one: one.account_id,
    )
)
def test_ageing_loses_no_account_and_no_cent(accounts: list[OpenAccount]) -> None:
    rows = ageing(accounts)
    assert sorted(one for row in rows for one in row.account_ids) == sorted(one.account_id for one in accounts)
    for currency in {one.currency for one in accounts}:
        owed = sum((one.balance for one in accounts if one.currency == currency), Decimal(0))
        assert sum((row.balance for row in rows if row.currency == currency), Decimal(0)) == owed
