"""Interest by hand: stretches, boundaries, payments, caps and rates that are not held."""

from decimal import Decimal

import pytest

from duecare.law.calculators.daycount import DayCount
from duecare.law.calculators.reading import OptionError

from .asking import DAY, count


def stretches(answer):
    return [line.figures for line in answer.lines if line.key == "stretch"]


def keys(answer):
    return [line.key for line in answer.lines]


class TestRates:
    def test_the_german_rate_moves_with_each_half_year(self):
        answer = count("DE", "1000", "EUR", "2025-05-01", "2026-02-01")
        assert [(one["from"], one["percent"]) for one in answer.rates] == [
            ("2025-05-01", "7.27"), ("2025-07-01", "6.27"), ("2026-01-01", "6.27"),
        ]  # fmt: skip
        assert [one["days"] for one in stretches(answer)] == [61, 184, 31]
        assert answer.interest == Decimal("49.08")

    def test_the_british_rate_stays_over_a_half_year_and_over_new_years_eve(self):
        answer = count("GB", "10000", "GBP", "2025-06-30", "2026-06-30", consumer=False)
        assert len(stretches(answer)) == 1
        assert answer.rate == Decimal("12.75")
        assert count("GB", "10000", "GBP", "2025-07-01", "2026-06-30", consumer=False).rate == Decimal("12.25")

    def test_the_south_african_rate_is_that_of_the_first_day(self):
        assert count("ZA", "1000", "ZAR", "2024-10-31", "2025-10-31", consumer=False).rate == Decimal("11.75")
        assert count("ZA", "1000", "ZAR", "2024-11-01", "2025-10-31", consumer=False).rate == Decimal("11.5")

    def test_france_asks_ten_points_between_businesses_and_the_legal_rate_of_a_consumer(self):
        assert count("FR", "1000", "EUR", "2026-02-01", "2026-03-01", consumer=False).rate == Decimal("12.15")
        assert count("FR", "1000", "EUR", "2026-02-01", "2026-03-01").rate == Decimal("2.62")

    def test_new_york_gives_two_per_cent_on_a_consumers_debt_since_2022(self):
        answer = count("US-NY", "1000", "USD", "2022-04-01", "2022-06-01")
        assert [one["percent"] for one in answer.rates] == ["9", "2"]
        assert count("US-NY", "1000", "USD", "2022-04-01", "2022-06-01", consumer=False).rates[0]["percent"] == "9"

    def test_a_chinese_sale_bears_the_lpr_and_thirty_per_cent_of_it(self):
        assert count("CN", "1000", "CNY", "2025-06-01", "2025-07-01", kind="sale").rate == Decimal("3.9")
        assert count("CN", "1000", "CNY", "2025-06-01", "2025-07-01", kind="loan").rate == Decimal("3")

    def test_a_base_rate_below_nought_lowers_the_rate(self):
        assert count("DE", "1000", "EUR", "2022-02-01", "2022-03-01").rate == Decimal("4.12")

    def test_the_rate_of_a_single_day_can_be_asked_for(self):
        answer = count("DE", "1000", "EUR", "2026-02-01", "2026-02-01")
        assert (answer.rate, answer.interest) == (Decimal("6.27"), 0)


