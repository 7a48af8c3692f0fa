"""What is the answer for a whole table? Rows are told apart by the laws they ask; each set of laws is one expression, run until every row has its moment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duecare.law.columns.clock import DAY, Ints, as_ints, business_days_after, local_columns, micros
from duecare.law.columns.engines import DuckDB, Engine
from duecare.law.columns.flat import Flat, flatten, zone_names
from duecare.law.columns.program import PAST, Program
from duecare.law.request import ContactRequest

if TYPE_CHECKING:
    from duecare.law.library import Library

PATIENCE = 45 * DAY
"""How long hours alone may keep a contact away before waiting is said not to help (`when.HORIZON_DAYS`, and the jumps of `Library`)."""
FEW = 2000
"""So few rows of a set of laws are cheaper to ask singly for their next moment than to run another expression for."""
ROUNDS = 1000
"""A bound on looking again, far above what any rulebook needs."""
DAYS_BACK, DAYS_AHEAD = 40, 800
"""For how many days around the table's own instants holidays are looked up."""

NEVER = -(1 << 62)

COUNTS = ("receipt_business_days", "business_days", "revocation_business_days", "wait_business_days")
"""Parameters that count business days."""
COUNTED_FROM = {"facts": "validation_notice_day", "wishes": "since_day", "consents": "revoked_day"}
"""The days from which rules count them."""

