"""What may be asked in an examination? Multiple-choice items made from the rules: may I, by which rule, from when, and how much.

The same card and seed make the same item. Wrong answers are taken from the case: rules that were asked and had nothing to say, moments that a plausible slip would
give, figures that other rules of the kind set. An item's key names the rule's version and the right answer, so that no item outlives its law.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from duecare.law import Decision, Library, Rule, read_request
from duecare.law.kinds import KINDS

from .cards import AnyCard, Card, FigureCard, question, reason_of
from .case_words import tell_plan, weekday_name
from .figures import LANGUAGES, Words, as_number, fill
from .rule_version import digest

KINDS_OF_ITEM = ("may", "which", "next", "figure")
WRONG = 3
"""Wrong answers beside the right one, where the case has so many."""
VERDICTS = ("allow", "deny", "review")


@dataclass(frozen=True)
class Item:
    """One question with its choices, in both languages. `version` is the hash of the rule that it was made from."""

    key: str
    kind: str
    rule: str
    version: str
    skill: str
    question: Mapping[str, Sequence[str]]
    """The case in sentences, what is asked last."""
    choices: tuple[Words, ...]
    right: int
    why: Words
    sentence: Words
    source: str
    verified: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@cache
def exam_words() -> dict[str, Any]:
    path = Path(__file__).with_name("data") / "exam_words.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def items_of(card: AnyCard, rules: Library, seed: int = 0) -> dict[str, Item]:
    """The items of one card by kind, those of its kinds that the card can bear."""
    made = _of_figure(card, rules, seed) if isinstance(card, FigureCard) else _of_case(card, rules, seed)
    return {item.kind: item for item in made}


def _item(
    card: AnyCard, kind: str, asked: Mapping[str, Sequence[str]], choices: Sequence[Words], right: Words, why: Words
) -> Item:
    return Item(
        key=f"{kind}:{card.key}:{digest(right, 6)}",
        kind=kind,
        rule=card.rule.id,
        version=card.version,
        skill=card.skill,
        question=asked,
        choices=tuple(choices),
        right=list(choices).index(right),
        why=why,
        sentence=dict(card.rule.sentence),
        source=card.rule.source,
        verified=card.rule.status == "verified",
    )


def _chance(card: AnyCard, kind: str, seed: int) -> random.Random:
    return random.Random(f"{seed}|{kind}|{card.key}")


# --- of a case -----------------------------------------------------------------------------------------------------


def _of_case(card: Card, rules: Library, seed: int) -> Iterator[Item]:
    words, request = exam_words(), card.request
    decided = {lang: rules.judge(request, lang=lang) for lang in LANGUAGES}  # type: ignore[arg-type]
    why = {lang: reason_of(decided[lang], card.rule.id) for lang in LANGUAGES}
    told = {lang: question(card, lang) for lang in LANGUAGES}
    case = {lang: [*told[lang][:-1], tell_plan(request, lang)] for lang in LANGUAGES}
    verdict = decided["en"].verdict

    def asked(ending: Words) -> dict[str, Sequence[str]]:
        return {lang: [*case[lang], ending[lang]] for lang in LANGUAGES}

    may = [words["may"]["choices"][one] for one in VERDICTS]
    yield _item(card, "may", told, may, words["may"]["choices"][verdict], why)
    if verdict == "allow":
        return
    choices = _rules_to_choose(card, rules, decided["en"], _chance(card, "which", seed))
    if len(choices) > 2:
        yield _item(card, "which", asked(words["which"]["question"][verdict]), choices, dict(card.rule.sentence), why)
    if verdict == "deny":
        zone = ZoneInfo(request["person"]["time_zones"][0])
        at, following = datetime.fromisoformat(request["at"]), decided["en"].next_allowed_at
        if following is None or not (following.second or following.microsecond):
            moments, right = _moments_to_choose(at, following, zone, _chance(card, "next", seed))
            ending = {lang: words["next"]["question"][lang].format(zone=zone.key) for lang in LANGUAGES}
            yield _item(card, "next", asked(ending), moments, right, why)


def _rules_to_choose(card: Card, rules: Library, decision: Decision, chance: random.Random) -> list[Words]:
    """The rule of the card among rules that bind such a contact and did not speak against it; of other kinds, so that none of them could as well have."""
    speaking = {one.rule for one in decision.reasons}
    if card.rule.id not in speaking:
        return []
    kinds = {one.kind for one in decision.reasons} | {card.rule.kind}
    request = read_request(card.request)
    day = request.at.astimezone(ZoneInfo(request.person.time_zones[0])).date()
    asked = [rule for _, bound, _ in rules.asked(request).in_force(day) for rule, _ in bound]
    near = rules.reaching(request.person.jurisdictions, request.debt.governing_law, ())

    def quiet(found: Sequence[Rule]) -> dict[str, Rule]:
        return {
            rule.sentence["en"]: rule
            for rule in found
            if KINDS[rule.kind].judges
            and rule.id not in speaking
            and rule.kind not in kinds
            and rule.parameters(day) is not None
        }

    by_sentence = quiet(asked)
    if len(by_sentence) < WRONG:
        by_sentence |= quiet(near)
    by_sentence.pop(card.rule.sentence["en"], None)
    wrong = chance.sample(list(by_sentence.values()), min(WRONG, len(by_sentence)))
    choices: list[Words] = [dict(rule.sentence) for rule in (card.rule, *wrong)]
    chance.shuffle(choices)
    return choices


def _moments_to_choose(
    at: datetime, following: datetime | None, zone: ZoneInfo, chance: random.Random
) -> tuple[list[Words], Words]:
    """The next lawful moment among later ones that a slip would give, and that there is none."""
    never: Words = exam_words()["next"]["never"]
    now = at.astimezone(zone)
    right = following.astimezone(zone) if following is not None else None
    slips = [one for one in _slips(now, right) if one > now and one != right]
    wrong = chance.sample(slips, min(WRONG - (right is not None), len(slips)))
    moments = sorted([*wrong, *([right] if right is not None else [])])
    told = [_moment(one) for one in moments]
    return [*told, never], never if right is None else told[moments.index(right)]


def _slips(now: datetime, right: datetime | None) -> list[datetime]:
    """A day too early or too late, the same hour tomorrow or in a week, midnight, an hour beside."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0)
    found = [now.replace(second=0, microsecond=0) + step for step in (day, 7 * day)]
    if right is None:
        found += [morning + day, morning + 3 * day, morning.replace(hour=9) + 7 * day, morning + 30 * day]
    else:
        found += [right - day, right + day, right - hour, right + hour, right + 7 * day]
        found += [right.replace(hour=0, minute=0), right.replace(hour=8, minute=0), right.replace(hour=9, minute=0)]
    return sorted(set(found))


