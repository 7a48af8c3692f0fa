"""What the desk shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from duecare.law import Decision
from duecare.office.crm.models import (
    Account,
    AccountStatus,
    Activity,
    Callback,
    Claim,
    ContactPoint,
    Party,
    PromiseStatus,
    PromiseToPay,
)
from duecare.office.crm.queries import accounts_for_contact
from duecare.office.crm.vault import blind_index
from duecare.office.outreach.models import Permit
from duecare.office.outreach.permits import ask
from duecare.office.people.models import Role, User
from duecare.office.site import clock

from .models import WorklistEntry

ALL_ACCOUNTS = {Role.TEAM_LEAD, Role.COMPLIANCE_OFFICER, Role.LEGAL, Role.ACCOUNT_MANAGER}


def visible_accounts(user: User) -> QuerySet[Account]:
    """Collectors see the accounts of their team, others all."""
    if user.role in ALL_ACCOUNTS:
        return Account.objects.all()
    if user.team_id is None:
        return Account.objects.filter(assigned_to=user)
    return Account.objects.filter(Q(assigned_to=user) | Q(assigned_to__team=user.team_id))


def entries_of(user: User, at: datetime, section: str) -> QuerySet[WorklistEntry]:
    """A section of today's list in its order; accounts that were worked today are left out."""
    last = Activity.objects.filter(account=OuterRef("account"), result__isnull=False).order_by("-at")
    return (
        WorklistEntry.objects.filter(_in_section(section, at), user=user, day=clock.today(at), worked_at=None)
        .select_related("account__creditor")
        .prefetch_related("account__liabilities__party")
        .annotate(
            last_result_en=Subquery(last.values("result__name_en")[:1]),
            last_result_zh=Subquery(last.values("result__name_zh")[:1]),
        )
        .order_by("place")
    )


def _in_section(section: str, at: datetime) -> Q:
    """The list was made in the morning; hours go on. What may not be contacted any more today is for later, what may by now is for now."""
    closed = Q(section="now", allowed_until__lte=at)
    opened = Q(section="later", may_contact_at__lte=at) & ~Q(rule="")
    if section == "now":
        return (Q(section="now") & ~closed) | opened
    if section == "later":
        return (Q(section="later") & ~opened) | closed
    return Q(section=section)


def next_entry(user: User, at: datetime) -> WorklistEntry | None:
    """What comes next: a callback whose time has come interrupts the list; then the first of the list."""
    day = clock.today(at)
    due = Callback.objects.filter(status="pending", at__lte=at + timedelta(minutes=1)).filter(
        Q(owner=user) | Q(owner=None, account__assigned_to=user)
    )
    called = WorklistEntry.objects.filter(
        user=user, day=day, account__in=due.values("account"), may_contact_at__lte=at
    ).first()
    return called or entries_of(user, at, "now").first()


@dataclass(frozen=True)
class Head:
    to_work: int
    callbacks: int
    promises_due: int
    refused: int
    worked: int


def head_of(user: User, at: datetime) -> Head:
    day = clock.today(at)
    counts = WorklistEntry.objects.filter(user=user, day=day).aggregate(
        now=Count("pk", filter=_in_section("now", at) & Q(worked_at=None)),
        worked=Count("pk", filter=Q(worked_at__isnull=False)),
    )
    start = at - timedelta(hours=16)
    return Head(
        to_work=counts["now"],
        callbacks=Callback.objects.filter(status="pending", owner=user).count(),
        promises_due=PromiseToPay.objects.filter(
            account__assigned_to=user, status=PromiseStatus.PENDING, due_on__lte=day
        ).count(),
        refused=Permit.objects.filter(by=user, asked_at__gt=start).exclude(verdict="allow").count(),
        worked=counts["worked"],
    )


@dataclass(frozen=True)
class Way:
    """One way to reach somebody: a contact point by a channel, and what the law says of it now."""

    point: ContactPoint
    channel: str
    decision: Decision


