"""Random contacts of every jurisdiction, for holding the two faces to each other: plausible enough that each kind of rule has its say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from duecare.law import Library
from duecare.law.places import above, zone_of

FIRST = datetime(2025, 6, 1, tzinfo=UTC)
MINUTES = 2 * 365 * 24 * 60
CHANNELS = ("call",) * 5 + (
    "sms",
    "email",
    "letter",
    "visit",
    "chat",
    "voicemail",
    "social_private",
    "social_public",
    "portal",
)
PURPOSES = ("collect",) * 6 + ("respond", "notice", "locate", "service")
COLLECTORS = ("agency", "agency", "creditor", "debt_buyer", "law_firm")
KINDS = ("credit_card", "personal_loan", "microloan", "mortgage", "auto", "student", "medical", "utility", "telecom", "rent", "trade_invoice", "other")  # fmt: skip
ROLES = ("debtor",) * 8 + ("co_debtor", "guarantor", "spouse", "executor", "attorney", "employer", "emergency_contact", "relative", "neighbour", "unknown")  # fmt: skip
PLACES = ("mobile", "mobile", "home", "work", "other", None)
OUTCOMES = ("no_answer", "no_answer", "voicemail", "conversation", "conversation", "busy", "disconnected", "wrong_number", "limited_content", "third_party", "delivered", "undelivered")  # fmt: skip
WISHES = ("cease_all", "stop_channel", "stop_address", "inconvenient_time", "inconvenient_time", "inconvenient_place", "preferred_time", "only_channel", "refuses_to_pay")  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OTHER_ZONES = ("America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati", "Australia/Lord_Howe", "Europe/London", "Asia/Kolkata", "America/St_Johns")  # fmt: skip


def places(library: Library) -> list[str]:
    """Where a person may be: every jurisdiction of the library that is a place."""
    return [name for name in library.jurisdictions() if name not in ("HOUSE", "EU") and not name.startswith("OFFICE")]


def contacts(library: Library, count: int, seed: int, only: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """So many contacts, spread over the places; the same seed gives the same ones."""
    draw, where = Random(seed), only or places(library)
    for number in range(count):
        yield contact(draw, where[number % len(where)], number)


def contact(draw: Random, place: str, number: int) -> dict[str, Any]:
    at = FIRST + timedelta(minutes=draw.randrange(MINUTES), seconds=draw.choice((0, 0, 0, 17)))
    if draw.random() < 0.3:  # near an edge of the hour, where windows open and close
        at = at.replace(minute=0, second=0) + timedelta(seconds=draw.choice((-1, 0, 0, 1)))
    channel = draw.choice(CHANNELS)
    zones = [zone_of(place)]
    if draw.random() < 0.15:
        zones.append(draw.choice(OTHER_ZONES))
    request: dict[str, Any] = {
        "id": f"R{number}",
        "at": at.isoformat(),
        "channel": channel,
        "purpose": draw.choice(PURPOSES),
        "autodialled": draw.random() < 0.1,
        "collector": {
            "kind": draw.choice(COLLECTORS),
            "licences": list(above(place)) if draw.random() < 0.9 else ["XX"],
            "certificates": ["cross-border"] if draw.random() < 0.5 else [],
        },
        "debt": _debt(draw, at, place),
        "person": {
            "role": draw.choice(ROLES),
            "jurisdictions": [name for name in above(place) if name != "EU"],
            "time_zones": zones,
            "birth_date": _day(draw, at, 365 * 80, 365 * 14),
        },
        "address": {
            "kind": draw.choice(PLACES),
            "consents": _consents(draw, at, channel),
            "reassigned": draw.random() < 0.02,
        },
        "preferences": [_wish(draw, at, channel) for _ in range(draw.choice((0, 0, 0, 1, 2)))],
        "history": [_past(draw, at, channel) for _ in range(draw.choice((0, 1, 3, 6, 10)))],
    }
    person = request["person"]
    if draw.random() < 0.5:
        person["id"] = "P1"
    for name, often in (("vulnerable", 0.03), ("deceased", 0.02), ("military", 0.02), ("attorney_consents", 0.2)):
        person[name] = draw.random() < often
    if draw.random() < 0.05:
        person["attorney_since"] = _instant(draw, at, 90, -5)
    if draw.random() < 0.6:
        request["content"] = {
            name: draw.choice((True, True, False)) for name in ("identifies_sender", "offers_opt_out")
        } | {
            name: draw.random() < 0.1
            for name in ("discloses_debt", "envelope_reveals_debt", "threatens_suit", "limited_content")
        }
    if draw.random() < 0.1:
        request["consent_for_contact_at"] = _instant(draw, at, 12, -1)
    request["employer_forbids"] = draw.random() < 0.1
    return _without_nothing(request)


def _debt(draw: Random, at: datetime, place: str) -> dict[str, Any]:
    debt: dict[str, Any] = {
        "id": "D1",
        "kind": draw.choice(KINDS),
        "consumer": draw.random() < 0.8,
        "balance": draw.choice(("120.00", "8126.40", "250000", "3e5", "unknown")),
        "due_date": _day(draw, at, 365 * 8, -10),
        "last_payment_date": _day(draw, at, 365 * 6, 0) if draw.random() < 0.5 else None,
        "last_acknowledged_date": _day(draw, at, 365 * 6, 0) if draw.random() < 0.3 else None,
        "bankrupt": draw.random() < 0.02,
        "illegal": draw.random() < 0.01,
        "legal_action": draw.choice(("none", "none", "none", "filed", "judgment")),
    }
    if draw.random() < 0.1:
        debt["governing_law"] = place
    if draw.random() < 0.5:
        debt["validation_notice_at"] = _instant(draw, at, 60, -2)
    if draw.random() < 0.1:
        debt["disputed_at"] = _instant(draw, at, 60, -2)
        if draw.random() < 0.5:
            debt["dispute_answered_at"] = _instant(draw, at, 30, -10)
    if draw.random() < 0.05:
        debt["breathing_space_until"] = _day(draw, at, 20, -40)
    if draw.random() < 0.1:
        debt["counts_as_one_with"] = ["D2"]
    return debt


def _past(draw: Random, at: datetime, channel: str) -> dict[str, Any]:
    past: dict[str, Any] = {
        "at": _instant(draw, at, draw.choice((1, 3, 8, 35)), -1 if draw.random() < 0.02 else 0),
        "channel": channel if draw.random() < 0.6 else draw.choice(CHANNELS),
        "direction": "inbound" if draw.random() < 0.12 else "outbound",
        "outcome": draw.choice(OUTCOMES),
        "address_kind": draw.choice(PLACES),
        "consented": draw.random() < 0.05,
    }
    if draw.random() < 0.8:
        past["debt_ids"] = draw.choice((["D1"], ["D1"], ["D2"], ["D1", "D2"], []))
    if draw.random() < 0.1:
        past["discussed_debt_ids"] = draw.choice((["D1"], ["D2"], []))
    if draw.random() < 0.1:
        past["person_id"] = draw.choice(("P1", "P2"))
    if draw.random() < 0.1:
        past["person_role"] = draw.choice(("debtor", "relative", "neighbour"))
    return past


def _wish(draw: Random, at: datetime, channel: str) -> dict[str, Any]:
    wish: dict[str, Any] = {
        "kind": draw.choice(WISHES),
        "since": _instant(draw, at, 200, -3),
        "in_writing": draw.random() < 0.5,
    }
    if draw.random() < 0.5:
        wish["channel"] = draw.choice((channel, "call", "sms"))
    if draw.random() < 0.3:
        wish["place"] = draw.choice(("home", "mobile", "work"))
    if draw.random() < 0.6:
        wish["from"], wish["to"] = draw.choice(
            (("15:00", "17:00"), ("22:00", "09:00"), ("00:00", "14:00"), ("08:30", "24:00"))
        )
    if draw.random() < 0.4:
        wish["days"] = draw.sample(DAYS, draw.randint(1, 7))
    if draw.random() < 0.3:
        wish["until"] = _instant(draw, at, 5, -20)
    return wish


def _consents(draw: Random, at: datetime, channel: str) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw.choice((0, 0, 1, 2))):
        consent = {"channel": draw.choice((channel, "any", "email")), "given_at": _instant(draw, at, 200, -1)}
        if draw.random() < 0.3:
            consent["revoked_at"] = _instant(draw, at, 25, -10)
        found.append(consent)
    return found


def _instant(draw: Random, at: datetime, back: int, to: int) -> str:
    """An instant from `back` days before to `to` days before (negative: after), at times told in another offset."""
    found = at - timedelta(seconds=draw.randint(to * 86_400, back * 86_400) or 1)
    return found.isoformat().replace("+00:00", "Z" if draw.random() < 0.1 else "+00:00")


def _day(draw: Random, at: datetime, back: int, to: int) -> str:
    found: date = at.date() - timedelta(days=draw.randint(min(to, back), max(to, back)))
    return found.isoformat()


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nothing(one) for key, one in value.items() if one is not None}
    return [_without_nothing(one) for one in value] if isinstance(value, list) else value
