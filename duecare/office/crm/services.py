"""What changes the system of record. Each function checks the right, does one thing in one transaction, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from duecare.ledger import PromiseOutcome, evaluate_promise
from duecare.office.people.rights import require
from duecare.office.site import clock
from duecare.office.site.events import Happening, publish

from .models import (
    Account,
    AccountStatus,
    ActionCode,
    Activity,
    Callback,
    Claim,
    Complaint,
    ContactPoint,
    Dispute,
    Hardship,
    LedgerEvent,
    Party,
    Preference,
    PromiseStatus,
    PromiseToPay,
    ResultCode,
    Unmasking,
)
from .queries import ledger_events, statement

if TYPE_CHECKING:
    from duecare.office.outreach.models import Permit
    from duecare.office.people.models import User


# --- money ---------------------------------------------------------------------------------------------------------


def renew_position(account: Account, on: date) -> None:
    """Replay the ledger and keep the result beside the account for lists; close or reopen it as the balance says."""
    result = statement(account, on)
    payments = [event.on for event in ledger_events(account) if event.kind == "payment" and event.on <= on]
    account.balance = result.balance
    account.oldest_due_on = result.oldest_unpaid_due_on
    account.last_payment_on = max(payments, default=None)
    account.position_on = on
    if account.status == AccountStatus.OPEN and result.balance <= 0:
        account.status = AccountStatus.PAID
    elif account.status == AccountStatus.PAID and result.balance > 0:
        account.status = AccountStatus.OPEN
    account.save(update_fields=["balance", "oldest_due_on", "last_payment_on", "position_on", "status"])


@transaction.atomic
def record_payment(
    *, account: Account, amount: Decimal, on: date, by: User, reference: str | None = None, note: str = "", at: datetime
) -> LedgerEvent:
    require(by, "crm.record_payment")
    if amount <= 0:
        raise ValidationError({"amount": _("The amount must be above zero.")})
    if on > clock.today(at):
        raise ValidationError({"on": _("A payment cannot be dated in the future.")})
    event = LedgerEvent.objects.create(
        account=account,
        kind="payment",
        on=on,
        amount=amount,
        currency=account.currency,
        external_reference=reference or None,
        note=note,
        recorded_at=at,
        recorded_by=by,
    )
    after_payments([account], at)
    return event


@transaction.atomic
def reverse_payment(*, payment: LedgerEvent, on: date, by: User, note: str, at: datetime) -> LedgerEvent:
    """A cheque bounced or a debit was called back: the reversal is a further event, the payment stays on the record."""
    require(by, "crm.record_payment")
    if payment.kind != "payment":
        raise ValidationError(_("Only a payment can be reversed."))
    if payment.referred_to_by.filter(kind="reversal").exists():
        raise ValidationError(_("This payment was reversed before."))
    event = LedgerEvent.objects.create(
        account=payment.account,
        kind="reversal",
        on=on,
        amount=payment.amount,
        currency=payment.currency,
        refers_to=payment,
        note=note,
        recorded_at=at,
        recorded_by=by,
    )
    after_payments([payment.account], at)
    return event


@transaction.atomic
def waive(*, account: Account, amount: Decimal, bucket: str, by: User, note: str, at: datetime) -> LedgerEvent:
    """Give up a part of what is owed. For a team lead; the note says why."""
    require(by, "crm.waive")
    on = clock.today(at)
    owed = statement(account, on).by_bucket.get(bucket, Decimal(0))
    if not 0 < amount <= owed:
        raise ValidationError({"amount": _("Between zero and what is owed there: %(owed)s.") % {"owed": owed}})
    if not note.strip():
        raise ValidationError({"note": _("Say why.")})
    event = LedgerEvent.objects.create(
        account=account,
        kind="waiver",
        on=on,
        amount=amount,
        currency=account.currency,
        bucket=bucket,
        note=note,
        recorded_at=at,
        recorded_by=by,
    )
    after_payments([account], at)
    return event


def after_payments(accounts: Iterable[Account], at: datetime) -> None:
    """Money moved: renew positions and see which promises are kept or broken now, late bookings included."""
    for account in accounts:
        renew_position(account, clock.today(at))
        decide_promises(account, at)
        publish(Happening("payment_recorded", at, f"crm_account:{account.pk}", account_id=account.pk))


# --- contacts ------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_contact(
    *,
    permit: Permit,
    result: ResultCode,
    by: User,
    at: datetime,
    note: str = "",
    disclosures_given: bool | None = None,
    seconds: int | None = None,
) -> Activity:
    """Code the result of a contact that was permitted. Each permit is coded once, by the one who was given it."""
    from duecare.office.outreach.permits import record_outcome

    require(by, "desk.work_accounts")
    if not permit.is_granted:
        raise ValidationError(_("This contact was refused; there is nothing to record."))
    if permit.by_id != by.pk:
        raise ValidationError(_("This permit was given to somebody else."))
    if permit.channel not in result.channels:
        raise ValidationError({"result": _("This result does not follow from this channel.")})
    if hasattr(permit, "activity"):
        raise ValidationError(_("The result of this contact is recorded already."))
    activity = Activity.objects.create(
        account=permit.account,
        party=permit.party,
        person_role=permit.request["person"]["role"],
        contact_point=permit.contact_point,
        at=permit.at,
        by=by,
        action=ActionCode.objects.get(code=permit.channel),
        channel=permit.channel,
        direction=Activity.Direction.OUTBOUND,
        result=result,
        outcome=result.outcome,
        consented=bool(permit.request.get("consent_for_contact_at")),
        disclosures_given=disclosures_given,
        seconds=seconds,
        note=note,
        permit=permit,
    )
    record_outcome(permit, outcome=result.outcome, at=at, detail={"result": result.code})
    if result.outcome in ("wrong_number", "disconnected") and permit.contact_point:
        status = "wrong" if result.outcome == "wrong_number" else "inactive"
        ContactPoint.objects.filter(pk=permit.contact_point_id).update(status=status)
    elif result.right_party and permit.contact_point and permit.contact_point.status == "unverified":
        ContactPoint.objects.filter(pk=permit.contact_point_id).update(status="verified", verified_at=at)
    permit.account.callbacks.filter(status="pending", at__lte=at + timedelta(hours=1)).update(status="done")
    publish_result(activity, at)
    return activity


def publish_result(activity: Activity, at: datetime) -> None:
    """Tell the other rooms of a coded result: the account leaves today's lists, and the academy learns from it."""
    result = activity.result
    assert result is not None
    publish(
        Happening(
            "result_coded",
            at,
            f"crm_activity:{activity.pk}",
            user_id=activity.by_id,
            account_id=activity.account_id,
            detail={"result": result.code, "skill_event": result.skill_event, "outcome": result.outcome},
        )
    )


