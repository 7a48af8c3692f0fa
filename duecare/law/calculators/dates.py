"""Which day is so many months on, and is it a day on which the courts rest?"""

from __future__ import annotations

import warnings
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from duecare.law.when import is_public_holiday

DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The day of the same number, or the month's last where the month has no such day (29 February and a year on: 28 February)."""
    return day + relativedelta(months=months)


def year_end(day: date) -> date:
    return date(day.year, 12, 31)


def is_rest_day(day: date, law: str, weekend: frozenset[int]) -> bool:
    """Whether a day is a weekend day or a public holiday of a law. In China the working weekends that the State Council sets are no rest days."""
    if law.split("-")[0] == "CN":
        import chinese_calendar

        try:
            return bool(chinese_calendar.is_holiday(day))
        except NotImplementedError:
            pass  # a year whose calendar was not out when the package was: weekends and fixed holidays
    with warnings.catch_warnings():  # far years, of which `holidays` knows only the fixed days and says so
        warnings.simplefilter("ignore", UserWarning)
        return day.weekday() in weekend or is_public_holiday(day, law)


def next_working_day(day: date, law: str, weekend: frozenset[int]) -> date:
    """The day itself, or the first after it that is no rest day."""
    while is_rest_day(day, law, weekend):
        day += DAY
    return day
