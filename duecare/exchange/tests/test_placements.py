"""Good rows come out, bad ones come back with field and reason, and the totals hold."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.exchange import (
    ControlTotalError,
    FileError,
    MappingError,
    PlacementRow,
    RowError,
    errors_path,
    load_mapping,
    read_placements,
    safe_cell,
    write_errors,
    write_portfolio,
)
from duecare.exchange.cells import FORMULA_STARTS, CellError, read_amount, read_date
from duecare.exchange.tests.files import SMALL_HEADER, SMALL_ROW, real_file, rows_of, small_mapping, write_rows

TODAY = date(2026, 11, 23)


def split(path: Path, mapping: str, **options: date) -> tuple[list[PlacementRow], list[RowError]]:
    rows = list(read_placements(path, load_mapping(mapping), **options))
    return [r for r in rows if isinstance(r, PlacementRow)], [r for r in rows if isinstance(r, RowError)]


def test_the_real_receivables_are_all_read_and_add_up() -> None:
    path = real_file("receivables")
    reading = read_placements(path, load_mapping("receivables"))
    rows = list(reading)
    expected = sum((Decimal(row[6]) for row in rows_of(path)[1:]), Decimal(0))
    assert expected == Decimal("147703.18")
    reading.assert_control(count=2466, amount=expected)
    assert len({row.account_reference for row in rows if isinstance(row, PlacementRow)}) == 100
    assert {row.jurisdiction for row in rows if isinstance(row, PlacementRow)} == {"CN", "US-NY", "GB", "DE", "AU"}
    assert not any("DaysLate" in row.meta or "Disputed" in row.meta for row in rows if isinstance(row, PlacementRow))


def test_the_real_bank_accounts_are_all_read_and_their_age_and_sex_refused() -> None:
    reading = read_placements(real_file("bank-recovery"), load_mapping("bank-recovery"), received_on=TODAY)
    rows = [row for row in reading if isinstance(row, PlacementRow)]
    reading.assert_control(count=1882, amount=Decimal(5194259))
    assert reading.refused_columns == ("age", "sex")
    assert reading.outcome_columns == ("actual_recovery_amount",)
    assert all(row.meta == {} for row in rows)
    assert {row.due_date for row in rows} == {date(2025, 11, 23)}


def test_as_of_keeps_what_was_open_and_known_and_shift_moves_every_date() -> None:
    path = real_file("receivables")

    def day(text: str) -> date:
        month, of_month, year = text.split("/")
        return date(int(year), int(month), int(of_month))

    as_of = date(2013, 6, 30)
    open_ones = {row[3]: row for row in rows_of(path)[1:] if day(row[4]) <= as_of < day(row[8])}
    reading = read_placements(path, load_mapping("receivables"), as_of=as_of, shift_to=TODAY)
    rows = {row.claim_reference: row for row in reading if isinstance(row, PlacementRow)}
    assert rows.keys() == open_ones.keys()
    assert reading.rows_left_out == 2466 - len(open_ones)
    assert reading.rows_read == reading.rows_good + reading.rows_bad + reading.rows_left_out
    for reference, row in rows.items():
        assert row.due_date is not None
        assert row.due_date - day(open_ones[reference][5]) == TODAY - as_of


def spoil(rows: list[list[str]], column: dict[str, int], *, other_currency: bool) -> dict[int, str]:
    """Spoil ten rows in place; returns the file's row number and the field expected for each."""
    claim, amount, due, account = column["claim"], column["amount"], column["due"], column["account"]
    text = column["text"]

    def put(row: int, place: int, value: str) -> None:
        rows[row][place] = value

    put(10, due, "31/31/2013")
    put(20, amount, "-55.94")
    put(30, account, "")
    put(50, claim, rows[40][claim])
    put(50, account, rows[40][account])
    put(60, amount, "fifty")
    put(70, text, "x" * 501)
    put(80, text, "Acme\x07Ltd")
    put(90, text, '=HYPERLINK("http://example.com")')
    rows[100] = [*rows[100], "extra"]
    expected = {11: due, 21: amount, 31: account, 51: claim, 61: amount, 71: text, 81: text, 91: text, 101: -1}
    if other_currency:
        put(110, column["currency"], "ZZZ")
        expected[111] = column["currency"]
    else:
        put(110, column["country"], "999")
        expected[111] = column["country"]
    return {number: rows[0][place] if place >= 0 else "row" for number, place in expected.items()}


def test_ten_spoiled_rows_of_the_real_file_come_back_and_all_others_are_read(tmp_path: Path) -> None:
    rows = rows_of(real_file("receivables"))
    column = {"claim": 3, "amount": 6, "due": 5, "account": 1, "text": 9, "country": 0}
    expected = spoil(rows, column, other_currency=False)
    good, bad = split(write_rows(tmp_path / "spoiled.csv", rows), "receivables")
    assert {error.row_number: error.field for error in bad} == expected
    assert len(good) == 2466 - 10


