"""What is the case on a card, in words? The facts of a rule's example, told in English or Chinese from `data/card_words.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from duecare.law.kinds.base import DEBTOR_ROLES
from duecare.office.rulebooks.words import place as place_by_code

_TOLD_ELSEWHERE = {
    "at", "channel", "history", "preferences", "address.consents", "person.role", "person.jurisdictions",
    "person.time_zones", "person.id", "collector.kind", "debt.id", "debt.kind", "debt.due_date",
    "debt.last_payment_date", "debt.consumer", "debt.currency",
}  # fmt: skip
"""Facts that the setting, the clock, the history and the question tell; names of people and debts, which the history compares."""
_LAST = ("consent_for_contact_at", "employer_forbids")
"""Told after all else."""
_PLACES = ("collector.licences", "debt.governing_law")
"""Facts whose values are jurisdictions."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:")
_MOST_TIMES = 3
"""So many instants are listed one by one."""


class UntoldFact(LookupError):
    """An example holds a fact that has no sentence; the message names it."""


@cache
def _words() -> dict[str, Any]:
    path = Path(__file__).with_name("data") / "card_words.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _name(kind: str, value: Any, lang: str) -> str:
    names = _words()["names"][kind]
    if value not in names:
        raise UntoldFact(f"card_words.yaml: names.{kind} has no words for {value!r}")
    return str(names[value][lang])


def place_name(jurisdiction: str, lang: str) -> str:
    """The country, state or city, as a sentence calls it (`the Netherlands`)."""
    names = _words()["names"]["jurisdiction"]
    if jurisdiction in names:
        return str(names[jurisdiction][lang])
    return place_by_code(jurisdiction, "zh" if lang == "zh" else "en")


def weekday_name(number: int, lang: str) -> str:
    """The day of the week, Monday being 0."""
    return _name("weekday", number, lang)


def joined(parts: Sequence[str], lang: str) -> str:
    """A list in a sentence: `a, b and c`."""
    if lang == "zh" or len(parts) < 2:
        return "、".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def tell_case(request: Mapping[str, Any], facts: Mapping[str, Any], lang: str) -> list[str]:
    """The case as sentences: who works for whom, what is owed where, the local time, what the example says beyond it, and what went before.

    `request` is the whole contact request of the example, `facts` what the example itself states.

    Raises:
        UntoldFact: a fact has no sentence.
    """
    setting, person = _words()["setting"], request["person"]
    history = request.get("history") or ()
    stated = list(_stated(facts))
    if any("address_kind" in one for one in history) and "kind" not in facts.get("address", {}):
        stated.append(("address.kind", request["address"]["kind"]))

    def told(*parts: str) -> list[str]:
        chosen = [(path, value) for path, value in stated if path.split(".")[0] in parts]
        return [_sentence(path, value, request, lang) for path, value in chosen if not _is_left_open(path, value)]

    lines = [str(setting["collector"][request["collector"]["kind"]][lang]), *told("collector")]
    lines += [_owed(request, lang), *told("debt")]
    if person["role"] == "unknown":
        lines.append(setting["role_unknown"][lang])
    elif person["role"] != "debtor":
        key = "role_who_owes" if person["role"] in DEBTOR_ROLES else "role"
        lines.append(setting[key][lang].format(role=_name("role", person["role"], lang)))
    lines += told("person")
    for zone in person["time_zones"]:
        local = datetime.fromisoformat(request["at"]).astimezone(ZoneInfo(zone))
        weekday = _name("weekday", local.weekday(), lang)
        told_as = setting["time_in_one_zone" if len(person["time_zones"]) > 1 else "time"][lang]
        lines.append(told_as.format(weekday=weekday, time=f"{local:%Y-%m-%d %H:%M}", zone=zone))
    if len(person["time_zones"]) > 1:
        lines.append(setting["two_zones"][lang])
    if history:
        lines.append(setting["history"][lang].format(told=_history(history, request, lang)))
    for wish in request.get("preferences", []):
        lines.append(_preference(wish, lang))
        if _is_later(wish["since"], request):
            lines.append(_words()["preferences"]["not_yet_received"][lang])
    lines += [_consent(given, lang) for given in request.get("address", {}).get("consents", [])]
    return [*lines, *told("purpose"), *told("autodialled", "address"), *told("content"), *told(*_LAST)]


def ask(request: Mapping[str, Any], lang: str) -> str:
    """The question itself, by channel."""
    return str(_words()["question"][request["channel"]][lang])


