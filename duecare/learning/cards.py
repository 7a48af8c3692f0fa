"""When does a card come back? Memory scheduling by FSRS, with the instant passed in and no chance in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from fsrs import Card, Rating, Scheduler, State

# Fuzzing is off: it draws from the global random generator, and the same history must give the same calendar.
_SCHEDULER = Scheduler(enable_fuzzing=False)


@dataclass(frozen=True, slots=True)
class CardState:
    """What is remembered about one person's memory of one card; `to_dict` is what is stored.

    `stability` is in days, `difficulty` 1 to 10; both are None before the first answer. `lapses` counts answers of "again".
    """

    due_at: datetime
    phase: int
    step: int | None
    stability: float | None
    difficulty: float | None
    last_review_at: datetime | None
    reviews: int
    lapses: int

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary from which `from_dict` makes the same state again."""
        return {
            "due_at": self.due_at.isoformat(),
            "phase": self.phase,
            "step": self.step,
            "stability": self.stability,
            "difficulty": self.difficulty,
            "last_review_at": self.last_review_at.isoformat() if self.last_review_at else None,
            "reviews": self.reviews,
            "lapses": self.lapses,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> CardState:
        """Read what `to_dict` wrote.

        Raises:
            KeyError: a field is missing.
            ValueError: an instant cannot be read.
        """
        last_review_at = stored["last_review_at"]
        return cls(
            due_at=datetime.fromisoformat(stored["due_at"]),
            phase=int(stored["phase"]),
            step=stored["step"],
            stability=stored["stability"],
            difficulty=stored["difficulty"],
            last_review_at=datetime.fromisoformat(last_review_at) if last_review_at else None,
            reviews=int(stored["reviews"]),
            lapses=int(stored["lapses"]),
        )


@dataclass(frozen=True, slots=True)
class ReviewLog:
    """One answer: its rating, when it was given, the chance of recall just before, and when the card is due again."""

    rating: int
    reviewed_at: datetime
    retrievability_before: float
    due_at: datetime


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("the instant of a review needs a UTC offset")
    return at.astimezone(UTC)


def _card(state: CardState) -> Card:
    # card_id is given because the library would otherwise read the clock to make one; nothing here uses it.
    return Card(
        card_id=0,
        state=State(state.phase),
        step=state.step,
        stability=state.stability,
        difficulty=state.difficulty,
        due=state.due_at,
        last_review=state.last_review_at,
    )


def new_card(at: datetime) -> CardState:
    """The state of a card never seen, due at once."""
    return CardState(
        due_at=_utc(at),
        phase=int(State.Learning),
        step=0,
        stability=None,
        difficulty=None,
        last_review_at=None,
        reviews=0,
        lapses=0,
    )


def review_card(state: CardState, rating: int, at: datetime) -> tuple[CardState, ReviewLog]:
    """The state after an answer rated 1 (again), 2 (hard), 3 (good) or 4 (easy) at the instant `at`.

    Raises:
        ValueError: the rating is not one of the four, `at` has no offset, or `at` lies before the last answer.
    """
    if rating not in (1, 2, 3, 4):
        raise ValueError(f"a card is rated 1 to 4, not {rating}")
    at = _utc(at)
    if state.last_review_at is not None and at < state.last_review_at:
        raise ValueError(f"a review at {at.isoformat()} lies before the last one at {state.last_review_at.isoformat()}")
    before = retrievability(state, at)
    card, _ = _SCHEDULER.review_card(_card(state), Rating(rating), at)
    after = replace(
        state,
        due_at=card.due,
        phase=int(card.state),
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        last_review_at=at,
        reviews=state.reviews + 1,
        lapses=state.lapses + (rating == 1),
    )
    return after, ReviewLog(rating=rating, reviewed_at=at, retrievability_before=before, due_at=card.due)


def retrievability(state: CardState, at: datetime) -> float:
    """The chance that the card would be recalled at `at`: 0 for a card never answered.

    The library counts whole days since the last answer, so the chance is 1 within the first day.
    """
    return float(_SCHEDULER.get_card_retrievability(_card(state), _utc(at)))
