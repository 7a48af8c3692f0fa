"""`duecare law` from the command line: what the rulebooks hold, and the calculators' workings in both languages and as JSON."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.cli import main
from duecare.law.calculators.claims import Claim
from duecare.law.calculators.daycount import DayCount
from duecare.law.calculators.interest import interest
from duecare.law.calculators.money import exponent
from duecare.ledger.interest import DayCount as LedgerDayCount
from duecare.ledger.interest import RatePeriod, accrue_simple_interest
from duecare.ledger.money import MINOR_UNITS
from duecare.ledger.money import exponent as ledger_exponent


def law(*arguments, code=0):
    result = CliRunner().invoke(main, ["law", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def answer(*arguments, code=0):
    return json.loads(law(*arguments, "--json", code=code))


INTEREST = ("interest", "--principal", "1000", "--currency", "EUR")


class TestRulebooks:
    def test_status_says_when_each_jurisdiction_was_last_checked(self):
        lines = law("status").splitlines()
        assert lines[1].split() == ["jurisdiction", "rules", "verified", "unverified", "examples", "last", "checked"]
        china = next(line.split() for line in lines if line.startswith("CN "))
        rules, verified, unverified, examples = (int(one) for one in china[1:5])
        assert rules == verified + unverified
        assert examples > 0
        assert china[5] == "never" or date.fromisoformat(china[5])
        assert lines[-1].startswith("all ")

    def test_show_gives_one_rule(self):
        said = law("show", "DE-LIMITATION")
        assert "BGB" in said
        assert "last checked: " in said
        assert "there is no rule NONE" in law("show", "NONE", code=1)


class TestLimitation:
    def test_a_working_reads_line_by_line_and_names_each_source(self):
        said = law(
            "limitation", "--law", "DE", "--due", "2022-02-10", "--event", "payment:2024-05-03", "--as-of", "2026-11-25"
        )
        lines = said.splitlines()
        assert lines[0] == "Limitation · Germany (DE) · contract · a consumer's debt"
        assert "2022-12-31  The year ends; time runs from here for 3 years.  → 2025-12-31" in lines
        assert "2024-05-03  A part payment: time starts anew for 3 years.  → 2027-05-03" in lines
        assert "            BGB § 212(1) no 1 [unverified]" in lines
        assert "days left: 159" in said

    def test_it_reads_in_chinese(self):
        said = law("limitation", "--law", "CN", "--due", "2022-03-15", "--as-of", "2026-11-23", "--lang", "zh")
        assert "2022-03-15  债务到期，时效自此起算，期间 3 年。  → 2025-03-15" in said
        assert "2025-03-15 为法定休息日，顺延至其后第一个工作日 2025-03-17。" in said
        assert "已核对原文" in said

    def test_as_json_it_names_the_end_the_last_day_and_each_step(self):
        found = answer("limitation", "--law", "CN", "--due", "2022-03-15", "--as-of", "2026-11-23")
        assert (found["ends"], found["last_day"], found["barred"], found["status"]) == (
            "2025-03-15", "2025-03-17", True, "expired",
        )  # fmt: skip
        assert [line["step"] for line in found["lines"]] == ["due_runs", "rest_day", "status_expired"]
        assert found["lines"][0]["status"] == "verified"

    def test_instalments_and_suspensions(self):
        found = answer(
            "limitation", "--law", "CN", "--instalment", "2021-03-15", "--instalment", "2024-03-15",
            "--suspended", "force_majeure=2026-10-01:2026-11-01", "--as-of", "2026-11-25",
        )  # fmt: skip
        assert (found["due"], found["ends"], found["instalments"]) == ("2024-03-15", "2027-05-01", [])
        found = answer("limitation", "--law", "GB", "--instalment", "2021-03-15", "--instalment", "2022-03-15")
        assert [one["ends"] for one in found["instalments"]] == ["2027-03-15", "2028-03-15"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--due", "2022-02-30"), "'--due': '2022-02-30' is no day; allowed: YYYY-MM-DD"),
            (("--event", "payment"), "'--event': 'payment' has no colon; allowed: KIND:DATE"),
            (("--event", "dance:2023-01-01"), "--event: 'dance' is no event; allowed: demand, "),
            (("--suspended", "2023-01-01"), "'--suspended': '2023-01-01' has no colon; allowed: [KIND=]FROM:[TO]"),
            (("--suspended", "dance=2023-01-01:2023-02-01"), "--suspended: 'dance' is no suspension; allowed: "),
            (("--kind", "dance"), "--kind: 'dance' is no kind of debt; allowed: contract, "),
            (("--law", "US"), "--law: in US each state or province has its own law; allowed: US-CA, "),
            (("--lang", "fr"), "'--lang'"),
        ],
    )
    def test_an_error_names_the_option_and_what_is_allowed(self, arguments, message):
        assert message in law("limitation", "--law", "CN", "--due", "2022-03-15", *arguments, code=2)


class TestInterest:
    def test_a_working_can_be_checked_by_hand(self):
        said = law(*INTEREST, "--law", "EU", "--business", "--from", "2026-02-01", "--to", "2026-06-01")
        assert "2.15 + 8 = 10.15% a year" in said
        assert "to 2026-06-01: 1000 × 10.15% × 120/365 = 33.369863" in said
        assert "rounded (halves to even) 33.37 EUR" in said
        assert "Owed: 1000 principal + 33.37 interest + 40 fixed sum = 1073.37 EUR." in said

    def test_it_reads_in_chinese(self):
        said = law(
            "interest", "--law", "CN", "--kind", "loan", "--principal", "100000", "--disbursed", "90000", "--currency", "CNY",
            "--from", "2024-11-01", "--to", "2025-11-01", "--contract-date", "2024-11-01", "--rate", "24%", "--lang", "zh",
        )  # fmt: skip
        assert "以实际出借的 90000 CNY 为本金，而非 100000" in said
        assert "上限为年利率 12.4%（3.1 × 4）；按 12.4% 计算，而非 24%" in said

    def test_as_json_amounts_stay_text(self):
        found = answer(*INTEREST, "--law", "DE", "--business", "--from", "2026-02-01", "--to", "2026-03-01")
        assert (found["rate_pct"], found["compensation"], found["interest"]) == ("10.27", "40.00", "7.88")

    def test_a_rate_that_is_not_held_is_said_and_sets_the_exit_status(self):
        asked = (*INTEREST, "--law", "DE", "--from", "2026-06-01", "--to", "2026-08-01")
        found = answer(*asked, code=3)
        assert found["complete"] is False
        assert found["missing"] == {
            "table": "DE-BASE", "on": "2026-07-01", "known_to": "2026-06-30", "counted_to": "2026-07-01",
        }  # fmt: skip
        assert "give it with --reference" in law(*asked, code=3)
        assert answer(*asked, "--reference", "2026-07-01:1.52")["complete"] is True

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--to", "2025-01-01"), "--to: 2025-01-01 lies before 2026-02-01 (--from)"),
            (("--payment", "100"), "'--payment': '100' has no colon; allowed: DATE:AMOUNT"),
            (("--payment", "2026-02-05:much"), "'--payment': 'much' is no number"),
            (("--payment", "2027-02-05:5"), "--payment: 2027-02-05 lies outside of the time asked about"),
            (("--day-count", "act/364"), "'--day-count'"),
            (
                ("--compound", "monthly"),
                "--compound: by statute DE counts it as 'none' (BGB §§ 248 and 289); allowed: none",
            ),
            (("--currency", "euro"), "--currency: 'euro' is no ISO 4217 code"),
            (("--principal", "NaN"), "'--principal': 'NaN' is no number"),
        ],
    )
    def test_an_error_names_the_option_and_what_is_allowed(self, arguments, message):
        asked = (*INTEREST, "--law", "DE", "--from", "2026-02-01", "--to", "2026-06-01", *arguments)
        assert message in law(*asked, code=2)


class TestCapAndRetention:
    def test_a_cap_is_told_with_its_verdict(self):
        assert answer("cap", "--law", "FR", "--fee", "25")["verdict"] == "denied"
        assert "25 may not be charged." in law("cap", "--law", "FR", "--fee", "25")

    def test_a_cap_on_a_rate_that_is_not_held_sets_the_exit_status(self):
        found = answer("cap", "--law", "CN", "--kind", "loan", "--rate", "24", "--as-of", "2026-11-25", code=3)
        assert found["verdict"] == "unknown"

    def test_how_long_records_are_kept(self):
        asked = (
            "retention",
            "--law",
            "US",
            "--recorded",
            "2026-02-10",
            "--last-activity",
            "2026-09-01",
            "--as-of",
            "2026-11-25",
        )
        assert {one["what"]: one["deletable_from"] for one in answer(*asked)["records"]} == {
            "recording": "2029-02-10", "records": "2029-09-01",
        }  # fmt: skip
        assert "may be deleted from 2029-02-10 on" in law(*asked)
        assert "--product: 'toys' is not known in CN" in law(
            "retention", "--law", "CN", "--product", "toys", "--recorded", "2024-01-01", code=2
        )


class TestAgreementWithTheLedger:
    def test_both_know_the_same_small_coins(self):
        for currency in (*MINOR_UNITS, "EUR", "CNY", "USD", "GBP", "MXN"):
            assert exponent(currency) == ledger_exponent(currency), currency

    @settings(max_examples=200, deadline=None)
    @given(
        st.decimals("1", "1000000", places=2),
        st.decimals("0", "15", places=3),
        st.dates(date(2021, 1, 1), date(2025, 1, 1)),
        st.integers(0, 1500),
        st.sampled_from(
            [
                (DayCount.ACT_365, LedgerDayCount.ACTUAL_365),
                (DayCount.ACT_360, LedgerDayCount.ACTUAL_360),
                (DayCount.ACT_ACT, LedgerDayCount.ACTUAL_ACTUAL),
            ]
        ),
    )
    def test_both_count_simple_interest_alike(self, principal, rate, start, days, count):
        end = start + timedelta(days=days)
        ours = interest(Claim("NL", principal, "EUR", start, end, rate=rate, day_count=count[0]))
        theirs = accrue_simple_interest(
            principal=principal,
            currency="EUR",
            rates=[RatePeriod(start, rate)],
            starts_on=start,
            ends_on=end,
            day_count=count[1],
        )
        stretches = [line.figures for line in ours.lines if line.key == "stretch"]
        assert [(one["from"], one["to"], one["days"], one["year"]) for one in stretches] == [
            (line.starts_on, line.ends_on, line.days, line.year_days) for line in theirs.lines
        ]
        raw = sum((line.amount for line in theirs.lines), Decimal(0))
        assert abs(sum((one["amount"] for one in stretches), Decimal(0)) - raw) <= Decimal("0.0000005") * max(
            len(stretches), 1
        )
