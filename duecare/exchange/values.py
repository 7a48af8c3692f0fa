"""What comes out of a file: rows that are good, and rows that are not, with the reason."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


class MappingError(ValueError):
    """The mapping is wrong, or does not fit the file; raised before the first row. The message names the field or the column."""


class FileError(ValueError):
    """The file cannot be read as a table at all; the message says why."""


class ControlTotalError(ValueError):
    """The file does not add up to what was expected of it."""


@dataclass(frozen=True, slots=True)
class PlacedContactPoint:
    """A number or an address as the file gives it. `kind` is mobile, home_phone, work_phone, email or postal."""

    kind: str
    value: str
    invented: bool = False


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """One claim as placed. `jurisdiction` is the narrowest place known ("US-NY-NYC"); `row_number` counts the header as row 1."""

    row_number: int
    account_reference: str
    claim_reference: str
    party_reference: str
    party_kind: str
    name: str | None
    amount: Decimal
    currency: str
    invoice_date: date | None
    due_date: date | None
    jurisdiction: str
    time_zones: tuple[str, ...]
    debt_kind: str
    consumer: bool
    language: str
    contact_points: tuple[PlacedContactPoint, ...] = ()
    meta: Table[str, str] = field(default_factory=dict)
    raw: tuple[str, ...] = ()

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        """Most general first: US, US-NY, US-NY-NYC."""
        parts = self.jurisdiction.split("-")
        return tuple("-".join(parts[: end + 1]) for end in range(len(parts)))


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment. It names a claim, an account, or both."""

    row_number: int
    payment_reference: str
    account_reference: str | None
    claim_reference: str | None
    amount: Decimal
    currency: str
    paid_on: date
    method: str
    raw: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that is not imported: which field, why, and the row as it stood in the file."""

    row_number: int
    field: str
    reason: str
    raw: tuple[str, ...] = ()
