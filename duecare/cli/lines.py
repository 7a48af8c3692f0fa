"""JSON lines in, JSON lines out, in the same order: what `check` and `assess` have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import IO, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., None])


def in_and_out(command: Command) -> Command:
    """The argument FILE|- and the option -o of a command that answers line by line."""
    command = click.option(
        "-o",
        "--output",
        type=click.File("w", encoding="utf-8", atomic=True),
        default=None,
        help="Where to write; standard output if left out.",
    )(command)
    return click.argument("source", metavar="FILE|-", type=click.File("rb"))(command)


def answer_each(source: IO[bytes], output: IO[str] | None, answer: Callable[[bytes, int], str]) -> None:
    """Write the answer to each line that is not empty; `answer` is given the line and its number, from 1."""
    out = output or sys.stdout
    for number, line in enumerate(source, start=1):
        if line.strip():
            out.write(answer(line, number) + "\n")
    out.flush()
