"""The law gate's speed: one decision, a table of them, the small rule set beside other engines, and the two faces held to each other.

Run:  .venv/bin/python bench/law.py                       everything that takes minutes
      .venv/bin/python bench/law.py --peers PYTHON        with the other engines of an interpreter that has them
      .venv/bin/python bench/law.py --parity 10000000     both faces on random contacts of every jurisdiction (hours)
      .venv/bin/python bench/law.py --fuzz 1000000        random and malformed requests: no crash, no answer outside the schema, the slowest
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duecare.law import default_library, load_library, read_request
from duecare.law.compiled import compile_rules
from duecare.law.tests import generator

LIBRARY = default_library()
AT_ONCE, SPARK_AT_ONCE = 100_000, 200_000
"""Rows of a table judged together; the first as `duecare check contacts` has it. Spark plans for seconds and is better given more."""
HISTORY = [
    {"at": f"2026-10-{day:02}T10:00:00-04:00", "channel": "call", "direction": "outbound", "outcome": "no_answer", "debt_ids": ["D1"]}
    for day in range(1, 11)
]  # fmt: skip
PEOPLE = {
    "New York City": (["US", "US-NY", "US-NY-NYC"], "America/New_York"),
    "China": (["CN"], "Asia/Shanghai"),
    "Great Britain": (["GB"], "Europe/London"),
}


def request(places: list[str], zone: str, at: str) -> dict[str, Any]:
    return {
        "id": "bench", "at": at, "channel": "call", "collector": {"kind": "agency", "licences": places},
        "debt": {"id": "D1", "kind": "credit_card", "consumer": True, "due_date": "2026-05-15"},
        "person": {"id": "P1", "role": "debtor", "jurisdictions": places, "time_zones": [zone]},
        "address": {"kind": "mobile"}, "history": HISTORY,
    }  # fmt: skip


def one_at_a_time() -> None:
    print("one decision, all rules, ten past contacts, reasons and sources (aim: 50 µs median)")
    for name, (places, zone) in PEOPLE.items():
        for at, what in (
            ("2026-10-20T15:00:00+00:00", "history past"),
            ("2026-10-11T15:00:00+00:00", "history counts"),
        ):
            line = json.dumps(request(places, zone, at)).encode()
            ready = read_request(line)
            rules = len(LIBRARY.asked(ready)._judged)
            for given, form in ((line, "from JSON"), (ready, "ready")):
                times = []
                for _ in range(4000):
                    begun = time.perf_counter_ns()
                    decision = LIBRARY.judge(given)
                    times.append((time.perf_counter_ns() - begun) / 1000)
                assert decision.error is None
                times.sort()
                print(
                    f"  {name:14} {rules:3} rules, {what:15} {form:9} → {decision.verdict:6} "
                    f"median {statistics.median(times):6.1f} µs, p99 {times[int(len(times) * 0.99)]:6.1f} µs"
                )


def a_table(rows: int, spark_rows: int) -> None:
    """Both engines on the same Parquet table, each in a process of its own, so that memory is its own."""
    import law_table

    print(
        "a table of contacts in New York City, China and Great Britain, ten past contacts each, counted from raw history"
    )
    with tempfile.TemporaryDirectory(prefix="duecare-bench-") as name:
        folder = Path(name)
        law_table.write(folder / "contacts.parquet", rows)
        _judged(folder, "duckdb", rows)
        missing = [
            what for what, there in (("pyspark", find_spec("pyspark")), ("java", shutil.which("java"))) if not there
        ]
        if missing or not spark_rows:
            print(f"  Spark LEFT OUT: {' and '.join(missing) + ' missing' if missing else 'not asked for'}")
            return
        few = min(rows, spark_rows)
        _judged(folder, "spark", few)
        here, there = (pq.read_table(folder / f"{engine}.parquet").slice(0, few) for engine in ("duckdb", "spark"))
        assert here.equals(there), "Spark and DuckDB do not agree"
        print(f"  Spark and DuckDB give the same {few:,} answers", flush=True)


def _judged(folder: Path, engine: str, rows: int) -> None:
    done = subprocess.run(
        [sys.executable, __file__, "--judge", str(folder), "--engine", engine, "--rows", str(rows)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    print(done.stdout, end="", flush=True)


def judge_folder(folder: Path, engine: str, rows: int) -> None:
    """What `duecare check contacts --batch` does, timed from when the expressions are written."""
    from duecare.law.columns.batch import ANSWER, Batch
    from duecare.law.columns.engines import DuckDB, Spark

    begun = time.perf_counter()
    batch = Batch(LIBRARY, DuckDB() if engine == "duckdb" else Spark.local())
    source = pq.ParquetFile(folder / "contacts.parquet")
    batch.judge(pa.Table.from_batches([next(source.iter_batches(AT_ONCE))]))
    ready, done, denied = time.perf_counter(), 0, 0
    with pq.ParquetWriter(folder / f"{engine}.parquet", ANSWER) as out:
        for some in source.iter_batches(AT_ONCE if engine == "duckdb" else SPARK_AT_ONCE):
            answers = batch.judge(pa.Table.from_batches([some.slice(0, rows - done)]))
            out.write_table(answers)
            done += len(answers)
            denied += pc.sum(pc.equal(answers["verdict"], "deny")).as_py()
            if done >= rows:
                break
    took = time.perf_counter() - ready
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"  {engine}: {done:,} contacts, {denied:,} denied: {done / took:,.0f} decisions a second with reasons and next moment; "
        f"peak memory {peak:.2f} GiB{' (aim: under 2)' if engine == 'duckdb' else ' (and the Java process)'}; first rows after {ready - begun:.0f} s"
    )


def small_set(rows: int, peers: str | None) -> None:
    compiled = compile_rules(load_library(Path(__file__).with_name("small")).rules(), date(2026, 11, 25))
    draw = np.random.default_rng(1)
    minute = 60_000_000
    facts = {
        "moment0": draw.integers(0, 1440, rows) * minute, "moment1": draw.integers(0, 1440, rows) * minute,
        "holiday": draw.random(rows) < 0.04, "count": draw.integers(0, 10, rows), "quiet_days": draw.integers(0, 60, rows),
        "machine": draw.random(rows) < 0.3, "consent": draw.random(rows) < 0.5, "stopped": draw.random(rows) < 0.05,
    }  # fmt: skip
    zero = np.zeros(rows, bool)
    columns = {
        "moment0": facts["moment0"], "weekday0": zero * 1, "holiday0": facts["holiday"], "moment1": facts["moment1"], "weekday1": zero * 1,
        "holiday1": facts["holiday"], "quiet_days": facts["quiet_days"], "machine": facts["machine"], "consent": facts["consent"],
        "stopped": facts["stopped"], "agreed": zero,
        **{name: facts["count"] for name in compiled.names if name.startswith("count")},
    }  # fmt: skip
    print(f"the small set ({', '.join(rule.id for rule in compiled.rules)}), counts made beforehand, {rows:,} contacts")
    tuples = list(zip(*(columns[name].tolist() for name in compiled.names), strict=True))
    begun = time.perf_counter()
    bits = [compiled.decide(*row) for row in tuples]
    took = time.perf_counter() - begun
    print(f"  Duecare, one at a time, bits:                 {rows / took:>14,.0f} a second")
    begun = time.perf_counter()
    for row in tuples:
        compiled.reasons(compiled.decide(*row))
    took = time.perf_counter() - begun
    print(f"  Duecare, one at a time, with reasons:         {rows / took:>14,.0f} a second (aim: 1,000,000)")
    ordered = [columns[name] for name in compiled.names]
    for name, run in (
        ("numpy text", lambda: compiled.over_arrays(*ordered)),
        ("DuckDB text", _by_sql(compiled.sql, columns)),
    ):
        took = min(_timed(run) for _ in range(3))
        assert np.array_equal(np.asarray(run()), np.array(bits)), name
        print(f"  Duecare, in batch, as {name + ':':23} {rows / took:>14,.0f} a second")
    if peers is None:
        print("  other engines: not asked (--peers PYTHON)")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.npz"
        np.savez(path, bits=np.array(bits), **facts)
        done = subprocess.run(
            [peers, str(Path(__file__).with_name("law_peers.py")), str(path)], capture_output=True, text=True
        )
    for line in done.stdout.splitlines():
        found = json.loads(line)
        if "failed" in found:
            print(f"  {found['engine'] + ':':45} {found['failed']}")
        else:
            assert not found["differ"], found
            print(f"  {found['engine'] + ':':45} {found['rate']:>14,.0f} a second (same bits on {found['of']:,})")
    if done.returncode:
        print(done.stderr[-1000:])


def _by_sql(text: str, columns: dict[str, Any]) -> Any:
    import duckdb

    con = duckdb.connect(config={"threads": 2})
    con.register("given", pa.table(columns))
    con.execute("CREATE TABLE facts AS SELECT * FROM given")
    return lambda: con.sql(f"SELECT {text} AS bits FROM facts").fetchnumpy()["bits"]


def _timed(run: Any) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def counting(keys: int) -> None:
    """The seventh latest call of each debt from twelve raw calls each: a window query, what the columns ask, and counters that take in a day's 1 % more."""
    import duckdb

    from duecare.law.counters import NONE, Counter

    draw = np.random.default_rng(2)
    day, calls, more = 86_400_000_000, keys * 12, keys * 12 // 100
    owners, instants = draw.integers(0, keys, calls), draw.integers(0, 60 * day, calls)
    new_owners, new_instants = draw.integers(0, keys, more), draw.integers(60 * day, 61 * day, more)
    text, history = _as_the_columns_ask(np.append(owners, new_owners), np.append(instants, new_instants))
    con = duckdb.connect(config={"threads": 2})
    con.register("given", history)
    con.execute("CREATE TABLE duecare_history AS SELECT * FROM given")
    window = """SELECT "row", past_at FROM (
        SELECT "row", past_at, row_number() OVER (PARTITION BY "row" ORDER BY past_at DESC) AS n FROM duecare_history
        WHERE outcome IN ('no_answer', 'voicemail', 'limited_content', 'conversation', 'third_party') AND past_channel = 'call'
        AND NOT inbound AND NOT consented AND with_person AND on_debt) WHERE n = 7"""
    bare = min(_timed(lambda: con.execute(window).fetchnumpy()) for _ in range(3))
    ours = min(_timed(lambda: con.execute(text).fetchnumpy()) for _ in range(3))
    counter = Counter(keys, 7)
    counter.add(owners, instants)
    added = _timed(lambda: counter.add(new_owners, new_instants))
    seventh = np.full((3, keys), NONE)
    told, drawn = con.execute(window).fetchnumpy(), con.execute(text).fetchnumpy()
    # Beside it the latest conversation is drawn; none of these calls was one.
    (found,) = (column for name, column in drawn.items() if name != "row" and np.ma.count(column))
    seventh[0, told["row"]] = told["past_at"]
    seventh[1, drawn["row"]] = np.ma.filled(found, NONE)
    seventh[2] = counter.decisive()
    assert (seventh == seventh[0]).all()
    print(
        f"counting, {keys:,} debts with twelve raw calls each, the seventh latest of each (the same all three ways)\n"
        f"  window query {bare:.2f} s; as the columns ask {ours:.2f} s, {ours / bare:.1f} times that (aim: 2)\n"
        f"  counters that take in 1 % more: {added:.3f} s, {bare / added:.0f} times faster than the window query (aim: 10)",
        flush=True,
    )