@transaction.atomic
def record_inbound(
    *, account: Account, party: Party, channel: str, result: ResultCode, by: User, at: datetime, note: str = ""
) -> Activity:
    """They contacted us. No permit is needed to listen, and the law's clocks start with it all the same."""
    require(by, "desk.work_accounts")
    activity = Activity.objects.create(
        account=account,
        party=party,
        at=at,
        by=by,
        action=ActionCode.objects.get(code="inbound"),
        channel=channel,
        direction=Activity.Direction.INBOUND,
        result=result,
        outcome=result.outcome,
        note=note,
    )
    publish_result(activity, at)
    return activity


@transaction.atomic
def add_note(*, account: Account, text: str, by: User, at: datetime) -> Activity:
    require(by, "desk.see_accounts")
    if not text.strip():
        raise ValidationError({"note": _("The note is empty.")})
    return Activity.objects.create(
        account=account,
        at=at,
        by=by,
        action=ActionCode.objects.get(code="note"),
        direction=Activity.Direction.INTERNAL,
        note=text,
    )


# --- promises ------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_promise(
    *, account: Account, party: Party, amount: Decimal, due_on: date, by: User, at: datetime, activity: Activity | None
) -> PromiseToPay:
    require(by, "desk.work_accounts")
    today = clock.today(at)
    if not 0 < amount <= account.balance:
        raise ValidationError(
            {"amount": _("Between zero and the balance of %(balance)s.") % {"balance": account.balance}}
        )
    if due_on < today:
        raise ValidationError({"due_on": _("The date has passed.")})
    if due_on > today + timedelta(days=90):
        raise ValidationError({"due_on": _("A promise is for at most 90 days; agree a plan for longer.")})
    account.promises.filter(status=PromiseStatus.PENDING).update(status=PromiseStatus.CANCELLED, decided_at=at)
    promise = PromiseToPay.objects.create(
        account=account,
        party=party,
        activity=activity,
        amount=amount,
        currency=account.currency,
        due_on=due_on,
        grace_days=account.creditor.promise_grace_days,
        tolerance_percent=account.creditor.promise_tolerance_percent,
        made_at=at,
        made_by=by,
    )
    publish(Happening("promise_made", at, f"crm_promisetopay:{promise.pk}", user_id=by.pk, account_id=account.pk))
    return promise


