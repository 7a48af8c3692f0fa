"""What changes the outbox. A message and the permit it goes under are written in one transaction, or neither is."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duecare.office.crm.models import Account, ContactPoint, Party
from duecare.office.people.models import User
from duecare.office.people.rights import require
from duecare.office.site.events import Happening, publish

from .drafts import Draft, draft
from .gate import library
from .library import ensure_templates
from .models import CoveredAccount, OutboxMessage, Permit
from .permits import permit, record_outcome

__all__ = ["Sent", "cancel_message", "ensure_templates", "permit", "retry_message", "send_message"]


class TextBlocked(ValidationError):
    """The language check found something that must not be sent."""


@dataclass(frozen=True)
class Sent:
    """What became of an order to send: the permit, and the message where the permit was granted."""

    permit: Permit
    message: OutboxMessage | None
    draft: Draft


@transaction.atomic
def send_message(
    *,
    account: Account,
    party: Party,
    contact_point: ContactPoint,
    channel: str,
    key: str,
    by: User,
    at: datetime,
    addition: str = "",
    send_at: datetime | None = None,
    automatic: bool = False,
) -> Sent:
    """Ask the law for one message and, where it grants, put it into the outbox in the same transaction.

    `send_at` plans the message for later: the law is asked for that moment now, and again when it comes.

    Raises:
        ValidationError: see `drafts.draft`.
        TextBlocked: the finished text holds something that must not be said.
        PermissionDenied: without the right to send.
    """
    require(by, "outreach.send_messages")
    planned = send_at or at
    if planned < at:
        raise ValidationError(_("The time has passed."))
    language = get_language() or "en"
    made = draft(
        account=account,
        party=party,
        contact_point=contact_point,
        channel=channel,
        key=key,
        addition=addition,
        by=by,
        at=planned,
        autodialled=automatic,
        ui_language=language,
    )
    if made.blocked:
        raise TextBlocked(_("The text holds something that must not be sent."))

    def asked(one: Account) -> Permit:
        return permit(
            account=one,
            party=party,
            contact_point=contact_point,
            channel=channel,
            at=planned,
            by=by,
            purpose=made.purpose,
            content=made.content,
            autodialled=automatic,
            language=language,
        )

    granted = asked(account)
    if not granted.is_granted:
        refused(granted, at)
        return Sent(granted, None, made)
    further = [asked(one) for one in made.covered]
    stopped = next((one for one in further if not one.is_granted), None)
    if stopped is not None:
        # The text names an account about which it may not speak; the granted permits are closed unused.
        for one in (granted, *further):
            if one.is_granted:
                record_outcome(one, outcome="not_used", at=at)
        refused(stopped, at)
        return Sent(stopped, None, made)
    message = OutboxMessage.objects.create(
        permit=granted,
        template=made.template,
        channel=channel,
        language=made.language,
        subject=made.subject,
        body=made.body,
        text_hash=made.content.text_hash,
        idempotency_key=secrets.token_hex(32),
        send_after=planned,
        queued_at=at,
    )
    CoveredAccount.objects.bulk_create(
        [CoveredAccount(message=message, account=one.account, permit=one) for one in further]
    )
    return Sent(granted, message, made)


def refused(permit_: Permit, at: datetime) -> None:
    """Tell the other rooms of a refusal; the academy makes practice of it."""
    kind = ""
    if permit_.rule:
        try:
            kind = library().rule(permit_.rule).kind
        except KeyError:
            kind = ""
    publish(
        Happening(
            "permit_refused",
            at,
            f"outreach_permit:{permit_.pk}",
            user_id=permit_.by_id,
            account_id=permit_.account_id,
            detail={"rule": permit_.rule, "rule_kind": kind, "channel": permit_.channel},
        )
    )


@transaction.atomic
def cancel_message(*, message: OutboxMessage, by: User, at: datetime) -> OutboxMessage:
    """Take a message back that has not gone. Stopping is open to whoever sees the outbox."""
    require(by, "outreach.see_outbox")
    changed = OutboxMessage.objects.filter(pk=message.pk, status=OutboxMessage.Status.QUEUED).update(
        status=OutboxMessage.Status.CANCELLED
    )
    if not changed:
        raise ValidationError(_("Only a message that still waits can be cancelled."))
    close_first_permits(message, outcome="cancelled", at=at)
    message.refresh_from_db()
    return message


@transaction.atomic
def retry_message(*, message: OutboxMessage, by: User, at: datetime) -> OutboxMessage:
    """Put a failed message back, where it is certain that it did not go. The law is asked again when it is sent."""
    require(by, "outreach.send_messages")
    require(by, "outreach.see_outbox")
    changed = OutboxMessage.objects.filter(
        pk=message.pk, status=OutboxMessage.Status.FAILED, final_permit__isnull=True
    ).update(status=OutboxMessage.Status.QUEUED, send_after=at, attempts=0, last_error="")
    if not changed:
        raise ValidationError(_("Only a message that certainly did not go can be tried again."))
    message.refresh_from_db()
    return message


def close_first_permits(message: OutboxMessage, *, outcome: str, at: datetime) -> None:
    """Close the permits under which a message was queued, once."""
    covered = [one.permit for one in message.covered.select_related("permit")]
    for one in (message.permit, *covered):
        if not hasattr(one, "outcome"):
            record_outcome(one, outcome=outcome, at=at, detail={"message": message.pk})
