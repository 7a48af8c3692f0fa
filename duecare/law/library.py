"""May this contact be made? The rulebooks of all laws that apply, asked together; the strictest decides."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from duecare.law.decision import Decision, Duty, Reason
from duecare.law.kinds import KINDS, PLACE, Case, Finding, Kind
from duecare.law.kinds.hours import ContactHours, InconvenientTime
from duecare.law.loader import RULEBOOKS, load_folder
from duecare.law.places import above
from duecare.law.request import ContactRequest, RequestError, read_request, zone
from duecare.law.rules import Rule
from duecare.law.when import at_minute, is_public_holiday
from duecare.law.words import sentence

Lang = Literal["en", "zh"]
Verdict = Literal["allow", "deny", "review"]
KEPT = 4096
"""So many descriptions of contacts are remembered."""
JUMPS = 64
"""How often the search for the next lawful moment may jump from edge to edge before it gives up and says that waiting does not help."""

# Kinds whose house rule is a default: it binds only where no law of that kind binds the contact.
DEFAULTED = frozenset({"contact_hours", "frequency", "dispute", "only_the_debtor", "limitation"})


Bound = tuple[Rule, Mapping[str, Any]]
"""A rule with its parameters of a day."""
Found = tuple[Rule, Finding]


class Asked:
    """Whose laws contacts of one description are under, and which of their rules hold them in their scope: what is the same for all of them is kept."""

    def __init__(self, laws: Sequence[str], rules: Sequence[Rule]) -> None:
        self.laws = tuple(laws)
        self._judged = [rule for rule in rules if KINDS[rule.kind].judges]
        self._duties = [rule for rule in rules if KINDS[rule.kind].is_duty]
        self._in_force: dict[int, list[tuple[Kind, list[Bound], bool]]] = {}
        self._said: dict[tuple[int, Lang], tuple[Duty, ...]] = {}
        self._edges = _changes(rules)
        """The days on which something changes; between two of them every day is alike."""
        self._changes: dict[str, list[date]] = {}

    def said(self, on: date, lang: Lang) -> tuple[Duty, ...]:
        """The duties of a day."""
        key = bisect_right(self._edges, on), lang
        known = self._said.get(key)
        if known is None:
            known = tuple(
                Duty(rule.id, rule.sentence[lang], rule.source)
                for rule in self._duties
                if (values := rule.parameters(on)) is not None and KINDS[rule.kind].is_said(values)
            )
            self._said[key] = known
        return known

    def in_force(self, on: date) -> list[tuple[Kind, list[Bound], bool]]:
        """The rules of a day by kind, in the order of reasons; where the last is true, which of them bind depends on the contact (`_binding`)."""
        stretch = bisect_right(self._edges, on)
        known = self._in_force.get(stretch)
        if known is None:
            by_kind: dict[str, list[Bound]] = {}
            for rule in self._judged:
                values = rule.parameters(on)
                if values is not None:
                    by_kind.setdefault(rule.kind, []).append((rule, values))
            known = []
            for name in sorted(by_kind, key=PLACE.__getitem__):
                kind, bound = KINDS[name], by_kind[name]
                partial = any(kind.is_partial(values) for _, values in bound)
                known.append((kind, bound if partial else _without_defaults(name, bound), partial))
            self._in_force[stretch] = known
        return known

    def findings(self, case: Case, at: datetime) -> list[Found]:
        """What the rules that are in force and bind this contact say against it at an instant."""
        found = []
        for kind, bound, partial in self.in_force(at.astimezone(case.zones[0]).date()):
            if kind.is_idle(case):
                continue
            for rule, values in _binding(kind, bound, case, at) if partial else bound:
                finding = kind.judge(rule, values, case, at)
                if finding is not None:
                    found.append((rule, finding))
        return found

    def next_allowed(self, case: Case, at: datetime, found: Sequence[Found]) -> datetime | None:
        """The first lawful instant: jump to where the last of the present findings lapses, and look again."""
        instant, findings = at, found
        for _ in range(JUMPS):
            if not findings:
                return instant.astimezone(at.tzinfo)
            latest = instant
            for rule, finding in findings:
                lapse = self._lapse(rule.kind, finding, case, instant)
                if lapse is None:
                    return None
                latest = max(latest, lapse)
            if latest <= instant:
                return None
            instant = latest
            findings = self.findings(case, instant)
        return None

    def closes(self, case: Case, at: datetime) -> datetime | None:
        """When an allowed contact stops being allowed by the hours of the day."""
        closings = []
        for kind, bound, partial in self.in_force(at.astimezone(case.zones[0]).date()):
            if isinstance(kind, ContactHours | InconvenientTime) and not kind.is_idle(case):
                for rule, values in _binding(kind, bound, case, at) if partial else bound:
                    closing = kind.closes_at(rule, values, case, at)
                    if closing is not None:
                        closings.append(closing)
        return min(closings).astimezone(at.tzinfo) if closings else None

    def _lapse(self, kind: str, finding: Finding, case: Case, instant: datetime) -> datetime | None:
        """When a finding ends, or the law changes under it: a rule of its kind comes into force, takes new values or is repealed."""
        days = self._changes.get(kind)
        if days is None:
            days = self._changes[kind] = _changes([rule for rule in self._judged if rule.kind == kind])
        place = bisect_right(days, instant.astimezone(case.zones[0]).date())
        if place == len(days):
            return finding.until
        changed = at_minute(days[place], 0, case.zones[0])
        return changed if finding.until is None else min(finding.until, changed)


def _changes(rules: Sequence[Rule]) -> list[date]:
    """The days on which one of the rules comes into force, takes new values or ends."""
    return sorted(
        {day for rule in rules for day in (*(step.since for step in rule.dated), rule.effective_to) if day is not None}
    )


def _binding(kind: Kind, bound: Sequence[Bound], case: Case, at: datetime) -> list[Bound]:
    return _without_defaults(kind.name, [one for one in bound if kind.binds(one[1], case, at)])


def _without_defaults(kind: str, bound: list[Bound]) -> list[Bound]:
    """Without the house's default of a kind where a law of that kind is among them."""
    if kind not in DEFAULTED or not any(rule.displaces_defaults for rule, _ in bound):
        return bound
    return [one for one in bound if one[0].jurisdiction != "HOUSE"]


