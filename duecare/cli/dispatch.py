"""`duecare dispatch`: send what is in the outbox."""

from __future__ import annotations

import time

import click

from .office import set_up_office


@click.command()
@click.option("--once", "mode", flag_value="once", default=True, help="Send what is due, then stop (the default).")
@click.option("--loop", "mode", flag_value="loop", help="Look again and again until stopped.")
@click.option("--every", default=2.0, show_default=True, help="Seconds between two looks.")
@click.option("--limit", default=50, show_default=True, help="Messages in one look.")
@click.option("--lease", default=120.0, show_default=True, help="Seconds after which another dispatcher may take over.")
def dispatch(mode: str, every: float, limit: int, lease: float) -> None:
    """Send due messages; the law is asked again for each. Any number of dispatchers may run."""
    set_up_office()
    from datetime import timedelta

    from django.db import close_old_connections

    from duecare.office.outreach.dispatcher import dispatch_once
    from duecare.office.site import clock

    while True:
        try:
            done = dispatch_once(at=clock.now(), limit=limit, lease=timedelta(seconds=lease))
            if done.total or mode == "once":
                click.echo(
                    f"sent {done.sent:,}, later {done.deferred:,}, refused {done.refused:,}, failed {done.failed:,}, "
                    f"not known {done.unknown:,}, no longer true {done.cancelled:,}"
                )
            if mode == "once" and done.total < limit:
                return
            if mode == "loop" and done.total < limit:
                time.sleep(every)
            close_old_connections()
        except KeyboardInterrupt:
            return
