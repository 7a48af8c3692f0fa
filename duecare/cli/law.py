"""`duecare law`: what the rulebooks hold, and what can be worked out from a law's figures."""

from __future__ import annotations

import click

from duecare.cli.law_calculators import cap, interest, limitation, retention
from duecare.law import default_library


@click.group()
def law() -> None:
    """The rulebooks, how sure they are, and the calculators of the law."""


law.add_command(cap)
law.add_command(interest)
law.add_command(limitation)
law.add_command(retention)


@law.command()
def status() -> None:
    """Per jurisdiction: rules, verified, unverified, examples, and when one of them was last checked."""
    library = default_library()
    click.echo(f"rulebooks {library.version[:12]}")
    click.echo(f"{'jurisdiction':<14}{'rules':>7}{'verified':>10}{'unverified':>12}{'examples':>10}  last checked")
    totals = [0, 0, 0, 0]
    days = []
    for name in library.jurisdictions():
        rules = library.rules(name)
        verified = sum(rule.status == "verified" for rule in rules)
        row = [len(rules), verified, len(rules) - verified, sum(len(rule.examples) for rule in rules)]
        totals = [a + b for a, b in zip(totals, row, strict=True)]
        checked = [rule.checked for rule in rules if rule.checked is not None]
        days += checked
        last = max(checked).isoformat() if checked else "never"
        click.echo(f"{name:<14}{row[0]:>7}{row[1]:>10}{row[2]:>12}{row[3]:>10}  {last}")
    last = max(days).isoformat() if days else "never"
    click.echo(f"{'all':<14}{totals[0]:>7}{totals[1]:>10}{totals[2]:>12}{totals[3]:>10}  {last}")


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
    click.echo(f"last checked: {found.checked or 'never'}")
    for step in found.dated:
        click.echo(f"from {step.since}: {dict(step.values)}")
    for example in found.examples:
        click.echo(f"example: {example.why or dict(example.facts)} → {example.expect}")
