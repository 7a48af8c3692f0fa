"""`duecare check contacts`: requests in, decisions out, a line each, in the same order."""

from __future__ import annotations

from typing import IO

import click

from duecare.cli.lines import answer_each, in_and_out
from duecare.law import Library, default_library


@click.command()
@in_and_out
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of the sentences."
)
def contacts(source: IO[bytes], output: IO[str] | None, lang: str) -> None:
    """May these contacts be made? Reads JSON lines of the schema `contact-request`, writes `contact-decision` lines.

    A line that cannot be read is denied with `error`; the run goes on.
    """
    library = default_library()
    answer_each(source, output, lambda line, number: decide(library, line, number, lang))


def decide(library: Library, line: bytes, number: int, lang: str) -> str:
    """The decision on one line, as JSON."""
    import msgspec

    answer = library.judge(line, lang="zh" if lang == "zh" else "en").to_dict()
    if "error" in answer:
        answer["error"] = f"line {number}: {answer['error']}"
    return msgspec.json.encode(answer).decode()
