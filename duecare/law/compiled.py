"""May I, a million times a second? Rules whose facts are made ready beforehand, written out as one function.

    rules of a day ──compile_rules──► source text ──► decide(facts) = bits of the rules that deny ──► reasons

For dialler lists and simulations, where clocks are read and contacts counted once for many questions. Only kinds that need nothing else take part:
contact_hours, frequency, cool_down, stop_request and autodial_consent. The text is made from the rules' own parameters, for Python (one contact), numpy
(arrays) and SQL (columns); a property test holds it to `Library.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duecare.law.kinds import KINDS, PLACE
from duecare.law.kinds.base import Case
from duecare.law.rules import Rule
from duecare.law.when import Windows, is_public_holiday, moment_of

ZONES = 2
"""Of a person, at most; where there is but one it stands twice."""
NO_TALK = 9_999
"""Days of quiet where there was no conversation."""
FACTS = (
    *(f"{name}{zone}" for zone in range(ZONES) for name in ("moment", "weekday", "holiday")),
    "quiet_days", "machine", "consent", "stopped", "agreed",
)  # fmt: skip
"""For each zone the microsecond of the local day, the weekday (Monday 0) and whether it is a holiday; the local days since the last conversation about the debt;
whether a machine dials, whether consent to it is in force, whether the person has asked for this to stop, and whether they agreed to this very contact. Behind
these stand the counts, one a frequency rule."""


class NotCompiled(ValueError):
    """A rule that cannot be written out; the message names it."""


@dataclass(frozen=True)
class Dialect:
    """How a language writes what the rules say."""

    both: str
    either: str
    negate: str
    bit: str


PYTHON = Dialect("({0} and {1})", "({0} or {1})", "(not {0})", "({1} if {0} else 0)")
NUMPY = Dialect("({0} & {1})", "({0} | {1})", "(~{0})", "({0} * {1})")
SQL = Dialect("({0} AND {1})", "({0} OR {1})", "(NOT {0})", "(CAST({0} AS BIGINT) * {1})")


@dataclass(frozen=True)
class Compiled:
    """Rules written out: `decide` for one contact and `over_arrays` for numpy arrays take the facts in the order of `names` and give the bits of the rules that
    deny; `sql` is the same over columns of these names."""

    rules: tuple[Rule, ...]
    names: tuple[str, ...]
    source: str
    sql: str
    decide: Callable[..., int]
    over_arrays: Callable[..., Any]
    _known: dict[int, tuple[Rule, ...]] = field(default_factory=dict)

    def reasons(self, bits: int) -> tuple[Rule, ...]:
        """The rules that deny, most decisive first."""
        found = self._known.get(bits)
        if found is None:
            self._known[bits] = found = tuple(rule for place, rule in enumerate(self.rules) if bits >> place & 1)
        return found

    def facts(self, case: Case) -> tuple[Any, ...]:
        """The facts of one contact, as a list would keep them."""
        at, zones = case.request.at, (*case.zones, case.zones[0])[:ZONES]
        place, categories = _calendar(self.rules)
        found: list[Any] = []
        for zone in zones:
            local = at.astimezone(zone)
            closed = bool(place) and is_public_holiday(local.date(), place, categories)
            found += [moment_of(local), local.weekday(), closed]
        talks = [
            past.at
            for past in case.history
            if past.outcome == "conversation"
            and past.channel == "call"
            and case.with_person(past)
            and case.concerns_debt(past.talked_about)
        ]
        quiet = (
            min(((at.astimezone(zone).date() - talks[-1].astimezone(zone).date()).days for zone in zones), default=0)
            if talks
            else NO_TALK
        )
        consent = any(
            one.channel in (case.request.channel, "any") and (one.revoked_at is None or at < one.revoked_at)
            for one in case.consents
        )
        agreed = case.agreed_now(at)
        stopped = any(
            KINDS[rule.kind].judge(rule, _values(rule), case, at) is not None
            for rule in self.rules
            if rule.kind == "stop_request"
        )
        found += [quiet, case.request.autodialled, consent, stopped, agreed]
        for rule in self.rules:
            if rule.kind == "frequency":
                values: Any = _values(rule)
                kind: Any = KINDS["frequency"]
                found.append(
                    max(
                        kind._inside(values, case, None, kind._window(values, at.astimezone(zone).date())[0], zone)
                        for zone in zones
                    )
                )
        return tuple(found)


def compile_rules(rules: Sequence[Rule], on: date) -> Compiled:
    """Write rules out as they stand on a day.

    Raises:
        NotCompiled: a rule of a kind or with a parameter that needs more than the facts here, or whose holidays are not those of the others.
    """
    chosen = tuple(
        sorted(
            (rule for rule in rules if rule.parameters(on) is not None),
            key=lambda rule: (PLACE[rule.kind], rule.layer != "law"),
        )
    )
    if any(len(rule.dated) > 1 for rule in chosen):
        chosen = tuple(_of_the_day(rule, on) for rule in chosen)
    _calendar(chosen)
    counts = [f"count{place}" for place, rule in enumerate(chosen) if rule.kind == "frequency"]
    names = (*FACTS, *counts)
    python, numpy, sql = (
        _sum(dialect, [_condition(rule, place, dialect) for place, rule in enumerate(chosen)])
        for dialect in (PYTHON, NUMPY, SQL)
    )
    source = f"def decide({', '.join(names)}):\n    return {python}\n\n\ndef over_arrays({', '.join(names)}):\n    return {numpy}\n"
    made: dict[str, Any] = {}
    exec(compile(source, "<rules written out>", "exec"), made)
    return Compiled(chosen, names, source, sql, made["decide"], made["over_arrays"])


def _sum(dialect: Dialect, conditions: Sequence[str]) -> str:
    return " + ".join(dialect.bit.format(one, 1 << place) for place, one in enumerate(conditions)) or "0"


def _condition(rule: Rule, place: int, dialect: Dialect) -> str:
    """When the rule denies, in a language."""
    values = _values(rule)
    lifts = [dialect.negate.format("agreed")] if values.get("agreed", rule.kind != "contact_hours") else []
    if rule.kind == "contact_hours" and not KINDS[rule.kind].is_partial(values) and not values["also_holidays"]:
        closed = [_closed(values, zone, dialect) for zone in range(ZONES)]
        found = [_fold(dialect.either, closed), *lifts]
    elif (
        rule.kind == "frequency" and values["max"] and not values["addresses"] and not values.get("after_conversation")
    ):
        found = [f"(count{place} >= {values['max']})", *lifts]
    elif rule.kind == "cool_down" and set(values) <= {"days"}:
        found = [f"(quiet_days < {values['days']})", dialect.negate.format("agreed")]
    elif rule.kind == "stop_request":
        found = ["stopped"]
    elif rule.kind == "autodial_consent" and not values.get("revocation_business_days"):
        found = [
            *([] if values.get("manual") else ["machine"]),
            dialect.negate.format("consent"),
            dialect.negate.format("agreed"),
        ]
    else:
        raise NotCompiled(f"{rule.id}: {rule.kind} with these parameters needs more than the facts made ready")
    return _fold(dialect.both, found)


def _closed(values: Mapping[str, Any], zone: int, dialect: Dialect) -> str:
    """When the hours of a rule are closed in a zone: by weekday, and on holidays."""
    by_windows: dict[Windows, list[int]] = {}
    for weekday, windows in enumerate(values["week"]):
        by_windows.setdefault(windows, []).append(weekday)
    parts = []
    for windows, weekdays in by_windows.items():
        here = (
            []
            if len(weekdays) == 7
            else [
                _fold(
                    dialect.either,
                    [f"(weekday{zone} = {day})" if dialect is SQL else f"(weekday{zone} == {day})" for day in weekdays],
                )
            ]
        )
        outside = _outside(windows, zone, dialect)
        parts.append(_fold(dialect.both, [*here, *([outside] if outside else [])]) if here or outside else "")
    week = _fold(dialect.either, [part for part in parts if part])
    if values["holidays"] is None:
        return week
    on_holidays = _outside(values["holidays"], zone, dialect)
    if not on_holidays:
        return dialect.either.format(f"holiday{zone}", week)
    open_day = dialect.both.format(dialect.negate.format(f"holiday{zone}"), week)
    return dialect.either.format(dialect.both.format(f"holiday{zone}", on_holidays), open_day)


def _outside(windows: Windows, zone: int, dialect: Dialect) -> str:
    """When a moment lies outside all windows; empty text: always."""
    return _fold(
        dialect.both,
        [
            dialect.either.format(f"(moment{zone} < {opens})", f"(moment{zone} >= {closes})")
            for opens, closes in windows
        ],
    )


def _fold(form: str, parts: Sequence[str]) -> str:
    found = parts[0] if parts else ""
    for part in parts[1:]:
        found = form.format(found, part)
    return found


def _values(rule: Rule) -> Mapping[str, Any]:
    return rule.dated[-1].values


def _of_the_day(rule: Rule, on: date) -> Rule:
    from dataclasses import replace

    step = [step for step in rule.dated if step.since <= on][-1]
    return replace(rule, dated=(step,))


def _calendar(rules: Sequence[Rule]) -> tuple[str, tuple[str, ...]]:
    """Whose holidays count."""
    found = {
        (rule.place, _values(rule)["holiday_categories"])
        for rule in rules
        if rule.kind == "contact_hours" and _values(rule)["holidays"] is not None
    }
    if len(found) > 1 or any(place == "HOUSE" for place, _ in found):
        raise NotCompiled("the rules count holidays of different places")
    return found.pop() if found else ("", ())


__all__ = ["FACTS", "NO_TALK", "Compiled", "NotCompiled", "compile_rules"]
