"""What is it called? Places, kinds, parameters and facts in the reader's language, from `data/words.yaml` and the CLDR."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from babel import Locale
from django.utils.translation import get_language

from duecare.law.kinds import KINDS

Lang = Literal["en", "zh"]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def lang() -> Lang:
    """The reader's language."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


@cache
def _words() -> dict[str, Any]:
    path = Path(__file__).with_name("data") / "words.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@cache
def _territories(lang: Lang) -> Mapping[str, str]:
    found: Mapping[str, str] = Locale.parse("zh_Hans" if lang == "zh" else "en").territories
    return found


def named(family: str, key: str, lang: Lang) -> str:
    """A word of a family (`kinds`, `strengths`, `facts` …); the key itself where there is none."""
    found = _words()[family].get(key)
    return str(found[lang]) if found else key


def place(code: str, lang: Lang) -> str:
    """`US-NY` as New York State, `DE` as Germany; the code where it is not known."""
    if code in _words()["places"] or "-" in code:
        return named("places", code, lang)
    return _territories(lang).get(code, code)


def kind(name: str, lang: Lang) -> str:
    return named("kinds", name, lang)


def kinds() -> list[str]:
    """All kinds of rule, in the order in which they are read: when and how often first."""
    return [*_words()["kinds"], *(name for name in KINDS if name not in _words()["kinds"])]


def labelled(label: str, told: str, lang: Lang) -> str:
    return f"{label}{'：' if lang == 'zh' else ': '}{told}"