def test_ten_spoiled_rows_of_a_generated_file_come_back_and_all_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "generated.csv"
    write_portfolio(path, rows=300, as_of=TODAY, seed=5)
    rows = rows_of(path)
    place = {name: rows[0].index(name) for name in rows[0]}
    column = {
        "claim": place["claim"],
        "amount": place["amount"],
        "due": place["due_date"],
        "account": place["account"],
        "text": place["name"],
        "currency": place["currency"],
    }
    expected = spoil(rows, column, other_currency=True)
    good, bad = split(write_rows(path, rows), "generated")
    assert {error.row_number: error.field for error in bad} == expected
    assert len(good) == 290
    out = errors_path(path)
    assert write_errors(out, bad, rows[0]) == 10
    with out.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    assert [int(row[0]) for row in written[1:]] == sorted(expected)
    for row in written[1:]:
        assert row[2]
        assert not any(cell.startswith(FORMULA_STARTS) for cell in row)
        assert all(cell.isprintable() for cell in row)


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (3, "", "no amount"),
        (3, "0.00", "is zero"),
        (3, "-5", "negative"),
        (3, "NaN", "not a plain number"),
        (3, "Infinity", "not a plain number"),
        (3, "1e999", "not a plain number"),
        (3, "1,000.00", "not a plain number"),
        (3, "١٢٣", "not a plain number"),
        (3, "1.005", "more decimals than CNY"),
        (3, "9" * 30, "larger than any debt"),
        (4, "RMB", "no currency of ISO 4217"),
        (4, "cny", "no currency of ISO 4217"),
        (4, "", "no currency of ISO 4217"),
        (5, "2026-02-30", "no date"),
        (5, "01/02/2026", "no date"),
        (5, "", "no date"),
        (5, "0206-10-01", "outside 1950"),
        (1, "", "no reference"),
        (0, "x" * 81, "81 characters"),
        (2, "名" * 500, "500 characters"),
        (2, "@SUM(A1)", "formula"),
        (2, "+cmd", "formula"),
        (2, "＝1", "formula"),
        (2, "a\u202eb", "U+202E"),
        (2, "a\x00b", "U+0000"),
        (2, "two\nlines", "U+000A"),
    ],
)
def test_a_bad_cell_is_refused_with_its_reason(tmp_path: Path, place: int, value: str, reason: str) -> None:
    row = list(SMALL_ROW)
    row[place] = value
    path = write_rows(tmp_path / "f.csv", [SMALL_HEADER, row, ["A2", "C2", "李四", "1", "CNY", "2026-10-01"]])
    bad, good = list(read_placements(path, small_mapping()))
    assert isinstance(bad, RowError)
    assert isinstance(good, PlacementRow)
    assert (bad.row_number, bad.field) == (2, SMALL_HEADER[place])
    assert reason in bad.reason
    assert bad.raw == tuple(row)


