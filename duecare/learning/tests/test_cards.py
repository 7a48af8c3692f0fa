"""Cards return later when known and sooner when not, and the same history gives the same calendar."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.learning import CardState, new_card, retrievability, review_card

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
histories = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 60 * 24 * 90)), max_size=15)


def after(history: list[tuple[int, int]]) -> tuple[CardState, datetime]:
    state, at = new_card(AT), AT
    for rating, minutes in history:
        at += timedelta(minutes=minutes)
        state, _ = review_card(state, rating, at)
    return state, at


@given(histories)
def test_a_state_survives_being_stored(history: list[tuple[int, int]]) -> None:
    state, _ = after(history)
    assert CardState.from_dict(json.loads(json.dumps(state.to_dict()))) == state


@given(histories)
def test_the_same_history_gives_the_same_calendar(history: list[tuple[int, int]]) -> None:
    assert after(history) == after(history)


@given(histories, st.integers(0, 60 * 24 * 30))
def test_a_better_answer_never_brings_the_card_back_sooner(history: list[tuple[int, int]], gap: int) -> None:
    state, at = after(history)
    at += timedelta(minutes=gap)
    due = [review_card(state, rating, at)[0].due_at for rating in (1, 2, 3, 4)]
    assert due == sorted(due)
    assert due[0] > at


@given(histories.filter(bool), st.integers(1, 300))
def test_memory_fades(history: list[tuple[int, int]], days: int) -> None:
    state, at = after(history)
    assert (
        0.0
        < retrievability(state, at + timedelta(days=days + 1))
        <= retrievability(state, at + timedelta(days=days))
        <= 1.0
    )


def test_a_new_card_is_due_at_once_and_not_yet_remembered() -> None:
    state = new_card(AT)
    assert state.due_at == AT
    assert retrievability(state, AT) == 0.0


def test_good_answers_stretch_the_interval_and_again_shortens_it() -> None:
    state, at, gaps = new_card(AT), AT, []
    for _ in range(5):
        state, _ = review_card(state, 3, at)
        gaps.append(state.due_at - at)
        at = state.due_at
    assert gaps == sorted(gaps)
    assert gaps[-1] > timedelta(days=20)
    forgotten, log = review_card(state, 1, at)
    assert forgotten.due_at - at < timedelta(hours=1)
    assert (forgotten.lapses, log.rating) == (1, 1)
    assert 0.85 < log.retrievability_before < 0.95


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    assert review_card(new_card(AT), 3, shanghai) == review_card(new_card(AT), 3, AT)


def test_impossible_reviews_are_refused() -> None:
    state, _ = review_card(new_card(AT), 3, AT)
    with pytest.raises(ValueError, match="1 to 4"):
        review_card(state, 0, AT)
    with pytest.raises(ValueError, match="lies before"):
        review_card(state, 3, AT - timedelta(days=1))
    with pytest.raises(ValueError, match="offset"):
        review_card(state, 3, AT.replace(tzinfo=None))
