"""Sends what is in the outbox, each message under a permit that was asked for at the moment of sending.

The way of one message:

    queued ──claim──► claimed ──law asked again──► final permit ──handed to the channel──► sent
                         │            └─ refused now: waits for the next lawful moment, or is refused for good
                         └─ the lease ran out (the dispatcher was killed): claimed again

Whoever claims a message whose final permit stands already knows that another was in the middle of handing it over. An
idempotent channel is asked whether it has it, and else given it again under the same key. A channel without idempotency is not
given it again: the message may have gone, is counted as gone for the debtor's protection, and the record says that it is not known.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from duecare.office.crm.models import (
    Account,
    AccountStatus,
    ActionCode,
    Activity,
    ContactPoint,
    ContactPointStatus,
    Outcome,
    ResultCode,
)
from duecare.office.crm.queries import accounts_for_contact
from duecare.office.site import clock
from duecare.office.site.events import Happening, publish

from . import message_fields
from .channels import channel_for
from .channels.receipt import NotSent, Receipt
from .models import CoveredAccount, OutboxMessage, Permit, Purpose
from .permits import Content, permit, record_outcome
from .sendable import sendable
from .services import close_first_permits, refused

log = logging.getLogger("duecare.dispatch")

LEASE = timedelta(minutes=2)
# A channel that says "not sent" is tried this often.
TRIES = 5
# A message whose dispatcher dies each time may be what kills it; after this many claims a person looks at it.
MOST_CLAIMS = 25
# A text tells of a day's balance; after a week of waiting it is written anew or not at all.
LONGEST_WAIT = timedelta(days=7)
BATCH = 50

Status = OutboxMessage.Status


@dataclass
class Dispatched:
    """What one look at the outbox came to."""

    sent: int = 0
    refused: int = 0
    deferred: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0

    def add(self, what: str) -> None:
        setattr(self, what, getattr(self, what) + 1)

    @property
    def total(self) -> int:
        return self.sent + self.refused + self.deferred + self.failed + self.unknown + self.cancelled


def dispatch_once(
    *,
    at: datetime,
    limit: int = BATCH,
    lease: timedelta = LEASE,
    who: str | None = None,
    real: Callable[[], datetime] = clock.real_now,
) -> Dispatched:
    """Send up to `limit` messages that are due at `at`; any number of dispatchers may do so at once.

    The law is asked for `at` plus the time that this call has taken so far. Leases run by the real clock, which no demo sets.
    """
    who = who or f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
    begun = time.monotonic()
    done = Dispatched()
    for _round in range(limit):
        instant = at + timedelta(seconds=time.monotonic() - begun)
        message_id = claim(at=instant, real=real(), lease=lease, who=who)
        if message_id is None:
            break
        try:
            done.add(_dispatch(message_id, instant, who))
        except LeaseLost:
            log.warning("message %s was taken over by another dispatcher", message_id)
        except Exception:
            # One message that cannot be handled must not keep the others; its lease runs out and it is looked at again.
            log.exception("message %s could not be handled", message_id)
    return done


class LeaseLost(Exception):
    """Another dispatcher holds the message by now."""


def claim(*, at: datetime, real: datetime, lease: timedelta, who: str) -> int | None:
    """Take the next due message for oneself, or None. Two dispatchers never get the same one while a lease lasts."""
    due = Q(status=Status.QUEUED, send_after__lte=at) | Q(status=Status.CLAIMED, leased_until__lt=real)
    taken = {"status": Status.CLAIMED, "leased_until": real + lease, "leased_by": who, "attempts": F("attempts") + 1}
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic():
            row = (
                OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(due)
                .order_by("send_after", "pk")
                .values_list("pk", flat=True)
                .first()
            )
            if row is not None:
                OutboxMessage.objects.filter(pk=row).update(**taken)
            return row
    for pk in OutboxMessage.objects.filter(due).order_by("send_after", "pk").values_list("pk", flat=True)[:20]:
        if OutboxMessage.objects.filter(due, pk=pk).update(**taken):
            return int(pk)
    return None


def _dispatch(message_id: int, at: datetime, who: str) -> str:
    message = _held(message_id, who)
    channel = channel_for(message.channel)
    if message.final_permit_id is not None:
        if not channel.IDEMPOTENT:
            return _unknown(message, at, who)
        receipt = channel.look_up(message.idempotency_key)
        if receipt is not None:
            return _sent(message, receipt, at, who)
        _give_up_final(message, at, who)
        message = _held(message_id, who)
    if message.attempts > MOST_CLAIMS:
        return _failed(message, "too_many_tries", at, who)
    answer = _ask_again(message, at, who)
    if answer is not None:
        return answer
    message = _held(message_id, who)
    account = message.permit.account
    out = sendable(
        message,
        sender=message_fields.sender(account, message.language),
        return_address=message_fields.outside_of(account, message.language),
        at=at,
    )
    try:
        receipt = channel.send(out)
    except NotSent as error:
        return _not_sent(message, error, at, who)
    except Exception:
        if channel.IDEMPOTENT:
            raise
        log.exception("message %s broke off while it was handed over", message_id)
        return _unknown(message, at, who)
    return _sent(message, receipt, at, who)


def _held(message_id: int, who: str) -> OutboxMessage:
    message = (
        OutboxMessage.objects.select_related(
            "permit__account__creditor", "permit__party", "permit__contact_point", "permit__by", "final_permit"
        )
        .filter(pk=message_id, status=Status.CLAIMED, leased_by=who)
        .first()
    )
    if message is None:
        raise LeaseLost
    return message


def _let_go(message: OutboxMessage, who: str, **fields: object) -> None:
    """Write the end of a claim, if it is still ours."""
    changed = OutboxMessage.objects.filter(pk=message.pk, status=Status.CLAIMED, leased_by=who).update(
        leased_until=None, leased_by="", **fields
    )
    if not changed:
        raise LeaseLost


@transaction.atomic
def _ask_again(message: OutboxMessage, at: datetime, who: str) -> str | None:
    """The law at the moment of sending. None where it grants; else what became of the message."""
    _held(message.pk, who)
    first = message.permit
    stale = _no_longer_true(message)
    if stale:
        _let_go(message, who, status=Status.CANCELLED, last_error=stale)
        close_first_permits(message, outcome="cancelled", at=at)
        return "cancelled"
    final = _renewed(first, message, at)
    covered = list(message.covered.select_related("permit"))
    finals = [final]
    if final.is_granted:
        for one in covered:
            renewed = _renewed(one.permit, message, at)
            finals.append(renewed)
            if not renewed.is_granted:
                break
            one.final_permit = renewed
    refusal = next((one for one in finals if not one.is_granted), None)
    if refusal is None:
        OutboxMessage.objects.filter(pk=message.pk).update(final_permit=final)
        CoveredAccount.objects.bulk_update(covered, ["final_permit"])
        return None
    next_at = refusal.decision["next_allowed_at"]
    later = datetime.fromisoformat(next_at) if next_at else None
    waits = refusal.verdict == "deny" and later is not None and at < later <= message.queued_at + LONGEST_WAIT
    for one in finals:
        record_outcome(
            one,
            outcome="not_used" if one.is_granted else "deferred" if waits else "refused",
            at=at,
            detail={"message": message.pk},
        )
    refused(refusal, at)
    if waits:
        _let_go(message, who, status=Status.QUEUED, send_after=later, attempts=0, last_error="deferred")
        return "deferred"
    _let_go(message, who, status=Status.REFUSED, last_error=refusal.rule[:300])
    close_first_permits(message, outcome="refused_at_sending", at=at)
    return "refused"


def _renewed(first: Permit, message: OutboxMessage, at: datetime) -> Permit:
    asked = dict(first.request["content"])
    asked.pop("text", None)
    language = asked.pop("lang", message.language)
    return permit(
        account=accounts_for_contact().get(pk=first.account_id),
        party=first.party,
        contact_point=first.contact_point,
        channel=first.channel,
        at=at,
        by=first.by,
        purpose=first.purpose,
        content=Content(text_hash=message.text_hash, language=language, flags=asked),
        autodialled=first.request["autodialled"],
        renews=first,
    )


def _no_longer_true(message: OutboxMessage) -> str:
    """Why the text must not go although the law might allow it: what it says is no longer so. Empty where it still is."""
    point = message.permit.contact_point
    if point is None or not ContactPoint.objects.get(pk=point.pk).is_usable:
        return "address_unusable"
    permits = [message.permit, *(one.permit for one in message.covered.select_related("permit"))]
    for one in permits:
        account = Account.objects.get(pk=one.account_id)
        if one.purpose in (Purpose.COLLECT, Purpose.NOTICE) and account.status != AccountStatus.OPEN:
            return "account_closed"
        if str(account.balance) != one.request["debt"]["balance"]:
            return "balance_changed"
    return ""


@transaction.atomic
def _sent(message: OutboxMessage, receipt: Receipt, at: datetime, who: str) -> str:
    _let_go(message, who, status=Status.SENT, sent_at=at, receipt=receipt.reference[:200], last_error="")
    _record_contact(message, at=at, outcome=Outcome.DELIVERED, permit_outcome="delivered", note="")
    close_first_permits(message, outcome="sent", at=at)
    if message.template is not None and message.template.key == "validation-notice" and message.channel != "sms":
        for account in _accounts(message):
            if account.validation_notice_at is None:
                Account.objects.filter(pk=account.pk).update(validation_notice_at=at)
                publish(Happening("account_changed", at, f"outreach_outboxmessage:{message.pk}", account_id=account.pk))
    return "sent"


@transaction.atomic
def _unknown(message: OutboxMessage, at: datetime, who: str) -> str:
    """It was being handed over when the dispatcher stopped, and the channel cannot be asked."""
    _let_go(message, who, status=Status.FAILED, last_error="unknown")
    _record_contact(
        message,
        at=at,
        outcome=Outcome.DELIVERED,
        permit_outcome="unknown",
        note="It is not known whether this message went out; it is counted as delivered so that nobody is written to more often.",
    )
    close_first_permits(message, outcome="unknown", at=at)
    return "unknown"


@transaction.atomic
def _not_sent(message: OutboxMessage, error: NotSent, at: datetime, who: str) -> str:
    """It certainly did not go: try again a little later, or give up where the address refuses or patience ends."""
    _release_final(message, at, "undelivered" if error.address_refused else "not_sent")
    if error.address_refused:
        ContactPoint.objects.filter(pk=message.permit.contact_point_id, status__in=_REACHABLE).update(
            status=ContactPointStatus.INACTIVE
        )
    if error.lasting or message.attempts >= TRIES:
        _let_go(message, who, status=Status.FAILED, final_permit=None, last_error=str(error)[:300])
        return "failed"
    wait = timedelta(seconds=30 * 2 ** min(message.attempts, 8))
    _let_go(message, who, status=Status.QUEUED, final_permit=None, send_after=at + wait, last_error=str(error)[:300])
    return "deferred"


_REACHABLE = (ContactPointStatus.VERIFIED, ContactPointStatus.UNVERIFIED)


@transaction.atomic
def _failed(message: OutboxMessage, why: str, at: datetime, who: str) -> str:
    _let_go(message, who, status=Status.FAILED, last_error=why)
    return "failed"


@transaction.atomic
def _give_up_final(message: OutboxMessage, at: datetime, who: str) -> None:
    """The dispatcher before us was stopped before it handed the message over; its permit was for that moment only."""
    _held(message.pk, who)
    _release_final(message, at, "not_sent")
    OutboxMessage.objects.filter(pk=message.pk).update(final_permit=None)


def _release_final(message: OutboxMessage, at: datetime, outcome: str) -> None:
    finals = [message.final_permit, *(one.final_permit for one in message.covered.select_related("final_permit"))]
    for final in finals:
        if final is not None:
            record_outcome(final, outcome=outcome, at=at, detail={"message": message.pk})
    message.covered.update(final_permit=None)


def _accounts(message: OutboxMessage) -> list[Account]:
    return [message.permit.account, *(one.account for one in message.covered.select_related("account"))]


def _record_contact(message: OutboxMessage, *, at: datetime, outcome: str, permit_outcome: str, note: str) -> None:
    """One contact on each account that the message speaks of, under that account's final permit."""
    finals = [message.final_permit, *(one.final_permit for one in message.covered.select_related("final_permit"))]
    for final in finals:
        assert final is not None
        activity = Activity.objects.create(
            account=final.account,
            party=final.party,
            person_role=final.request["person"]["role"],
            contact_point=final.contact_point,
            at=at,
            by=final.by,
            action=ActionCode.objects.get(code=final.channel),
            channel=final.channel,
            direction=Activity.Direction.OUTBOUND,
            result=ResultCode.objects.get(code="delivered"),
            outcome=outcome,
            note=note,
            permit=final,
        )
        record_outcome(final, outcome=permit_outcome, at=at, detail={"message": message.pk, "activity": activity.pk})
        publish(
            Happening(
                "account_changed", at, f"crm_activity:{activity.pk}", user_id=final.by_id, account_id=final.account_id
            )
        )
