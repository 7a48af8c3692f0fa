"""What did the judge say of a practised conversation? Kept as it was judged, in both languages, so that a review shows the same for ever."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from duecare.speech import Assessment, Conversation, assess

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Mark:
    """Why a score is what it is: `effect` points for what happened at `turn` (index into the turns of both sides)."""

    dimension: str
    turn: int
    note: str
    effect: float


@dataclass(frozen=True)
class Advice:
    what: str
    wording: str
    turn: int


@dataclass(frozen=True)
class JudgeWords:
    """What the judge says, in one language."""

    marks: tuple[Mark, ...]
    strength: str
    changes: tuple[Advice, ...]


@dataclass(frozen=True)
class Turn:
    speaker: str
    text: str


@dataclass(frozen=True)
class Feeling:
    """The other side before the first turn of the collector and after each; 0..1."""

    trust: float
    anger: float
    willingness: float


@dataclass(frozen=True)
class Settled:
    """What both sides settled on; `kind` as in `duecare.speech.Agreement`, the amount in the currency of the case."""

    kind: str
    amount: str
    per: str
    date: str
    confirmed: bool


@dataclass(frozen=True)
class KeptReview:
    """A judged conversation. `scores` on 0..4 by dimension, `overall` on 0..100."""

    overall: float
    scores: dict[str, float]
    turns: tuple[Turn, ...]
    feelings: tuple[Feeling, ...]
    facts_found: int
    facts_total: int
    end_reason: str
    settled: Settled | None
    words: dict[str, JudgeWords]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> KeptReview:
        """Read what `to_dict` wrote.

        Raises:
            KeyError: a field is missing.
        """
        return cls(
            overall=kept["overall"],
            scores=dict(kept["scores"]),
            turns=tuple(Turn(**one) for one in kept["turns"]),
            feelings=tuple(Feeling(**one) for one in kept["feelings"]),
            facts_found=kept["facts_found"],
            facts_total=kept["facts_total"],
            end_reason=kept["end_reason"],
            settled=Settled(**kept["settled"]) if kept["settled"] else None,
            words={
                lang: JudgeWords(
                    tuple(Mark(**one) for one in said["marks"]),
                    said["strength"],
                    tuple(Advice(**one) for one in said["changes"]),
                )
                for lang, said in kept["words"].items()
            },
        )


def judge(talk: Conversation) -> KeptReview:
    """Have a practised conversation judged, in both languages."""
    transcript = talk.transcript()
    found: dict[str, Assessment] = {lang: assess(transcript, truth=talk, lang=lang) for lang in LANGUAGES}
    agreed = talk.agreement
    return KeptReview(
        overall=found["en"].overall,
        scores=dict(found["en"].scores),
        turns=tuple(Turn(one["speaker"], one["text"]) for one in transcript["turns"]),
        feelings=tuple(Feeling(one.trust, one.anger, one.willingness) for one in talk.states),
        facts_found=len(talk.facts_found),
        facts_total=talk.facts_total,
        end_reason=talk.end_reason,
        settled=Settled(agreed.kind, str(agreed.amount or ""), agreed.per or "", agreed.date or "", agreed.confirmed)
        if agreed
        else None,
        words={
            lang: JudgeWords(
                tuple(dict.fromkeys(Mark(one.dimension, one.turn, one.note, one.effect) for one in said.evidence)),
                said.strength,
                tuple(Advice(one.what, one.wording, one.turn) for one in said.changes),
            )
            for lang, said in found.items()
        },
    )


@cache
def _anchors() -> dict[str, list[dict[str, str]]]:
    path = Path(__file__).with_name("data") / "anchors.yaml"
    found: dict[str, list[dict[str, str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def anchors_of(dimension: str, lang: str) -> list[str]:
    """What 0, 1, 2, 3 and 4 mean in a dimension."""
    return [one[lang] for one in _anchors()[dimension]]
