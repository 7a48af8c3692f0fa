"""What day is so many months later? Civil dates as integers, so that every engine reckons alike.

Tables carry a date three ways: `<name>_day` (days since 1970), `<name>_month` (months since year 0) and `<name>_dom` (day of the month).
"""

from __future__ import annotations

from typing import Any

import ibis

Column = Any


def add_months(t: Any, name: str, months: int, *, overflow: bool = False) -> Column:
    """The day so many months after a date, at most the last of its month; with `overflow` 29 February becomes 1 March where there is none."""
    month = t[f"{name}_month"] + months
    year, of_year = month // 12, month % 12 + 1
    day = t[f"{name}_dom"]
    return day_number(year, of_year, day if overflow else ibis.least(day, _length(year, of_year)))


def year_end_after(t: Any, name: str, months: int) -> Column:
    """31 December of the year that holds the day so many months after a date."""
    return day_number((t[f"{name}_month"] + months) // 12, ibis.literal(12), ibis.literal(31))


def _length(year: Column, month: Column) -> Column:
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    return ibis.ifelse(month == 2, ibis.ifelse(leap, 29, 28), ibis.ifelse(month.isin([4, 6, 9, 11]), 30, 31))


def day_number(year: Column, month: Column, day: Column) -> Column:
    """Days since 1970-01-01 of a date of the Gregorian calendar, counted in years that begin in March."""
    shifted = ibis.ifelse(month <= 2, year - 1, year)
    since_march = (month + 9) % 12
    of_year = (153 * since_march + 2) // 5 + day - 1
    return (shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719468).cast("int64")
