"""A balance is a replay; its working adds up; the order of posting plays no part."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.ledger import Event, EventKind, LedgerError, allocation_policy, replay

D = date(2026, 1, 1)


def charge(id: str, amount: str, claim: str = "c1", on: date = D, due: date | None = None) -> Event:
    return Event(id, EventKind.CHARGE, on, Decimal(amount), "CNY", claim_id=claim, bucket="principal", due_on=due or on)


def paid(id: str, amount: str, on: date, **fields: str) -> Event:
    return Event(id, EventKind.PAYMENT, on, Decimal(amount), "CNY", **fields)


def test_an_empty_ledger_owes_nothing() -> None:
    assert replay([], as_of=D).balance == 0


def test_a_payment_settles_the_oldest_claim_first() -> None:
    events = [
        charge("new", "50", "c2", due=D + timedelta(days=20)),
        charge("old", "100", "c1", due=D + timedelta(days=10)),
        paid("p", "120", D + timedelta(days=30)),
    ]
    statement = replay(events, as_of=D + timedelta(days=40))
    assert statement.balance == 30
    assert {claim.claim_id: claim.balance for claim in statement.by_claim} == {"c1": 0, "c2": 30}
    assert statement.oldest_unpaid_due_on == D + timedelta(days=20)
    assert statement.days_past_due == 20


def test_a_back_dated_payment_counts_from_its_own_date() -> None:
    events = [charge("c", "100"), paid("late-booked", "40", D + timedelta(days=1))]
    assert replay(events, as_of=D).balance == 100
    assert replay(events, as_of=D + timedelta(days=1)).balance == 60


def test_a_reversed_payment_settles_nothing_and_both_stand_in_the_working() -> None:
    events = [
        charge("c", "100"),
        paid("p", "60", D + timedelta(days=5)),
        Event("r", EventKind.REVERSAL, D + timedelta(days=9), Decimal(60), "CNY", refers_to="p"),
    ]
    assert replay(events, as_of=D + timedelta(days=8)).balance == 40
    after = replay(events, as_of=D + timedelta(days=9))
    assert after.balance == 100
    assert [line.what for line in after.lines] == ["charge", "payment_reversed", "reversal"]


def test_what_is_paid_ahead_meets_the_next_charge() -> None:
    events = [paid("p", "80", D), charge("c", "100", on=D + timedelta(days=3))]
    assert replay(events, as_of=D).overpaid == 80
    later = replay(events, as_of=D + timedelta(days=3))
    assert (later.balance, later.overpaid) == (20, 0)


def test_china_takes_costs_and_interest_before_principal_and_the_house_principal_first() -> None:
    events = [
        charge("c", "100"),
        Event("i", EventKind.INTEREST, D, Decimal(10), "CNY", claim_id="c1"),
        Event("k", EventKind.FEE, D, Decimal(5), "CNY", claim_id="c1", bucket="costs"),
        paid("p", "12", D + timedelta(days=1)),
    ]
    china = replay(events, as_of=D + timedelta(days=1), allocation=allocation_policy("CN"))
    assert china.by_bucket == {"costs": 0, "interest": 3, "principal": 100}
    house = replay(events, as_of=D + timedelta(days=1))
    assert house.by_bucket == {"costs": 5, "interest": 10, "principal": 88}


def test_an_allocation_directs_a_payment_to_a_claim() -> None:
    events = [
        charge("a", "100", "c1"),
        charge("b", "100", "c2", due=D + timedelta(days=9)),
        paid("p", "100", D + timedelta(days=10)),
        Event("al", EventKind.ALLOCATION, D + timedelta(days=11), Decimal(70), "CNY", claim_id="c2", refers_to="p"),
    ]
    statement = replay(events, as_of=D + timedelta(days=11))
    assert {claim.claim_id: claim.balance for claim in statement.by_claim} == {"c1": 70, "c2": 30}


def test_a_waiver_never_becomes_money() -> None:
    events = [charge("c", "100"), Event("w", EventKind.WAIVER, D, Decimal(150), "CNY", bucket="principal")]
    statement = replay(events, as_of=D)
    assert (statement.balance, statement.overpaid) == (0, 0)
    assert statement.lines[-1].what == "waiver_unused"


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([charge("a", "1"), charge("a", "2")], "occurs twice"),
        ([charge("a", "1"), Event("b", EventKind.CHARGE, D, Decimal(1), "USD")], "one currency"),
        ([Event("r", EventKind.REVERSAL, D, Decimal(1), "CNY", refers_to="x")], "no payment 'x'"),
        ([paid("p", "2", D), Event("r", EventKind.REVERSAL, D, Decimal(1), "CNY", refers_to="p")], "whole payment"),
    ],
)
def test_events_that_cannot_stand_together_are_named(events: list[Event], message: str) -> None:
    with pytest.raises(LedgerError, match=message):
        replay(events, as_of=D)


def test_an_amount_of_zero_is_no_event() -> None:
    with pytest.raises(LedgerError, match="above zero"):
        charge("a", "0")


amounts = st.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100)
days = st.integers(0, 400).map(lambda n: D + timedelta(days=n))


@st.composite
def ledgers(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    for n in range(draw(st.integers(0, 5))):
        on = draw(days)
        kind = draw(st.sampled_from([EventKind.CHARGE, EventKind.INTEREST, EventKind.FEE]))
        claim = draw(st.sampled_from(["c1", "c2", "c3"]))
        events.append(
            Event(
                f"d{n}",
                kind,
                on,
                draw(amounts),
                "CNY",
                claim_id=claim,
                due_on=on + timedelta(days=draw(st.integers(0, 60))),
            )
        )
    for n in range(draw(st.integers(0, 4))):
        on = draw(days)
        events.append(
            Event(f"p{n}", EventKind.PAYMENT, on, draw(amounts), "CNY", claim_id=draw(st.sampled_from([None, "c1"])))
        )
        if draw(st.booleans()):
            events.append(
                Event(
                    f"r{n}",
                    EventKind.REVERSAL,
                    on + timedelta(days=draw(st.integers(0, 30))),
                    events[-1].amount,
                    "CNY",
                    refers_to=f"p{n}",
                )
            )
        elif draw(st.booleans()):
            events.append(
                Event(f"a{n}", EventKind.ALLOCATION, on, draw(amounts), "CNY", claim_id="c2", refers_to=f"p{n}")
            )
    for n in range(draw(st.integers(0, 2))):
        events.append(
            Event(
                f"w{n}",
                EventKind.WAIVER,
                draw(days),
                draw(amounts),
                "CNY",
                claim_id=draw(st.sampled_from([None, "c1"])),
            )
        )
    return events


@given(ledgers(), days, st.randoms(use_true_random=False))
def test_any_order_of_posting_gives_the_same_statement(
    events: list[Event], as_of: date, shuffler: random.Random
) -> None:
    shuffled = list(events)
    shuffler.shuffle(shuffled)
    assert replay(shuffled, as_of=as_of) == replay(events, as_of=as_of)


@given(ledgers(), days)
def test_every_cent_shows_its_working(events: list[Event], as_of: date) -> None:
    statement = replay(events, as_of=as_of)
    assert sum((line.amount for line in statement.lines), Decimal(0)) == statement.balance
    assert sum(statement.by_bucket.values(), Decimal(0)) - statement.overpaid == statement.balance
    assert sum((claim.balance for claim in statement.by_claim), Decimal(0)) == sum(
        statement.by_bucket.values(), Decimal(0)
    )
    assert all(part >= 0 for part in statement.by_bucket.values())
    running = Decimal(0)
    for line in statement.lines:
        running += line.amount
        assert line.balance == running


@given(ledgers(), days)
def test_nothing_is_made_and_nothing_lost(events: list[Event], as_of: date) -> None:
    past = [event for event in events if event.on <= as_of]
    debits = sum((e.amount for e in past if e.kind in ("charge", "interest", "fee")), Decimal(0))
    undone = {e.refers_to for e in past if e.kind == "reversal"}
    paid_in = sum((e.amount for e in past if e.kind == "payment" and e.id not in undone), Decimal(0))
    statement = replay(events, as_of=as_of)
    waived = -sum((line.amount for line in statement.lines if line.what == "waiver"), Decimal(0))
    assert statement.balance == debits - paid_in - waived