class TestRatesThatAreNotHeld:
    def test_what_is_known_is_counted_and_the_rest_is_said_to_be_missing(self):
        answer = count("DE", "1000", "EUR", "2026-06-01", "2026-09-01")
        assert not answer.complete
        assert (answer.missing.table.id, str(answer.missing.on), str(answer.missing.counted_to)) == (
            "DE-BASE", "2026-07-01", "2026-07-01",
        )  # fmt: skip
        assert [one["days"] for one in stretches(answer)] == [30]
        assert "rate_unknown" in keys(answer)

    def test_a_stated_rate_closes_the_gap_and_says_that_it_was_stated(self):
        answer = count("DE", "1000", "EUR", "2026-06-01", "2026-09-01", references={"2026-07-01": "1.52"})
        assert answer.complete
        assert [one["percent"] for one in answer.rates] == ["6.27", "6.52"]
        assert any("stated by you" in line.text("en") for line in answer.lines)

    def test_a_cap_on_a_rate_that_is_not_held_counts_nothing(self):
        answer = count(
            "CN", "1000", "CNY", "2026-05-01", "2026-06-01", kind="loan", rate="24", contract_on="2026-04-01"
        )
        assert (answer.complete, answer.interest, answer.rate) == (False, 0, None)

    def test_before_a_table_begins_nothing_is_counted_either(self):
        assert not count("CN", "1000", "CNY", "2018-05-01", "2018-06-01", kind="loan").complete


class TestCaps:
    @pytest.mark.parametrize(
        ("principal", "overdue", "lender", "percent"),
        [
            ("99999", False, "private", "20"),
            ("100000", False, "private", "18"),
            ("999999", False, "private", "18"),
            ("1000000", False, "private", "15"),
            ("99999", True, "private", "29.2"),
            ("1000000", True, "private", "21.9"),
            ("1000000", True, "licensed", "20"),
        ],
    )
    def test_japans_bands(self, principal, overdue, lender, percent):
        answer = count(
            "JP", principal, "JPY", "2025-01-01", "2026-01-01", kind="loan", rate="50", overdue=overdue, lender=lender
        )
        assert answer.rate == Decimal(percent)
        assert answer.interest == answer.interest.to_integral_value()

    def test_taiwans_cap_on_cards_and_its_change_in_2021(self):
        assert count("TW", "1000", "TWD", "2025-01-01", "2025-02-01", kind="card", rate="20").rate == 15
        answer = count("TW", "1000", "TWD", "2021-07-01", "2021-08-01", rate="20")
        assert [(one["from"], one["percent"]) for one in answer.rates] == [("2021-07-01", "20"), ("2021-07-20", "16")]

    def test_koreas_cap_is_that_of_the_contract(self):
        for contract, percent in (("2021-07-07", 20), ("2021-07-06", 24), ("2018-02-07", 25)):
            assert (
                count("KR", "1000", "KRW", "2025-01-01", "2025-02-01", rate="30", contract_on=contract).rate == percent
            )

    def test_chinas_cap_does_not_bind_a_licensed_lender(self):
        asked = {"kind": "loan", "rate": "23", "contract_on": "2024-11-01"}
        assert count("CN", "1000", "CNY", "2024-11-01", "2024-12-01", **asked).rate == Decimal("12.4")
        assert count("CN", "1000", "CNY", "2024-11-01", "2024-12-01", lender="licensed", **asked).rate == 23

    def test_the_lpr_of_the_day_before_its_change_is_the_old_one(self):
        for contract, percent in (("2024-10-20", "13.4"), ("2024-10-21", "12.4")):
            answer = count(
                "CN", "1000", "CNY", "2024-11-01", "2024-12-01", kind="loan", rate="24", contract_on=contract
            )
            assert answer.rate == Decimal(percent)

    def test_the_day_of_the_contract_is_assumed_aloud(self):
        answer = count("CN", "1000", "CNY", "2024-11-01", "2024-12-01", kind="loan", rate="24")
        assert answer.assumed == ("contract_date",)
        assert "contract_assumed" in keys(answer)

    def test_a_contract_of_2020_08_20_is_a_new_one(self):
        answer = count(
            "CN", "1000", "CNY", "2020-08-20", "2020-09-20", kind="loan", rate="24", contract_on="2020-08-20"
        )
        assert answer.rate == Decimal("15.4")

    def test_interest_stops_in_south_africa_when_it_has_come_to_the_balance(self):
        answer = count("ZA", "5000", "ZAR", "2022-05-01", "2024-11-01", rate="80")
        assert answer.interest == 5000
        assert answer.capped
        assert "2023-08-01" in next(line.text("en") for line in answer.lines if line.key == "total_reached")

    def test_what_was_charged_before_takes_room_away(self):
        assert count("ZA", "5000", "ZAR", "2022-05-01", "2024-11-01", rate="80", already="4900").interest == 100

    def test_a_payday_loan_costs_at_most_itself_again_in_britain(self):
        answer = count("GB", "100", "GBP", "2025-01-01", "2026-01-01", kind="payday", rate="1000")
        assert answer.rate == 292
        assert answer.interest == 100

    def test_florida_and_texas_cap_what_private_lenders_ask(self):
        for law in ("US-FL", "US-TX"):
            assert count(law, "1000", "USD", "2025-01-01", "2026-01-01", kind="loan", rate="30").rate == 18


