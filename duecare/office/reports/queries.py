"""The team lead's numbers. What each one means is defined once, in `duecare.insight`; here the rows are fetched for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from duecare.insight.ageing import AgeingRow, OpenAccount, ageing
from duecare.insight.expected import DueAccount, Expected, collected_against_expected, expected_collections
from duecare.insight.funnel import AttemptOutcome, Funnel, PromiseState, funnel
from duecare.insight.metrics import Figure, Period, figure
from duecare.office.crm.models import (
    Account,
    Activity,
    Callback,
    Complaint,
    Dispute,
    LedgerEvent,
    PromiseStatus,
    PromiseToPay,
)
from duecare.office.crm.queries import statement
from duecare.office.outreach.models import Permit, Verdict
from duecare.office.outreach.queries import RuleCount, rule_counts
from duecare.office.people.models import Role, User
from duecare.office.site import clock

DISPUTE_ANSWER_DAYS = 30
"""A dispute open for longer than this needs the lead. House policy; the law of the place may ask for less."""


@dataclass(frozen=True)
class Window:
    """A period in the office's days and the two instants that bound it (half-open)."""

    period: Period
    since: datetime
    until: datetime

    @property
    def days(self) -> int:
        return (self.period.ends_before - self.period.starts_on).days

    @property
    def last_day(self) -> date:
        return self.period.ends_before - timedelta(days=1)

    @property
    def days_text(self) -> str:
        """For addresses, where templates add texts."""
        return str(self.days)


def window(at: datetime, days: int) -> Window:
    """The last `days` days of the office, today included."""
    zone = clock.office_zone()
    ends_before = clock.today(at) + timedelta(days=1)
    starts_on = ends_before - timedelta(days=days)
    return Window(
        Period(starts_on, ends_before),
        datetime.combine(starts_on, time(), zone),
        datetime.combine(ends_before, time(), zone),
    )


# --- rows ----------------------------------------------------------------------------------------------------------


def attempts(span: Window) -> QuerySet[Activity]:
    return Activity.objects.filter(
        direction=Activity.Direction.OUTBOUND, at__gte=span.since, at__lt=span.until, channel__in=("call", "visit")
    )


def payments(span: Window) -> QuerySet[LedgerEvent]:
    """Payments of the period that still stand: a reversed one was not collected."""
    return LedgerEvent.objects.filter(
        kind="payment", on__gte=span.period.starts_on, on__lt=span.period.ends_before
    ).exclude(referred_to_by__kind="reversal")


def promises_due(span: Window) -> QuerySet[PromiseToPay]:
    return PromiseToPay.objects.filter(due_on__gte=span.period.starts_on, due_on__lt=span.period.ends_before).exclude(
        status=PromiseStatus.CANCELLED
    )


def human_permits(span: Window) -> QuerySet[Permit]:
    """Questions put to the law in the period; the dispatcher's second question about the same message is not counted."""
    return Permit.objects.filter(asked_at__gte=span.since, asked_at__lt=span.until, renews__isnull=True)


def complaints(span: Window) -> QuerySet[Complaint]:
    return Complaint.objects.filter(received_at__gte=span.since, received_at__lt=span.until)


# --- figures -------------------------------------------------------------------------------------------------------


def contact_funnel(span: Window) -> Funnel:
    paid: dict[int, Decimal] = {}
    states: dict[int, PromiseState] = {}
    for activity_id, status, amount in PromiseToPay.objects.filter(activity__in=attempts(span)).values_list(
        "activity_id", "status", "paid_amount"
    ):
        states[activity_id] = {
            PromiseStatus.PENDING: PromiseState.PENDING,
            PromiseStatus.KEPT: PromiseState.KEPT,
        }.get(status, PromiseState.PENDING if status == PromiseStatus.CANCELLED else PromiseState.BROKEN)
        paid[activity_id] = amount
    collected = {
        row["currency"]: row["total"] for row in payments(span).values("currency").annotate(total=Sum("amount"))
    }
    outcomes = []
    through: dict[str, Decimal] = defaultdict(Decimal)
    for activity_id, account_id, currency, outcome, right_party in attempts(span).values_list(
        "id", "account_id", "account__currency", "outcome", "result__right_party"
    ):
        state = states.get(activity_id, PromiseState.NONE)
        # What was paid on a promise counts as far as the ledger of the period has it.
        amount = Decimal(0)
        if state is PromiseState.KEPT:
            amount = min(paid[activity_id], collected.get(currency, Decimal(0)) - through[currency])
            through[currency] += amount
        outcomes.append(
            AttemptOutcome(
                attempt_id=str(activity_id),
                account_id=str(account_id),
                contact=outcome in ("conversation", "third_party"),
                right_party=outcome == "conversation" and bool(right_party),
                promise=state,
                paid=amount,
                currency=currency,
            )
        )
    return funnel(outcomes, period=span.period, collected=collected)


