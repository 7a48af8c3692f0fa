"""What is asked about a debt's interest, can it be answered, and which of a law's rates and caps hold it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duecare.law.calculators.daycount import DayCount
from duecare.law.calculators.money import check_currency
from duecare.law.calculators.rates import check_stated
from duecare.law.calculators.reading import OptionError, check_days
from duecare.law.calculators.schemes import COMPOUND, KINDS, LENDERS, Cap, Scheme, Statutory

ZERO = Decimal(0)
MOST = Decimal(10) ** 18
NO_CURRENCY = "XXX"
"""ISO 4217: none was named, so that the law's own is meant."""


@dataclass(frozen=True, slots=True)
class Payment:
    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Claim:
    """What one asks about. `rate` is the agreed rate, None where the statute's is asked for; `compound` None: as the law has it."""

    law: str
    principal: Decimal
    currency: str
    starts_on: date
    ends_on: date
    consumer: bool = True
    kind: str = "contract"
    lender: str = "private"
    overdue: bool = False
    rate: Decimal | None = None
    compound: str | None = None
    day_count: DayCount | None = None
    contract_on: date | None = None
    filed_on: date | None = None
    disbursed: Decimal | None = None
    already: Decimal = ZERO
    """Interest and fees that were charged since default before this stretch."""
    payments: tuple[Payment, ...] = ()
    references: Mapping[date, Decimal] = field(default_factory=dict)
    """Reference rates that the user states, beside the table's."""


def check(claim: Claim) -> None:
    """Refuse what cannot be counted with."""
    check_currency(claim.currency)
    check_days([("--from", claim.starts_on), ("--to", claim.ends_on), ("--contract-date", claim.contract_on)])
    check_days([("--filed", claim.filed_on), *(("--reference", on) for on in claim.references)])
    for option, amount in (
        ("--principal", claim.principal),
        ("--disbursed", claim.disbursed),
        ("--already", claim.already),
    ):
        if amount is not None and not (amount.is_finite() and ZERO <= amount < MOST):
            raise OptionError(option, f"{amount} is no amount that can be counted with; allowed: 0 to below 10^18")
    if claim.ends_on < claim.starts_on:
        raise OptionError("--to", f"{claim.ends_on} lies before {claim.starts_on} (--from)")
    for option, value, allowed in (
        ("--kind", claim.kind, KINDS),
        ("--lender", claim.lender, LENDERS),
        ("--compound", claim.compound or "none", COMPOUND),
    ):
        if value not in allowed:
            raise OptionError(option, f"{value!r} is not known; allowed: {', '.join(allowed)}")
    if claim.rate is not None and not (claim.rate.is_finite() and ZERO <= claim.rate <= 10000):
        raise OptionError("--rate", f"{claim.rate} is no rate in per cent a year; allowed: 0 to 10000")
    for payment in claim.payments:
        if not (payment.amount.is_finite() and ZERO < payment.amount < MOST):
            raise OptionError("--payment", f"{payment.amount} is no payment; allowed: above 0")
        if not claim.starts_on <= payment.on <= claim.ends_on:
            raise OptionError(
                "--payment",
                f"{payment.on} lies outside of the time asked about; allowed: {claim.starts_on} to {claim.ends_on}",
            )
    if claim.contract_on is not None and claim.contract_on > claim.starts_on:
        raise OptionError("--contract-date", f"{claim.contract_on} lies after {claim.starts_on} (--from)")
    check_stated(claim.references)


def statutory_for(law: Scheme, claim: Claim, principal: Decimal, contract: date) -> Statutory | None:
    """The statute's own rate for a claim; the first that holds."""
    for entry in law.statutory:
        on = claim.starts_on
        dated = (entry.since is None or entry.since <= on) and (entry.until is None or on < entry.until)
        if dated and entry.scope.holds(
            consumer=claim.consumer,
            kind=claim.kind,
            lender=claim.lender,
            overdue=claim.overdue,
            principal=principal,
            contract=contract,
        ):
            return entry
    return None


def caps_for(law: Scheme, claim: Claim, principal: Decimal, contract: date) -> list[Cap]:
    """The caps that hold a claim, on whatever days."""
    return [
        cap
        for cap in law.caps
        if (cap.currency is None or claim.currency in (cap.currency, NO_CURRENCY))
        and cap.scope.holds(
            consumer=claim.consumer,
            kind=claim.kind,
            lender=claim.lender,
            overdue=claim.overdue,
            principal=principal,
            contract=contract,
        )
    ]
