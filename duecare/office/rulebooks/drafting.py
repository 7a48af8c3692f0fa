"""Is this a rule that may be proposed? A form's fields as a rulebook, a rulebook's text as rules, and the proof of what it does: its own examples and a sample of
requests put to the law with it and without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.utils.translation import gettext as _

from duecare.law import Decision, Library, Rule, RulebookError, default_library
from duecare.law.examples import example_request
from duecare.law.kinds import KINDS
from duecare.law.places import zone_of
from duecare.law.rules import Dated

from . import layers, words

LONGEST = 20_000
"""Characters of a proposal's text. A rulebook of the office is a page, not a book."""
OWN_ID = re.compile(r"OFFICE-[A-Z0-9][A-Z0-9-]{1,50}")
PROBES = 400
"""Requests of the sample that is put to the law with and without a proposal."""
ALWAYS = date(1990, 1, 1)
RANK = {"allow": 0, "review": 1, "deny": 2}


@dataclass(frozen=True)
class Problem:
    """What is wrong, and in which line of the text, where it is known."""

    told: str
    line: int | None = None


@dataclass(frozen=True)
class Judged:
    """An example of a rule put to the law: what was expected and what the law says."""

    rule: Rule
    number: int
    request: Mapping[str, Any]
    decision: Decision
    holds: bool


@dataclass(frozen=True)
class Probe:
    """What a sample of requests says: how many were asked, and how many are answered more strictly or more permissively."""

    asked: int
    stricter: int
    looser: int


@dataclass(frozen=True)
class Draft:
    text: str
    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]
    judged: tuple[Judged, ...] = ()
    probe: Probe | None = None

    @property
    def is_good(self) -> bool:
        return bool(self.rules) and not self.problems

    @property
    def lines(self) -> list[tuple[int, str, bool]]:
        """The text line by line: number, words, whether something is wrong there."""
        wrong = {problem.line for problem in self.problems}
        return [(number, line, number in wrong) for number, line in enumerate(self.text.splitlines(), 1)]


# --- reading -------------------------------------------------------------------------------------------------------


def draft(text: str, place: str, effective_on: date, taken: Iterable[str], lang: words.Lang) -> Draft:
    """Read and try a text that somebody wants to propose. `taken` are the ids that stand already."""
    rules, problems = read(text, place, effective_on, set(taken))
    if problems:
        return Draft(text, rules, tuple(problems))
    try:
        judged = judge_examples(rules, lang)
        probe = probe_layer(rules, default_library())
    except (ArithmeticError, AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
        return Draft(text, rules, (Problem(_("The law cannot judge by this: %(why)s") % {"why": error}),))
    for one in judged:
        if not one.holds:
            problems.append(_example_fails(one, lang))
    if probe.looser:
        problems.append(
            Problem(_("Some requests would be answered more permissively; this cannot be and is not taken."))
        )
    return Draft(text, rules, tuple(problems), tuple(judged), probe)


def read(text: str, place: str, effective_on: date, taken: set[str]) -> tuple[tuple[Rule, ...], list[Problem]]:
    """The rules of a text and what speaks against them."""
    if len(text) > LONGEST:
        return (), [Problem(_("The text is longer than %(n)s characters.") % {"n": LONGEST})]
    try:
        # An alias may stand for a thousand copies of itself; a rule needs none.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            return (), [Problem(_("Write everything out: no aliases (*name)."))]
        rules = layers.read(text, place)
    except yaml.YAMLError as error:
        return (), [_yaml_problem(error)]
    except RulebookError as error:
        return (), [_loader_problem(error)]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, OverflowError) as error:
        return (), [Problem(_("This cannot be read as rules: %(why)s") % {"why": error})]
    problems = [problem for rule in rules for problem in _speaks_against(rule, effective_on, taken)]
    twice = {rule.id for rule in rules if [other.id for other in rules].count(rule.id) > 1}
    problems += [Problem(_("The id %(id)s is used twice.") % {"id": one}) for one in sorted(map(str, twice))]
    if not rules:
        problems.append(Problem(_("There is no rule in it."), 1))
    return rules, problems


