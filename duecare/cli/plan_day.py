"""`duecare plan-day`: today's lists for every collector."""

from __future__ import annotations

import click

from .imports import _progress
from .office import set_up_office


@click.command("plan-day")
@click.option("--again", is_flag=True, help="Make lists again that exist already.")
def plan_day(again: bool) -> None:
    """Make today's worklists; the law is asked for every account."""
    set_up_office()
    from duecare.office.desk.services import plan_day as plan
    from duecare.office.site import clock

    with _progress() as progress:
        made = plan(clock.now(), again=again, progress=progress)
    click.echo(f"{made:,} entries made")
