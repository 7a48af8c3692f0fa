"""What does the file say?

    file + mapping ──► a stream of good rows and bad ones, with control totals ──► the office; the bad ones back in FILE.errors.csv

`read_placements` and `read_payments` read CSV, XLSX and Parquet in constant memory (but for the references seen). `invented` makes people and
portfolios that belong to nobody.
"""

from duecare.exchange.errors import errors_path, safe_cell, write_errors
from duecare.exchange.invented import InventedParty, generate_portfolio, invent_party, write_portfolio
from duecare.exchange.mapping import Mapping, load_mapping, places, shipped_mappings
from duecare.exchange.payments import PaymentReading, read_payments, settlements, write_payments
from duecare.exchange.placements import PlacementReading, read_placements
from duecare.exchange.values import (
    ControlTotalError,
    FileError,
    MappingError,
    PaymentRow,
    PlacedContactPoint,
    PlacementRow,
    RowError,
)

__all__ = [
    "ControlTotalError",
    "FileError",
    "InventedParty",
    "Mapping",
    "MappingError",
    "PaymentReading",
    "PaymentRow",
    "PlacedContactPoint",
    "PlacementReading",
    "PlacementRow",
    "RowError",
    "errors_path",
    "generate_portfolio",
    "invent_party",
    "load_mapping",
    "places",
    "read_payments",
    "read_placements",
    "safe_cell",
    "settlements",
    "shipped_mappings",
    "write_errors",
    "write_payments",
    "write_portfolio",
]
