"""What a turn does, and the sums and days it names."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.speech import understand
from duecare.speech.amounts import chinese_number
from duecare.speech.understanding import acts_known

TAXONOMY = Path(__file__).resolve().parents[4] / "shared" / "speech" / "acts.yaml"


@pytest.mark.parametrize(
    ("text", "lang", "amounts"),
    [
        ("We could do 300 a month for 12 months, the first on 28 November.", "en", ["300"]),
        ("You owe 8,126.50 in all.", "en", ["8126.50"]),
        ("Every month three calls and 2 letters", "en", []),
        ("每月三百元，15号还第一期，共1.2万元", "zh", ["300", "12000"]),
        ("欠八千块，分12期", "zh", ["8000"]),
        ("一万二，先还五百吧", "zh", ["12000", "500"]),
    ],
)
def test_sums_are_told_from_days_instalments_and_counts(text, lang, amounts):
    assert understand(text, lang).amounts == tuple(Decimal(one) for one in amounts)


@pytest.mark.parametrize(
    ("text", "lang", "date"),
    [
        ("Shall we say the 15th?", "en", "the 15th"),
        ("By next Friday then.", "en", "next friday"),
        ("下个月15号", "zh", "下个月15号"),
        ("周五可以吗", "zh", "周五"),
    ],
)
def test_days_are_kept_as_they_were_said(text, lang, date):
    assert date in understand(text, lang).dates


@pytest.mark.parametrize(
    ("words", "value"),
    [("三百二十", 320), ("一千零五", 1005), ("三百五", 350), ("十五", 15), ("两万三", 23000), ("一万零五百", 10500)],
)
def test_chinese_numbers_are_read(words, value):
    assert chinese_number(words) == value


def test_pushing_on_is_unlawful_only_after_a_dispute_or_a_wish_to_be_left_alone():
    text = "I'll ask again: when will you pay?"
    assert not understand(text, "en").unlawful
    assert understand(text, "en", previous=("dispute_amount",)).does("x_ignore_dispute_cease")


@pytest.mark.skipif(not TAXONOMY.exists(), reason="the project's act taxonomy is not beside this clone")
@pytest.mark.parametrize(("speaker", "key"), [("collector", "collector_acts"), ("debtor", "debtor_acts")])
def test_most_examples_of_the_taxonomy_are_understood(speaker, key):
    entries = yaml.safe_load(TAXONOMY.read_text(encoding="utf-8"))[key]
    assert acts_known(speaker) == {entry["id"] for entry in entries}
    asked = hit = 0
    for entry in entries:
        # These hang on what was said before, or on whether it is true: one sentence alone cannot show it.
        if entry["id"] in (
            "x_disclose_before_verify",
            "x_false_status",
            "x_third_party_disclosure",
            "x_ignore_dispute_cease",
        ):
            continue
        for lang in ("en", "zh"):
            for text in entry[lang]:
                asked += 1
                hit += entry["id"] in understand(text, lang, speaker=speaker).names
    assert hit / asked >= 0.85, (hit, asked)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), st.sampled_from(["en", "zh"]), st.sampled_from(["collector", "debtor", "third_party"]))
def test_anything_can_be_understood(text, lang, speaker):
    found = understand(text, lang, speaker=speaker)
    assert all(0 < one.confidence <= 1 for one in found.acts)
    assert found.names <= acts_known(speaker)
    assert all(amount > 0 for amount in found.amounts)


@pytest.mark.parametrize("text", ["1" * 5000, "1," * 2500, "我" * 5000, "so you " * 800, "if you " * 800, "(" * 5000])
def test_a_long_senseless_text_is_read_in_a_moment(text):
    start = time.process_time()
    for lang in ("en", "zh"):
        understand(text, lang)
    assert time.process_time() - start < 2