def decide_promises(account: Account, at: datetime) -> int:
    """Hold the account's promises against its payments; returns how many changed. A late or reversed payment may turn a
    decided promise round, as the ledger then says."""
    changed = 0
    promises = account.promises.exclude(status=PromiseStatus.CANCELLED)
    payments = list(ledger_events(account)) if promises else []
    for promise in promises:
        outcome: PromiseOutcome = evaluate_promise(
            amount=promise.amount,
            made_on=clock.today(promise.made_at),
            due_on=promise.due_on,
            events=payments,
            as_of=clock.today(at),
            grace_days=promise.grace_days,
            tolerance_percent=promise.tolerance_percent,
        )
        if outcome.status == promise.status and outcome.paid == promise.paid_amount:
            continue
        status_changed = outcome.status != promise.status
        promise.status, promise.paid_amount = outcome.status, outcome.paid
        promise.decided_at = None if outcome.status == PromiseStatus.PENDING else at
        promise.save(update_fields=["status", "paid_amount", "decided_at"])
        changed += 1
        if status_changed and outcome.status in (PromiseStatus.KEPT, PromiseStatus.BROKEN):
            publish(
                Happening(
                    f"promise_{outcome.status}",
                    at,
                    f"crm_promisetopay:{promise.pk}",
                    user_id=promise.made_by_id,
                    account_id=account.pk,
                )
            )
    return changed


# --- disputes, complaints, hardship --------------------------------------------------------------------------------


@transaction.atomic
def open_dispute(
    *,
    account: Account,
    kind: str,
    text: str,
    in_writing: bool,
    by: User,
    at: datetime,
    claim: Claim | None = None,
) -> Dispute:
    require(by, "crm.record_dispute")
    dispute = Dispute.objects.create(
        account=account, claim=claim, kind=kind, text=text, in_writing=in_writing, opened_at=at, opened_by=by
    )
    publish(Happening("dispute_opened", at, f"crm_dispute:{dispute.pk}", user_id=by.pk, account_id=account.pk))
    return dispute


@transaction.atomic
def decide_dispute(*, dispute: Dispute, status: str, answer: str, by: User, at: datetime) -> Dispute:
    require(by, "crm.decide_dispute")
    if dispute.status != Dispute.Status.OPEN:
        raise ValidationError(_("This dispute is decided already."))
    if not answer.strip():
        raise ValidationError({"answer": _("Write the answer that the person is given.")})
    dispute.status, dispute.answer, dispute.answered_at = status, answer, at
    dispute.save(update_fields=["status", "answer", "answered_at"])
    publish(Happening("account_changed", at, f"crm_dispute:{dispute.pk}", account_id=dispute.account_id))
    return dispute


@transaction.atomic
def record_complaint(
    *, account: Account | None, about: User | None, cause: str, channel: str, text: str, by: User, at: datetime
) -> Complaint:
    require(by, "crm.record_complaint")
    complaint = Complaint.objects.create(
        account=account, about=about, cause=cause, channel=channel, text=text, received_at=at, recorded_by=by
    )
    publish(
        Happening(
            "complaint_received",
            at,
            f"crm_complaint:{complaint.pk}",
            user_id=about.pk if about else None,
            account_id=account.pk if account else None,
            detail={"cause": cause},
        )
    )
    return complaint


