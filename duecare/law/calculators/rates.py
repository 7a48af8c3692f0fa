"""What is the reference rate on a day, and who says so? Tables of published rates that know where they end (`data/rates.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from duecare.law.calculators.reading import DataError, OptionError, day, known, read
from duecare.law.calculators.working import Words


class RateUnknown(Exception):
    """A table does not hold the rate of a day, and nobody guesses it."""

    def __init__(self, table: RateTable, on: date) -> None:
        super().__init__(f"{table.id} holds no rate of {on}")
        self.table = table
        self.on = on


@dataclass(frozen=True, slots=True)
class RateTable:
    """Published rates. A value holds from its day until the next one, the last one to `known_to`; `stated` are values that the user gave."""

    id: str
    name: Words
    source: str
    status: str
    basis: str
    values: tuple[tuple[date, Decimal], ...]
    known_to: date
    hint: Words | None
    stated: tuple[tuple[date, Decimal], ...] = ()

    def at(self, on: date) -> Decimal:
        """The rate of a day. Raises RateUnknown."""
        return self.entry(on)[1]

    def is_stated(self, on: date) -> bool:
        """Whether the rate of a day is one that the user gave."""
        return self.entry(on) in self.stated

    def entry(self, on: date) -> tuple[date, Decimal]:
        """The rate of a day, and since when it holds.

        Raises:
            RateUnknown: the day lies before the table begins, or past its end.
        """
        published = [entry for entry in self.values if entry[0] <= on]
        stated = [entry for entry in self.stated if entry[0] <= on]
        if stated and (on > self.known_to or not published or stated[-1][0] >= published[-1][0]):
            return stated[-1]
        if not published or on > self.known_to:
            raise RateUnknown(self, on)
        return published[-1]

    def changes(self, start: date, end: date) -> list[date]:
        """The days after `start` and before `end` on which the rate may change, or is no longer known."""
        days = {entry[0] for entry in (*self.values, *self.stated)}
        beyond = date.fromordinal(self.known_to.toordinal() + 1)
        return sorted(one for one in {*days, beyond} if start < one < end)


def read_table(id: str, entry: Mapping[str, Any]) -> RateTable:
    """A table from its entry. Raises DataError, naming the table."""
    where = f"data/rates.yaml: {id}"
    known(entry, frozenset({"name", "source", "status", "basis", "values", "known_to", "hint"}), where)
    values = tuple((day(on, where), Decimal(str(percent))) for on, percent in (entry.get("values") or {}).items())
    if [on for on, _ in values] != sorted({on for on, _ in values}):
        raise DataError(f"{where}: the values are not in the order of their days")
    known_to = day(entry["known_to"], where)
    if values and known_to < values[-1][0]:
        raise DataError(f"{where}: known_to lies before the last value")
    if entry["status"] not in ("verified", "unverified"):
        raise DataError(f"{where}: status is verified or unverified")
    return RateTable(
        id, entry["name"], entry["source"], entry["status"], entry["basis"], values, known_to, entry.get("hint")
    )


@cache
def _tables() -> dict[str, RateTable]:
    return {id: read_table(id, entry) for id, entry in read("rates.yaml").items()}


def table(id: str, stated: Mapping[date, Decimal] | None = None) -> RateTable:
    """A table, with the values that the user adds to it. Raises DataError for a name that no table has."""
    found = _tables().get(id)
    if found is None:
        raise DataError(f"there is no table of rates {id}; there are {', '.join(sorted(_tables()))}")
    if not stated:
        return found
    return RateTable(
        found.id,
        found.name,
        found.source,
        found.status,
        found.basis,
        found.values,
        found.known_to,
        found.hint,
        tuple(sorted(stated.items())),
    )


def tables() -> tuple[RateTable, ...]:
    """All tables, in the order of the file."""
    return tuple(_tables().values())


def check_stated(values: Mapping[date, Decimal]) -> None:
    for on, percent in values.items():
        if not Decimal(-10) <= percent <= Decimal(200):
            raise OptionError("--reference", f"{percent} from {on} is no rate in per cent a year; allowed: -10 to 200")


def rate_of(entry: Mapping[str, Any], key: str = "percent") -> Decimal:
    return Decimal(str(entry[key]))
