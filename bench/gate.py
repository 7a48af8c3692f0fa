"""One decision of the law gate: all rules of the person's jurisdictions, ten past contacts, reasons and sources. Prints microseconds.

Run:  .venv/bin/python bench/gate.py
"""

from __future__ import annotations

import json
import statistics
import time

from duecare.law import default_library

library = default_library()
history = [
    {
        "at": f"2026-10-{day:02}T10:00:00-04:00",
        "channel": "call",
        "direction": "outbound",
        "outcome": "no_answer",
        "debt_ids": ["D1"],
    }
    for day in range(1, 11)
]
base = {
    "id": "bench", "channel": "call", "collector": {"kind": "agency", "licences": ["US", "US-NY-NYC"]},
    "debt": {"id": "D1", "kind": "credit_card", "consumer": True, "due_date": "2026-05-15"},
    "person": {"id": "P1", "role": "debtor", "jurisdictions": ["US", "US-NY", "US-NY-NYC"], "time_zones": ["America/New_York"]},
    "address": {"kind": "mobile"}, "history": history,
}  # fmt: skip
NYC = ["US", "US-NY", "US-NY-NYC"]
CASES = {
    "allowed, history outside the counters' windows": ("2026-10-20T11:00:00-04:00", NYC),
    "allowed, six of ten contacts counted": ("2026-10-11T11:00:00-04:00", ["US"]),
    "refused, next moment found": ("2026-10-11T07:00:00-04:00", NYC),
}

for name, (at, places) in CASES.items():
    line = json.dumps({**base, "at": at, "person": {**base["person"], "jurisdictions": places}}).encode()
    assert library.judge(line).error is None
    times = []
    for _ in range(3000):
        begun = time.perf_counter_ns()
        library.judge(line)
        times.append((time.perf_counter_ns() - begun) / 1000)
    times.sort()
    print(
        f"gate, {name}: median {statistics.median(times):.0f} µs, p99 {times[int(len(times) * 0.99)]:.0f} µs (aim 100 µs)"
    )