def _keep(known: dict[Any, Any], key: Any, value: Any) -> None:
    """Remember, within bounds: anyone may ask about any contact."""
    if len(known) >= KEPT:
        known.clear()
    known[key] = value


class Library:
    """Rules of many jurisdictions and the house's own. Immutable; `version` is the hash of what was read."""

    def __init__(self, rules: Sequence[Rule], version: str) -> None:
        self._rules = tuple(rules)
        self.version = version
        self._by_jurisdiction: dict[str, list[Rule]] = {}
        for rule in self._rules:
            self._by_jurisdiction.setdefault(rule.jurisdiction, []).append(rule)
        self._by_id = {rule.id: rule for rule in self._rules}
        self._of_laws: dict[Any, Asked] = {}
        self._alike: dict[Any, Asked] = {}

    def rules(self, jurisdiction: str | None = None) -> tuple[Rule, ...]:
        """All rules, or those of one jurisdiction (`CN`, `US-NY-NYC`, `HOUSE`)."""
        return self._rules if jurisdiction is None else tuple(self._by_jurisdiction.get(jurisdiction, ()))

    def rule(self, id: str) -> Rule:
        """One rule. Raises KeyError."""
        return self._by_id[id]

    def jurisdictions(self) -> tuple[str, ...]:
        return tuple(sorted(self._by_jurisdiction))

    def with_layer(self, rules: Sequence[Rule], version: str) -> Library:
        """This library and an office's or creditor's own rules. They are asked beside all others and stand for no law, so they can only tighten.

        Raises:
            ValueError: a rule takes the id of another.
        """
        taken = self._by_id.keys() & {rule.id for rule in rules}
        if taken:
            raise ValueError(f"these ids stand already: {', '.join(sorted(taken))}")
        own = [replace(rule, jurisdiction=f"OFFICE-{rule.jurisdiction}", layer="house") for rule in rules]
        return Library((*self._rules, *own), f"{self.version}+{version}")

    # --- the answer ------------------------------------------------------------------------------------------------

    def judge(self, request: Mapping[str, Any] | bytes | str | ContactRequest, *, lang: Lang = "en") -> Decision:
        """Answer one request. Never raises for what is in it: a request that cannot be read is denied with `error`."""
        if not isinstance(request, ContactRequest):
            try:
                request = read_request(request)
            except RequestError as error:
                return Decision(id=_id_of(request), verdict="deny", error=str(error), legal_verdict="deny")
        case = _case(request)
        asked = self.asked(request)
        found = asked.findings(case, request.at)
        found.sort(key=lambda one: (one[1].effect != "deny", PLACE[one[0].kind], one[0].layer != "law"))
        effects = {finding.effect for _, finding in found}
        legal = {finding.effect for rule, finding in found if rule.layer == "law"}
        return Decision(
            id=request.id,
            verdict=_verdict(effects),
            reasons=tuple(_reason(rule, finding, lang) for rule, finding in found),
            duties=asked.said(request.at.date(), lang),
            next_allowed_at=asked.next_allowed(case, request.at, found),
            allowed_until=None if found else asked.closes(case, request.at),
            laws=asked.laws,
            legal_verdict=_verdict(legal),
        )

    def asked(self, request: ContactRequest) -> Asked:
        """The laws that apply (of every place where the person is, of what lies above it, of the debt, of the collector's licences where a rule reaches so
        far, and the house's), and those of their rules whose scope holds this contact."""
        person, debt = request.person, request.debt
        key = (
            tuple(person.jurisdictions),
            debt.governing_law,
            tuple(request.collector.licences),
            debt.consumer,
            debt.kind,
            request.collector.kind,
            request.channel,
            person.role,
            request.purpose,
            request.address.kind if request.address else None,
            request.autodialled,
        )
        known = self._of_laws.get(key)
        if known is None:
            by_law = self._by_law(person.jurisdictions, debt.governing_law, request.collector.licences)
            rules = [rule for rules in by_law.values() for rule in rules if _in_scope(rule, request)]
            same = (tuple(by_law), tuple(rule.id for rule in rules))
            known = self._alike.get(same)
            if known is None:
                known = Asked(tuple(by_law), rules)
                _keep(self._alike, same, known)
            _keep(self._of_laws, key, known)
        return known

    def reaching(self, places: Sequence[str], governing_law: str | None, licences: Sequence[str]) -> tuple[Rule, ...]:
        """All rules, whatever their scope, under which a contact in these places stands, in the order in which they are asked."""
        return tuple(rule for rules in self._by_law(places, governing_law, licences).values() for rule in rules)

    def _by_law(
        self, places: Sequence[str], governing_law: str | None, licences: Sequence[str]
    ) -> dict[str, list[Rule]]:
        """The rules that reach a contact, by jurisdiction: the person's places first, then the debt's law, the collector's, the house's and the office's."""
        reached: dict[str, set[str]] = {}
        for name in places:
            for law in above(name):
                reached.setdefault(law, set()).add("person")
        for law in above(governing_law) if governing_law else ():
            reached.setdefault(law, set()).add("debt")
        for name in licences:
            for law in above(name):
                reached.setdefault(law, set()).add("collector")
        found = {
            law: [rule for rule in self._by_jurisdiction.get(law, ()) if rule.reach & by] for law, by in reached.items()
        }
        for name, rules in self._by_jurisdiction.items():
            place = name.removeprefix("OFFICE-")
            if place == "HOUSE":
                found[name] = rules
            elif place != name and place in reached:
                found[name] = [rule for rule in rules if rule.reach & reached[place]]
        return {law: rules for law, rules in found.items() if rules}