class TestDays:
    @pytest.mark.parametrize(
        ("day_count", "amount"),
        [("act/365", "100.27"), ("act/360", "101.67"), ("act/act", "100.00"), ("30e/360", "100.00")],
    )
    def test_a_leap_year_by_each_convention(self, day_count, amount):
        answer = count("DE", "1000", "EUR", "2024-01-01", "2025-01-01", rate="10", day_count=DayCount(day_count))
        assert answer.interest == Decimal(amount)

    def test_actual_actual_is_cut_at_the_new_year(self):
        answer = count("DE", "36600", "EUR", "2023-12-31", "2024-01-02", rate="10", day_count=DayCount.ACT_ACT)
        assert [(one["days"], one["year"]) for one in stretches(answer)] == [(1, 365), (1, 366)]

    def test_thirty_days_a_month_make_the_thirty_first_a_thirtieth(self):
        count_of = DayCount.THIRTY_E_360.days
        assert count_of(DAY("2025-01-31"), DAY("2025-02-28")) == 28
        assert count_of(DAY("2025-01-30"), DAY("2025-03-31")) == 60
        assert count_of(DAY("2025-02-28"), DAY("2025-03-01")) == 3


class TestPayments:
    def test_a_payment_goes_to_interest_first(self):
        answer = count("CN", "10000", "CNY", "2025-01-01", "2026-01-01", "2025-07-02:1000", kind="loan", rate="10")
        line = next(line for line in answer.lines if line.key == "payment")
        assert (line.figures["interest"], line.figures["rest"]) == (Decimal("498.63"), Decimal("501.37"))
        assert answer.principal_left == Decimal("9498.63")

    def test_a_german_consumer_credit_is_paid_off_before_its_interest(self):
        answer = count("DE", "10000", "EUR", "2025-01-01", "2026-01-01", "2025-07-02:1000", kind="loan")
        assert answer.principal_left == 9000
        assert next(line for line in answer.lines if line.key == "payment").figures["interest"] == 0

    def test_a_payment_on_the_first_and_on_the_last_day(self):
        answer = count(
            "CN", "10000", "CNY", "2025-01-01", "2026-01-01", "2025-01-01:1000 2026-01-01:500", kind="loan", rate="10"
        )
        assert answer.interest == 900
        assert (answer.interest_left, answer.principal_left) == (400, 9000)

    def test_what_is_paid_too_much_is_said(self):
        answer = count("CN", "1000", "CNY", "2025-01-01", "2026-01-01", "2025-07-02:2000", kind="loan", rate="10")
        assert answer.overpaid == Decimal("950.14")
        assert answer.total == 0

    def test_the_dutch_statute_adds_a_years_interest_to_the_principal(self):
        answer = count("NL", "1000", "EUR", "2020-01-01", "2022-01-01")
        assert answer.compound == "yearly"
        assert answer.interest == Decimal("40.45")

    def test_monthly_rests(self):
        answer = count("GB", "1000", "GBP", "2025-01-31", "2025-04-30", rate="12", compound="monthly")
        added = [str(line.on) for line in answer.lines if line.key == "capitalised"]
        assert added == ["2025-02-28", "2025-03-31"]


