"""Stop: what the person has asked not to happen any more, and what may still be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duecare.law.kinds.base import Case, Finding, Kind
from duecare.law.request import Preference
from duecare.law.rules import Rule
from duecare.law.when import after_business_days

SAME_MEDIUM = {"voicemail": "call", "call": "voicemail"}


class StopRequest(Kind):
    """A request to stop is in force from the moment it is known. `stops` lists which requests the rule gives effect to; `in_writing` true: only written
    ones. Notices that law requires are free of it by the rule's scope, and an
    answer to the person is where the person did write or call. `business_days`: it takes effect only on the day after so many business days."""

    name = "stop_request"
    parameters = frozenset({"stops", "in_writing", "business_days"})
    required = frozenset({"stops"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if case.request.purpose == "respond" and case.answers_them(at):
            return None
        for preference in case.request.preferences:
            if preference.kind not in values["stops"] or preference.since > at:
                continue
            if "business_days" in values and at < after_business_days(
                preference.since, values["business_days"], rule.jurisdiction, case.zones[0]
            ):
                continue
            if preference.until is not None and at >= preference.until:
                continue
            if values.get("in_writing") and not preference.in_writing:
                continue
            if not self._hits(preference, case):
                continue
            agreed = case.request.consent_for_contact_at
            if agreed is not None and preference.since < agreed <= at:
                continue
            return Finding(
                "deny",
                preference.until,
                f"stop_{preference.kind}",
                {"since": preference.since.astimezone(case.zones[0]), "channel": preference.channel},
            )
        return None

    @staticmethod
    def _hits(preference: Preference, case: Case) -> bool:
        channel = case.request.channel
        if preference.kind in ("cease_all", "refuses_to_pay"):
            return True
        same = (
            preference.channel is None
            or preference.channel == channel
            or SAME_MEDIUM.get(channel) == preference.channel
        )
        if preference.kind == "only_channel":
            return preference.channel is not None and not same
        if preference.kind == "stop_channel":
            return same
        if preference.kind == "stop_address":
            address = case.request.address
            at_address = (
                preference.place is None or address is None or address.kind is None or preference.place == address.kind
            )
            return same and at_address
        return False
