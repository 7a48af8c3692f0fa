"""What is the case on a card, in words? The facts of a rule's example, told in English or Chinese from `data/card_words.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

_TOLD_ELSEWHERE = {
    "at", "channel", "history", "preferences", "address.consents", "person.role", "person.jurisdictions",
    "person.time_zones", "debt.kind", "debt.due_date", "debt.last_payment_date", "debt.consumer",
}  # fmt: skip
"""Facts that the setting, the clock, the history and the question tell."""


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
    """The country, state or city; its code where it has no name here yet."""
    names = _words()["names"]["jurisdiction"]
    return str(names[jurisdiction][lang]) if jurisdiction in names else jurisdiction


def tell_case(request: Mapping[str, Any], facts: Mapping[str, Any], lang: str) -> list[str]:
    """The case as sentences: the setting, the local time, what the example says beyond it, and what went before.

    `request` is the whole contact request of the example, `facts` what the example itself states.

    Raises:
        UntoldFact: a fact has no sentence.
    """
    setting = _words()["setting"]
    lines = [_setting(request["debt"], lang)]
    zones = request["person"]["time_zones"]
    for zone in zones:
        local = datetime.fromisoformat(request["at"]).astimezone(ZoneInfo(zone))
        weekday = _name("weekday", local.weekday(), lang)
        lines.append(setting["time"][lang].format(weekday=weekday, time=f"{local:%Y-%m-%d %H:%M}", zone=zone))
    if len(zones) > 1:
        lines.append(setting["two_zones"][lang])
    if request["person"]["role"] != "debtor":
        lines.append(setting["role"][lang].format(role=_name("role", request["person"]["role"], lang)))
    lines += [_sentence(path, value, lang) for path, value in _stated(facts)]
    lines += [_preference(wish, lang) for wish in request.get("preferences", [])]
    for consent in request.get("address", {}).get("consents", []):
        channel = _name("channel", consent["channel"], lang)
        lines.append(_words()["preferences"]["consent"][lang].format(day=consent["given_at"][:10], channel=channel))
    if request.get("history"):
        lines.append(setting["history"][lang].format(told=_history(request["history"], lang, ZoneInfo(zones[0]))))
    return lines


def ask(request: Mapping[str, Any], lang: str) -> str:
    """The question itself, by channel."""
    return str(_words()["question"][request["channel"]][lang])


def _setting(debt: Mapping[str, Any], lang: str) -> str:
    setting = _words()["setting"]
    paid = debt.get("last_payment_date")
    told = setting["paid"][lang].format(day=paid) if paid else setting["never_paid"][lang]
    who = "consumer" if debt.get("consumer", True) else "business"
    return str(setting[who][lang].format(debt=_name("debt", debt["kind"], lang), due=debt["due_date"], paid=told))


def _stated(facts: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in facts.items():
        path = f"{above}{key}"
        if path in _TOLD_ELSEWHERE:
            continue
        if isinstance(value, Mapping):
            yield from _stated(value, f"{path}.")
        else:
            yield path, value


def _sentence(path: str, value: Any, lang: str) -> str:
    facts = _words()["facts"]
    words = facts.get(f"{path}={value}") or facts.get(path)
    if words is None:
        raise UntoldFact(f"card_words.yaml: facts has no sentence for {path} = {value!r}")
    told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return str(words[lang].format(day=told[:10], value=told))


def _preference(wish: Mapping[str, Any], lang: str) -> str:
    words = _words()["preferences"]
    if wish["kind"] not in words:
        raise UntoldFact(f"card_words.yaml: preferences has no sentence for {wish['kind']}")
    days = ("、" if lang == "zh" else ", ").join(_name("days", day, lang) for day in wish.get("days", []))
    return str(
        words[wish["kind"]][lang].format_map(
            {
                "day": str(wish["since"])[:10],
                "channel": _name("channel", wish["channel"], lang) if "channel" in wish else "",
                "place": _name("place", wish["place"], lang) if "place" in wish else "",
                "days": days,
                "from": wish.get("from", ""),
                "to": wish.get("to", ""),
                "written": words["written"][lang] if wish.get("in_writing") else "",
            }
        )
    )


def _history(history: list[dict[str, Any]], lang: str, zone: ZoneInfo) -> str:
    setting, told = _words()["setting"], []
    for (outcome, channel), group in groupby(history, key=lambda one: (one["outcome"], one["channel"])):
        contacts = list(group)
        ends = [datetime.fromisoformat(one["at"]).astimezone(zone) for one in (contacts[0], contacts[-1])]
        first, last = (f"{one:%Y-%m-%d %H:%M}" for one in ends)
        when = first if first == last else setting["span"][lang].format(first=first, last=last)
        told.append(
            setting["one_history"][lang].format(
                n=len(contacts),
                outcome=_name("outcome", outcome, lang),
                channel=_name("channel", channel, lang),
                when=when,
            )
        )
    return ("；" if lang == "zh" else "; ").join(told)
