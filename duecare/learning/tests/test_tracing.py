"""The tracer looks only backwards, scores honestly, and foretells better than its baselines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.learning.tracing import Learner, read_learners, trace
from duecare.learning.tracing.features import FEATURES, history_features, skill_index, skill_priors
from duecare.learning.tracing.scores import score

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "knowledge-tracing"

learner = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=12).map(
    lambda pairs: Learner(tuple(skill for skill, _ in pairs), tuple(answer for _, answer in pairs))
)


def simulated(count: int, *, seed: int) -> tuple[Learner, ...]:
    """Learners with an ability of their own who get better at a skill by practising it; the truth is known to be learnable."""
    draw = np.random.default_rng(seed)
    difficulty = np.linspace(-1.5, 1.5, 8)
    found = []
    for _ in range(count):
        ability, practised = draw.normal(), np.zeros(8)
        skills, answers = [], []
        for _ in range(int(draw.integers(10, 40))):
            skill = int(draw.integers(8))
            chance = 1.0 / (1.0 + np.exp(-(ability - difficulty[skill] + 0.3 * practised[skill])))
            skills.append(f"s{skill}")
            answers.append(bool(draw.random() < chance))
            practised[skill] += 1
        found.append(Learner(tuple(skills), tuple(answers)))
    return tuple(found)


def written(path: Path, learners: tuple[Learner, ...]) -> Path:
    lines = []
    for one in learners:
        lines += [str(len(one.skills)), ",".join(one.skills), ",".join(str(int(answer)) for answer in one.correct)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    learners = simulated(5, seed=1)
    assert read_learners(written(tmp_path / "a.csv", learners)) == learners


def test_a_comma_at_the_end_and_blank_lines_at_the_end_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("2\r\n7,8,\r\n1,0,\r\n\r\n", encoding="utf-8")
    assert read_learners(path) == (Learner(("7", "8"), (True, False)),)


def test_a_learner_without_responses_may_stand_last(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1\n7\n1\n0\n\n\n", encoding="utf-8")
    assert read_learners(path) == (Learner(("7",), (True,)), Learner((), ()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("2\n7,8\n", "breaks off"),
        ("3\n7,8\n1,0\n", "line 1: 3 responses are announced, but 2 skills"),
        ("2\n7,8\n1,2\n", r"line 3: an answer is 0 or 1, found \['2'\]"),
        ("two\n7,8\n1,0\n", "line 1: the number of responses was expected"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_learners(path)


@given(learner, st.data())
def test_no_row_knows_its_own_answer_or_a_later_one(one: Learner, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, len(one.skills) - 1))
    changed = Learner(one.skills, tuple(not a if place >= step else a for place, a in enumerate(one.correct)))
    index = {"a": 1, "b": 2, "c": 3}
    priors = np.zeros(4, dtype=np.float32)
    before, after = (history_features([who], index, priors) for who in (one, changed))
    assert np.array_equal(before.features[: step + 1], after.features[: step + 1])
    assert np.array_equal(before.elo[: step + 1], after.elo[: step + 1])
    assert np.array_equal(before.standing[: step + 1], after.standing[: step + 1])
    assert before.features.shape == (len(one.skills), len(FEATURES))


@given(st.lists(learner, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_a_learners_rows_do_not_depend_on_the_other_learners(found: list[Learner], chance: object) -> None:
    index, priors = {"a": 1, "b": 2, "c": 3}, np.array([0.0, 0.5, -0.5, 1.0], dtype=np.float32)
    together = history_features(found, index, priors)
    for place, one in enumerate(found):
        alone = history_features([one], index, priors)
        assert np.array_equal(together.features[together.learner == place], alone.features)


def test_skill_priors_are_shrunk_and_finite() -> None:
    found = [Learner(("a", "b", "b"), (True, True, True))]
    index = skill_index(found)
    priors = skill_priors(found, index)
    assert np.isfinite(priors).all()
    assert len(priors) == len(index) + 1


@settings(max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.3, 0.5, 0.9])), min_size=2, max_size=30))
def test_the_area_under_the_curve_is_the_share_of_pairs_in_order(pairs: list[tuple[bool, float]]) -> None:
    answers = np.array([float(answer) for answer, _ in pairs], dtype=np.float32)
    chance = np.array([told for _, told in pairs])
    if answers.min() == answers.max():
        with pytest.raises(ValueError, match="all of one kind"):
            score(answers, chance, np.arange(len(pairs)))
        return
    right, wrong = chance[answers == 1], chance[answers == 0]
    in_order = np.mean([[1.0 if r > w else 0.5 if r == w else 0.0 for w in wrong] for r in right])
    assert score(answers, chance, np.arange(len(pairs))).auc == pytest.approx(in_order)


def test_the_tracer_recovers_simulated_learners_better_than_elo_and_is_calibrated() -> None:
    report = trace(simulated(400, seed=2), simulated(200, seed=3))
    assert report.tracer.auc > report.elo.auc > 0.65
    assert report.elo.auc > report.skill_mean.auc
    assert report.tracer.auc_low < report.tracer.auc < report.tracer.auc_high
    assert report.tracer.log_loss < report.elo.log_loss
    assert report.tracer.calibration_error < 0.03


def test_what_is_known_of_one_skill_tells_of_another() -> None:
    draw = np.random.default_rng(11)

    def one() -> Learner:
        # Two subjects of ten questions each, asked in turn; an ability for each subject.
        ability = draw.normal(0, 1.5, 2)
        skills = [f"{'ab'[n % 2]}{n // 2}" for n in range(20)]
        return Learner(tuple(skills), tuple(bool(draw.random() < 1 / (1 + np.exp(-ability[n % 2]))) for n in range(20)))

    report = trace([one() for _ in range(600)], [one() for _ in range(300)])
    assert report.tracer.auc > report.elo.auc + 0.05


def test_the_same_files_give_the_same_report() -> None:
    train, test = simulated(40, seed=4), simulated(20, seed=5)
    assert trace(train, test) == trace(train, test)


def test_skills_never_seen_in_training_are_foretold_too() -> None:
    strange = tuple(Learner(("new", *one.skills), (True, *one.correct)) for one in simulated(20, seed=7))
    report = trace(simulated(40, seed=6), strange)
    assert report.skills_unseen == 1
    assert 0.5 < report.tracer.auc < 1.0


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one response"):
        trace([Learner((), ())], simulated(2, seed=1))


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason=f"the real responses are not beside the clone: {REAL}")
@pytest.mark.parametrize(("name", "least"), [("assist2009_updated", 0.815), ("assist2015", 0.728)])
def test_real_learners_are_foretold_better_than_the_plain_tracer_did(name: str, least: float) -> None:
    # A plain logistic tracer with recency reached 0.745 and 0.714, Elo 0.719 and 0.677 (issue 4).
    report = trace(read_learners(REAL / f"{name}_train.csv"), read_learners(REAL / f"{name}_test.csv"))
    assert report.tracer.auc > least
    assert report.tracer.calibration_error < 0.015
