"""A demo office: invented people at the desks, a generated portfolio, the real sample files where they lie beside the clone, and three weeks of
generated work that went through the law gate like any other.

Everything generated is marked so in the database and on the pages. The distributions stand in `demo.yaml` and in `duecare/exchange/invented`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings
from django.db import transaction

from duecare.exchange import load_mapping, settlements, write_payments, write_portfolio
from duecare.office.crm import services as crm
from duecare.office.crm.imports import import_payments, import_placements
from duecare.office.crm.models import Account, ActionCode, Activity, Creditor, LedgerEvent, PromiseToPay, ResultCode
from duecare.office.crm.queries import accounts_for_contact, debtor_of
from duecare.office.desk.services import best_point
from duecare.office.outreach.permits import permit, record_outcome
from duecare.office.outreach.services import refused
from duecare.office.people.models import Team, User
from duecare.office.site import clock
from duecare.office.site.home import CLONE

PASSWORD = "duecare-demo-2026"
SHARED = CLONE.parent / "shared" / "data"
AS_OF = date(2013, 6, 30)
"""The day of the receivables' history that becomes today."""

Say = Callable[[str], AbstractContextManager[None]]


@cache
def _said() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text(encoding="utf-8"))
    return data


def _quiet(_: str) -> AbstractContextManager[None]:
    return nullcontext()


def is_loaded() -> bool:
    return User.objects.filter(is_demo=True).exists()


def load(*, say: Say = _quiet, rows: int | None = None, history_days: int | None = None) -> None:
    """Fill an empty office. One transaction a step; a step that was cut off leaves nothing and is made again by a new home."""
    at = clock.real_now()
    today = clock.today(at)
    with transaction.atomic():
        with say("Inventing the people of the demo office"):
            _people()
        with say("Importing a generated portfolio"):
            path = settings.HOME.path / "demo" / "generated.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_portfolio(path, rows=rows or _said()["rows"], as_of=today, seed=_said()["seed"])
            creditor = _creditor("generated")
            import_placements(
                path=path, mapping=load_mapping("generated"), creditor=creditor, by=None, at=at, is_generated=True
            )
            _assign(Account.objects.filter(creditor=creditor))
        with say("Generating three weeks of work, each contact through the law gate"):
            _history(at, history_days or _said()["history_days"])
        for name in ("receivables", "bank-recovery"):
            path = SHARED / name / f"{name}.csv"
            if path.exists():
                with say(f"Importing the real sample {name}"):
                    _real(name, path, at)


def _real(name: str, path: Path, at: datetime) -> None:
    creditor, mapping = _creditor(name), load_mapping(name)
    shifted = name == "receivables"
    import_placements(
        path=path,
        mapping=mapping,
        creditor=creditor,
        by=None,
        at=at,
        as_of=AS_OF if shifted else None,
        shift_to=clock.today(at) if shifted else None,
    )
    if shifted:
        target = settings.HOME.path / "demo" / "receivables-settlements.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_payments(target, settlements(path, mapping, as_of=AS_OF, shift_to=clock.today(at)))
    _assign(Account.objects.filter(creditor=creditor))


def feed_payments(*, say: Say = _quiet) -> None:
    """The later settlements of the receivables, as far as their day has come."""
    path = settings.HOME.path / "demo" / "receivables-settlements.csv"
    if path.exists():
        with say("Posting the payments that have come in"):
            import_payments(path=path, by=None, at=clock.now())


def _people() -> None:
    for entry in _said()["people"]:
        team = Team.objects.get_or_create(name=entry["team"])[0] if entry.get("team") else None
        user = User(
            username=entry["username"],
            display_name=entry["name"],
            role=entry["role"],
            team=team,
            languages=entry.get("languages", []),
            licences=entry.get("licences", []),
            is_demo=True,
            is_staff=entry["role"] == "administrator",
        )
        user.set_password(PASSWORD)
        user.save()


def _creditor(key: str) -> Creditor:
    said = _said()["creditors"][key]
    return Creditor.objects.create(
        name=said["name"],
        acts_as=said["acts_as"],
        payment_instructions=said["payment_instructions"]["en"],
        payment_instructions_zh=said["payment_instructions"]["zh"],
        promise_grace_days=said.get("grace", 1),
    )


