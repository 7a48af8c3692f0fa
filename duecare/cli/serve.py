"""`duecare serve`: prepare the office and open its doors."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click

from .office import set_up_office


@click.command()
@click.option("--host", default=lambda: os.environ.get("HOST", "127.0.0.1"), show_default="127.0.0.1 or HOST")
@click.option("--port", type=int, default=lambda: int(os.environ.get("PORT", "8000")), show_default="8000 or PORT")
@click.option("--prepare-only", is_flag=True, help="Create or renew the office, then stop.")
def serve(host: str, port: int, prepare_only: bool) -> None:
    """Prepare the office (database, demo content on first use) and serve it."""
    if not prepare_only:
        _claim(host, port)
    fresh = _mark_demo_office()
    set_up_office()
    _prepare(fresh)
    if prepare_only:
        return
    _claim(host, port)
    # Set both: a shell that starts the office in the background (`./run &` in a script) has its children ignore SIGINT.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stop)
    children = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "granian",
                *("--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"),
                *("--blocking-threads", "4", "--log-level", "warning", "--no-ws"),
                "duecare.office.site.wsgi:application",
            ]
        ),
        subprocess.Popen([sys.executable, "-m", "duecare", "work"]),
    ]
    try:
        _wait_until_open(host, port, children[0])
        _greet(host, port)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        stopped = next(child for child in children if child.poll() is not None)
        click.echo(
            f"A part of the office stopped (exit {stopped.returncode}): {' '.join(map(str, stopped.args[:4]))}",
            err=True,
        )  # type: ignore[index]
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nClosing.")
    finally:
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _claim(host: str, port: int) -> None:
    """Fail early and plainly where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host}:{port} cannot be used ({error.strerror}). Another program, perhaps another Duecare, holds the "
                f"port: stop it, or choose another with  PORT={port + 1} ./run"
            ) from error


def _mark_demo_office() -> bool:
    """A home without a database becomes a demo office, unless DUECARE_DEMO=0 says otherwise. Returns whether it is new."""
    from duecare.office.site.home import home

    here = home()
    here.path.mkdir(parents=True, exist_ok=True)
    new = not here.database.exists() and not os.environ.get("DUECARE_DATABASE")
    if new and os.environ.get("DUECARE_DEMO", "1") == "1":
        (here.path / "demo-office").write_text("This office holds invented people; its clock may be set.\n")
    return new


def _prepare(fresh: bool) -> None:
    from django.conf import settings
    from django.core.management import call_command

    with step("Preparing the database" if fresh else "Checking the database"):
        call_command("migrate", verbosity=0, interactive=False)
    from duecare.office.outreach.library import ensure_templates

    with step("Loading the message templates"):
        ensure_templates()
    if settings.DEMO:
        from duecare.office.site import demo

        if not demo.is_loaded():
            demo.load(say=step)
        demo.feed_payments(say=step)
    from duecare.office.crm.services import close_day
    from duecare.office.desk.services import plan_day
    from duecare.office.site import clock

    with step("Closing past days and making today's lists"):
        now = clock.now()
        close_day(now)
        plan_day(now)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done and how long it took; a step that takes longer than two seconds is seen to be running."""
    begun = time.monotonic()
    if sys.stderr.isatty():
        click.echo(f"  … {what}", err=True, nl=False)
    yield
    took = time.monotonic() - begun
    click.echo(f"\r  ✓ {what} ({took:.1f} s)" if sys.stderr.isatty() else f"  ✓ {what} ({took:.1f} s)", err=True)


def _wait_until_open(host: str, port: int, server: subprocess.Popen[bytes]) -> None:
    address = "127.0.0.1" if host in ("0.0.0.0", "") else "[::1]" if host == "::" else host
    until = time.monotonic() + timedelta(seconds=60).total_seconds()
    while time.monotonic() < until:
        if server.poll() is not None:
            raise click.ClickException(f"The server stopped at once (exit {server.returncode}); see the lines above.")
        try:
            with urllib.request.urlopen(f"http://{address}:{port}/health/", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise click.ClickException("The server did not answer within a minute.")


def _greet(host: str, port: int) -> None:
    from django.conf import settings

    from duecare.office.people.models import User

    shown = "127.0.0.1" if host == "0.0.0.0" else host
    click.echo(f"\nDuecare 善催 is open at  http://{shown}:{port}/\n")
    if settings.DEMO:
        from duecare.office.site.demo import PASSWORD

        click.echo(f"Demo sign-ins (password for all: {PASSWORD}):")
        for user in User.objects.filter(is_demo=True).order_by("id"):
            click.echo(f"  {user.username:<10} {user.display_name:<14} {user.get_role_display()}")
    click.echo("\nStop with Ctrl+C.")
