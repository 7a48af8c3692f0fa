"""`duecare check contacts`: requests in, decisions out, in the same order: line by line, or a whole table at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duecare.cli.lines import answer_each
from duecare.law import Library, default_library

if TYPE_CHECKING:
    from duecare.law.columns.engines import Engine

ROWS_AT_ONCE = 100_000
"""Of a table: enough to make good use of an engine, few enough to keep memory even."""


@click.command()
@click.argument("source", metavar="FILE|-", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Where to write; standard output if left out.")
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of the sentences."
)
@click.option("--batch", is_flag=True, help="FILE is a Parquet table of contacts; the answers are one too.")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="Where a table is judged.",
)
def contacts(source: str, output: str | None, lang: str, batch: bool, engine: str) -> None:
    """May these contacts be made? Reads JSON lines of the schema `contact-request`, writes `contact-decision` lines.

    A line that cannot be read is denied with `error`; the run goes on. With --batch the contacts are the rows of a Parquet file, its columns those of the
    schema; written are id, verdict, reason (the rule that decides), reasons, next_allowed_at and error.
    """
    library = default_library()
    if batch:
        if output is None or source == "-":
            raise click.UsageError("--batch reads a file and writes one: give FILE and -o OUT.parquet")
        judge_file(library, Path(source), Path(output), engine)
        return
    with (
        click.open_file(source, "rb") as lines,
        click.open_file(output or "-", "w", encoding="utf-8", atomic=output is not None) as out,
    ):
        answer_each(lines, out, lambda line, number: decide(library, line, number, lang))


def decide(library: Library, line: bytes, number: int, lang: str) -> str:
    """The decision on one line, as JSON."""
    import msgspec

    answer = library.judge(line, lang="zh" if lang == "zh" else "en").to_dict()
    if "error" in answer:
        answer["error"] = f"line {number}: {answer['error']}"
        # JSON can escape half of a surrogate pair, which no text can hold.
        answer["id"] = answer["id"].encode("utf-8", "replace").decode()
    return msgspec.json.encode(answer).decode()


def judge_file(library: Library, source: Path, output: Path, engine: str) -> None:
    """Judge a Parquet table, some rows at a time. The answers stand under their name only when all are there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from duecare.law.columns import BatchError
    from duecare.law.columns.batch import ANSWER, Batch

    try:
        table = pq.ParquetFile(source)
    except (pa.ArrowInvalid, OSError) as error:
        raise click.ClickException(f"{source}: this is no Parquet file ({error})") from error
    judged, total = Batch(library, _engine(engine)), table.metadata.num_rows
    unfinished = output.with_name(output.name + ".part")
    begun, told, done = time.monotonic(), 0.0, 0
    verdicts: dict[str, int] = {}
    try:
        with pq.ParquetWriter(unfinished, ANSWER) as writer:
            for rows in table.iter_batches(ROWS_AT_ONCE):
                answers = judged.judge(pa.Table.from_batches([rows]))
                writer.write_table(answers)
                done += len(rows)
                for count in answers["verdict"].value_counts().to_pylist():
                    verdicts[count["values"]] = verdicts.get(count["values"], 0) + count["counts"]
                passed = time.monotonic() - begun
                if passed > told + 2:
                    told = passed
                    click.echo(f"{done:,} of {total:,} contacts judged, {done / passed:,.0f} a second", err=True)
        unfinished.replace(output)
    except BatchError as error:
        raise click.ClickException(f"{source}: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    counts = ", ".join(f"{verdicts[name]:,} {name}" for name in ("allow", "review", "deny") if name in verdicts)
    click.echo(f"{done:,} contacts judged by {len(library.rules())} rules: {counts or 'none'}", err=True)


def _engine(name: str) -> Engine:
    from duecare.law.columns.engines import DuckDB, Spark

    if name == "duckdb":
        return DuckDB()
    try:
        return Spark.local()
    except ImportError as error:
        raise click.ClickException("Spark is not installed: pip install 'duecare[scale]', and Java 17") from error