def _assign(accounts: Any) -> None:
    """Each account to a collector who speaks the debtor's language, turn by turn."""
    collectors = list(User.objects.filter(role="collector", is_demo=True).order_by("id"))
    by_language = {lang: [user for user in collectors if lang in user.languages] or collectors for lang in ("zh", "en")}
    turns = dict.fromkeys(by_language, 0)
    chosen: dict[int, list[int]] = {}
    for account in accounts.prefetch_related("liabilities__party").order_by("pk").iterator(chunk_size=500):
        lang = "zh" if debtor_of(account).language.startswith("zh") else "en"
        desk = by_language[lang]
        chosen.setdefault(desk[turns[lang] % len(desk)].pk, []).append(account.pk)
        turns[lang] += 1
    for user, ids in chosen.items():
        for start in range(0, len(ids), 500):
            Account.objects.filter(pk__in=ids[start : start + 500]).update(assigned_to=user)


# --- generated work ------------------------------------------------------------------------------------------------


def _history(at: datetime, days: int) -> None:
    """Contacts of past working days. Each asks the law for its own moment; what is refused is logged as refused."""
    said, drawn = _said()["work"], random.Random(_said()["seed"])
    codes = {code.code: code for code in ResultCode.objects.all()}
    call = ActionCode.objects.get(code="call")
    accounts = list(accounts_for_contact().filter(assigned_to__isnull=False).order_by("pk"))
    for back in range(days, 0, -1):
        day = clock.today(at) - timedelta(days=back)
        if day.weekday() >= 5:
            continue
        for account in drawn.sample(accounts, min(said["contacts_a_day"], len(accounts))):
            _one_contact(account, day, drawn, said, codes, call)
    for account in accounts:
        crm.renew_position(account, clock.today(at))
        crm.decide_promises(account, at)


def _one_contact(
    account: Account,
    day: date,
    drawn: random.Random,
    said: dict[str, Any],
    codes: dict[str, ResultCode],
    call: ActionCode,
) -> None:
    party = debtor_of(account)
    point = best_point(party.contact_points.all(), "call")
    if point is None or not account.assigned_to:
        return
    early = drawn.random() < said["share_out_of_hours"]
    hour = drawn.choice([6, 7, 21, 22]) if early else drawn.randint(9, 18)
    zone = ZoneInfo(party.time_zones[0])
    moment = datetime.combine(day, time(hour, drawn.randint(0, 59)), zone)
    asked = permit(
        account=account,
        party=party,
        contact_point=point,
        channel="call",
        at=moment,
        by=account.assigned_to,
        generated=True,
    )
    if not asked.is_granted:
        refused(asked, moment)
        return
    result = codes[drawn.choices(list(said["results"]), weights=list(said["results"].values()))[0]]
    activity = Activity.objects.create(
        account=account,
        party=party,
        person_role="debtor",
        contact_point=point,
        at=moment,
        by=account.assigned_to,
        action=call,
        channel="call",
        direction=Activity.Direction.OUTBOUND,
        result=result,
        outcome=result.outcome,
        seconds=drawn.randint(30, 600) if result.outcome == "conversation" else drawn.randint(5, 40),
        permit=asked,
        is_generated=True,
    )
    record_outcome(asked, outcome=result.outcome, at=moment, detail={"result": result.code, "generated": True})
    crm.publish_result(activity, moment)
    if result.code == "promise" and account.balance > 1:
        part = (account.balance * Decimal(drawn.choice(["0.2", "0.35", "0.5", "1"]))).quantize(Decimal("0.01"))
        due = day + timedelta(days=drawn.randint(2, 10))
        PromiseToPay.objects.create(
            account=account, party=party, activity=activity, amount=part, currency=account.currency, due_on=due,
            grace_days=account.creditor.promise_grace_days, made_at=moment, made_by=account.assigned_to, is_generated=True,
        )  # fmt: skip
        if drawn.random() < said["share_kept"] and due <= clock.today(clock.real_now()):
            LedgerEvent.objects.create(
                account=account, kind="payment", on=due, amount=part, currency=account.currency, note="generated",
                recorded_at=datetime.combine(due, time(12), clock.office_zone()), is_generated=True,
            )  # fmt: skip
            account.balance -= part
    elif result.code == "complains":
        account.complaints.create(
            about=account.assigned_to,
            cause=drawn.choice(["frequency", "amount", "process"]),
            channel="call",
            received_at=moment,
            is_generated=True,
        )
