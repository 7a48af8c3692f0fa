"""What stands on the page of a review: the turns with their marks, the scores with their anchors, the curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duecare.speech import list_personas

from .kept_review import Feeling, KeptReview, Mark, anchors_of, judge
from .models import PracticeSession
from .services import conversation_of


@dataclass(frozen=True)
class NamedMark:
    name: str
    note: str
    effect: float


@dataclass(frozen=True)
class MarkedTurn:
    """`number` counts the turns of both sides from 1, as the judge's words do; `again` is the collector's turn to try again."""

    number: int
    text: str
    mine: bool
    again: int | None
    marks: tuple[NamedMark, ...]


@dataclass(frozen=True)
class ScoreRow:
    name: str
    score: float
    own: int | None
    aim: int | None
    """The next score worth aiming at, None at the top and for the outcome, which is not judged."""
    anchor: str
    """What that score looks like."""
    turns: tuple[int, ...]
    """The turns that the score rests on, counted from 1."""


def review_of(session: PracticeSession) -> KeptReview:
    """What was kept; judged anew only where an older version kept less."""
    try:
        return KeptReview.from_dict(session.assessment)
    except KeyError:
        return judge(conversation_of(session))


def review_context(session: PracticeSession, names: dict[str, str], lang: str) -> dict[str, Any]:
    kept = review_of(session)
    words = kept.words[lang]
    persona = next((one for one in list_personas() if one.id == session.persona), None)
    rows = [_score_row(key, kept, words.marks, session.self_rating.get(key), names, lang) for key in kept.scores]
    own = [(row.score, row.own) for row in rows if row.own is not None]
    return {
        "session": session,
        "title": persona.title[lang] if persona else session.persona,
        "currency": persona.means.currency if persona else "",
        "kept": kept,
        "words": words,
        "changes": [(change, _again(kept, change.turn)) for change in words.changes],
        "scores": rows,
        "distance": round(sum(abs(score - mine) for score, mine in own) / len(own), 1) if own else None,
        "turns": _turns(kept, words.marks, names),
        "curve": _curve(kept.feelings),
        "end_reason": kept.end_reason,
    }


def _score_row(
    key: str, kept: KeptReview, marks: tuple[Mark, ...], own: int | None, names: dict[str, str], lang: str
) -> ScoreRow:
    score = kept.scores[key]
    turns = sorted({mark.turn + 1 for mark in marks if mark.dimension == key})
    # A low score names what is missing, not what was done: the anchor of 0 would accuse of things that were not said.
    aim = None if key == "outcome" or score >= 4 else 3 if score < 3 else 4
    anchor = anchors_of(key, lang)[aim] if aim is not None else ""
    return ScoreRow(names[key], round(score, 1), own, aim, anchor, tuple(turns))


def _again(kept: KeptReview, turn: int) -> int | None:
    """Which turn of the collector stands at this place among the turns of both sides."""
    if not 0 <= turn < len(kept.turns) or kept.turns[turn].speaker != "collector":
        return None
    return sum(one.speaker == "collector" for one in kept.turns[:turn])


def _turns(kept: KeptReview, marks: tuple[Mark, ...], names: dict[str, str]) -> list[MarkedTurn]:
    return [
        MarkedTurn(
            number=place + 1,
            text=turn.text,
            mine=turn.speaker == "collector",
            again=_again(kept, place),
            marks=tuple(
                NamedMark(names[mark.dimension], mark.note, mark.effect) for mark in marks if mark.turn == place
            ),
        )
        for place, turn in enumerate(kept.turns)
    ]


def _curve(feelings: tuple[Feeling, ...]) -> dict[str, Any]:
    """An ECharts option: trust, anger and willingness before the first turn and after each of the collector's."""
    lines = [
        (_("Trust"), [one.trust for one in feelings], "solid"),
        (_("Anger"), [one.anger for one in feelings], "solid"),
        (_("Willingness"), [one.willingness for one in feelings], "dashed"),
    ]
    return {
        "grid": {"left": 8, "right": 16, "top": 36, "bottom": 28, "containLabel": True},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "name": _("your turn"),
            "nameLocation": "middle",
            "nameGap": 26,
            "boundaryGap": False,
            "data": [_("start"), *(str(number) for number in range(1, len(feelings)))],
        },
        "yAxis": {"type": "value", "min": 0, "max": 1, "interval": 0.25},
        "color": ["#2a6f6b", "#d63939", "#8a93a0"],
        "series": [
            {"name": name, "type": "line", "lineStyle": {"type": kind}, "data": [round(value, 2) for value in values]}
            for name, values, kind in lines
        ],
    }