def _speaks_against(rule: Rule, effective_on: date, taken: set[str]) -> Iterable[Problem]:
    if not isinstance(rule.id, str) or not OWN_ID.fullmatch(rule.id):
        yield Problem(
            _("The id of an own rule begins with OFFICE- and holds capitals, digits and hyphens, at most 59."),
            rule.line,
        )
    elif rule.id in taken:
        yield Problem(_("The id %(id)s stands already.") % {"id": rule.id}, rule.line)
    if any(not isinstance(rule.sentence[one], str) or not rule.sentence[one].strip() for one in ("en", "zh")):
        yield Problem(_("The sentence is written in both languages."), rule.line)
    if not isinstance(rule.source, str) or not isinstance(rule.basis, str):
        yield Problem(_("Source and basis are written in words."), rule.line)
    if rule.effective_from < effective_on:
        yield Problem(
            _(
                "Nothing binds before the day on which the change takes effect: since is %(since)s, the change is of %(day)s."
            )
            % {"since": rule.effective_from, "day": effective_on},
            rule.line,
        )
    if KINDS[rule.kind].judges and not any(example.expect != "allow" for example in rule.examples):
        yield Problem(
            _("Give at least one example that %(rule)s refuses, so that the second person sees what it does.")
            % {"rule": rule.id},
            rule.line,
        )


def _loader_problem(error: RulebookError) -> Problem:
    """The loader's message begins with file and line."""
    found = re.match(r"^[^\n:]*:(\d+): (.*)$", str(error), re.DOTALL)
    if found:
        return Problem(found.group(2), int(found.group(1)))
    cause = error.__cause__
    return _yaml_problem(cause) if isinstance(cause, yaml.YAMLError) else Problem(str(error))


