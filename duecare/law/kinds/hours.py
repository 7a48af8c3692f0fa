"""When: hours of contact in every zone where the person may be, and what the person has called inconvenient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from duecare.law.kinds.base import ANSWER_WITHIN, NEVER, Case, Finding, Kind
from duecare.law.request import WEEKDAYS, Preference, minute_of_day
from duecare.law.rules import Rule
from duecare.law.when import (
    DAY,
    DAY_LENGTH,
    MINUTE,
    PUBLIC,
    Windows,
    at_minute,
    at_moment,
    is_inside,
    is_public_holiday,
    moment_of,
    next_inside_all,
    next_outside,
)

if TYPE_CHECKING:
    from duecare.law.columns.frame import Column, Frame, Spoken


ANSWER_AT_ONCE = timedelta(hours=1)
"""How soon an answer to the person's own message may go out at any hour. House policy of 2026-11-24; no law read for this list states a number."""


class ContactHours(Kind):
    """Contact only inside stated hours of the person's day.

    `week` gives the windows a weekday (`mon` … `sun`, or `all`); `holidays` those of public holidays (left out: as any other day; empty: none).
    `address`: binds only contact at that kind of address. `agreed` true: a contact the person asked for may lie outside. `includes_closing` true: the closing instant itself is still inside ("after 9 p.m.").
    `past_due_days_max`: the rule lapses once the debt is longer overdue. `holiday_categories`: those of the `holidays` package that count (public alone if left
    out); `also_holidays`: further days of every year (`12-24`).
    """

    name = "contact_hours"
    parameters = frozenset(
        {
            "week",
            "holidays",
            "agreed",
            "includes_closing",
            "reply",
            "address",
            "past_due_days_max",
            "holiday_categories",
            "also_holidays",
        }
    )
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
            "holiday_categories": tuple(values.get("holiday_categories") or PUBLIC),
            "also_holidays": frozenset(_day_of_year(text) for text in values.get("also_holidays") or ()),
            "holidays": None if values.get("holidays") is None else _windows(values["holidays"], inclusive),
        }

    def is_partial(self, values: Mapping[str, Any]) -> bool:
        return "address" in values or "past_due_days_max" in values

    def binds(self, values: Mapping[str, Any], case: Case, at: datetime) -> bool:
        if "address" in values and (case.request.address is None or case.request.address.kind != values["address"]):
            return False
        ends = _lapses(values, case)
        return ends is None or at < ends

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if values.get("agreed") and case.agreed_now(at):
            return None
        if values.get("reply") and case.request.purpose == "respond" and case.answers_since(at - ANSWER_AT_ONCE):
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

    def binds_columns(self, values: Mapping[str, Any], frame: Frame) -> Column | None:
        from duecare.law.columns.frame import all_of

        conditions = []
        if "address" in values:
            conditions.append((frame.t.address_kind == values["address"]).fill_null(False))
        if "past_due_days_max" in values:
            last = frame.t.due_day + values["past_due_days_max"]
            conditions.append(last.isnull() | (frame.day() <= last))
        return all_of(*conditions) if conditions else None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.clock import day_of
        from duecare.law.columns.frame import Spoken, all_of, any_of, earliest, latest

        week, holiday = values["week"], values["holidays"]
        place = frame.place if rule.place == "HOUSE" else rule.place

        def is_closed(f: Frame, zone: int, ahead: int) -> Column:
            """Whether a day, so many ahead of the local one, is a holiday of the rule."""
            categories, also = values["holiday_categories"], values["also_holidays"]

            def of(f: Frame) -> Column:
                day = f.day(zone) + ahead
                named = [n for n in f.days if (day_of(n).month, day_of(n).day) in also]
                found = f.is_holiday(day, place, categories)
                return found | day.isin(named) if named else found

            return f.let("boolean", of, ("holiday", place, categories, tuple(sorted(also)), zone, ahead))

        def by_day(f: Frame, zone: int, ahead: int, of: Callable[[Windows], Column]) -> Column:
            kinds: dict[Windows, list[int]] = {}
            for weekday, windows in enumerate(week):
                kinds.setdefault(windows, []).append(weekday)
            chosen = sorted(kinds, key=lambda windows: -len(kinds[windows]))
            found, weekday = of(chosen[0]), (f.day(zone) + ahead + 3) % 7
            for windows in chosen[1:]:
                found = ibis.ifelse(weekday.isin(kinds[windows]), of(windows), found)
            return found if holiday is None else ibis.ifelse(is_closed(f, zone, ahead), of(holiday), found)

        def is_open(f: Frame, zone: int) -> Column:
            moment = f.moment(zone)
            return by_day(
                f, zone, 0, lambda windows: any_of((moment >= opens) & (moment < closes) for opens, closes in windows)
            )

        def next_opening(f: Frame, zone: int) -> Column:
            """The next opening of this local day or the next one; failing both, the start of the day after."""
            moment = f.moment(zone)

            def later_today(windows: Windows) -> Column:
                found = ibis.null("int64")
                for opens, _ in reversed(windows):
                    found = ibis.ifelse(moment < opens, ibis.literal(opens, "int64"), found)
                return found

            today = by_day(f, zone, 0, later_today)
            tomorrow = by_day(
                f, zone, 1, lambda windows: ibis.literal(windows[0][0], "int64") if windows else ibis.null("int64")
            )
            return ibis.coalesce(today, tomorrow + DAY_LENGTH, ibis.literal(2 * DAY_LENGTH, "int64"))

        def look_again(f: Frame, zone: int) -> Column:
            plain = f.let("int64", lambda f: next_opening(f, zone), (rule.id, id(values), "opens", zone))
            opening = f.start_of(f.day(zone), zone, plain)
            # Where an hour is repeated the opening may have been before; a minute on it is looked at again.
            return ibis.ifelse(opening > f.at, opening, f.at + MINUTE)

        def opened(zone: int) -> Column:
            return frame.let("boolean", lambda f: is_open(f, zone), (rule.id, id(values), "open", zone))

        closed = frame.any_zone(lambda zone: ~opened(zone))
        until = latest(
            frame.in_zones(
                lambda zone: ibis.ifelse(
                    opened(zone),
                    ibis.null("int64"),
                    frame.let("int64", lambda f: look_again(f, zone), (rule.id, id(values), "again", zone)),
                )
            )
        )
        if "past_due_days_max" in values:
            until = earliest(until, frame.start_of(frame.t.due_day + values["past_due_days_max"] + 1))
        free = [frame.agreed_now()] if values.get("agreed") else []
        if values.get("reply"):
            free.append(
                (frame.t.purpose == "respond")
                & frame.answers_since(frame.at - ANSWER_AT_ONCE // timedelta(microseconds=1))
            )
        return Spoken(denies=all_of(closed, *(~one for one in free)), until=until)

    def windows(self, rule: Rule, values: Mapping[str, Any], case: Case) -> Any:
        week, holiday = values["week"], values["holidays"]
        place = rule.place
        if place == "HOUSE":
            place = case.request.person.jurisdictions[-1]

        def of(day: date) -> Windows:
            if holiday is not None and (
                (day.month, day.day) in values["also_holidays"]
                or is_public_holiday(day, place, values["holiday_categories"])
            ):
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

    def is_idle(self, case: Case) -> bool:
        return not case.request.preferences

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if values.get("agreed", True) and case.agreed_now(at):
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
                if values.get("reply", True) and case.answers_since(max(starts, preference.since)):
                    continue
                until = ends
                if preference.until is not None and (until is None or preference.until < until):
                    until = preference.until
                return Finding("deny", until, "inconvenient_time", {"local": at.astimezone(zone), "zone": zone.key})
        return None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import ALWAYS, Spoken, any_of, latest

        frame.last_by_channel()  # wishes are drawn beside these columns

        def spans(w: Column) -> list[tuple[Column, Column]]:
            """For each zone and each stretch that may hold the instant: whether it does and no answer is free of it, and its end."""
            beside = frame.beside(w)
            overnight = w.closes <= w.opens
            found = []
            for zone in beside.zones:
                for back in (0, 1):
                    day = beside.day(zone) - back
                    moment = beside.moment(zone) + back * DAY_LENGTH
                    ends = w.closes + ibis.ifelse(overnight, DAY_LENGTH, 0)
                    named = (w.days & _weekday_bit((day + 3) % 7)) > 0
                    starts = beside.at - (moment - w.opens)
                    inside = named & (moment >= w.opens) & (moment < ends)
                    if back:
                        inside = inside & overnight
                    if zone:
                        inside = inside & w[f"z{zone}"].notnull()
                    if values.get("reply", True):
                        inside = inside & ~beside.answers_since(ibis.greatest(starts, w.since))
                    found.append((inside, beside.start_of(day, zone, ends)))
            return found

        def holds(w: Column) -> Column:
            return (
                (w.wish == "inconvenient_time")
                & wish_in_force(w)
                & (w.wish_channel.isnull() | (w.wish_channel == "") | (w.wish_channel == w.channel))
                & any_of(inside for inside, _ in spans(w))
            )

        def until(w: Column) -> Column:
            for_ever = (w.days == 127) & (w.opens == 0) & (w.closes == DAY_LENGTH)
            ends = latest([ibis.ifelse(inside, end, ibis.null("int64")) for inside, end in spans(w)])
            wished = w.until.fill_null(ALWAYS)
            return ibis.ifelse(for_ever, wished, ibis.least(ends, wished))

        denies = frame.wished("any", holds)
        ends = frame.wished("max", holds, until)
        if values.get("agreed", True):
            denies = denies & ~frame.agreed_now()
        return Spoken(denies=denies, until=ends)

    def closes_at(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> datetime | None:
        """When the next stretch begins that the person has called inconvenient: the earliest over all wishes and zones."""
        if values.get("agreed", True) and case.agreed_now(at):
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


class PreferredTime(Kind):
    """Only inside the times that the person asked to be contacted at, in every zone where the person may be; several such wishes are alternatives."""

    name = "preferred_time"
    parameters = frozenset({"agreed", "reply"})

    def is_idle(self, case: Case) -> bool:
        return not case.request.preferences

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        wishes = [
            wish
            for wish in case.request.preferences
            if wish.kind == "preferred_time"
            and _in_force(wish, at)
            and (not wish.channel or wish.channel == case.request.channel)
        ]
        if not wishes or (values.get("agreed", True) and case.agreed_now(at)):
            return None
        if values.get("reply", True) and case.answers_once(at):
            return None
        until: datetime | None = None
        for wish in wishes:
            if all(_blocked_span(wish, at, zone) for zone in case.zones):
                return None
            ends = max(self._edge(wish, at, zone) for zone in case.zones)
            if wish.until is not None:
                ends = min(ends, wish.until)
            until = ends if until is None else min(until, ends)
        return Finding(
            "deny", until, "preferred_time", {"local": at.astimezone(case.zones[0]), "zone": case.zones[0].key}
        )

    @staticmethod
    def _edge(wish: Preference, at: datetime, zone: ZoneInfo) -> datetime:
        """Where to look again: now if the wish holds, else the opening of this local day, or the start of the next."""
        if _blocked_span(wish, at, zone):
            return at
        local = at.astimezone(zone)
        opens = minute_of_day(wish.starts) * MINUTE if wish.starts else 0
        if WEEKDAYS[local.weekday()] in (wish.days or WEEKDAYS) and moment_of(local) < opens:
            return at_moment(local.date(), opens, zone)
        return at_minute(local.date() + DAY, 0, zone)

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import ALWAYS, Spoken, all_of, latest

        def applies(w: Column) -> Column:
            channel = w.wish_channel.isnull() | (w.wish_channel == "") | (w.wish_channel == w.channel)
            return (w.wish == "preferred_time") & wish_in_force(w) & channel

        def inside(w: Column, zone: int) -> Column:
            beside = frame.beside(w)
            overnight = w.closes <= w.opens
            ends = w.closes + ibis.ifelse(overnight, DAY_LENGTH, 0)
            found = ibis.literal(False)
            for back in (0, 1):
                moment = beside.moment(zone) + back * DAY_LENGTH
                named = (w.days & _weekday_bit((beside.day(zone) - back + 3) % 7)) > 0
                found = found | (named & (moment >= w.opens) & (moment < ends) & (True if back == 0 else overnight))
            return found

        def everywhere(w: Column) -> Column:
            beside = frame.beside(w)
            return applies(w) & ~beside.any_zone(lambda zone: ~inside(w, zone))

        def look_again(w: Column) -> Column:
            beside = frame.beside(w)

            def edge(zone: int) -> Column:
                today = ((w.days & _weekday_bit((beside.day(zone) + 3) % 7)) > 0) & (beside.moment(zone) < w.opens)
                opening = ibis.ifelse(
                    today,
                    beside.start_of(beside.day(zone), zone, w.opens),
                    beside.start_of(beside.day(zone) + 1, zone),
                )
                return ibis.ifelse(inside(w, zone), beside.at, opening)

            return ibis.least(latest(beside.in_zones(edge)), w.until.fill_null(ALWAYS))

        wished, met = frame.wished("any", applies), frame.wished("any", everywhere)
        free = [frame.agreed_now()] if values.get("agreed", True) else []
        if values.get("reply", True):
            free.append(frame.answers_once(ANSWER_WITHIN // timedelta(microseconds=1)))
        until = frame.wished("min", applies, look_again)
        return Spoken(denies=all_of(wished, ~met, *(~one for one in free)), until=until)


class InconvenientPlace(Kind):
    """Places that the person has called inconvenient, for the channels that are tied to a place. `reply: once`: the person's own message is answered once."""

    name = "inconvenient_place"
    parameters = frozenset({"tied", "reply"})
    required = frozenset({"tied"})

    def is_idle(self, case: Case) -> bool:
        return not case.request.preferences

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        address = case.request.address
        if address is None or case.agreed_now(at):
            return None
        if values.get("reply") == "once" and case.answers_once(at):
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

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import ALWAYS, Spoken, all_of, is_one_of

        def holds(w: Column) -> Column:
            same = (w.place == w.address_kind).fill_null(False) | (w.place.isnull() & w.address_kind.isnull())
            return (w.wish == "inconvenient_place") & same & wish_in_force(w)

        denies = frame.wished("any", holds)
        until = frame.wished("max", holds, lambda w: w.until.fill_null(ALWAYS))
        free = frame.agreed_now()
        if values.get("reply") == "once":
            free = free | frame.answers_once(ANSWER_WITHIN // timedelta(microseconds=1))
        return Spoken(
            denies=all_of(denies, frame.t.has_address, is_one_of(frame.t.channel, values["tied"]), ~free),
            until=until,
        )


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


def _day_of_year(text: Any) -> tuple[int, int]:
    found = date.fromisoformat(f"2000-{text}")
    return found.month, found.day


def _lapses(values: Mapping[str, Any], case: Case) -> datetime | None:
    """From when the rule binds no more, because the debt is too long overdue; None where it does not lapse or the due date is unknown."""
    due = case.request.debt.due_date
    if "past_due_days_max" not in values or due is None:
        return None
    return at_minute(due + timedelta(days=values["past_due_days_max"] + 1), 0, case.zones[0])


def wish_in_force(w: Column) -> Column:
    """`_in_force` over wishes joined with contacts."""
    return (w.since <= w.instant) & (w.until.isnull() | (w.instant < w.until))


def _weekday_bit(weekday: Column) -> Column:
    import ibis

    found = ibis.literal(1)
    for number in range(1, 7):
        found = ibis.ifelse(weekday == number, 1 << number, found)
    return found


def _in_force(preference: Preference, at: datetime) -> bool:
    return preference.since <= at and (preference.until is None or at < preference.until)


def _blocked_span(preference: Preference, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime | None] | None:
    """The stretch of blocked time that holds `at` by the local clock of one zone, from its start to its end; None where `at` is free.

    Stretches that touch (every day, no hours) run together; an end of None means that it never ends.
    """
    days = set(preference.days or WEEKDAYS)
    opens = minute_of_day(preference.starts) * MINUTE if preference.starts else 0
    closes = minute_of_day(preference.ends) * MINUTE if preference.ends else DAY_LENGTH
    overnight = closes <= opens
    length = closes + (DAY_LENGTH if overnight else 0)
    local = at.astimezone(zone)
    for back in (0, 1) if overnight else (0,):
        day = local.date() - back * DAY
        moment = moment_of(local) + back * DAY_LENGTH
        if WEEKDAYS[day.weekday()] not in days or not opens <= moment < length:
            continue
        starts = at - timedelta(microseconds=moment - opens)
        ends = at_moment(day + DAY if overnight else day, closes, zone)
        for _ in range(8):  # a week of whole days is for ever
            following = ends.astimezone(zone)
            midnight = following.hour == 0 and following.minute == 0
            if not (midnight and opens == 0 and closes == DAY_LENGTH and WEEKDAYS[following.weekday()] in days):
                return starts, ends.astimezone(UTC)
            ends = at_minute(following.date(), 1440, zone)
        return starts, None
    return None
