"""How can it be paid in parts? Instalments that add up to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from dateutil.relativedelta import relativedelta

from duecare.ledger.money import exponent


@dataclass(frozen=True, slots=True)
class Instalment:
    number: int
    due_on: date
    amount: Decimal


def build_plan(*, total: Decimal, currency: str, instalments: int, first_on: date) -> tuple[Instalment, ...]:
    """Equal monthly instalments; the last one carries what does not divide. A month without the day pays on its last day.

    Raises:
        ValueError: nothing to pay, fewer than one instalment, or less than the smallest coin each.
    """
    smallest = Decimal(1).scaleb(-exponent(currency))
    if total <= 0 or instalments < 1:
        raise ValueError(f"a plan needs something to pay and at least one instalment, not {total} in {instalments}")
    part = (total / instalments).quantize(smallest, ROUND_DOWN)
    if part <= 0:
        raise ValueError(f"{total} {currency} cannot be paid in {instalments} parts")
    amounts = [part] * (instalments - 1) + [total - part * (instalments - 1)]
    return tuple(
        Instalment(number + 1, first_on + relativedelta(months=number), amount) for number, amount in enumerate(amounts)
    )
