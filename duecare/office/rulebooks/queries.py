"""What the pages of the law show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from duecare.law import Rule, default_library
from duecare.law.kinds import KINDS
from duecare.law.library import DEFAULTED
from duecare.law.loader import RULEBOOKS
from duecare.law.places import above
from duecare.office.academy.cards import cards
from duecare.office.academy.models import CardProgress
from duecare.office.crm.models import Account, AccountStatus, Party
from duecare.office.desk.queries import visible_accounts
from duecare.office.people.models import User

from . import drafting, layers, words
from .layers import EVERYWHERE, OwnRule
from .models import Proposal, Step

OFFICE = "OFFICE"
"""Where the office's own rules stand in the tree."""


# --- rules ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A rule as a page shows it: as the law judges by it, as it was written, and, where it is the office's own, by which proposal."""

    rule: Rule
    entry: Mapping[str, Any]
    lang: words.Lang
    on: date
    own: OwnRule | None = None

    @property
    def sentence(self) -> str:
        return str(self.rule.sentence[self.lang])

    @property
    def other_sentence(self) -> str:
        return str(self.rule.sentence["en" if self.lang == "zh" else "zh"])

    @property
    def kind(self) -> str:
        return words.kind(self.rule.kind, self.lang)

    @property
    def place(self) -> str:
        if self.own and self.rule.jurisdiction == EVERYWHERE:
            return words.place(OFFICE, self.lang)
        return words.place(self.rule.jurisdiction, self.lang)

    @property
    def shelf(self) -> str:
        """Where the rule stands in the tree."""
        return OFFICE if self.own else self.rule.jurisdiction

    @property
    def strength(self) -> str:
        return words.named("strengths", self.rule.strength, self.lang)

    @property
    def is_verified(self) -> bool:
        return self.rule.status == "verified"

    @property
    def is_of_the_house(self) -> bool:
        """Decided by the house or the office, so that there is no official text to check it against."""
        return self.own is not None or self.rule.jurisdiction == EVERYWHERE

    @property
    def judges(self) -> bool:
        return KINDS[self.rule.kind].judges

    @property
    def is_default(self) -> bool:
        """A default of the house, which binds only where no law of its kind does."""
        return self.own is None and self.rule.jurisdiction == EVERYWHERE and self.rule.kind in DEFAULTED

    @property
    def state(self) -> str:
        if self.rule.effective_to is not None and self.rule.effective_to <= self.on:
            return "ended"
        if not self.rule.dated or self.rule.effective_from > self.on:
            return "coming"
        return "in_force"

    @property
    def next_change(self) -> date | None:
        """The next day on which its values change, or on which it begins or ends."""
        days = [step.since for step in self.rule.dated] + [self.rule.effective_to]
        return min((day for day in days if day is not None and day > self.on), default=None)

    @property
    def steps(self) -> list[tuple[date, dict[str, Any]]]:
        """The dated values as they were written; those of an own rule from the day of its layer on."""
        written = [(self.entry.get("since"), dict(self.entry.get("parameters") or {}))]
        written += [
            (change.get("since"), {name: one for name, one in change.items() if name != "since"})
            for change in self.entry.get("changes") or ()
        ]
        steps = [(one if isinstance(one, date) else date.fromisoformat(str(one)), values) for one, values in written]
        if self.own is None:
            return steps
        begun = [values for day, values in steps if day <= self.own.starts]
        later = [(day, values) for day, values in steps if day > self.own.starts]
        return [(self.own.starts, begun[-1]), *later] if begun else later

    @property
    def values(self) -> dict[str, Any]:
        """The values in force on the day of the page; before the rule begins, its first."""
        steps = self.steps
        passed = [values for day, values in steps if day <= self.on]
        return passed[-1] if passed else steps[0][1] if steps else {}

    def binds(self) -> list[str]:
        """Whom and what it binds, in words."""
        scope, lang = self.rule.scope, self.lang
        told: list[str] = []
        for given, of in (
            (scope.debt_kinds, "debt.kind"),
            (scope.collectors, "collector.kind"),
            (scope.channels, "channel"),
            (scope.roles, "role"),
            (scope.purposes, "purpose"),
        ):
            if given:
                label = words.fact_name("person.role" if of == "role" else of, lang)
                told.append(words.labelled(label, words.value(sorted(given), lang, of.rpartition(".")[2]), lang))
        return told

    def reaches(self) -> str:
        return words.join(
            [
                words.named("reaches", one, self.lang)
                for one in ("person", "debt", "collector")
                if one in self.rule.reach
            ],
            self.lang,
        )


