"""How often: counters with a unit, a key and a window, and the quiet after a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from duecare.law.kinds.base import Case, Finding, Kind
from duecare.law.request import PastContact
from duecare.law.rules import Rule
from duecare.law.when import at_minute

UNITS: dict[str, frozenset[str]] = {
    # what counts as one, by outcome
    "attempt": frozenset(
        {"no_answer", "voicemail", "limited_content", "conversation", "third_party", "delivered", "undelivered", "busy"}
    ),
    "placed_call": frozenset({"no_answer", "voicemail", "limited_content", "conversation", "third_party"}),
    "unanswered": frozenset({"no_answer", "voicemail", "limited_content", "busy"}),
    "message_possible": frozenset({"no_answer", "voicemail", "limited_content", "conversation"}),
    "reached": frozenset({"conversation", "delivered", "voicemail", "limited_content"}),
    "contact": frozenset({"conversation", "delivered"}),
    "conversation": frozenset({"conversation"}),
}
KEYS = ("debt", "person", "number")


class Frequency(Kind):
    """At most `max` of a unit in `days` consecutive days of the person's calendar, today included.

    `key` says over what is counted (this debt, this person, this number); `counts` by which channels; `after_conversation` true: the limit begins with the
    first conversation; `agreed` true: contacts that the person asked for neither count nor are bound; `agreed_days` for how long that holds.
    """

    name = "frequency"
    parameters = frozenset(
        {"max", "days", "unit", "key", "counts", "after_conversation", "agreed", "agreed_days", "inbound_counts"}
    )
    required = frozenset({"max", "days", "unit", "key"})

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if values["unit"] not in UNITS:
            raise ValueError(f"unit: {values['unit']!r} is none of {', '.join(UNITS)}")
        if values["key"] not in KEYS:
            raise ValueError(f"key: {values['key']!r} is none of {', '.join(KEYS)}")
        if not (
            isinstance(values["max"], int)
            and values["max"] >= 0
            and isinstance(values["days"], int)
            and values["days"] >= 1
        ):
            raise ValueError("max and days are whole numbers, max from 0 and days from 1")
        return {**values, "counts": frozenset(values.get("counts") or ())}

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if values.get("agreed", True) and case.agreed_at(at, days=values.get("agreed_days")):
            return None
        if values.get("after_conversation") and not any(
            past.outcome == "conversation" and past.at < at and case.with_person(past) for past in case.history
        ):
            return None
        limit, days = values["max"], values["days"]
        # A window of so many local days reaches back at most a day further than that many times 24 hours.
        since = at - timedelta(days=days + 1)
        counted = [past.at for past in case.history if since < past.at < at and self.counts(values, case, past)]
        if len(counted) < limit:
            return None
        until: datetime | None = None
        most = 0
        for zone in case.zones:
            today = at.astimezone(zone).date()
            inside = [on for moment in counted if (on := moment.astimezone(zone).date()) > today - timedelta(days=days)]
            if len(inside) < limit:
                continue
            most = max(most, len(inside))
            if limit == 0:
                return Finding("deny", None, "frequency", {"count": len(inside), "max": 0, "days": days})
            # As many as it takes to be under the limit again must have left the window.
            leaves = self._leaves(inside, limit, days, zone)
            until = leaves if until is None else max(until, leaves)
        if until is None:
            return None
        return Finding(
            "deny",
            until,
            "frequency_day" if days == 1 else "frequency",
            {"count": most, "max": limit, "days": days, "unit": values["unit"]},
        )

    @staticmethod
    def _leaves(inside: list[date], limit: int, days: int, zone: ZoneInfo) -> datetime:
        last_to_leave = sorted(inside)[len(inside) - limit]
        return at_minute(last_to_leave + timedelta(days=days), 0, zone)

    @staticmethod
    def counts(values: Mapping[str, Any], case: Case, past: PastContact) -> bool:
        if past.direction == "inbound" and not values.get("inbound_counts"):
            return False
        if past.consented and values.get("agreed", True):
            return False
        if past.outcome not in UNITS[values["unit"]] or (values["counts"] and past.channel not in values["counts"]):
            return False
        if not case.with_person(past):
            return False
        if values["key"] == "debt":
            ids = (
                past.discussed_debt_ids if past.outcome == "conversation" and past.discussed_debt_ids else past.debt_ids
            )
            return case.concerns_debt(ids)
        if values["key"] == "number":
            address = case.request.address
            return past.address_kind is None or address is None or past.address_kind == address.kind
        return True


class CoolDown(Kind):
    """Quiet for `days` days after a conversation about the debt, whoever began it; the day of the conversation is day one."""

    name = "cool_down"
    parameters = frozenset({"days", "agreed_days", "counts"})
    required = frozenset({"days"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if case.agreed_at(at, days=values.get("agreed_days")):
            return None
        channels = values.get("counts") or ("call",)
        talks = [
            past.at
            for past in case.history
            if past.outcome == "conversation"
            and past.at < at
            and past.channel in channels
            and case.with_person(past)
            and case.concerns_debt(past.discussed_debt_ids if past.discussed_debt_ids is not None else past.debt_ids)
        ]
        if not talks:
            return None
        days = values["days"]
        until = max(at_minute(talks[-1].astimezone(zone).date() + timedelta(days=days), 0, zone) for zone in case.zones)
        if at >= until:
            return None
        return Finding("deny", until, "cool_down", {"last": talks[-1].astimezone(case.zones[0]), "days": days})
