"""The tree is complete, and every event of a day speaks of skills that exist."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.learning import (
    DIMENSIONS,
    Evidence,
    EvidenceKind,
    competences,
    event_kinds,
    evidence_from_assessment,
    evidence_from_card,
    evidence_from_event,
    skill,
    skills,
)
from duecare.learning.bilingual import read_data
from duecare.learning.skills import skills_of_dimension

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_the_five_competences_of_the_source_are_there_and_none_is_empty() -> None:
    assert [one.key for one in competences()] == ["law", "negotiation", "communication", "tools", "team"]
    assert {one.competence for one in skills()} == {one.key for one in competences()}


def test_a_skill_stands_under_its_competence_and_is_named_in_both_languages() -> None:
    for one in skills():
        assert one.key.startswith(f"{one.competence}.")
        assert any("\u4e00" <= sign <= "\u9fff" for sign in one.name.zh)
        assert one.name.en.isascii()


def test_every_dimension_that_a_judge_scores_is_evidence_on_a_skill() -> None:
    for dimension in DIMENSIONS:
        # The outcome is luck as well as skill; the other six already hold what was done.
        assert bool(skills_of_dimension(dimension)) == (dimension != "outcome")


def test_an_unknown_skill_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match=r"law\.astrology"):
        skill("law.astrology")


def test_every_rule_names_skills_that_exist() -> None:
    rules = read_data("evidence_rules.yaml")
    named = {key for found in rules["refused_permit"]["by_rule_kind"].values() for key in found}
    named |= {one["skill"] for entries in rules["events"].values() for entry in entries for one in entry["evidence"]}
    assert named <= {one.key for one in skills()}


@pytest.mark.parametrize(
    "rule_kind",
    [
        "unlawful", "person_state", "representation", "only_the_debtor", "breathing_space", "stop_request", "dispute",
        "limitation", "licence", "certificate", "forbidden_channel", "required_content", "autodial_consent", "workplace",
        "inconvenient_place", "frequency", "cool_down", "inconvenient_time", "preferred_time", "contact_hours", "notice_first",
    ],
)  # fmt: skip
def test_every_kind_of_rule_that_the_gate_refuses_by_teaches_something(rule_kind: str) -> None:
    # Written out because this package may not know the law's; duecare.law.kinds.KINDS names them.
    assert evidence_from_event("refused_permit", {"rule_kind": rule_kind}, AT, "row-1")


def test_every_kind_of_event_is_a_kind_of_evidence() -> None:
    assert set(event_kinds()) <= set(EvidenceKind)


@pytest.mark.parametrize(
    ("event", "detail", "expected"),
    [
        ("refused_permit", {"rule_kind": "contact_hours"}, {"law.contact_hours": 0.0}),
        ("refused_permit", {"rule_kind": "frequency"}, {"law.frequency": 0.0}),
        ("refused_permit", {"rule_kind": "third_party"}, {"law.third_parties": 0.0}),
        ("refused_permit", {"rule_kind": "a kind nobody learns from"}, {}),
        ("broken_promise", {}, {"negotiation.affordability": 0.0, "negotiation.commitment": 0.0}),
        ("kept_promise", {}, {"negotiation.affordability": 1.0, "negotiation.commitment": 1.0}),
        (
            "complaint",
            {"cause": "conduct"},
            {"communication.anger": 0.0, "communication.empathy": 0.0, "law.prohibited_conduct": 0.0},
        ),
        ("complaint", {"cause": "third_party"}, {"law.third_parties": 0.0, "communication.identity": 0.0}),
        ("result_coded", {"result": "left_message"}, {"tools.result_codes": 1.0}),
    ],
)
def test_an_event_becomes_evidence(event: str, detail: dict[str, str], expected: dict[str, float]) -> None:
    found = evidence_from_event(event, detail, AT, "row-1")
    assert {one.skill: one.outcome for one in found} == expected
    assert all(one.source_id == "row-1" and one.at == AT and one.kind == event for one in found)


def test_an_event_of_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="sneezed"):
        evidence_from_event("sneezed", {}, AT, "row-1")


def test_a_card_answered_again_is_a_mistake_and_a_good_answer_is_none() -> None:
    assert evidence_from_card(skill="law.frequency", rating=1, at=AT, source_id="c").outcome == 0.0
    assert evidence_from_card(skill="law.frequency", rating=3, at=AT, source_id="c").outcome == 1.0
    with pytest.raises(ValueError, match="1 to 4"):
        evidence_from_card(skill="law.frequency", rating=5, at=AT, source_id="c")


@given(st.dictionaries(st.sampled_from(DIMENSIONS), st.floats(0, 4)))
def test_an_assessment_becomes_one_observation_a_skill_within_bounds(scores: dict[str, float]) -> None:
    found = evidence_from_assessment(scores, AT, "talk-1", practised=("law.disputes",))
    assert len({one.skill for one in found}) == len(found)
    assert all(0.0 <= one.outcome <= 1.0 for one in found)
    assert ("law.disputes" in {one.skill for one in found}) == bool(scores)


def test_a_scenario_cannot_be_passed_with_a_violation() -> None:
    scores = dict.fromkeys(DIMENSIONS, 4.0) | {"compliance": 0.0}
    found = {one.skill: one.outcome for one in evidence_from_assessment(scores, AT, "t", practised=("law.disputes",))}
    assert found["law.disputes"] == 0.0
    assert found["communication.empathy"] == 1.0


@pytest.mark.parametrize(
    ("outcome", "weight", "at", "message"),
    [
        (1.2, 1.0, AT, "between 0 and 1"),
        (1.0, 0.0, AT, "not positive"),
        (1.0, 1.0, AT.replace(tzinfo=None), "no UTC offset"),
    ],
)
def test_evidence_that_makes_no_sense_is_refused(outcome: float, weight: float, at: datetime, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Evidence("law.frequency", EvidenceKind.QUIZ, outcome, weight, at, "q")