@lru_cache(maxsize=512)
def _written(file: str) -> Mapping[str, Mapping[str, Any]]:
    return drafting.entries_of((RULEBOOKS / file).read_text(encoding="utf-8"))


def all_rules(lang: words.Lang, on: date) -> list[Shown]:
    """Every rule that ships, and the office's own."""
    shipped = [Shown(rule, _written(rule.file).get(rule.id, {}), lang, on) for rule in default_library().rules()]
    return [*shipped, *own(lang, on)]


def own(lang: words.Lang, on: date) -> list[Shown]:
    """The office's and its creditors' own rules, those that have ended too."""
    found = layers.own_rules()
    texts = dict(Proposal.objects.filter(pk__in={one.proposal for one in found}).values_list("pk", "text"))
    return [Shown(one.rule, drafting.entries_of(texts[one.proposal])[one.rule.id], lang, on, one) for one in found]


def rule(rule_id: str, lang: words.Lang, on: date) -> Shown | None:
    try:
        found = default_library().rule(rule_id)
    except KeyError:
        return next((shown for shown in own(lang, on) if shown.rule.id == rule_id), None)
    return Shown(found, _written(found.file).get(found.id, {}), lang, on)


def ids_that_stand() -> set[str]:
    """Ids of shipped rules, of own rules, and of those that wait for a second person."""
    taken = {one.id for one in default_library().rules()}
    taken |= {one.rule.id for one in layers.own_rules()}
    for proposal in waiting():
        taken |= set(drafting.entries_of(proposal.text)) if proposal.text else set()
    return taken


# --- browsing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A line of the tree: a jurisdiction, how many rules it has and how many of them were verified."""

    code: str
    name: str
    depth: int
    rules: int
    verified: int

    @property
    def percent(self) -> int:
        return round(100 * self.verified / self.rules) if self.rules else 0


def tree(rules: Sequence[Shown], lang: words.Lang) -> list[Node]:
    """The office's own rules, the house's, then every jurisdiction with its parts below it."""
    counts: dict[str, list[int]] = {}
    for shown in rules:
        count = counts.setdefault(shown.shelf, [0, 0])
        count[0] += 1
        count[1] += shown.is_verified
    codes = set(counts)
    for code in list(codes):
        parts = code.split("-")
        codes |= {"-".join(parts[:n]) for n in range(1, len(parts))}
    first = [OFFICE, EVERYWHERE]

    def path(code: str) -> tuple[Any, ...]:
        parts = code.split("-")
        chain = ["-".join(parts[: n + 1]) for n in range(len(parts))]
        names = tuple(words.place(one, lang) if lang == "en" else one for one in chain)
        return (first.index(code), "") if code in first else (len(first), *names)

    return [
        Node(code, words.place(code, lang), code.count("-"), *counts.get(code, (0, 0)))
        for code in sorted(codes | set(first), key=path)
    ]


def matching(
    rules: Iterable[Shown], *, place: str = "", kind: str = "", status: str = "", text: str = ""
) -> list[Shown]:
    """Rules of a jurisdiction and kind whose words hold every word that was searched for, in either language."""
    sought = text.lower().split()
    found = []
    for shown in rules:
        one = shown.rule
        if place and shown.shelf != place:
            continue
        if kind and one.kind != kind:
            continue
        if status in ("verified", "unverified") and one.status != status:
            continue
        if status in ("in_force", "coming", "ended") and shown.state != status:
            continue
        if sought:
            heap = " ".join(
                (
                    one.id,
                    *one.sentence.values(),
                    one.source,
                    one.basis,
                    words.kind(one.kind, "en"),
                    words.kind(one.kind, "zh"),
                )
            ).lower()
            if not all(word in heap for word in sought):
                continue
        found.append(shown)
    order, states = words.kinds(), ("in_force", "coming", "ended")
    found.sort(key=lambda shown: (states.index(shown.state), order.index(shown.rule.kind)))
    return found


