"""Every figure is defined once and carries what it was made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.insight.bilingual import read_data
from duecare.insight.metrics import METRICS, Period, Unit, figure

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def test_every_metric_is_explained_in_both_languages() -> None:
    for metric in METRICS.values():
        assert metric.definition("en") != metric.definition("zh")
        assert any("\u4e00" <= sign <= "\u9fff" for sign in metric.definition("zh"))


def test_the_metrics_the_trade_expects_are_defined() -> None:
    expected = {
        "attempts", "contacts", "contact_rate", "right_party_contact_rate", "promise_rate", "kept_rate", "kept_rate_money",
        "penetration", "intensity", "refusal_rate", "complaint_rate", "recovery_rate", "liquidation_rate",
        "collected_against_expected", "cure_rate", "roll_rate", "roll_rate_money", "cost_to_collect", "disclosure_completion",
    }  # fmt: skip
    assert expected <= set(METRICS)


def test_every_interval_method_is_told_in_both_languages() -> None:
    examples = [
        figure("attempts", 4, 1, NOVEMBER),
        figure("kept_rate", 0, 0, NOVEMBER),
        figure("kept_rate", 2, 3, NOVEMBER),
        figure("complaint_rate", 2, 300, NOVEMBER),
        figure("recovery_rate", Decimal("5"), Decimal("50"), NOVEMBER),
        figure("recovery_rate", 30, 60, NOVEMBER, pairs=[(Decimal(10), Decimal(20)), (Decimal(20), Decimal(40))]),
    ]
    methods = {one.interval_method for one in examples}
    assert methods | {"prediction"} == set(read_data("metrics.yaml")["interval_methods"])
    assert all(one.method("en") and one.method("zh") for one in examples)


def test_complaints_are_told_per_thousand_conversations() -> None:
    complaints = figure("complaint_rate", 3, 1200, NOVEMBER)
    assert complaints.value == pytest.approx(2.5)
    assert complaints.low == pytest.approx(0.6186721 / 1.2, abs=1e-6)
    assert complaints.high == pytest.approx(8.7672731 / 1.2, abs=1e-6)


def test_a_figure_without_anything_below_the_line_has_no_value() -> None:
    empty = figure("kept_rate", 0, 0, NOVEMBER)
    assert empty.value is None
    assert (empty.low, empty.high, empty.interval_method) == (None, None, "empty")


def test_money_over_money_without_accounts_says_that_it_has_no_interval() -> None:
    recovered = figure("recovery_rate", Decimal("120.50"), Decimal("1000"), NOVEMBER)
    assert recovered.value == pytest.approx(0.1205)
    assert recovered.interval_method == "unstated"


def test_amounts_of_accounts_must_sum_to_what_they_explain() -> None:
    with pytest.raises(ValueError, match="do not sum"):
        figure("recovery_rate", 30, 60, NOVEMBER, pairs=[(Decimal(10), Decimal(20))])


def test_a_part_larger_than_its_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="more than the whole"):
        figure("kept_rate", 3, 2, NOVEMBER)


def test_a_period_must_end_after_it_starts() -> None:
    with pytest.raises(ValueError, match="must end after"):
        Period(date(2026, 11, 2), date(2026, 11, 2))


@given(
    key=st.sampled_from([one.key for one in METRICS.values() if one.unit is Unit.SHARE]),
    parts=st.tuples(st.integers(0, 5000), st.integers(0, 5000)),
)
def test_the_interval_of_a_share_encloses_it_and_stays_within_bounds(key: str, parts: tuple[int, int]) -> None:
    above, rest = parts
    one = figure(key, above, above + rest, NOVEMBER)
    if above + rest == 0:
        assert one.value is None
    else:
        assert one.low is not None
        assert one.high is not None
        assert one.value is not None
        assert 0.0 <= one.low <= one.value + 1e-12
        assert one.value - 1e-12 <= one.high <= 1.0


@given(events=st.integers(0, 20_000), exposure=st.integers(1, 100_000))
def test_the_interval_of_a_rate_encloses_it(events: int, exposure: int) -> None:
    one = figure("complaint_rate", events, exposure, NOVEMBER)
    assert one.low is not None
    assert one.high is not None
    assert one.value is not None
    assert 0.0 <= one.low <= one.value <= one.high
