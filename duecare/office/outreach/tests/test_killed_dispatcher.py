"""A dispatcher killed at any moment never makes a message go out twice, and none is lost without saying so.

Real processes, a real database file, a real SMTP server. The kill (SIGKILL) comes at a random moment after the process has
begun to dispatch, so that it strikes while claiming, asking, handing over or recording.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

CLONE = Path(__file__).resolve().parents[4]

# Runs in processes of its own, against a home of its own; says "ready" when it is about to dispatch.
PREPARE = """
    import sys
    from duecare.cli.office import set_up_office
    set_up_office()
    from django.conf import settings
    from django.core.management import call_command
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    from duecare.office.outreach import wording
    wording.check = lambda text, **_about: []
    from duecare.office.outreach.tests.conftest import make_office
    from duecare.office.crm.tests.factories import make_account, make_creditor, make_party
    from duecare.office.outreach.services import send_message
    channel, count = sys.argv[1], int(sys.argv[2])
    office = make_office()
    for number in range(count):
        party = make_party(mobile=f"+86 100 0000 {number:04}", email=f"debtor{number}@example.com")
        account = make_account(party=party, assigned_to=office.collector, creditor=office.account.creditor, at=office.at)
        kind = {"sms": "mobile", "email": "email"}[channel]
        sent = send_message(account=account, party=party, contact_point=party.contact_points.get(kind=kind),
                            channel=channel, key="reminder", by=office.collector, at=office.at)
        assert sent.message is not None, sent.permit.decision
"""
# One process loads the office and forks a dispatcher for each kill: the child is a process of its own with connections of its own,
# and SIGKILL leaves it no last word. Prints how many were killed before they were done.
KILLER = """
    import os, random, signal, sys, time
    from datetime import timedelta
    from duecare.cli.office import set_up_office
    set_up_office()
    from django.db import connections
    from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI
    from duecare.office.outreach.dispatcher import dispatch_once
    from duecare.office.outreach.gate import library
    from duecare.office.outreach.models import OutboxMessage

    def dispatch_all():
        until = time.monotonic() + 60
        while time.monotonic() < until and OutboxMessage.objects.filter(status__in=["queued", "claimed"]).exists():
            dispatch_once(at=TUESDAY_TEN_IN_SHANGHAI, lease=timedelta(seconds=0.2))
            time.sleep(0.02)

    library()
    kills, chance, killed = int(sys.argv[1]), random.Random(int(sys.argv[2])), 0
    for _ in range(kills):
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                dispatch_all()
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0.01, 0.2))
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        time.sleep(0.05)
    dispatch_all()
    print(killed)
"""


def command(script: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(script), *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "DUECARE_HOME": str(home), "DUECARE_DEMO": "0", **more}


def kill_until_done(env: dict[str, str], kills: int, seed: int) -> int:
    """Kill dispatchers one after the other at random moments, then let one finish. Returns how many died at work."""
    done = subprocess.run(
        command(KILLER, str(kills), str(seed)),
        cwd=CLONE,
        env=env,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return int(done.stdout.split()[-1])


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(home / "duecare.sqlite3") as database:
        found = database.execute(query).fetchall()
    database.close()
    return found


def verify_chains(env: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "duecare", "audit", "verify"], cwd=CLONE, env=env, check=True, capture_output=True
    )


def check_folder(tmp_path: Path, *, messages: int, kills: int, seed: int) -> None:
    env = environment(tmp_path)
    subprocess.run(command(PREPARE, "sms", str(messages)), cwd=CLONE, env=env, check=True, capture_output=True)
    killed = kill_until_done(env, kills, seed)
    assert killed >= kills * 0.8, "the dispatchers ended before they could be killed"
    keys = [str(key) for (key,) in rows(tmp_path, "SELECT idempotency_key FROM outreach_outboxmessage")]
    laid = [path.stem for path in (tmp_path / "outbox").iterdir() if not path.name.startswith(".")]
    assert sorted(laid) == sorted(keys)
    statuses = Counter(status for (status,) in rows(tmp_path, "SELECT status FROM outreach_outboxmessage"))
    assert statuses == {"sent": messages}
    contacts = rows(tmp_path, "SELECT account_id, count(*) FROM crm_activity GROUP BY account_id")
    assert [count for _account, count in contacts] == [1] * messages
    assert all((path.stat().st_mode & 0o777) == 0o600 for path in (tmp_path / "outbox").iterdir())
    verify_chains(env)


class Postbox:
    """Takes every message, a little slowly, so that a kill can strike in the middle."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        import asyncio

        found = re.search(rb"^Message-ID: <([0-9a-f]+)@", envelope.content, re.MULTILINE | re.IGNORECASE)  # type: ignore[attr-defined]
        assert found is not None
        self.taken.append(found.group(1).decode())
        await asyncio.sleep(0.03)
        return "250 taken"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, dict[str, str]]]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=0)
    controller.port = _free_port()
    controller.start()
    try:
        yield (
            box,
            {
                "DUECARE_CHANNEL_EMAIL": "smtp",
                "DUECARE_SMTP_HOST": "127.0.0.1",
                "DUECARE_SMTP_PORT": str(controller.port),
                "DUECARE_SMTP_STARTTLS": "0",
                "DUECARE_SMTP_FROM": "office@duecare.example",
            },
        )
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_smtp(tmp_path: Path, box: Postbox, settings: dict[str, str], *, messages: int, kills: int, seed: int) -> None:
    env = environment(tmp_path, **settings)
    subprocess.run(command(PREPARE, "email", str(messages)), cwd=CLONE, env=env, check=True, capture_output=True)
    kill_until_done(env, kills, seed)
    assert max(Counter(box.taken).values()) == 1, "a message went out twice"
    found = rows(tmp_path, "SELECT idempotency_key, status, last_error FROM outreach_outboxmessage")
    for key, status, error in found:
        assert (status, error) in {("sent", ""), ("failed", "unknown")}
        if status == "sent":
            assert key in box.taken
    # What is not known to have gone is counted as a contact all the same: nobody is written to more often for a crash.
    contacts = rows(tmp_path, "SELECT account_id, count(*) FROM crm_activity GROUP BY account_id")
    assert [count for _account, count in contacts] == [1] * messages
    verify_chains(env)


@pytest.mark.slow
def test_killed_twenty_times_the_folder_holds_each_message_once(tmp_path: Path) -> None:
    check_folder(tmp_path, messages=60, kills=20, seed=1)


@pytest.mark.slow
def test_killed_twenty_times_no_mail_goes_out_twice(tmp_path: Path, postbox: tuple[Postbox, dict[str, str]]) -> None:
    check_smtp(tmp_path, *postbox, messages=40, kills=20, seed=2)


@pytest.mark.slow
def test_killed_a_hundred_times_no_message_goes_out_twice(
    tmp_path: Path, postbox: tuple[Postbox, dict[str, str]]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "smtp").mkdir()
    check_folder(tmp_path / "folder", messages=400, kills=100, seed=3)
    check_smtp(tmp_path / "smtp", *postbox, messages=250, kills=100, seed=4)