def _moment(when: datetime) -> Words:
    words = exam_words()["next"]["moment"]
    return {
        lang: words[lang].format(weekday=weekday_name(when.weekday(), lang), time=f"{when:%Y-%m-%d %H:%M}")
        for lang in LANGUAGES
    }


# --- of a figure ---------------------------------------------------------------------------------------------------


def _of_figure(card: FigureCard, rules: Library, seed: int) -> Iterator[Item]:
    figure, chance = card.figure, _chance(card, "figure", seed)
    right = dict(figure.answer)
    number = as_number(figure.value)
    if figure.choice is None or number is None:
        others = [dict(one) for one in figure.others]
        choices = [right, *chance.sample(others, min(WRONG, len(others)))]
        chance.shuffle(choices)
    else:
        wrong = _figures_to_choose(number, _figures_of_kind(_Kind(rules, card.rule.kind, figure.name)), chance)
        values = sorted([number, *wrong])
        choices = [
            right if one == number else {lang: fill(figure.choice[lang], one) for lang in LANGUAGES} for one in values
        ]
    if len(choices) > 1:
        asked = {lang: [figure.question[lang]] for lang in LANGUAGES}
        yield _item(card, "figure", asked, choices, right, dict(figure.more))


@dataclass(frozen=True)
class _Kind:
    """Where to look for other values of a figure: one library, one kind of rule, one parameter."""

    rules: Library
    kind: str
    name: str

    def __hash__(self) -> int:
        return hash((self.rules.version, self.kind, self.name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kind) and (self.rules.version, self.kind, self.name) == (
            other.rules.version,
            other.kind,
            other.name,
        )


@lru_cache(maxsize=128)
def _figures_of_kind(asked: _Kind) -> tuple[Decimal, ...]:
    """What other rules of the kind set for the same figure."""
    found = set()
    for rule in asked.rules.rules():
        if rule.kind == asked.kind:
            number = as_number(rule.dated[-1].values.get(asked.name))
            if number is not None:
                found.add(number)
    return tuple(sorted(found))


def _figures_to_choose(right: Decimal, known: Sequence[Decimal], chance: random.Random) -> list[Decimal]:
    """Figures of other rules near the right one, then its double, its half and its neighbours."""
    step = Decimal(1).scaleb(max(right.adjusted() - 1, 0)) if right == right.to_integral() else Decimal("0.1")
    step = step * 5 if right >= 20 and right == right.to_integral() else step
    near = [one for one in known if one != right and right / 4 <= one <= right * 4]
    made = [right * 2, right / 2, right + step, right - step, right + 2 * step, right * 3]
    places = right.as_tuple().exponent
    fitting = [one.quantize(right) if isinstance(places, int) else one for one in made if _is_whole(one, right)]
    pool = list(dict.fromkeys(one for one in (*near, *fitting) if one > 0 and one != right))
    return chance.sample(pool, min(WRONG, len(pool)))


def _is_whole(value: Decimal, like: Decimal) -> bool:
    """Whether a made-up figure has no more places than the one that it stands beside."""
    exponent = like.as_tuple().exponent
    return isinstance(exponent, int) and value == round(value, max(-exponent, 0))
