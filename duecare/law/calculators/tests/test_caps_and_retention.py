"""The most that may be asked, and how long records stay."""

from decimal import Decimal

import pytest

from duecare.law.calculators.caps import Charge, caps
from duecare.law.calculators.claims import Claim
from duecare.law.calculators.reading import OptionError
from duecare.law.calculators.retention import products, retention

from .asking import DAY


def ask(law, on="2026-01-15", charge=None, **more):
    claim = Claim(law, Decimal(more.pop("principal", 0)), more.pop("currency", "XXX"), DAY(on), DAY(on), **more)
    return caps(claim, charge or Charge())


class TestCaps:
    def test_a_cap_is_stated_without_anything_to_judge(self):
        answer = ask("HK", kind="loan", contract_on=DAY("2025-01-01"))
        assert [(one.id, one.figures["max_pct"], one.verdict) for one in answer.items] == [("HK-MLO", "48", "")]

    def test_bands_are_told_where_no_principal_is_named(self):
        (item,) = ask("JP", kind="loan").items
        assert [band["max_pct"] for band in item.figures["bands"]] == ["20", "18", "15"]
        (item,) = ask("JP", kind="loan", principal=100000, currency="JPY").items
        assert item.figures["max_pct"] == "18"

    def test_a_cap_on_a_rate_that_is_not_held_is_unknown(self):
        answer = ask("CN", on="2026-11-25", kind="loan", rate=Decimal(12))
        assert answer.verdict == "unknown"
        stated = ask("CN", on="2026-11-25", kind="loan", rate=Decimal(12), references={DAY("2026-11-20"): Decimal(3)})
        assert stated.verdict == "allowed"

    def test_a_fee_over_its_limit_is_capped_and_one_that_is_banned_denied(self):
        assert ask("BR", principal=1000, currency="BRL", charge=Charge(fee=Decimal(25))).verdict == "capped"
        assert ask("BR", principal=1000, currency="BRL", charge=Charge(fee=Decimal(20))).verdict == "allowed"
        assert ask("FR", charge=Charge(fee=Decimal(1))).verdict == "denied"

    def test_the_fixed_sum_of_late_payment_is_among_the_caps(self):
        assert [one.figures["amount"] for one in ask("DE", consumer=False).items if one.what == "compensation"] == [40]
        assert not [one for one in ask("DE").items if one.what == "compensation"]

    def test_a_law_without_a_cap_says_so(self):
        answer = ask("SG")
        assert answer.items == ()
        assert [line.key for line in answer.lines] == ["cap_none"]

    def test_an_error_names_its_option(self):
        with pytest.raises(OptionError, match="--fee"):
            ask("FR", charge=Charge(fee=Decimal(-1)))


class TestRetention:
    def test_a_city_is_under_the_federal_rule_and_its_own(self):
        answer = retention("US-NY-NYC", asked=[], recorded=DAY("2026-09-10"), as_of=DAY("2026-11-25"))
        assert {one.term.id for one in answer.kept} == {"US-REGF-RECORDS-CALL", "US-REGF-RECORDS", "US-NYC-RECORDS"}

    def test_a_rule_that_is_not_in_force_yet_binds_nobody(self):
        answer = retention("US-NY-NYC", asked=[], recorded=DAY("2026-03-10"), as_of=DAY("2026-08-31"))
        assert "US-NYC-RECORDS" not in {one.term.id for one in answer.kept}

    def test_without_the_last_activity_nothing_may_be_deleted(self):
        answer = retention("US", asked=[], recorded=DAY("2020-02-10"), as_of=DAY("2026-11-25"))
        assert {one.term.what: one.deletable for one in answer.kept} == {"recording": True, "records": False}
        assert answer.longest is None

    def test_the_first_day_on_which_it_may_be_deleted(self):
        for as_of, deletable in (("2026-05-31", False), ("2026-06-01", True)):
            (one,) = retention("CN", asked=["card"], recorded=DAY("2024-06-01"), as_of=DAY(as_of)).kept
            assert one.deletable is deletable

    def test_a_leap_day(self):
        (one,) = retention("CN", asked=["card"], recorded=DAY("2024-02-29"), as_of=DAY("2026-11-25")).kept
        assert str(one.until) == "2026-02-28"

    def test_a_law_without_a_term_says_so(self):
        answer = retention("DE", asked=["card"], recorded=DAY("2024-02-29"), as_of=DAY("2026-11-25"))
        assert [line.key for line in answer.lines] == ["keep_none"]

    def test_errors_name_their_option(self):
        with pytest.raises(OptionError, match=r"--product: 'toys' is not known in CN; allowed: .*card"):
            retention("CN", asked=["toys"], recorded=DAY("2024-01-01"), as_of=DAY("2026-11-25"))
        with pytest.raises(OptionError, match="--recorded"):
            retention("CN", asked=[], recorded=DAY("2027-01-01"), as_of=DAY("2026-11-25"))
        with pytest.raises(OptionError, match="--law"):
            retention("../etc", asked=[], recorded=DAY("2024-01-01"), as_of=DAY("2026-11-25"))

    def test_products_are_those_that_the_terms_name(self):
        assert "consumer_finance" in products("CN")
        assert products("US") == ()
