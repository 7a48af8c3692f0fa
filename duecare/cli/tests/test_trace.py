"""`duecare trace` prints its figures, and names what is wrong with a file."""

from __future__ import annotations

import json
import random
from pathlib import Path

from click.testing import CliRunner

from duecare.cli.trace import trace


def a_file(path: Path, seed: int) -> str:
    """Forty learners on three skills, each with a chance of their own to be right."""
    draw = random.Random(seed)
    lines = []
    for _ in range(40):
        ability = draw.random()
        lines += ["12", ",".join(draw.choice("789") for _ in range(12))]
        lines.append(",".join(str(int(draw.random() < ability)) for _ in range(12)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_the_figures_are_printed_as_json_and_as_a_table(tmp_path: Path) -> None:
    files = [a_file(tmp_path / f"{seed}.csv", seed) for seed in (8, 9)]
    found = CliRunner().invoke(trace, [*files, "--json"])
    assert found.exit_code == 0
    told = json.loads(found.stdout)
    assert {"auc", "log_loss", "calibration_error", "seconds"} <= set(told)
    assert told["test"] == {"learners": 40, "responses": 480}
    assert told["baselines"]["elo"]["auc"] > 0.5
    table = CliRunner().invoke(trace, files)
    assert "calibration error" in table.stdout


def test_a_broken_file_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("1\n7\n", encoding="utf-8")
    found = CliRunner().invoke(trace, [str(broken), str(broken)])
    assert found.exit_code == 1
    assert "broken.csv" in found.output
    assert "breaks off" in found.output
