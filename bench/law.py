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
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from duecare.law import default_library, load_library, read_request
from duecare.law.compiled import compile_rules
from duecare.law.tests import generator

LIBRARY = default_library()
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


def contacts(rows: int, places: list[str], seed: int) -> pa.Table:
    """Random contacts with ten past contacts each, repeated to so many rows with instants of their own."""
    draw = Random(seed)
    made = []
    for one in generator.contacts(LIBRARY, min(rows, 20_000), seed, places):
        at = datetime.fromisoformat(one["at"])
        one["history"] = [generator._past(draw, at, one["channel"]) for _ in range(10)]
        made.append(generator._without_nothing(one))
    table = pa.Table.from_struct_array(pa.array(made))
    return pa.concat_tables([table] * -(-rows // len(table))).combine_chunks().slice(0, rows)


def a_table(rows: int, engine_name: str = "duckdb") -> None:
    from duecare.law.columns.batch import Batch
    from duecare.law.columns.engines import DuckDB, Spark

    places = ["US-NY-NYC", "CN", "GB"]
    table = contacts(rows, places, 3)
    batch = Batch(LIBRARY, DuckDB() if engine_name == "duckdb" else Spark.local())
    batch.judge(table.slice(0, 200))  # write the expressions
    begun = time.perf_counter()
    answers = [batch.judge(table.slice(at, 100_000)) for at in range(0, rows, 100_000)]
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    denied = sum(answer["verdict"].to_pylist().count("deny") for answer in answers)
    print(
        f"  {engine_name}: {rows:,} contacts of {', '.join(places)}, ten past contacts each, counted from raw history, with reasons and next moment:"
    )
    print(
        f"  {rows / took:,.0f} decisions a second, peak memory {peak:.2f} GB (aim: under 2), {denied:,} denied",
        flush=True,
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
    owners, instants = draw.integers(0, keys, keys * 12), draw.integers(0, 60 * 86_400_000_000, keys * 12)
    new_owners, new_instants = (
        draw.integers(0, keys, keys * 12 // 100),
        draw.integers(60 * 86_400_000_000, 61 * 86_400_000_000, keys * 12 // 100),
    )
    con = duckdb.connect(config={"threads": 2})
    con.register("given", pa.table({"key": np.append(owners, new_owners), "moment": np.append(instants, new_instants)}))
    con.execute("CREATE TABLE calls AS SELECT * FROM given")
    window = "SELECT key, moment FROM (SELECT key, moment, row_number() OVER (PARTITION BY key ORDER BY moment DESC) AS n FROM calls) WHERE n = 7"
    ours = "SELECT key, CASE WHEN len(l) >= 7 THEN l[len(l) - 6] END AS moment FROM (SELECT key, list_sort(list(moment)) AS l FROM calls GROUP BY key)"
    slow = min(_timed(lambda: con.sql(window).fetchnumpy()) for _ in range(3))
    columns = min(_timed(lambda: con.sql(ours).fetchnumpy()) for _ in range(3))
    counter = Counter(keys, 7)
    counter.add(owners, instants)
    added = _timed(lambda: counter.add(new_owners, new_instants))
    told = con.sql(window).fetchnumpy()
    known = dict(zip(told["key"].tolist(), told["moment"].tolist(), strict=True))
    kept = counter.decisive()
    assert all(kept[key] == known.get(key, NONE) for key in range(keys))
    print(
        f"counting, {keys:,} debts with twelve raw calls each: window query {slow:.2f} s, as the columns ask {columns:.2f} s ({columns / slow:.1f} times; aim: 2)"
    )
    print(
        f"  counters that take in 1 % more: {added:.3f} s, {slow / added:.0f} times faster than the window query (aim: 10), same instants",
        flush=True,
    )


def parity(count: int) -> None:
    from duecare.law.columns.batch import Batch

    batch, differ, begun, told = Batch(LIBRARY), 0, time.perf_counter(), 0.0
    chunk = 50_000
    for start in range(0, count, chunk):
        requests = list(generator.contacts(LIBRARY, min(chunk, count - start), seed=start))
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


def fuzz(count: int) -> None:
    draw = Random(9)
    slowest, slow_line, malformed, begun = 0.0, b"", 0, time.perf_counter()
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
    for number, asked in enumerate(generator.contacts(LIBRARY, count, seed=9)):
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
        start = time.thread_time()  # of this thread alone: others on the machine are not the law's fault
        decision = LIBRARY.judge(line)
        took = time.thread_time() - start
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
                f"  {number + 1:,} requests, {malformed:,} of them unreadable, slowest {slowest * 1000:.1f} ms of processor time (aim: 50), {(number + 1) / passed:,.0f} a second",
                flush=True,
            )
    if slowest > 0.05:
        print("  the slowest:", slow_line[:600])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300_000, help="contacts of the table")
    parser.add_argument("--peers", help="an interpreter that has the other engines")
    parser.add_argument("--spark", action="store_true", help="a table on a local Spark too")
    parser.add_argument("--parity", type=int)
    parser.add_argument("--fuzz", type=int)
    given = parser.parse_args()
    gc.collect()
    gc.freeze()  # what was imported is no garbage of the law's
    if given.parity or given.fuzz:
        if given.fuzz:
            fuzz(given.fuzz)
        if given.parity:
            parity(given.parity)
        return
    one_at_a_time()
    small_set(1_000_000, given.peers)
    counting(300_000)
    print("a table of contacts")
    a_table(given.rows)
    if given.spark:
        a_table(min(given.rows, 100_000), "spark")


if __name__ == "__main__":
    sys.exit(main())
