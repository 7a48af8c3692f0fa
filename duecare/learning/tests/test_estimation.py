"""The estimate recovers learners whose skill is known, and forgets at the stated pace."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.learning import Evidence, EvidenceKind, estimate, skills
from duecare.learning.beta import beta_cdf, beta_quantile
from duecare.learning.estimation import decayed_weight, half_life_days

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
KEY = "law.frequency"


def observed(outcome: float, age_days: float, *, kind: EvidenceKind = EvidenceKind.EXAM, number: int = 0) -> Evidence:
    return Evidence(KEY, kind, outcome, 1.0, AT - timedelta(days=age_days), f"s{number}")


evidence = st.builds(
    Evidence,
    skill=st.sampled_from([one.key for one in skills()]),
    kind=st.sampled_from(EvidenceKind),
    outcome=st.floats(0, 1),
    weight=st.floats(0.1, 3),
    at=st.timedeltas(timedelta(days=-400), timedelta(days=5)).map(lambda gap: AT + gap),
    source_id=st.text("abc", max_size=3),
)


@pytest.mark.parametrize(
    ("probability", "a", "b", "quantile"),
    [(0.1, 1, 1, 0.1), (0.5, 2, 2, 0.5), (0.1, 0.5, 0.5, 0.0244717), (0.9, 20, 3, 0.9488259), (0.05, 1, 3, 0.0169524)],
)
def test_beta_quantiles_agree_with_known_values(probability: float, a: float, b: float, quantile: float) -> None:
    assert beta_quantile(probability, a, b) == pytest.approx(quantile, abs=1e-6)


@given(st.floats(0.05, 500), st.floats(0.05, 500), st.floats(0.01, 0.99))
def test_a_quantile_inverts_the_distribution(a: float, b: float, probability: float) -> None:
    found = beta_quantile(probability, a, b)
    if 1e-6 < found < 1 - 1e-6:
        assert beta_cdf(found, a, b) == pytest.approx(probability, abs=1e-3)


def test_without_evidence_every_skill_stands_at_the_prior() -> None:
    found = estimate([], AT)
    assert set(found) == {one.key for one in skills()}
    for one in found.values():
        assert (one.mean, one.n, one.effective_n, one.last_at) == (0.5, 0, 0.0, None)
        assert (one.low, one.high) == pytest.approx((0.1, 0.9), abs=1e-6)


@given(st.lists(evidence, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(found: list[Evidence], chance: random.Random) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert estimate(shuffled, AT) == estimate(found, AT)


@given(st.lists(evidence, max_size=30))
def test_the_interval_encloses_and_the_future_is_not_known(found: list[Evidence]) -> None:
    estimates = estimate(found, AT)
    for one in estimates.values():
        assert 0.0 <= one.low < one.high <= 1.0
        assert one.last_at is None or one.last_at <= AT
    assert sum(one.n for one in estimates.values()) == sum(1 for one in found if one.at <= AT)


@given(st.lists(evidence, max_size=10), st.floats(0, 300))
def test_a_success_never_lowers_and_a_failure_never_raises(found: list[Evidence], age: float) -> None:
    before = estimate(found, AT)[KEY].mean
    assert estimate([*found, observed(1.0, age)], AT)[KEY].mean >= before - 1e-12
    assert estimate([*found, observed(0.0, age)], AT)[KEY].mean <= before + 1e-12


def test_evidence_counts_half_after_its_half_life() -> None:
    for kind in EvidenceKind:
        assert decayed_weight(observed(1.0, half_life_days(kind), kind=kind), AT) == pytest.approx(0.5)


def test_without_news_the_estimate_drifts_back_to_the_prior_and_grows_unsure() -> None:
    trials = [observed(1.0, 0.0, number=number) for number in range(10)]
    fresh, old = estimate(trials, AT)[KEY], estimate(trials, AT + timedelta(days=365))[KEY]
    assert fresh.mean > 0.9
    assert 0.5 < old.mean < fresh.mean
    assert old.high - old.low > fresh.high - fresh.low


def test_simulated_learners_are_recovered() -> None:
    draw = np.random.default_rng(20261123)
    covered, errors, raw_errors = 0, [], []
    for _ in range(400):
        truth = draw.beta(1, 1)
        trials = [
            observed(float(draw.random() < truth), float(draw.uniform(0, 60)), number=number)
            for number in range(int(draw.integers(3, 25)))
        ]
        found = estimate(trials, AT)[KEY]
        covered += found.low <= truth <= found.high
        errors.append(abs(found.mean - truth))
        raw_errors.append(abs(float(np.mean([one.outcome for one in trials])) - truth))
    # An 80 % interval that discounts old evidence is a little wide for learners who do not change, never narrow.
    assert 0.78 <= covered / 400 <= 0.92
    assert np.mean(errors) < np.mean(raw_errors)


def test_a_learner_who_improves_is_followed_sooner_than_by_the_plain_share() -> None:
    draw = np.random.default_rng(5)
    nearer = 0
    for _ in range(200):
        trials = [
            observed(float(draw.random() < (0.2 if age > 60 else 0.9)), float(age), number=age, kind=EvidenceKind.CARD)
            for age in range(0, 180, 6)
        ]
        found = estimate(trials, AT)[KEY].mean
        plain = float(np.mean([one.outcome for one in trials]))
        nearer += abs(found - 0.9) < abs(plain - 0.9)
    assert nearer >= 195
