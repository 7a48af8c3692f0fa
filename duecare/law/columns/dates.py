"""What day is so many months later? Civil dates as integers, so that every engine reckons alike.

Tables carry a date three ways: `<name>_day` (days since 1970), `<name>_month` (months since year 0) and `<name>_dom` (day of the month).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from duecare.law.columns.frame import Column, Frame


def add_months(f: Frame, name: str, months: int, *, overflow: bool = False) -> Column:
    """The day so many months after a date, at most the last of its month; with `overflow` 29 February becomes 1 March where there is none."""
    year, month = _year_and_month(f, name, months)
    day = f.t[f"{name}_dom"]
    if not overflow:
        leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
        long = ibis.ifelse(month == 2, 28 + leap.cast("int64"), 31 - month.isin([4, 6, 9, 11]).cast("int64"))
        day = ibis.least(day, long)
    return _day_number(year, month, day)


def year_end_after(f: Frame, name: str, months: int) -> Column:
    """31 December of the year that holds the day so many months after a date."""
    year, _ = _year_and_month(f, name, months)
    return _day_number(year, ibis.literal(12), ibis.literal(31))


def _year_and_month(f: Frame, name: str, months: int) -> tuple[Column, Column]:
    year = f.let("int64", lambda f: (f.t[f"{name}_month"] + months) // 12, ("year", name, months))
    month = f.let("int64", lambda f: (f.t[f"{name}_month"] + months) % 12 + 1, ("month", name, months))
    return year, month


def _day_number(year: Column, month: Column, day: Column) -> Column:
    """Days since 1970-01-01 of a date of the Gregorian calendar, counted in years that begin in March."""
    shifted = year - (month <= 2).cast("int64")
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719468
