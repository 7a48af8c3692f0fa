"""What does a turn do, and which amounts and dates does it name? By patterns held as data: deterministic, and explainable to the speaker."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from duecare.speech.amounts import amounts_in, dates_in
from duecare.speech.check import check_text
from duecare.speech.textual import plain

_ACT_OF_CATEGORY = {
    "violence": "x_threat_violence",
    "false_authority": "x_impersonate",
    "false_legal_threat": "x_threat_arrest",
    "insult": "x_insult",
    "disclosure": "x_expose",
    "shaming": "x_expose",
    "pressure": "x_harass_frequency",
    "false_amount": "x_false_status",
    "false_claim": "x_false_promise",
    "borrow_to_pay": "x_induce_borrowing",
    "private_payment": "x_personal_account",
    "privacy": "x_expose",
    "rights_denial": "x_block_complaint",
    "discrimination": "x_insult",
}
MAJOR_ACTS = frozenset(
    {"x_disclose_before_verify", "x_induce_borrowing", "x_false_promise", "x_ignore_dispute_cease", "x_block_complaint"}
)
"""Unlawful acts that cap a score; the other `x_` acts are critical and end it (rubric, gates G1 and G3)."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Prior change of a debtor's state by one well-placed act; each on -1..1, added to a state on 0..1."""

    anger: float = 0.0
    shame: float = 0.0
    trust: float = 0.0
    willingness: float = 0.0


@dataclass(frozen=True, slots=True)
class ActFound:
    """One act in a turn; `confidence` on 0..1 grows with the length of what matched."""

    act: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """The acts of one turn, surest first, with the amounts and dates it names (dates as they were said)."""

    acts: tuple[ActFound, ...] = ()
    amounts: tuple[Decimal, ...] = ()
    dates: tuple[str, ...] = ()

    def does(self, *acts: str) -> bool:
        return any(found.act in acts for found in self.acts)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(found.act for found in self.acts)

    @property
    def unlawful(self) -> frozenset[str]:
        return frozenset(name for name in self.names if name.startswith("x_"))


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_name("data") / "acts.yaml"
    found: dict[str, Any] = yaml.load(
        path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return found


@cache
def _patterns(speaker: str, lang: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    entries = _data()["collector" if speaker == "collector" else "debtor"]
    return tuple((act, re.compile("|".join(f"(?:{one})" for one in entry[lang]))) for act, entry in entries.items())


@cache
def effect_of(act: str) -> Effect:
    """The prior effect of a collector's act; unlawful acts raise anger and break trust whichever they are."""
    entry = _data()["collector"].get(act)
    if entry is not None:
        return Effect(**entry["effect"])
    if act in MAJOR_ACTS:
        return Effect(anger=0.22, shame=0.08, trust=-0.22, willingness=-0.08)
    return Effect(anger=0.35, shame=0.18, trust=-0.4, willingness=-0.15) if act.startswith("x_") else Effect()


def acts_known(speaker: str = "collector") -> frozenset[str]:
    """Every act that `understand` can find in that speaker's turns."""
    listed = frozenset(act for act, _ in _patterns(speaker, "en"))
    if speaker != "collector":
        return listed
    return (
        listed
        | frozenset(_ACT_OF_CATEGORY.values())
        | {"x_disclose_before_verify", "x_ignore_dispute_cease", "x_third_party_disclosure"}
    )


def understand(text: str, lang: str, *, speaker: str = "collector", previous: Iterable[str] = ()) -> Understanding:
    """The acts, amounts and dates of one turn.

    `lang` is en or zh. `previous` are the debtor's acts of the turns before: calling on after a request to stop, or pushing on after a
    dispute, is only unlawful in their light. `speaker` is collector, debtor or third_party.
    """
    language = "zh" if lang.startswith("zh") else "en"
    searched = plain(text).text
    sure: dict[str, float] = {}
    for act, pattern in _patterns(speaker, language):
        longest = max((len(hit.group()) for hit in pattern.finditer(searched)), default=0)
        if longest or (act == "silence" and pattern.match(searched)):
            sure[act] = min(0.95, 0.6 + longest * (0.03 if language == "zh" else 0.01))
    if speaker == "collector":
        for finding in check_text(text, lang=language):
            act = _ACT_OF_CATEGORY[finding.category]
            sure[act] = max(sure.get(act, 0.0), 0.95 if finding.severity == "block" else 0.7)
        earlier = frozenset(previous)
        pushes = {"repeat_pressure", "ask_full", "dismiss"} & sure.keys()
        if (
            pushes
            and earlier & {"dispute_amount", "dispute_not_mine", "cease_request"}
            and not {"handle_dispute", "respect_cease"} & sure.keys()
        ):
            sure["x_ignore_dispute_cease"] = 0.75
    acts = tuple(
        ActFound(act, round(level, 2)) for act, level in sorted(sure.items(), key=lambda one: (-one[1], one[0]))
    )
    return Understanding(acts, amounts_in(searched), dates_in(searched, language))


def reveals_debt(text: str, lang: str) -> bool:
    """Would somebody who hears this learn that there is a debt?"""
    return bool(_reveals("zh" if lang.startswith("zh") else "en").search(plain(text).text))


@cache
def _reveals(lang: str) -> re.Pattern[str]:
    return re.compile("|".join(_data()["reveals"][lang]))
