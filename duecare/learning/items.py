"""How hard is a question, and how well does it tell people apart? Item response theory for exams and quizzes.

The chance of a correct answer is guess + (1 − guess) / (1 + exp(−discrimination · (ability − difficulty))), Birnbaum's logistic model with a guessing
floor fixed by the kind of question (one in four for four choices). Ability is standard normal in the population that answered. Items are
calibrated by marginal maximum a posteriori (Bock and Aitkin 1981) on a grid of abilities; priors keep items with few answers
near an ordinary one: log-discrimination ~ N(0, 0.5²), difficulty ~ N(0, 1.5²).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]

_GRID: _Array = np.linspace(-4.0, 4.0, 41)
_WEIGHT: _Array = np.exp(-0.5 * _GRID**2) / np.exp(-0.5 * _GRID**2).sum()
_LOG_DISCRIMINATION_SD = 0.5
_DIFFICULTY_SD = 1.5
_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One question: difficulty and discrimination on the ability scale, the guessing floor, and how many answers they rest on."""

    id: str
    difficulty: float = 0.0
    discrimination: float = 1.0
    guess: float = 0.0
    answers: int = 0

    def __post_init__(self) -> None:
        if self.discrimination <= 0.0:
            raise ValueError(f"item {self.id}: discrimination {self.discrimination} is not positive")
        if not 0.0 <= self.guess < 1.0:
            raise ValueError(f"item {self.id}: a guessing floor lies between 0 and 1, not at {self.guess}")

    def chance(self, ability: float) -> float:
        """The chance of a correct answer at that ability."""
        return self.guess + (1.0 - self.guess) / (1.0 + math.exp(-self.discrimination * (ability - self.difficulty)))

    def information(self, ability: float) -> float:
        """Fisher information about ability: how much one answer tells (Birnbaum 1968)."""
        chance = self.chance(ability)
        above = (chance - self.guess) / (1.0 - self.guess)
        return self.discrimination**2 * above**2 * (1.0 - chance) / chance if chance > 0.0 else 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer to one item."""

    person: str
    item: str
    correct: bool


@dataclass(frozen=True, slots=True)
class Ability:
    """A person's ability: posterior mean and standard deviation on the standard normal scale, from so many answers."""

    mean: float
    deviation: float
    answers: int

    def chance_above(self, ability: float) -> float:
        """The chance that the true ability lies above that value, by the normal approximation."""
        return 0.5 * math.erfc((ability - self.mean) / (self.deviation * math.sqrt(2.0)))


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What a trainer looks at: share correct, and the correlation of the answer with the rest of the person's score.

    `rest_correlation` is None where it cannot be computed; below 0.1 with fifty answers or more the item deserves a look (`suspect`).
    """

    item: str
    answers: int
    share_correct: float
    rest_correlation: float | None

    @property
    def suspect(self) -> bool:
        """Whether better people do not answer it better, although enough have answered."""
        return self.answers >= 50 and self.rest_correlation is not None and self.rest_correlation < 0.1


def estimate_ability(answers: Sequence[Answer], items: Mapping[str, Item]) -> Ability:
    """The ability of the one person whose answers are given (expected a posteriori on a grid).

    Raises:
        KeyError: an answer to an unknown item.
        ValueError: the answers are of more than one person.
    """
    if len({one.person for one in answers}) > 1:
        raise ValueError("an ability is estimated from one person's answers")
    log_posterior = np.log(_WEIGHT)
    for one in answers:
        chance = _chances(items[one.item])
        log_posterior = log_posterior + np.log(chance if one.correct else 1.0 - chance)
    posterior = np.exp(log_posterior - log_posterior.max())
    posterior /= posterior.sum()
    mean = float(posterior @ _GRID)
    return Ability(mean=mean, deviation=math.sqrt(float(posterior @ (_GRID - mean) ** 2)), answers=len(answers))


def next_item(ability: Ability, items: Sequence[Item], *, asked: frozenset[str] = frozenset()) -> Item | None:
    """The item not yet asked that tells most at this ability; ties by id; None where all were asked."""
    left = [item for item in items if item.id not in asked]
    return min(left, key=lambda item: (-item.information(ability.mean), item.id), default=None)


def calibrate(answers: Sequence[Answer], items: Mapping[str, Item]) -> dict[str, Item]:
    """Difficulty and discrimination of every item that was answered, the guessing floors as given; other items are returned as they are.

    An item answered twice by one person counts twice.

    Raises:
        KeyError: an answer to an unknown item.
    """
    people = {name: place for place, name in enumerate(sorted({one.person for one in answers}))}
    places = {item_id: place for place, item_id in enumerate(sorted({one.item for one in answers}))}
    if not answers:
        return dict(items)
    person = np.array([people[one.person] for one in answers])
    item = np.array([places[one.item] for one in answers])
    correct = np.array([one.correct for one in answers], dtype=float)
    guess = np.array([items[item_id].guess for item_id in places])
    # Difficulty begins at the item's share of correct answers, discrimination at that of an ordinary item.
    count = np.bincount(item, minlength=len(places)).astype(float)
    share = (np.bincount(item, correct, len(places)) + 1.0) / (count + 2.0)
    difficulty, log_slope = -np.log(share / (1.0 - share)), np.zeros(len(places))
    for _ in range(_ROUNDS):
        chances = _grid_chances(difficulty, log_slope, guess)
        posterior = _posteriors(chances, person, item, correct, len(people))
        asked, right = np.zeros((len(places), len(_GRID))), np.zeros((len(places), len(_GRID)))
        np.add.at(asked, item, posterior[person])
        np.add.at(right, item, correct[:, None] * posterior[person])
        moved_difficulty, moved_slope = _maximise(difficulty, log_slope, guess, asked, right)
        moved = max(np.abs(moved_difficulty - difficulty).max(), np.abs(moved_slope - log_slope).max())
        difficulty, log_slope = moved_difficulty, moved_slope
        if moved < 1e-3:
            break
    found = dict(items)
    for item_id, place in places.items():
        found[item_id] = Item(
            id=item_id,
            difficulty=float(difficulty[place]),
            discrimination=float(np.exp(log_slope[place])),
            guess=items[item_id].guess,
            answers=int(count[place]),
        )
    return found


def item_statistics(answers: Sequence[Answer]) -> tuple[ItemStatistics, ...]:
    """Classical statistics of every item answered, by id."""
    by_person: dict[str, list[Answer]] = {}
    for one in answers:
        by_person.setdefault(one.person, []).append(one)
    seen: dict[str, list[tuple[float, float | None]]] = {}
    for given in by_person.values():
        total = sum(one.correct for one in given)
        for one in given:
            rest = (total - one.correct) / (len(given) - 1) if len(given) > 1 else None
            seen.setdefault(one.item, []).append((float(one.correct), rest))
    return tuple(
        ItemStatistics(
            item=item_id,
            answers=len(found),
            share_correct=sum(correct for correct, _ in found) / len(found),
            rest_correlation=_correlation([(correct, rest) for correct, rest in found if rest is not None]),
        )
        for item_id, found in sorted(seen.items())
    )


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < 3:
        return None
    first, second = np.array([one for one, _ in pairs]), np.array([two for _, two in pairs])
    if first.std() == 0.0 or second.std() == 0.0:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _chances(item: Item) -> _Array:
    difficulty, log_slope, guess = (
        np.array([value]) for value in (item.difficulty, math.log(item.discrimination), item.guess)
    )
    row: _Array = _grid_chances(difficulty, log_slope, guess)[0]
    return row


def _grid_chances(difficulty: _Array, log_slope: _Array, guess: _Array) -> _Array:
    """Chances of a correct answer, (items, grid), kept off 0 and 1 for the logarithm."""
    above = 1.0 / (1.0 + np.exp(-np.exp(log_slope)[:, None] * (_GRID[None, :] - difficulty[:, None])))
    chances: _Array = np.clip(guess[:, None] + (1.0 - guess[:, None]) * above, 1e-9, 1.0 - 1e-9)
    return chances


def _posteriors(
    chances: _Array, person: NDArray[np.int64], item: NDArray[np.int64], correct: _Array, people: int
) -> _Array:
    """Each person's distribution over the grid, (people, grid)."""
    told = np.where(correct[:, None] > 0, np.log(chances[item]), np.log1p(-chances[item]))
    total = np.tile(np.log(_WEIGHT), (people, 1))
    np.add.at(total, person, told)
    posterior: _Array = np.exp(total - total.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    return posterior


def _maximise(
    difficulty: _Array, log_slope: _Array, guess: _Array, asked: _Array, right: _Array
) -> tuple[_Array, _Array]:
    """A few guarded Fisher-scoring steps of all items at once on the expected counts."""
    for _ in range(3):
        slope = np.exp(log_slope)[:, None]
        distance = _GRID[None, :] - difficulty[:, None]
        above = 1.0 / (1.0 + np.exp(-slope * distance))
        floor = guess[:, None]
        chance = np.clip(floor + (1.0 - floor) * above, 1e-9, 1.0 - 1e-9)
        bend = (1.0 - floor) * above * (1.0 - above)  # of the chance, by the log-odds above the floor
        pull = (right - asked * chance) / (chance * (1.0 - chance)) * bend
        weight = asked * bend**2 / (chance * (1.0 - chance))
        by_difficulty, by_slope = -slope, slope * distance
        up_difficulty = (pull * by_difficulty).sum(axis=1) - difficulty / _DIFFICULTY_SD**2
        up_slope = (pull * by_slope).sum(axis=1) - log_slope / _LOG_DISCRIMINATION_SD**2
        a = (weight * by_difficulty**2).sum(axis=1) + 1.0 / _DIFFICULTY_SD**2
        b = (weight * by_difficulty * by_slope).sum(axis=1)
        c = (weight * by_slope**2).sum(axis=1) + 1.0 / _LOG_DISCRIMINATION_SD**2
        determinant = a * c - b**2
        step_difficulty = (c * up_difficulty - b * up_slope) / determinant
        step_slope = (a * up_slope - b * up_difficulty) / determinant
        difficulty = difficulty + np.clip(step_difficulty, -0.5, 0.5)
        log_slope = log_slope + np.clip(step_slope, -0.3, 0.3)
    return difficulty, log_slope