def join(parts: list[str], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(parts)


def sentence(key: str, lang: Lang, /, **facts: object) -> str:
    """A sentence that a form writes."""
    return str(_words()["sentences"][key][lang]).format(**facts)


# --- values --------------------------------------------------------------------------------------------------------


def value(given: Any, lang: Lang, of: str = "") -> str:
    """A parameter's or fact's value in words; `of` names the parameter where a word means two things."""
    if given is None:
        return "–"
    if isinstance(given, datetime):
        return f"{given:%Y-%m-%d %H:%M}"
    if isinstance(given, Mapping):
        return ("；" if lang == "zh" else "; ").join(
            labelled(value(key, lang), value(one, lang), lang) for key, one in given.items()
        )
    if isinstance(given, list | tuple | set | frozenset):
        told = [value(one, lang, of) for one in given]
        return join(told, lang) if told else named("values", "none", lang)
    key = str(given).lower() if isinstance(given, bool) else str(given)
    own = _words()["values_of"].get(of, {}).get(key)
    return str(own[lang]) if own else named("values", key, lang)


def parameter(name: str, given: Any, lang: Lang) -> str:
    """The value of a rule's parameter in words."""
    if name == "week" and isinstance(given, Mapping):
        return _week(given, lang)
    if name == "holidays":
        return _windows(given, lang)
    if name in ("channels", "counts", "tied") and not given:
        return "–"
    return value(given, lang, name)


def parameter_name(name: str, lang: Lang) -> str:
    return named("parameters", name, lang).replace("_", " ")


def _windows(given: Any, lang: Lang) -> str:
    if not given:
        return named("values", "none_at_all", lang)
    pairs = [given] if isinstance(given[0], str) else given
    return named("values", "and", lang).join(f"{opens}–{closes}" for opens, closes in pairs)


def _week(week: Mapping[str, Any], lang: Lang) -> str:
    """Hours of the week, days with the same hours together: `Mon–Fri 07:30–21:00; Sat–Sun no contact`."""
    told = []
    for hours, days in groupby(DAYS, key=lambda day: _windows(week.get(day, week.get("all")), lang)):
        run = list(days)
        told.append(f"{_run(run, lang)} {hours}")
    return ("；" if lang == "zh" else "; ").join(told)


def _run(days: list[str], lang: Lang) -> str:
    if len(days) == len(DAYS):
        return named("values", "every_day", lang)
    first, last = value(days[0], lang), value(days[-1], lang)
    return first if len(days) == 1 else f"{first}{named('values', 'to', lang)}{last}"


def days_told(days: list[str], lang: Lang) -> str:
    """Some days of the week, neighbours together."""
    runs: list[list[str]] = []
    for day in DAYS:
        if day not in days:
            continue
        if runs and DAYS.index(runs[-1][-1]) == DAYS.index(day) - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return join([_run(run, lang) for run in runs], lang)


# --- facts ---------------------------------------------------------------------------------------------------------

_SHOWN_APART = ("at", "channel", "history", "preferences", "person.jurisdictions", "person.time_zones")


def fact_name(path: str, lang: Lang) -> str:
    return named("facts", path, lang)


def fact(path: str, given: Any, lang: Lang) -> str:
    """One fact as `label: value`; of what is simply so, the label alone."""
    label = fact_name(path, lang)
    if given is True:
        return label
    told = _instant(given) if isinstance(given, str) else None
    if path == "address.consents" and isinstance(given, list):
        told = join([_consent(one, lang) for one in given], lang)
    if path == "debt.governing_law":
        told = place(str(given), lang)
    return labelled(label, told or value(given, lang, path.rpartition(".")[2]), lang)


def facts_told(request: Mapping[str, Any], stated: Mapping[str, Any], lang: Lang) -> list[str]:
    """A case as short facts: when it is where the person is, by which channel, and what else is stated."""
    lines = [_local(request.get("at"), zone, lang) for zone in request["person"]["time_zones"]]
    lines.append(value(request["channel"], lang))
    places = request["person"]["jurisdictions"]
    if "jurisdictions" in stated.get("person", {}):
        lines.append(join([place(one, lang) for one in places], lang))
    lines += [
        fact(path, given, lang) for path, given in leaves(stated) if path not in _SHOWN_APART and given is not None
    ]
    lines += [_wish(one, lang) for one in request.get("preferences", ())]
    if request.get("history"):
        zone = request["person"]["time_zones"][0]
        lines.append(labelled(fact_name("history", lang), _history(request["history"], zone, lang), lang))
    return lines


def leaves(facts: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """The facts one by one, as path and value."""
    found: list[tuple[str, Any]] = []
    for key, one in facts.items():
        path = f"{above}{key}"
        found += leaves(one, f"{path}.") if isinstance(one, Mapping) else [(path, one)]
    return found


def _local(at: Any, zone: str, lang: Lang) -> str:
    try:
        local = datetime.fromisoformat(str(at)).astimezone(ZoneInfo(zone))
    except (ValueError, KeyError, OSError):
        return f"{at} ({zone})"
    return f"{value(DAYS[local.weekday()], lang)} {local:%Y-%m-%d %H:%M} ({zone})"


def _instant(text: str) -> str | None:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}" if "T" in text else date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _consent(given: Mapping[str, Any], lang: Lang) -> str:
    until = f" – {str(given['revoked_at'])[:10]}" if given.get("revoked_at") else ""
    return f"{value(given.get('channel'), lang)} {str(given.get('given_at'))[:10]}{until}"


def _wish(wish: Mapping[str, Any], lang: Lang) -> str:
    parts = [value(wish.get("kind"), lang)]
    parts += [value(wish[name], lang) for name in ("channel", "place") if wish.get(name)]
    if wish.get("days"):
        parts.append(days_told(list(wish["days"]), lang))
    if wish.get("from") or wish.get("to"):
        parts.append(f"{wish.get('from', '00:00')}–{wish.get('to', '24:00')}")
    if wish.get("since"):
        parts.append(sentence("since", lang, day=str(wish["since"])[:10]))
    return " ".join(parts)


def _history(history: Any, zone: str, lang: Lang) -> str:
    if not isinstance(history, list):
        return str(history)
    told = []
    for (outcome, channel, direction), group in groupby(
        history, key=lambda one: (one.get("outcome"), one.get("channel"), one.get("direction"))
    ):
        contacts = list(group)
        when = _local(contacts[-1].get("at"), zone, lang).rpartition(" (")[0]
        told.append(
            sentence(
                "contacts_by_them" if direction == "inbound" else "contacts",
                lang,
                n=len(contacts),
                outcome=value(outcome, lang, "outcome"),
                channel=value(channel, lang),
                when=when,
            )
        )
    return ("；" if lang == "zh" else "; ").join(told)
