"""What is asked? A planned contact, read strictly from the schema `contact-request`.

Untrusted input is read here and nowhere else: unknown fields, wrong types and impossible values are named by their path.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

Channel = Literal[
    "call", "voicemail", "sms", "email", "letter", "visit", "chat", "social_private", "social_public", "portal"
]
Purpose = Literal["collect", "notice", "respond", "locate", "service"]
Place = Literal["home", "mobile", "work", "other"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FIRST_YEAR, LAST_YEAR = 1800, 9900
"""Days and instants outside these years cannot be reckoned with: a limitation counted from them leaves the calendar. "For ever" is null, not 9999."""
WEEKDAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class RequestError(ValueError):
    """A request that cannot be read; the message names the field."""


class _Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    pass


class Collector(_Part, frozen=True):
    kind: Literal["creditor", "agency", "debt_buyer", "law_firm"]
    licences: list[str] = []
    certificates: list[str] = []


class Debt(_Part, frozen=True):
    id: str
    kind: Literal[
        "credit_card", "personal_loan", "microloan", "mortgage", "auto", "student", "medical", "utility", "telecom",
        "rent", "tax", "trade_invoice", "other",
    ]  # fmt: skip
    consumer: bool
    currency: str | None = None
    balance: str | None = None
    due_date: date | None = None
    last_payment_date: date | None = None
    last_acknowledged_date: date | None = None
    governing_law: str | None = None
    validation_notice_at: datetime | None = None
    disputed_at: datetime | None = None
    dispute_answered_at: datetime | None = None
    bankrupt: bool = False
    breathing_space_until: date | None = None
    illegal: bool = False
    legal_action: Literal["none", "filed", "judgment"] = "none"
    counts_as_one_with: list[str] = []

    @property
    def owed(self) -> int | None:
        """The balance in hundredths; None where none is given or it is no amount."""
        return hundredths(self.balance)


def hundredths(amount: str | None) -> int | None:
    """An amount in hundredths, rounded; None where it is none, or larger than any debt."""
    try:
        found = float(amount) if amount is not None else math.nan
    except ValueError:
        return None
    return round(found * 100) if abs(found) < 1e15 else None


class Person(_Part, frozen=True):
    role: Literal[
        "debtor", "co_debtor", "guarantor", "spouse", "parent_of_minor", "executor", "attorney", "employer",
        "emergency_contact", "relative", "neighbour", "debt_adviser", "unknown",
    ]  # fmt: skip
    jurisdictions: list[str]
    time_zones: list[str]
    id: str | None = None
    birth_date: date | None = None
    attorney_since: datetime | None = None
    attorney_consents: bool = False
    vulnerable: bool = False
    deceased: bool = False
    military: bool = False


class Consent(_Part, frozen=True):
    channel: str
    given_at: datetime
    revoked_at: datetime | None = None


class Address(_Part, frozen=True):
    kind: Place | None = None
    consents: list[Consent] = []
    reassigned: bool = False


class Preference(_Part, frozen=True):
    kind: Literal[
        "cease_all", "stop_channel", "stop_address", "inconvenient_time", "inconvenient_place", "preferred_time",
        "only_channel", "refuses_to_pay",
    ]  # fmt: skip
    since: datetime
    channel: str | None = None
    place: Place | None = None
    starts: str | None = msgspec.field(default=None, name="from")
    ends: str | None = msgspec.field(default=None, name="to")
    days: list[Day] = []
    until: datetime | None = None
    in_writing: bool = False


class PastContact(_Part, frozen=True):
    at: datetime
    channel: str
    direction: Literal["outbound", "inbound"]
    outcome: Literal[
        "no_answer", "busy", "disconnected", "wrong_number", "voicemail", "limited_content", "conversation",
        "third_party", "delivered", "undelivered",
    ]  # fmt: skip
    debt_ids: list[str] | None = None
    person_role: str | None = None
    address_kind: Place | None = None
    consented: bool = False
    discussed_debt_ids: list[str] | None = None
    person_id: str | None = None

    @property
    def talked_about(self) -> list[str] | None:
        """The debts on which a conversation counts: those talked about, whoever raised them, and those that we called about, even if the person would not
        talk of them (12 CFR 1006 comment 14(b)(4)-2.vi); where none was talked about, those the contact was about."""
        if not self.discussed_debt_ids:
            return self.debt_ids
        return [*self.discussed_debt_ids, *((self.debt_ids or ()) if self.direction == "outbound" else ())]


class Content(_Part, frozen=True):
    text: str | None = None
    lang: str | None = None
    limited_content: bool | None = None
    discloses_debt: bool | None = None
    identifies_sender: bool | None = None
    offers_opt_out: bool | None = None
    envelope_reveals_debt: bool | None = None
    threatens_suit: bool | None = None


class ContactRequest(_Part, frozen=True):
    id: str
    at: datetime
    channel: Channel
    collector: Collector
    debt: Debt
    person: Person
    purpose: Purpose = "collect"
    autodialled: bool = False
    address: Address | None = None
    preferences: list[Preference] = []
    history: list[PastContact] = []
    content: Content | None = None
    consent_for_contact_at: datetime | None = None
    employer_forbids: bool = False


def read_request(raw: Mapping[str, Any] | bytes | str) -> ContactRequest:
    """Read one request.

    Raises:
        RequestError: not JSON, not of the schema, or a value that no contact can have; the message names the field.
    """
    try:
        if isinstance(raw, bytes | str):
            request = msgspec.json.decode(raw, type=ContactRequest)
        else:
            request = msgspec.convert(raw, ContactRequest)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise RequestError(_told(str(error))) from error
    except (RecursionError, OverflowError, ValueError, TypeError) as error:
        raise RequestError(f"the request cannot be read: {error}") from error
    _check(request)
    return request


def _told(message: str) -> str:
    """msgspec's "Expected `str`, got `int` - at `$.person.role`", with the path first."""
    text, _, path = message.partition(" - at ")
    return f"{path.strip('`').removeprefix('$.') or 'request'}: {text}" if path else message


