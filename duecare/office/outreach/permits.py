"""The first law of the house: nothing reaches a debtor without a permit from the law gate.

`permit` is the only function that writes permits. It builds the gate's request from the system of record, asks
`duecare.law`, and appends request, decision and rulebook version to the chained log, whatever the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from duecare.law import Decision, Library
from duecare.office.crm.contact_request import Known, contact_request
from duecare.office.crm.models import Account, ContactPoint, Party
from duecare.office.site import clock

from .gate import library_for
from .models import Permit, PermitOutcome

if TYPE_CHECKING:
    from duecare.office.people.models import User


@dataclass(frozen=True)
class Content:
    """What the law needs to know of the words of a message. The words themselves stay out of the log."""

    text_hash: str
    language: str
    flags: Mapping[str, bool]

    def for_request(self) -> dict[str, Any]:
        return {"lang": self.language, **self.flags}


def ask(
    *,
    account: Account,
    party: Party,
    contact_point: ContactPoint | None,
    channel: str,
    at: datetime,
    by: User | None,
    purpose: str = "collect",
    content: Content | None = None,
    autodialled: bool = False,
    language: str = "en",
    known: Known | None = None,
    law: Library | None = None,
) -> tuple[dict[str, Any], Decision]:
    """Ask the law without writing anything: for lists, previews and "may I at …?". Never a licence to contact.

    An account is under the rules of its creditor beside all others; `law` is that library where the caller has it already.
    """
    law = law or library_for(account.creditor_id)
    request = contact_request(
        account=account,
        party=party,
        contact_point=contact_point,
        channel=channel,
        at=at,
        by=by,
        purpose=purpose,
        content=content.for_request() if content else None,
        autodialled=autodialled,
        known=known,
    )
    return request, law.judge(request, lang="zh" if language.startswith("zh") else "en")


def permit(
    *,
    account: Account,
    party: Party,
    contact_point: ContactPoint | None,
    channel: str,
    at: datetime,
    by: User | None,
    purpose: str = "collect",
    content: Content | None = None,
    autodialled: bool = False,
    language: str = "en",
    renews: Permit | None = None,
    generated: bool = False,
) -> Permit:
    """Ask the law for one contact and write question and answer to the log. The caller looks at `is_granted`.

    Counters are read inside the transaction that appends the permit, so that two collectors who ask at the same moment
    cannot both be told of the last free attempt. `generated` is for a demo office's past: asked at the moment of the contact itself, and marked.
    """
    with transaction.atomic():
        if connection_locks_rows():
            Party.objects.select_for_update().get(pk=party.pk)
        law = library_for(account.creditor_id, now=True)
        request, decision = ask(
            account=account,
            party=party,
            contact_point=contact_point,
            channel=channel,
            at=at,
            by=by,
            purpose=purpose,
            content=content,
            autodialled=autodialled,
            language=language,
            law=law,
        )
        if content:
            request["content"]["text"] = f"sha256:{content.text_hash}"
        answer = decision.to_dict()
        row: Permit = Permit.append(
            account=account,
            party=party,
            contact_point=contact_point,
            by=by,
            channel=channel,
            purpose=purpose,
            at=at,
            asked_at=at if generated else clock.now(),
            clock="gen" if generated else clock.source(),
            verdict=answer["verdict"],
            rule=answer["reasons"][0]["rule"] if answer["reasons"] else "",
            request=request,
            decision=answer,
            rulebook_version=law.version,
            renews=renews,
        )
    return row


def record_outcome(
    permit_: Permit, *, outcome: str, at: datetime, detail: Mapping[str, Any] | None = None
) -> PermitOutcome:
    """Close a permit with what came of it; each permit is closed once."""
    row: PermitOutcome = PermitOutcome.append(permit=permit_, outcome=outcome, at=at, detail=dict(detail or {}))
    return row


def connection_locks_rows() -> bool:
    from django.db import connection

    return connection.features.has_select_for_update
