"""Sends what waits in the outbox. Any number of dispatchers may run; each message is claimed by one, with a lease.

    claim ──► ask the law again ──► send under the idempotency key ──► record receipt, activity and outcome

A dispatcher that is killed leaves a lease behind; when it runs out, the message is taken up again. Where the channel is idempotent that is safe;
where it is not (SMTP), the message was marked before it was handed over and is set to failed, for a person to look at: lost rather than sent twice.
"""

from __future__ import annotations

import logging
import os
import socket
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from duecare.office.crm.models import ActionCode, Activity, ResultCode
from duecare.office.crm.queries import accounts_for_contact

from .channels import CannotSend, driver_for
from .channels.sendable import from_granted
from .models import OutboxMessage, Permit
from .permits import Content, permit, record_outcome
from .services import office_name, publish_refusal

log = logging.getLogger("duecare.outreach")
LEASE = timedelta(minutes=2)
MOST_TRIES = 5
LONGEST_WAIT = timedelta(days=7)
"""A message that the law would let pass only later than this is refused, not kept."""

Status = OutboxMessage.Status


def dispatch_once(*, at: datetime, most: int = 100) -> int:
    """Send up to `most` messages that are due; returns how many left the house."""
    sent = 0
    me = f"{socket.gethostname()}:{os.getpid()}"
    for _ in range(most):
        message = claim(me, at)
        if message is None:
            break
        sent += _send(message, at)
    return sent


def claim(me: str, at: datetime) -> OutboxMessage | None:
    """Take one message that is due, or whose lease has run out, for the time of a lease."""
    due = Q(status=Status.QUEUED, send_after__lte=at) | Q(status=Status.CLAIMED, leased_until__lt=at)
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(due).order_by("send_after", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        message = rows.first()
        if message is None:
            return None
        taken = OutboxMessage.objects.filter(due, pk=message.pk).update(
            status=Status.CLAIMED, leased_by=me, leased_until=at + LEASE, attempts=message.attempts + 1
        )
        if not taken:
            return None
    return OutboxMessage.objects.select_related("permit__contact_point", "permit__by").get(pk=message.pk)


def _send(message: OutboxMessage, at: datetime) -> int:
    driver = driver_for(message.channel)
    if message.attempts > MOST_TRIES:
        _give_up(message, at, "too many tries")
        return 0
    if message.final_permit_id is None:
        final = _ask_again(message, at)
        if final is None:
            return 0
    else:
        if not driver.is_idempotent:
            _give_up(message, at, "interrupted while it was handed over; it may or may not have arrived")
            return 0
        final = message.final_permit
    assert final is not None
    point = message.permit.contact_point
    assert point is not None
    sendable = from_granted(
        permit=final,
        to=point.value,
        name=message.permit.party.name,
        subject=message.subject,
        body=message.body,
        language=message.language,
        idempotency_key=message.idempotency_key,
        office=office_name(),
    )
    try:
        receipt = driver.send(sendable)
    except CannotSend as error:
        log.warning("message %s was not sent: %s", message.pk, error)
        _give_up(message, at, str(error))
        return 0
    with transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(
            status=Status.SENT, sent_at=at, receipt=receipt, leased_until=None
        )
        Activity.objects.create(
            account=final.account,
            party=final.party,
            person_role=final.request["person"]["role"],
            contact_point=point,
            at=at,
            by=final.by,
            action=ActionCode.objects.get(code=message.channel),
            channel=message.channel,
            direction=Activity.Direction.OUTBOUND,
            result=ResultCode.objects.get(code="delivered"),
            outcome="delivered",
            permit=final,
        )
        record_outcome(final, outcome="sent", at=at, detail={"receipt": receipt})
        record_outcome(message.permit, outcome="sent", at=at, detail={"final_permit": final.pk})
        if message.permit.purpose == "notice" and message.channel == "letter":
            account = final.account
            if account.validation_notice_at is None:
                account.validation_notice_at = at
                account.save(update_fields=["validation_notice_at"])
    return 1


def _ask_again(message: OutboxMessage, at: datetime) -> Permit | None:
    """The law is asked at the moment of sending; what has changed since the first question counts."""
    first = message.permit
    account = accounts_for_contact().get(pk=first.account_id)
    content = Content(
        message.text_hash,
        first.request["content"].get("lang", "en"),
        {k: v for k, v in first.request["content"].items() if k not in ("text", "lang")},
    )
    with transaction.atomic():
        final = permit(
            account=account,
            party=first.party,
            contact_point=first.contact_point,
            channel=first.channel,
            at=at,
            by=first.by,
            purpose=first.purpose,
            content=content,
            renews=first,
        )
        if final.is_granted:
            OutboxMessage.objects.filter(pk=message.pk).update(final_permit=final)
            return final
        record_outcome(final, outcome="refused", at=at)
        following = final.decision["next_allowed_at"]
        if following and datetime.fromisoformat(following) - message.queued_at <= LONGEST_WAIT:
            OutboxMessage.objects.filter(pk=message.pk).update(
                status=Status.QUEUED,
                send_after=datetime.fromisoformat(following),
                leased_until=None,
                attempts=message.attempts - 1,
            )
        else:
            OutboxMessage.objects.filter(pk=message.pk).update(status=Status.REFUSED, leased_until=None)
            record_outcome(first, outcome="refused", at=at, detail={"final_permit": final.pk})
            publish_refusal(final, at)
    return None


def _give_up(message: OutboxMessage, at: datetime, why: str) -> None:
    with transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(
            status=Status.FAILED, last_error=why[:300], leased_until=None
        )
        record_outcome(message.permit, outcome="failed", at=at, detail={"why": why[:200]})
