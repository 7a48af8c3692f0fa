"""What reads the system of record."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, QuerySet

from duecare.ledger import Event, Statement, replay

from .models import Account, ContactPoint, LedgerEvent, Liability, Party


def ledger_events(account: Account) -> list[Event]:
    """The account's ledger as values of `duecare.ledger`, in no particular order: a replay does not mind."""
    return [
        Event(
            id=str(row.pk),
            kind=row.kind,
            on=row.on,
            amount=row.amount,
            currency=row.currency,
            claim_id=str(row.claim_id) if row.claim_id else None,
            bucket=row.bucket or None,
            refers_to=str(row.refers_to_id) if row.refers_to_id else None,
            due_on=row.due_on,
            note=row.note,
        )
        for row in LedgerEvent.objects.filter(account=account)
    ]


def statement(account: Account, as_of: date) -> Statement:
    """What is owed on a day, with its working."""
    return replay(ledger_events(account), as_of=as_of)


def accounts_for_contact() -> QuerySet[Account]:
    """Accounts with all that the law gate asks about, in a fixed number of queries."""
    return Account.objects.select_related("creditor", "assigned_to").prefetch_related(
        Prefetch("liabilities", Liability.objects.select_related("party").order_by("id")),
        "liabilities__party__preferences__contact_point",
        Prefetch(
            "liabilities__party__contact_points", ContactPoint.objects.order_by("id").prefetch_related("consents")
        ),
        "third_parties",
        "disputes",
        "hardships",
        "callbacks",
    )


def debtor_of(account: Account) -> Party:
    """The one who owes first: the debtor, else the first liable party."""
    liabilities = sorted(account.liabilities.all(), key=lambda row: (row.role != "debtor", row.pk))
    return liabilities[0].party