def also_there(place: str, nodes: Sequence[Node]) -> list[str]:
    """The jurisdictions whose rules hold in a place too: what lies above it, and the house's."""
    if place in ("", OFFICE, EVERYWHERE):
        return []
    known = {node.code for node in nodes if node.rules}
    return [code for code in (*above(place), EVERYWHERE, OFFICE) if code != place and code in known]


@dataclass(frozen=True)
class Silence:
    """A kind on which no law of a place speaks, and the default of the house that binds there instead."""

    kind: str
    default: Shown | None


def silences(place: str, rules: Sequence[Shown], lang: words.Lang) -> list[Silence]:
    """Whether a jurisdiction has no law on hours or on frequency; the house's default then binds."""
    if place in ("", OFFICE, EVERYWHERE, "EU"):
        return []
    laws = set(above(place))
    found = []
    for kind in ("contact_hours", "frequency"):
        if not any(s.rule.jurisdiction in laws and s.rule.kind == kind and s.state == "in_force" for s in rules):
            defaults = [s for s in rules if s.is_default and s.rule.kind == kind]
            found.append(Silence(words.kind(kind, lang), defaults[0] if defaults else None))
    return found


# --- what changed --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """A rule began, ended or took other values on a day. `rows` are what differs: name, before, after."""

    on: date
    what: str
    shown: Shown
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def values(self) -> list[str]:
        """Of a rule that began or ended, its values."""
        return [words.labelled(name, before or after, self.shown.lang) for name, before, after in self.rows]


def changes(rules: Iterable[Shown], since: date, until: date) -> list[Event]:
    """What came about after `since` and up to `until`, the newest first."""
    found = []
    for shown in rules:
        steps = shown.steps
        ends = shown.rule.effective_to
        for number, (day, values) in enumerate(steps):
            if not since < day <= until or (ends is not None and day >= ends):
                continue
            before = steps[number - 1][1] if number else {}
            found.append(
                Event(
                    day, "changed" if number else "began", shown, difference(before, values, shown.lang, bool(number))
                )
            )
        if ends is not None and since < ends <= until and steps and steps[0][0] < ends:
            found.append(Event(ends, "ended", shown, difference(steps[-1][1], {}, shown.lang, False)))
    found.sort(key=lambda event: (event.on, event.shown.rule.id), reverse=True)
    return found


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any], lang: words.Lang, only_changed: bool
) -> list[tuple[str, str, str]]:
    rows = []
    for name in dict.fromkeys([*before, *after]):
        was, will = before.get(name), after.get(name)
        if only_changed and name in before and name in after and was == will:
            continue
        rows.append(
            (
                words.parameter_name(name, lang),
                words.parameter(name, was, lang) if name in before else "",
                words.parameter(name, will, lang) if name in after else "",
            )
        )
    return rows


@dataclass(frozen=True)
class Timeline:
    """A rule's values over time: a column a day where there are few, a line a day, the newest first, where there are many."""

    heads: list[tuple[date, str]]
    rows: list[tuple[str, list[tuple[str, bool]]]]

    @property
    def is_long(self) -> bool:
        return len(self.heads) > 3

    @property
    def lines(self) -> list[tuple[date, str, list[tuple[str, bool]]]]:
        lines = [(day, when, [cells[n] for _name, cells in self.rows]) for n, (day, when) in enumerate(self.heads)]
        return lines[::-1]


def timeline(shown: Shown) -> Timeline:
    """The days with how they stand to today, and for each parameter its values, marked where they changed."""
    steps = shown.steps
    heads = []
    for number, (day, _values) in enumerate(steps):
        following = steps[number + 1][0] if number + 1 < len(steps) else shown.rule.effective_to
        is_over = following is not None and following <= shown.on
        heads.append((day, "past" if is_over else "coming" if day > shown.on else "now"))
    rows = []
    for name in dict.fromkeys(name for _day, values in steps for name in values):
        cells, last = [], ""
        for number, (_day, values) in enumerate(steps):
            told = words.parameter(name, values[name], shown.lang) if name in values else "–"
            cells.append((told, number > 0 and told != last))
            last = told
        rows.append((words.parameter_name(name, shown.lang), cells))
    return Timeline(heads, rows)


# --- which accounts ------------------------------------------------------------------------------------------------