def test_a_quotation_mark_left_open_spoils_its_own_row_only(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    lines = [",".join(SMALL_HEADER), 'A1,C1,"open,1,CNY,2026-10-01']
    lines += [f"A{n},C{n},someone,1.00,CNY,2026-10-01" for n in range(2, 2000)]
    path.write_text("\n".join(lines), encoding="utf-8")
    reading = read_placements(path, small_mapping())
    bad = [row for row in reading if isinstance(row, RowError)]
    assert [error.row_number for error in bad] == [2]
    assert reading.rows_good == 1998


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_told_apart(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(
        "\r\n".join(delimiter.join(row) for row in [SMALL_HEADER, SMALL_ROW]), encoding=encoding, newline=""
    )
    (row,) = read_placements(path, small_mapping())
    assert isinstance(row, PlacementRow)
    assert (row.name, row.amount) == ("王小明", Decimal("100.50"))


def test_a_line_that_is_not_utf8_in_a_utf8_file_is_a_bad_row_and_not_another_name(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    good = [f"A{n},C{n},王小明,1,CNY,2026-10-01".encode() for n in range(5)]
    path.write_bytes(b"\n".join([",".join(SMALL_HEADER).encode(), *good, b"B,D,Ren\xe9c,1,CNY,2026-10-01"]))
    rows = list(read_placements(path, small_mapping()))
    assert isinstance(rows[-1], RowError)
    assert "encoding" in rows[-1].reason
    assert write_errors(tmp_path / "e.csv", [rows[-1]]) == 1
    assert len([row for row in rows if isinstance(row, PlacementRow)]) == 5


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "fake.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "fake.parquet").write_bytes(b"not parquet")
    for name in ("empty.csv", "fake.xlsx", "fake.parquet", "absent.csv"):
        with pytest.raises(FileError, match=re.escape(name)):
            read_placements(tmp_path / name, small_mapping())


def test_two_date_forms_that_disagree_are_refused_and_not_guessed() -> None:
    forms = ("%d/%m/%Y", "%m/%d/%Y")
    assert read_date("31/01/2026", forms) == date(2026, 1, 31)
    assert read_date("02/02/2026", forms) == date(2026, 2, 2)
    with pytest.raises(CellError, match="could be"):
        read_date("01/02/2026", forms)


def test_an_account_has_one_currency_in_a_file(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "f.csv", [SMALL_HEADER, SMALL_ROW, ["A1", "C2", "王小明", "5", "USD", "2026-10-01"]])
    _, second = list(read_placements(path, small_mapping()))
    assert isinstance(second, RowError)
    assert second.field == "currency"


def test_yen_have_no_decimals_and_dinars_have_three() -> None:
    assert read_amount("10.00", "JPY") == 10
    assert read_amount("1.234", "KWD") == Decimal("1.234")
    with pytest.raises(CellError, match="more decimals"):
        read_amount("10.5", "JPY")


def test_amounts_in_the_german_form_are_read_where_the_mapping_says_so() -> None:
    assert read_amount("1.234.567,89", "EUR", decimal_sign=",", thousands_sign=".") == Decimal("1234567.89")
    for wrong in ("12.34,5", "1.23.456,00", "1,234.56"):
        with pytest.raises(CellError):
            read_amount(wrong, "EUR", decimal_sign=",", thousands_sign=".")


def test_control_totals_that_do_not_hold_are_told(tmp_path: Path) -> None:
    reading = read_placements(write_rows(tmp_path / "f.csv", [SMALL_HEADER, SMALL_ROW]), small_mapping())
    assert len(list(reading)) == 1
    reading.assert_control(count=1, amount=Decimal("100.5"))
    with pytest.raises(ControlTotalError, match="2 were expected"):
        reading.assert_control(count=2)
    with pytest.raises(ControlTotalError, match=r"100\.50"):
        reading.assert_control(amount=Decimal(100))


def test_a_shift_without_a_day_to_shift_from_is_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "f.csv", [SMALL_HEADER, SMALL_ROW])
    with pytest.raises(MappingError, match="as_of"):
        read_placements(path, small_mapping(), shift_to=TODAY)


def without_raw(rows: list[PlacementRow]) -> list[tuple[object, ...]]:
    return [
        (
            r.row_number,
            r.account_reference,
            r.claim_reference,
            r.name,
            r.amount,
            r.due_date,
            r.contact_points,
            r.consumer,
        )
        for r in rows
    ]


def test_csv_xlsx_and_parquet_give_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    write_portfolio(path, rows=200, as_of=TODAY, seed=9)
    rows = rows_of(path)
    header = rows[0]
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(header)
    for row in rows[1:]:
        cells: list[object] = list(row)
        cells[header.index("amount")] = float(row[header.index("amount")])
        for column in ("invoice_date", "due_date"):
            cells[header.index(column)] = date.fromisoformat(row[header.index(column)])
        cells[header.index("consumer")] = row[header.index("consumer")] == "true"
        sheet.append(cells)
    workbook.save(tmp_path / "p.xlsx")
    table = pyarrow.csv.read_csv(path)
    pyarrow.parquet.write_table(table, tmp_path / "p.parquet")
    from_csv, bad = split(path, "generated")
    assert len(from_csv) == 200
    assert not bad
    for other in ("p.xlsx", "p.parquet"):
        from_other, bad = split(tmp_path / other, "generated")
        assert not bad
        assert without_raw(from_other) == without_raw(from_csv)


cells = st.text(st.characters(exclude_categories=()), max_size=40)


@given(st.lists(st.tuples(cells, cells, cells, cells, cells, cells), max_size=8))
def test_whatever_the_cells_hold_every_row_is_either_good_or_bad(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "f.csv"
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(SMALL_HEADER)
        writer.writerows([SMALL_ROW, *rows])
    reading = read_placements(path, small_mapping())
    errors = []
    for row in reading:
        if isinstance(row, RowError):
            errors.append(row)
            assert row.reason
        else:
            assert row.amount > 0
    assert reading.rows_read == reading.rows_good + reading.rows_bad
    assert reading.rows_good >= 1
    write_errors(path.with_name("e.csv"), errors)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_cell_that_we_write_is_run_by_a_spreadsheet(text: str) -> None:
    written = safe_cell(text)
    assert written.isprintable()
    assert not written.lstrip(" ").startswith(FORMULA_STARTS)


@given(st.integers(1, 10**14))
def test_an_amount_that_is_written_is_read_back(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert read_amount(f"{amount:.2f}", "CNY") == amount
