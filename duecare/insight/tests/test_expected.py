"""The expectation falls with age, learns from history, and covers what then happened."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.insight.expected import (
    DueAccount,
    PastOutcome,
    collected_against_expected,
    expected_collections,
    house_curve,
    learn_curve,
)
from duecare.insight.metrics import Period

RECEIVABLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "receivables" / "receivables.csv"

accounts = st.lists(
    st.builds(
        DueAccount,
        account_id=st.integers(0, 10**6).map(str),
        balance=st.decimals(0, 10**6, places=2),
        currency=st.sampled_from(["CNY", "USD"]),
        days_past_due=st.integers(-30, 900),
        consumer=st.booleans(),
    ),
    unique_by=lambda one: one.account_id,
    min_size=1,
)


def test_the_older_a_debt_the_less_is_expected_of_it() -> None:
    for bands in (house_curve().consumer, house_curve().business):
        assert all(older.share < younger.share for younger, older in pairwise(bands))


@given(accounts)
def test_the_interval_encloses_the_amount_and_never_exceeds_what_is_owed(found: list[DueAccount]) -> None:
    for expected in expected_collections(found):
        owed = sum((one.balance for one in found if one.currency == expected.currency), Decimal(0))
        assert 0 <= expected.low <= expected.amount <= expected.high
        assert expected.high <= owed + Decimal("0.01") * len(found)
        assert sum(expected.by_account.values()) == expected.amount


@given(accounts, st.integers(1, 89))
def test_a_longer_period_never_brings_less(found: list[DueAccount], days: int) -> None:
    for shorter, longer in zip(
        expected_collections(found, days=days), expected_collections(found, days=days + 1), strict=True
    ):
        assert longer.amount >= shorter.amount


def test_history_moves_the_curve_towards_itself_and_says_so() -> None:
    paid_half = [PastOutcome(Decimal(100), Decimal(50), 200, consumer=True)] * 500
    learned = learn_curve(paid_half)
    band, prior = learned.band(200, consumer=True), house_curve().band(200, consumer=True)
    assert prior.share < 0.03
    assert band.share > 0.35
    assert band.deviation < 0.05
    assert "500" in learned.basis.en
    assert "500" in learned.basis.zh
    assert learned.band(200, consumer=False) == house_curve().band(200, consumer=False)


def test_portfolios_drawn_from_the_prior_fall_within_the_interval_as_often_as_stated() -> None:
    draw = np.random.default_rng(7)
    covered = 0
    for _ in range(300):
        shares = {
            band: draw.beta(band.share * band.strength, (1 - band.share) * band.strength)
            for band in house_curve().consumer
        }
        found = [
            DueAccount(
                str(n), Decimal(str(round(float(draw.lognormal(7, 1)), 2))), "CNY", int(draw.integers(1, 150)), True
            )
            for n in range(120)
        ]
        collected = sum(
            float(one.balance)
            for one in found
            if draw.random() < shares[house_curve().band(one.days_past_due, consumer=True)]
        )
        (expected,) = expected_collections(found)
        covered += float(expected.low) <= collected <= float(expected.high)
    assert 0.90 <= covered / 300 <= 0.985


def test_collected_against_expected_carries_the_interval_of_the_expectation() -> None:
    found = [DueAccount(str(n), Decimal(100), "CNY", 10, True) for n in range(100)]
    (expected,) = expected_collections(found)
    one = collected_against_expected(expected, expected.amount, Period(date(2026, 11, 1), date(2026, 12, 1)))
    assert one.value == 1.0
    assert one.low is not None
    assert one.high is not None
    assert one.low < 1.0 < one.high
    with pytest.raises(ValueError, match="30 days is held against"):
        collected_against_expected(expected, expected.amount, Period(date(2026, 11, 1), date(2026, 11, 8)))


@pytest.mark.skipif(not RECEIVABLES.exists(), reason=f"the real receivables are not beside the clone: {RECEIVABLES}")
def test_real_receivables_fall_within_the_interval_learned_from_their_past() -> None:
    with RECEIVABLES.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            (
                datetime.strptime(row["InvoiceDate"], "%m/%d/%Y").date(),  # noqa: DTZ007
                datetime.strptime(row["DueDate"], "%m/%d/%Y").date(),  # noqa: DTZ007
                datetime.strptime(row["SettledDate"], "%m/%d/%Y").date(),  # noqa: DTZ007
                Decimal(row["InvoiceAmount"]),
                row["invoiceNumber"],
            )
            for row in csv.DictReader(file)
        ]

    def open_on(day: date) -> list[tuple[DueAccount, Decimal]]:
        horizon = day + timedelta(days=30)
        return [
            (DueAccount(number, amount, "USD", (day - due).days, False), amount if settled < horizon else Decimal(0))
            for issued, due, settled, amount, number in rows
            if issued < day <= settled
        ]

    # Learned only from months whose outcome was known on the day of the expectation.
    history = [
        PastOutcome(one.balance, collected, one.days_past_due, consumer=False)
        for month in range(3, 13)
        for one, collected in open_on(date(2012, month, 1))
    ]
    curve = learn_curve(history)
    covered = 0
    starts = [date(2013, month, 1) for month in range(2, 10)]
    for day in starts:
        found = open_on(day)
        (expected,) = expected_collections([one for one, _ in found], curve=curve)
        collected = sum((one for _, one in found), Decimal(0))
        covered += expected.low <= collected <= expected.high
    assert covered >= len(starts) - 1
