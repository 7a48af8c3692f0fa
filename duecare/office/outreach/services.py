"""What leaves the house: templates filled, words checked, permit asked, message laid in the outbox, all in one transaction."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from babel.dates import format_date
from babel.numbers import format_decimal
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from duecare.office.crm.models import Account, ContactPoint, Party, PromiseStatus
from duecare.office.crm.queries import statement
from duecare.office.people.rights import require
from duecare.office.site import clock
from duecare.office.site.events import Happening, publish
from duecare.speech import Finding, check_text

from .models import MessageTemplate, OutboxMessage, Permit
from .permits import Content, permit

if TYPE_CHECKING:
    from duecare.office.people.models import User

TEMPLATES = Path(__file__).with_name("data") / "templates.yaml"
ELECTRONIC = ("sms", "email", "chat")


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))
    return found


def ensure_templates() -> int:
    """Bring the templates that ship with Duecare into the office; changed words become a new version. Returns how many were new."""
    added = 0
    for entry in _data()["templates"]:
        for channel in ("sms", "email", "letter"):
            words = entry.get(channel)
            if words is None:
                continue
            for lang, language in (("en", "en"), ("zh", "zh-hans")):
                subject, body = words.get("subject", {}).get(lang, ""), words[lang]
                last = MessageTemplate.objects.filter(key=entry["key"], channel=channel, language=language).first()
                if last and (last.subject, last.body) == (subject, body):
                    continue
                if last and last.approved_by_id is not None:
                    continue  # the office has its own words
                MessageTemplate.objects.create(
                    key=entry["key"],
                    channel=channel,
                    purpose=entry["purpose"],
                    language=language,
                    version=last.version + 1 if last else 1,
                    name=entry["name"][lang],
                    subject=subject,
                    body=body,
                )
                if last:
                    MessageTemplate.objects.filter(pk=last.pk).update(is_active=False)
                added += 1
    return added


@dataclass(frozen=True)
class Draft:
    """A message as it would be sent: words in the debtor's language, what the check of the words found, and what the law needs to know of it."""

    template: MessageTemplate
    subject: str
    body: str
    language: str
    findings: tuple[Finding, ...]
    content: Content

    @property
    def is_blocked(self) -> bool:
        return any(finding.severity == "block" for finding in self.findings)


def templates_for(channel: str, language: str) -> list[MessageTemplate]:
    """Approved templates of a channel in a language, or in English where there is none."""
    lang = "zh-hans" if language.startswith("zh") else "en"
    return list(MessageTemplate.objects.filter(channel=channel, language=lang, is_active=True))


def draft(*, account: Account, party: Party, template: MessageTemplate, at: datetime, addition: str = "") -> Draft:
    """Fill a template for one account.

    Raises:
        ValidationError: the template needs something that this account does not have, such as a promise.
    """
    lang = "zh" if template.language.startswith("zh") else "en"
    fields = _fields(account, party, template.channel, lang, at)
    subject, body = (_fill(text, fields, template) for text in (template.subject, template.body))
    if addition.strip():
        body = f"{body}\n\n{addition.strip()}"
    text = f"{subject}\n{body}"
    return Draft(
        template=template,
        subject=subject,
        body=body,
        language=template.language,
        findings=check_text(text, lang=lang, medium=template.channel),
        content=Content(
            text_hash=hashlib.sha256(text.encode()).hexdigest(),
            language=lang,
            flags={
                "identifies_sender": office_name() in text,
                "offers_opt_out": template.channel not in ELECTRONIC or fields["opt_out"] in body,
                "discloses_debt": True,
                "envelope_reveals_debt": False,
            },
        ),
    )


def office_name() -> str:
    return str(getattr(settings, "OFFICE_NAME", "Duecare Office"))


