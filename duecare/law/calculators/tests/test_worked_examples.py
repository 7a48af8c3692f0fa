"""The figures of the research list's worked examples that the calculators can say, each under its own number."""

from datetime import date
from decimal import Decimal

from duecare.law.calculators.caps import Charge, caps
from duecare.law.calculators.claims import Claim
from duecare.law.calculators.retention import retention

from .asking import DAY, count, ends, limit


def cap(law, on="2026-11-23", charge=None, **more):
    claim = Claim(law, more.pop("principal", Decimal(0)), more.pop("currency", "XXX"), DAY(on), DAY(on), **more)
    return caps(claim, charge or Charge())


def test_cn_019_a_card_recording_may_be_deleted_after_two_years_a_finance_companys_after_five():
    answer = retention(
        "CN", asked=["credit_card", "consumer_finance_loan"], recorded=DAY("2024-06-01"), as_of=DAY("2026-11-23")
    )
    assert [one.deletable for one in answer.kept] == [True, False]
    assert [str(one.until) for one in answer.kept] == ["2026-06-01", "2029-06-01"]
    assert answer.longest == date(2029, 6, 1)


def test_cn_021_three_years_from_the_due_date():
    answer = limit("CN", "2022-03-15", as_of="2026-11-23")
    assert str(answer.ends) == "2025-03-15"
    assert answer.barred
    assert answer.outcome == "defence"


def test_cn_022_a_demand_restarts_time_in_china():
    assert ends("CN", "2022-03-15", "demand:2024-12-01") == "2027-12-01"
    assert not limit("CN", "2022-03-15", "demand:2024-12-01").barred


def test_cn_023_four_times_the_lpr_of_the_day_of_the_contract():
    answer = count("CN", "10000", "CNY", "2024-11-01", "2025-11-01", kind="loan", rate="24", contract_on="2024-11-01")
    assert answer.rate == Decimal("12.4")
    assert answer.capped
    assert answer.interest == Decimal("1240.00")
    (item,) = cap("CN", kind="loan", rate=Decimal(24), contract_on=DAY("2024-11-01")).items
    assert (item.verdict, item.figures["rate_pct"], item.figures["formula"]) == ("capped", "12.4", "3.1 × 4")


def test_cn_024_a_contract_before_2020_08_20_has_two_rates():
    answer = count(
        "CN", "100000", "CNY", "2020-01-01", "2021-01-01",
        kind="loan", rate="30", contract_on="2019-10-01", filed_on="2021-03-01",
    )  # fmt: skip
    assert [(one["from"], one["percent"]) for one in answer.rates] == [("2020-01-01", "24"), ("2020-08-20", "15.4")]


def test_cn_025_one_debt_in_instalments_has_one_time_from_the_last_of_them():
    assert ends("CN", "2022-03-15 2022-06-15 2023-03-15") == "2026-03-15"


def test_cn_026_a_written_promise_after_the_end_gives_the_defence_up_a_payment_does_not():
    promised = limit("CN", "2022-03-15", "promise:2026-05-01")
    assert (str(promised.ends), promised.revived, promised.barred) == ("2029-05-01", True, False)
    paid = limit("CN", "2022-03-15", "payment:2026-05-01")
    assert (str(paid.ends), paid.revived, paid.barred) == ("2025-03-15", False, True)


def test_cn_027_interest_taken_in_advance_is_no_principal():
    answer = count("CN", "100000", "CNY", "2025-01-01", "2025-07-01", kind="loan", rate="10", disbursed="90000")
    assert answer.principal == 90000


def test_uk_010_a_payment_before_the_end_restarts_one_after_it_revives_nothing():
    assert ends("GB", "2018-03-15", "payment:2023-01-02") == "2029-01-02"
    late = limit("GB", "2018-03-15", "payment:2024-06-01")
    assert (str(late.ends), late.barred) == ("2024-03-15", True)


def test_uk_011_the_late_payment_rate_is_fixed_when_the_debt_becomes_late():
    answer = count("GB", "10000", "GBP", "2025-06-01", "2026-06-01", consumer=False)
    assert answer.rate == Decimal("12.75")
    assert len(answer.rates) == 1
    assert answer.interest == Decimal("1275.00")
    assert count("GB", "10000", "GBP", "2026-02-01", "2026-03-01", consumer=False).rate == Decimal("11.75")


def test_uk_012_fixed_sums_at_the_edges_of_their_bands():
    sums = [
        count("GB", principal, "GBP", "2026-02-01", "2026-03-01", consumer=False).compensation
        for principal in ("999.99", "1000", "9999.99", "10000")
    ]
    assert sums == [40, 70, 70, 100]


def test_uk_013_no_statutory_interest_from_a_consumer():
    answer = count("GB", "1000", "GBP", "2026-02-01", "2026-03-01")
    assert not answer.allowed
    assert (answer.interest, answer.compensation, answer.rate) == (0, None, None)


def test_de_001_three_years_from_the_end_of_the_year():
    assert ends("DE", "2022-02-10") == "2025-12-31"
    assert ends("DE", "2022-02-10", "demand:2024-05-01") == "2025-12-31"
    assert ends("DE", "2022-02-10", "acknowledgement:2024-05-01") == "2027-05-01"


def test_de_002_five_points_above_the_base_rate_from_a_consumer():
    answer = count("DE", "1000", "EUR", "2026-02-01", "2026-03-01")
    assert answer.rate == Decimal("6.27")
    assert answer.compensation is None


def test_de_003_nine_points_and_forty_euros_between_businesses():
    answer = count("DE", "1000", "EUR", "2026-02-01", "2026-03-01", consumer=False)
    assert (answer.rate, answer.compensation) == (Decimal("10.27"), 40)


def test_eu_001_eight_points_above_the_ecbs_rate_and_forty_euros():
    answer = count("EU", "1000", "EUR", "2026-02-01", "2026-03-01", consumer=False)
    assert (answer.rate, answer.compensation) == (Decimal("10.15"), 40)


def test_fr_002_no_collection_fee_without_a_title():
    assert cap("FR", charge=Charge(fee=Decimal(25))).verdict == "denied"
    assert cap("FR", charge=Charge(fee=Decimal(25), title=True)).verdict == ""


def test_za_001_a_credit_debt_is_gone_after_three_years():
    answer = limit("ZA", "2022-05-01", as_of="2026-11-23")
    assert (str(answer.ends), answer.barred, answer.outcome) == ("2025-05-01", True, "extinguished")


def test_za_002_interest_and_fees_stop_at_the_balance_at_default():
    charge = Charge(next=Decimal(100), balance_at_default=Decimal(5000))
    assert cap("ZA", charge=charge, already=Decimal(5000)).verdict == "denied"
    assert cap("ZA", charge=charge, already=Decimal(4900)).verdict == "allowed"
    assert count("ZA", "5000", "ZAR", "2025-01-01", "2026-01-01", already="5000").interest == 0


def test_us_116_a_recording_three_years_from_the_call_the_rest_from_the_last_activity():
    answer = retention(
        "US", asked=[], recorded=DAY("2026-02-10"), last_activity=DAY("2026-09-01"), as_of=DAY("2026-11-23")
    )
    assert {one.term.what: str(one.until) for one in answer.kept} == {
        "recording": "2029-02-10",
        "records": "2029-09-01",
    }


def test_us_117_a_suit_may_not_be_threatened_once_the_time_is_up():
    answer = limit("US-NY", "2020-03-15", kind="card")
    assert answer.barred
    assert any("1006.26(b)" in line.source.text and line.source.seen for line in answer.remarks if line.source)