def _as_the_columns_ask(owners: Any, instants: Any) -> tuple[str, pa.Table]:
    """What is asked of the history for seven calls in seven days, and calls that all count, in the columns it is asked of."""
    import law_table

    from duecare.law import Library
    from duecare.law.columns.batch import Batch
    from duecare.law.columns.engines import DuckDB

    class Heard(DuckDB):
        asked = ""
        history = pa.table({})

        def load(self, name: str, table: pa.Table) -> None:
            self.history = table if name == "duecare_history" else self.history
            super().load(name, table)

        def keep(self, name: str, texts: Any) -> None:
            self.asked = texts["duckdb"]
            super().keep(name, texts)

    engine = Heard()
    Batch(Library([LIBRARY.rule("HOUSE-FREQUENCY")], "bench"), engine).judge(law_table.contacts(1, 0))
    size, one = len(owners), engine.history.slice(0, 1).to_pylist()[0]
    plain = {
        "past_channel": "call", "outcome": "no_answer", "inbound": False, "consented": False, "with_person": True, "on_debt": True,
        "talked": True, "misdirected": False,
    }  # fmt: skip
    columns = {"row": pa.array(owners), "past_at": pa.array(instants)}
    for field in engine.history.schema:
        if field.name not in columns:
            columns[field.name] = pa.repeat(pa.scalar(plain.get(field.name, one[field.name]), field.type), size)
    return engine.asked, pa.table(columns)


