"""The collector's day: lists made in the morning, kept true as things happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from duecare.law import Decision
from duecare.office.crm.contact_request import Known, histories_of
from duecare.office.crm.models import (
    Account,
    AccountStatus,
    Activity,
    Callback,
    ContactPoint,
    PromiseStatus,
    PromiseToPay,
)
from duecare.office.crm.queries import accounts_for_contact, debtor_of
from duecare.office.outreach.gate import library
from duecare.office.outreach.models import Permit
from duecare.office.outreach.permits import ask, permit
from duecare.office.outreach.services import refused
from duecare.office.people.models import Role, User
from duecare.office.people.rights import require
from duecare.office.site import clock
from duecare.treatment.bilingual import Bilingual
from duecare.treatment.worklist import Ranked, Verdict, WorkItem, rank

from .models import WorklistEntry

CHUNK = 500


@dataclass(frozen=True)
class _Past:
    last_attempt_at: datetime | None
    last_conversation_at: datetime | None
    attempts_7d: int


def plan_day(at: datetime, *, again: bool = False, progress: Callable[[int], None] = lambda done: None) -> int:
    """Make today's list of every collector who has none yet (`again`: of every one); returns how many entries were made."""
    day, made = clock.today(at), 0
    for user in User.objects.filter(is_active=True, role__in=(Role.COLLECTOR, Role.TEAM_LEAD)):
        if again or not WorklistEntry.objects.filter(day=day, user=user).exists():
            made += build_worklist(user, at, progress=progress)
    return made


def build_worklist(user: User, at: datetime, *, progress: Callable[[int], None] = lambda done: None) -> int:
    """Make (or make again) one collector's list of the day in one transaction."""
    day = clock.today(at)
    items: list[WorkItem] = []
    decisions: dict[str, Decision] = {}
    ids = list(
        Account.objects.filter(assigned_to=user, status=AccountStatus.OPEN).order_by("pk").values_list("pk", flat=True)
    )
    for start in range(0, len(ids), CHUNK):
        for item, decision in _items(ids[start : start + CHUNK], user, at):
            items.append(item)
            decisions[item.account_id] = decision
        progress(len(items))
    ranked = rank(items, at=at)
    with transaction.atomic():
        worked = dict(
            WorklistEntry.objects.filter(day=day, user=user)
            .exclude(worked_at=None)
            .values_list("account_id", "worked_at")
        )
        WorklistEntry.objects.filter(day=day, user=user).delete()
        WorklistEntry.objects.bulk_create(
            (_entry(row, decisions[row.account_id], user, at, worked.get(int(row.account_id))) for row in ranked),
            batch_size=1000,
        )
    return len(ranked)


def ensure_worklist(user: User, at: datetime) -> None:
    """A list that nobody has made yet today is made on first sight."""
    if not WorklistEntry.objects.filter(day=clock.today(at), user=user).exists():
        build_worklist(user, at)


def refresh(account_id: int, at: datetime, *, worked: bool = False) -> None:
    """Something happened on an account: its entries of today are made again; where it was worked, it leaves the list."""
    day = clock.today(at)
    for entry in WorklistEntry.objects.filter(account_id=account_id, day=day).select_related("user"):
        rows = list(_items([account_id], entry.user, at))
        if not rows:
            entry.delete()
            continue
        item, decision = rows[0]
        row = rank([item], at=at)[0]
        fresh = _entry(row, decision, entry.user, at, at if worked else entry.worked_at)
        for name in ("section", "level", "why_en", "why_zh", "may_contact_at", "allowed_until", "rule", "worked_at"):
            setattr(entry, name, getattr(fresh, name))
        entry.save()


