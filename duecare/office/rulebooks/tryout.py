"""What if it were otherwise? An example's facts as fields that can be changed, and the request that they make. Nothing is written."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import yaml
from django.utils.translation import gettext as _

from duecare.law import ContactRequest, Example, Rule, default_library
from duecare.law.examples import example_request
from duecare.law.places import above

from . import words

SHORT_HISTORY = re.compile(r"(\d+)x (\w+) (\w+) (\S+)( daily)?")
MOST_CONTACTS = 200
ALWAYS_ASKED = ("channel", "purpose", "person.role", "collector.kind", "debt.kind", "address.kind")
SWITCHES = ("debt.consumer", "autodialled")
APART = {
    "at", "person.time_zones", "person.jurisdictions", "debt.governing_law", "history", *ALWAYS_ASKED, *SWITCHES,
}  # fmt: skip
OUTCOMES = (
    "no_answer", "voicemail", "limited_content", "conversation", "delivered", "undelivered", "busy", "third_party",
    "wrong_number", "disconnected",
)  # fmt: skip
LISTS = ("preferences", "address.consents", "collector.licences", "collector.certificates", "debt.counts_as_one_with")


class FactError(ValueError):
    """A fact that cannot be understood; `path` is its field."""

    def __init__(self, path: str, told: str) -> None:
        super().__init__(told)
        self.path = path


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One fact as a field: `kind` is choice, switch, day, instant, text or list."""

    name: str
    label: str
    kind: str
    value: Any
    choices: tuple[Choice, ...] = ()


@cache
def options(path: str) -> tuple[str, ...]:
    """The values that the request's schema allows at a path; empty where anything goes."""
    owner: Any = ContactRequest
    *above_, last = path.split(".")
    for name in above_:
        hint = get_type_hints(owner)[name]
        owner = next((one for one in (hint, *get_args(hint)) if hasattr(one, "__struct_fields__")), hint)
    hint = get_type_hints(owner)[last]
    found = [one for part in (hint, *get_args(hint)) for one in get_args(part) if isinstance(one, str)]
    return tuple(dict.fromkeys(one for one in (*get_args(hint), *found) if isinstance(one, str)))


def fields(rule: Rule, example: Example, asked: Mapping[str, str], lang: words.Lang) -> list[Field]:
    """The fields of an example, filled with what was asked, else with the example's own facts."""
    base = example_request(rule, example)
    was_asked = "try" in asked
    found = [_when(base, asked, lang), *_zones(base, asked, lang), *_places(base, asked, lang)]
    found += [
        Field(path, words.fact_name(path, lang), "choice", asked.get(path, _at(base, path)), _choices(path, lang))
        for path in ALWAYS_ASKED
    ]
    for path in SWITCHES:
        value = path in asked if was_asked else bool(_at(base, path))
        found.append(Field(path, words.fact_name(path, lang), "switch", value))
    found += [_stated(path, given, asked, lang) for path, given in words.leaves(example.facts) if path not in APART]
    return found


def history_fields(rule: Rule, example: Example, asked: Mapping[str, str]) -> dict[str, Any]:
    """Past contacts: so many of one kind, or, where the example lists them one by one, the list."""
    given = example.facts.get("history")
    if isinstance(given, list) and not _uniform(given):
        return {"list": asked.get("history.list", _yaml(given))}
    n, outcome, channel, first, daily = _short(given, example_request(rule, example))
    zone = _zone(asked.get("zone") or example_request(rule, example)["person"]["time_zones"][0], "zone")
    return {
        "n": asked.get("history.n", n),
        "outcome": asked.get("history.outcome", outcome),
        "channel": asked.get("history.channel", channel),
        "first": asked.get("history.first", f"{first.astimezone(zone):%Y-%m-%dT%H:%M}" if first else ""),
        "daily": ("history.daily" in asked) if "try" in asked else daily,
        "outcomes": [Choice(one, words.value(one, words.lang(), "outcome")) for one in OUTCOMES],
        "channels": _choices("channel", words.lang()),
    }


