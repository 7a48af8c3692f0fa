"""What is asked of a row under one set of laws? One Ibis expression for all its rules, written once as the engine's own SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, reduce
from importlib import import_module
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from duecare.law.columns.clock import DAY, day_number
from duecare.law.columns.frame import ALWAYS, Column, Drawn, Frame, Spoken, all_of, any_of, earliest, is_one_of
from duecare.law.kinds import KINDS, PLACE
from duecare.law.library import DEFAULTED
from duecare.law.rules import Rule

DIALECTS = {"duckdb": "duckdb", "pyspark": "spark"}
"""Engines, and what sqlglot calls their SQL."""
TYPES = {"int64": "int64", "int32": "int32", "string": "string", "bool": "boolean"}
"""Arrow's names and Ibis's."""
BITS = 60
BY_HOURS = frozenset({"contact_hours", "inconvenient_time", "preferred_time"})
PAST = "duecare_past"
GROUP = 987_654_321
"""Stands in the compiled text for the number of the set of laws."""


@dataclass(frozen=True)
class _Voice:
    """One rule in one of its dated versions, and what it says where it is asked."""

    rule: Rule
    place: int
    active: Column
    says: Spoken


@cache
def compiler(dialect: str) -> Any:
    """Ibis's own compiler of an engine, without its backend: this package brings the connection itself."""
    module = import_module(f"ibis.backends.sql.compilers.{dialect}")
    return module.DuckDBCompiler() if dialect == "duckdb" else module.PySparkCompiler()


@contextmanager
def _unfused() -> Iterator[None]:
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


