"""`duecare catalogue`: the Chinese of what the office says in English."""

from __future__ import annotations

import sys

import click


@click.group()
def catalogue() -> None:
    """Message catalogues: update, check, compile. Needs no system gettext."""


@catalogue.command()
def update() -> None:
    """Collect what the office says; list what waits for a translation."""
    from duecare.office.site import catalogue as catalogues

    waiting = catalogues.update()
    for line in waiting:
        click.echo(line)
    click.echo(f"{len(waiting)} waiting")


@catalogue.command()
def check() -> None:
    """Fail where something is said in one language only."""
    from duecare.office.site import catalogue as catalogues

    problems = catalogues.problems()
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo("every message has its translation")


@catalogue.command("compile")
def compile_() -> None:
    """Write the binary catalogues."""
    from duecare.office.site import catalogue as catalogues

    click.echo(f"{catalogues.compile_all()} catalogues compiled")
