"""Who: only the debtor, and what the person's own state forbids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from duecare.law.kinds.base import ANSWER_WITHIN, DEBTOR_ROLES, NEVER, Case, Finding, Kind
from duecare.law.rules import Rule
from duecare.law.when import at_minute

if TYPE_CHECKING:
    from duecare.law.columns.frame import Column, Frame, Spoken

REPRESENTATIVES = frozenset({"attorney", "debt_adviser"})
FAILED = frozenset({"no_answer", "disconnected", "wrong_number", "undelivered", "busy"})
"""Outcomes of a try that did not reach the debtor."""


class OnlyTheDebtor(Kind):
    """Contact only with the one who owes, the one who acts for them, and whom the law counts as the debtor (`counts_as_debtor`).

    `locate` says when somebody else may be asked where the person is: `never`; `once` (one question, the debt not mentioned); or `if_unreachable` (only after
    `failed_attempts` failed attempts in a row or a dead number, once, the debt not mentioned).
    """

    name = "only_the_debtor"
    parameters = frozenset({"counts_as_debtor", "locate", "failed_attempts"})

    def is_idle(self, case: Case) -> bool:
        return case.request.person.role in DEBTOR_ROLES

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        person, request = case.request.person, case.request
        if (
            person.role in DEBTOR_ROLES
            or person.role in REPRESENTATIVES
            or person.role in (values.get("counts_as_debtor") or ())
        ):
            return None
        content = request.content
        if content is not None and content.discloses_debt:
            return Finding("deny", NEVER, "third_party_told", {"role": person.role})
        how = values.get("locate", "never")
        if request.purpose == "respond" and case.answers_them(at):
            return None
        if request.purpose != "locate" or how == "never":
            return Finding("deny", NEVER, "third_party", {"role": person.role})
        earlier = [
            past
            for past in case.history
            if past.direction == "outbound"
            and case.with_person(past)
            and past.outcome in ("conversation", "third_party", "delivered")
        ]
        if earlier:
            return Finding("deny", NEVER, "third_party_again", {"role": person.role})
        if how == "if_unreachable" and not self._unreachable(case, int(values.get("failed_attempts", 3))):
            return Finding("deny", NEVER, "third_party_reachable", {"role": person.role})
        return None

    @staticmethod
    def _unreachable(case: Case, failures: int) -> bool:
        tries = [past for past in case.history if past.direction == "outbound" and past.person_role in (None, "debtor")]
        if any(past.outcome == "disconnected" and past.at == tries[-1].at for past in tries):
            return True
        failed = [past.at for past in tries if past.outcome in FAILED]
        reached = [past.at for past in tries if past.outcome not in FAILED]
        return len(failed) >= failures and (not reached or failed[-failures] > reached[-1])

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import Spoken, all_of, is_one_of

        t = frame.t
        other = ~is_one_of(t.role, DEBTOR_ROLES | REPRESENTATIVES | frozenset(values.get("counts_as_debtor") or ()))
        told = t.discloses_debt.fill_null(False)
        answers = (t.purpose == "respond") & frame.answers_them(ANSWER_WITHIN // timedelta(microseconds=1))
        how = values.get("locate", "never")
        if how == "never":
            return Spoken(denies=other & (told | ~answers))
        refused = frame.past(
            "any",
            lambda h: ~h.inbound & h.with_person & is_one_of(h.outcome, {"conversation", "third_party", "delivered"}),
        )
        if how == "if_unreachable":

            def tried(h: Column) -> Column:
                return ~h.inbound & (h.past_role.isnull() | (h.past_role == "debtor"))

            last = frame.past("max", tried)
            dead = frame.past("max", lambda h: tried(h) & (h.outcome == "disconnected"))
            reached = frame.past("max", lambda h: tried(h) & ~is_one_of(h.outcome, FAILED))
            failed = frame.past(
                "nth", lambda h: tried(h) & is_one_of(h.outcome, FAILED), int(values.get("failed_attempts", 3))
            )
            lost = (dead == last).fill_null(False) | (failed.notnull() & (reached.isnull() | (failed > reached)))
            refused = refused | ~lost.fill_null(False)
        return Spoken(denies=all_of(other, told | (~answers & ((t.purpose != "locate") | refused))))


class Representation(Kind):
    """A person who is represented is contacted through the representative, unless that one agrees. `reply: once`: the person's own message may be answered once,
    by the same channel."""

    name = "representation"
    parameters = frozenset({"reply"})

    def is_idle(self, case: Case) -> bool:
        return case.request.person.attorney_since is None

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        person = case.request.person
        if (
            person.role in REPRESENTATIVES
            or person.attorney_since is None
            or person.attorney_since > at
            or person.attorney_consents
        ):
            return None
        if values.get("reply") == "once" and case.answers_once(at):
            return None
        return Finding("deny", NEVER, "represented", {"since": person.attorney_since.astimezone(case.zones[0])})

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import Spoken, is_one_of

        t = frame.t
        known = (t.attorney_since <= frame.at).fill_null(False)
        denies = known & ~is_one_of(t.role, REPRESENTATIVES) & ~t.attorney_consents
        if values.get("reply") == "once":
            denies = denies & ~frame.answers_once(ANSWER_WITHIN // timedelta(microseconds=1))
        return Spoken(denies=denies)


class PersonState(Kind):
    """States of the person or the number that forbid the contact, or that somebody with authority must look at. `states` maps each to `deny` or `review`."""

    name = "person_state"
    parameters = frozenset({"states", "adult_age"})
    required = frozenset({"states"})

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        unknown = set(values["states"]) - {"deceased", "reassigned", "minor", "vulnerable", "military"}
        if unknown or not set(values["states"].values()) <= {"deny", "review"}:
            raise ValueError("states: deceased, reassigned, minor, vulnerable or military, each deny or review")
        return values

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        states, request = values["states"], case.request
        person = request.person
        owes = person.role in ("debtor", "co_debtor", "guarantor")
        if "deceased" in states and person.deceased and owes:
            return Finding(states["deceased"], NEVER, "deceased")
        if "reassigned" in states and request.address is not None and request.address.reassigned:
            return Finding(states["reassigned"], NEVER, "reassigned")
        if "minor" in states and person.birth_date is not None and owes:
            of_age = _birthday(person.birth_date, int(values.get("adult_age", 18)))
            if any(on < of_age for on in case.local_dates(at)):
                until = max(at_minute(of_age, 0, zone) for zone in case.zones)
                return Finding(states["minor"], until, "minor", {"age": int(values.get("adult_age", 18))})
        for state in ("vulnerable", "military"):
            if state in states and getattr(person, state) and owes:
                return Finding(states[state], NEVER, state)
        return None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        import ibis

        from duecare.law.columns.dates import add_months
        from duecare.law.columns.frame import Spoken, is_one_of

        t, states = frame.t, values["states"]
        owes = is_one_of(t.role, {"debtor", "co_debtor", "guarantor"})
        months = 12 * int(values.get("adult_age", 18))
        of_age = frame.let("int64", lambda f: add_months(f, "birth", months, overflow=True), ("of_age", months))
        signs = {
            "deceased": t.deceased & owes,
            "reassigned": t.reassigned,
            "minor": (owes & frame.any_zone(lambda zone: frame.day(zone) < of_age)).fill_null(False),
            "vulnerable": t.vulnerable & owes,
            "military": t.military & owes,
        }
        # As in `judge`, the first state that holds speaks; of the rest only the ends count.
        denies, reviews, until, free = ibis.literal(False), ibis.literal(False), ibis.null("int64"), ibis.literal(True)
        for state, holds in signs.items():
            if state not in states:
                continue
            here = holds & free
            if states[state] == "deny":
                denies = denies | here
            else:
                reviews = reviews | here
            if state == "minor":
                until = ibis.ifelse(here, frame.start_everywhere(of_age), until)
            free = free & ~holds
        return Spoken(denies=denies, reviews=reviews, until=until)


class Workplace(Kind):
    """Contact at work. `if` is `employer_forbids`, or `always` where the person must have agreed; `channels` which are bound;
    `their_use` true: a message that the person sent from there counts as agreement."""

    name = "workplace"
    parameters = frozenset({"if", "channels", "their_use"})
    required = frozenset({"if"})

    def is_idle(self, case: Case) -> bool:
        return case.request.address is None or case.request.address.kind != "work"

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        address = case.request.address
        if address is None or address.kind != "work" or case.agreed_at(at):
            return None
        if values.get("channels") and case.request.channel not in values["channels"]:
            return None
        if values["if"] == "employer_forbids" and not case.request.employer_forbids:
            return None
        if values["if"] == "always" and any(
            consent.channel == case.request.channel and (consent.revoked_at is None or consent.revoked_at > at)
            for consent in case.consents
        ):
            return None
        if values.get("their_use") and any(
            past.direction == "inbound" and past.channel == case.request.channel and past.address_kind == "work"
            for past in case.history
        ):
            return None
        return Finding("deny", NEVER, "workplace_forbidden" if values["if"] == "employer_forbids" else "workplace")

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        from duecare.law.columns.frame import Spoken, all_of, is_one_of

        t = frame.t
        conditions = [(t.address_kind == "work").fill_null(False), ~frame.agreed()]
        if values.get("channels"):
            conditions.append(is_one_of(t.channel, values["channels"]))
        if values["if"] == "employer_forbids":
            conditions.append(t.employer_forbids)
        if values["if"] == "always":
            conditions.append(
                ~frame.consented(
                    lambda c: (c.for_channel == c.channel) & (c.revoked.isnull() | (c.revoked > c.instant))
                )
            )
        if values.get("their_use"):
            conditions.append(
                ~frame.past("any", lambda h: h.inbound & h.same_channel & (h.past_address == "work").fill_null(False))
            )
        return Spoken(denies=all_of(*conditions))


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # born on a leap day
        return date(born.year + years, 3, 1)


__all__ = ["UTC", "OnlyTheDebtor", "PersonState", "Representation", "Workplace"]
