"""What does a kind of rule see of a table? The columns of the contacts, their clocks, and what is drawn from history, wishes and consents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis

from duecare.law.columns.clock import DAY, HOUR, business_days_after, holidays

Column = Any
"""An Ibis column expression."""
NEVER = None
"""As the `until` of a rule that waiting does not cure."""
ALWAYS = 1 << 61
"""Past every instant: an end that never comes, where ends are compared."""


@dataclass(frozen=True)
class Spoken:
    """What one rule says of each contact: where it denies, where it asks for review, and from when it would not: an instant, or an earlier one after which to
    look again; null or `NEVER` where waiting does not help."""

    denies: Column | None = None
    reviews: Column | None = None
    until: Column | None = NEVER


def spoken(effect: str, where: Column, until: Column | None = NEVER) -> Spoken:
    return Spoken(denies=where, until=until) if effect == "deny" else Spoken(reviews=where, until=until)


def all_of(*conditions: Column | None) -> Column:
    """Their conjunction; None takes no part."""
    found = [one for one in conditions if one is not None]
    return reduce(lambda a, b: a & b, found) if found else ibis.literal(True)


def any_of(conditions: Iterable[Column]) -> Column:
    found = list(conditions)
    return reduce(lambda a, b: a | b, found) if found else ibis.literal(False)


def is_one_of(column: Column, choices: Iterable[str]) -> Column:
    """Whether a column holds one of the choices; False where it holds nothing."""
    found = sorted(choices)
    return column.isin(found).fill_null(False) if found else ibis.literal(False)


def lists(column: Column, name: str) -> Column:
    """Whether `,one,two,` names one."""
    return column.contains(f",{name},")


def latest(values: Sequence[Column]) -> Column:
    """The latest of instants, of which some may be missing."""
    return reduce(lambda a, b: ibis.ifelse(b.isnull(), a, ibis.ifelse(a.isnull() | (b > a), b, a)), values)


def earliest(a: Column | None, b: Column | None) -> Column | None:
    """The earlier of two ends, either of which may never come."""
    if a is None or b is None:
        return b if a is None else a
    return ibis.ifelse(b.isnull(), a, ibis.ifelse(a.isnull() | (b < a), b, a))


class Frame:
    """One batch under one set of laws. `t` is the table of contacts at the instants in question; kinds ask for columns that are not there yet with `past`,
    `wished` and `consented`, which are drawn from the other tables before the expression runs."""

    def __init__(self, t: Any, zones: int, place: str, days: range, drawn: Drawn) -> None:
        self.t = t
        self.place = place
        """The most particular of the person's places: where the house's own rules take its holidays from."""
        self.zones = range(zones)
        self.days = days
        """The days that can come up."""
        self.drawn = drawn

    def beside(self, joined: Any) -> Frame:
        """The same frame over contacts joined with something else."""
        return Frame(joined, len(self.zones), self.place, self.days, self.drawn)

    # --- clocks ----------------------------------------------------------------------------------------------------

    @property
    def at(self) -> Column:
        """The instant in question."""
        return self.t.instant

    def day(self, zone: int = 0) -> Column:
        """Its local day in the person's zone of that number."""
        return self.t[f"day{zone}"]

    def moment(self, zone: int = 0) -> Column:
        return self.t[f"moment{zone}"]

    def any_zone(self, of: Callable[[int], Column]) -> Column:
        """Whether something holds in any zone of the row."""
        return any_of(of(zone) if zone == 0 else self.t[f"z{zone}"].notnull() & of(zone) for zone in self.zones)

    def in_zones(self, of: Callable[[int], Column]) -> list[Column]:
        """Something for each zone, null where the row has not so many."""
        return [
            of(zone) if zone == 0 else ibis.ifelse(self.t[f"z{zone}"].notnull(), of(zone), ibis.null("int64"))
            for zone in self.zones
        ]

    def day_of(self, instant: Column, zone: int = 0) -> Column:
        """The local day of an instant not long past: at most one change of the zone's offset may lie between it and the one in question."""
        offset = ibis.ifelse(
            instant >= self.t[f"changed{zone}"], self.t[f"offset{zone}"], self.t[f"offset_before{zone}"]
        )
        return (instant + offset) // DAY

    def start_of(self, day: Column, zone: int = 0, moment: Column | int = 0) -> Column:
        """When a moment of a coming local day begins, or an instant before it from which it can be told exactly, where the zone's offset changes between."""
        plain = self.at + (day.cast("int64") - self.day(zone)) * DAY + (moment - self.moment(zone))
        change = self.t[f"change{zone}"]
        return ibis.ifelse(plain <= change, plain, ibis.greatest(change, plain - 3 * HOUR))

    def start_everywhere(self, day: Column) -> Column:
        """The same for the start of a day, once it has begun in every zone of the row."""
        return latest(self.in_zones(lambda zone: self.start_of(day, zone)))

    def is_holiday(self, day: Column, jurisdiction: str, categories: tuple[str, ...]) -> Column:
        found = holidays(jurisdiction, categories, self.days.start, self.days.stop)
        return day.isin(list(found)) if found else ibis.literal(False)

    def business_days_after(self, day: Column, count: int, jurisdiction: str) -> Column:
        """The `count`-th business day after a day."""
        if count == 0:
            return day
        found = business_days_after(jurisdiction, count, self.days.start, self.days.stop)
        place = ibis.greatest(ibis.least(day, self.days.stop - 1), self.days.start) - self.days.start
        return ibis.array(found)[place.cast("int64")]

    # --- the person's words ----------------------------------------------------------------------------------------

    def agreed(self, days: int | None = None) -> Column:
        """`Case.agreed_at`: this very contact was asked for, and that still holds."""
        given = self.t.agreed
        talk = self.past("max", lambda h: (h.outcome == "conversation") & h.with_person & h.talked)
        holds = given.notnull() & (given <= self.at) & (talk.isnull() | (talk <= given))
        if days is not None:
            holds = holds & ~self.any_zone(lambda zone: self.day(zone) >= self.day_of(given, zone) + days)
        return holds.fill_null(False)

    def answers_them(self, within: int) -> Column:
        """`Case.answers_them`: the person wrote or called within so many microseconds."""
        return (self.past("max", lambda h: h.inbound) >= self.at - within).fill_null(False)

    def last_by_channel(self) -> tuple[str, str]:
        """The names of the columns with the person's last message by this channel, and our last."""
        theirs = self.past("max", lambda h: h.inbound & h.same_channel)
        ours = self.past("max", lambda h: ~h.inbound & h.same_channel)
        return theirs.get_name(), ours.get_name()

    def answers_once(self, within: int) -> Column:
        """`Case.answers_once`."""
        return (self.t.purpose == "respond") & self.answers_since(self.at - within, self.last_by_channel())

    def answers_since(self, since: Column, names: tuple[str, str]) -> Column:
        """Whether this would be the one answer, by the same channel, to what the person sent since an instant."""
        theirs, ours = self.t[names[0]], self.t[names[1]]
        return ((theirs >= since) & (ours.isnull() | (ours < theirs))).fill_null(False)

    # --- drawn from the other tables -------------------------------------------------------------------------------

    def past(self, what: str, predicate: Callable[[Any], Column], nth: int = 1) -> Column:
        """Of the past contacts that hold: the instant of the latest (`max`) or the first (`min`), whether there is `any`, or the instant of the `nth` latest (`nth`)."""
        return self.drawn.of(self.t, "history", what, predicate, nth)

    def wished(
        self, what: str, predicate: Callable[[Any], Column], value: Callable[[Any], Column] | None = None
    ) -> Column:
        """Of the person's wishes that hold: whether there is `any`, or the latest (`max`) or earliest (`min`) value. Both see the wish beside the contact."""
        return self.drawn.of(self.t, "wishes", what, predicate, value)

    def consented(self, predicate: Callable[[Any], Column]) -> Column:
        """Whether a consent holds. The predicate sees the consent beside the contact."""
        return self.drawn.of(self.t, "consents", "any", predicate, None)


