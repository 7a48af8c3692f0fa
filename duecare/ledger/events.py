"""What happened to the money? One value an event; the kinds are closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class LedgerError(ValueError):
    """Events that cannot stand together; the message names the event."""


class EventKind(StrEnum):
    CHARGE = "charge"
    INTEREST = "interest"
    FEE = "fee"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    WAIVER = "waiver"
    ALLOCATION = "allocation"


DEBITS = (EventKind.CHARGE, EventKind.INTEREST, EventKind.FEE)
DEFAULT_BUCKET = {EventKind.CHARGE: "principal", EventKind.INTEREST: "interest", EventKind.FEE: "fees"}


@dataclass(frozen=True, slots=True)
class Event:
    """One event of an account's ledger.

    `on` is the effective date. `amount` is always above zero; the kind says its direction. `claim_id` and `bucket` say what a debit adds to, what a
    waiver gives up, or what a payment was meant for. `refers_to` is the payment that a reversal undoes or an allocation directs.
    """

    id: str
    kind: EventKind
    on: date
    amount: Decimal
    currency: str
    claim_id: str | None = None
    bucket: str | None = None
    refers_to: str | None = None
    due_on: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", EventKind(self.kind))
        if not self.amount.is_finite() or self.amount <= 0:
            raise LedgerError(f"event {self.id}: the amount must be above zero, not {self.amount}")
        if self.kind in (EventKind.REVERSAL, EventKind.ALLOCATION) and not self.refers_to:
            raise LedgerError(f"event {self.id}: a {self.kind} names the payment it refers to")
        if self.kind is EventKind.ALLOCATION and not (self.claim_id or self.bucket):
            raise LedgerError(f"event {self.id}: an allocation names the claim or the bucket it goes to")
