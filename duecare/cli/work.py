"""`duecare work`: the office's background hand. Sends what is in the outbox and closes each day when it has passed."""

from __future__ import annotations

import logging
import signal
import time
from datetime import timedelta

import click

from .office import set_up_office

log = logging.getLogger("duecare.work")


@click.command()
@click.option("--every", default=2.0, show_default=True, help="Seconds between two looks at the outbox.")
def work(every: float) -> None:
    """Dispatch messages and close days until stopped. Any number may run; each message is claimed by one."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stop)
    set_up_office()
    from django.conf import settings
    from django.db import close_old_connections

    from duecare.office.crm.services import close_day
    from duecare.office.desk.services import plan_day
    from duecare.office.outreach.dispatcher import dispatch_once
    from duecare.office.site import clock

    closed_on, planned_at = clock.today(), clock.now()
    while True:
        try:
            close_old_connections()
            now = clock.now()
            dispatch_once(at=now)
            if clock.today(now) != closed_on:
                if settings.DEMO:
                    from duecare.office.site import demo

                    demo.feed_payments()
                close_day(now)
                plan_day(now)
                closed_on, planned_at = clock.today(now), now
            elif abs(now - planned_at) >= timedelta(hours=1):
                plan_day(now, again=True)
                planned_at = now
            time.sleep(every)
        except KeyboardInterrupt:
            return
        except Exception:
            # Nothing is lost: rows are claimed with a lease. Say what happened and look again.
            log.exception("a round of background work failed; trying again in ten seconds")
            time.sleep(10)


def _stop(*_: object) -> None:
    """Stop between two rounds, or midway: an unfinished round is a transaction that is not kept."""
    raise KeyboardInterrupt
