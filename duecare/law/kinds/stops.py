"""Stop: what the person has asked not to happen any more, and what may still be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from duecare.law.kinds.base import ANSWER_WITHIN, Case, Finding, Kind
from duecare.law.request import Preference
from duecare.law.rules import Rule
from duecare.law.when import after_business_days

if TYPE_CHECKING:
    from duecare.law.columns.frame import Column, Frame, Spoken

SAME_MEDIUM = {"voicemail": "call", "call": "voicemail"}


class StopRequest(Kind):
    """A request to stop is in force from the moment it is known. `stops` lists which requests the rule gives effect to; `in_writing` true: only written
    ones. Notices that law requires are free of it by the rule's scope, and an
    answer to the person is where the person did write or call. `business_days`: it takes effect only on the day after so many business days.
    `reply: once`: an answer is free only once to each message of theirs, and by the channel it came by."""

    name = "stop_request"
    parameters = frozenset({"stops", "in_writing", "business_days", "reply"})
    required = frozenset({"stops"})

    def is_idle(self, case: Case) -> bool:
        return not case.request.preferences

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if values.get("reply") == "once":
            if case.answers_once(at):
                return None
        elif case.request.purpose == "respond" and case.answers_them(at):
            return None
        for preference in case.request.preferences:
            if preference.kind not in values["stops"] or preference.since > at:
                continue
            if "business_days" in values and at < after_business_days(
                preference.since, values["business_days"], rule.place, case.zones[0]
            ):
                continue
            if preference.until is not None and at >= preference.until:
                continue
            if values.get("in_writing") and not preference.in_writing:
                continue
            if not self._hits(preference, case):
                continue
            if case.agreed is not None and preference.since < case.agreed:
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

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import ALWAYS, Spoken, is_one_of

        def holds(w: Column) -> Column:
            medium = ibis.ifelse(
                is_one_of(w.channel, SAME_MEDIUM), ibis.ifelse(w.channel == "call", "voicemail", "call"), w.channel
            )
            same = (w.wish_channel.isnull() | (w.wish_channel == w.channel) | (w.wish_channel == medium)).fill_null(
                False
            )
            here = w.place.isnull() | w.address_kind.isnull() | (w.place == w.address_kind)
            hits = (
                is_one_of(w.wish, {"cease_all", "refuses_to_pay"})
                | ((w.wish == "only_channel") & w.wish_channel.notnull() & ~same)
                | ((w.wish == "stop_channel") & same)
                | ((w.wish == "stop_address") & same & here)
            )
            stands = (w.since <= w.instant) & (w.until.isnull() | (w.instant < w.until))
            agreed = (w.since < w.agreed).fill_null(False)
            found = is_one_of(w.wish, values["stops"]) & hits & stands & ~agreed
            if "business_days" in values:
                beside = frame.beside(w)
                last = beside.business_days_after("since_day", values["business_days"], rule.place)
                found = found & (beside.day() > last)
            return found & w.in_writing if values.get("in_writing") else found

        within = ANSWER_WITHIN // timedelta(microseconds=1)
        if values.get("reply") == "once":
            answers = frame.answers_once(within)
        else:
            answers = (frame.t.purpose == "respond") & frame.answers_them(within)
        until = frame.wished("max", holds, lambda w: w.until.fill_null(ALWAYS))
        return Spoken(denies=frame.wished("any", holds) & ~answers, until=until)
