"""Was it kept? A promise held against the payments of the same ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from duecare.ledger.events import Event, EventKind


@dataclass(frozen=True, slots=True)
class PromiseOutcome:
    """`status` is pending, kept, partly_kept or broken; `paid` is what counts towards it; `decides_on` the first day it cannot be kept any more."""

    status: str
    paid: Decimal
    decides_on: date


def evaluate_promise(
    *,
    amount: Decimal,
    made_on: date,
    due_on: date,
    events: Iterable[Event],
    as_of: date,
    grace_days: int = 0,
    tolerance_percent: Decimal = Decimal(0),
) -> PromiseOutcome:
    """Hold a promise of `amount` by `due_on` against standing payments from `made_on` to the end of grace.

    Paying early counts; `tolerance_percent` is how much less than promised still keeps it. After grace, something paid makes it partly kept, nothing
    makes it broken. A reversed payment does not count.

    Raises:
        ValueError: negative grace or a tolerance outside 0 to 100.
    """
    if grace_days < 0 or not 0 <= tolerance_percent <= 100:
        raise ValueError(f"grace of {grace_days} days and a tolerance of {tolerance_percent} % make no sense")
    known = [event for event in events if event.on <= as_of]
    reversed_ids = {event.refers_to for event in known if event.kind is EventKind.REVERSAL}
    last_day = due_on + timedelta(days=grace_days)
    paid = sum(
        (
            event.amount
            for event in known
            if event.kind is EventKind.PAYMENT and event.id not in reversed_ids and made_on <= event.on <= last_day
        ),
        Decimal(0),
    )
    decides_on = last_day + timedelta(days=1)
    if paid >= amount * (1 - tolerance_percent / 100):
        status = "kept"
    elif as_of < decides_on:
        status = "pending"
    else:
        status = "partly_kept" if paid > 0 else "broken"
    return PromiseOutcome(status, paid, decides_on)
