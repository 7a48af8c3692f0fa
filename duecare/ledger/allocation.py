"""What does a payment settle first? Orders of allocation, as data with their sources (`allocation.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class AllocationPolicy:
    """The order of buckets within the claim that is served; claims are served oldest due date first."""

    name: str
    buckets: tuple[str, ...]
    source: str

    def place(self, bucket: str) -> int:
        return self.buckets.index(bucket if bucket in self.buckets else "other")


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("allocation.yaml").read_text())
    return data


@cache
def allocation_policy(name: str | None = None) -> AllocationPolicy:
    """The order named, or the house's.

    Raises:
        LookupError: no order of that name.
    """
    name = name or str(_data()["default"])
    if name not in _data()["policies"]:
        raise LookupError(f"there is no allocation order called {name!r}; see duecare/ledger/allocation.yaml")
    entry = _data()["policies"][name]
    return AllocationPolicy(name, tuple(entry["buckets"]), str(entry["source"]))