class Drawn:
    """The columns that kinds have asked for from other tables, by name. Kinds are asked twice: in the first pass the columns are written down, in the second
    they are there."""

    def __init__(self) -> None:
        self.asked: dict[str, list[tuple[str, Callable[[Any], Column], Any]]] = {
            "history": [],
            "wishes": [],
            "consents": [],
        }
        self._place = dict.fromkeys(self.asked, 0)

    def begin_again(self) -> None:
        """The second pass asks for the same columns in the same order."""
        self._place = dict.fromkeys(self.asked, 0)

    def of(self, t: Any, table: str, what: str, predicate: Callable[[Any], Column], more: Any) -> Column:
        place = self._place[table]
        self._place[table] += 1
        name = f"{table}{place}"
        if name not in t.columns:
            self.asked[table].append((what, predicate, more))
            return ibis.null("boolean" if what == "any" else "int64").name(name)
        return t[name]

    def columns(self, table: str) -> dict[str, str]:
        return {
            f"{table}{place}": "boolean" if what == "any" else "int64"
            for place, (what, _, _) in enumerate(self.asked[table])
        }

    def aggregates(self, table: str, joined: Any) -> dict[str, Column]:
        """What is drawn from a table, by name, as aggregations over it."""
        found: dict[str, Column] = {}
        for place, (what, predicate, more) in enumerate(self.asked[table]):
            holds = predicate(joined).fill_null(False)
            if what == "any":
                value = holds.any()
            elif table == "history":
                value = (
                    _nth(joined.past_at, holds, more)
                    if what == "nth"
                    else joined.past_at.min(where=holds)
                    if what == "min"
                    else joined.past_at.max(where=holds)
                )
            else:
                value = more(joined).min(where=holds) if what == "min" else more(joined).max(where=holds)
            found[f"{table}{place}"] = value
        return found


def _nth(value: Column, holds: Column, nth: int) -> Column:
    """The `nth` largest; null where there are fewer."""
    if nth == 1:
        return value.max(where=holds)
    kept = value.collect(where=holds).sort()
    return ibis.ifelse(kept.length() >= nth, kept[kept.length() - nth], ibis.null("int64"))
