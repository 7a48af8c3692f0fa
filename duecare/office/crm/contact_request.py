"""The system of record, told in the law gate's words (schema `contact-request`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from duecare.office.crm.models import Account, Activity, ContactPoint, Dispute, Party, Preference

if TYPE_CHECKING:
    from duecare.office.people.models import User

# The longest look-back of any counter in the rulebooks is a year; a little more, so that no edge is missed.
HISTORY = timedelta(days=400)


@dataclass(frozen=True)
class Known:
    """What was fetched beforehand for many accounts: the asker's certificates and the past contacts of each account."""

    certificates: list[str]
    histories: Mapping[int, list[dict[str, Any]]]


def histories_of(accounts: Sequence[Account], at: datetime) -> dict[int, list[dict[str, Any]]]:
    """`history_of` the first liable party of each account, in one query."""
    from duecare.office.crm.queries import debtor_of

    party_of = {account.pk: debtor_of(account).pk for account in accounts}
    accounts_of: dict[int, list[int]] = {}
    for account_id, party_id in party_of.items():
        accounts_of.setdefault(party_id, []).append(account_id)
    rows = _contacts(Q(account__in=party_of) | Q(party__in=accounts_of), at)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        entry = history_facts([row])[0]
        for account_id in {row.account_id, *accounts_of.get(row.party_id or 0, ())}:
            found.setdefault(account_id, []).append(entry)
    return found


def contact_request(
    *,
    account: Account,
    party: Party,
    contact_point: ContactPoint | None,
    channel: str,
    at: datetime,
    by: User | None,
    purpose: str = "collect",
    content: Mapping[str, Any] | None = None,
    autodialled: bool = False,
    known: Known | None = None,
) -> dict[str, Any]:
    """One planned contact as the law gate reads it. Carries ids and facts; no name, number, address or message text.

    `known` spares the queries where many accounts are asked about at once.
    """
    role = role_of(account, party)
    request: dict[str, Any] = {
        "id": f"A{account.pk}-P{party.pk}-{channel}-{at:%Y%m%dT%H%M%S}",
        "at": at.isoformat(),
        "channel": channel,
        "purpose": purpose,
        "autodialled": autodialled,
        "collector": {
            "kind": account.creditor.acts_as,
            "licences": sorted(by.licences) if by else [],
            "certificates": known.certificates if known else by.certificates_held(at) if by else [],
        },
        "debt": debt_facts(account),
        "person": person_facts(party, role),
        "preferences": [preference_facts(wish) for wish in party.preferences.all() if _concerns(wish, contact_point)],
        "history": known.histories.get(account.pk, []) if known else history_of(party, account, at),
    }
    if contact_point is not None:
        request["address"] = {
            "kind": contact_point.address_kind,
            "reassigned": contact_point.status in ("wrong", "reassigned"),
            "consents": [
                {"channel": c.channel, "given_at": c.given_at.isoformat(), "revoked_at": _iso(c.revoked_at)}
                for c in contact_point.consents.all()
            ],
        }
        if contact_point.employer_forbids:
            request["employer_forbids"] = True
    if content is not None:
        request["content"] = dict(content)
    agreed = agreed_callback(account, at)
    if agreed is not None and channel == "call":
        request["consent_for_contact_at"] = agreed.isoformat()
    return request


def _concerns(wish: Preference, contact_point: ContactPoint | None) -> bool:
    """A wish not to be reached at one number or address says nothing of the others."""
    return wish.kind != "stop_address" or contact_point is None or wish.contact_point_id in (None, contact_point.pk)


def role_of(account: Account, party: Party) -> str:
    for liability in account.liabilities.all():
        if liability.party_id == party.pk:
            return str(liability.role)
    for third_party in account.third_parties.all():
        if third_party.party_id == party.pk:
            return str(third_party.role)
    return "unknown"


