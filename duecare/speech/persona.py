"""Whom can one practise with? Invented debtors as data: what is on file, what they hide, how they speak."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Bilingual = dict[str, str]
BilingualLines = dict[str, tuple[str, ...]]
RIGHT_ENDS = frozenset({"instalments", "referral", "dispute_pause", "correction"})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the debtor knows and the file does not. Told only when one of `asked_by` is done and trust has reached `trust`."""

    id: str
    asked_by: frozenset[str]
    trust: float
    says: BilingualLines


@dataclass(frozen=True, slots=True)
class Means:
    """Monthly money in the currency of the case. Income and essentials are ranges from which the seed draws; `at_hand` can be paid at once."""

    currency: str
    owed: Decimal
    income: tuple[int, int]
    essentials: tuple[int, int]
    at_hand: Decimal
    payday: int


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented debtor. `skills` are keys of the skill tree; `minutes` is what a conversation takes.

    `right_end` is what a good conversation reaches: money is not the right end where there is none, or where nobody owes it.
    """

    id: str
    field: str
    title: Bilingual
    brief: Bilingual
    case: Bilingual
    required_lines: BilingualLines
    skills: tuple[str, ...]
    minutes: int
    right_end: str
    is_debtor: bool
    vulnerable: bool
    names: Bilingual
    means: Means
    start: dict[str, tuple[float, float]]
    patience: int
    facts: tuple[Fact, ...]
    lines: dict[str, BilingualLines]

    def speaks(self, move: str, lang: str) -> tuple[str, ...]:
        """This persona's own lines for a move; empty where it has none of its own."""
        return self.lines.get(move, {}).get(lang, ())


@cache
def list_personas() -> tuple[Persona, ...]:
    """All personas, in the order of their files' `order`.

    Raises:
        ValueError: a file lacks something, or says something in one language only; the message names file and field.
    """
    files = sorted((Path(__file__).parent / "personas").glob("*.yaml"))
    read = [(path, _read(path)) for path in files]
    return tuple(
        _persona(found, path.name)
        for path, found in sorted(read, key=lambda one: (one[1].get("order", 99), one[0].name))
    )


def persona_of(persona_id: str) -> Persona:
    """The persona of that id.

    Raises:
        KeyError: there is none; the message lists those that exist.
    """
    for persona in list_personas():
        if persona.id == persona_id:
            return persona
    raise KeyError(f"no persona {persona_id!r}; there are: {', '.join(one.id for one in list_personas())}")


@cache
def common_lines() -> dict[str, BilingualLines]:
    """What any debtor may say for a move, where the persona has no words of its own."""
    path = Path(__file__).with_name("data") / "replies.yaml"
    return {move: _lines(said, f"replies.yaml, {move}") for move, said in _read(path)["moves"].items()}


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(
        path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return found


def _persona(found: dict[str, Any], file: str) -> Persona:
    try:
        means, start = found["means"], found["start"]
        if found["right_end"] not in RIGHT_ENDS:
            raise ValueError(f"{file}: right_end must be one of {', '.join(sorted(RIGHT_ENDS))}")
        return Persona(
            id=found["id"],
            field=found["field"],
            title=_both(found["title"], f"{file}, title"),
            brief=_both(found["brief"], f"{file}, brief"),
            case=_both(found["case"], f"{file}, case"),
            required_lines=_lines(found["required_lines"], f"{file}, required_lines"),
            skills=tuple(found["skills"]),
            minutes=int(found["minutes"]),
            right_end=found["right_end"],
            is_debtor=bool(found.get("is_debtor", True)),
            vulnerable=bool(found.get("vulnerable", False)),
            names=_both(found["name"], f"{file}, name"),
            means=Means(
                currency=means["currency"],
                owed=Decimal(str(means["owed"])),
                income=(int(means["income"][0]), int(means["income"][1])),
                essentials=(int(means["essentials"][0]), int(means["essentials"][1])),
                at_hand=Decimal(str(means.get("at_hand", 0))),
                payday=int(means.get("payday", 10)),
            ),
            start={key: (float(low), float(high)) for key, (low, high) in start.items()},
            patience=int(found.get("patience", 26)),
            facts=tuple(
                Fact(
                    one["id"],
                    frozenset(one["asked_by"]),
                    float(one["trust"]),
                    _lines(one["says"], f"{file}, fact {one['id']}"),
                )
                for one in found["facts"]
            ),
            lines={move: _lines(said, f"{file}, lines of {move}") for move, said in found["lines"].items()},
        )
    except KeyError as missing:
        raise ValueError(f"{file}: {missing} is missing") from missing


def _both(words: dict[str, str], where: str) -> Bilingual:
    if set(words) != {"en", "zh"} or not all(words.values()):
        raise ValueError(f"{where}: needs en and zh")
    return dict(words)


def _lines(said: dict[str, Any], where: str) -> BilingualLines:
    if set(said) != {"en", "zh"} or not all(said.values()):
        raise ValueError(f"{where}: needs en and zh")
    return {lang: tuple([lines] if isinstance(lines, str) else lines) for lang, lines in said.items()}