def _items(ids: Sequence[int], user: User, at: datetime) -> Iterable[tuple[WorkItem, Decision]]:
    past = _past(ids, at)
    promises = _promises(ids)
    callbacks = dict(Callback.objects.filter(account__in=ids, status="pending").values_list("account_id", "at"))
    today = clock.today(at)
    accounts = list(accounts_for_contact().filter(pk__in=ids, status=AccountStatus.OPEN).order_by("pk"))
    facts = Known(user.certificates_held(at), histories_of(accounts, at))
    for account in accounts:
        if account.oldest_due_on and account.oldest_due_on > today and account.pk not in callbacks:
            continue  # nothing is due yet, and nobody asked to be called
        party = debtor_of(account)
        point = best_point(party.contact_points.all(), "call")
        _, decision = ask(
            account=account, party=party, contact_point=point, channel="call", at=at, by=user, known=facts
        )
        known = past.get(account.pk, _Past(None, None, 0))
        due, broken, kept, decided = promises.get(account.pk, (None, None, 0, 0))
        rule = decision.reasons[0] if decision.reasons else None
        yield (
            WorkItem(
                account_id=str(account.pk),
                balance=account.balance,
                currency=account.currency,
                days_past_due=max(0, (today - account.oldest_due_on).days) if account.oldest_due_on else 0,
                verdict=Verdict(decision.verdict),
                next_allowed_at=decision.next_allowed_at if decision.verdict != "allow" else None,
                allowed_until=decision.allowed_until,
                rule=_rule_name(rule.rule) if rule else None,
                promise_due_on=due,
                promise_broken_on=broken,
                promises_kept=kept,
                promises_due=decided,
                callback_at=callbacks.get(account.pk),
                last_attempt_at=known.last_attempt_at,
                last_conversation_at=known.last_conversation_at,
                attempts_7d=known.attempts_7d,
                dispute_open=any(dispute.status == "open" for dispute in account.disputes.all()),
                language=party.language,
                time_zone=party.time_zones[0] if party.time_zones else None,
            ),
            decision,
        )


def _rule_name(rule: str) -> Bilingual:
    sentence = library().rule(rule).sentence
    return Bilingual(sentence["en"], sentence["zh"])


def _past(ids: Sequence[int], at: datetime) -> dict[int, _Past]:
    rows = (
        Activity.objects.filter(account__in=ids, direction="outbound")
        .values("account_id")
        .annotate(
            last=Max("at"),
            talked=Max("at", filter=Q(outcome="conversation")),
            week=Count("pk", filter=Q(at__gt=at - timedelta(days=7))),
        )
    )
    return {row["account_id"]: _Past(row["last"], row["talked"], row["week"]) for row in rows}


def _promises(ids: Sequence[int]) -> dict[int, tuple]:
    found: dict[int, tuple] = {}
    for promise in (
        PromiseToPay.objects.filter(account__in=ids).exclude(status=PromiseStatus.CANCELLED).order_by("due_on")
    ):
        due, broken, kept, decided = found.get(promise.account_id, (None, None, 0, 0))
        if promise.status == PromiseStatus.PENDING:
            due = promise.due_on
        else:
            decided += 1
            kept += promise.status == PromiseStatus.KEPT
            broken = promise.due_on if promise.status != PromiseStatus.KEPT else None
        found[promise.account_id] = (due, broken, kept, decided)
    return found


def best_point(points: Iterable[ContactPoint], channel: str) -> ContactPoint | None:
    """The usable contact point for a channel: a verified one first."""
    usable = [point for point in points if channel in point.channels and point.is_usable]
    return min(usable, key=lambda point: (point.status != "verified", point.pk), default=None)


def _entry(row: Ranked, decision: Decision, user: User, at: datetime, worked_at: datetime | None) -> WorklistEntry:
    return WorklistEntry(
        day=clock.today(at),
        user=user,
        account_id=int(row.account_id),
        section=str(row.section),
        place=row.place,
        level=row.level.code,
        why_en=row.why("en")[:500],
        why_zh=row.why("zh")[:500],
        may_contact_at=decision.next_allowed_at,
        allowed_until=decision.allowed_until,
        rule=decision.reasons[0].rule if decision.reasons else "",
        worked_at=worked_at,
    )


@transaction.atomic
def start_contact(
    *,
    account: Account,
    contact_point: ContactPoint,
    channel: str,
    by: User,
    at: datetime,
    language: str,
    purpose: str = "collect",
) -> Permit:
    """Ask the law for a contact now. A refusal is told to the house: it is evidence of what to practise."""
    require(by, "desk.work_accounts")
    if channel not in ("call", "visit") or channel not in contact_point.channels:
        raise ValidationError(_("This contact point cannot be used for this channel."))
    if not contact_point.is_usable:
        raise ValidationError(_("This contact point is not in use any more."))
    if open_contact(by) is not None:
        raise ValidationError(_("Code the result of the contact that is open first."))
    asked = permit(
        account=account,
        party=contact_point.party,
        contact_point=contact_point,
        channel=channel,
        at=at,
        by=by,
        purpose=purpose,
        language=language,
    )
    if not asked.is_granted:
        refused(asked, at)
    return asked


def open_contact(user: User) -> Permit | None:
    """The contact that was permitted to this person and whose result is not coded yet."""
    return (
        Permit.objects.filter(
            by=user, verdict="allow", channel__in=("call", "visit", "voicemail"), activity=None, outcome=None
        )
        .order_by("-sequence")
        .first()
    )
