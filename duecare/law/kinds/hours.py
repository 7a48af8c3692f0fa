"""When: hours of contact in every zone where the person may be, and what the person has called inconvenient."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from duecare.law.kinds.base import NEVER, Case, Finding, Kind
from duecare.law.request import WEEKDAYS, Preference, minute_of_day
from duecare.law.rules import Rule
from duecare.law.when import (
    DAY,
    MINUTE,
    Windows,
    at_minute,
    is_inside,
    is_public_holiday,
    next_inside_all,
    next_outside,
)


class ContactHours(Kind):
    """Contact only inside stated hours of the person's day.

    `week` gives the windows a weekday (`mon` … `sun`, or `all`); `holidays` those of public holidays (left out: as any other day; empty: none).
    `address`: binds only contact at that kind of address. `agreed` true: a contact the person asked for may lie outside. `includes_closing` true: the closing instant itself is still inside ("after 9 p.m.").
    `past_due_days_max`: the rule lapses once the debt is longer overdue.
    """

    name = "contact_hours"
    parameters = frozenset({"week", "holidays", "agreed", "includes_closing", "reply", "address", "past_due_days_max"})
    required = frozenset({"week"})

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        week, inclusive = values["week"], bool(values.get("includes_closing"))
        given = {day: _windows(week.get(day, week.get("all", [])), inclusive) for day in WEEKDAYS}
        unknown = set(week) - {*WEEKDAYS, "all"}
        if unknown:
            raise ValueError(f"week: {', '.join(sorted(unknown))} is no day (mon … sun, all)")
        return {
            **values,
            "week": tuple(given[day] for day in WEEKDAYS),
            "holidays": None if values.get("holidays") is None else _windows(values["holidays"], inclusive),
        }

    def binds(self, values: Mapping[str, Any], case: Case, at: datetime) -> bool:
        if "address" in values and (case.request.address is None or case.request.address.kind != values["address"]):
            return False
        ends = _lapses(values, case)
        return ends is None or at < ends

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if values.get("agreed") and case.agreed_at(at):
            return None
        if values.get("reply") and _answers_in_time(case, at):
            return None
        windows = self.windows(rule, values, case)
        for zone in case.zones:
            if not is_inside(at, zone, windows):
                local = at.astimezone(zone)
                opens, ends = next_inside_all(at, case.zones, windows), _lapses(values, case)
                return Finding(
                    "deny",
                    opens if ends is None else ends if opens is None else min(opens, ends),
                    "contact_hours" if windows(local.date()) else "contact_hours_closed",
                    {"local": local, "zone": zone.key, "windows": windows(local.date())},
                )
        return None

    def windows(self, rule: Rule, values: Mapping[str, Any], case: Case) -> Any:
        week, holiday = values["week"], values["holidays"]
        place = rule.jurisdiction
        if place == "HOUSE":
            place = case.request.person.jurisdictions[-1]

        def of(day: date) -> Windows:
            if holiday is not None and is_public_holiday(day, place):
                return holiday  # type: ignore[no-any-return]
            return week[day.weekday()]  # type: ignore[no-any-return]

        return of

    def closes_at(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> datetime | None:
        """When the hours that are open now end: the earliest closing over all zones."""
        windows = self.windows(rule, values, case)
        closings = [closing for zone in case.zones if (closing := next_outside(at, zone, windows))]
        return min(closings, default=None)


class InconvenientTime(Kind):
    """Times that the person has called inconvenient, in any zone where the person may be. One reply to the person's own message is free of it."""

    name = "inconvenient_time"
    parameters = frozenset({"agreed", "reply"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if values.get("agreed", True) and case.agreed_at(at):
            return None
        for preference in case.request.preferences:
            if preference.kind != "inconvenient_time" or not _in_force(preference, at):
                continue
            if preference.channel and preference.channel != case.request.channel:
                continue
            for zone in case.zones:
                span = _blocked_span(preference, at, zone)
                if span is None:
                    continue
                starts, ends = span
                if values.get("reply", True) and _answers(case, at, max(starts, preference.since)):
                    continue
                until = ends
                if preference.until is not None and (until is None or preference.until < until):
                    until = preference.until
                return Finding("deny", until, "inconvenient_time", {"local": at.astimezone(zone), "zone": zone.key})
        return None

    def closes_at(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> datetime | None:
        """When the next stretch begins that the person has called inconvenient: the earliest over all wishes and zones."""
        if values.get("agreed", True) and case.agreed_at(at):
            return None
        starts: list[datetime] = []
        for preference in case.request.preferences:
            if preference.kind != "inconvenient_time" or (
                preference.channel and preference.channel != case.request.channel
            ):
                continue
            for zone in case.zones:
                begin = max(at, preference.since)
                opens = minute_of_day(preference.starts) if preference.starts else 0
                first = begin.astimezone(zone).date()
                moments = [begin, *(at_minute(first + n * DAY, opens, zone) for n in range(9))]
                starts += [
                    moment
                    for moment in moments
                    if moment > at and _in_force(preference, moment) and _blocked_span(preference, moment, zone)
                ]
        return min(starts, default=None)


class InconvenientPlace(Kind):
    """Places that the person has called inconvenient, for the channels that are tied to a place."""

    name = "inconvenient_place"
    parameters = frozenset({"tied"})
    required = frozenset({"tied"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        address = case.request.address
        if address is None or case.agreed_at(at):
            return None
        for preference in case.request.preferences:
            if (
                preference.kind == "inconvenient_place"
                and preference.place == address.kind
                and case.request.channel in values["tied"]
                and _in_force(preference, at)
            ):
                return Finding("deny", preference.until or NEVER, "inconvenient_place", {"place": preference.place})
        return None


def _windows(texts: Any, includes_closing: bool = False) -> Windows:
    """[["08:00", "21:00"], …] or ["08:00", "21:00"] as microseconds of the day."""
    if texts and isinstance(texts[0], str):
        texts = [texts]
    found = tuple(
        (minute_of_day(opens) * MINUTE, minute_of_day(closes) * MINUTE + includes_closing) for opens, closes in texts
    )
    if any(opens >= closes for opens, closes in found) or list(found) != sorted(found):
        raise ValueError(f"windows {texts} are not in order")
    return found


def _lapses(values: Mapping[str, Any], case: Case) -> datetime | None:
    """From when the rule binds no more, because the debt is too long overdue; None where it does not lapse or the due date is unknown."""
    due = case.request.debt.due_date
    if "past_due_days_max" not in values or due is None:
        return None
    return at_minute(due + timedelta(days=values["past_due_days_max"] + 1), 0, case.zones[0])


def _in_force(preference: Preference, at: datetime) -> bool:
    return preference.since <= at and (preference.until is None or at < preference.until)


def _blocked_span(preference: Preference, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime | None] | None:
    """The stretch of blocked time that holds `at` in one zone, from its start to its end; None where `at` is free.

    Stretches that touch (every day, no hours) run together; an end of None means that it never ends.
    """
    days = set(preference.days or WEEKDAYS)
    opens = minute_of_day(preference.starts) if preference.starts else 0
    closes = minute_of_day(preference.ends) if preference.ends else 1440
    overnight = closes <= opens
    local = at.astimezone(zone)
    for offset in (0, -1) if overnight else (0,):
        day = local.date() + timedelta(days=offset)
        if WEEKDAYS[day.weekday()] not in days:
            continue
        starts = at_minute(day, opens, zone)
        ends = at_minute(day + DAY if overnight else day, closes, zone)
        if not starts <= at < ends:
            continue
        for _ in range(8):  # a week of whole days is for ever
            following = ends.astimezone(zone)
            midnight = following.hour == 0 and following.minute == 0
            if not (midnight and opens == 0 and closes == 1440 and WEEKDAYS[following.weekday()] in days):
                return starts, ends.astimezone(UTC)
            ends = at_minute(following.date(), 1440, zone)
        return starts, None
    return None


def _answers(case: Case, at: datetime, since: datetime) -> bool:
    """Whether this is the one answer, by the same channel, to a message the person sent inside the blocked stretch."""
    channel = case.request.channel
    theirs = [
        past.at
        for past in case.history
        if past.direction == "inbound" and past.channel == channel and since <= past.at <= at
    ]
    if not theirs:
        return False
    ours = [
        past
        for past in case.history
        if past.direction == "outbound" and past.channel == channel and theirs[-1] <= past.at < at
    ]
    return not ours


def _answers_in_time(case: Case, at: datetime) -> bool:
    """Whether this answers, by the same channel and within the hour, what the person has just sent; once."""
    return case.request.purpose == "respond" and _answers(case, at, at - timedelta(hours=1))