class Program:
    """The expressions of one set of laws: `first` over contacts at their own instants, `again` over some of them at later ones. Both give, a row, the rules
    that spoke as bits (`masks`), the instant at which to look again (`until`; `ALWAYS` where waiting does not help) and whether only hours spoke."""

    always = ALWAYS

    def __init__(
        self, rules: Sequence[Rule], place: str, zones: int, days: range, schemas: Mapping[str, pa.Schema]
    ) -> None:
        self.rules = sorted(
            (rule for rule in rules if KINDS[rule.kind].judges),
            key=lambda rule: (PLACE[rule.kind], rule.layer != "law"),
        )
        self._place, self._zones, self._days, self._schemas = place, zones, days, schemas
        self.known_until = (days.stop - 2) * DAY
        """Past this instant its holidays are not known."""
        self._chunks = (len(self.rules) + BITS - 1) // BITS or 1
        self.masks = [f"{effect}{chunk}" for effect in ("deny", "review") for chunk in range(self._chunks)]
        self._texts: dict[tuple[str, str], str] = {}
        self._told: dict[tuple[int, ...], tuple[str, list[str]]] = {}
        self._drawn = Drawn()
        frame = self._frame(_unbound("facts", schemas["facts"], "duecare_facts"))
        self._said(self._voices(frame), frame)  # to learn what they ask for
        if self._drawn.asked["history"]:
            self._history()

    def past(self, number: int) -> Mapping[str, str] | None:
        """What the rules want of the history, a row a contact; to be kept as `duecare_past` for `first` and `again`. None where they want nothing."""
        return _Texts(self, PAST, number) if self._drawn.asked["history"] else None

    def first(self, number: int) -> Mapping[str, str]:
        return _Texts(self, "duecare_facts", number)

    def again(self, number: int) -> Mapping[str, str]:
        return _Texts(self, "duecare_again", number)

    def text(self, table: str, dialect: str) -> str:
        key = (table, dialect)
        if key not in self._texts:
            # What is let as a column must stay one: fused, it would be written out wherever it is used.
            with _unfused():
                found = compiler(dialect).to_sqlglot(
                    self._history(dialect) if table == PAST else self._expression(table)
                )
            self._texts[key] = found.sql(dialect=DIALECTS[dialect], copy=False)
        return self._texts[key]

    # --- the expression --------------------------------------------------------------------------------------------

    def _frame(self, contacts: Any) -> Frame:
        return Frame(contacts, self._zones, self._place, self._days, self._drawn)

    def _expression(self, name: str) -> Any:
        contacts = _unbound("facts", self._schemas["facts"], name)
        t, drawn = contacts.filter(contacts.laws == GROUP), self._drawn
        frame = self._frame(t)
        if drawn.asked["history"]:
            t = _beside(t, ibis.table(self._past_schema(), name=PAST))
        # Seen by wishes, which are drawn before the other columns are made.
        t = self._made(t, frame, [drawn.name_of(key) for key in ("theirs", "ours")])
        found = []
        for table in ("wishes", "consents"):
            if drawn.asked[table]:
                other = _unbound(table, self._schemas[table], f"duecare_{table}").drop("laws")
                beside = other.rename(other_row="row").join(t, ibis._.other_row == t.row)
                found.append(beside.group_by("row").agg(**drawn.aggregates(table, beside)))
        for one in found:
            t = _beside(t, one)
        for level in sorted(set(drawn.levels.values())):
            t = self._made(t, frame, [name for name, depth in drawn.levels.items() if depth == level])
        drawn.begin_again()
        frame = frame.over(t)
        voices = self._voices(frame)
        return self._answer(voices, t.select(row=t.row, instant=t.instant, **self._said(voices, frame)))

    def _made(self, t: Any, frame: Frame, names: Sequence[str]) -> Any:
        """The contacts with columns that were let."""
        lets = self._drawn.lets
        new = [name for name in names if name in lets and name not in t.columns]
        return t.mutate(**{name: self._drawn.made(name, lets[name], frame.over(t)) for name in new}) if new else t

    def _history(self, dialect: str = "") -> Any:
        history = _unbound("history", self._schemas["history"], "duecare_history")
        history = history.filter(history.laws == GROUP)
        return history.group_by("row").agg(**self._drawn.aggregates("history", history, dialect))

    def _past_schema(self) -> dict[str, str]:
        found = {name: "boolean" if what == "any" else "int64" for name, what in self._drawn.how("history").items()}
        return {"row": "int64", **found}

    def _voices(self, frame: Frame) -> list[_Voice]:
        """What each rule says, in the order in which reasons are given."""
        parts: list[tuple[int, Rule, Any, Column]] = []
        lawful: dict[str, list[Column]] = {}
        for place, rule in enumerate(self.rules):
            scope = _scope(rule, frame)
            ends = [step.since for step in rule.dated[1:]] + [rule.effective_to]
            for step, end in zip(rule.dated, ends, strict=True):
                if end is not None and end <= step.since:
                    continue
                active = all_of(
                    scope, _in_force(frame, step.since, end), KINDS[rule.kind].binds_columns(step.values, frame)
                )
                parts.append((place, rule, step.values, active))
                if rule.displaces_defaults:
                    lawful.setdefault(rule.kind, []).append(active)
        voices = []
        for place, rule, values, active in parts:
            if rule.jurisdiction == "HOUSE" and rule.kind in DEFAULTED and rule.kind in lawful:
                active = active & ~any_of(lawful[rule.kind]).fill_null(False)
            voices.append(_Voice(rule, place, active, KINDS[rule.kind].columns(rule, values, frame)))
        return voices

    def _said(self, voices: Sequence[_Voice], frame: Frame) -> dict[str, Column]:
        """What each voice says of each contact, as columns: used more than once, they are written once."""
        found: dict[str, Column] = {}
        for number, voice in enumerate(voices):
            for effect, where in (("deny", voice.says.denies), ("review", voice.says.reviews)):
                if where is not None:
                    found[f"{effect}_{number}"] = (voice.active & where).fill_null(False)
            until = earliest(voice.says.until, self._change(voice.rule.kind, frame))
            if until is not None:
                found[f"until_{number}"] = until.cast("int64")
        return found

    def _answer(self, voices: Sequence[_Voice], said: Any) -> Any:
        never = ibis.literal(ALWAYS, "int64")
        bits: dict[str, list[Column]] = {name: [] for name in self.masks}
        ends: list[Column] = []
        other: list[Column] = []
        for number, voice in enumerate(voices):
            spoken = []
            chunk, bit = divmod(voice.place, BITS)
            for effect in ("deny", "review"):
                if f"{effect}_{number}" not in said.columns:
                    continue
                here = said[f"{effect}_{number}"]
                bits[f"{effect}{chunk}"].append(
                    ibis.ifelse(here, ibis.literal(1 << bit, "int64"), ibis.literal(0, "int64"))
                )
                spoken.append(here)
            if not spoken:
                continue
            here = any_of(spoken)
            end = said[f"until_{number}"].fill_null(never) if f"until_{number}" in said.columns else never
            ends.append(ibis.ifelse(here, end, ibis.literal(0, "int64")))
            if voice.rule.kind not in BY_HOURS:
                other.append(here)
        return said.select(
            "row",
            "instant",
            **{name: reduce(lambda a, b: a + b, found, ibis.literal(0, "int64")) for name, found in bits.items()},
            until=ibis.greatest(*ends, ibis.literal(0, "int64")) if ends else ibis.literal(0, "int64"),
            by_hours=~any_of(other) if other else ibis.literal(True),
        )

    def _change(self, kind: str, frame: Frame) -> Column | None:
        """The next day on which a rule of this kind comes into force, takes new values or ends; null after the last."""
        return (
            frame.let("int64", lambda f: self._next_change(kind, f), ("change", kind)) if self._changes(kind) else None
        )

    def _changes(self, kind: str) -> list[int]:
        return sorted(
            {
                day_number(day)
                for rule in self.rules
                if rule.kind == kind
                for day in (*(step.since for step in rule.dated), rule.effective_to)
                if day is not None and day_number(day) > self._days.start
            }
        )

    def _next_change(self, kind: str, frame: Frame) -> Column:
        found = ibis.null("int64")
        for day in reversed(self._changes(kind)):
            found = ibis.ifelse(frame.day() < day, frame.start_of(ibis.literal(day, "int64")), found)
        return found

    # --- the answer ------------------------------------------------------------------------------------------------

    def told(self, masks: Sequence[Any]) -> tuple[pa.Array, pa.Array]:
        """Verdicts and reasons of rows by the rules that spoke in each."""
        if not masks or not len(masks[0]):
            return pa.array([], pa.string()), pa.array([], pa.list_(pa.string()))
        distinct, place = np.unique(np.stack(masks, axis=1), axis=0, return_inverse=True)
        verdicts, reasons = zip(*(self._one(tuple(int(bit) for bit in row)) for row in distinct), strict=True)
        place = pa.array(place.reshape(-1))
        return pa.array(verdicts, pa.string()).take(place), pa.array(reasons, pa.list_(pa.string())).take(place)

    def _one(self, masks: tuple[int, ...]) -> tuple[str, list[str]]:
        if masks not in self._told:
            denied, reviewed = masks[: self._chunks], masks[self._chunks :]
            denying, reviewing = list(self._named(denied)), list(self._named(reviewed))
            verdict = "deny" if denying else "review" if reviewing else "allow"
            self._told[masks] = (verdict, denying + reviewing)
        return self._told[masks]

    def _named(self, chunks: Iterable[int]) -> Iterable[str]:
        for chunk, mask in enumerate(chunks):
            for bit in range(BITS):
                if mask >> bit & 1:
                    yield self.rules[chunk * BITS + bit].id


