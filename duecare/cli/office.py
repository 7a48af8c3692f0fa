"""Commands that need the office: its database, its clock, its people."""

from __future__ import annotations

import os
import sys

import click

NEED_AN_OFFICE = frozenset({"changepassword", "createsuperuser", "dumpdata", "loaddata", "shell"})
"""Django's commands that ask for rows; in a home without a database they come first to an empty office."""


def set_up_office() -> None:
    """Make Django ready, and the database where there is none yet. Called by every command that touches it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duecare.office.site.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    # Whoever opens a SQLite database makes its file, so the file alone is no office yet.
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        from django.core.management import call_command

        click.echo(f"  … making a new office in {settings.HOME.path}", err=True)
        call_command("migrate", verbosity=0, interactive=False)


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own commands: migrate, shell, createsuperuser, …"""
    if arguments and arguments[0] in NEED_AN_OFFICE and "--help" not in arguments:
        set_up_office()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duecare.office.site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["duecare manage", *arguments])


@click.group()
def audit() -> None:
    """The chained logs: permits, their outcomes, changes to the office's own rules, and the acts of the office."""


@audit.command()
def verify() -> None:
    """Prove each chain from its first row; name the first broken row and exit with 1 where one is broken."""
    set_up_office()
    from duecare.office.site import chain, clock

    broken = False
    for model in chain.chained_models():
        report = chain.verify(model)
        if report.holds:
            click.echo(f"{report.table}: {report.rows:,} rows, chain holds, head {report.head[:12]}")
        else:
            broken = True
            click.echo(f"{report.table}: BROKEN at row {report.broken_at}: {report.why}")
    if broken:
        sys.exit(1)
    chain.anchor(clock.real_now())


@click.command("close-day")
def close_day() -> None:
    """Decide promises whose grace has passed and anchor the audit chains. Safe to run again."""
    set_up_office()
    from duecare.office.crm.services import close_day as close
    from duecare.office.site import clock

    for what, count in close(clock.now()).items():
        click.echo(f"{what.replace('_', ' ')}: {count:,}")