def debt_facts(account: Account) -> dict[str, Any]:
    disputes = [dispute for dispute in account.disputes.all() if dispute.status == Dispute.Status.OPEN]
    answered = [dispute.answered_at for dispute in account.disputes.all() if dispute.answered_at]
    facts: dict[str, Any] = {
        "id": f"A{account.pk}",
        "kind": account.debt_kind,
        "consumer": account.consumer,
        "currency": account.currency,
        "balance": str(account.balance),
        "bankrupt": account.bankrupt,
        "illegal": account.illegal,
        "legal_action": account.legal_action,
        "breathing_space_until": _iso(hold_until(account)),
        "last_payment_date": _iso(account.last_payment_on),
        "last_acknowledged_date": _iso(account.last_acknowledged_on),
        "validation_notice_at": _iso(account.validation_notice_at),
        "disputed_at": _iso(min(dispute.opened_at for dispute in disputes)) if disputes else None,
        "dispute_answered_at": None if disputes or not answered else _iso(max(answered)),
    }
    if not disputes and answered:
        facts["disputed_at"] = _iso(min(d.opened_at for d in account.disputes.all() if d.answered_at))
    if account.oldest_due_on:
        facts["due_date"] = account.oldest_due_on.isoformat()
    if account.governing_law:
        facts["governing_law"] = account.governing_law
    return facts


def hold_until(account: Account) -> date | None:
    """The later of a statutory breathing space and an open hardship case's rest."""
    holds = [h.hold_until for h in account.hardships.all() if h.closed_at is None and h.hold_until]
    if account.breathing_space_until:
        holds.append(account.breathing_space_until)
    return max(holds, default=None)


def person_facts(party: Party, role: str) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": f"P{party.pk}",
        "role": role,
        "jurisdictions": list(party.jurisdictions),
        "time_zones": list(party.time_zones),
        "attorney_since": _iso(party.attorney_since),
        "attorney_consents": party.attorney_consents,
        "vulnerable": party.vulnerable,
        "deceased": party.deceased,
        "military": party.military,
    }
    if party.birth_date:
        facts["birth_date"] = party.birth_date
    return facts


def preference_facts(preference: Preference) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": preference.kind,
        "since": preference.since.isoformat(),
        "until": _iso(preference.until),
        "in_writing": preference.in_writing,
    }
    place = preference.place or (preference.contact_point.address_kind if preference.contact_point else "")
    for name, value in (
        ("channel", preference.channel),
        ("place", place),
        ("from", preference.starts),
        ("to", preference.ends),
        ("days", list(preference.days)),
    ):
        if value:
            facts[name] = value
    return facts


def history_of(party: Party, account: Account, at: datetime) -> list[dict[str, Any]]:
    """Past contacts with this person about any account, and with anyone about this account."""
    return history_facts(_contacts(Q(party=party) | Q(account=account), at))


def _contacts(which: Q, at: datetime) -> Iterable[Activity]:
    return (
        Activity.objects.filter(which, at__gt=at - HISTORY)
        .exclude(channel="")
        .exclude(outcome="")
        .exclude(direction="internal")
        .select_related("contact_point")
        .order_by("at")
    )


def history_facts(activities: Iterable[Activity]) -> list[dict[str, Any]]:
    history = []
    for activity in activities:
        entry: dict[str, Any] = {
            "at": activity.at.isoformat(),
            "channel": activity.channel,
            "direction": activity.direction,
            "outcome": activity.outcome,
            "debt_ids": [f"A{activity.account_id}"],
            "consented": activity.consented,
        }
        if activity.party_id:
            entry["person_id"] = f"P{activity.party_id}"
        if activity.person_role:
            entry["person_role"] = activity.person_role
        if activity.contact_point:
            entry["address_kind"] = activity.contact_point.address_kind
        history.append(entry)
    return history


def agreed_callback(account: Account, at: datetime) -> datetime | None:
    """When the person asked for the call that is planned now: a pending callback within the hour around it."""
    for callback in account.callbacks.all():
        if callback.status == "pending" and callback.requested_at and abs(callback.at - at) <= timedelta(hours=1):
            return callback.requested_at
    return None


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None