ANSWER = pa.schema(
    [
        ("id", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("next_allowed_at", pa.timestamp("us", "UTC")),
        ("error", pa.string()),
    ]
)


class BatchError(ValueError):
    """A table that cannot be judged at all; the message says what is wrong with it."""


def judge_table(library: Library, contacts: pa.Table, engine: Engine | None = None) -> pa.Table:
    """Answer a table of contacts in the schema `contact-request` (nested; instants as timestamps with a zone or as texts; null is left out).

    Returns one row a contact, in their order: `id`, `verdict`, `reason` (id of the most decisive rule), `reasons` (ids of all, most decisive first),
    `next_allowed_at`, `error` (where the row could not be read; the verdict is then deny). `engine`: DuckDB in memory if left out.

    Raises:
        BatchError: a column is unknown.
    """
    return Batch(library, engine).judge(contacts)


class Batch:
    """Judges tables, one after the other; the expressions of a set of laws are built once for all tables that lie in the same years."""

    def __init__(self, library: Library, engine: Engine | None = None, *, few: int = FEW) -> None:
        self.library, self._few = library, few
        self.engine = engine if engine is not None else DuckDB()
        self._by_licence = any("collector" in rule.reach for rule in library.rules())
        self._steps = sorted(
            {
                (rule.place, int(step.values[name]))
                for rule in library.rules()
                for step in rule.dated
                for name in COUNTS
                if step.values.get(name)
            }
        )
        self._laws: dict[str, int] = {}
        self._groups: dict[tuple[Any, ...], int] = {}
        self._programs: dict[tuple[int, int, range], Program] = {}

    def judge(self, contacts: pa.Table) -> pa.Table:
        unknown = sorted(set(contacts.column_names) - set(ContactRequest.__struct_fields__))
        if unknown:
            raise BatchError(
                f"unknown column {', '.join(unknown)}; the columns of a contact are {', '.join(ContactRequest.__struct_fields__)}"
            )
        names = zone_names(contacts)
        flat = flatten(contacts, names)
        rows = flat.facts["row"]
        parts = [self._singly(contacts, pc.filter(rows, flat.odd).to_pylist())]
        if len(parts[0]) < len(contacts):
            parts += self._by_columns(contacts, flat, names)
        answers = pa.concat_tables(parts).combine_chunks()
        answers = answers.take(pc.sort_indices(answers["row"]))
        ids = (
            contacts["id"].cast(pa.string()) if "id" in contacts.column_names else pa.nulls(len(contacts), pa.string())
        )
        if len(parts[0]):  # what could not be read may have no id, or none that is a text
            told = pc.filter(parts[0]["id"], pc.is_valid(parts[0]["id"]))
            known = dict(zip(parts[0]["row"].to_pylist(), parts[0]["id"].to_pylist(), strict=True)) if len(told) else {}
            ids = pa.array([known.get(row, one) for row, one in enumerate(ids.to_pylist())], pa.string())
        spoken = answers["reasons"].combine_chunks()
        starts, ends = spoken.offsets[:-1], spoken.offsets[1:]
        first = spoken.values.take(pc.if_else(pc.less(starts, ends), starts, pa.scalar(None, starts.type)))
        columns = {**{name: answers[name] for name in ANSWER.names if name != "reason"}, "id": ids, "reason": first}
        return pa.table({name: columns[name] for name in ANSWER.names}).cast(ANSWER)

    def _by_columns(self, contacts: pa.Table, flat: Flat, names: Sequence[str]) -> Iterator[pa.Table]:
        facts = flat.facts.filter(pc.invert(flat.odd))
        group = self._group_numbers(facts)
        zones = sum(name[0] == "z" and name[1:].isdigit() for name in facts.column_names)
        days = self._days(facts["at"])
        facts = facts.drop_columns(["places", "governing_law"]).append_column("laws", group)
        clocked = _with_clock(facts, facts["at"], zones, names)
        by_row = np.full(len(flat.odd), -1, np.int32)
        by_row[as_ints(facts["row"])] = as_ints(group)
        tables = {"facts": clocked}
        for name in ("history", "wishes", "consents"):
            table = getattr(flat, name)
            laws = pa.array(by_row[as_ints(table["row"])], pa.int32())
            tables[name] = table.append_column("laws", laws).filter(pc.greater_equal(laws, 0))
        for name, day in COUNTED_FROM.items():
            tables[name] = with_business_days(tables[name], day, self._steps)
        facts = tables["facts"].select(
            [
                name
                for name in tables["facts"].column_names
                if name in facts.column_names or name.startswith(COUNTED_FROM["facts"])
            ]
        )
        for name, table in tables.items():
            self.engine.load(f"duecare_{name}", table)
        rules_of = {number: key for key, number in self._groups.items()}
        for number in pc.unique(group).to_pylist():
            ids, place = rules_of[number]
            key = (number, zones, days)
            if key not in self._programs:
                rules = [self.library.rule(id) for id in ids]
                self._programs[key] = Program(rules, place, zones, days, {n: t.schema for n, t in tables.items()})
            yield self._run(self._programs[key], number, _Contacts(contacts, facts, zones, names))
        for name in tables:
            self.engine.drop(f"duecare_{name}")

    # --- one set of laws -------------------------------------------------------------------------------------------

    def _run(self, program: Program, number: int, contacts: _Contacts) -> pa.Table:
        past = program.past(number)
        if past is not None:
            self.engine.keep(PAST, past)
        first = self.engine.query(program.first(number))
        rows, at = as_ints(first["row"]), as_ints(first["instant"])
        masks = [as_ints(first[name]) for name in program.masks]
        spoken = np.any([mask != 0 for mask in masks], axis=0)
        following = np.where(spoken, NEVER, at)
        until = as_ints(first["until"])
        waits = np.flatnonzero(spoken & (until < program.always) & (until > at))
        if len(waits):
            by_hours = np.asarray(first["by_hours"])[waits]
            following[waits] = self._look_again(
                program, number, contacts, rows[waits], at[waits], until[waits], by_hours
            )
        if past is not None:
            self.engine.drop(PAST)
        verdicts, reasons = program.told(masks)
        return pa.table(
            {
                "row": pa.array(rows),
                "id": pa.nulls(len(rows), pa.string()),
                "verdict": verdicts,
                "reasons": reasons,
                "next_allowed_at": pa.array(following, mask=following == NEVER).cast(pa.timestamp("us", "UTC")),
                "error": pa.nulls(len(rows), pa.string()),
            }
        )

    def _look_again(
        self, program: Program, number: int, contacts: _Contacts, rows: Ints, at: Ints, until: Ints, by_hours: Any
    ) -> Ints:
        """The first lawful instant of each row: move it to where its rules lapse and ask again, until it is allowed or never will be."""
        found = np.full(len(rows), NEVER)
        instants, anchor = until.copy(), np.where(by_hours, at, until)
        pending = np.argsort(rows, kind="stable")
        singly: list[int] = []
        for _ in range(ROUNDS):
            beyond = instants[pending] >= program.known_until
            singly += pending[beyond].tolist()
            pending = pending[~beyond]
            if len(pending) <= self._few:
                break
            self.engine.load("duecare_again", contacts.at(rows[pending], instants[pending]))
            answer = self.engine.query(program.again(number))
            self.engine.drop("duecare_again")
            answer = answer.take(pc.sort_indices(answer["row"]))
            free = np.all([as_ints(answer[name]) == 0 for name in program.masks], axis=0)
            found[pending[free]] = instants[pending[free]]
            ends, hours, now = as_ints(answer["until"]), np.asarray(answer["by_hours"]), instants[pending]
            anchor[pending] = np.where(hours, anchor[pending], ends)
            goes_on = ~free & (ends < program.always) & (ends > now) & ~(hours & (ends > anchor[pending] + PATIENCE))
            instants[pending] = ends
            pending = pending[goes_on]
        singly += pending.tolist()
        for place, request in zip(singly, contacts.singly(rows[singly]), strict=True):
            following = self.library.judge(request).next_allowed_at
            found[place] = NEVER if following is None else micros(following)
        return found

    # --- groups ----------------------------------------------------------------------------------------------------

    def _group_numbers(self, facts: pa.Table) -> pa.Array:
        """A number for each row's set of laws: those of its places, of the debt, and, where a rule reaches so far, of the collector's licences."""
        licences = facts["licences"] if self._by_licence else pa.array([","] * len(facts))
        keys = pc.dictionary_encode(
            pc.binary_join_element_wise(facts["places"], facts["governing_law"], licences, "\x1f").combine_chunks()
        )
        numbers = []
        for key in keys.dictionary.to_pylist():
            if key not in self._laws:
                places, law, licensed = key.split("\x1f")
                reached = [name for name in places.split(",") if name]
                rules = self.library.reaching(reached, law or None, [name for name in licensed.split(",") if name])
                group = (tuple(rule.id for rule in rules), reached[-1])
                self._laws[key] = self._groups.setdefault(group, len(self._groups))
            numbers.append(self._laws[key])
        return pc.take(pa.array(numbers, pa.int32()), keys.indices)

    @staticmethod
    def _days(at: Any) -> range:
        """Whole years around a table's instants, so that tables of the same years share their expressions."""
        first, last = pc.min(at).as_py() // DAY, pc.max(at).as_py() // DAY
        return range((first - DAYS_BACK) // 366 * 366, (last + DAYS_AHEAD) // 366 * 366 + 366)

    def _singly(self, contacts: pa.Table, rows: Sequence[int]) -> pa.Table:
        """The rows that only the single face can read, and what it says of each."""
        decisions = [self.library.judge(request) for request in _as_requests(contacts, pa.array(rows, pa.int64()))]
        reasons = [[reason.rule for reason in decision.reasons] for decision in decisions]
        following = [decision.next_allowed_at for decision in decisions]
        return pa.table(
            {
                "row": pa.array(rows, pa.int64()),
                "id": pa.array([decision.id for decision in decisions], pa.string()),
                "verdict": pa.array([decision.verdict for decision in decisions], pa.string()),
                "reasons": pa.array(reasons, pa.list_(pa.string())),
                "next_allowed_at": pa.array(following, pa.timestamp("us", "UTC")),
                "error": pa.array([decision.error for decision in decisions], pa.string()),
            }
        )


class _Contacts:
    """The contacts of a batch, as facts for columns and one by one as they came."""

    def __init__(self, contacts: pa.Table, facts: pa.Table, zones: int, names: Sequence[str]) -> None:
        self._contacts, self._facts, self._zones, self._names = contacts, facts, zones, names
        self._place = np.full(len(contacts), -1, np.int64)
        self._place[as_ints(facts["row"])] = np.arange(len(facts))

    def at(self, rows: Ints, instants: Ints) -> pa.Table:
        """Some rows with their clocks at later instants."""
        return _with_clock(self._facts.take(pa.array(self._place[rows])), pa.array(instants), self._zones, self._names)

    def singly(self, rows: Ints) -> Iterator[bytes]:
        return _as_requests(self._contacts, pa.array(rows))


def _as_requests(contacts: pa.Table, rows: pa.Array) -> Iterator[bytes]:
    """Rows as the single face reads them: what is null is left out."""
    for row in contacts.take(rows).to_pylist():
        yield json.dumps(_plain(row), default=_told).encode()


def with_business_days(table: pa.Table, day: str, steps: Sequence[tuple[str, int]]) -> pa.Table:
    """Beside a column of days, for each place and count, the day so many business days later: `<day>_<place>_<count>`."""
    missing = np.asarray(pc.is_null(table[day]))
    there = as_ints(table[day])[~missing]
    for place, count in steps:
        found = np.zeros(len(table), np.int64)
        found[~missing] = business_days_after(there, count, place)
        table = table.append_column(f"{day}_{place}_{count}", pa.array(found, mask=missing))
    return table


def _with_clock(facts: pa.Table, instants: Any, zones: int, names: Sequence[str]) -> pa.Table:
    """The contacts at instants, with the local clocks there: see `clock.local_columns`."""
    at = as_ints(instants)
    found = {"instant": pa.array(at)}
    for place in range(zones):
        zone = facts[f"z{place}"]
        there = np.asarray(pc.is_valid(zone))
        for name, column in local_columns(at, as_ints(zone), names, there).items():
            found[f"{name}{place}"] = pa.array(column)
    for name, column in found.items():
        facts = facts.append_column(name, column)
    return facts


def _plain(value: Any) -> Any:
    """A row as a request: what is null is left out."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if one is not None}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _told(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
