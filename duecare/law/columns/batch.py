"""What is the answer for a whole table? Rows are told apart by the laws they ask; each set of laws is one expression, run until every row has its moment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duecare.law.columns.clock import DAY, as_ints, local_columns
from duecare.law.columns.flat import Flat, flatten, zone_names
from duecare.law.columns.program import Program
from duecare.law.request import ContactRequest

if TYPE_CHECKING:
    from duecare.law.library import Library

PATIENCE = 45 * DAY
"""How long hours alone may keep a contact away before waiting is said not to help (`when.HORIZON_DAYS`, and the jumps of `Library`)."""
ROUNDS = 1000
"""A bound on looking again, far above what any rulebook needs."""
DAYS_BACK, DAYS_AHEAD = 4400, 800
"""For how many days around the table's own instants holidays and business days are looked up: past them no rule counts in business days."""

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


def judge_table(library: Library, contacts: pa.Table, con: Any = None) -> pa.Table:
    """Answer a table of contacts in the schema `contact-request` (nested; instants as timestamps with a zone or as texts; null is left out).

    Returns one row a contact, in their order: `id`, `verdict`, `reason` (id of the most decisive rule), `reasons` (ids of all, most decisive first),
    `next_allowed_at`, `error` (where the row could not be read; the verdict is then deny). `con` is an Ibis connection: DuckDB in memory if left out.

    Raises:
        BatchError: a column is unknown.
    """
    return Batch(library, con).judge(contacts)