def request_from(rule: Rule, example: Example, asked: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The request that the fields make, and the facts that it states.

    Raises:
        FactError: a field cannot be understood.
    """
    facts = copy.deepcopy(dict(example.facts))
    base = example_request(rule, example)
    zone = _zone(asked.get("zone", ""), "zone")
    zones = [zone.key]
    if asked.get("zone2"):
        zones.append(_zone(asked["zone2"], "zone2").key)
    try:
        local = datetime.fromisoformat(asked.get("at", ""))
    except ValueError as error:
        raise FactError("at", _("Write the time as 2026-11-24T10:00.")) from error
    facts["at"] = (local if local.tzinfo else local.replace(tzinfo=zone)).isoformat()
    _set(facts, "person.time_zones", list(dict.fromkeys(zones)))
    places = [one for one in asked.get("place", "").split(",") if one] or base["person"]["jurisdictions"]
    _set(facts, "person.jurisdictions", places)
    if asked.get("governing_law"):
        _set(facts, "debt.governing_law", asked["governing_law"])
    for path in ALWAYS_ASKED:
        if asked.get(path):
            if asked[path] not in options(path):
                raise FactError(path, _("Choose one of those that are offered."))
            _set(facts, path, asked[path])
    for path in SWITCHES:
        _set(facts, path, path in asked)
    for path, given in words.leaves(example.facts):
        if path not in APART:
            _set(facts, path, _fact(path, given, asked, zone))
    facts["history"] = _history(facts.get("history"), asked, zone)
    _merge(facts, _more(asked.get("more", "")))
    try:
        return example_request(rule, Example(facts, "allow", None, "")), facts
    except (ValueError, OverflowError) as error:
        raise FactError("history", str(error)) from error


# --- fields --------------------------------------------------------------------------------------------------------


def _when(base: Mapping[str, Any], asked: Mapping[str, str], lang: words.Lang) -> Field:
    zone = _zone(base["person"]["time_zones"][0], "zone")
    at = base.get("at")
    local = f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%dT%H:%M}" if at else ""
    return Field("at", words.fact_name("at", lang), "instant", asked.get("at", local))


def _zones(base: Mapping[str, Any], asked: Mapping[str, str], lang: words.Lang) -> list[Field]:
    zones = base["person"]["time_zones"]
    label = words.fact_name("person.time_zones", lang)
    second = zones[1] if len(zones) > 1 else ""
    return [
        Field("zone", label, "zone", asked.get("zone", zones[0])),
        Field("zone2", _("Or perhaps in the zone"), "zone", asked.get("zone2", second)),
    ]


@cache
def _all_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zones() -> list[str]:
    return sorted(one for one in _all_zones() if "/" in one and not one.startswith(("Etc/", "posix", "right")))


def _places(base: Mapping[str, Any], asked: Mapping[str, str], lang: words.Lang) -> list[Field]:
    stated = ",".join(base["person"]["jurisdictions"])
    codes = [one for one in default_library().jurisdictions() if one != "HOUSE"]
    offered = {",".join(_chain(code)): words.place(code, lang) for code in codes}
    if stated not in offered:
        offered = {
            stated: words.join([words.place(one, lang) for one in base["person"]["jurisdictions"]], lang)
        } | offered
    law = asked.get("governing_law", base["debt"].get("governing_law") or "")
    return [
        Field(
            "place",
            words.fact_name("person.jurisdictions", lang),
            "choice",
            asked.get("place", stated),
            tuple(Choice(value, label) for value, label in offered.items()),
        ),
        Field(
            "governing_law",
            words.fact_name("debt.governing_law", lang),
            "choice",
            law,
            (Choice("", "–"), *(Choice(code, words.place(code, lang)) for code in codes)),
        ),
    ]


def _chain(code: str) -> tuple[str, ...]:
    """A place as a person's list of jurisdictions: `US-NY` is `US, US-NY`; unions of states come in by themselves."""
    return tuple(one for one in above(code) if code == one or code.startswith(f"{one}-"))


def _stated(path: str, given: Any, asked: Mapping[str, str], lang: words.Lang) -> Field:
    label = words.fact_name(path, lang)
    if path in LISTS or isinstance(given, list):
        return Field(path, label, "list", asked.get(path, _yaml(given)))
    if isinstance(given, bool):
        return Field(path, label, "switch", path in asked if "try" in asked else given)
    if (chosen := options(path)) and isinstance(given, str):
        return Field(
            path, label, "choice", asked.get(path, given), tuple(Choice(o, words.value(o, lang)) for o in chosen)
        )
    text = "" if given is None else str(given)
    if _is_day(path):
        return Field(path, label, "day", asked.get(path, text[:10]))
    if _is_instant(path):
        return Field(path, label, "instant", asked.get(path, text[:16]))
    return Field(path, label, "text", asked.get(path, text))


def _is_day(path: str) -> bool:
    return path.endswith(("_date", "_until")) and path.startswith(("debt.", "person."))


def _is_instant(path: str) -> bool:
    return path.endswith(("_at", "_since"))


def _choices(path: str, lang: words.Lang) -> tuple[Choice, ...]:
    return tuple(Choice(one, words.value(one, lang, path.rpartition(".")[2])) for one in options(path))


def _yaml(given: Any) -> str:
    return yaml.safe_dump(given, allow_unicode=True, sort_keys=False, default_flow_style=None, width=200).strip()


# --- facts ---------------------------------------------------------------------------------------------------------


def _fact(path: str, given: Any, asked: Mapping[str, str], zone: ZoneInfo) -> Any:
    text = asked.get(path, "").strip()
    if isinstance(given, bool):
        return path in asked
    if path in LISTS or isinstance(given, list):
        return _read_yaml(path, text) or []
    if not text:
        return None
    if _is_instant(path):
        if isinstance(given, str) and given[:16] == text:
            return given
        try:
            instant = datetime.fromisoformat(text)
        except ValueError as error:
            raise FactError(path, _("Write the time as 2026-11-24T10:00.")) from error
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).isoformat()
    if isinstance(given, int | float):
        try:
            return type(given)(text)
        except ValueError as error:
            raise FactError(path, _("A number is needed.")) from error
    return text