class _Texts(Mapping[str, str]):
    """The SQL of an expression by dialect, for one set of laws."""

    def __init__(self, program: Program, table: str, number: int) -> None:
        self._program, self._table, self._number = program, table, number

    def __getitem__(self, dialect: str) -> str:
        return self._program.text(self._table, dialect).replace(str(GROUP), str(self._number))

    def __iter__(self) -> Any:
        return iter(DIALECTS)

    def __len__(self) -> int:
        return len(DIALECTS)


def _unbound(name: str, schema: pa.Schema, table: str) -> Any:
    return ibis.table({field.name: TYPES[str(field.type)] for field in schema}, name=table)


def _beside(t: Any, found: Any) -> Any:
    """Contacts with what was drawn for them, where something was."""
    found = found.rename(drawn_row="row")
    return t.left_join(found, t.row == found.drawn_row).drop("drawn_row")


def _scope(rule: Rule, frame: Frame) -> Column | None:
    scope, t = rule.scope, frame.t
    conditions = [
        is_one_of(t[column], choices)
        for column, choices in (
            ("debt_kind", scope.debt_kinds),
            ("collector_kind", scope.collectors),
            ("channel", scope.channels),
            ("role", scope.roles),
            ("purpose", scope.purposes),
        )
        if choices
    ]
    if scope.consumer is not None:
        conditions.append(t.consumer == scope.consumer)
    if scope.addresses:
        conditions.append(t.address_kind.isnull() | is_one_of(t.address_kind, scope.addresses))
    if scope.autodialled is not None:
        conditions.append(t.autodialled == scope.autodialled)
    return all_of(*conditions) if conditions else None


def _in_force(frame: Frame, since: Any, end: Any) -> Column | None:
    conditions = []
    if day_number(since) > frame.days.start:
        conditions.append(frame.day() >= day_number(since))
    if end is not None:
        conditions.append(frame.day() < day_number(end))
    return all_of(*conditions) if conditions else None
