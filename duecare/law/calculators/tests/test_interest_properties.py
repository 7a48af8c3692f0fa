"""What holds for any principal, rate and time: more days bear more, halves add up, a payment lowers what is owed, the lines are the sum."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.law.calculators.claims import Claim, Payment
from duecare.law.calculators.daycount import DayCount
from duecare.law.calculators.interest import interest
from duecare.law.calculators.money import quantise
from duecare.law.calculators.reading import laws

MANY = settings(max_examples=250, deadline=None)
CENT = Decimal("0.01")

any_law = st.sampled_from(laws("interest"))
any_day = st.dates(date(2021, 1, 1), date(2025, 6, 1))
any_days = st.integers(0, 900)
any_principal = st.decimals("1", "5000000", places=2)
any_rate = st.decimals("0", "60", places=3)
any_count = st.none() | st.sampled_from(list(DayCount))


def claim(law, principal, start, days, **more):
    more.setdefault("contract_on", date(2020, 9, 1))
    return Claim(law, principal, "CNY", start, start + timedelta(days=days), **more)


def raw(answer):
    return sum((line.figures["amount"] for line in answer.lines if line.key == "stretch"), Decimal(0))


@MANY
@given(any_law, any_principal, any_day, any_days, st.none() | any_rate, any_count, st.booleans())
def test_a_further_day_never_lowers_interest(law, principal, start, days, rate, day_count, consumer):
    shorter, longer = (
        interest(claim(law, principal, start, count, rate=rate, day_count=day_count, consumer=consumer))
        for count in (days, days + 1)
    )
    assert longer.interest >= shorter.interest


@MANY
@given(any_law, any_principal, any_day, st.integers(2, 900), any_rate, any_count, st.data())
def test_simple_interest_split_at_any_day_adds_up_again(law, principal, start, days, rate, day_count, data):
    cut = data.draw(st.integers(1, days - 1))
    middle = start + timedelta(days=cut)
    whole = interest(claim(law, principal, start, days, rate=rate, day_count=day_count))
    if any(line.key.startswith("total_") and line.key != "total_plain" for line in whole.lines):
        return  # a limit for everything together knows what was charged before
    parts = [
        interest(claim(law, principal, start, cut, rate=rate, day_count=day_count)),
        interest(claim(law, principal, middle, days - cut, rate=rate, day_count=day_count)),
    ]
    lines = sum(line.key == "stretch" for answer in (whole, *parts) for line in answer.lines)
    assert abs(raw(whole) - sum(raw(part) for part in parts)) <= Decimal("0.0000005") * lines


@MANY
@given(any_law, any_principal, any_day, any_days, st.none() | any_rate, st.data(), st.booleans())
def test_a_payment_lowers_what_is_owed_by_itself_at_least(law, principal, start, days, rate, data, consumer):
    on = start + timedelta(days=data.draw(st.integers(0, days)))
    amount = data.draw(st.decimals("0.01", str(principal), places=2))
    asked = {"rate": rate, "consumer": consumer}
    without = interest(claim(law, principal, start, days, **asked))
    with_it = interest(claim(law, principal, start, days, payments=(Payment(on, amount),), **asked))
    if not without.complete:
        return
    assert with_it.total <= without.total - amount + CENT
    assert with_it.interest <= without.interest + CENT


@MANY
@given(
    any_law,
    any_principal,
    any_day,
    any_days,
    st.none() | any_rate,
    st.lists(st.tuples(any_days, any_principal), max_size=4),
)
def test_the_sums_match_to_the_cent(law, principal, start, days, rate, paid):
    payments = tuple(Payment(start + timedelta(days=min(after, days)), amount) for after, amount in paid)
    answer = interest(claim(law, principal, start, days, rate=rate, payments=payments))
    settled = [line for line in answer.lines if line.key == "settled"]
    assert sum((line.facts["amount"] for line in settled), Decimal(0)) == answer.interest
    assert all(quantise(line.facts["sum"], "CNY") == line.facts["amount"] for line in settled)
    assert (
        answer.principal_left + answer.interest_left + answer.paid - answer.overpaid
        == answer.principal + answer.interest
    )
    entry = answer.compensation if answer.compensation_currency == "CNY" else None
    assert answer.total == answer.principal_left + answer.interest_left + (entry or 0)


@MANY
@given(any_law, any_principal, any_day, any_days, st.none() | any_rate, st.booleans())
def test_no_rate_goes_above_its_cap(law, principal, start, days, rate, consumer):
    answer = interest(claim(law, principal, start, days, rate=rate, consumer=consumer))
    for one in answer.rates:
        assert one["cap"] is None or Decimal(one["percent"]) <= Decimal(one["cap"])
        assert Decimal(one["percent"]) <= Decimal(one["nominal"])


@MANY
@given(any_law, any_principal, any_day, any_days, st.none() | any_rate, st.booleans())
def test_every_line_is_said_in_both_languages_with_all_its_facts(law, principal, start, days, rate, consumer):
    answer = interest(claim(law, principal, start, days, rate=rate, consumer=consumer))
    for line in (*answer.lines, *answer.remarks):
        for lang in ("en", "zh"):
            text = line.text(lang)
            assert text.strip()
            assert "{" not in text, text
            assert "None" not in text, text