def _short(given: Any, request: Mapping[str, Any]) -> tuple[int, str, str, datetime | None, bool]:
    if isinstance(given, str) and (found := SHORT_HISTORY.fullmatch(given)):
        count, outcome, channel, start, daily = found.groups()
        return int(count), outcome, channel, datetime.fromisoformat(start), bool(daily)
    if isinstance(given, list) and given:
        return len(given), given[0]["outcome"], given[0]["channel"], datetime.fromisoformat(given[0]["at"]), False
    return 0, "no_answer", request["channel"], None, False


def _uniform(given: list[Any]) -> bool:
    """One contact of the simplest sort, or none, can be told by count, outcome and channel; anything else is listed."""
    plain = {"at", "channel", "direction", "outcome", "debt_ids"}
    return len(given) <= 1 and all(
        isinstance(one, Mapping)
        and set(one) <= plain
        and one.get("debt_ids", ["D1"]) == ["D1"]
        and one.get("direction", "outbound") == "outbound"
        for one in given
    )


def _history(given: Any, asked: Mapping[str, str], zone: ZoneInfo) -> Any:
    if "history.list" in asked:
        return _read_yaml("history.list", asked["history.list"]) or []
    if "history.n" not in asked:
        return given or []
    try:
        count = int(asked["history.n"] or 0)
    except ValueError as error:
        raise FactError("history.n", _("A number is needed.")) from error
    if not 0 <= count <= MOST_CONTACTS:
        raise FactError("history.n", _("At most %(n)s past contacts.") % {"n": MOST_CONTACTS})
    if count == 0:
        return []
    try:
        first = datetime.fromisoformat(asked.get("history.first", ""))
    except ValueError as error:
        raise FactError("history.first", _("Say when the first of these contacts was.")) from error
    outcome, channel = asked.get("history.outcome", ""), asked.get("history.channel", "")
    if outcome not in OUTCOMES or channel not in options("channel"):
        raise FactError("history.outcome", _("Choose one of those that are offered."))
    start = (first if first.tzinfo else first.replace(tzinfo=zone)).isoformat()
    return f"{count}x {outcome} {channel} {start}{' daily' if 'history.daily' in asked else ''}"


def _more(text: str) -> dict[str, Any]:
    found = _read_yaml("more", text) if text.strip() else {}
    if not isinstance(found, dict):
        raise FactError("more", _("Write further facts as name: value."))
    return found


def _read_yaml(path: str, text: str) -> Any:
    if len(text) > 20_000 or "*" in text:
        raise FactError(path, _("This cannot be read: too long, or with an asterisk."))
    try:
        return _plain(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise FactError(path, _("This is not YAML: %(why)s") % {"why": getattr(error, "problem", error)}) from error


def _plain(value: Any) -> Any:
    """YAML's dates as the texts that a request holds."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _at(request: Mapping[str, Any], path: str) -> Any:
    found: Any = request
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return "collect" if found is None and path == "purpose" else found


def _set(facts: dict[str, Any], path: str, value: Any) -> None:
    *above_, last = path.split(".")
    for name in above_:
        facts = facts.setdefault(name, {})
    facts[last] = value


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _zone(name: str, path: str) -> ZoneInfo:
    if name not in _all_zones():
        raise FactError(path, _("Choose a time zone."))
    return ZoneInfo(name)