def _check(request: ContactRequest) -> None:
    for path, instant in _instants(request):
        if instant is None:
            continue
        if instant.tzinfo is None:
            raise RequestError(f"{path}: the instant needs its UTC offset")
        if not FIRST_YEAR <= instant.year <= LAST_YEAR:
            raise RequestError(f"{path}: the year {instant.year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    for path, day in _days(request):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise RequestError(f"{path}: the year {day.year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    if not 1990 <= request.at.year <= 2190:
        raise RequestError(f"at: the year {request.at.year} is outside 1990 to 2190")
    if not request.person.time_zones:
        raise RequestError("person.time_zones: at least one zone in which the person may be is needed")
    if not request.person.jurisdictions:
        raise RequestError("person.jurisdictions: at least one jurisdiction is needed")
    for index, name in enumerate(request.person.time_zones):
        zone(name, f"person.time_zones[{index}]")
    for index, preference in enumerate(request.preferences):
        for field, value in (("from", preference.starts), ("to", preference.ends)):
            if value is not None:
                minute_of_day(value, f"preferences[{index}].{field}")


def _days(request: ContactRequest) -> list[tuple[str, date | None]]:
    debt = request.debt
    return [
        ("debt.due_date", debt.due_date),
        ("debt.last_payment_date", debt.last_payment_date),
        ("debt.last_acknowledged_date", debt.last_acknowledged_date),
        ("debt.breathing_space_until", debt.breathing_space_until),
        ("person.birth_date", request.person.birth_date),
    ]


def _instants(request: ContactRequest) -> list[tuple[str, datetime | None]]:
    found: list[tuple[str, datetime | None]] = [
        ("at", request.at),
        ("consent_for_contact_at", request.consent_for_contact_at),
        ("debt.validation_notice_at", request.debt.validation_notice_at),
        ("debt.disputed_at", request.debt.disputed_at),
        ("debt.dispute_answered_at", request.debt.dispute_answered_at),
        ("person.attorney_since", request.person.attorney_since),
    ]
    found += [(f"history[{n}].at", past.at) for n, past in enumerate(request.history)]
    for n, preference in enumerate(request.preferences):
        found += [(f"preferences[{n}].since", preference.since), (f"preferences[{n}].until", preference.until)]
    for n, consent in enumerate(request.address.consents if request.address else ()):
        found += [
            (f"address.consents[{n}].given_at", consent.given_at),
            (f"address.consents[{n}].revoked_at", consent.revoked_at),
        ]
    return found


_ZONES: dict[str, ZoneInfo] = {}


def zone(name: str, path: str = "time zone") -> ZoneInfo:
    known = _ZONES.get(name)
    if known is None:
        try:
            known = ZoneInfo(name)
        except Exception as error:  # zoneinfo raises half a dozen kinds for names it cannot use
            raise RequestError(f"{path}: {name[:60]!r} is not a time zone of the IANA database") from error
        if len(_ZONES) < 1000:
            _ZONES[name] = known
    return known


def minute_of_day(text: str, path: str = "time") -> int:
    """ "HH:MM" as minutes from midnight, 0 to 1440 ("24:00" ends a day).

    Raises:
        RequestError: not such a time.
    """
    hours, colon, minutes = text.partition(":")
    if colon and len(hours) == 2 and len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        total = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and total <= 1440:
            return total
    raise RequestError(f"{path}: {text[:20]!r} is not a time of day (HH:MM)")
