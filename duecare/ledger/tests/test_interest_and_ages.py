"""Simple interest shows every stretch it is made of; trade receivables age in thirties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.ledger import DayCount, InterestAccrual, RatePeriod, accrue_simple_interest, trade_age_of

LONG_AGO = date(2000, 1, 1)


def accrue(start: date, end: date, *rates: RatePeriod, principal: str = "1000", **options: DayCount) -> InterestAccrual:
    return accrue_simple_interest(
        principal=Decimal(principal),
        currency="GBP",
        rates=rates or (RatePeriod(LONG_AGO, Decimal(8)),),
        starts_on=start,
        ends_on=end,
        **options,
    )


def test_eight_percent_on_a_thousand_is_eighty_a_year_and_22_pence_a_day() -> None:
    assert accrue(date(2025, 1, 1), date(2026, 1, 1)).amount == 80
    assert accrue(date(2025, 1, 1), date(2025, 1, 2)).amount == Decimal("0.22")
    assert accrue(date(2025, 1, 1), date(2025, 1, 1)).amount == 0


def test_a_new_rate_begins_a_new_line() -> None:
    accrual = accrue(
        date(2025, 1, 1),
        date(2025, 7, 20),
        RatePeriod(date(2025, 7, 1), Decimal(10)),
        RatePeriod(LONG_AGO, Decimal(5)),
    )
    assert [(line.days, line.percent) for line in accrual.lines] == [(181, 5), (19, 10)]
    # 1000 × 5 % × 181/365 + 1000 × 10 % × 19/365 = 24.7945… + 5.2054… = 30.00
    assert accrual.amount == Decimal("30.00")


def test_a_leap_year_counts_366_days_only_where_years_are_counted_as_they_are() -> None:
    whole = (date(2024, 1, 1), date(2025, 1, 1))
    assert accrue(*whole, day_count=DayCount.ACTUAL_ACTUAL).amount == 80
    assert accrue(*whole).amount == Decimal("80.22")
    assert accrue(*whole, day_count=DayCount.ACTUAL_360).amount == Decimal("81.33")


@pytest.mark.parametrize(
    ("start", "end", "rates", "said"),
    [
        (date(2025, 2, 1), date(2025, 1, 1), (), "before it starts"),
        (date(2025, 1, 1), date(2025, 2, 1), (RatePeriod(date(2025, 1, 2), Decimal(1)),), "no rate"),
        (date(2025, 1, 1), date(2025, 2, 1), (RatePeriod(LONG_AGO, Decimal(-1)),), "below zero"),
        (date(2025, 1, 1), date(2025, 2, 1), (RatePeriod(LONG_AGO, Decimal(1)),) * 2, "two rates"),
    ],
)
def test_what_makes_no_sense_is_refused(start: date, end: date, rates: tuple[RatePeriod, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        accrue(start, end, *rates)


@given(
    st.integers(0, 10**9),
    st.dates(date(2001, 1, 1), date(2040, 1, 1)),
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.sampled_from(DayCount),
)
def test_the_working_adds_up_and_time_can_be_cut_anywhere(
    cents: int, start: date, first: int, second: int, day_count: DayCount
) -> None:
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    rates = (RatePeriod(LONG_AGO, Decimal("4.35")), RatePeriod(date(2020, 8, 20), Decimal("15.4")))
    principal = str(Decimal(cents) / 100)
    whole, one, two = (
        accrue(a, b, *rates, principal=principal, day_count=day_count)
        for a, b in ((start, end), (start, middle), (middle, end))
    )
    assert sum(line.days for line in whole.lines) == (end - start).days
    assert abs(sum((line.amount for line in whole.lines), Decimal(0)) - whole.amount) <= Decimal("0.005")
    assert abs(whole.amount - one.amount - two.amount) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("late", "age"),
    [(-3, "current"), (0, "current"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (90, "61-90"), (91, "90+")],
)
def test_trade_receivables_age_in_thirties(late: int, age: str) -> None:
    assert trade_age_of(late) == age
