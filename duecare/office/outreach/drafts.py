"""What would this message say, and may it go? A draft is worked out afresh for preview and for sending; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duecare.law import Decision
from duecare.office.crm.models import Account, AccountStatus, ContactPoint, Party
from duecare.office.crm.queries import accounts_for_contact
from duecare.office.people.models import User

from . import message_fields, permits, wording
from .library import template_for
from .models import MessageTemplate, Purpose
from .permits import Content
from .wording import FieldMissing, Finding

LONGEST_ADDITION = 1000
# Purposes for which one message speaks of all accounts of the debtor with this creditor and currency.
CONSOLIDATED = (Purpose.COLLECT, Purpose.NOTICE)


class TemplateNotUsable(ValidationError):
    """The record lacks a fact that the template would state."""


@dataclass(frozen=True)
class Draft:
    """A finished text with all that the law and the language check have to know of it."""

    account: Account
    covered: tuple[Account, ...]
    """Further accounts that the text speaks of; the law was asked about each."""
    left_out: tuple[Account, ...]
    """Accounts of the same debtor and creditor about which the law allows no message now."""
    party: Party
    contact_point: ContactPoint
    channel: str
    template: MessageTemplate
    language: str
    subject: str
    body: str
    content: Content
    findings: tuple[Finding, ...]
    decision: Decision

    @property
    def purpose(self) -> str:
        return self.template.purpose

    @property
    def blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)

    @property
    def threatens_suit(self) -> bool:
        return bool(self.content.flags.get("threatens_suit"))


def draft(
    *,
    account: Account,
    party: Party,
    contact_point: ContactPoint,
    channel: str,
    key: str,
    addition: str,
    by: User,
    at: datetime,
    autodialled: bool = False,
    masked: bool = False,
    ui_language: str = "en",
) -> Draft:
    """Work out a message to one debtor, in the debtor's language, as of the instant at which it would go.

    `addition` is the one paragraph that a collector may add. `masked` writes the masked name, for the screen.

    Raises:
        ValidationError: the address is not this person's or cannot take this channel, the addition is too long, or there is no such template.
        TemplateNotUsable: the record does not hold what the template states.
    """
    if contact_point.party_id != party.pk or channel not in contact_point.channels:
        raise ValidationError(_("This address cannot be reached in this way."))
    if not contact_point.is_usable:
        raise ValidationError(_("This address is marked as not to be used."))
    if not any(liability.party_id == party.pk for liability in account.liabilities.all()):
        raise ValidationError(_("Only who owes this account may be written to about it."))
    if len(addition) > LONGEST_ADDITION:
        raise ValidationError(_("The added paragraph may have at most %(n)s characters.") % {"n": LONGEST_ADDITION})
    language = message_fields.language_for(party)
    template = template_for(key=key, channel=channel, language=language)
    if template is None:
        raise ValidationError(_("There is no text in use for this step, channel and language."))

    def asked(one: Account, content: Content | None) -> Decision:
        return permits.ask(
            account=one,
            party=party,
            contact_point=contact_point,
            channel=channel,
            at=at,
            by=by,
            purpose=template.purpose,
            content=content,
            autodialled=autodialled,
            language=ui_language,
        )[1]

    further = siblings(account, party) if template.purpose in CONSOLIDATED else []
    covered = [one for one in further if asked(one, None).verdict == "allow"]
    accounts = [account, *covered]
    subject, body, content = _written(template, accounts, party, channel, language, addition, at, masked=False)
    if masked:
        shown_subject, shown_body, _content = _written(
            template, accounts, party, channel, language, addition, at, masked=True
        )
    return Draft(
        account=account,
        covered=tuple(covered),
        left_out=tuple(one for one in further if one not in covered),
        party=party,
        contact_point=contact_point,
        channel=channel,
        template=template,
        language=language,
        subject=shown_subject if masked else subject,
        body=shown_body if masked else body,
        content=content,
        findings=tuple(
            wording.check(shown_body if masked else body, language=language, medium=channel, reader=ui_language)
        ),
        decision=asked(account, content),
    )


def gloss(of: Draft, *, language: str, addition: str, at: datetime) -> str:
    """The same step in the collector's language, so that who does not read the debtor's knows what is being said."""
    template = template_for(key=of.template.key, channel=of.channel, language=language)
    if template is None or language == of.language:
        return ""
    accounts = [of.account, *of.covered]
    try:
        return _written(template, accounts, of.party, of.channel, language, addition, at, masked=True)[1]
    except (TemplateNotUsable, ValidationError):
        return ""


def siblings(account: Account, party: Party) -> list[Account]:
    """Other open accounts of the same debtor with the same creditor and currency, oldest due first."""
    return list(
        accounts_for_contact()
        .filter(
            liabilities__party=party,
            creditor=account.creditor_id,
            currency=account.currency,
            status=AccountStatus.OPEN,
            balance__gt=0,
        )
        .exclude(pk=account.pk)
        .order_by("oldest_due_on", "pk")[:50]
    )


def _written(
    template: MessageTemplate,
    accounts: list[Account],
    party: Party,
    channel: str,
    language: str,
    addition: str,
    at: datetime,
    *,
    masked: bool,
) -> tuple[str, str, Content]:
    values = message_fields.values_for(
        accounts=accounts,
        party=party,
        channel=channel,
        language=language,
        at=at,
        name=party.shown_name if masked else None,
    )
    try:
        subject = message_fields.one_line(wording.fill(template.subject, values))
        body = wording.fill(template.body, values)
    except FieldMissing as error:
        raise TemplateNotUsable(
            _("This text cannot be used: the record does not say %(what)s.") % {"what": _what(error.field)}
        ) from error
    body = _add(body, addition.strip(), before=values["opt_out"] if channel != "letter" else values["sender"])
    content = wording.content_of(
        text=f"{subject}\n{body}".strip(),
        language=language,
        sender=values["sender"],
        opt_out=values["opt_out"],
        amounts=[values["balance"], *(one.reference for one in accounts)],
        outside=message_fields.outside_of(accounts[0], language) if channel == "letter" else None,
    )
    return subject, body, content


def _add(body: str, addition: str, *, before: str) -> str:
    """Put the added paragraph before the closing line, whatever it says; its words are never read as fields."""
    if not addition:
        return body
    head, found, tail = body.rpartition(before)
    return f"{head.rstrip()}\n\n{addition}\n\n{found}{tail}" if found else f"{body}\n\n{addition}"


def _what(field: str) -> str:
    return {
        "payment_instructions": _("how the creditor is officially paid"),
        "owed": _("that anything is owed"),
        "oldest_due": _("since when it is due"),
        "promise_amount": _("that a promise is pending"),
        "promise_due": _("that a promise is pending"),
        "missed_amount": _("that a promise was missed"),
        "missed_due": _("that a promise was missed"),
        "paid_amount": _("that a payment came in"),
        "paid_on": _("that a payment came in"),
        "dispute_open_since": _("that a dispute is open"),
        "dispute_opened": _("that a dispute was raised"),
        "dispute_answer": _("that a dispute was answered"),
        "dispute_answered": _("that a dispute was answered"),
        "closed_reference": _("that nothing is owed any more"),
        "hold_until": _("until when contact rests"),
    }.get(field, field)
