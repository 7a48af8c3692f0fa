"""Import of a million generated placements. Prints rows a second and peak memory.

Run:  .venv/bin/python bench/import_rows.py [rows]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000

with tempfile.TemporaryDirectory(prefix="duecare-bench-") as folder:
    path = Path(folder) / "placements.csv"
    from duecare.exchange import write_portfolio

    begun = time.monotonic()
    write_portfolio(path, rows=ROWS, as_of=date(2026, 11, 24), seed=1)
    print(f"generated {ROWS:,} rows in {time.monotonic() - begun:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
    environment = {**os.environ, "DUECARE_HOME": str(Path(folder) / "home"), "DUECARE_DEMO": "0"}
    subprocess.run([sys.executable, "-m", "duecare", "manage", "migrate", "-v", "0"], env=environment, check=True)
    begun = time.monotonic()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "duecare",
            "import",
            "placements",
            str(path),
            "--mapping",
            "generated",
            "--expect-count",
            str(ROWS),
        ],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    took = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    size = sum(file.stat().st_size for file in (Path(folder) / "home").glob("duecare.sqlite3*")) / 1e6
    print(
        f"imported {ROWS:,} rows in {took:.1f} s: {ROWS / took:,.0f} rows a second, peak {peak:,.0f} MiB, database {size:,.0f} MB"
    )
    print("aim: 1,000,000 rows in 120 s and 1,024 MiB")
