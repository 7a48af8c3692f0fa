"""Promises are held against payments; plans add up to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.ledger import Event, EventKind, bucket_of, build_plan, evaluate_promise

MADE, DUE = date(2026, 11, 1), date(2026, 11, 10)


def promise(payments: list[Event], as_of: date, tolerance_percent: Decimal = Decimal(0)) -> tuple[str, Decimal]:
    outcome = evaluate_promise(
        amount=Decimal(500),
        made_on=MADE,
        due_on=DUE,
        events=payments,
        as_of=as_of,
        grace_days=2,
        tolerance_percent=tolerance_percent,
    )
    return outcome.status, outcome.paid


def pay(amount: str, on: date, id: str = "p") -> Event:
    return Event(id, EventKind.PAYMENT, on, Decimal(amount), "CNY")


@pytest.mark.parametrize(
    ("payments", "as_of", "expected"),
    [
        ([], DUE, ("pending", 0)),
        ([], DUE + timedelta(days=2), ("pending", 0)),
        ([], DUE + timedelta(days=3), ("broken", 0)),
        ([pay("500", DUE + timedelta(days=2))], DUE + timedelta(days=3), ("kept", 500)),
        ([pay("500", DUE + timedelta(days=3))], DUE + timedelta(days=3), ("broken", 0)),
        ([pay("200", MADE), pay("300", DUE, "q")], DUE, ("kept", 500)),
        ([pay("200", DUE)], DUE + timedelta(days=3), ("partly_kept", 200)),
        ([pay("500", MADE - timedelta(days=1))], DUE, ("pending", 0)),
    ],
)
def test_a_promise_is_kept_within_grace_and_broken_after(
    payments: list[Event], as_of: date, expected: tuple[str, int]
) -> None:
    assert promise(payments, as_of) == expected


def test_a_reversed_payment_breaks_the_promise_again() -> None:
    events = [
        pay("500", DUE),
        Event("r", EventKind.REVERSAL, DUE + timedelta(days=1), Decimal(500), "CNY", refers_to="p"),
    ]
    assert promise(events, DUE + timedelta(days=3)) == ("broken", Decimal(0))


def test_a_tolerance_lets_a_little_less_keep_it() -> None:
    assert promise([pay("495", DUE)], DUE, tolerance_percent=Decimal(1))[0] == "kept"
    assert promise([pay("494.99", DUE)], DUE, tolerance_percent=Decimal(1))[0] == "pending"


@given(st.integers(100, 10_000_000), st.integers(1, 60))
def test_instalments_add_up_to_the_total(cents: int, parts: int) -> None:
    total = Decimal(cents) / 100
    plan = build_plan(total=total, currency="CNY", instalments=parts, first_on=date(2026, 1, 31))
    assert sum(part.amount for part in plan) == total
    assert len(plan) == parts
    assert all(part.amount > 0 for part in plan)
    assert [part.due_on for part in plan] == sorted({part.due_on for part in plan})


def test_a_month_without_the_day_pays_on_its_last_day() -> None:
    plan = build_plan(total=Decimal(3), currency="CNY", instalments=3, first_on=date(2026, 1, 31))
    assert [part.due_on for part in plan] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


def test_yen_have_no_fractions() -> None:
    plan = build_plan(total=Decimal(100), currency="JPY", instalments=3, first_on=MADE)
    assert [part.amount for part in plan] == [33, 33, 34]


@pytest.mark.parametrize(
    ("late", "name"), [(0, "current"), (1, "M1"), (30, "M1"), (31, "M2"), (180, "M6"), (181, "M6+")]
)
def test_ages_have_the_trades_names(late: int, name: str) -> None:
    assert bucket_of(late) == name
