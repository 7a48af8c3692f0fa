"""What does an event say about a skill? Evidence, and the rules in `evidence_rules.yaml` that make it from a working day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from duecare.learning.bilingual import read_data
from duecare.learning.skills import DIMENSIONS, skill, skills_of_dimension

_RULES = "evidence_rules.yaml"


class EvidenceKind(StrEnum):
    """Where evidence comes from."""

    CARD = "card"
    QUIZ = "quiz"
    EXAM = "exam"
    ROLE_PLAY = "role_play"
    REVIEWED_CALL = "reviewed_call"
    REFUSED_PERMIT = "refused_permit"
    REFUSED_TEXT = "refused_text"
    COMPLAINT = "complaint"
    BROKEN_PROMISE = "broken_promise"
    KEPT_PROMISE = "kept_promise"
    RESULT_CODED = "result_coded"
    HARDSHIP_RECORDED = "hardship_recorded"
    DISPUTE_RECORDED = "dispute_recorded"
    SKIPPED_ACCOUNT = "skipped_account"
    HANDOVER = "handover"
    ESCALATION = "escalation"
    SHARED_CASE = "shared_case"


PRACTICE_KINDS = frozenset(
    {EvidenceKind.CARD, EvidenceKind.QUIZ, EvidenceKind.EXAM, EvidenceKind.ROLE_PLAY, EvidenceKind.REVIEWED_CALL}
)
"""Kinds that are practice or its review; the others are events of the working day."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation on one skill.

    `outcome` is 0 (lacking) to 1 (shown); `weight` is how many clear trials it counts for; `source_id` names the row it
    came from, so that every estimate can be traced back.
    """

    skill: str
    kind: EvidenceKind
    outcome: float
    weight: float
    at: datetime
    source_id: str

    def __post_init__(self) -> None:
        skill(self.skill)
        if not 0.0 <= self.outcome <= 1.0:
            raise ValueError(f"evidence {self.source_id}: outcome {self.outcome} is not between 0 and 1")
        if self.weight <= 0.0:
            raise ValueError(f"evidence {self.source_id}: weight {self.weight} is not positive")
        if self.at.tzinfo is None:
            raise ValueError(f"evidence {self.source_id}: the instant has no UTC offset")


def event_kinds() -> tuple[str, ...]:
    """The kinds of event that `evidence_from_event` understands."""
    return ("refused_permit", *read_data(_RULES)["events"])


def evidence_from_event(
    event_kind: str, detail: Mapping[str, str], at: datetime, source_id: str
) -> tuple[Evidence, ...]:
    """What one event of the working day says about skills.

    Args:
        event_kind: one of `event_kinds()`.
        detail: the event's facts that the rules ask for: `rule_kind` of a refused permit, `cause` of a complaint, `result`
            and `complete` (`yes` or `no`) of a coded result. Facts that no rule asks for are ignored.
        at: aware instant of the event.
        source_id: id of the event's row.

    Returns:
        Evidence on zero or more skills; nothing for a refusal by a rule whose kind says nothing about skill.

    Raises:
        ValueError: the kind of event is unknown.
    """
    rules = read_data(_RULES)
    if event_kind == EvidenceKind.REFUSED_PERMIT:
        rule = rules["refused_permit"]
        touched: Sequence[str] = rule["by_rule_kind"].get(detail.get("rule_kind", ""), ())
        return tuple(
            Evidence(
                skill=key,
                kind=EvidenceKind.REFUSED_PERMIT,
                outcome=0.0,
                weight=float(rule["weight"]),
                at=at,
                source_id=source_id,
            )
            for key in touched
        )
    if event_kind not in rules["events"]:
        raise ValueError(f"no rule turns an event of kind {event_kind!r} into evidence; known: {event_kinds()}")
    for entry in rules["events"][event_kind]:
        if all(detail.get(name) == value for name, value in entry.get("when", {}).items()):
            return tuple(
                Evidence(
                    skill=one["skill"],
                    kind=EvidenceKind(event_kind),
                    outcome=float(one["outcome"]),
                    weight=float(one["weight"]),
                    at=at,
                    source_id=source_id,
                )
                for one in entry["evidence"]
            )
    return ()


def evidence_from_card(*, skill: str, rating: int, at: datetime, source_id: str) -> Evidence:
    """What a card answered with `rating` (1 again, 2 hard, 3 good, 4 easy) says about its skill.

    Raises:
        ValueError: the rating is not one of the four.
    """
    rules = read_data(_RULES)
    if rating not in rules["card_outcome"]:
        raise ValueError(f"a card is rated 1 to 4, not {rating}")
    return Evidence(
        skill=skill,
        kind=EvidenceKind.CARD,
        outcome=float(rules["card_outcome"][rating]),
        weight=float(rules["card_weight"]),
        at=at,
        source_id=source_id,
    )


def evidence_from_assessment(
    scores: Mapping[str, float],
    at: datetime,
    source_id: str,
    *,
    kind: EvidenceKind = EvidenceKind.ROLE_PLAY,
    practised: Sequence[str] = (),
) -> tuple[Evidence, ...]:
    """What an assessed conversation says about skills.

    Args:
        scores: 0 to 4 by dimension of the rubric (schema `transcript`).
        practised: further skills that the scenario was built to practise (such as `law.disputes`); they are judged by the mean of
            the scores, or by compliance alone where that is lower.
        kind: `ROLE_PLAY` or `REVIEWED_CALL`.

    Returns:
        One observation a skill; where several dimensions speak of one skill, their mean.

    Raises:
        ValueError: an unknown dimension, a score outside 0 to 4, or a kind that is not an assessed conversation.
    """
    weights = read_data(_RULES)["assessment_weight"]
    if kind not in weights:
        raise ValueError(f"an assessed conversation is one of {sorted(weights)}, not {kind}")
    by_skill: dict[str, list[float]] = {}
    for dimension, score in scores.items():
        if dimension not in DIMENSIONS:
            raise ValueError(f"{source_id}: unknown dimension {dimension!r}")
        if not 0.0 <= score <= 4.0:
            raise ValueError(f"{source_id}: {dimension} is scored {score}, outside 0 to 4")
        for one in skills_of_dimension(dimension):
            by_skill.setdefault(one.key, []).append(score / 4.0)
    if scores:
        overall = sum(scores.values()) / len(scores) / 4.0
        for key in practised:
            by_skill.setdefault(key, [min(overall, scores.get("compliance", 4.0) / 4.0)])
    return tuple(
        Evidence(
            skill=key,
            kind=kind,
            outcome=sum(found) / len(found),
            weight=float(weights[kind]),
            at=at,
            source_id=source_id,
        )
        for key, found in by_skill.items()
    )
