"""Whatever is cut off, all of it is there or none."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from duecare.exchange import write_portfolio

CLONE = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


def duecare(home: Path, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DUECARE_HOME": str(home), "DUECARE_DEMO": "0"}
    return subprocess.Popen(
        [sys.executable, "-m", "duecare", *arguments],
        cwd=CLONE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )  # type: ignore[call-overload]


def count(home: Path, table: str) -> int:
    with sqlite3.connect(home / "duecare.sqlite3", timeout=30) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.fixture(scope="module")
def placements(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from datetime import date

    path = tmp_path_factory.mktemp("files") / "placements.csv"
    write_portfolio(path, rows=20_000, as_of=date(2026, 11, 24), seed=1)
    return path


@pytest.mark.parametrize("after", [0.6, 1.4, 2.2])
def test_an_import_that_is_killed_leaves_nothing_and_can_be_run_again(
    tmp_path: Path, placements: Path, after: float
) -> None:
    assert duecare(tmp_path, "manage", "migrate", "-v", "0").wait(120) == 0
    run = duecare(tmp_path, "import", "placements", str(placements), "--mapping", "generated")
    until = time.monotonic() + 60
    while (
        not (tmp_path / "duecare.sqlite3-wal").exists() or (tmp_path / "duecare.sqlite3-wal").stat().st_size < 100_000
    ):
        assert time.monotonic() < until
        if run.poll() is not None:
            break
        time.sleep(0.02)
    time.sleep(after)
    was_running = run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.wait()
    rows = count(tmp_path, "crm_claim")
    assert rows in ((0, 20_000) if was_running else (20_000,))
    assert count(tmp_path, "crm_placementbatch") == (1 if rows else 0)
    assert count(tmp_path, "crm_ledgerevent") == rows
    again = duecare(tmp_path, "import", "placements", str(placements), "--mapping", "generated")
    assert again.wait(300) == 0
    assert count(tmp_path, "crm_claim") == 20_000


CONTACT = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "duecare.office.site.settings"
import django; django.setup()
from duecare.office.crm import services
from duecare.office.crm.models import Account, ResultCode
from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI as AT, make_account, make_user
from duecare.office.outreach.permits import permit
import itertools, duecare.office.crm.tests.factories as factories
factories._count = itertools.count(os.getpid() * 1000)
user = make_user(); result = ResultCode.objects.get(code="talked_no_result")
account = make_account(assigned_to=user, at=AT)
party = account.liabilities.get().party; point = party.contact_points.get(kind="mobile")
from datetime import timedelta
for n in range(1000):
    at = AT + timedelta(days=n)
    granted = permit(account=account, party=party, contact_point=point, channel="call", at=at, by=user)
    if granted.is_granted:
        services.record_contact(permit=granted, result=result, by=user, at=at, note="n")
    if n == 0:
        print("ready", flush=True)  # the first has read all that is read once
"""


def test_a_contact_that_is_cut_off_is_recorded_whole_or_not_at_all(tmp_path: Path) -> None:
    assert duecare(tmp_path, "manage", "migrate", "-v", "0").wait(120) == 0
    environment = {**os.environ, "DUECARE_HOME": str(tmp_path), "DUECARE_DEMO": "0"}
    for round_ in range(8):
        run = subprocess.Popen([sys.executable, "-c", CONTACT], cwd=CLONE, env=environment, stdout=subprocess.PIPE)
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\n"
        time.sleep(0.05 + 0.07 * round_)
        run.send_signal(signal.SIGKILL)
        run.wait()
        with sqlite3.connect(tmp_path / "duecare.sqlite3", timeout=30) as database:
            activities = database.execute("SELECT count(*) FROM crm_activity").fetchone()[0]
            outcomes = database.execute("SELECT count(*) FROM outreach_permitoutcome").fetchone()[0]
            orphans = database.execute(
                "SELECT count(*) FROM crm_activity a LEFT JOIN outreach_permitoutcome o ON o.permit_id = a.permit_id WHERE o.id IS NULL"
            ).fetchone()[0]
        assert activities == outcomes
        assert orphans == 0
    assert activities > 0
    verify = duecare(tmp_path, "audit", "verify")
    out, _ = verify.communicate(timeout=120)
    assert verify.returncode == 0, out.decode()
    assert b"chain holds" in out
