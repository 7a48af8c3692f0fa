"""Which rows came back? A file of the rows that were refused, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from duecare.exchange.cells import FORMULA_STARTS
from duecare.exchange.values import RowError


def safe_cell(text: str) -> str:
    """The text so that a spreadsheet shows it: control characters spelled out, and an apostrophe before what would run as a formula."""
    spelled = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text
    )
    return f"'{spelled}" if spelled.lstrip(" ").startswith(FORMULA_STARTS) else spelled


def errors_path(path: Path) -> Path:
    """FILE.errors.csv beside FILE."""
    return path.with_name(f"{path.name}.errors.csv")


def write_errors(path: Path, errors: Iterable[RowError], header: Sequence[str] = ()) -> int:
    """Write row number, field and reason, then the row as it stood in the file; returns how many.

    `path` is the file to write (see `errors_path`), UTF-8 with a byte-order mark so that spreadsheets read Chinese.
    """
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row_number", "field", "reason", *(safe_cell(column) for column in header)])
        for error in errors:
            count += 1
            writer.writerow(
                [
                    error.row_number,
                    safe_cell(error.field),
                    safe_cell(error.reason),
                    *(safe_cell(cell) for cell in error.raw),
                ]
            )
    return count
