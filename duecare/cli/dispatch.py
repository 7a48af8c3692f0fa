"""`duecare dispatch`: send what waits in the outbox."""

from __future__ import annotations

import time

import click

from .office import set_up_office


@click.command()
@click.option("--loop", is_flag=True, help="Go on until stopped.")
@click.option("--every", default=2.0, show_default=True, help="Seconds between two looks, with --loop.")
def dispatch(loop: bool, every: float) -> None:
    """Send what is due in the outbox, asking the law again for each message."""
    set_up_office()
    from duecare.office.outreach.dispatcher import dispatch_once
    from duecare.office.site import clock

    while True:
        sent = dispatch_once(at=clock.now())
        if sent or not loop:
            click.echo(f"{sent:,} sent")
        if not loop:
            return
        time.sleep(every)
