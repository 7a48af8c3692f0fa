"""What every kind of rule is given, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from duecare.law.request import Consent, ContactRequest, PastContact
from duecare.law.rules import Rule

if TYPE_CHECKING:
    from duecare.law.columns.frame import Column, Frame, Spoken

ANSWER_WITHIN = timedelta(days=30)
"""How long after the person's own message an answer is still one. House policy of 2026-11-24; no law read for this list states a number."""

NEVER: None = None
"""A finding that lapses never: waiting does not help."""

DEBTOR_ROLES = frozenset({"debtor", "co_debtor", "guarantor", "executor", "parent_of_minor"})
"""Who may be asked to pay or acts for one who owes. What else the law of a place takes for the debtor stands in its rules."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule speaks against the contact. `until` is the first instant at which it no longer does, all else unchanged; None where never."""

    effect: str
    until: datetime | None
    words: str
    """Key of the sentence in `words.yaml`."""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Case:
    """One request made ready: zones and the history in order of time."""

    request: ContactRequest
    zones: tuple[ZoneInfo, ...]
    history: Sequence[PastContact]
    """What lies before the instant asked about, in order of time."""
    consents: Sequence[Consent]
    """Those given by then."""
    agreed: datetime | None
    """When the person asked for, or agreed to, this very contact, if that was by then."""
    debt_ids: frozenset[str]

    def local_dates(self, instant: datetime) -> list[date]:
        return [instant.astimezone(zone).date() for zone in self.zones]

    def concerns_debt(self, ids: Sequence[str] | None) -> bool:
        """Whether a past contact was about this debt; one that names no debt was about all."""
        return not ids or not self.debt_ids.isdisjoint(ids)

    def with_person(self, past: PastContact) -> bool:
        """Whether a past contact was with this person: by name where both are known, else by role; one that says neither was."""
        person = self.request.person
        if past.person_id is not None and person.id is not None:
            return past.person_id == person.id
        return past.person_role is None or past.person_role == person.role

    def was_misdirected(self, past: PastContact) -> bool:
        """Whether the number called was later learned to be another's. Numbers are known by their kind only, so a conversation at that kind of number
        leaves it open which was meant, and the call counts."""
        kind = past.address_kind
        return (
            kind is not None
            and any(
                later.outcome == "wrong_number" and later.address_kind == kind and later.at >= past.at
                for later in self.history
            )
            and not any(other.outcome == "conversation" and other.address_kind == kind for other in self.history)
        )

    def answers_them(self, instant: datetime) -> bool:
        """Whether the person wrote or called within the last thirty days: without that, a contact is no answer."""
        return any(
            past.direction == "inbound" and timedelta(0) <= instant - past.at <= ANSWER_WITHIN for past in self.history
        )

    def agreed_now(self, instant: datetime) -> bool:
        """Whether the person agreed to this very contact at this very time: what is agreed for one hour says nothing of another."""
        return instant == self.request.at and self.agreed_at(instant) is not None

    def answers_once(self, instant: datetime) -> bool:
        """Whether this is the one answer, by the same channel, to the person's last message of the last thirty days."""
        return self.request.purpose == "respond" and self.answers_since(instant - ANSWER_WITHIN)

    def answers_since(self, since: datetime) -> bool:
        """Whether this would be the one answer, by the same channel, to what the person sent since an instant."""
        channel = self.request.channel
        theirs = [past.at for past in self.history if past.direction == "inbound" and past.channel == channel]
        if not theirs or theirs[-1] < since:
            return False
        return not any(
            past.direction == "outbound" and past.channel == channel and past.at >= theirs[-1] for past in self.history
        )

    def agreed_at(self, instant: datetime, *, days: int | None = None) -> datetime | None:
        """When this very contact was asked for or agreed to, if that still holds at `instant`.

        Agreement ends with the next conversation with the person about the debt, whoever began it (12 CFR 1006 comment 14(b)(3)(i)-2), and after `days` where the law counts them (the day it was given is day one).
        """
        given = self.agreed
        if given is None:
            return None
        for past in self.history:
            if (
                past.outcome == "conversation"
                and given < past.at
                and self.with_person(past)
                and self.concerns_debt(past.talked_about)
            ):
                return None
        if days is not None and any(
            instant.astimezone(zone).date() >= given.astimezone(zone).date() + timedelta(days=days)
            for zone in self.zones
        ):
            return None
        return given


class Kind:
    """One kind of rule. `parameters` names the fields a rulebook may give; the loader refuses others.

    `judges` is False for kinds that never speak against a contact; `is_duty` is True for those whose sentence is something to say or do.
    """

    name: str = ""
    parameters: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    free: bool = False
    """Whether a rulebook may give further parameters, which are shown as they stand."""
    judges: bool = True
    is_duty: bool = False

    def is_said(self, values: Mapping[str, Any]) -> bool:
        """Whether a duty with these parameters is one in the contact itself."""
        return self.is_duty

    def is_idle(self, case: Case) -> bool:
        """Whether no rule of this kind can speak against the contact at any time, whatever its parameters: a quick look at what the kind is about."""
        return False

    def is_partial(self, values: Mapping[str, Any]) -> bool:
        """Whether the parameters narrow down of which contacts the rule speaks, so that `binds` must be asked."""
        return False

    def binds(self, values: Mapping[str, Any], case: Case, at: datetime) -> bool:
        """Whether the rule speaks of this contact at all. Where no law of a kind does, the house's default of that kind binds."""
        return True

    def judge(self, rule: Rule, values: Mapping[str, Any], case: Case, at: datetime) -> Finding | None:
        """What the rule says against one contact at an instant."""
        return None

    def columns(self, rule: Rule, values: Mapping[str, Any], frame: Frame) -> Spoken:
        """The same over a table of contacts, as Ibis expressions."""
        raise NotImplementedError

    def binds_columns(self, values: Mapping[str, Any], frame: Frame) -> Column | None:
        """`binds` over a table; None where the rule speaks of every contact in its scope."""
        return None

    def prepare(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Turn a rulebook's texts into values once, when it is loaded. Raises ValueError with what is wrong."""
        return values
