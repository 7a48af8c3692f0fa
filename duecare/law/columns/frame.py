"""What does a kind of rule see of a table? The columns of the contacts, their clocks, and what is drawn from history, wishes and consents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis

from duecare.law.columns.clock import DAY, HOUR, holidays

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
    """The latest of instants, of which some may be missing: engines pass over nulls here."""
    return values[0] if len(values) == 1 else ibis.greatest(*values)


def earliest(a: Column | None, b: Column | None) -> Column | None:
    """The earlier of two ends, either of which may never come."""
    if a is None or b is None:
        return b if a is None else a
    return ibis.least(a, b)


class Frame:
    """One batch under one set of laws. `t` is the table of contacts at the instants in question; kinds ask for columns that are not there yet: `past`, `wished`
    and `consented` are drawn from the other tables, `let` names what is used more than once, before the expression runs."""

    def __init__(self, t: Any, zones: int, place: str, days: range, drawn: Drawn) -> None:
        self.t = t
        self.place = place
        """The most particular of the person's places: where the house's own rules take its holidays from."""
        self.zones = range(zones)
        self.days = days
        """The days that can come up."""
        self.drawn = drawn

    def over(self, t: Any) -> Frame:
        """The same frame over another stage of the contacts."""
        return Frame(t, len(self.zones), self.place, self.days, self.drawn)

    def let(self, kind: str, of: Callable[[Frame], Column], key: Any = None) -> Column:
        """A column of its own for what `of` makes of a frame: it is computed once, however often it is used. The same `key` is the same column."""
        return self.drawn.let(self, kind, of, key)

    def beside(self, joined: Any) -> Frame:
        """The same frame over contacts joined with something else."""
        return self.over(joined)

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
        return ibis.ifelse(plain > change, ibis.greatest(change, plain - 3 * HOUR), plain)

    def start_everywhere(self, day: Column) -> Column:
        """The same for the start of a day, once it has begun in every zone of the row."""
        return latest(self.in_zones(lambda zone: self.start_of(day, zone)))

    def is_holiday(self, day: Column, jurisdiction: str, categories: tuple[str, ...]) -> Column:
        found = holidays(jurisdiction, categories, self.days.start, self.days.stop)
        return day.isin(list(found)) if found else ibis.literal(False)

    def business_days_after(self, day: str, count: int, place: str) -> Column:
        """The `count`-th business day of a place after the day in a column of this name; see `batch.with_business_days`."""
        return self.t[day] if count == 0 else self.t[f"{day}_{place}_{count}"]

    # --- the person's words ----------------------------------------------------------------------------------------

    def agreed(self, days: int | None = None) -> Column:
        """`Case.agreed_at`: this very contact was asked for, and that still holds."""

        def of(f: Frame) -> Column:
            given = f.t.agreed
            talk = f.past("max", lambda h: (h.outcome == "conversation") & h.with_person & h.talked)
            holds = given.notnull() & (given <= f.at) & (talk.isnull() | (talk <= given))
            if days is not None:
                holds = holds & ~f.any_zone(lambda zone: f.day(zone) >= f.day_of(given, zone) + days)
            return holds.fill_null(False)

        return self.let("boolean", of, ("agreed", days))

    def agreed_now(self) -> Column:
        """`Case.agreed_now`."""
        return self.let("boolean", lambda f: f.agreed() & (f.at == f.t["at"]), "agreed_now")

    def answers_them(self, within: int) -> Column:
        """`Case.answers_them`: the person wrote or called within so many microseconds."""

        def of(f: Frame) -> Column:
            return (f.past("max", lambda h: h.inbound) >= f.at - within).fill_null(False)

        return self.let("boolean", of, ("answers_them", within))

    def last_by_channel(self) -> tuple[Column, Column]:
        """The person's last message by this channel, and our last."""
        theirs = self.let("int64", lambda f: f.past("max", lambda h: h.inbound & h.same_channel), "theirs")
        ours = self.let("int64", lambda f: f.past("max", lambda h: ~h.inbound & h.same_channel), "ours")
        return theirs, ours

    def answers_since(self, since: Column) -> Column:
        """Whether this would be the one answer, by the same channel, to what the person sent since an instant."""
        theirs, ours = self.last_by_channel()
        return ((theirs >= since) & (ours.isnull() | (ours < theirs))).fill_null(False)

    def answers_once(self, within: int) -> Column:
        """`Case.answers_once`."""
        return self.let(
            "boolean",
            lambda f: (f.t.purpose == "respond") & f.answers_since(f.at - within),
            ("answers_once", within),
        )

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
    """The columns that kinds have asked for beyond the table's own. Kinds are asked twice: in the first pass the columns are written down and something
    stands in for them, in the second they are there. A column is known by the place in the order of asking from which it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, dict[str, tuple[str, Callable[[Any], Column], Any]]] = {
            "history": {},
            "wishes": {},
            "consents": {},
        }
        self._same: dict[str, str] = {}
        """Of what is asked for more than once: under which name it is kept."""
        self.lets: dict[str, Callable[[Frame], Column]] = {}
        self.levels: dict[str, int] = {}
        """How many columns deep what a column uses lies: those of one level can be made at once, after those below."""
        self._deepest = 0
        self._names: dict[Any, str] = {}
        self._scope = ""
        self._count = 0

    def begin_again(self) -> None:
        """The second pass asks for the same columns in the same order."""
        self._scope, self._count = "", 0

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._scope}_{self._count}"

    def of(self, t: Any, table: str, what: str, predicate: Callable[[Any], Column], more: Any) -> Column:
        asked = self._name(table)
        name = self._same.get(asked, asked)
        if name in t.columns:
            return t[name].fill_null(False) if what == "any" else t[name]
        self.asked[table][asked] = (what, predicate, more)
        return _stand_in("boolean" if what == "any" else "int64")

    def let(self, frame: Frame, kind: str, of: Callable[[Frame], Column], key: Any) -> Column:
        name = self._names.setdefault(key, self._name("let")) if key is not None else self._name("let")
        if name in frame.t.columns:
            return frame.t[name]
        if name not in self.lets:
            outer, self._deepest = self._deepest, 0
            self.made(name, of, frame)
            self.lets[name], self.levels[name] = of, self._deepest
            self._deepest = outer
        self._deepest = max(self._deepest, self.levels[name] + 1)
        return _stand_in(kind)

    def name_of(self, key: Any) -> str:
        """The name of a column that was let under a key; else the key, taken for a name."""
        return self._names.get(key, str(key))

    def made(self, name: str, of: Callable[[Frame], Column], frame: Frame) -> Column:
        """What `of` makes of a frame, its own askings named after it."""
        before = (self._scope, self._count)
        self._scope, self._count = name.removeprefix("let"), 0
        try:
            return of(frame)
        finally:
            self._scope, self._count = before

    def aggregates(self, table: str, joined: Any, dialect: str = "") -> dict[str, Column]:
        """What is drawn from a table, by name, as aggregations over it."""
        found: dict[str, Column] = {}
        known: dict[Any, str] = {}
        for name, (what, predicate, more) in self.asked[table].items():
            holds = predicate(joined).fill_null(False)
            if what == "any":
                made = holds.any()
            elif what == "nth":
                made = _nth(joined.past_at, holds, more, dialect)
            else:
                value = joined.past_at if table == "history" else more(joined)
                made = value.min(where=holds) if what == "min" else value.max(where=holds)
            self._same[name] = first = known.setdefault(made.op(), name)
            if first == name:
                found[name] = made
        return found

    def how(self, table: str) -> dict[str, str]:
        """What is drawn from a table, by name, and how."""
        return {
            name: self.asked[table][name][0] for name in dict.fromkeys(self._same.values()) if name in self.asked[table]
        }


def _stand_in(kind: str) -> Column:
    """Takes the place of a column that is asked for in the first pass."""
    return ibis.literal(False) if kind == "boolean" else ibis.literal(0, kind)


@ibis.udf.agg.builtin(name="max")  # type: ignore[untyped-decorator]
def _largest(value: int, count: int) -> list[int]:  # type: ignore[empty-body]
    """DuckDB's `max(value, count)`: the largest, in order."""


def _nth(value: Column, holds: Column, nth: int, dialect: str) -> Column:
    """The `nth` largest; null where there are fewer."""
    if nth == 1:
        return value.max(where=holds)
    if dialect == "duckdb":
        return _largest(value, nth, where=holds)[nth - 1]
    kept = value.collect(where=holds).sort()
    return ibis.ifelse(kept.length() >= nth, kept[kept.length() - nth], ibis.null("int64"))