def _yaml_problem(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    why = getattr(error, "problem", None) or str(error)
    return Problem(_("This is not YAML: %(why)s") % {"why": why}, mark.line + 1 if mark else None)


def _example_fails(one: Judged, lang: words.Lang) -> Problem:
    return Problem(
        _("Example %(n)s of %(rule)s does not hold: expected %(expected)s, the law says %(verdict)s.")
        % {
            "n": one.number + 1,
            "rule": one.rule.id,
            "expected": words.named("verdicts", one.rule.examples[one.number].expect, lang),
            "verdict": one.decision.error or words.named("verdicts", one.decision.verdict, lang),
        },
        one.rule.line,
    )


# --- trying --------------------------------------------------------------------------------------------------------


def judge_examples(rules: Sequence[Rule], lang: words.Lang, library: Library | None = None) -> list[Judged]:
    """Every example of some rules, judged now. Without a `library` the rules are laid over those that ship, as if they had begun long ago."""
    law = library or default_library().with_layer([_begun(rule) for rule in rules], "draft")
    return [judge_example(rule, number, law, lang) for rule in rules for number in range(len(rule.examples))]


def judge_example(rule: Rule, number: int, law: Library, lang: words.Lang) -> Judged:
    """One example as the tests of the rulebooks hold it: the verdict, among its reasons the rule itself, and the next lawful moment."""
    example = rule.examples[number]
    request = example_request(rule, example)
    decision = law.judge(request, lang=lang)
    holds = decision.error is None and decision.verdict == example.expect
    if example.expect != "allow":
        holds = holds and rule.id in [reason.rule for reason in decision.reasons]
    if example.next_allowed_at:
        following = decision.next_allowed_at
        holds = holds and following is not None and following == datetime.fromisoformat(example.next_allowed_at)
    return Judged(rule, number, request, decision, holds)


@cache
def _probes() -> tuple[dict[str, Any], ...]:
    """A sample of requests: examples of the shipped rulebooks, spread over all of them."""
    rules = default_library().rules()
    requests = [example_request(rule, example) for rule in rules for example in rule.examples]
    step = max(1, len(requests) // PROBES)
    return tuple(requests[::step][:PROBES])


def probe_layer(rules: Sequence[Rule], base: Library, without: Sequence[str] = ()) -> Probe:
    """The sample put to a library with and without some rules, as if they had been in force always.

    `without` names rules of the library that the new ones replace: then more permissive answers are possible, and are counted.
    """
    before = base
    kept = [rule for rule in base.rules() if rule.id not in without]
    after = Library(kept, "probe").with_layer([_begun(rule) for rule in rules], "draft")
    examples = [example_request(rule, example) for rule in rules for example in rule.examples]
    asked = [*_probes(), *examples]
    ranks = [(RANK[before.judge(one).verdict], RANK[after.judge(one).verdict]) for one in asked]
    return Probe(len(asked), sum(b < a for b, a in ranks), sum(b > a for b, a in ranks))


def _begun(rule: Rule) -> Rule:
    """The rule as if its first values had been in force always: what it does is tried on days that lie before it, too."""
    return replace(rule, dated=(Dated(ALWAYS, rule.dated[0].values), *rule.dated[1:]))


# --- writing -------------------------------------------------------------------------------------------------------


class _Plain(yaml.SafeDumper):
    """Rulebooks in the house's hand: mappings in block style, short lists in a line, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(entries: Sequence[Mapping[str, Any]]) -> str:
    """Rules as the text of a rulebook."""
    return yaml.dump(
        [dict(entry) for entry in entries],
        Dumper=_Plain,
        allow_unicode=True,
        sort_keys=False,
        width=150,
        default_flow_style=None,
    )


def from_form(asked: Mapping[str, Any], place: str, effective_on: date, source: str) -> str:
    """What somebody chose in the form, as a rulebook of one rule with examples that show what it refuses."""
    what = asked["what"]
    build: Callable[[Mapping[str, Any], datetime], tuple[dict[str, Any], list[dict[str, Any]]]] = {
        "contact_hours": _hours,
        "frequency": _frequency,
        "cool_down": _cool_down,
        "forbidden_channel": _forbidden,
        "duty": lambda asked, ten: ({}, []),
    }[what]
    ten = _open_moment(effective_on, place)
    parameters, examples = build(asked, ten)
    entry: dict[str, Any] = {
        "id": asked["rule_id"],
        "kind": what,
        "sentence": {
            "en": asked.get("sentence_en") or said(what, asked, "en"),
            "zh": asked.get("sentence_zh") or said(what, asked, "zh"),
        },
        "source": source,
        "status": "verified",
        "basis": "this office's own decision 本机构自行决定",
        "since": effective_on.isoformat(),
    }
    if asked.get("whom"):
        entry["consumer"] = asked["whom"] == "consumer"
        for example in examples:
            example["debt"] = {**example.get("debt", {}), "consumer": entry["consumer"]}
    if asked.get("channels"):
        entry["channels"] = list(asked["channels"])
    entry["purposes"] = ["collect", "locate"] if what != "duty" else []
    if not entry["purposes"]:
        del entry["purposes"]
    if parameters:
        entry["parameters"] = parameters
    if examples:
        entry["examples"] = examples
    return written([entry])


def said(what: str, asked: Mapping[str, Any], lang: words.Lang) -> str:
    """The sentence that the form writes itself."""
    if what == "duty":
        return ""
    who = words.sentence(asked["whom"], lang) if asked.get("whom") else ""
    channels = words.join([words.value(one, lang) for one in asked.get("channels") or ()], lang)
    facts: dict[str, Any] = {"who": who, "channels": channels}
    if what == "contact_hours":
        closed = words.sentence("contact_hours_holidays", lang) if asked.get("holidays_closed") else ""
        days = words.days_told(list(asked["days_open"]), lang)
        facts |= {"days": days, "opens": asked["opens"], "closes": asked["closes"], "holidays": closed}
    elif what == "frequency":
        n = asked["days"]
        facts |= {
            "max": asked["max"],
            "unit": words.value(asked["unit"], lang),
            "key": words.value(asked["key"], lang),
            "period": words.sentence("one_day", lang) if n == 1 else words.sentence("some_days", lang, n=n),
        }
    elif what == "cool_down":
        facts["days"] = asked["days"]
    told = words.sentence(what, lang, **facts)
    return told[:1].upper() + told[1:]


def _open_moment(on: date, place: str) -> datetime:
    """Ten in the morning of the first Wednesday from a day on, in the place: a moment at which little else speaks against a contact."""
    zone = ZoneInfo(zone_of("GB" if place == layers.EVERYWHERE else place))
    return datetime.combine(on + timedelta(days=(2 - on.weekday()) % 7), time(10), zone)


def _example(at: datetime, why: str, channel: str, **facts: Any) -> dict[str, Any]:
    content = {"content": {"identifies_sender": True}} if channel in ("sms", "email", "letter", "chat") else {}
    return {"at": at.isoformat(), "channel": channel, **content, **facts, "expect": "deny", "why": why}


def _first(asked: Mapping[str, Any]) -> str:
    return next(iter(asked.get("channels") or ()), "call")


def _hours(asked: Mapping[str, Any], ten: datetime) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    window = [asked["opens"], asked["closes"]]
    week = {day: [*window] if day in asked["days_open"] else [] for day in words.DAYS}
    parameters: dict[str, Any] = {"week": week}
    if asked.get("holidays_closed"):
        parameters["holidays"] = []
    hour, minute = map(int, asked["opens"].split(":"))
    opens = ten.replace(hour=hour, minute=minute)
    return parameters, [_example(opens - timedelta(minutes=1), "a minute before it opens", _first(asked))]


def _frequency(asked: Mapping[str, Any], ten: datetime) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    channels = list(asked["channels"])
    parameters = {
        "max": asked["max"],
        "days": asked["days"],
        "unit": asked["unit"],
        "key": asked["key"],
        "counts": channels,
    }
    outcome = {"conversation": "conversation", "contact": "conversation"}.get(asked["unit"], "no_answer")
    if channels[0] in ("sms", "email", "letter", "chat"):
        outcome = "delivered"
    history = [
        {
            "at": (ten - timedelta(minutes=5 * (n + 1))).isoformat(),
            "channel": channels[0],
            "direction": "outbound",
            "outcome": outcome,
            "debt_ids": ["D1"],
        }
        for n in range(max(1, asked["max"]))
    ]
    return parameters, [_example(ten, "one more than allowed", channels[0], history=history)]


def _cool_down(asked: Mapping[str, Any], ten: datetime) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    channels = list(asked["channels"])
    talk = {
        "at": (ten - timedelta(hours=1)).isoformat(),
        "channel": channels[0],
        "direction": "outbound",
        "outcome": "conversation",
        "debt_ids": ["D1"],
    }
    return (
        {"days": asked["days"], "counts": channels},
        [_example(ten, "an hour after a conversation", channels[0], history=[talk])],
    )


def _forbidden(asked: Mapping[str, Any], ten: datetime) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return {}, [_example(ten, "this channel is not used", channel) for channel in asked["channels"]]


def as_own(entry: Mapping[str, Any], rule_id: str, effective_on: date) -> str:
    """A shipped rule as the beginning of an own one: its last values, from a day on, to be made stricter by hand."""
    kept = {
        key: one
        for key, one in entry.items()
        if key not in ("changes", "until", "checked", "since", "id", "status", "basis", "examples", "reach")
    }
    for change in entry.get("changes") or ():
        kept["parameters"] = {key: one for key, one in change.items() if key != "since"}
    own = {
        "id": rule_id,
        "kind": kept.pop("kind"),
        "sentence": kept.pop("sentence"),
        "source": kept.pop("source"),
        "status": "unverified",
        "basis": "this office's own reading 本机构自行解读",
        "since": effective_on.isoformat(),
        **kept,
    }
    if entry.get("examples"):
        own["examples"] = [dict(one) for one in entry["examples"] if one.get("expect") != "allow"][:1]
    return written([own])


@lru_cache(maxsize=64)
def entries_of(text: str) -> dict[str, dict[str, Any]]:
    """The rules of a text as they are written, by id: what a page shows, before the law has made them ready for judging."""
    found = yaml.safe_load(text)
    return {str(entry["id"]): entry for entry in found if isinstance(entry, dict) and "id" in entry}
