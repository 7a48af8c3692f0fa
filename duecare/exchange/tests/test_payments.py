"""Payments are read in the same contract, and history's settlements become a payments file."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from duecare.exchange import (
    MappingError,
    PaymentRow,
    PlacementRow,
    RowError,
    load_mapping,
    read_payments,
    read_placements,
    settlements,
    write_payments,
)
from duecare.exchange.payments import HEADER
from duecare.exchange.tests.files import SMALL_HEADER, SMALL_ROW, real_file, small_mapping, write_rows

GOOD = ["P1", "A1", "C1", "10.00", "CNY", "2026-11-01", "transfer"]


def test_a_payment_is_read_and_counted(tmp_path: Path) -> None:
    reading = read_payments(write_rows(tmp_path / "p.csv", [HEADER, GOOD]))
    (paid,) = reading
    assert isinstance(paid, PaymentRow)
    assert (paid.payment_reference, paid.amount, paid.paid_on) == ("P1", Decimal(10), date(2026, 11, 1))
    reading.assert_control(count=1, amount=Decimal(10))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({0: ""}, "payment_reference"),
        ({0: "P1"}, "payment_reference"),
        ({1: "", 2: ""}, "account_reference"),
        ({3: "-1"}, "amount"),
        ({3: "1e3"}, "amount"),
        ({4: "XXX"}, "currency"),
        ({5: "01.11.2026"}, "paid_on"),
        ({6: "=1+1"}, "method"),
    ],
)
def test_a_bad_payment_comes_back_with_its_field(tmp_path: Path, changes: dict[int, str], field: str) -> None:
    row = ["P2", *GOOD[1:]]
    for place, value in changes.items():
        row[place] = value
    _, bad = list(read_payments(write_rows(tmp_path / "p.csv", [HEADER, GOOD, row])))
    assert isinstance(bad, RowError)
    assert (bad.row_number, bad.field) == (3, field)


def test_the_settlements_of_history_pay_exactly_what_was_open(tmp_path: Path) -> None:
    path, mapping = real_file("receivables"), load_mapping("receivables")
    as_of, today = date(2013, 6, 30), date(2026, 11, 23)
    paid = list(settlements(path, mapping, as_of=as_of, shift_to=today))
    open_ones = {
        row.claim_reference: row
        for row in read_placements(path, mapping, as_of=as_of, shift_to=today)
        if isinstance(row, PlacementRow)
    }
    assert {one.claim_reference: one.amount for one in paid} == {key: row.amount for key, row in open_ones.items()}
    assert [one.paid_on for one in paid] == sorted(one.paid_on for one in paid)
    assert min(one.paid_on for one in paid) >= today + timedelta(days=1)
    assert write_payments(tmp_path / "p.csv", paid) == len(paid)
    again = [row for row in read_payments(tmp_path / "p.csv") if isinstance(row, PaymentRow)]
    assert [(row.payment_reference, row.amount, row.paid_on) for row in again] == [
        (row.payment_reference, row.amount, row.paid_on) for row in paid
    ]


def test_a_file_without_settlement_dates_has_no_settlements(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "f.csv", [SMALL_HEADER, SMALL_ROW])
    with pytest.raises(MappingError, match="settled_on"):
        settlements(path, small_mapping(), as_of=date(2026, 11, 1))
