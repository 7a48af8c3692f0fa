"""Small offices for tests: real rows through the real models, people invented."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from duecare.office.crm.models import (
    Account,
    Claim,
    ContactPoint,
    Creditor,
    LedgerEvent,
    Liability,
    Party,
    PlacementBatch,
    ThirdParty,
)
from duecare.office.crm.services import renew_position
from duecare.office.people.models import Role, User
from duecare.office.site import clock

_count = itertools.count(1)

# A Tuesday; ten in the morning in Shanghai, two in the morning in London.
TUESDAY_TEN_IN_SHANGHAI = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def make_user(role: str = Role.COLLECTOR, **fields: Any) -> User:
    number = next(_count)
    user: User = User.objects.create_user(
        username=fields.pop("username", f"{role}-{number}"),
        password=fields.pop("password", "a long enough secret"),
        role=role,
        display_name=fields.pop("display_name", f"Person {number}"),
        **fields,
    )
    return user


def make_creditor(**fields: Any) -> Creditor:
    return Creditor.objects.create(name=fields.pop("name", f"Creditor {next(_count)}"), **fields)


def make_party(
    *,
    name: str = "王小明",
    kind: str = "person",
    language: str = "zh-hans",
    jurisdictions: tuple[str, ...] = ("CN",),
    time_zones: tuple[str, ...] = ("Asia/Shanghai",),
    mobile: str | None = "+86 100 0000 0000",
    email: str | None = "someone@example.com",
    postal: str | None = None,
    **fields: Any,
) -> Party:
    number = next(_count)
    party = Party.objects.create(
        name=name,
        kind=kind,
        reference=fields.pop("reference", f"P-{number}"),
        language=language,
        jurisdictions=list(jurisdictions),
        time_zones=list(time_zones),
        is_invented=True,
        created_at=clock.real_now(),
        **fields,
    )
    for point_kind, value in (("mobile", mobile), ("email", email), ("postal", postal)):
        if value:
            ContactPoint.objects.create(
                party=party,
                kind=point_kind,
                value=value,
                source="invented",
                is_invented=True,
                created_at=clock.real_now(),
            )
    return party


def make_account(
    *,
    party: Party | None = None,
    amount: Decimal | str = "8000.00",
    due_on: date | None = None,
    at: datetime = TUESDAY_TEN_IN_SHANGHAI,
    assigned_to: User | None = None,
    consumer: bool = True,
    debt_kind: str = "credit_card",
    currency: str = "CNY",
    creditor: Creditor | None = None,
    **fields: Any,
) -> Account:
    """An account with one claim, its charge in the ledger and one debtor; due 45 days before `at` unless said."""
    number = next(_count)
    creditor = creditor or make_creditor()
    party = party or make_party()
    due_on = due_on or clock.today(at) - timedelta(days=45)
    batch = PlacementBatch.objects.create(
        creditor=creditor,
        file_name="factory.csv",
        file_hash="0" * 64,
        mapping="factory",
        settings_hash=f"{number:064d}",
        rows_read=1,
        rows_good=1,
        rows_bad=0,
        is_generated=True,
        imported_at=at,
    )
    account = Account.objects.create(
        creditor=creditor,
        batch=batch,
        reference=fields.pop("reference", f"ACC-{number}"),
        currency=currency,
        debt_kind=debt_kind,
        consumer=consumer,
        assigned_to=assigned_to,
        opened_on=due_on,
        **fields,
    )
    claim = Claim.objects.create(account=account, reference=f"INV-{number}", amount=Decimal(amount), due_on=due_on)
    LedgerEvent.objects.create(
        account=account,
        claim=claim,
        kind="charge",
        on=due_on,
        amount=Decimal(amount),
        currency=currency,
        bucket="principal",
        due_on=due_on,
        recorded_at=at,
        placement_batch=batch,
    )
    Liability.objects.create(account=account, party=party)
    renew_position(account, clock.today(at))
    return account


def add_third_party(account: Account, role: str = "relative", **fields: Any) -> Party:
    party = make_party(name=fields.pop("name", "李大明"), **fields)
    ThirdParty.objects.create(account=account, party=party, role=role, since=clock.real_now())
    return party
