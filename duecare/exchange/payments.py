"""What was paid? Payment files in the same contract as placements, and the settlements that a file of history tells."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from duecare.exchange.cells import read_text
from duecare.exchange.errors import safe_cell
from duecare.exchange.mapping import Mapping, load_mapping
from duecare.exchange.placements import FieldError, Reading, RowCells, read_placements
from duecare.exchange.tables import TableRow, open_table
from duecare.exchange.values import MappingError, PaymentRow, RowError

HEADER = ("payment_reference", "account_reference", "claim_reference", "amount", "currency", "paid_on", "method")


class PaymentReading(Reading, Iterator[PaymentRow | RowError]):
    """Iterate once over it; the counts are those of the rows read so far."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        super().__init__()
        if mapping.for_ != "payments":
            raise MappingError(f"mapping {mapping.name} is for {mapping.for_}")
        table = open_table(path, mapping)
        self.mapping = mapping
        self.header = table.header
        self.encoding = table.encoding
        self.refused_columns = tuple(column for column in mapping.protected if column in table.header)
        self._rows = table.rows
        self._cells = RowCells(mapping, table.header)
        self._seen: set[str] = set()

    def __next__(self) -> PaymentRow | RowError:
        for row in self._rows:
            self.rows_read += 1
            try:
                paid = self._read(row)
            except FieldError as error:
                self.rows_bad += 1
                return RowError(row.number, error.field, str(error), row.cells)
            self.rows_good += 1
            self.totals[paid.currency] += paid.amount
            return paid
        raise StopIteration

    def _read(self, row: TableRow) -> PaymentRow:
        if row.problem is not None:
            raise FieldError("row", row.problem)
        cells, read = row.cells, self._cells
        read.refuse_unseen(cells)
        reference = read.reference(cells, "payment_reference")
        account = read.reference(cells, "account_reference") if read.get(cells, "account_reference") else None
        claim = read.reference(cells, "claim_reference") if read.get(cells, "claim_reference") else None
        if account is None and claim is None:
            raise FieldError(read.column("account_reference"), "no account or claim that was paid")
        currency = read.currency(cells)
        method = read.get(cells, "method") or self.mapping.constants.method or ""
        paid = PaymentRow(
            row_number=row.number,
            payment_reference=reference,
            account_reference=account,
            claim_reference=claim,
            amount=read.amount(cells, currency),
            currency=currency,
            paid_on=read.day(cells, "paid_on"),
            method=read.checked("method", read_text, method, "method", 40),
            raw=cells,
        )
        if reference in self._seen:
            raise FieldError(read.column("payment_reference"), f"{reference!r} stands in the file already")
        self._seen.add(reference)
        return paid


def read_payments(path: Path, mapping: Mapping | None = None) -> PaymentReading:
    """Stream the rows of a payments file; the mapping is `payments` unless another is given.

    Raises:
        FileError: the file cannot be read as a table.
        MappingError: the mapping does not fit the file.
    """
    return PaymentReading(Path(path), mapping or load_mapping("payments"))


def settlements(path: Path, mapping: Mapping, *, as_of: date, shift_to: date | None = None) -> Iterator[PaymentRow]:
    """The settlements after `as_of` of the claims that were open on it, each in full on its day, oldest first, dates shifted.

    Raises:
        MappingError: the mapping names no settlement date.
    """
    column = mapping.outcomes.settled_on
    if column is None:
        raise MappingError(
            f"mapping {mapping.name}: outcomes.settled_on is not given, so nothing tells when a claim was settled"
        )
    reading = read_placements(path, mapping, as_of=as_of)
    place = reading.header.index(column)
    dates = RowCells(mapping, reading.header)
    shift = shift_to - as_of if shift_to else timedelta(0)
    found: list[PaymentRow] = []
    for row in reading:
        if isinstance(row, RowError) or not row.raw[place].strip(" "):
            continue
        found.append(
            PaymentRow(
                row_number=row.row_number,
                payment_reference=f"S-{row.claim_reference}",
                account_reference=row.account_reference,
                claim_reference=row.claim_reference,
                amount=row.amount,
                currency=row.currency,
                paid_on=dates.day_of(row.raw[place], column) + shift,
                method="settlement",
            )
        )
    found.sort(key=lambda one: (one.paid_on, one.payment_reference))
    return (replace(one, row_number=number) for number, one in enumerate(found, start=2))


def write_payments(path: Path, payments: Iterable[PaymentRow]) -> int:
    """Write a payments file that `read_payments` reads back; returns how many rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for one in payments:
            count += 1
            writer.writerow(
                [
                    safe_cell(one.payment_reference),
                    safe_cell(one.account_reference or ""),
                    safe_cell(one.claim_reference or ""),
                    f"{one.amount:f}",
                    one.currency,
                    one.paid_on.isoformat(),
                    safe_cell(one.method),
                ]
            )
    return count
