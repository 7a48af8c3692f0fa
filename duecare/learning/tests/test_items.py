"""Items and abilities are recovered where the truth is known, and an exam asks what tells most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.learning.items import Ability, Answer, Item, calibrate, estimate_ability, item_statistics, next_item


def an_exam(people: int, *, seed: int, guess: float = 0.0) -> tuple[list[Answer], dict[str, Item], dict[str, float]]:
    """Answers of people with known ability to thirty items of known difficulty and discrimination."""
    draw = np.random.default_rng(seed)
    items = {
        f"i{n}": Item(f"i{n}", float(draw.normal(0, 1)), float(np.exp(draw.normal(0, 0.3))), guess) for n in range(30)
    }
    abilities = {f"p{n}": float(draw.normal()) for n in range(people)}
    answers = [
        Answer(person, item.id, bool(draw.random() < item.chance(ability)))
        for person, ability in abilities.items()
        for item in items.values()
    ]
    return answers, items, abilities


def uncalibrated(items: dict[str, Item]) -> dict[str, Item]:
    return {key: Item(key, guess=item.guess) for key, item in items.items()}


@pytest.mark.parametrize("guess", [0.0, 0.25])
def test_calibration_recovers_known_items(guess: float) -> None:
    answers, truth, _ = an_exam(600, seed=1, guess=guess)
    found = calibrate(answers, uncalibrated(truth))
    told = np.array([[found[key].difficulty, found[key].discrimination] for key in truth])
    known = np.array([[item.difficulty, item.discrimination] for item in truth.values()])
    assert np.corrcoef(told[:, 0], known[:, 0])[0, 1] > 0.95
    assert np.corrcoef(told[:, 1], known[:, 1])[0, 1] > (0.8 if guess == 0.0 else 0.5)
    assert np.abs(told[:, 0] - known[:, 0]).mean() < 0.3
    assert all(found[key].answers == 600 for key in truth)


def test_abilities_are_covered_as_often_as_stated() -> None:
    answers, items, abilities = an_exam(400, seed=2)
    covered = 0
    for person, ability in abilities.items():
        found = estimate_ability([one for one in answers if one.person == person], items)
        covered += abs(found.mean - ability) < 1.2816 * found.deviation
    assert 0.74 <= covered / 400 <= 0.86


def test_an_item_with_few_answers_stays_near_an_ordinary_one() -> None:
    found = calibrate([Answer("p", "i", True)], {"i": Item("i"), "other": Item("other", 0.7)})
    assert abs(found["i"].difficulty) < 0.8
    assert found["i"].discrimination == pytest.approx(1.0, abs=0.2)
    assert found["other"] == Item("other", 0.7)


def test_without_answers_ability_is_the_population() -> None:
    found = estimate_ability([], {})
    assert (found.mean, found.answers) == (pytest.approx(0.0, abs=1e-9), 0)
    assert found.deviation == pytest.approx(1.0, abs=0.01)
    assert found.chance_above(0.0) == pytest.approx(0.5, abs=1e-6)


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.3, 2.5), st.booleans()), max_size=12))
def test_a_right_answer_raises_and_a_wrong_one_lowers_ability(given_answers: list[tuple[float, float, bool]]) -> None:
    items = {f"i{n}": Item(f"i{n}", d, a) for n, (d, a, _) in enumerate(given_answers)} | {"next": Item("next")}
    answers = [Answer("p", f"i{n}", correct) for n, (_, _, correct) in enumerate(given_answers)]
    before = estimate_ability(answers, items).mean
    assert estimate_ability([*answers, Answer("p", "next", True)], items).mean > before
    assert estimate_ability([*answers, Answer("p", "next", False)], items).mean < before


def test_the_next_item_is_the_one_that_tells_most() -> None:
    items = [Item("easy", -2.0), Item("fitting", 0.9), Item("hard", 3.0), Item("blunt", 0.9, 0.4)]
    ability = Ability(1.0, 0.5, 10)
    chosen = next_item(ability, items)
    assert chosen is not None
    assert chosen.id == "fitting"
    assert next_item(ability, items, asked=frozenset(item.id for item in items)) is None


def test_choosing_items_measures_better_than_asking_them_in_order() -> None:
    draw = np.random.default_rng(4)
    items = {f"i{n:02}": Item(f"i{n:02}", float(d)) for n, d in enumerate(np.linspace(-3, 3, 60))}
    adaptive, in_order = [], []
    for _ in range(60):
        truth = float(draw.normal())
        answers: list[Answer] = []
        for _ in range(12):
            asked = frozenset(one.item for one in answers)
            item = next_item(estimate_ability(answers, items), list(items.values()), asked=asked)
            assert item is not None
            answers.append(Answer("p", item.id, bool(draw.random() < item.chance(truth))))
        adaptive.append(estimate_ability(answers, items).deviation)
        first = [Answer("p", key, bool(draw.random() < items[key].chance(truth))) for key in list(items)[:12]]
        in_order.append(estimate_ability(first, items).deviation)
    assert np.mean(adaptive) < 0.8 * np.mean(in_order)


def test_an_item_that_better_people_get_wrong_is_suspect() -> None:
    answers, _, abilities = an_exam(120, seed=5)
    wrong_key = [Answer(person, "keyed wrongly", ability < 0) for person, ability in abilities.items()]
    found = {one.item: one for one in item_statistics([*answers, *wrong_key])}
    assert found["keyed wrongly"].suspect
    assert sum(one.suspect for one in found.values()) <= 3
    assert 0.0 <= found["i3"].share_correct <= 1.0


def test_items_and_answers_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="not positive"):
        Item("i", discrimination=0.0)
    with pytest.raises(ValueError, match="guessing floor"):
        Item("i", guess=1.0)
    with pytest.raises(ValueError, match="one person"):
        estimate_ability([Answer("p", "i", True), Answer("q", "i", True)], {"i": Item("i")})
    with pytest.raises(KeyError):
        estimate_ability([Answer("p", "unknown", True)], {})
