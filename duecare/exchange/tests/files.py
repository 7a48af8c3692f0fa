"""Files for tests: the real ones where they lie beside the clone, and small ones written on the spot."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from duecare.exchange import Mapping

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def real_file(name: str) -> Path:
    path = DATA / name / f"{name}.csv"
    if not path.is_file():
        pytest.skip(
            f"the real file {name}.csv is not beside the clone (../shared/data); it may not be copied into the project"
        )
    return path


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def small_mapping(**changes: object) -> Mapping:
    return Mapping.model_validate(
        {
            "name": "small",
            "label": {"en": "Small", "zh": "小"},
            "columns": {
                "account_reference": "account",
                "claim_reference": "claim",
                "name": "name",
                "amount": "amount",
                "currency": "currency",
                "due_date": "due",
            },
            "constants": {
                "jurisdiction": "CN",
                "debt_kind": "credit_card",
                "consumer": True,
                "party_kind": "person",
                "language": "zh-hans",
            },
            "dates": ["%Y-%m-%d"],
            **changes,
        }
    )


SMALL_HEADER = ["account", "claim", "name", "amount", "currency", "due"]
SMALL_ROW = ["A1", "C1", "王小明", "100.50", "CNY", "2026-10-01"]
