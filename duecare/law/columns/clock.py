"""What time is it there? Zones as numbers: local days and microseconds for whole arrays of instants.

Instants are microseconds since 1970 in UTC; days are counted from 1970-01-01; moments are microseconds of the local day. Engines are given these numbers and
never read a clock or a calendar in their own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from duecare.law.when import is_business_day, is_public_holiday

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY = date(1970, 1, 1)
NO_CHANGE = 1 << 62
KNOWN_FROM, KNOWN_TO = date(1960, 1, 1), date(2230, 1, 1)
"""Changes of offset are looked up between these days; outside them the nearest known offset stands."""

Ints = npt.NDArray[np.int64]


def micros(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


def day_number(day: date) -> int:
    return (day - FIRST_DAY).days


def day_of(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


@cache
def _changes(name: str) -> tuple[Ints, Ints]:
    """The instants at which a zone's offset changes, and its offsets: the first before the first change, one more than there are changes."""
    zone = ZoneInfo(name)

    def offset(at: int) -> int:
        found = (EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset()
        assert found is not None
        return found // timedelta(microseconds=1)

    first, last = day_number(KNOWN_FROM) * DAY, day_number(KNOWN_TO) * DAY
    instants: list[int] = []
    offsets = [offset(first)]
    for low in range(first, last, 7 * DAY):  # no zone of the database changes twice within a week after 1960
        high = min(low + 7 * DAY, last)
        if offset(high) == offsets[-1]:
            continue
        while high - low > SECOND:
            middle = (low + high) // 2 // SECOND * SECOND
            if middle <= low:
                break
            low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
        instants.append(high)
        offsets.append(offset(high))
    return np.array(instants, np.int64), np.array(offsets, np.int64)


def local_columns(instants: Ints, zones: Ints, names: Sequence[str], valid: npt.NDArray[np.bool_]) -> dict[str, Ints]:
    """For instants in zones (numbers into `names`): `day`, `moment`, `offset`, the first day of its `month` and of the `next_month`, and the changes of offset on both sides: `change` (the next), `changed`
    (the last) and `offset_before` it."""
    size = len(instants)
    found = {name: np.zeros(size, np.int64) for name in ("offset", "change", "changed", "offset_before")}
    for number in np.unique(zones[valid]):
        here = np.flatnonzero((zones == number) & valid)
        at = instants[here]
        changes, offsets = _changes(names[number])
        place = np.searchsorted(changes, at, side="right")
        found["offset"][here] = offsets[place]
        found["change"][here] = np.append(changes, NO_CHANGE)[place]
        found["changed"][here] = np.append(-NO_CHANGE, changes)[place]
        found["offset_before"][here] = offsets[np.maximum(place - 1, 0)]
    local = instants + found["offset"]
    day = np.floor_divide(local, DAY)
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    return {
        "day": day,
        "moment": np.mod(local, DAY),
        "month": month.astype("datetime64[D]").astype(np.int64),
        "next_month": (month + 1).astype("datetime64[D]").astype(np.int64),
        **found,
    }


@cache
def holidays(jurisdiction: str, categories: tuple[str, ...], first: int, stop: int) -> tuple[int, ...]:
    """The public holidays of a jurisdiction among days."""
    return tuple(number for number in range(first, stop) if is_public_holiday(day_of(number), jurisdiction, categories))


@cache
def _business_days(jurisdiction: str, first: int, stop: int) -> Ints:
    return np.array([number for number in range(first, stop) if is_business_day(day_of(number), jurisdiction)])


def business_days_after(days: Ints, count: int, jurisdiction: str) -> Ints:
    """The `count`-th business day after each day."""
    if not len(days):
        return days
    found = _business_days(
        jurisdiction, int(days.min()) // 366 * 366, int(days.max()) // 366 * 366 + 366 + 3 * count + 60
    )
    return np.asarray(found[np.searchsorted(found, days, side="right") + count - 1])


def as_ints(column: Any) -> Ints:
    """An Arrow column of whole numbers, nulls as 0."""
    import pyarrow.compute as pc

    return np.asarray(pc.fill_null(column, 0)).astype(np.int64, copy=False)