def _case(request: ContactRequest) -> Case:
    """A request made ready. What is said to have happened after the instant asked about is not known yet and takes no part."""
    at, agreed = request.at, request.consent_for_contact_at
    return Case(
        request=request,
        zones=tuple(zone(name) for name in dict.fromkeys(request.person.time_zones)),
        history=sorted((past for past in request.history if past.at < at), key=lambda past: past.at),
        consents=[one for one in request.address.consents if one.given_at <= at] if request.address else (),
        agreed=agreed if agreed is not None and agreed <= at else None,
        debt_ids=frozenset((request.debt.id, *request.debt.counts_as_one_with)),
    )


def _in_scope(rule: Rule, request: ContactRequest) -> bool:
    scope = rule.scope
    return (
        (scope.consumer is None or scope.consumer == request.debt.consumer)
        and (not scope.debt_kinds or request.debt.kind in scope.debt_kinds)
        and (not scope.collectors or request.collector.kind in scope.collectors)
        and (not scope.channels or request.channel in scope.channels)
        and (not scope.roles or request.person.role in scope.roles)
        and (not scope.purposes or request.purpose in scope.purposes)
        and (not scope.addresses or request.address is None or request.address.kind in (None, *scope.addresses))
        and (scope.autodialled is None or scope.autodialled == request.autodialled)
    )


def _reason(rule: Rule, finding: Finding, lang: Lang) -> Reason:
    return Reason(
        rule=rule.id,
        effect=finding.effect,
        why=sentence(finding.words, finding.facts, lang),
        source=rule.source,
        kind=rule.kind,
        layer=rule.layer,
        status=rule.status,
    )


def _verdict(effects: Set[str]) -> Verdict:
    return "deny" if "deny" in effects else "review" if effects else "allow"


def _id_of(request: Any) -> str:
    """The id of a request that cannot be read, where one can be seen."""
    if isinstance(request, bytes | str):
        import json

        try:
            request = json.loads(request)
        except (ValueError, RecursionError):
            return ""
    found = request.get("id") if isinstance(request, Mapping) else None
    return found.encode(errors="replace").decode() if isinstance(found, str) else ""


def load_library(folder: Path) -> Library:
    """The rulebooks of a folder. Raises RulebookError."""
    return Library(*load_folder(folder))


@cache
def default_library() -> Library:
    """The rulebooks that ship with Duecare. The registry of public holidays is read here too: it takes longer than any answer may."""
    is_public_holiday(date(2026, 1, 1), "GB")
    return load_library(RULEBOOKS)
