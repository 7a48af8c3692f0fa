"""Codes of the outbox and of outcomes, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duecare.office.crm.models import Outcome


def error_told(code: str) -> str:
    """Why a message stands as it does. What a server said is shown as it said it."""
    return {
        "": "",
        "deferred": _("waits for the next lawful moment"),
        "balance_changed": _("the balance changed after the text was written"),
        "account_closed": _("the account is no longer open"),
        "address_unusable": _("the address is no longer to be used"),
        "too_many_tries": _("tried too often"),
        "unknown": _("it is not known whether it went; it is not sent again and counts as a contact"),
    }.get(code, code)


def outcome_told(code: str) -> str:
    return {
        "sent": _("sent under a later permit"),
        "delivered": _("delivered"),
        "undelivered": _("the address refused it"),
        "deferred": _("waits for the next lawful moment"),
        "refused": _("not sent"),
        "refused_at_sending": _("refused when it was to be sent"),
        "not_sent": _("not sent"),
        "not_used": _("not used"),
        "unknown": _("not known whether it went"),
        "cancelled": _("taken back"),
    }.get(code) or (str(Outcome(code).label) if code in Outcome.values else code)