def _fields(account: Account, party: Party, channel: str, lang: str, at: datetime) -> dict[str, str | None]:
    locale = "zh_Hans_CN" if lang == "zh" else "en_GB"
    today = clock.today(at)

    def amount(value: Decimal) -> str:
        return format_decimal(value, format="#,##0.00", locale=locale)

    def day(value: date | None) -> str | None:
        return format_date(value, format="long", locale=locale) if value else None

    owed = statement(account, today)
    claims = {str(claim.pk): claim for claim in account.claims.all()}
    items = [
        f"{claims[claim.claim_id].reference}: {amount(claim.balance)} {account.currency}"
        + (f" ({day(claim.due_on)})" if claim.due_on else "")
        for claim in owed.by_claim
        if claim.balance > 0 and claim.claim_id in claims
    ]
    promise = account.promises.exclude(status=PromiseStatus.CANCELLED).order_by("-made_at").first()
    phrases = _data()["phrases"]
    opt_out = phrases["opt_out"].get(channel, {}).get(lang, "")
    return {
        "name": party.name or party.reference,
        "office": office_name(),
        "creditor": account.creditor.name,
        "reference": account.reference,
        "balance": amount(owed.balance),
        "currency": account.currency,
        "due_date": day(owed.oldest_unpaid_due_on),
        "today": day(today),
        "payment_instructions": account.creditor.payment_instructions or phrases["payment_instructions"][lang],
        "promise_amount": amount(promise.amount) if promise else None,
        "promise_date": day(promise.due_on) if promise else None,
        "opt_out": opt_out,
        "items": "\n".join(items),
    }


def _fill(text: str, fields: dict[str, str | None], template: MessageTemplate) -> str:
    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in fields:
            raise ValidationError(
                _("The template %(template)s asks for a field that does not exist: %(field)s")
                % {"template": template, "field": name}
            )
        found = fields[name]
        if found is None:
            raise ValidationError(
                _("This account has nothing for the field %(field)s of this template.") % {"field": name}
            )
        return found

    return re.sub(r"\{(\w+)\}", value, text).strip()


@transaction.atomic
def send_message(
    *,
    account: Account,
    party: Party,
    contact_point: ContactPoint,
    message: Draft,
    by: User,
    at: datetime,
    language: str = "en",
) -> tuple[Permit, OutboxMessage | None]:
    """Ask the law and, where it allows, lay the message in the outbox. The refusal is logged like the permit.

    Raises:
        ValidationError: the words may not be sent, or the address cannot be used for this channel.
    """
    require(by, "outreach.send_messages")
    if message.is_blocked:
        raise ValidationError([finding.why for finding in message.findings if finding.severity == "block"])
    if (
        message.template.channel not in contact_point.channels
        or contact_point.party_id != party.pk
        or not contact_point.is_usable
    ):
        raise ValidationError(_("This address cannot be used for this channel."))
    granted = permit(
        account=account,
        party=party,
        contact_point=contact_point,
        channel=message.template.channel,
        at=at,
        by=by,
        purpose=message.template.purpose,
        content=message.content,
        language=language,
    )
    if not granted.is_granted:
        publish_refusal(granted, at)
        return granted, None
    row = OutboxMessage.objects.create(
        permit=granted,
        template=message.template,
        channel=message.template.channel,
        language=message.language,
        subject=message.subject,
        body=message.body,
        text_hash=message.content.text_hash,
        idempotency_key=secrets.token_hex(16),
        send_after=at,
        queued_at=at,
    )
    return granted, row


def publish_refusal(refused: Permit, at: datetime) -> None:
    """Tell the house that the law said no: it is evidence of what to practise."""
    from .gate import library

    rule = refused.rule
    kind = library().rule(rule).kind if rule else ""
    publish(
        Happening(
            "permit_refused",
            at,
            f"outreach_permit:{refused.pk}",
            user_id=refused.by_id,
            account_id=refused.account_id,
            detail={"rule": rule, "rule_kind": kind, "channel": refused.channel},
        )
    )


@transaction.atomic
def cancel_message(*, message: OutboxMessage, by: User, at: datetime) -> None:
    """Take a message back that has not been sent."""
    from .permits import record_outcome

    require(by, "outreach.see_outbox")
    if not OutboxMessage.objects.filter(pk=message.pk, status=OutboxMessage.Status.QUEUED).update(
        status=OutboxMessage.Status.CANCELLED
    ):
        raise ValidationError(_("Only a message that waits can be taken back."))
    record_outcome(message.permit, outcome="cancelled", at=at)