def promises_kept(span: Window) -> tuple[Figure, int]:
    """Kept over decided, and how many are pending still."""
    counts = promises_due(span).aggregate(
        kept=Count("pk", filter=Q(status=PromiseStatus.KEPT)),
        decided=Count("pk", filter=~Q(status=PromiseStatus.PENDING)),
        pending=Count("pk", filter=Q(status=PromiseStatus.PENDING)),
    )
    return figure("kept_rate", counts["kept"], counts["decided"], span.period), counts["pending"]


def complaint_rate(span: Window) -> Figure:
    contacts = attempts(span).filter(outcome__in=("conversation", "third_party")).count()
    return figure("complaint_rate", complaints(span).count(), contacts, span.period)


def refusal_rate(span: Window) -> Figure:
    asked = human_permits(span)
    return figure("refusal_rate", asked.exclude(verdict=Verdict.ALLOW).count(), asked.count(), span.period)


def refusals_by_rule(span: Window) -> list[RuleCount]:
    """Refused questions of the period by the rule that decided; what the dispatcher asked again is not counted."""
    return rule_counts(human_permits(span))


@dataclass(frozen=True)
class Collected:
    """One currency: collected against expected, and what the expectation rests on."""

    figure: Figure
    expected: Expected


def collected(span: Window) -> list[Collected]:
    """What came in over what was to be expected of the accounts open on the period's first day."""
    start = span.period.starts_on
    paid_since: dict[int, Decimal] = {
        row["account_id"]: row["total"]
        for row in LedgerEvent.objects.filter(kind="payment", on__gte=start)
        .values("account_id")
        .annotate(total=Sum("amount"))
    }
    due: list[DueAccount] = []
    standing = Account.objects.filter(Q(status="open") | Q(pk__in=paid_since), opened_on__lt=start)
    for account in standing.only("id", "balance", "currency", "oldest_due_on", "consumer", "status"):
        if account.pk in paid_since:
            then = statement(account, start - timedelta(days=1))
            balance, oldest = then.balance, then.oldest_unpaid_due_on
        else:
            balance, oldest = account.balance, account.oldest_due_on
        if balance > 0:
            late = (start - oldest).days if oldest else 0
            due.append(DueAccount(str(account.pk), balance, account.currency, late, account.consumer))
    came_in: dict[str, Decimal] = defaultdict(Decimal)
    known = {row.account_id for row in due}
    for account_id, currency, amount in payments(span).values_list("account_id", "account__currency", "amount"):
        if str(account_id) in known:
            came_in[currency] += amount
    return [
        Collected(collected_against_expected(expected, came_in[expected.currency], span.period), expected)
        for expected in expected_collections(due, days=span.days)
    ]


def ageing_today(at: datetime) -> tuple[AgeingRow, ...]:
    today = clock.today(at)
    return ageing(
        OpenAccount(str(pk), (today - oldest).days if oldest else 0, balance, currency)
        for pk, oldest, balance, currency in Account.objects.filter(status="open").values_list(
            "pk", "oldest_due_on", "balance", "currency"
        )
    )


@dataclass(frozen=True)
class Day:
    on: date
    attempts: int
    contacts: int
    promises: int


def by_day(span: Window) -> list[Day]:
    zone = clock.office_zone()
    counted: dict[date, list[int]] = {span.period.starts_on + timedelta(days=n): [0, 0, 0] for n in range(span.days)}
    for at, outcome in attempts(span).values_list("at", "outcome"):
        row = counted[at.astimezone(zone).date()]
        row[0] += 1
        row[1] += outcome in ("conversation", "third_party")
    for made_at in PromiseToPay.objects.filter(made_at__gte=span.since, made_at__lt=span.until).values_list(
        "made_at", flat=True
    ):
        counted[made_at.astimezone(zone).date()][2] += 1
    return [Day(on, *counts) for on, counts in counted.items()]


# --- what needs the lead -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    kind: str
    count: int


def needs(at: datetime) -> list[Need]:
    """What waits for somebody with authority, most pressing first; kinds without any are left out."""
    found = [Need(kind, len(need_account_ids(kind, at))) for kind in NEEDS]
    return [need for need in found if need.count]


