"""What rows does the file have? CSV, XLSX and Parquet as one stream of rows of text, in constant memory.

A cell that a spreadsheet or Parquet file holds as a date is written in the mapping's first date form, a number in plain decimals, so that
the same table reads the same from all three.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from duecare.exchange.mapping import Mapping
from duecare.exchange.values import FileError, MappingError

DELIMITERS = (",", ";", "\t", "|")
BLOCK = 1 << 20
# A cell may hold line breaks (it is refused for them, as one row); a quote left open must not swallow the rest of the file.
MAX_LINES_A_ROW = 8


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; `number` counts the header as 1. `problem` says why the row is no row of this table."""

    number: int
    cells: tuple[str, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class FileTable:
    header: tuple[str, ...]
    rows: Iterator[TableRow]
    encoding: str | None = None


def open_table(path: Path, mapping: Mapping) -> FileTable:
    """The table in the file, its header held against the mapping.

    Raises:
        FileError: not a readable CSV, XLSX or Parquet file.
        MappingError: columns missing, unknown or named twice.
    """
    if not path.is_file():
        raise FileError(f"there is no file {path}")
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm", ".xls", ".ods"):
        table = _open_workbook(path, mapping)
    elif suffix in (".parquet", ".pq"):
        table = _open_parquet(path, mapping)
    else:
        table = _open_csv(path, mapping)
    _check_header(table.header, mapping)
    return table


def _check_header(header: Sequence[str], mapping: Mapping) -> None:
    missing = sorted(mapping.required_columns - set(header))
    if missing:
        raise MappingError(
            f"mapping {mapping.name}: the file has no column {', '.join(missing)}; it has {', '.join(header)}"
        )
    unknown = [column for column in header if column not in mapping.known_columns]
    if unknown:
        raise MappingError(
            f"mapping {mapping.name}: nothing is said about the column {', '.join(unknown)}; map it or name it under ignored, protected or outcomes"
        )
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise MappingError(f"mapping {mapping.name}: the file has the column {', '.join(twice)} more than once")


# CSV -------------------------------------------------------------------------------------------------------------------------------------


def detect_encoding(path: Path) -> str:
    """utf-8 (with or without mark) or gb18030.

    A file that is UTF-8 but for a few lines stays UTF-8, and those lines are bad rows; only a file whose non-ASCII lines are mostly no UTF-8
    and which is GB 18030 from end to end is read as that.
    """
    utf8_lines = other_lines = 0
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                utf8_lines += 1
            except UnicodeDecodeError:
                other_lines += 1
    if other_lines > utf8_lines:
        decoder = codecs.getincrementaldecoder("gb18030")()
        try:
            with path.open("rb") as file:
                while block := file.read(BLOCK):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
            return "gb18030"
        except UnicodeDecodeError:
            pass
    return "utf-8-sig"


class _Lines(Iterator[str]):
    """Lines of a file that remember which of them the current row has taken, and take back what was not its own."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._back: deque[str] = deque()
        self.taken: list[str] = []

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._file)
        self.taken.append(line)
        return line

    def give_back(self, lines: Iterable[str]) -> None:
        self._back.extendleft(reversed(list(lines)))


def _open_csv(path: Path, mapping: Mapping) -> FileTable:
    encoding = detect_encoding(path) if mapping.encoding == "auto" else mapping.encoding
    if encoding == "utf-8":
        encoding = "utf-8-sig"
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        first = file.readline(BLOCK)
    if not first.strip():
        raise FileError(f"{path.name} is empty")
    if "\x00" in first:
        raise FileError(f"{path.name} is not a text file in UTF-8 or GB 18030")

    def header_by(delimiter: str) -> tuple[str, ...]:
        cells = next(csv.reader([first], delimiter=delimiter))
        return tuple(cell.strip(" ") for cell in cells)

    delimiter = max(DELIMITERS, key=lambda one: len(mapping.known_columns & set(header_by(one))))
    header = header_by(delimiter)
    return FileTable(header, _csv_rows(path, encoding, delimiter, len(header)), encoding)


def _csv_rows(path: Path, encoding: str, delimiter: str, width: int) -> Iterator[TableRow]:
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        next(reader)
        number = 1
        while True:
            lines.taken.clear()
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield _broken(number, lines, f"not a row of CSV: {error}")
                reader = csv.reader(lines, delimiter=delimiter, strict=True)
                continue
            if len(lines.taken) > 1 and (len(cells) != width or len(lines.taken) > MAX_LINES_A_ROW):
                yield _broken(number, lines, "a quotation mark is opened and not closed in the row")
                reader = csv.reader(lines, delimiter=delimiter, strict=True)
            elif len(cells) == width:
                yield TableRow(number, tuple(cells))
            elif cells:
                yield TableRow(number, tuple(cells), f"{len(cells)} columns where the header has {width}")


def _broken(number: int, lines: _Lines, reason: str) -> TableRow:
    """The first line alone is bad; what a stray quotation mark pulled in after it is read again."""
    first, *rest = lines.taken
    lines.give_back(rest)
    return TableRow(number, (first.rstrip("\r\n"),), reason)


# Workbooks and Parquet -------------------------------------------------------------------------------------------------------------------


def as_text(value: Any, date_form: str) -> str:
    """A typed cell as the text that a CSV file of the same table would hold."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Workbooks keep every number as a float: an id of 611365.0 is 611365, and repr gives back the decimals that were typed.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.strftime(date_form) if value.time() == time(0) and value.tzinfo is None else value.isoformat()
    if isinstance(value, date):
        return value.strftime(date_form)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value)


def _open_workbook(path: Path, mapping: Mapping) -> FileTable:
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        rows = iter(workbook.get_sheet_by_index(0).iter_rows())
        first = next(rows, None)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise FileError(f"{path.name} is not a workbook that can be read: {error}") from error
    if first is None:
        raise FileError(f"{path.name} is empty")
    header = [as_text(cell, mapping.dates[0]).strip(" ") for cell in first]
    while header and not header[-1]:
        header.pop()
    return FileTable(tuple(header), _workbook_rows(rows, len(header), mapping.dates[0]))


def _workbook_rows(rows: Iterator[Sequence[Any]], width: int, date_form: str) -> Iterator[TableRow]:
    for number, row in enumerate(rows, start=2):
        cells = tuple(as_text(cell, date_form) for cell in row)
        if not any(cells):
            continue
        if any(cells[width:]):
            yield TableRow(number, cells, f"{len(cells)} columns where the header has {width}")
        else:
            yield TableRow(number, cells[:width] + ("",) * (width - len(cells)))


def _open_parquet(path: Path, mapping: Mapping) -> FileTable:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise FileError(f"{path.name} is not a Parquet file that can be read: {error}") from error
    return FileTable(tuple(file.schema_arrow.names), _parquet_rows(file, mapping.dates[0]))


def _parquet_rows(file: Any, date_form: str) -> Iterator[TableRow]:
    number = 1
    with file:
        for batch in file.iter_batches(batch_size=10_000):
            columns = [[as_text(cell, date_form) for cell in column.to_pylist()] for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield TableRow(number, cells)
