"""`duecare law`: what the rulebooks hold."""

from __future__ import annotations

import click

from duecare.law import default_library


@click.group()
def law() -> None:
    """The rulebooks: what they hold and how sure they are."""


@law.command()
def status() -> None:
    """Per jurisdiction: rules, verified, unverified, examples."""
    library = default_library()
    click.echo(f"rulebooks {library.version[:12]}")
    click.echo(f"{'jurisdiction':<14}{'rules':>7}{'verified':>10}{'unverified':>12}{'examples':>10}")
    totals = [0, 0, 0, 0]
    for name in library.jurisdictions():
        rules = library.rules(name)
        verified = sum(rule.status == "verified" for rule in rules)
        row = [len(rules), verified, len(rules) - verified, sum(len(rule.examples) for rule in rules)]
        totals = [a + b for a, b in zip(totals, row, strict=True)]
        click.echo(f"{name:<14}{row[0]:>7}{row[1]:>10}{row[2]:>12}{row[3]:>10}")
    click.echo(f"{'all':<14}{totals[0]:>7}{totals[1]:>10}{totals[2]:>12}{totals[3]:>10}")


@law.command()
@click.argument("rule")
def show(rule: str) -> None:
    """One rule: sentence, source, how sure, values over time, examples."""
    try:
        found = default_library().rule(rule)
    except KeyError as error:
        raise click.ClickException(f"there is no rule {rule}; `duecare law status` lists the jurisdictions") from error
    click.echo(f"{found.id}  ({found.kind}, {found.jurisdiction})\n{found.sentence['en']}\n{found.sentence['zh']}")
    click.echo(f"source: {found.source}\n{found.status}: {found.basis}\nin {found.file}, line {found.line}")
    for step in found.dated:
        click.echo(f"from {step.since}: {dict(step.values)}")
    for example in found.examples:
        click.echo(f"example: {example.why or dict(example.facts)} → {example.expect}")
