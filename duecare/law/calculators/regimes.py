"""What does a law say about limitation? One regime a law, read from `data/limitation` and checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from duecare.law.calculators.reading import DataError, OptionError, day, kind_of, known, law_file, laws, nearest_law
from duecare.law.calculators.working import Source, Words

FOLDER = "limitation"
KINDS = (
    "contract", "oral", "loan", "card", "mortgage", "sale", "rent", "utility", "telecom", "medical", "interest", "note", "tax", "judgment",
)  # fmt: skip
"""Kinds of debt. One that a law does not name is a contract there, but for taxes and judgments, which are never contracts."""
ACTS = (
    "demand", "acknowledgement", "oral_acknowledgement", "payment", "promise", "oral_promise", "agreement", "security",
)  # fmt: skip
PROCEEDINGS = (
    "suit", "payment_order", "arbitration", "mediation", "bankruptcy_claim", "attachment", "enforcement",
)  # fmt: skip
CLOSINGS = ("ended", "withdrawn", "judgment")
EVENTS = ACTS + PROCEEDINGS + CLOSINGS
SUSPENSIONS = (
    "force_majeure", "negotiations", "standstill", "minority", "incapacity", "moratorium", "bankruptcy", "absence", "military",
    "concealment", "hindrance",
)  # fmt: skip
EFFECTS = frozenset(
    {"restart", "provisional", "postpone", "restart_after_end", "postpone_until_end", "hold", "stops_this_suit", "none"}
)
WITHDRAWN = frozenset({"as_if_never", "from_start", "as_end"})
SUSPENSION_EFFECTS = frozenset({"add", "within_last", "within_last_then", "not_before", "none"})
OUTCOMES = frozenset({"defence", "no_suit", "extinguished"})
FIELDS = frozenset(
    {
        "law", "like", "name", "status", "basis", "checked", "periods", "start", "instalments", "knowledge", "long_stop", "rest_days",
        "expiry", "events", "suspensions", "pauses", "notes",
    }
)  # fmt: skip
ASSERTED = Source("")
"""A suspension that the user names without its cause and of which the law's file says nothing."""


@dataclass(frozen=True, slots=True)
class Period:
    """How long, from which day on this is so, and what happens to a time that runs on that day (`replace`, `cap` or nothing)."""

    since: date
    months: int | None
    """None where no time runs at all."""
    source: Source
    note: Words | None = None
    running: str | None = None
    fixed: bool = False
    """Only proceedings stop it."""
    starts_at_year_end: bool | None = None
    """None: as the law's own start."""
    pause_months: int = 0
    """At most so long after the due date the time stands still until there is a title."""
    pause_source: Source | None = None


@dataclass(frozen=True, slots=True)
class After:
    """What an event does once the time is up."""

    revives: bool
    months: int | None
    """A new period of its own length, or the same again."""
    source: Source | None
    note: Words | None


@dataclass(frozen=True, slots=True)
class EventRule:
    effect: str
    source: Source | None
    note: Words | None
    months: int
    withdrawn: str
    again_months: int
    at_least_months: int
    """So long at least is left once the proceedings have ended."""
    once: bool
    after: After


