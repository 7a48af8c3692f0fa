"""Who: only the debtor, and what the person's own state forbids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from duecare.law.kinds.base import DEBTOR_ROLES, NEVER, Case, Finding, Kind
from duecare.law.rules import Rule
from duecare.law.when import at_minute

REPRESENTATIVES = frozenset({"attorney", "debt_adviser"})


class OnlyTheDebtor(Kind):
    """Contact only with the one who owes, the one who acts for them, and whom the law counts as the debtor (`counts_as_debtor`).

    `locate` says when somebody else may be asked where the person is: `never`; `once` (one question, the debt not mentioned); or `if_unreachable` (only after
    `failed_attempts` failed attempts in a row or a dead number, once, the debt not mentioned).
    """

    name = "only_the_debtor"
    parameters = frozenset({"counts_as_debtor", "locate", "failed_attempts"})

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
            and past.at < at
            and past.person_role == person.role
            and past.outcome in ("conversation", "third_party", "delivered")
        ]
        if earlier:
            return Finding("deny", NEVER, "third_party_again", {"role": person.role})
        if how == "if_unreachable" and not self._unreachable(case, at, int(values.get("failed_attempts", 3))):
            return Finding("deny", NEVER, "third_party_reachable", {"role": person.role})
        return None

    @staticmethod
    def _unreachable(case: Case, at: datetime, failures: int) -> bool:
        tries = [
            past
            for past in case.history
            if past.at < at and past.direction == "outbound" and (past.person_role in (None, "debtor"))
        ]
        if any(past.outcome == "disconnected" for past in tries[-1:]):
            return True
        last = tries[-failures:]
        return len(last) == failures and all(
            past.outcome in ("no_answer", "disconnected", "wrong_number", "undelivered", "busy") for past in last
        )


class Representation(Kind):
    """A person who is represented is contacted through the representative, unless that one agrees."""

    name = "representation"

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        person = case.request.person
        if (
            person.role in REPRESENTATIVES
            or person.attorney_since is None
            or person.attorney_since > at
            or person.attorney_consents
        ):
            return None
        return Finding("deny", NEVER, "represented", {"since": person.attorney_since.astimezone(case.zones[0])})


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


class Workplace(Kind):
    """Contact at work. `if` is `employer_forbids`, or `always` where the person must have agreed; `channels` which are bound."""

    name = "workplace"
    parameters = frozenset({"if", "channels"})
    required = frozenset({"if"})

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        address = case.request.address
        if address is None or address.kind != "work" or case.agreed_at(at):
            return None
        if values.get("channels") and case.request.channel not in values["channels"]:
            return None
        if values["if"] == "employer_forbids" and not case.request.employer_forbids:
            return None
        if values["if"] == "always" and any(
            consent.channel == case.request.channel
            and consent.given_at <= at
            and (consent.revoked_at is None or consent.revoked_at > at)
            for consent in address.consents
        ):
            return None
        return Finding("deny", NEVER, "workplace_forbidden" if values["if"] == "employer_forbids" else "workplace")


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # born on a leap day
        return date(born.year + years, 3, 1)


__all__ = ["UTC", "OnlyTheDebtor", "PersonState", "Representation", "Workplace"]
