"""The plan fits the minutes, follows the day, brings mistakes back, and says why."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.learning import (
    DailyPlan,
    DueCard,
    Evidence,
    EvidenceKind,
    ItemKind,
    PracticeOption,
    Practised,
    daily_plan,
    estimate,
    evidence_from_event,
    skills,
)
from duecare.learning.bilingual import read_data
from duecare.learning.plan import Why

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
OPTIONS = (
    PracticeOption("job_loss", ("negotiation.affordability", "communication.hardship"), 8),
    PracticeOption("angry_refusal", ("communication.anger", "communication.empathy"), 7),
    PracticeOption("invoice_dispute", ("law.disputes", "negotiation.business_disputes"), 10),
    PracticeOption("wrong_person", ("law.third_parties", "communication.identity"), 6),
    PracticeOption("hours", ("law.contact_hours",), 4, ItemKind.LESSON),
    PracticeOption("records", ("tools.records", "tools.result_codes"), 4, ItemKind.LESSON),
)


def plan_for(
    events: tuple[Evidence, ...] = (),
    *,
    minutes: int = 15,
    earlier: tuple[Evidence, ...] = (),
    practised: tuple[Practised, ...] = (),
    cards: tuple[DueCard, ...] = (),
    at: datetime = AT,
) -> DailyPlan:
    return daily_plan(
        estimates=estimate([*events, *earlier], at),
        due_cards=cards,
        practised_recently=practised,
        today_events=events,
        minutes=minutes,
        at=at,
        personas=OPTIONS,
        earlier_mistakes=earlier,
    )


def yesterday(event: str, **detail: str) -> tuple[Evidence, ...]:
    return evidence_from_event(event, detail, AT - timedelta(hours=16), f"{event}-1")


@pytest.mark.parametrize(
    ("event", "detail", "first"),
    [
        ("refused_permit", {"rule_kind": "contact_hours"}, "hours"),
        ("broken_promise", {}, "job_loss"),
        ("complaint", {"cause": "conduct"}, "angry_refusal"),
        ("complaint", {"cause": "third_party"}, "wrong_person"),
        ("refused_permit", {"rule_kind": "dispute"}, "invoice_dispute"),
    ],
)
def test_what_went_wrong_is_practised_first_and_the_plan_says_so(
    event: str, detail: dict[str, str], first: str
) -> None:
    item = plan_for(yesterday(event, **detail)).items[0]
    assert item.ref == first
    assert item.why[0].key == f"event:{event}"
    assert "yesterday" in item.why_sentence("en")
    assert "昨天" in item.why_sentence("zh")


@pytest.mark.parametrize(
    ("hours", "english", "chinese"), [(2, "today", "今天"), (20, "yesterday", "昨天"), (60, "on 21 Nov", "11月21日")]
)
def test_an_event_is_told_by_its_day(hours: int, english: str, chinese: str) -> None:
    event = evidence_from_event("refused_permit", {"rule_kind": "contact_hours"}, AT - timedelta(hours=hours), "p1")
    item = plan_for(event).items[0]
    assert item.why_sentence("en").startswith(
        f"1 contact was refused {english} under “Lawful hours to contact”; estimated at"
    )
    assert item.why_sentence("zh").startswith(f"{chinese}有 1 次联系因“可联系时段”被拦下；掌握程度估计为")


def test_a_different_day_makes_a_different_plan() -> None:
    plans = [plan_for(), plan_for(yesterday("broken_promise")), plan_for(yesterday("complaint", cause="conduct"))]
    assert len({tuple(item.ref for item in plan.items) for plan in plans}) == 3


def test_a_mistake_comes_back_after_three_days_unless_it_was_practised() -> None:
    mistake = evidence_from_event("complaint", {"cause": "conduct"}, AT - timedelta(days=4), "c1")
    first = plan_for(earlier=mistake).items[0]
    assert first.ref == "angry_refusal"
    assert first.why[0] == Why("returning", {"skill": first.skill, "date": "2026-11-20", "days": 3})
    done = Practised("angry_refusal", ("communication.anger", "communication.empathy"), AT - timedelta(hours=20))
    after = plan_for(earlier=mistake, practised=(done,))
    assert not any(
        reason.key == "returning" and reason.facts["skill"] == first.skill
        for item in after.items
        for reason in item.why
    )


def test_a_mistake_of_long_ago_is_left_to_the_estimate() -> None:
    old = evidence_from_event("complaint", {"cause": "conduct"}, AT - timedelta(days=60), "c1")
    assert not any(reason.key == "returning" for item in plan_for(earlier=old).items for reason in item.why)


def test_cards_fill_what_is_left_and_are_told_by_their_skill() -> None:
    cards = tuple(DueCard(f"k{n}", "law.frequency", AT, 0.6) for n in range(50))
    plan = plan_for(cards=cards, minutes=15)
    (item,) = [one for one in plan.items if one.kind is ItemKind.CARDS]
    assert (item.ref, item.skill) == ("cards", "law.frequency")
    assert plan.minutes == 15
    assert len(item.card_ids) == 2 * item.minutes
    assert any(one.kind is not ItemKind.CARDS for one in plan.items)
    assert "chance of recall 60 %" in item.why_sentence("en")


def test_cards_make_one_mixed_pile_that_leaves_room_for_a_conversation() -> None:
    cards = tuple(DueCard(f"k{n}", key, AT, None) for n in range(8) for key in ("law.frequency", "law.limitation"))
    plan = plan_for(cards=cards, minutes=15)
    (pile,) = [one for one in plan.items if one.kind is ItemKind.CARDS]
    assert {card.skill for card in cards if card.id in pile.card_ids} == {"law.frequency", "law.limitation"}
    assert any(one.kind is ItemKind.ROLE_PLAY for one in plan.items)


def test_cards_of_what_went_wrong_come_first_and_say_why() -> None:
    cards = tuple(DueCard(key, key, AT, 0.8) for key in ("law.frequency", "law.limitation", "law.disputes"))
    plan = plan_for(yesterday("refused_permit", rule_kind="limitation"), cards=cards, minutes=10)
    (pile,) = [one for one in plan.items if one.kind is ItemKind.CARDS]
    assert pile.card_ids[0] == "law.limitation"
    assert pile.why[0].key == "event:refused_permit"
    assert "昨天有 1 次联系因“诉讼时效”被拦下" in pile.why_sentence("zh")


def test_only_cards_fit_into_three_minutes() -> None:
    cards = tuple(DueCard(f"k{n}", "law.frequency", AT, 0.6) for n in range(50))
    plan = plan_for(cards=cards, minutes=3)
    assert [one.kind for one in plan.items] == [ItemKind.CARDS]
    assert len(plan.items[0].card_ids) == 6


def test_what_was_practised_an_hour_ago_gives_way_to_something_else() -> None:
    fresh = plan_for().items[0]
    done = Practised(fresh.ref, (fresh.skill,), AT - timedelta(hours=1))
    assert plan_for(practised=(done,)).items[0].ref != fresh.ref


def test_no_minutes_give_an_empty_plan_and_negative_ones_are_an_error() -> None:
    assert plan_for(minutes=0) == DailyPlan((), 0)
    with pytest.raises(ValueError, match="negative"):
        plan_for(minutes=-1)


def test_every_reason_reads_in_both_languages() -> None:
    data = read_data("plan.yaml")
    facts: dict[str, str | int] = {
        "skill": "law.frequency", "count": 2, "date": "2026-11-20", "days": 3, "percent": 40, "low": 20, "high": 60, "n": 5, "when": "2026-11-20",
    }  # fmt: skip
    for key in [*data["reasons"], *(f"event:{event}" for event in data["events"]), "event:handover"]:
        english, chinese = Why(key, facts).sentence("en"), Why(key, facts).sentence("zh")
        assert english.isascii() or "“" in english or "–" in english
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
        assert "{" not in english + chinese
        assert not {",", ";", "("} & set(chinese)


observations = st.lists(
    st.builds(
        Evidence,
        skill=st.sampled_from([one.key for one in skills()]),
        kind=st.sampled_from(EvidenceKind),
        outcome=st.floats(0, 1),
        weight=st.floats(0.1, 3),
        at=st.timedeltas(timedelta(days=-40), timedelta(0)).map(lambda gap: AT + gap),
        source_id=st.text("abcdef", min_size=1, max_size=4),
    ),
    max_size=20,
)
due_cards = st.lists(
    st.builds(
        DueCard,
        id=st.integers(0, 999).map(str),
        skill=st.sampled_from([one.key for one in skills()]),
        due_at=st.just(AT),
        retrievability=st.none() | st.floats(0, 1),
    ),
    unique_by=lambda one: one.id,
    max_size=30,
)


@given(observations, observations, due_cards, st.integers(0, 90), st.randoms(use_true_random=False))
def test_every_plan_fits_repeats_nothing_and_gives_a_reason(
    today: list[Evidence], earlier: list[Evidence], cards: list[DueCard], minutes: int, chance: random.Random
) -> None:
    plan = plan_for(tuple(today), earlier=tuple(earlier), cards=tuple(cards), minutes=minutes)
    assert plan.minutes == sum(item.minutes for item in plan.items) <= minutes
    refs = [item.ref for item in plan.items]
    assert len(refs) == len(set(refs))
    for item in plan.items:
        assert item.why
        assert item.why_sentence("en").endswith(".")
        assert item.why_sentence("zh").endswith("。")
        assert bool(item.card_ids) == (item.kind is ItemKind.CARDS)
    for found in (today, earlier, cards):
        chance.shuffle(found)
    assert plan_for(tuple(today), earlier=tuple(earlier), cards=tuple(cards), minutes=minutes) == plan
