"""Until when can a debt be sued for, and why then? The working of one due date, event by event.

A day is counted as the laws count it: the due date itself is not part of the time, and the time ends on the day of the same number. `ends` is that day;
`last_day` is later only where the law lets a time that ends on a day of rest end on the next working day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from duecare.law.calculators.dates import DAY, add_months, next_working_day, year_end
from duecare.law.calculators.reading import OptionError, check_days, kind_of
from duecare.law.calculators.regimes import (
    ACTS,
    ASSERTED,
    CLOSINGS,
    EVENTS,
    NO_EFFECT,
    PROCEEDINGS,
    SUSPENSIONS,
    EventRule,
    Pause,
    Period,
    Regime,
    SuspensionRule,
    regime,
    without_acts,
)
from duecare.law.calculators.working import Line, Months, Source, Words, phrase

STOPPING = frozenset({"restart_after_end", "postpone_until_end", "hold"})
ORDER = {"law": 0, "pause": 1, "suspension": 2, "act": 3, "proceedings": 4, "closing": 5}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a debt, and when."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch in which something kept time from running; both days belong to it. Without an end it still lasts."""

    starts_on: date
    ends_on: date | None
    kind: str = "hindrance"


@dataclass(frozen=True, slots=True)
class Limitation:
    """The answer for one due date.

    `status` is running, expired, pending (proceedings), suspended, unlimited or not_begun; `ends` and `last_day` are None where no day can be named.
    """

    law: str
    name: Words
    kind: str
    consumer: bool
    due: date
    as_of: date
    status: str
    ends: date | None
    last_day: date | None
    revived: bool
    lines: tuple[Line, ...]
    remarks: tuple[Line, ...]
    """What the end of the time means, and what else to know of this law."""
    outcome: str
    certainty: str
    basis: str
    checked: date | None

    @property
    def barred(self) -> bool:
        return self.status == "expired"

    @property
    def days_left(self) -> int | None:
        return None if self.last_day is None else (self.last_day - self.as_of).days

    def to_dict(self, lang: str) -> dict[str, Any]:
        return {
            "law": self.law,
            "kind": self.kind,
            "consumer": self.consumer,
            "due": self.due.isoformat(),
            "as_of": self.as_of.isoformat(),
            "status": self.status,
            "barred": self.barred,
            "ends": None if self.ends is None else self.ends.isoformat(),
            "last_day": None if self.last_day is None else self.last_day.isoformat(),
            "days_left": self.days_left,
            "revived": self.revived,
            "effect_of_expiry": self.outcome,
            "certainty": self.certainty,
            "basis": phrase("basis", self.basis, lang),
            "checked": None if self.checked is None else self.checked.isoformat(),
            "lines": [line.to_dict(lang) for line in self.lines],
            "remarks": [line.to_dict(lang) for line in self.remarks],
        }


def limitation(
    law: str,
    *,
    dues: Sequence[date],
    as_of: date,
    kind: str = "contract",
    consumer: bool = True,
    known: date | None = None,
    events: Sequence[Event] = (),
    suspensions: Sequence[Suspension] = (),
) -> tuple[Limitation, ...]:
    """One answer; several where the law counts each instalment by itself, in the order of their dates.

    Raises:
        OptionError: what was asked cannot be answered; names the option.
    """
    rules = regime(law, kind, consumer=consumer)
    events = [replace(one, kind=kind_of("events", one.kind)) for one in events]
    suspensions = [replace(one, kind=kind_of("suspensions", one.kind)) for one in suspensions]
    _check(dues, as_of, known, events, suspensions)
    dates = sorted(set(dues))
    if len(dates) > 1 and rules.instalments == "last":
        first = Line(
            dates[-1],
            "instalments_last",
            {"due": dates[-1], "first": dates[0]},
            rules.instalments_source,
            figures={"ends": None},
        )
        return (_Clock(rules, dates[-1], as_of, known).run(events, suspensions, before=[first]),)
    lead = [Line(None, "instalments_each", {}, rules.instalments_source)] if len(dates) > 1 else []
    return tuple(
        _Clock(rules, due, as_of, known).run(events, suspensions, before=[] if number else lead)
        for number, due in enumerate(dates)
    )