def ways_to_reach(account: Account, party: Party, user: User, at: datetime, language: str) -> list[Way]:
    """Every way to reach the debtor with what the law says of it at this moment; only asked, never a permit."""
    found = []
    for point in party.contact_points.all():
        channels = [channel for channel in point.channels if channel != "voicemail"] if point.is_usable else []
        for channel in channels:
            _, decision = ask(
                account=account, party=party, contact_point=point, channel=channel, at=at, by=user, language=language
            )
            found.append(Way(point, channel, decision))
    return found


def account_page(pk: int, user: User) -> Account | None:
    return accounts_for_contact().filter(pk__in=visible_accounts(user).filter(pk=pk).values("pk")).first()


@dataclass(frozen=True)
class Banner:
    level: str
    key: str
    since: Any = None


def banners(account: Account, party: Party, at: datetime) -> list[Banner]:
    """What must not be missed, most serious first."""
    today, found = clock.today(at), []
    if party.deceased:
        found.append(Banner("danger", "deceased"))
    if party.birth_date and party.birth_date > today.replace(year=today.year - 18).isoformat():
        found.append(Banner("danger", "minor"))
    if account.bankrupt:
        found.append(Banner("danger", "bankrupt"))
    if account.illegal:
        found.append(Banner("danger", "illegal"))
    stops = [
        row for row in party.preferences.all() if row.kind == "cease_all" and (row.until is None or row.until > at)
    ]
    found += [Banner("danger", "stop", row.since) for row in stops[:1]]
    if party.attorney_since:
        found.append(Banner("danger", "represented", party.attorney_since))
    found += [Banner("warning", "disputed", row.opened_at) for row in account.disputes.all() if row.status == "open"]
    found += [
        Banner("warning", "hardship", row.hold_until)
        for row in account.hardships.all()
        if row.closed_at is None and row.hold_until and row.hold_until >= today
    ]
    if account.breathing_space_until and account.breathing_space_until >= today:
        found.append(Banner("warning", "breathing_space", account.breathing_space_until))
    if party.vulnerable:
        found.append(Banner("warning", "vulnerable"))
    return found


def timeline(account: Account, most: int = 40) -> QuerySet[Activity]:
    return account.activities.select_related("by", "action", "result", "contact_point").order_by("-at", "-pk")[:most]


def filtered(user: User, parameters: Any) -> QuerySet[Account]:
    """Accounts by the list's filters: `status`, `creditor` (id), `assigned` (me, none, or a user's id), `q` (a reference)."""
    rows = visible_accounts(user)
    status = parameters.get("status", AccountStatus.OPEN)
    if status in AccountStatus.values:
        rows = rows.filter(status=status)
    if (creditor := parameters.get("creditor", "")).isdigit():
        rows = rows.filter(creditor=int(creditor))
    assigned = parameters.get("assigned", "")
    if assigned == "me":
        rows = rows.filter(assigned_to=user)
    elif assigned == "none":
        rows = rows.filter(assigned_to=None)
    return (
        rows.select_related("creditor", "assigned_to")
        .prefetch_related("liabilities__party")
        .order_by(F("oldest_due_on").asc(nulls_last=True), "pk")
    )


def search(user: User, text: str) -> Sequence[Account]:
    """Accounts by reference of account or claim, or by the exact name, number or address; personal data is compared by its index."""
    text = text.strip()
    if not text:
        return []
    found = Q(reference__iexact=text) | Q(pk__in=Claim.objects.filter(reference__iexact=text).values("account"))
    found |= Q(liabilities__party__name_index=blind_index(text, column="crm_party.name"))
    found |= Q(liabilities__party__contact_points__value_index=blind_index(text, column="crm_contactpoint.value"))
    rows = visible_accounts(user).filter(found).distinct()
    return list(rows.select_related("creditor", "assigned_to").prefetch_related("liabilities__party")[:50])


def balance_parts(balance: Decimal) -> list[Decimal]:
    """Amounts for quick buttons: all, half, a third, a sixth."""
    cent = Decimal("0.01")
    return (
        list(dict.fromkeys([balance.quantize(cent), *((balance / part).quantize(cent) for part in (2, 3, 6))]))
        if balance > 0
        else []
    )
