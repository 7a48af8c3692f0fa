"""Where the calendar ends, where the law changes under a refusal, and where a wish begins."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest

from duecare.law import default_library

LIBRARY = default_library()
REQUEST: dict[str, Any] = {
    "id": "edge", "at": "2026-05-13T10:00:00-04:00", "channel": "call", "collector": {"kind": "agency", "licences": ["US-NY-NYC"]},
    "debt": {"id": "D1", "kind": "credit_card", "consumer": True, "due_date": "2025-09-15"},
    "person": {"id": "P1", "role": "debtor", "jurisdictions": ["US"], "time_zones": ["America/New_York"]},
    "address": {"kind": "mobile"},
}  # fmt: skip


def asked(**changes: Any) -> dict[str, Any]:
    request = copy.deepcopy(REQUEST)
    for path, value in changes.items():
        *parts, last = path.split("__")
        at = request
        for part in parts:
            at = at[part]
        at[last] = value
    return request


def past(at: str, **changes: Any) -> dict[str, Any]:
    return {"at": at, "channel": "call", "direction": "outbound", "outcome": "conversation", "debt_ids": ["D1"], **changes}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"debt__breathing_space_until": "9999-12-31"}, "debt.breathing_space_until"),
        ({"debt__due_date": "9999-12-31", "person__jurisdictions": ["GB"]}, "debt.due_date"),
        ({"person__birth_date": "9999-01-01"}, "person.birth_date"),
        ({"person__attorney_since": "0001-01-01T00:00:00+14:00"}, "person.attorney_since"),
        ({"debt__disputed_at": "0001-01-01T00:00:00+14:00"}, "debt.disputed_at"),
        ({"preferences": [{"kind": "cease_all", "since": "2026-01-01T00:00:00Z", "until": "9999-12-31T23:59:59-14:00"}]}, "preferences[0].until"),
    ],
)  # fmt: skip
def test_a_day_at_the_end_of_the_calendar_is_named_and_denied(changes: dict[str, Any], path: str) -> None:
    decision = LIBRARY.judge(asked(**changes))
    assert decision.verdict == "deny"
    assert decision.error is not None
    assert decision.error.startswith(path)


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_consent_ends_with_the_next_conversation_whoever_began_it(direction: str) -> None:
    request = asked(
        consent_for_contact_at="2026-05-11T10:00:00-04:00",
        history=[past("2026-05-12T10:00:00-04:00", direction=direction)],
    )
    assert [reason.rule for reason in LIBRARY.judge(request).reasons] == ["US-REGF-COOLDOWN"]


def test_consent_for_one_debt_outlasts_a_conversation_about_another() -> None:
    history = [past("2026-05-11T09:00:00-04:00"), past("2026-05-12T10:00:00-04:00", debt_ids=["D2"])]
    request = asked(consent_for_contact_at="2026-05-11T10:00:00-04:00", history=history)
    assert LIBRARY.judge(request).verdict == "allow"


def test_a_rule_that_is_repealed_stops_refusing_on_that_day() -> None:
    request = asked(
        at="2026-08-31T12:00:00-04:00", channel="email", person__jurisdictions=["US", "US-NY", "US-NY-NYC"],
        content={"offers_opt_out": True, "identifies_sender": True},
        address={"kind": "mobile", "consents": [{"channel": "email", "given_at": "2026-01-01T00:00:00Z"}]},
        history=[past(f"2026-08-{day}T12:00:00-04:00", channel="email", outcome="delivered") for day in (29, 30)],
    )  # fmt: skip
    assert LIBRARY.judge(request).next_allowed_at == datetime.fromisoformat("2026-09-01T08:00:00-04:00")


def test_an_allowed_call_ends_where_the_next_inconvenient_time_begins() -> None:
    wish = {"kind": "inconvenient_time", "from": "15:00", "to": "17:00", "since": "2026-01-01T00:00:00Z"}
    assert LIBRARY.judge(asked(preferences=[wish])).allowed_until == datetime.fromisoformat("2026-05-13T15:00:00-04:00")