def _check(
    dues: Sequence[date], as_of: date, known: date | None, events: Sequence[Event], suspensions: Sequence[Suspension]
) -> None:
    if not dues:
        raise OptionError("--due", "a due date is needed, or at least one --instalment")
    check_days([("--due", one) for one in dues])
    check_days([("--as-of", as_of), ("--known", known)])
    check_days([("--event", one.on) for one in events])
    check_days([("--suspended", day) for one in suspensions for day in (one.starts_on, one.ends_on)])
    if known is not None and known > as_of:
        raise OptionError("--known", f"{known} lies after the day asked about, {as_of} (--as-of)")
    if known is not None and known < min(dues):
        raise OptionError("--known", f"{known} lies before the debt falls due on {min(dues)}")
    for event in events:
        if event.kind not in EVENTS:
            raise OptionError("--event", f"{event.kind!r} is no event; allowed: {', '.join(EVENTS)}")
        if event.on > as_of:
            raise OptionError(
                "--event", f"{event.kind} on {event.on} lies after the day asked about, {as_of} (--as-of)"
            )
    for one in suspensions:
        if one.kind not in SUSPENSIONS:
            raise OptionError("--suspended", f"{one.kind!r} is no suspension; allowed: {', '.join(SUSPENSIONS)}")
        if one.starts_on > as_of:
            raise OptionError("--suspended", f"{one.starts_on} lies after the day asked about, {as_of} (--as-of)")
        if one.ends_on is not None and one.ends_on < one.starts_on:
            raise OptionError("--suspended", f"it cannot end on {one.ends_on}, before it starts on {one.starts_on}")


@dataclass(slots=True)
class _Proceedings:
    kind: str
    begun: date
    closed: date | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class _Hold:
    """A stretch that keeps the end away. `rule` says how; None: its days do not count."""

    starts_on: date
    ends_on: date | None
    rule: SuspensionRule | None = None