NEEDS = ("complaints_open", "disputes_overdue", "reviews_waiting", "callbacks_missed", "unassigned")


def need_account_ids(kind: str, at: datetime) -> list[int]:
    rows: Iterable[Any]
    if kind == "complaints_open":
        rows = Complaint.objects.filter(status=Complaint.Status.OPEN, account__isnull=False)
    elif kind == "disputes_overdue":
        rows = Dispute.objects.filter(
            status=Dispute.Status.OPEN, opened_at__lt=at - timedelta(days=DISPUTE_ANSWER_DAYS)
        )
    elif kind == "reviews_waiting":
        rows = Permit.objects.filter(verdict=Verdict.REVIEW, asked_at__gt=at - timedelta(days=7))
    elif kind == "callbacks_missed":
        rows = Callback.objects.filter(status=Callback.Status.PENDING, at__lt=at - timedelta(hours=1))
    elif kind == "unassigned":
        return list(Account.objects.filter(status="open", assigned_to=None).values_list("pk", flat=True))
    else:
        raise LookupError(f"nothing needs the lead under the name {kind!r}")
    return sorted(set(rows.values_list("account_id", flat=True)))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class DeskRow:
    """A collector's day in counts. Not a comparison: accounts differ, and raw numbers do not say who works well."""

    user: User
    accounts: int
    attempts: int
    contacts: int
    promises: int
    refusals: int


def desks(span: Window) -> list[DeskRow]:
    users = User.objects.filter(role=Role.COLLECTOR, is_active=True).order_by("display_name")
    accounts = dict(
        Account.objects.filter(status="open")
        .values_list("assigned_to")
        .annotate(n=Count("pk"))
        .values_list("assigned_to", "n")
    )
    tried = {
        row["by"]: row
        for row in attempts(span)
        .values("by")
        .annotate(n=Count("pk"), contacts=Count("pk", filter=Q(outcome__in=("conversation", "third_party"))))
    }
    promised = dict(
        PromiseToPay.objects.filter(made_at__gte=span.since, made_at__lt=span.until)
        .values_list("made_by")
        .annotate(n=Count("pk"))
    )
    refused = dict(human_permits(span).exclude(verdict=Verdict.ALLOW).values_list("by").annotate(n=Count("pk")))
    return [
        DeskRow(
            user,
            accounts.get(user.pk, 0),
            tried.get(user.pk, {}).get("n", 0),
            tried.get(user.pk, {}).get("contacts", 0),
            promised.get(user.pk, 0),
            refused.get(user.pk, 0),
        )
        for user in users
    ]


# --- the accounts behind a figure ----------------------------------------------------------------------------------


def accounts_behind(what: str, span: Window, at: datetime, value: str = "") -> Sequence[int]:
    """Ids of the accounts that a figure was counted over. `what` is a funnel stage, a need, or one of the names below.

    Raises:
        LookupError: no figure of that name.
    """
    if what.startswith("stage-"):
        for stage in contact_funnel(span).stages:
            if stage.key == what.removeprefix("stage-"):
                return [int(pk) for pk in stage.account_ids]
        raise LookupError(what)
    if what in NEEDS:
        return need_account_ids(what, at)
    if what == "bucket":
        currency, _, key = value.partition("-")
        for row in ageing_today(at):
            if row.currency == currency and row.bucket.key == key:
                return [int(pk) for pk in row.account_ids]
        raise LookupError(value)
    querysets: dict[str, Any] = {
        "collected": payments(span),
        "promises-kept": promises_due(span).filter(status=PromiseStatus.KEPT),
        "promises-broken": promises_due(span).filter(status__in=(PromiseStatus.BROKEN, PromiseStatus.PARTLY_KEPT)),
        "promises-pending": promises_due(span).filter(status=PromiseStatus.PENDING),
        "complaints": complaints(span).filter(account__isnull=False),
        "refused": human_permits(span).exclude(verdict=Verdict.ALLOW),
    }
    if what == "collected":
        querysets["collected"] = payments(span).filter(account__currency=value) if value else payments(span)
    if what == "refused" and value:
        querysets["refused"] = querysets["refused"].filter(rule=value)
    if what not in querysets:
        raise LookupError(what)
    return sorted(set(querysets[what].values_list("account_id", flat=True)))


def accounts_listed(ids: Sequence[int]) -> QuerySet[Account]:
    return (
        Account.objects.filter(pk__in=ids)
        .select_related("creditor", "assigned_to")
        .prefetch_related("liabilities__party")
        .order_by(F("oldest_due_on").asc(nulls_last=True), "pk")
    )