def tell_plan(request: Mapping[str, Any], lang: str) -> str:
    """What the contact would be, for questions that ask for something else about it."""
    return str(_words()["plan"][request["channel"]][lang])


def _owed(request: Mapping[str, Any], lang: str) -> str:
    setting, debt = _words()["setting"], request["debt"]
    places = request["person"]["jurisdictions"]
    inmost = [one for one in places if not any(other.startswith(f"{one}-") for other in places)]
    last = debt.get("last_payment_date")
    return str(
        setting["consumer" if debt.get("consumer", True) else "business"][lang].format(
            place=joined([place_name(one, lang) for one in inmost], lang),
            debt=_name("debt", debt["kind"], lang),
            due=debt["due_date"],
            paid=setting["paid"][lang].format(day=last) if last else setting["never_paid"][lang],
        )
    )


def _stated(facts: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in facts.items():
        path = f"{above}{key}"
        if path in _TOLD_ELSEWHERE:
            continue
        if isinstance(value, Mapping):
            yield from _stated(value, f"{path}.")
        else:
            yield path, value


def _is_left_open(path: str, value: Any) -> bool:
    """A fact that the example takes away without a word for its absence: nothing is known of it, and nothing is said."""
    return value is None and f"{path}={value}" not in _words()["facts"]


def _is_later(value: Any, request: Mapping[str, Any]) -> bool:
    """Whether an instant lies after the one asked about."""
    if not isinstance(value, str) or not _INSTANT.match(value):
        return False
    return datetime.fromisoformat(value) > datetime.fromisoformat(request["at"])


def _sentence(path: str, value: Any, request: Mapping[str, Any], lang: str) -> str:
    facts = _words()["facts"]
    if path == "address.kind":
        path = f"{_words()['address_by'][request['channel']]}.kind"
    later = facts.get(f"{path}@later") if _is_later(value, request) else None
    words = later or facts.get(f"{path}={value}") or facts.get(path)
    if words is None:
        raise UntoldFact(f"card_words.yaml: facts has no sentence for {path} = {value!r}")
    parts = [str(one) for one in (value if isinstance(value, list) else [value])]
    if path in _PLACES:
        parts = [place_name(one, lang) for one in parts]
    told = joined(parts, lang)
    if path == "debt.balance":
        told = f"{request['debt'].get('currency') or ''} {float(value):,.0f}".strip()
    who = _words()["who"]["themselves" if request["person"]["role"] in DEBTOR_ROLES else "another"][lang]
    return str(words[lang].format(day=told[:10], value=told, who=who))


def _consent(given: Mapping[str, Any], lang: str) -> str:
    key = "consent_call" if given["channel"] == "call" else "consent"
    words = _words()["setting"][f"{key}_revoked" if given.get("revoked_at") else key]
    channel = _name("channel", given["channel"], lang)
    day, revoked = str(given["given_at"])[:10], str(given.get("revoked_at"))[:10]
    return str(words[lang].format(day=day, channel=channel, revoked=revoked))


def _preference(wish: Mapping[str, Any], lang: str) -> str:
    words = _words()["preferences"]
    kind = wish["kind"]
    if kind not in words:
        raise UntoldFact(f"card_words.yaml: preferences has no sentence for {kind}")
    if kind == "stop_address" and wish.get("channel") and wish.get("place"):
        kind = "stop_address_named"
    channel, place = wish.get("channel"), wish.get("place")
    return str(
        words[kind][lang].format_map(
            {
                "day": str(wish["since"])[:10],
                "channel": _name("channel", channel, lang) if channel else "",
                "by": _name("by", channel, lang) if channel else "",
                "place": _name("place", place, lang) if place else "",
                "at_place": _name("at_place", place, lang) if place else "",
                "times": _times(wish, lang),
                "until": words["until"][lang].format(day=str(wish["until"])[:10]) if wish.get("until") else "",
                "written": words["written"][lang] if wish.get("in_writing") else "",
            }
        )
    )


def _times(wish: Mapping[str, Any], lang: str) -> str:
    """Days and hours of a wish: `Mondays to Fridays 15:00–17:00`."""
    days = [day for day in _DAYS if day in wish.get("days", [])]
    if not days:
        told = _name("days", "all", lang)
    elif len(days) > 2 and _DAYS.index(days[-1]) - _DAYS.index(days[0]) == len(days) - 1:
        told = _name("days", "to", lang).join(_name("days", day, lang) for day in (days[0], days[-1]))
    else:
        told = _name("days", "and", lang).join(_name("days", day, lang) for day in days)
    hours = f" {wish.get('from', '00:00')}–{wish.get('to', '24:00')}" if wish.get("from") or wish.get("to") else ""
    return f"{told}{hours}"


# --- what went before ----------------------------------------------------------------------------------------------


def _history(history: Sequence[Mapping[str, Any]], request: Mapping[str, Any], lang: str) -> str:
    """Contacts in order of time; neighbours that differ in nothing but the instant together."""
    zone = ZoneInfo(request["person"]["time_zones"][0])
    told = []
    ordered = sorted(history, key=lambda one: datetime.fromisoformat(one["at"]))
    for _, group in groupby(ordered, key=lambda one: {key: one[key] for key in one if key != "at"}):
        contacts = list(group)
        one, count = contacts[0], len(contacts)
        what = _contact(one, count, lang) + _about(one, request, lang)
        outcome = _outcome(one, lang)
        if outcome:
            what += f"{'，' if lang == 'zh' else ', '}{outcome}"
        what += _talked_about(one, request, lang)
        when = _when([datetime.fromisoformat(one["at"]).astimezone(zone) for one in contacts], lang)
        told.append(f"{what}（{when}）" if lang == "zh" else f"{what} ({when})")
    return ("；" if lang == "zh" else "; ").join(told)


def _contact(one: Mapping[str, Any], count: int, lang: str) -> str:
    words = _words()["contacts"].get(one["channel"], {}).get(one["direction"])
    if words is None:
        raise UntoldFact(f"card_words.yaml: contacts has no words for {one['channel']} {one['direction']}")
    if lang == "zh":
        return str(words["zh"]).format(n=count)
    return f"{count} {words['en'][count > 1]}"


def _outcome(one: Mapping[str, Any], lang: str) -> str:
    words = _words()["outcomes"]
    for key in (f"{one['direction']}.{one['outcome']}", f"{one['channel']}.{one['outcome']}", one["outcome"]):
        if key in words:
            return str(words[key][lang])
    raise UntoldFact(f"card_words.yaml: outcomes has no words for {one['outcome']!r}")


def _own_debts(request: Mapping[str, Any]) -> set[str]:
    return {request["debt"]["id"], *request["debt"].get("counts_as_one_with", [])}


def _about(one: Mapping[str, Any], request: Mapping[str, Any], lang: str) -> str:
    """Whom, where and about which debt, where that is not simply this person's and this debt's."""
    words, told = _words()["about"], ""
    person = request["person"]
    role = one.get("person_role")
    if role and role != person["role"]:
        told += words["with_role"][lang].format(role=_name("role", role, lang))
    elif role and one.get("person_id") and one["person_id"] != person.get("id"):
        told += words["with_another"][lang].format(role=_name("role", role, lang))
    if one.get("address_kind"):
        key = "from_address" if one["direction"] == "inbound" else "to_address"
        told += words[key][lang].format(place=_name("place", one["address_kind"], lang))
    if one.get("debt_ids") and not _own_debts(request) & set(one["debt_ids"]):
        told += words["another_debt"][lang]
    if one.get("consented"):
        told += words["consented"][lang]
    return str(told)


def _talked_about(one: Mapping[str, Any], request: Mapping[str, Any], lang: str) -> str:
    discussed = one.get("discussed_debt_ids")
    if discussed is None:
        return ""
    words = _words()["about"]
    if not discussed:
        return str(words["no_debt_talked_about"][lang])
    key = "this_talked_about" if _own_debts(request) & set(discussed) else "only_others_talked_about"
    return str(words[key][lang])


def _when(times: Sequence[datetime], lang: str) -> str:
    words = _words()["when"]
    first, last = times[0], times[-1]
    days = {one.date() for one in times}
    if len(times) == 1 or first == last:
        return f"{first:%Y-%m-%d %H:%M}"
    if len(days) == 1:
        return str(words["one_day"][lang].format(day=first.date(), first=f"{first:%H:%M}", last=f"{last:%H:%M}"))
    if len(times) > 2 and all(
        later.date() - earlier.date() == timedelta(days=1) and later.time() == earlier.time()
        for earlier, later in pairwise(times)
    ):
        return str(words["daily"][lang].format(time=f"{first:%H:%M}", first=first.date(), last=last.date()))
    if len(times) <= _MOST_TIMES:
        return joined([f"{one:%Y-%m-%d %H:%M}" for one in times], lang)
    return str(words["between"][lang].format(first=f"{first:%Y-%m-%d %H:%M}", last=f"{last:%Y-%m-%d %H:%M}"))
