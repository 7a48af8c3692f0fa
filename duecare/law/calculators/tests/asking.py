"""Short forms of what the tests ask."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from duecare.law.calculators.claims import Claim, Payment
from duecare.law.calculators.interest import Interest, interest
from duecare.law.calculators.limitation import Event, Limitation, Suspension, limitation

DAY = date.fromisoformat
TODAY = DAY("2026-11-25")


def events(text: str) -> list[Event]:
    """`payment:2023-01-02 suit:2024-01-01`"""
    return [Event(kind, DAY(on)) for kind, on in (one.split(":") for one in text.split())]


def suspensions(text: str) -> list[Suspension]:
    """`force_majeure:2020-01-20:2020-04-08`, or without a last day."""
    return [
        Suspension(DAY(start), DAY(end) if end else None, kind)
        for kind, start, end in (one.split(":") for one in text.split())
    ]


def limit(
    law: str, due: str, happened: str = "", suspended: str = "", as_of: str = "2026-11-25", **more: Any
) -> Limitation:
    """The answer for one due date, or the last of several."""
    if "known" in more:
        more["known"] = DAY(more["known"])
    return limitation(
        law,
        dues=[DAY(one) for one in due.split()],
        as_of=DAY(as_of),
        events=events(happened),
        suspensions=suspensions(suspended),
        **more,
    )[-1]


def ends(law: str, due: str, happened: str = "", suspended: str = "", **more: Any) -> str | None:
    found = limit(law, due, happened, suspended, **more).ends
    return None if found is None else found.isoformat()


def count(law: str, principal: str, currency: str, start: str, end: str, paid: str = "", **more: Any) -> Interest:
    """Interest; amounts and days as text."""
    for name in ("rate", "disbursed", "already"):
        if name in more:
            more[name] = Decimal(more[name])
    for name in ("contract_on", "filed_on"):
        if name in more:
            more[name] = DAY(more[name])
    if "references" in more:
        more["references"] = {DAY(on): Decimal(rate) for on, rate in more["references"].items()}
    payments = tuple(Payment(DAY(on), Decimal(amount)) for on, amount in (one.split(":") for one in paid.split()))
    return interest(Claim(law, Decimal(principal), currency, DAY(start), DAY(end), payments=payments, **more))
