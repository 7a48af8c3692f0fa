"""Do the laws answer as their texts say? Requests written from the sources before the rulebooks were asked, and what must hold wherever a person is."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from duecare.law import default_library
from duecare.law.places import zone_of

LIBRARY = default_library()
EXAMINATION = [
    json.loads(line) for line in Path(__file__).with_name("examination.jsonl").read_text("utf-8").splitlines()
]
PLACES = [place for place in LIBRARY.jurisdictions() if place != "HOUSE"]
BANS_AGENCIES = {"VN"}


@pytest.mark.parametrize("line", EXAMINATION, ids=lambda line: line["request"]["id"])
def test_the_law_answers_as_its_text_says(line: dict[str, Any]) -> None:
    decision = LIBRARY.judge(line["request"])
    assert decision.error is None
    assert decision.verdict in line["expect"]["verdict"], (line["why"], line["source"], decision.reasons)
    if "next_allowed_at" in line["expect"]:
        said = line["expect"]["next_allowed_at"]
        assert decision.next_allowed_at == (datetime.fromisoformat(said) if said else None)


def contact(place: str, time: str = "11:00", **changes: Any) -> dict[str, Any]:
    """A licensed agency calls a consumer on a Wednesday that is a holiday nowhere; the demand went out half a year before."""
    parts = place.split("-")
    places = ["-".join(parts[: n + 1]) for n in range(len(parts))]
    request: dict[str, Any] = {
        "id": place,
        "at": on(place, f"2026-05-20T{time}"),
        "channel": "call",
        "collector": {"kind": "agency", "licences": places},
        "debt": {"id": "D1", "kind": "personal_loan", "consumer": True, "due_date": "2025-09-15", "last_payment_date": "2025-08-15",
                 "governing_law": place, "validation_notice_at": "2025-12-01T10:00:00+00:00"},
        "person": {"id": "P1", "role": "debtor", "jurisdictions": places, "time_zones": [zone_of(place)], "birth_date": "1985-05-05"},
        "address": {"kind": "mobile", "consents": []},
    }  # fmt: skip
    for path, value in changes.items():
        *above, last = path.split("__")
        at = request
        for part in above:
            at = at[part]
        at[last] = value
    return request


def on(place: str, local: str) -> str:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone_of(place))).isoformat()


def message(place: str, channel: str, **more: Any) -> dict[str, Any]:
    consent = {"channel": channel, "given_at": on(place, "2026-01-05T10:00")}
    content = {"identifies_sender": True, "offers_opt_out": True, "discloses_debt": True}
    return contact(place, channel=channel, address={"kind": "mobile", "consents": [consent]}, content=content, **more)


def past(place: str, local: str, **more: Any) -> dict[str, Any]:
    return {"at": on(place, local), "channel": "call", "direction": "outbound", "outcome": "conversation", "debt_ids": ["D1"], **more}  # fmt: skip


PLAIN = {
    "a call": contact,
    "a letter": lambda place: contact(place, channel="letter", address={"kind": "home", "consents": []}),
    "an e-mail": lambda place: message(place, "email"),
    "a text": lambda place: message(place, "sms"),
    "a call by the creditor": lambda place: contact(place, collector={"kind": "creditor", "licences": []}),
    "a call about a trade invoice": lambda place: contact(place, debt__kind="trade_invoice", debt__consumer=False),
    "a notice that law requires, after a request to stop": lambda place: contact(
        place, channel="letter", purpose="notice", address={"kind": "home", "consents": []}, preferences=[wish(place, "cease_all")]
    ),
    "an answer to the person's own e-mail": lambda place: message(
        place, "email", purpose="respond", history=[past(place, "2026-05-20T10:00", channel="email", direction="inbound", outcome="delivered")]
    ),
    "a call to the lawyer": lambda place: contact(place, person__role="attorney", person__id="LAW", person__birth_date=None),
    "a call after an answered dispute": lambda place: contact(
        place, debt__disputed_at=on(place, "2026-05-01T10:00"), debt__dispute_answered_at=on(place, "2026-05-04T10:00")
    ),
}  # fmt: skip


def wish(place: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "since": on(place, "2026-05-01T09:00"), **more}


REFUSED = {
    "at three in the night": lambda place: contact(place, "03:00"),
    "after a request not to call": lambda place: contact(place, preferences=[wish(place, "stop_channel", channel="call")]),
    "in a time called inconvenient": lambda place: contact(place, preferences=[wish(place, "inconvenient_time", days=["wed"])]),
    "outside the times asked for": lambda place: contact(place, preferences=[wish(place, "preferred_time", **{"from": "15:00", "to": "18:00"})]),
    "past the lawyer": lambda place: contact(place, person__attorney_since=on(place, "2026-05-01T09:00")),
    "to the dead": lambda place: contact(place, person__deceased=True),
    "to a child": lambda place: contact(place, person__birth_date="2012-01-01"),
    "to a number that is another's now": lambda place: contact(place, address={"kind": "mobile", "reassigned": True}),
    "to a neighbour": lambda place: contact(place, person__role="neighbour", person__id="N1", person__birth_date=None),
    "to a relative, telling of the debt": lambda place: contact(
        place, person__role="relative", person__id="R1", person__birth_date=None, purpose="locate", content={"discloses_debt": True}
    ),
    "to where others can read it": lambda place: contact(place, channel="social_public"),
    "in an envelope that tells": lambda place: contact(place, channel="letter", content={"envelope_reveals_debt": True}),
    "by a machine without consent": lambda place: contact(place, autodialled=True),
    "by a machine after consent was taken back yesterday": lambda place: contact(
        place, autodialled=True,
        address={"kind": "mobile", "consents": [{"channel": "call", "given_at": on(place, "2026-01-05T10:00"), "revoked_at": on(place, "2026-05-19T10:00")}]},
    ),
    "in insolvency": lambda place: contact(place, debt__bankrupt=True),
    "about an unlawful debt": lambda place: contact(place, debt__illegal=True),
    "in a breathing space": lambda place: contact(place, debt__breathing_space_until="2026-05-20"),
    "with a dispute open": lambda place: contact(place, debt__disputed_at=on(place, "2025-12-10T10:00")),
    "at work where the employer forbids it": lambda place: contact(place, address={"kind": "work", "consents": []}, employer_forbids=True),
    "after seven conversations on one day": lambda place: contact(
        place, history=[past(place, f"2026-05-20T{time}") for time in ("08:00", "08:20", "08:40", "09:00", "09:20", "09:40", "10:00")]
    ),
    "with a threat of suit on a debt of 1990": lambda place: contact(
        place, debt__due_date="1990-01-15", debt__last_payment_date=None, content={"threatens_suit": True}
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PLAIN)
@pytest.mark.parametrize("place", PLACES)
def test_a_plain_contact_is_open_wherever_agencies_may_act(place: str, what: str) -> None:
    decision = LIBRARY.judge(PLAIN[what](place))
    barred = place in BANS_AGENCIES and what != "a call by the creditor"
    assert decision.verdict == ("deny" if barred else "allow"), decision.reasons


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("place", PLACES)
def test_nobody_anywhere_is_contacted(place: str, what: str) -> None:
    decision = LIBRARY.judge(REFUSED[what](place))
    assert decision.verdict == "deny", (decision.verdict, decision.reasons)
    assert decision.reasons