class TestMoney:
    def test_a_currency_without_small_coins_is_rounded_to_whole_ones(self):
        assert count("JP", "12345", "JPY", "2025-01-01", "2025-03-01").interest == Decimal("60")

    def test_halves_go_to_the_even_one(self):
        assert count("CN", "36.5", "CNY", "2025-01-01", "2025-02-20", kind="loan", rate="0.1").interest == Decimal(
            "0.00"
        )
        assert count("CN", "109.5", "CNY", "2025-01-01", "2025-02-20", kind="loan", rate="0.1").interest == Decimal(
            "0.02"
        )

    def test_the_lines_add_up_to_the_sum(self):
        answer = count("DE", "1234.56", "EUR", "2023-05-05", "2026-03-03", consumer=False)
        total = sum(one["amount"] for one in stretches(answer))
        settled = next(line for line in answer.lines if line.key == "settled")
        assert settled.facts["sum"] == total
        assert answer.interest == total.quantize(Decimal("0.01"))
        assert answer.total == answer.principal_left + answer.interest_left + 40

    @pytest.mark.parametrize(
        ("principal", "costs"),
        [
            ("100", "40"),
            ("266.66", "40"),
            ("2500", "375"),
            ("5000", "625"),
            ("10000", "875"),
            ("200000", "2775"),
            ("5000000", "6775"),
        ],
    )
    def test_the_dutch_scale_of_collection_costs(self, principal, costs):
        answer = count("NL", principal, "EUR", "2025-01-01", "2025-02-01", consumer=False)
        assert answer.compensation == Decimal(costs)
        assert count("NL", principal, "EUR", "2025-01-01", "2025-02-01").total < answer.total

    def test_a_fixed_sum_in_another_currency_is_told_but_not_added(self):
        answer = count("DE", "1000", "USD", "2026-01-01", "2026-01-01", consumer=False)
        assert (answer.compensation, answer.compensation_currency, answer.total) == (40, "EUR", 1000)


class TestWhatCannotBeAnswered:
    @pytest.mark.parametrize(
        ("option", "asked"),
        [
            ("--law", {"law": "XX"}),
            ("--law", {"law": "US"}),
            ("--currency", {"currency": "euro"}),
            ("--principal", {"principal": "-1"}),
            ("--principal", {"principal": "NaN"}),
            ("--to", {"end": "2020-01-01"}),
            ("--kind", {"kind": "whatever"}),
            ("--lender", {"lender": "whatever"}),
            ("--compound", {"compound": "daily"}),
            ("--compound", {"compound": "yearly"}),
            ("--compound", {"compound": "yearly", "rate": "5"}),
            ("--to", {"end": "9999-01-01"}),
            ("--rate", {"rate": "-5"}),
            ("--rate", {"law": "GB", "rate": "10000", "compound": "monthly", "end": "2099-01-01"}),
            ("--payment", {"paid": "2020-01-01:5"}),
            ("--payment", {"paid": "2025-02-01:-5"}),
            ("--contract-date", {"contract_on": "2025-02-02"}),
            ("--disbursed", {"disbursed": "900"}),
            ("--reference", {"references": {"2025-01-01": "999"}}),
        ],
    )
    def test_an_error_names_its_option_and_what_is_allowed(self, option, asked):
        asked = {
            "law": "DE",
            "principal": "1000",
            "currency": "EUR",
            "start": "2025-01-01",
            "end": "2025-03-01",
            **asked,
        }
        with pytest.raises(OptionError) as raised:
            count(**asked)
        assert raised.value.option == option

    def test_more_was_paid_out_than_the_principal(self):
        with pytest.raises(OptionError, match="--disbursed"):
            count("CN", "1000", "CNY", "2025-01-01", "2025-03-01", kind="loan", disbursed="1100")

    def test_a_province_is_under_the_federal_interest_act(self):
        assert count("CA-ON", "1000", "CAD", "2025-01-01", "2026-01-01").interest == 50