@transaction.atomic
def decide_complaint(*, complaint: Complaint, upheld: bool, by: User, at: datetime) -> Complaint:
    require(by, "crm.decide_complaint")
    if complaint.status != Complaint.Status.OPEN:
        raise ValidationError(_("This complaint is decided already."))
    if complaint.about_id == by.pk:
        raise ValidationError(_("Nobody decides a complaint about themselves."))
    complaint.status = Complaint.Status.UPHELD if upheld else Complaint.Status.NOT_UPHELD
    complaint.decided_at = at
    complaint.save(update_fields=["status", "decided_at"])
    if upheld:
        publish(
            Happening(
                "complaint_upheld",
                at,
                f"crm_complaint:{complaint.pk}",
                user_id=complaint.about_id,
                account_id=complaint.account_id,
                detail={"cause": complaint.cause},
            )
        )
    return complaint


@transaction.atomic
def open_hardship(
    *,
    account: Account,
    party: Party,
    kind: str,
    note: str,
    consent_to_record: bool,
    hold_days: int,
    by: User,
    at: datetime,
) -> Hardship:
    """Record that somebody cannot pay. Contact rests for `hold_days`; health details are kept only with consent."""
    require(by, "crm.record_hardship")
    if not 0 <= hold_days <= 180:
        raise ValidationError({"hold_days": _("Between 0 and 180 days.")})
    hardship = Hardship.objects.create(
        account=account,
        party=party,
        kind=kind,
        note=note if consent_to_record else "",
        consent_to_record=consent_to_record,
        opened_at=at,
        opened_by=by,
        hold_until=clock.today(at) + timedelta(days=hold_days) if hold_days else None,
    )
    if kind == Hardship.Kind.CARE and consent_to_record:
        Party.objects.filter(pk=party.pk).update(vulnerable=True)
    publish(Happening("hardship_opened", at, f"crm_hardship:{hardship.pk}", user_id=by.pk, account_id=account.pk))
    return hardship


@transaction.atomic
def book_callback(
    *, account: Account, when: datetime, by: User, at: datetime, asked_for: bool, mine: bool = True
) -> Callback:
    require(by, "desk.work_accounts")
    if when <= at:
        raise ValidationError({"when": _("The time has passed.")})
    if when > at + timedelta(days=60):
        raise ValidationError({"when": _("At most 60 days ahead.")})
    account.callbacks.filter(status="pending").update(status="cancelled")
    callback = Callback.objects.create(
        account=account, at=when, owner=by if mine else None, requested_at=at if asked_for else None, booked_by=by
    )
    publish(Happening("account_changed", at, f"crm_callback:{callback.pk}", account_id=account.pk))
    return callback


@transaction.atomic
def record_preference(*, party: Party, kind: str, by: User, at: datetime, **fields: Any) -> Preference:
    """What the person said about being contacted. In force at once."""
    require(by, "desk.work_accounts")
    preference = Preference(party=party, kind=kind, since=at, recorded_by=by, **fields)
    preference.full_clean(exclude=["recorded_by"])
    preference.save()
    for account_id in party.liabilities.values_list("account_id", flat=True):
        publish(Happening("account_changed", at, f"crm_preference:{preference.pk}", account_id=account_id))
    return preference


# --- personal data -------------------------------------------------------------------------------------------------


@transaction.atomic
def unmask(
    *, party: Party, purpose: str, by: User, at: datetime, contact_point: ContactPoint | None = None
) -> Mapping[str, str]:
    """Show a name or a contact point in clear, for a stated purpose, and log that it was shown."""
    require(by, "crm.unmask")
    if len(purpose.strip()) < 4:
        raise ValidationError({"purpose": _("Say what for.")})
    Unmasking.objects.create(by=by, party=party, contact_point=contact_point, purpose=purpose.strip(), at=at)
    if contact_point is not None:
        if contact_point.party_id != party.pk:
            raise ValidationError(_("This contact point belongs to somebody else."))
        return {"value": contact_point.value}
    return {"name": party.name}


# --- the close of a day --------------------------------------------------------------------------------------------


def close_day(at: datetime) -> dict[str, int]:
    """Decide promises whose grace has passed, and anchor the audit chains. May be run any number of times."""
    from duecare.office.site import chain

    today = clock.today(at)
    due = Account.objects.filter(promises__status=PromiseStatus.PENDING, promises__due_on__lt=today).distinct()
    changed = 0
    for account in due.iterator(chunk_size=500):
        with transaction.atomic():
            changed += decide_promises(account, at)
    chain.anchor(at)
    return {"promises_decided": changed}