@dataclass(slots=True)
class _Clock:
    """The time that runs, and the lines of how it ran."""

    rules: Regime
    due: date
    as_of: date
    known: date | None
    months: int | None = 0
    start: date = date.min
    fixed: bool = False
    holds: list[_Hold] = field(default_factory=list)
    floors: list[date] = field(default_factory=list)
    open: list[_Proceedings] = field(default_factory=list)
    demand_floor: date | None = None
    restarted: bool = False
    interrupted: bool = False
    revived: bool = False
    titled: bool = False
    from_now: int | None = None
    """How long a time that starts anew runs, once the law has changed."""
    not_from_before: date = date.min
    """Since when a shorter time of a new law runs at the earliest."""
    lines: list[Line] = field(default_factory=list)

    # --- when does it end, as things stand ---------------------------------------------------------------------------

    def end(self, *, demands: bool = True) -> date | None:
        """None while proceedings or a suspension last, or where no time runs."""
        if self.months is None or any(self._rule(one.kind).effect in STOPPING for one in self.open):
            return None
        end = add_months(self.start, self.months)
        stop = self.rules.long_stop
        if stop is not None and not stop.absolute and not self.restarted:
            end = min(end, add_months(self.due, stop.months))
        reached = self.start
        for hold in sorted((one for one in self.holds if one.rule is None), key=lambda one: one.starts_on):
            begins = max(hold.starts_on, reached + DAY)
            if begins > end:
                continue
            if hold.ends_on is None:
                return None
            if hold.ends_on >= begins:
                end += (hold.ends_on - begins) + DAY
                reached = hold.ends_on
        for hold in sorted((one for one in self.holds if one.rule is not None), key=lambda one: one.starts_on):
            later = self._end_after(hold, end)
            if later is None:
                return None
            end = later
        floors = [*self.floors, *([self.demand_floor] if demands and self.demand_floor else [])]
        end = max([end, *floors])
        if stop is not None and stop.absolute and not self.titled:
            end = min(end, add_months(self.due, stop.months))
        return end

    def _end_after(self, hold: _Hold, end: date) -> date | None:
        """The end once a hold of a kind of its own is seen to."""
        rule = hold.rule
        assert rule is not None
        if hold.starts_on > end or (hold.ends_on is not None and hold.ends_on <= self.start):
            return end
        if hold.ends_on is None:
            return None
        window = add_months(end, -rule.within_months)
        if rule.effect == "within_last":
            first = max(hold.starts_on, window + DAY)
            return end if hold.ends_on < first else end + (hold.ends_on - first) + DAY
        if rule.effect == "within_last_then":
            return end if hold.ends_on < window else max(end, add_months(hold.ends_on, rule.plus_months))
        return max(end, add_months(hold.ends_on, rule.plus_months) + timedelta(days=rule.plus_days))

    def last_day(self, end: date | None) -> date | None:
        if end is None or self.rules.rest_source is None:
            return end
        return next_working_day(end, self.rules.law, self.rules.weekend)

    def ended_before(self, day: date) -> date | None:
        """The last day, where the time was up before this day."""
        last = self.last_day(self.end())
        return last if last is not None and day > last else None

    # --- the working -------------------------------------------------------------------------------------------------

    def run(self, events: Sequence[Event], suspensions: Sequence[Suspension], before: Sequence[Line]) -> Limitation:
        self.lines.extend(before)
        self._begin()
        ordered = sorted(set(events), key=lambda one: (one.on, EVENTS.index(one.kind)))
        proceedings, closings = _paired(ordered)
        items: list[tuple[date, int, int, Any]] = []
        for step in self.rules.periods:
            if step.running and step.since > self.due and step.since <= self.as_of:
                items.append((step.since, ORDER["law"], 0, step))
        for pause in self.rules.pauses:
            items.append((max(pause.starts_on, self.start), ORDER["pause"], 0, pause))
        for number, suspension in enumerate(
            sorted(set(suspensions), key=lambda one: (one.starts_on, one.kind, str(one.ends_on)))
        ):
            items.append((max(suspension.starts_on, self.start), ORDER["suspension"], number, suspension))
        for event in ordered:
            if event.kind in ACTS:
                items.append((event.on, ORDER["act"], EVENTS.index(event.kind), event))
        for one in proceedings:
            items.append((one.begun, ORDER["proceedings"], EVENTS.index(one.kind), one))
        for closing in closings:
            items.append((closing[0], ORDER["closing"], EVENTS.index(closing[1]), closing))
        for on, order, _, item in sorted(items, key=lambda one: one[:3]):
            if order == ORDER["law"]:
                self._law_changes(item)
            elif order == ORDER["pause"]:
                self._pause(item)
            elif order == ORDER["suspension"]:
                self._suspension(item)
            elif order == ORDER["act"]:
                self._act(item, proceedings)
            elif order == ORDER["proceedings"]:
                self._proceedings(item, proceedings)
            else:
                self._closing(on, item[1], item[2])
        return self._answer()

    def say(
        self, day: date | None, key: str, source: Source | None = None, note: Words | None = None, /, **facts: Any
    ) -> None:
        self.lines.append(Line(day, key, facts, source, note, {"ends": self.end()}))

    def _begin(self) -> None:
        rules, period = self.rules, self.rules.period_at(self.due)
        if not rules.own_kind:
            self.lines.append(Line(None, "kind_as_contract", {"kind": rules.kind, "law_name": rules.name}))
        self.months, self.fixed = period.months, period.fixed
        at_year_end = rules.starts_at_year_end if period.starts_at_year_end is None else period.starts_at_year_end
        begins = self.due
        if self.known is not None and self.known > self.due:
            if rules.knowledge_source is not None:
                begins = self.known
            else:
                self.lines.append(Line(self.known, "knowledge_ignored", {}, None))
        self.start = year_end(begins) if at_year_end else begins
        if period.months is None:
            self.say(self.due, "due_unlimited", period.source, period.note)
            return
        if begins > self.due:
            self.lines.append(Line(self.due, "due_unknown", {}, None))
            self.lines.append(Line(begins, "known", {}, rules.knowledge_source))
        if at_year_end:
            self.lines.append(Line(begins, "due_year_end", {}, rules.start_source))
        if period.pause_months:
            self.holds.append(_Hold(self.due, add_months(self.due, period.pause_months)))
            self.lines.append(
                Line(self.due, "pause_from_default", {"length": period.pause_months}, period.pause_source)
            )
        key = "year_end_runs" if at_year_end else "due_runs" if begins == self.due else "runs"
        self.say(self.start, key, period.source, period.note, length=period.months)

    def _law_changes(self, step: Period) -> None:
        end = self.end()
        if self.titled or step.months is None or self.months is None:
            return
        self.from_now = step.months
        if step.running == "cap":
            self.not_from_before = step.since
        if end is None or self.ended_before(step.since) is not None:
            return
        old = Months(self.months)
        if step.running == "replace":
            self.months = step.months
            renewed = self.end()
            self.floors.append(step.since - DAY)
            key = "law_replaces" if renewed is None or renewed >= step.since else "law_cuts"
            self.say(step.since, key, step.source, step.note, length=step.months, old=old)
        elif add_months(step.since, step.months) < end:
            self.start, self.months = step.since, step.months
            self.say(step.since, "law_caps", step.source, step.note, length=step.months, old=old)
        else:
            self.say(step.since, "law_leaves", step.source, step.note, length=step.months)

    def _pause(self, pause: Pause) -> None:
        end = self.end()
        if pause.ends_on <= self.start or pause.starts_on > self.as_of or self.months is None:
            return
        if end is not None and pause.starts_on > end:
            return
        if end is not None and end <= pause.ends_on and pause.at_least_days:
            self.floors.append(pause.ends_on + timedelta(days=pause.at_least_days))
        self.holds.append(_Hold(pause.starts_on, pause.ends_on))
        self.say(
            pause.starts_on,
            "pause",
            pause.source,
            name=pause.name,
            to=pause.ends_on,
            days=(pause.ends_on - max(pause.starts_on, self.start + DAY)).days + 1,
        )

    def _suspension(self, one: Suspension) -> None:
        rule = self.rules.suspensions.get(one.kind) or self.rules.suspensions.get("any")
        facts: dict[str, Any] = {"suspension": one.kind, "from": one.starts_on, "to": one.ends_on or "open"}
        if rule is None and one.kind == "hindrance":
            rule = SuspensionRule("add", ASSERTED, None, 0, 0, 0, 0)
        if rule is None or rule.effect == "none":
            key = "suspension_unknown" if rule is None else "suspension_none"
            return self._say(one.starts_on, key, rule, facts)
        if self.fixed:
            return self._say(one.starts_on, "suspension_fixed", None, facts)
        if (ended := self.ended_before(one.starts_on)) is not None:
            return self._say(one.starts_on, "suspension_late", rule, {**facts, "ended": ended})
        if one.ends_on is not None and one.ends_on <= self.start and rule.effect != "not_before":
            return self._say(one.starts_on, "suspension_early", rule, facts)
        before = self.end()
        self.holds.append(_Hold(one.starts_on, one.ends_on, None if rule.effect == "add" else rule))
        if rule.effect == "add" and rule.at_least_months and one.ends_on is not None:
            self.floors.append(add_months(one.ends_on, rule.at_least_months))
        after = self.end()
        if before is None and self.open:
            return self._say(one.starts_on, "suspension_meanwhile", rule, facts)
        facts["within"], facts["plus"] = Months(rule.within_months), Months(rule.plus_months)
        if after is None:
            return self._say(one.starts_on, "suspension_lasts", rule, facts)
        if before is not None:
            facts["days"] = (after - before).days
        if before is not None and after == before and rule.effect in ("within_last", "within_last_then"):
            return self._say(
                one.starts_on, "suspension_not_last", rule, {**facts, "window": add_months(before, -rule.within_months)}
            )
        if rule.source is ASSERTED:
            return self._say(one.starts_on, "suspension_asserted", None, facts)
        key = "suspension_at_least" if rule.effect == "add" and rule.at_least_months else f"suspension_{rule.effect}"
        return self._say(one.starts_on, key, rule, {**facts, "at_least": Months(rule.at_least_months)})

    def _say(self, on: date, key: str, rule: SuspensionRule | None, facts: dict[str, Any]) -> None:
        self.say(on, key, rule.source if rule else None, rule.note if rule else None, **facts)

    # --- what people do ----------------------------------------------------------------------------------------------

    def _rule(self, kind: str) -> EventRule:
        rule = self.rules.events.get(kind, NO_EFFECT)
        return without_acts(rule) if self.fixed and kind in ACTS else rule

    def _act(self, event: Event, proceedings: Sequence[_Proceedings]) -> None:
        rule = self._rule(event.kind)
        if (ended := self.ended_before(event.on)) is not None:
            return self._after(event, rule, ended)
        if event.on <= self.start and not self.restarted and rule.effect != "none":
            return self.say(event.on, "act_early", rule.source, None, event=event.kind)
        if self.fixed:
            return self.say(event.on, "act_fixed", self.rules.periods[-1].source, None, event=event.kind)
        if rule.effect == "none":
            key = "act_none" if event.kind in self.rules.events else "act_unknown"
            return self.say(event.on, key, rule.source, rule.note, event=event.kind)
        if rule.once and self.interrupted:
            return self.say(event.on, "act_once", rule.source, rule.note, event=event.kind)
        if rule.effect == "provisional":
            return self._provisional(event, rule, proceedings)
        if rule.effect == "postpone":
            return self._postpone(event, rule)
        self._restart(event.on)
        return self.say(event.on, "act_restart", rule.source, rule.note, event=event.kind, length=self.months)

    def _restart(self, on: date) -> None:
        self.start = max(self.start, on, self.not_from_before)
        self.restarted = self.interrupted = True
        self.months = self.from_now or self.months

    def _after(self, event: Event, rule: EventRule, ended: date) -> None:
        after = rule.after
        source = after.source or rule.source or self.rules.outcome_source
        if not after.revives:
            return self.say(event.on, "act_late", source, after.note, event=event.kind, ended=ended)
        self._restart(event.on)
        self.start, self.revived, self.fixed = event.on, True, False
        self.months = after.months or self.months
        self.open.clear()
        return self.say(event.on, "act_revives", source, after.note, event=event.kind, ended=ended, length=self.months)

    def _provisional(self, event: Event, rule: EventRule, proceedings: Sequence[_Proceedings]) -> None:
        until = add_months(event.on, rule.months)
        followed = [one for one in proceedings if event.on <= one.begun <= until and not self._undone(one, proceedings)]
        facts = {"event": event.kind, "until": until, "within": Months(rule.months)}
        if followed:
            self._restart(event.on)
            return self.say(
                event.on,
                "act_followed",
                rule.source,
                rule.note,
                **facts,
                followed=followed[0].begun,
                length=self.months,
            )
        key = "act_may_follow" if until >= self.as_of else "act_not_followed"
        return self.say(event.on, key, rule.source, rule.note, **facts)

    def _postpone(self, event: Event, rule: EventRule) -> None:
        until = add_months(event.on, rule.months)
        own = self.end(demands=False)
        if own is not None and event.on > own:
            return self.say(event.on, "act_postpones_once", rule.source, rule.note, event=event.kind)
        self.demand_floor = max(until, self.demand_floor or until)
        return self.say(event.on, "act_postpones", rule.source, rule.note, event=event.kind, until=until)

    # --- proceedings -------------------------------------------------------------------------------------------------

    def _undone(self, one: _Proceedings, proceedings: Sequence[_Proceedings]) -> bool:
        """Whether proceedings count as never brought: withdrawn, and not brought again in time."""
        rule = self._rule(one.kind)
        if one.by != "withdrawn" or rule.withdrawn != "as_if_never":
            return False
        return not (rule.again_months and self._again(one, proceedings, rule.again_months))

    @staticmethod
    def _again(one: _Proceedings, proceedings: Sequence[_Proceedings], months: int) -> bool:
        assert one.closed is not None
        return any(
            other is not one and one.closed <= other.begun <= add_months(one.closed, months) for other in proceedings
        )

    def _proceedings(self, one: _Proceedings, proceedings: Sequence[_Proceedings]) -> None:
        rule = self._rule(one.kind)
        facts = {"event": one.kind, "length": self.months}
        if (ended := self.ended_before(one.begun)) is not None:
            return self.say(one.begun, "proceedings_late", self.rules.outcome_source, None, event=one.kind, ended=ended)
        if rule.effect == "none":
            key = "act_none" if one.kind in self.rules.events else "act_unknown"
            return self.say(one.begun, key, rule.source, rule.note, event=one.kind)
        if self._undone(one, proceedings) and rule.effect != "stops_this_suit":
            return self.say(one.begun, "proceedings_undone", rule.source, rule.note, event=one.kind, closed=one.closed)
        if rule.once and self.interrupted:
            return self.say(one.begun, "act_once", rule.source, rule.note, event=one.kind)
        if rule.effect == "restart":
            self._restart(one.begun)
            return self.say(one.begun, "act_restart", rule.source, rule.note, **facts)
        self.open.append(one)
        if rule.effect == "stops_this_suit":
            return self.say(one.begun, "proceedings_this", rule.source, rule.note, event=one.kind)
        self.interrupted = True
        return self.say(one.begun, "proceedings_open", rule.source, rule.note, event=one.kind)

    def _closing(self, on: date, by: str, one: _Proceedings | None) -> None:
        if by == "judgment":
            return self._judgment(on)
        if one is None:
            raise OptionError(
                "--event", f"{by} on {on}: no proceedings were open then; name them too, for example suit:DATE"
            )
        if one not in self.open:
            return None  # what was said when they began is all there is to say
        self.open.remove(one)
        rule = self._rule(one.kind)
        facts: dict[str, Any] = {"begun": one.begun, "length": self.months, "event": one.kind}
        if rule.effect == "stops_this_suit":
            return self.say(on, "proceedings_this_ended", rule.source, None, **facts)
        if rule.effect == "hold":
            if rule.at_least_months:
                self.floors.append(add_months(on, rule.at_least_months))
            self.holds.append(_Hold(one.begun, add_months(on, rule.months)))
            return self.say(
                on,
                "proceedings_held" if rule.months else "proceedings_held_only",
                rule.source,
                None,
                **facts,
                plus=Months(rule.months),
            )
        if by == "withdrawn" and rule.withdrawn == "from_start":
            self._restart(one.begun)
            return self.say(on, "proceedings_from_start", rule.source, None, **facts)
        if by == "withdrawn" and rule.withdrawn == "as_if_never":
            self._restart(one.begun)  # brought again in time: what was interrupted stays so
            return self.say(on, "proceedings_again", rule.source, None, **facts, again=Months(rule.again_months))
        if rule.effect == "postpone_until_end":
            until = add_months(on, rule.months)
            self.floors.append(until)
            return self.say(on, "proceedings_postponed", rule.source, None, **facts, until=until)
        self._restart(on)
        return self.say(on, "proceedings_ended", rule.source, None, **facts)

    def _judgment(self, on: date) -> None:
        self.open.clear()
        period = self.rules.judgment
        self._restart(on)
        self.start, self.fixed, self.titled, self.from_now = on, False, True, None
        if period is None or period.months is None:
            self.months = None
            key = "judgment_unknown" if period is None else "judgment_unlimited"
            return self.say(on, key, period.source if period else None, period.note if period else None)
        self.months = period.months
        return self.say(on, "judgment", period.source, period.note, length=period.months)

    # --- the answer --------------------------------------------------------------------------------------------------

    def _answer(self) -> Limitation:
        rules = self.rules
        end = self.end()
        last = self.last_day(end)
        stop = rules.long_stop
        if stop is not None and end == add_months(self.due, stop.months):
            self.say(end, "long_stop", stop.source, length=stop.months)
        if end is not None and last is not None and last > end:
            self.lines.append(
                Line(
                    end,
                    "rest_day",
                    {"ends": end, "last_day": last},
                    rules.rest_source,
                    figures={"ends": end, "last_day": last},
                )
            )
        if self.months is None:
            status = "unlimited"
        elif self.open:
            status = "pending"
        elif last is None:
            status = "suspended"
        elif self.as_of < self.due:
            status = "not_begun"
        else:
            status = "expired" if self.as_of > last else "running"
        facts = {"as_of": self.as_of, "last_day": last, "days": abs((last - self.as_of).days) if last else 0}
        self.lines.append(Line(self.as_of, f"status_{status}", facts, None, figures={"ends": end, "last_day": last}))
        remarks = [Line(None, f"outcome_{rules.outcome}", {}, rules.outcome_source, rules.outcome_note)]
        remarks += [Line(None, "remark", {"text": one.text}, one.source) for one in rules.notes]
        return Limitation(
            law=rules.law,
            name=rules.name,
            kind=rules.kind,
            consumer=rules.consumer,
            due=self.due,
            as_of=self.as_of,
            status=status,
            ends=end,
            last_day=last,
            revived=self.revived,
            lines=tuple(self.lines),
            remarks=tuple(remarks),
            outcome=rules.outcome,
            certainty=rules.status,
            basis=rules.basis,
            checked=rules.checked,
        )


def _paired(ordered: Sequence[Event]) -> tuple[list[_Proceedings], list[tuple[date, str, _Proceedings | None]]]:
    """Proceedings, each with the closing that came next while it was the last one open; and the closings."""
    begun: list[_Proceedings] = []
    open_: list[_Proceedings] = []
    closings: list[tuple[date, str, _Proceedings | None]] = []
    for event in ordered:
        if event.kind in PROCEEDINGS:
            begun.append(_Proceedings(event.kind, event.on))
            open_.append(begun[-1])
        elif event.kind in CLOSINGS:
            one = open_.pop() if open_ else None
            if one is not None:
                one.closed, one.by = event.on, event.kind
            closings.append((event.on, event.kind, one))
    return begun, closings
