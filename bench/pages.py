"""Server time of the worklist and the account page in an office of 100,000 accounts. Prints p50 and p95 in milliseconds.

The pages are asked through Django's own client, so that the time is the server's: middleware, queries, law gate and templates.

Run:  .venv/bin/python bench/pages.py [accounts]
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

ACCOUNTS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
COLLECTORS = 40
ASKED = 120

folder = tempfile.TemporaryDirectory(prefix="duecare-bench-")
os.environ |= {
    "DUECARE_HOME": folder.name,
    "DUECARE_DEMO": "0",
    "DJANGO_SETTINGS_MODULE": "duecare.office.site.settings",
}
import django  # noqa: E402

django.setup()
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from duecare.exchange import load_mapping, write_portfolio  # noqa: E402
from duecare.office.crm.imports import import_placements  # noqa: E402
from duecare.office.crm.models import Account, Creditor  # noqa: E402
from duecare.office.desk.services import build_worklist  # noqa: E402
from duecare.office.people.models import Team, User  # noqa: E402
from duecare.office.site import clock  # noqa: E402

call_command("migrate", verbosity=0)
now = clock.now()
path = Path(folder.name) / "placements.csv"
write_portfolio(path, rows=int(ACCOUNTS * 1.7), as_of=clock.today(now), seed=2)
import_placements(
    path=path,
    mapping=load_mapping("generated"),
    creditor=Creditor.objects.create(name="Bench"),
    by=None,
    at=now,
    is_generated=True,
)
ids = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:ACCOUNTS])
team = Team.objects.create(name="Bench")
users = [
    User.objects.create(username=f"u{n}", role="collector", team=team, licences=["US", "US-NY-NYC"])
    for n in range(COLLECTORS)
]
share = len(ids) // COLLECTORS
for number, user in enumerate(users):
    mine = ids[number * share : (number + 1) * share]
    for start in range(0, len(mine), 500):
        Account.objects.filter(pk__in=mine[start : start + 500]).update(assigned_to=user)
begun = time.monotonic()
entries = sum(build_worklist(user, now) for user in users[:4])
print(f"{len(ids):,} accounts; lists made at {entries / (time.monotonic() - begun):,.0f} accounts a second")

drawn = random.Random(1)


def measure(name: str, ask) -> None:  # type: ignore[no-untyped-def]
    times = []
    for n in range(ASKED + 5):
        client, url = ask()
        begun = time.perf_counter()
        response = client.get(url)
        took = (time.perf_counter() - begun) * 1000
        assert response.status_code == 200, (url, response.status_code)
        if n >= 5:
            times.append(took)
    times.sort()
    print(f"{name}: p50 {times[len(times) // 2]:.0f} ms, p95 {times[int(len(times) * 0.95)]:.0f} ms (aim p95 100 ms)")


clients = {}
for user in users[:4]:
    clients[user.pk] = Client()
    clients[user.pk].force_login(user)


def worklist():  # type: ignore[no-untyped-def]
    return drawn.choice(list(clients.values())), reverse("desk:today")


def account():  # type: ignore[no-untyped-def]
    user = drawn.choice(users[:4])
    pk = Account.objects.filter(assigned_to=user).values_list("pk", flat=True)[drawn.randrange(share)]
    return clients[user.pk], reverse("desk:account", args=[pk])


measure("worklist", worklist)
measure("account page", account)
