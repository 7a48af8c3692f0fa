"""The list is one order, the same for everybody, and never offers what the law refuses."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecare.treatment.bilingual import Bilingual, read_data
from duecare.treatment.worklist import (
    AccountStatus,
    Ranked,
    Section,
    Verdict,
    WorkItem,
    WorklistPolicy,
    next_account,
    queue_levels,
    rank,
)

# 10:00 on a Monday in Shanghai, 02:00 in London.
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)

instants = st.timedeltas(timedelta(days=-10), timedelta(days=10)).map(lambda gap: AT + gap)
days = st.integers(-10, 10).map(lambda gap: TODAY + timedelta(days=gap))
items = st.builds(
    WorkItem,
    account_id=st.integers(0, 10**6).map(str),
    balance=st.decimals(0, 10**6, places=2),
    currency=st.sampled_from(["CNY", "USD", "EUR"]),
    days_past_due=st.integers(-30, 900),
    verdict=st.sampled_from(Verdict),
    status=st.sampled_from(AccountStatus),
    next_allowed_at=st.none() | st.timedeltas(timedelta(0), timedelta(days=10)).map(lambda gap: AT + gap),
    allowed_until=st.none() | instants,
    rule=st.none() | st.just(Bilingual("calls before 08:00", "八点前来电")),
    promise_due_on=st.none() | days,
    promise_broken_on=st.none() | days,
    promises_kept=st.integers(0, 3),
    promises_due=st.integers(3, 5),
    callback_at=st.none() | instants,
    last_attempt_at=st.none() | instants,
    last_conversation_at=st.none() | instants,
    attempts_7d=st.integers(0, 9),
    best_hours=st.none() | st.just((10, 11)),
    dispute_open=st.booleans(),
    expected_value=st.none() | st.decimals(0, 10**5, places=2),
    language=st.sampled_from(["en", "zh"]),
    time_zone=st.none() | st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York"]),
)
worklists = st.lists(items, unique_by=lambda one: one.account_id, max_size=25)


def an_account(account_id: str = "a", **facts: Any) -> WorkItem:
    given_facts: dict[str, Any] = {
        "balance": Decimal(1000),
        "currency": "CNY",
        "days_past_due": 45,
        "verdict": Verdict.ALLOW,
        "time_zone": "Asia/Shanghai",
    }
    return WorkItem(account_id=account_id, **{**given_facts, **facts})


def the_row(**facts: Any) -> Ranked:
    (row,) = rank([an_account(**facts)], at=AT)
    return row


@given(worklists)
def test_every_account_has_exactly_one_place(found: list[WorkItem]) -> None:
    ranked = rank(found, at=AT)
    assert [row.place for row in ranked] == list(range(1, len(found) + 1))
    assert {row.account_id for row in ranked} == {one.account_id for one in found}


@given(worklists, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(found: list[WorkItem], chance: random.Random) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert rank(shuffled, at=AT) == rank(found, at=AT)


@given(worklists)
def test_what_the_law_refuses_is_never_offered_now(found: list[WorkItem]) -> None:
    for row in rank(found, at=AT):
        if row.section is Section.NOW:
            assert row.item.verdict is Verdict.ALLOW
            assert row.item.status is AccountStatus.OPEN
            assert not row.item.dispute_open


@given(worklists)
def test_a_later_row_opens_when_law_and_agreement_both_allow(found: list[WorkItem]) -> None:
    for row in rank(found, at=AT):
        if row.section is Section.LATER:
            assert row.next_at is not None
            if row.item.verdict is not Verdict.ALLOW:
                assert row.item.next_allowed_at is not None
                assert row.next_at >= row.item.next_allowed_at
        elif row.section is Section.BLOCKED:
            assert row.next_at is None
        else:
            assert row.next_at == AT


@given(worklists)
def test_within_a_section_of_now_levels_then_scores_decide(found: list[WorkItem]) -> None:
    keys = [(row.level.code, -row.score) for row in rank(found, at=AT) if row.section is Section.NOW]
    assert keys == sorted(keys)


@given(worklists)
def test_every_row_says_why_in_both_languages(found: list[WorkItem]) -> None:
    for row in rank(found, at=AT):
        assert 0.0 <= row.score <= 1.0
        english, chinese = row.why("en"), row.why("zh")
        assert english
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in english)
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
        assert "{" not in english + chinese


@given(worklists)
def test_removing_an_account_of_another_currency_changes_no_order(found: list[WorkItem]) -> None:
    chinese = [one for one in found if one.currency == "CNY"]
    whole = [row.account_id for row in rank(found, at=AT) if row.item.currency == "CNY"]
    assert whole == [row.account_id for row in rank(chinese, at=AT)]


@pytest.mark.parametrize(
    ("facts", "level", "section"),
    [
        ({"callback_at": AT - timedelta(minutes=5)}, "000", Section.NOW),
        ({"callback_at": AT + timedelta(hours=3)}, "800", Section.LATER),
        ({"promise_broken_on": TODAY - timedelta(days=4)}, "010", Section.NOW),
        ({"promise_due_on": TODAY}, "020", Section.NOW),
        ({"promise_due_on": TODAY - timedelta(days=1)}, "030", Section.NOW),
        ({"promise_due_on": TODAY + timedelta(days=1)}, "820", Section.LATER),
        ({}, "100", Section.NOW),
        ({"last_attempt_at": AT - timedelta(days=2)}, "200", Section.NOW),
        ({"last_conversation_at": AT - timedelta(days=2)}, "300", Section.NOW),
        ({"dispute_open": True, "promise_due_on": TODAY}, "600", Section.BLOCKED),
        ({"verdict": Verdict.REVIEW}, "700", Section.BLOCKED),
        ({"status": AccountStatus.CLOSED}, "998", Section.BLOCKED),
        ({"status": AccountStatus.RETURNED}, "999", Section.BLOCKED),
        ({"verdict": Verdict.DENY, "callback_at": AT}, "000", Section.BLOCKED),
        ({"verdict": Verdict.DENY, "next_allowed_at": AT + timedelta(hours=6)}, "100", Section.LATER),
    ],
)
def test_the_level_follows_from_the_account(facts: dict[str, Any], level: str, section: Section) -> None:
    row = the_row(**facts)
    assert (row.level.code, row.section) == (level, section)


def test_the_reason_reads_as_on_the_screen() -> None:
    row = the_row(promise_due_on=TODAY, best_hours=(10, 11), promises_kept=2, promises_due=3)
    assert row.why("en") == "promise due today, best reached 10–11, kept 2 of 3 promises"
    assert row.why("zh") == "承诺今日到期，10–11 点最易接通，3 次承诺兑现 2 次"


def test_a_refusal_names_the_rule_and_the_debtors_own_time() -> None:
    row = the_row(
        verdict=Verdict.DENY,
        next_allowed_at=datetime(2026, 11, 24, 0, 0, tzinfo=UTC),
        rule=Bilingual("three conversations today already.", "今天已通话三次。"),
    )
    assert row.why("en") == "no contact before 24 Nov 08:00: three conversations today already, not contacted yet"
    assert row.why("zh") == "11月24日 08:00 之前不得联系：今天已通话三次，尚未联系过"


def test_today_is_the_debtors_day_and_not_the_offices() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already the 24th in Shanghai
    (row,) = rank([an_account(promise_due_on=date(2026, 11, 24))], at=late)
    assert row.level.key == "promise_due_today"


def test_the_best_hour_and_a_closing_window_come_first_within_a_level() -> None:
    plain, best, closing = (
        an_account("plain"),
        an_account("best", best_hours=(10, 11)),
        an_account("closing", allowed_until=AT + timedelta(minutes=20)),
    )
    assert [row.account_id for row in rank([plain, closing, best], at=AT)] == ["best", "closing", "plain"]


def test_the_next_account_is_the_first_that_may_be_worked() -> None:
    refused = an_account("refused", verdict=Verdict.DENY, callback_at=AT)
    free = an_account("free")
    chosen = next_account(rank([refused, free], at=AT))
    assert chosen is not None
    assert chosen.account_id == "free"
    assert next_account(rank([refused], at=AT)) is None


def test_an_account_twice_or_an_instant_without_offset_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        rank([an_account(), an_account()], at=AT)
    with pytest.raises(ValueError, match="offset"):
        rank([an_account()], at=AT.replace(tzinfo=None))


def test_weights_must_sum_to_one() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        WorklistPolicy(expected_value=0.9, best_hour=0.9, closing=0, untried=0, closing_minutes=60)


def test_every_level_has_a_sentence_and_codes_rise() -> None:
    sentences = read_data("worklist_reasons.yaml")["reasons"]
    assert set(queue_levels()) <= set(sentences)
    codes = [level.code for level in queue_levels().values()]
    assert codes == sorted(codes)


@pytest.mark.slow
def test_a_hundred_thousand_accounts_are_ranked_in_seconds() -> None:
    # The promise is 1.5 s on an idle core (bench/ prints it); four leave room for a busy test machine.
    chance = random.Random(3)
    found = [
        an_account(
            str(number),
            balance=Decimal(chance.randint(100, 10**6)) / 100,
            currency=chance.choice(["CNY", "USD"]),
            attempts_7d=chance.randint(0, 5),
            best_hours=chance.choice([None, (10, 11)]),
            promise_due_on=chance.choice([None, TODAY, TODAY + timedelta(days=3)]),
            time_zone=chance.choice(["Asia/Shanghai", "Europe/London"]),
        )
        for number in range(100_000)
    ]
    started = time.perf_counter()
    ranked = rank(found, at=AT)
    assert time.perf_counter() - started < 4.0
    assert len(ranked) == 100_000
