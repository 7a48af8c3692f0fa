"""`duecare trace TRAIN TEST`: how well are learners' next answers foretold?"""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path

import click

from duecare.learning.tracing import Scores, TraceReport, read_learners
from duecare.learning.tracing import trace as trace_learners


@click.command()
@click.argument("train", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("test", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def trace(train: Path, test: Path, as_json: bool) -> None:
    """Learn a tracer from TRAIN, predict every answer of TEST from what came before it, and print how good that was.

    Both files have three lines a learner: the number of responses; the skills, comma separated; correct (1) or not (0).
    """
    started = time.perf_counter()
    try:
        report = trace_learners(read_learners(train), read_learners(test))
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    seconds = round(time.perf_counter() - started, 2)
    click.echo(_json(report, seconds) if as_json else _table(report, seconds))


def _rounded(scores: Scores) -> dict[str, float]:
    return {name: round(value, 5) for name, value in dataclasses.asdict(scores).items()}


def _json(report: TraceReport, seconds: float) -> str:
    return json.dumps(
        {
            **_rounded(report.tracer),
            "seconds": seconds,
            "train": {"learners": report.train_learners, "responses": report.train_responses},
            "test": {"learners": report.test_learners, "responses": report.test_responses},
            "skills": report.skills,
            "skills_unseen_in_training": report.skills_unseen,
            "baselines": {"elo": _rounded(report.elo), "skill_mean": _rounded(report.skill_mean)},
            "strongest": [{"feature": name, "weight": weight} for name, weight in report.strongest],
        },
        ensure_ascii=False,
        indent=2,
    )


def _table(report: TraceReport, seconds: float) -> str:
    lines = [
        f"learned from {report.train_responses:,} responses of {report.train_learners:,} learners on {report.skills} skills",
        f"foretold {report.test_responses:,} responses of {report.test_learners:,} learners in {seconds} s",
        "",
        f"{'':12}{'AUC':>8}{'95 % interval':>18}{'log-loss':>10}{'calibration error':>19}",
    ]
    for name, one in (("tracer", report.tracer), ("Elo", report.elo), ("skill mean", report.skill_mean)):
        interval = f"{one.auc_low:.4f}–{one.auc_high:.4f}"
        lines.append(f"{name:12}{one.auc:8.4f}{interval:>18}{one.log_loss:10.4f}{one.calibration_error:19.4f}")
    lines += ["", "strongest weights: " + ", ".join(f"{name} {weight:+.2f}" for name, weight in report.strongest)]
    return "\n".join(lines)


if __name__ == "__main__":
    trace()
