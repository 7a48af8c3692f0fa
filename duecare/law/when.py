"""Local clocks: windows of the day in every zone where the person may be, and the instants at which they open and close.

Nothing here steps through the clock: the next opening is computed from the windows' own edges, day by day, through the zone's rules, so changes to and
from daylight saving time, leap days and zones on both sides of the date line come out right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

Windows = tuple[tuple[int, int], ...]
"""Microseconds of the local day in which contact is open, half-open, in order. A closing that is itself still inside ends one microsecond later."""
DayWindows = Callable[[date], Windows]

DAY = timedelta(days=1)
MINUTE = 60_000_000
DAY_LENGTH = 1440 * MINUTE
HORIZON_DAYS = 40
"""No closing of the rulebooks lasts longer than this many days in a row; past it, waiting does not help."""


def at_minute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The instant of a local minute; see `at_moment`."""
    return at_moment(day, minute * MINUTE, zone)


def at_moment(day: date, moment: int, zone: ZoneInfo) -> datetime:
    """The instant of a microsecond of a local day. One skipped by daylight saving becomes the first that exists; a repeated one the first of both."""
    if moment >= DAY_LENGTH:
        day, moment = day + DAY, moment - DAY_LENGTH
    minutes, rest = divmod(moment, MINUTE)
    local = datetime.combine(day, time(minutes // 60, minutes % 60, 0, rest), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        return _jump_near(instant, zone)
    return instant


def moment_of(local: datetime) -> int:
    """The microsecond of the local day."""
    return ((local.hour * 60 + local.minute) * 60 + local.second) * 1_000_000 + local.microsecond


def _jump_near(instant: datetime, zone: ZoneInfo) -> datetime:
    """The change of offset within three hours of an instant, found by halving."""
    low, high = instant - timedelta(hours=3), instant + timedelta(hours=3)
    start = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == start:
        return instant
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        middle = middle.replace(microsecond=0)
        if middle in (low, high):
            break
        if middle.astimezone(zone).utcoffset() == start:
            low = middle
        else:
            high = middle
    return high


def is_inside(instant: datetime, zone: ZoneInfo, windows: DayWindows) -> bool:
    local = instant.astimezone(zone)
    moment = moment_of(local)
    return any(opens <= moment < closes for opens, closes in windows(local.date()))


def next_inside(instant: datetime, zone: ZoneInfo, windows: DayWindows) -> datetime | None:
    """The first instant at or after `instant` inside a window; None within the horizon."""
    if is_inside(instant, zone, windows):
        return instant
    first = instant.astimezone(zone).date()
    for offset in range(HORIZON_DAYS):
        day = first + timedelta(days=offset)
        for opens, _ in windows(day):
            opening = at_moment(day, opens, zone)
            if opening >= instant and is_inside(opening, zone, windows):
                return opening
    return None


def next_outside(instant: datetime, zone: ZoneInfo, windows: DayWindows) -> datetime | None:
    """The first instant at or after `instant` outside every window; None where it stays open beyond the horizon."""
    first = instant.astimezone(zone).date()
    for offset in range(HORIZON_DAYS):
        day = first + timedelta(days=offset)
        for _, closes in windows(day):
            closing = at_moment(day, closes, zone)
            if closing >= instant and not is_inside(closing, zone, windows):
                return closing
    return None


def next_inside_all(instant: datetime, zones: Sequence[ZoneInfo], windows: DayWindows) -> datetime | None:
    """The first instant at or after `instant` inside the windows of every zone at once."""
    candidate: datetime | None = instant
    end = instant + timedelta(days=HORIZON_DAYS)
    while candidate is not None and candidate <= end:
        latest = candidate
        for zone in zones:
            opening = next_inside(candidate, zone, windows)
            if opening is None:
                return None
            latest = max(latest, opening)
        if latest == candidate:
            return candidate
        candidate = latest
    return None


PUBLIC = ("public",)


@lru_cache(maxsize=2048)
def _holidays(country: str, subdivision: str | None, year: int, categories: tuple[str, ...]) -> frozenset[date]:
    try:
        known = holidays.country_holidays(country, subdiv=subdivision).supported_categories
        return frozenset(
            holidays.country_holidays(
                country, subdiv=subdivision, years=year, categories=[one for one in categories if one in known]
            )
        )
    except (NotImplementedError, KeyError):
        if subdivision is not None:
            return _holidays(country, None, year, categories)
        return frozenset()


def is_public_holiday(day: date, jurisdiction: str, categories: tuple[str, ...] = PUBLIC) -> bool:
    """Whether a day is a public holiday of a jurisdiction (`CN`, `US-NY`, `US-NY-NYC`), by the `holidays` package; `categories` are that package's."""
    parts = jurisdiction.split("-")
    return day in _holidays(parts[0], parts[1] if len(parts) > 1 else None, day.year, categories)


def business_days_after(day: date, count: int, jurisdiction: str) -> date:
    """The `count`-th business day after a day: Saturdays, Sundays and public holidays of the jurisdiction do not count."""
    while count > 0:
        day += DAY
        if is_business_day(day, jurisdiction):
            count -= 1
    return day


def is_business_day(day: date, jurisdiction: str) -> bool:
    """Whether business is done on a day. China's working Saturdays and Sundays count where its calendar of the year is known."""
    if jurisdiction == "CN":
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # the State Council has not published that year, or it lies before 2004
            pass
    return day.weekday() < 5 and not is_public_holiday(day, jurisdiction)


def after_business_days(instant: datetime, count: int, jurisdiction: str, zone: ZoneInfo) -> datetime:
    """The end of the `count`-th business day after an instant's local day."""
    return at_minute(business_days_after(instant.astimezone(zone).date(), count, jurisdiction) + DAY, 0, zone)