def parity(count: int, seed: int) -> None:
    from duecare.law.columns.batch import Batch

    batch, differ, begun, told = Batch(LIBRARY), 0, time.perf_counter(), 0.0
    chunk = 50_000
    for start in range(0, count, chunk):
        requests = list(generator.contacts(LIBRARY, min(chunk, count - start), seed=seed + start))
        rows = batch.judge(pa.Table.from_struct_array(pa.array(requests))).to_pylist()
        for asked, row in zip(requests, rows, strict=True):
            single = LIBRARY.judge(asked)
            if (single.verdict, [one.rule for one in single.reasons], single.next_allowed_at, single.error) != (
                row["verdict"], row["reasons"], row["next_allowed_at"], row["error"],
            ):  # fmt: skip
                differ += 1
                print(json.dumps(asked), single, row)
        done, passed = start + len(requests), time.perf_counter() - begun
        if passed > told + 10 or done == count:
            told = passed
            print(f"  {done:,} contacts, {differ} differ, {done / passed:,.0f} a second", flush=True)
    assert not differ


def fuzz(count: int, seed: int) -> None:
    draw = Random(seed)
    slowest, by_the_clock, slow_line, malformed, begun = 0.0, 0.0, b"", 0, time.perf_counter()
    junk: list[Any] = [
        None,
        True,
        0,
        -1,
        1e308,
        "",
        "x",
        "9999-12-31T23:59:59+00:00",
        "0001-01-01",
        [],
        {},
        [None],
        {"a": 1},
        "\ud800",
        "2026-02-30",
    ]
    for number, asked in enumerate(generator.contacts(LIBRARY, count, seed=seed)):
        if draw.random() < 0.5:
            at: Any = asked
            while isinstance(at, dict | list) and at:
                key = draw.choice(sorted(at)) if isinstance(at, dict) else draw.randrange(len(at))
                if isinstance(at[key], dict | list) and at[key] and draw.random() < 0.6:
                    at = at[key]
                    continue
                at[key] = draw.choice(junk)
                break
        line = json.dumps(asked).encode()
        if draw.random() < 0.05:
            place = draw.randrange(len(line))
            line = line[:place] + bytes([draw.randrange(256)]) + line[place + 1 :]
        start = time.thread_time(), time.perf_counter()
        decision = LIBRARY.judge(line)
        took, passed = time.thread_time() - start[0], time.perf_counter() - start[1]
        by_the_clock = max(by_the_clock, passed)  # others on the machine count in
        if took > slowest:
            slowest, slow_line = took, line
        malformed += decision.error is not None
        answer = decision.to_dict()
        assert answer["verdict"] in ("allow", "deny", "review")
        assert set(answer) <= {"id", "verdict", "reasons", "duties", "next_allowed_at", "error"}
        assert isinstance(answer["id"], str)
        assert ("error" in answer) <= (answer["verdict"] == "deny")
        assert all(set(one) == {"rule", "effect", "why", "source"} and one["why"] for one in answer["reasons"])
        assert all(set(one) == {"rule", "text", "source"} for one in answer["duties"])
        assert answer["next_allowed_at"] is None or datetime.fromisoformat(answer["next_allowed_at"]).tzinfo
        if (number + 1) % 100_000 == 0 or number + 1 == count:
            passed = time.perf_counter() - begun
            print(
                f"  {number + 1:,} requests, {malformed:,} of them unreadable, slowest {slowest * 1000:.1f} ms of processor time, {by_the_clock * 1000:.1f} by the clock (aim: 50), {(number + 1) / passed:,.0f} a second",
                flush=True,
            )
    if slowest > 0.05:
        print("  the slowest:", slow_line[:600])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="contacts of the table")
    parser.add_argument(
        "--spark-rows", type=int, default=200_000, help="how many of them on a local Spark too (0: none)"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--peers", help="an interpreter that has the other engines")
    parser.add_argument("--parity", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=0, help="where the random contacts of --parity and --fuzz begin")
    parser.add_argument("--fuzz", type=int, metavar="N")
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    given = parser.parse_args()
    gc.collect()
    gc.freeze()  # what was imported is no garbage of the law's
    share = 10 if given.quick else 1
    if given.judge:
        judge_folder(given.judge, given.engine, given.rows)
    elif given.parity or given.fuzz:
        if given.fuzz:
            fuzz(given.fuzz, given.seed)
        if given.parity:
            parity(given.parity, given.seed)
    else:
        one_at_a_time()
        small_set(1_000_000 // share, given.peers)
        counting(300_000 // share)
        a_table(given.rows // share, given.spark_rows // share)


if __name__ == "__main__":
    sys.exit(main())