def reached_accounts(user: User, rules: Iterable[Rule], creditor: int | None) -> QuerySet[Account]:
    """Open accounts that this person may see and that some rule reaches: by where who owes them is, by the law of the debt, by the collector's licences, and by
    the rule's scope."""
    rows = visible_accounts(user).filter(status=AccountStatus.OPEN)
    if creditor is not None:
        rows = rows.filter(creditor=creditor)
    held = [_by_place(one) & _by_scope(one) for one in rules]
    if not all(held):  # one of them binds every account
        return rows
    return rows.filter(pk__in=Account.objects.filter(reduce(or_, held, Q(pk__in=[]))).values("pk"))


def _by_scope(one: Rule) -> Q:
    scope, held = one.scope, Q()
    if scope.consumer is not None:
        held &= Q(consumer=scope.consumer)
    if scope.debt_kinds:
        held &= Q(debt_kind__in=scope.debt_kinds)
    if scope.collectors:
        held &= Q(creditor__acts_as__in=scope.collectors)
    return held


def _by_place(one: Rule) -> Q:
    law = one.jurisdiction
    if law == EVERYWHERE:
        return Q()
    held = Q(pk__in=[])
    if "person" in one.reach:
        there = Q(pk__in=[])
        for places in Party.objects.order_by().values_list("jurisdictions", flat=True).distinct():
            if any(law in above(name) for name in places or ()):
                there |= Q(jurisdictions=places)
        held |= Q(liabilities__party__in=Party.objects.filter(there).values("pk"))
    if "debt" in one.reach:
        laws = Account.objects.order_by().exclude(governing_law="").values_list("governing_law", flat=True).distinct()
        held |= Q(governing_law__in=[name for name in laws if law in above(name)])
    if "collector" in one.reach:
        licensed = [
            pk
            for pk, licences in User.objects.values_list("pk", "licences")
            if any(law in above(name) for name in licences or ())
        ]
        held |= Q(assigned_to__in=licensed)
    return held


def listed(rows: QuerySet[Account]) -> QuerySet[Account]:
    return rows.select_related("creditor", "assigned_to").prefetch_related("liabilities__party").order_by("pk")


def by_creditor(rows: QuerySet[Account]) -> list[tuple[str, int]]:
    return list(rows.order_by().values_list("creditor__name").annotate(n=Count("pk", distinct=True)).order_by("-n"))


# --- cards ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardShown:
    key: str
    facts: list[str]
    expect: str
    learners: int


@dataclass(frozen=True)
class CardsOf:
    """The academy's cards made from a rule, and how many people still hold cards of values that are no longer the last."""

    cards: list[CardShown]
    outdated: int


def cards_of(shown: Shown) -> CardsOf:
    """Cards are dealt of the rules that ship; an own rule has none."""
    if shown.own:
        return CardsOf([], 0)
    learning = dict(
        CardProgress.objects.filter(card__startswith=f"{shown.rule.id}@").values_list("card").annotate(Count("pk"))
    )
    made = [card for card in cards().values() if card.rule.id == shown.rule.id]
    return CardsOf(
        cards=[
            CardShown(
                card.key,
                words.facts_told(card.request, card.rule.examples[card.example].facts, shown.lang),
                card.rule.examples[card.example].expect,
                learning.get(card.key, 0),
            )
            for card in made
        ],
        outdated=sum(count for key, count in learning.items() if key not in {card.key for card in made}),
    )


# --- proposals -----------------------------------------------------------------------------------------------------


def proposals() -> QuerySet[Proposal]:
    return (
        Proposal.objects.select_related("by", "creditor", "replaces")
        .prefetch_related("steps__by")
        .order_by("-sequence")
    )


def waiting() -> QuerySet[Proposal]:
    """Proposals that nobody has decided."""
    return proposals().exclude(steps__in=Step.objects.exclude(act=Step.Act.PROPOSED))


def decision_of(proposal: Proposal) -> Step | None:
    return next((step for step in proposal.steps.all() if step.act != Step.Act.PROPOSED), None)


def about(rule_id: str) -> list[Proposal]:
    """Undecided proposals that speak of a rule: that flag it, replace it or end it."""
    found = []
    for proposal in waiting():
        replaced = proposal.replaces
        if proposal.about == rule_id or (replaced and rule_id in drafting.entries_of(replaced.text)):
            found.append(proposal)
    return found


def log() -> QuerySet[Step]:
    return Step.objects.select_related("proposal__creditor", "by").order_by("-sequence")