@dataclass(frozen=True, slots=True)
class SuspensionRule:
    effect: str
    source: Source | None
    note: Words | None
    within_months: int
    plus_months: int
    plus_days: int
    at_least_months: int


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a statute stopped every time from running."""

    starts_on: date
    ends_on: date
    name: Words
    source: Source
    at_least_days: int


@dataclass(frozen=True, slots=True)
class LongStop:
    months: int
    source: Source
    absolute: bool
    """Nothing moves it, not even an acknowledgement. Otherwise it only holds a late knowledge to a latest start."""


@dataclass(frozen=True, slots=True)
class Regime:
    """A law's limitation of debts, for one kind of debt and one kind of debtor."""

    law: str
    name: Words
    kind: str
    own_kind: bool
    consumer: bool
    status: str
    basis: str
    checked: date | None
    periods: tuple[Period, ...]
    judgment: Period | None
    starts_at_year_end: bool
    start_source: Source
    instalments: str
    instalments_source: Source | None
    knowledge_source: Source | None
    long_stop: LongStop | None
    rest_source: Source | None
    weekend: frozenset[int]
    outcome: str
    outcome_source: Source
    outcome_note: Words | None
    events: Mapping[str, EventRule]
    suspensions: Mapping[str, SuspensionRule]
    pauses: tuple[Pause, ...]
    notes: tuple[Remark, ...]

    def period_at(self, due: date) -> Period:
        found = [step for step in self.periods if step.since <= due]
        if not found:
            raise OptionError(
                "--due",
                f"what is known of {self.law} begins with debts due on {self.periods[0].since}; earlier ones are not covered",
            )
        return found[-1]


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a law that belongs under every working."""

    text: Words
    source: Source | None


def regime(law: str, kind: str = "contract", *, consumer: bool = True) -> Regime:
    """The regime of a law (or of the law above it).

    Raises:
        OptionError: a law or a kind of debt that is not known, with what is.
    """
    found = nearest_law(FOLDER, law)
    if found is None:
        below = [name for name in laws(FOLDER) if name.startswith(f"{law}-")]
        if below:
            raise OptionError("--law", f"in {law} each state or province has its own law; allowed: {', '.join(below)}")
        if law == "EU":
            raise OptionError("--law", "limitation is each member state's own law; allowed: DE, DK, ES, FR, IT, NL")
        raise OptionError("--law", f"nothing is known of {law}; allowed: {', '.join(laws(FOLDER))}")
    kind = kind_of(FOLDER, kind)
    if kind not in KINDS:
        raise OptionError("--kind", f"{kind!r} is no kind of debt; allowed: {', '.join(KINDS)}")
    return _regime(found, kind, consumer)


@cache
def _regime(law: str, kind: str, consumer: bool) -> Regime:
    data = law_file(FOLDER, law)
    where = f"data/{FOLDER}/{law}.yaml"
    known(data, FIELDS, where)
    sourced = {"source", "seen", "note"}
    for name, fields in (
        ("start", {"rule"}),
        ("instalments", {"rule"}),
        ("knowledge", set()),
        ("long_stop", {"years", "months", "absolute"}),
        ("rest_days", {"weekend"}),
        ("expiry", {"effect"}),
    ):
        known(data.get(name) or {}, frozenset(sourced | fields), f"{where}: {name}")
    periods = data["periods"]
    unknown = set(periods) - set(KINDS)
    if unknown:
        raise DataError(f"{where}: periods: {', '.join(sorted(unknown))} is no kind of debt")
    own = kind in periods
    if not own and kind in ("tax", "judgment"):
        raise OptionError(
            "--kind",
            f"{law} has no period for {kind} here; allowed: {', '.join(one for one in KINDS if one in periods)}",
        )
    start = data.get("start") or {}
    expiry = data["expiry"]
    if expiry["effect"] not in OUTCOMES:
        raise DataError(f"{where}: expiry: {expiry['effect']!r} is none of {', '.join(sorted(OUTCOMES))}")
    if data["status"] not in ("verified", "unverified"):
        raise DataError(f"{where}: status is verified or unverified")
    rest = data.get("rest_days")
    long_stop = data.get("long_stop")
    instalments = data.get("instalments") or {"rule": "each"}
    return Regime(
        law=law,
        name=data["name"],
        kind=kind,
        own_kind=own,
        consumer=consumer,
        status=data["status"],
        basis=data["basis"],
        checked=None if data.get("checked") is None else day(data["checked"], where),
        periods=_periods(periods[kind if own else "contract"], consumer, f"{where}: periods: {kind}"),
        judgment=_periods(periods["judgment"], consumer, f"{where}: periods: judgment")[-1]
        if "judgment" in periods
        else None,
        starts_at_year_end=start.get("rule") == "year_end",
        start_source=_source(start, where),
        instalments=instalments["rule"],
        instalments_source=Source.of(instalments),
        knowledge_source=Source.of(data.get("knowledge") or {}),
        long_stop=None
        if long_stop is None
        else LongStop(_months(long_stop), _source(long_stop, where), bool(long_stop.get("absolute", False))),
        rest_source=None if rest is None else Source.of(rest),
        weekend=frozenset((rest or {}).get("weekend", (5, 6))),
        outcome=expiry["effect"],
        outcome_source=_source(expiry, where),
        outcome_note=expiry.get("note"),
        events=_events(data["events"], kind, consumer, where),
        suspensions={
            name: _suspension(entry, f"{where}: suspensions: {name}")
            for name, entry in (data.get("suspensions") or {}).items()
        },
        pauses=tuple(
            Pause(
                day(entry["from"], where),
                day(entry["to"], where),
                entry["name"],
                _source(entry, where),
                int(entry.get("at_least_days", 0)),
            )
            for entry in data.get("pauses") or ()
        ),
        notes=tuple(Remark(entry["text"], Source.of(entry)) for entry in data.get("notes") or ()),
    )


def _source(entry: Mapping[str, Any], where: str) -> Source:
    found = Source.of(entry)
    if found is None:
        raise DataError(f"{where}: {dict(entry)} has no source")
    return found


def _months(entry: Mapping[str, Any], prefix: str = "") -> int:
    return 12 * int(entry.get(f"{prefix}years", 0)) + int(entry.get(f"{prefix}months", 0))


def _periods(entry: Any, consumer: bool, where: str) -> tuple[Period, ...]:
    if isinstance(entry, Mapping) and ("consumer" in entry or "business" in entry):
        known(entry, frozenset({"consumer", "business"}), where)
        entry = entry["consumer" if consumer else "business"]
    steps = []
    for one in entry if isinstance(entry, list) else [entry]:
        known(
            one,
            frozenset(
                {"since", "years", "months", "unlimited", "source", "seen", "note", "running", "fixed", "start", "pause_years", "pause_source"}
            ),
            where,
        )  # fmt: skip
        if one.get("running") not in (None, "replace", "cap"):
            raise DataError(f"{where}: running is replace or cap")
        if not one.get("unlimited") and not _months(one):
            raise DataError(f"{where}: years or months are missing")
        steps.append(
            Period(
                since=day(one.get("since", date(1900, 1, 1)), where),
                months=None if one.get("unlimited") else _months(one),
                source=_source(one, where),
                note=one.get("note"),
                running=one.get("running"),
                fixed=bool(one.get("fixed", False)),
                starts_at_year_end=None if "start" not in one else one["start"] == "year_end",
                pause_months=12 * int(one.get("pause_years", 0)),
                pause_source=Source.of(one, "pause_source"),
            )
        )
    if [step.since for step in steps] != sorted(step.since for step in steps):
        raise DataError(f"{where}: the steps are not in the order of their dates")
    return tuple(steps)


def _events(entries: Mapping[str, Any], kind: str, consumer: bool, where: str) -> dict[str, EventRule]:
    unknown = set(entries) - set(ACTS + PROCEEDINGS)
    if unknown:
        raise DataError(f"{where}: events: {', '.join(sorted(unknown))} is no event")
    found = {}
    for name, entry in entries.items():
        seen = {name}
        while isinstance(entry, str):
            if entry in seen or entry not in entries:
                raise DataError(f"{where}: events: {name} leads to {entry}, which leads nowhere")
            seen.add(entry)
            entry = entries[entry]
        found[name] = _event(entry, kind, consumer, f"{where}: events: {name}")
    return found


def _event(entry: Mapping[str, Any], kind: str, consumer: bool, where: str) -> EventRule:
    entry = dict(entry)
    for own in (
        entry.pop("consumer", None) if consumer else entry.pop("business", None),
        (entry.pop("kinds", None) or {}).get(kind),
    ):
        if own is not None:
            entry = {**entry, **own}
    entry = {key: value for key, value in entry.items() if key not in ("consumer", "business")}
    known(
        entry,
        frozenset(
            {
                "effect",
                "source",
                "seen",
                "note",
                "months",
                "withdrawn",
                "again_months",
                "at_least_months",
                "once",
                "after",
            }
        ),
        where,
    )
    if entry["effect"] not in EFFECTS:
        raise DataError(f"{where}: effect {entry['effect']!r} is none of {', '.join(sorted(EFFECTS))}")
    if entry.get("withdrawn", "as_if_never") not in WITHDRAWN:
        raise DataError(f"{where}: withdrawn is one of {', '.join(sorted(WITHDRAWN))}")
    after = entry.get("after") or {}
    known(after, frozenset({"revives", "years", "months", "source", "seen", "note"}), f"{where}: after")
    return EventRule(
        effect=entry["effect"],
        source=Source.of(entry),
        note=entry.get("note"),
        months=int(entry.get("months", 0)),
        withdrawn=entry.get("withdrawn", "as_if_never"),
        again_months=int(entry.get("again_months", 0)),
        at_least_months=int(entry.get("at_least_months", 0)),
        once=bool(entry.get("once", False)),
        after=After(
            revives=bool(after.get("revives", False)),
            months=_months(after) or None,
            source=Source.of(after),
            note=after.get("note"),
        ),
    )


def _suspension(entry: Mapping[str, Any], where: str) -> SuspensionRule:
    known(
        entry,
        frozenset({"effect", "source", "seen", "note", "within_months", "plus_months", "plus_days", "at_least_months"}),
        where,
    )
    if entry["effect"] not in SUSPENSION_EFFECTS:
        raise DataError(f"{where}: effect {entry['effect']!r} is none of {', '.join(sorted(SUSPENSION_EFFECTS))}")
    return SuspensionRule(
        effect=entry["effect"],
        source=Source.of(entry),
        note=entry.get("note"),
        within_months=int(entry.get("within_months", 0)),
        plus_months=int(entry.get("plus_months", 0)),
        plus_days=int(entry.get("plus_days", 0)),
        at_least_months=int(entry.get("at_least_months", 0)),
    )


NO_EFFECT = EventRule("none", None, None, 0, "as_if_never", 0, 0, False, After(False, None, None, None))


def without_acts(rule: EventRule) -> EventRule:
    """An act on a fixed period: it does nothing."""
    return replace(rule, effect="none", after=NO_EFFECT.after)