class Batch:
    """Judges tables, one after the other; the expressions of a set of laws are built once for all tables that lie in the same years."""

    def __init__(self, library: Library, con: Any = None) -> None:
        self.library = library
        self.con = con if con is not None else ibis.duckdb.connect()
        self._by_licence = any("collector" in rule.reach for rule in library.rules())
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
            parts += self._by_columns(flat, names)
        answers = pa.concat_tables(parts).combine_chunks()
        answers = answers.take(pc.sort_indices(answers["row"]))
        ids = (
            contacts["id"].cast(pa.string()) if "id" in contacts.column_names else pa.nulls(len(contacts), pa.string())
        )
        if len(parts[0]):  # what could not be read may have no id, or none that is a text
            told = pc.filter(parts[0]["id"], pc.is_valid(parts[0]["id"]))
            known = dict(zip(parts[0]["row"].to_pylist(), parts[0]["id"].to_pylist(), strict=True)) if len(told) else {}
            ids = pa.array([known.get(row, one) for row, one in enumerate(ids.to_pylist())], pa.string())
        return answers.drop_columns(["row"]).set_column(0, "id", ids).cast(ANSWER)

    def _by_columns(self, flat: Flat, names: Sequence[str]) -> Iterator[pa.Table]:
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
        for name, table in tables.items():
            self.load(f"duecare_{name}", table)
        rules_of = {number: key for key, number in self._groups.items()}
        for number in pc.unique(group).to_pylist():
            rules, place = rules_of[number]
            key = (number, zones, days)
            if key not in self._programs:
                self._programs[key] = Program(rules, place, zones, days, {n: t.schema for n, t in tables.items()})
            yield self._run(self._programs[key], number, facts, zones, names)
        for name in tables:
            self.drop(f"duecare_{name}")

    # --- one set of laws -------------------------------------------------------------------------------------------

    def _run(self, program: Program, number: int, facts: pa.Table, zones: int, names: Sequence[str]) -> pa.Table:
        first = self.query(program.first(number))
        rows, at = as_ints(first["row"]), as_ints(first["instant"])
        masks = [as_ints(first[name]) for name in program.masks]
        spoken = np.zeros(len(rows), bool)
        for mask in masks:
            spoken |= mask != 0
        following = np.where(spoken, -1, at)
        until, by_hours = as_ints(first["until"]), np.asarray(first["by_hours"])
        pending = np.flatnonzero(spoken & (until < program.always) & (until > at))
        if len(pending):
            self._look_again(program, number, facts, rows, at, following, pending, until, by_hours, zones, names)
        verdicts, reasons = program.told(masks)
        return pa.table(
            {
                "row": pa.array(rows, pa.int64()),
                "id": pa.nulls(len(rows), pa.string()),
                "verdict": verdicts,
                "reason": pc.list_element(pc.if_else(spoken, reasons, pa.scalar([None], reasons.type)), 0)
                if len(rows)
                else pa.array([], pa.string()),
                "reasons": reasons,
                "next_allowed_at": pa.array(following, mask=following < 0).cast(pa.timestamp("us", "UTC")),
                "error": pa.nulls(len(rows), pa.string()),
            }
        )

    def _look_again(
        self,
        program: Program,
        number: int,
        facts: pa.Table,
        rows: Any,
        at: Any,
        following: Any,
        pending: Any,
        until: Any,
        by_hours: Any,
        zones: int,
        names: Sequence[str],
    ) -> None:
        """Move every row that may yet be allowed to where its rules lapse, and ask again, until it is allowed or never will be."""
        by_row = np.full(int(facts["row"][-1].as_py()) + 1 if len(facts) else 0, -1, np.int64)
        by_row[as_ints(facts["row"])] = np.arange(len(facts))
        anchor, instants = at.copy(), at.copy()
        instants[pending] = until[pending]
        anchor[pending] = np.where(by_hours[pending], at[pending], until[pending])
        for _ in range(ROUNDS):
            here = facts.take(pa.array(by_row[rows[pending]]))
            self.load("duecare_again", _with_clock(here, pa.array(instants[pending]), zones, names))
            found = self.query(program.again(number))
            self.drop("duecare_again")
            order = np.argsort(as_ints(found["row"]), kind="stable")
            pending = pending[np.argsort(rows[pending], kind="stable")]
            free = np.ones(len(order), bool)
            for name in program.masks:
                free &= as_ints(found[name])[order] == 0
            ends, hours = as_ints(found["until"])[order], np.asarray(found["by_hours"])[order]
            following[pending[free]] = instants[pending[free]]
            now = instants[pending]
            anchor[pending] = np.where(hours, anchor[pending], ends)
            goes_on = ~free & (ends < program.always) & (ends > now) & ~(hours & (ends > anchor[pending] + PATIENCE))
            instants[pending[goes_on]] = ends[goes_on]
            pending = pending[goes_on]
            if not len(pending):
                return

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
                group = (rules, reached[-1])
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
        decisions = []
        for row in rows:
            request = _plain(contacts.slice(row, 1).to_pylist()[0])
            decisions.append(self.library.judge(json.dumps(request, default=_told).encode()))
        reasons = [[reason.rule for reason in decision.reasons] for decision in decisions]
        following = [decision.next_allowed_at for decision in decisions]
        return pa.table(
            {
                "row": pa.array(rows, pa.int64()),
                "id": pa.array([decision.id for decision in decisions], pa.string()),
                "verdict": pa.array([decision.verdict for decision in decisions], pa.string()),
                "reason": pa.array([found[0] if found else None for found in reasons], pa.string()),
                "reasons": pa.array(reasons, pa.list_(pa.string())),
                "next_allowed_at": pa.array(following, pa.timestamp("us", "UTC")),
                "error": pa.array([decision.error for decision in decisions], pa.string()),
            }
        )

    # --- the engine ------------------------------------------------------------------------------------------------

    @property
    def is_spark(self) -> bool:
        return str(self.con.name) == "pyspark"

    def load(self, name: str, table: pa.Table) -> None:
        if self.is_spark:
            self.con._session.createDataFrame(table.to_pandas()).createOrReplaceTempView(name)
        else:
            self.con.con.register(name, table)

    def drop(self, name: str) -> None:
        if self.is_spark:
            self.con._session.catalog.dropTempView(name)
        else:
            self.con.con.unregister(name)

    def query(self, sql: Mapping[str, str]) -> pa.Table:
        text = sql["pyspark" if self.is_spark else "duckdb"]
        if self.is_spark:
            return pa.Table.from_pandas(self.con._session.sql(text).toPandas(), preserve_index=False)
        return self.con.con.sql(text).to_arrow_table()


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
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items() if one is not None}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _told(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
