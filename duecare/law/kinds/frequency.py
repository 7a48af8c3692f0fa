"""How often: counters with a unit, a key and a window, and the quiet after a conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from duecare.law.kinds.base import Case, Finding, Kind
from duecare.law.request import PastContact
from duecare.law.rules import Rule
from duecare.law.when import at_minute

if TYPE_CHECKING:
    from duecare.law.columns.frame import Column, Frame, Spoken

UNITS: dict[str, frozenset[str]] = {
    # what counts as one, by outcome
    "attempt": frozenset(
        {"no_answer", "voicemail", "limited_content", "conversation", "third_party", "delivered", "undelivered", "busy"}
    ),
    "placed_call": frozenset({"no_answer", "voicemail", "limited_content", "conversation", "third_party"}),
    "unanswered": frozenset({"no_answer", "voicemail", "limited_content", "busy"}),
    "message_possible": frozenset(
        {"no_answer", "voicemail", "limited_content", "conversation", "third_party", "delivered"}
    ),
    "unsolicited": frozenset({"no_answer", "voicemail", "limited_content", "conversation", "third_party", "delivered"}),
    "reached": frozenset({"conversation", "delivered", "voicemail", "limited_content"}),
    "contact": frozenset({"conversation", "delivered"}),
    "conversation": frozenset({"conversation"}),
}
KEYS = {
    # what is counted over; several names of laws for the same thing
    "debt": "debt",
    "account": "debt",
    "claim": "debt",
    "person": "person",
    "debtor_creditor": "person",  # the request does not say whose the other debts are: all of the person's count
    "number": "number",
}

LONGEST_WINDOW = 120
"""Of days: within it a zone changes its offset once at most, which the columns rely on."""


class Frequency(Kind):
    """At most `max` of a unit in `days` consecutive days of the person's calendar, today included, or in a calendar `window` (week, month).

    `key` says over what is counted (this debt, this person, this number); `counts` by which channels; `addresses` binds and counts only contact at these
    kinds of address; `after_conversation` true: the limit begins with the first conversation; `agreed` true: contacts that the person asked for neither
    count nor are bound; `agreed_days` for how long that holds; `inbound_counts` true: the person's own calls count too; `wrong_number_takes_out` true: calls to a number that proved to be another's never counted;
    `unless_consent` true: binds only where the person's consent for the channel is not in force. With `after_conversation` what went before does not count.
    """

    name = "frequency"
    parameters = frozenset(
        {"max", "days", "window", "unit", "key", "counts", "addresses", "after_conversation", "agreed", "agreed_days", "inbound_counts", "effect", "wrong_number_takes_out", "unless_consent"}
    )  # fmt: skip
    required = frozenset({"max", "unit", "key"})

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if values["unit"] not in UNITS:
            raise ValueError(f"unit: {values['unit']!r} is none of {', '.join(UNITS)}")
        if values["key"] not in KEYS:
            raise ValueError(f"key: {values['key']!r} is none of {', '.join(KEYS)}")
        if ("days" in values) == ("window" in values):
            raise ValueError("either days or window says how long is counted")
        if values.get("window", "week") not in ("week", "month"):
            raise ValueError(f"window: {values['window']!r} is neither week nor month")
        days = values.get("days", 1)
        if not (
            isinstance(values["max"], int)
            and values["max"] >= 0
            and isinstance(days, int)
            and 1 <= days <= LONGEST_WINDOW
        ):
            raise ValueError(f"max and days are whole numbers, max from 0 and days from 1 to {LONGEST_WINDOW}")
        return {
            **values,
            "counts": frozenset(values.get("counts") or ()),
            "addresses": frozenset(values.get("addresses") or ()),
            "outcomes": UNITS[values["unit"]],
            "over": KEYS[values["key"]],
            # A window of so many local days reaches back at most a day further than that many times 24 hours.
            "reach": {"week": 7, "month": 31}.get(values.get("window", ""), days) + 1,
        }

    def is_partial(self, values: Mapping[str, Any]) -> bool:
        return bool(values["addresses"])

    def binds(self, values: Mapping[str, Any], case: Case, at: datetime) -> bool:
        address = case.request.address
        return not values["addresses"] or address is None or address.kind is None or address.kind in values["addresses"]

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        limit = values["max"]
        if len(case.history) < limit or (
            values.get("agreed", True) and case.agreed_at(at, days=values.get("agreed_days"))
        ):
            return None
        if values.get("unless_consent") and any(
            consent.channel in (case.request.channel, "any") and (consent.revoked_at is None or at < consent.revoked_at)
            for consent in case.consents
        ):
            return None
        begins_at = None
        if values.get("after_conversation"):
            talks = (past.at for past in case.history if past.outcome == "conversation" and case.with_person(past))
            begins_at = next(talks, None)
            if begins_at is None:
                return None
        effect = values.get("effect", "deny")
        words = f"frequency_{values['window']}" if "window" in values else "frequency"
        if limit == 0:
            return Finding(
                effect, None, words, {"count": 0, "max": 0, "days": values.get("days"), "unit": values["unit"]}
            )
        counted = self._latest(values, case, begins_at, limit, at - timedelta(days=values["reach"]))
        if len(counted) < limit:
            return None
        decisive = counted[-1]
        until: datetime | None = None
        most = 0
        for zone in case.zones:
            begins, lasts = self._window(values, at.astimezone(zone).date())
            on = decisive.astimezone(zone).date()
            if on < begins:
                continue
            most = max(most, self._inside(values, case, begins_at, begins, zone))
            # As many as it takes to be under the limit again must have left the window.
            leaves = at_minute(lasts(on), 0, zone)
            until = leaves if until is None else max(until, leaves)
        if until is None:
            return None
        days = values.get("days")
        return Finding(
            effect,
            until,
            "frequency_review" if effect == "review" else "frequency_day" if days == 1 else words,
            {"count": most, "max": limit, "days": days, "unit": values["unit"]},
        )

    def _latest(
        self, values: Mapping[str, Any], case: Case, begins_at: datetime | None, limit: int, reach: datetime
    ) -> list[datetime]:
        """The latest contacts that count, newest first, as many as decide; none before `begins_at`, and none that no window reaches back to."""
        found = []
        for past in reversed(case.history):
            if past.at < reach or (begins_at is not None and past.at < begins_at):
                break
            if self.counts(values, case, past):
                found.append(past.at)
                if len(found) == limit:
                    break
        return found

    def _inside(
        self, values: Mapping[str, Any], case: Case, begins_at: datetime | None, begins: date, zone: ZoneInfo
    ) -> int:
        """How many count in a window."""
        return sum(
            (begins_at is None or past.at >= begins_at)
            and past.at.astimezone(zone).date() >= begins
            and self.counts(values, case, past)
            for past in case.history
        )

    def binds_columns(self, values: Mapping[str, Any], frame: Frame) -> Column | None:
        kinds = values["addresses"]
        return frame.t.address_kind.isnull() | frame.t.address_kind.isin(sorted(kinds)) if kinds else None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import all_of, latest, spoken

        conditions = []
        if values.get("agreed", True):
            conditions.append(~frame.agreed(values.get("agreed_days")))
        if values.get("after_conversation"):
            conditions.append(frame.past("any", lambda h: h.since_talk))
        if values.get("unless_consent"):
            conditions.append(
                ~frame.consented(
                    lambda c: (
                        ((c.for_channel == c.channel) | (c.for_channel == "any"))
                        & (c.revoked.isnull() | (c.instant < c.revoked))
                    )
                )
            )
        effect, limit = values.get("effect", "deny"), values["max"]
        if limit == 0:
            return spoken(effect, all_of(*conditions))
        decisive = frame.past("nth", lambda h: self._counts_columns(values, h), limit)

        def window(zone: int) -> tuple[Column, Column]:
            """The first day of the window that holds today, and the day on which the decisive contact leaves it."""
            today = frame.day(zone)
            if values.get("window") == "month":
                return frame.t[f"month{zone}"], frame.t[f"next_month{zone}"]
            if values.get("window") == "week":
                monday = today - (today + 3) % 7
                return monday, monday + 7
            return today - values["days"] + 1, frame.day_of(decisive, zone) + values["days"]

        def inside(zone: int) -> Column:
            return frame.day_of(decisive, zone) >= window(zone)[0]

        until = latest(
            frame.in_zones(
                lambda zone: ibis.ifelse(inside(zone), frame.start_of(window(zone)[1], zone), ibis.null("int64"))
            )
        )
        return spoken(effect, all_of(decisive.notnull(), frame.any_zone(inside), *conditions), until)

    @staticmethod
    def _counts_columns(values: Mapping[str, Any], h: Column) -> Column:
        from duecare.law.columns.frame import all_of, is_one_of

        conditions = [is_one_of(h.outcome, values["outcomes"]), h.with_person]
        if values.get("after_conversation"):
            conditions.append(h.since_talk)
        if not values.get("inbound_counts"):
            conditions.append(~h.inbound)
        if values.get("agreed", True):
            conditions.append(~h.consented)
        if values["counts"]:
            conditions.append(is_one_of(h.past_channel, values["counts"]))
        if values["addresses"]:
            conditions.append(h.past_address.isnull() | h.past_address.isin(sorted(values["addresses"])))
        if values.get("wrong_number_takes_out"):
            conditions.append(~h.misdirected)
        if values["over"] == "debt":
            conditions.append(h.talked if values["unit"] == "conversation" else h.on_debt)
        if values["over"] == "number":
            conditions.append(h.same_number)
        return all_of(*conditions)

    @staticmethod
    def _window(values: Mapping[str, Any], today: date) -> tuple[date, Callable[[date], date]]:
        """The first day of the window that holds `today`, and how to tell the day on which what happened on a day leaves it."""
        if values.get("window") == "month":
            return today.replace(day=1), lambda day: (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if values.get("window") == "week":
            return today - timedelta(days=today.weekday()), lambda day: day + timedelta(days=7 - day.weekday())
        length = timedelta(days=values["days"])
        return today - length + timedelta(days=1), lambda day: day + length

    @staticmethod
    def counts(values: Mapping[str, Any], case: Case, past: PastContact) -> bool:
        """Whether a past contact counts. A call counts on the debts it was about, a conversation on those that were talked about."""
        if past.direction == "inbound" and not values.get("inbound_counts"):
            return False
        if past.consented and values.get("agreed", True):
            return False
        if past.outcome not in values["outcomes"] or (values["counts"] and past.channel not in values["counts"]):
            return False
        if values["addresses"] and past.address_kind is not None and past.address_kind not in values["addresses"]:
            return False
        if not case.with_person(past):
            return False
        if values.get("wrong_number_takes_out") and case.was_misdirected(past):
            return False
        if values["over"] == "debt":
            return case.concerns_debt(past.talked_about if values["unit"] == "conversation" else past.debt_ids)
        if values["over"] == "number":
            address = case.request.address
            return past.address_kind is None or address is None or past.address_kind == address.kind
        return True


class CoolDown(Kind):
    """Quiet for `days` days after a conversation about the debt, whoever began it; the day of the conversation is day one. `effect`: deny or
    review; `reply` true: an answer to what the person wrote or said since that conversation is free."""

    name = "cool_down"
    parameters = frozenset({"days", "agreed_days", "counts", "effect", "reply"})
    required = frozenset({"days"})

    def is_idle(self, case: Case) -> bool:
        return not case.history

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        if case.agreed_at(at, days=values.get("agreed_days")):
            return None
        channels = values.get("counts") or ("call",)
        talks = [
            past.at
            for past in case.history
            if past.outcome == "conversation"
            and past.channel in channels
            and case.with_person(past)
            and case.concerns_debt(past.talked_about)
        ]
        if not talks or (
            values.get("reply")
            and case.request.purpose == "respond"
            and any(past.direction == "inbound" and past.at >= talks[-1] for past in case.history)
        ):
            return None
        days = values["days"]
        until = max(at_minute(talks[-1].astimezone(zone).date() + timedelta(days=days), 0, zone) for zone in case.zones)
        if at >= until:
            return None
        return Finding(
            values.get("effect", "deny"),
            until,
            "cool_down_review" if values.get("effect") == "review" else "cool_down",
            {"last": talks[-1].astimezone(case.zones[0]), "days": days},
        )

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.frame import all_of, is_one_of, latest, spoken

        channels = values.get("counts") or ("call",)
        talk = frame.past(
            "max",
            lambda h: (h.outcome == "conversation") & is_one_of(h.past_channel, channels) & h.with_person & h.talked,
        )

        def free(zone: int) -> Column:
            """The day on which calls are free again."""
            return frame.day_of(talk, zone) + values["days"]

        until = latest(
            frame.in_zones(
                lambda zone: ibis.ifelse(
                    frame.day(zone) < free(zone), frame.start_of(free(zone), zone), ibis.null("int64")
                )
            )
        )
        quiet = frame.any_zone(lambda zone: frame.day(zone) < free(zone))
        conditions = [talk.notnull(), quiet, ~frame.agreed(values.get("agreed_days"))]
        if values.get("reply"):
            theirs = frame.past("max", lambda h: h.inbound)
            conditions.append(~((frame.t.purpose == "respond") & (theirs >= talk)).fill_null(False))
        return spoken(values.get("effect", "deny"), all_of(*conditions), until)
