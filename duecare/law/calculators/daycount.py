"""How many days lie between two dates, and how many has a year?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum


class DayCount(StrEnum):
    """`ACT_ACT` counts each calendar year by its own length (ISDA 2006 definitions, 4.16 (b)); `THIRTY_E_360` gives each month thirty days (4.16 (g))."""

    ACT_365 = "act/365"
    ACT_360 = "act/360"
    ACT_ACT = "act/act"
    THIRTY_E_360 = "30e/360"

    def days(self, start: date, end: date) -> int:
        """Days from `start` up to but not with `end`. What is split at any day adds up again."""
        if self is DayCount.THIRTY_E_360:
            return _thirties(end) - _thirties(start)
        return (end - start).days

    def year_days(self, start: date) -> int:
        """Days of the year to which a stretch from `start` belongs."""
        if self is DayCount.ACT_ACT:
            return (date(start.year + 1, 1, 1) - date(start.year, 1, 1)).days
        return 365 if self is DayCount.ACT_365 else 360

    def cuts(self, start: date, end: date) -> Iterator[date]:
        """Days at which a stretch must be cut, because the length of the year changes."""
        if self is DayCount.ACT_ACT:
            yield from (date(year, 1, 1) for year in range(start.year + 1, end.year + 1) if date(year, 1, 1) < end)


def _thirties(day: date) -> int:
    return 360 * day.year + 30 * day.month + min(day.day, 30)
