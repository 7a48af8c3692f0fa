"""Limitation where naive counting fails: each law's own way to begin, to break off, to stand still, to end and to rise again."""

import pytest

from duecare.law.calculators.limitation import Event, Suspension, limitation
from duecare.law.calculators.reading import OptionError

from .asking import DAY, TODAY, ends, limit


def steps(answer):
    return [line.key for line in answer.lines]


class TestHowItBegins:
    def test_a_leap_day_and_a_year_without_one_end_on_the_last_of_february(self):
        assert ends("CN", "2024-02-29") == "2027-02-28"
        assert ends("GB", "2020-02-29") == "2026-02-28"
        assert ends("TH", "2024-02-29", kind="contract") == "2034-02-28"

    def test_germany_counts_from_the_end_of_the_year_even_from_its_first_day(self):
        assert ends("DE", "2023-01-01") == "2026-12-31"
        assert ends("DE", "2022-12-31") == "2025-12-31"

    def test_a_later_knowledge_counts_only_where_the_law_says_so(self):
        assert ends("CN", "2020-03-15", known="2022-04-01") == "2025-04-01"
        assert ends("GB", "2020-03-15", known="2022-04-01") == "2026-03-15"

    def test_japan_takes_five_years_from_knowledge_but_ten_from_the_due_date_at_most(self):
        assert ends("JP", "2020-05-01", known="2021-06-01") == "2026-06-01"
        assert ends("JP", "2020-05-01", known="2026-06-01") == "2030-05-01"

    def test_a_german_consumer_loan_stands_still_for_up_to_ten_years(self):
        assert ends("DE", "2022-02-10", kind="loan") == "2035-02-10"
        assert ends("DE", "2022-02-10", kind="loan", consumer=False) == "2025-12-31"

    def test_instalments_have_one_time_in_china_and_each_its_own_in_england(self):
        dues = [DAY("2020-03-15"), DAY("2021-03-15")]
        assert len(limitation("CN", dues=dues, as_of=TODAY)) == 1
        assert [str(one.ends) for one in limitation("GB", dues=dues, as_of=TODAY)] == ["2026-03-15", "2027-03-15"]

    def test_each_kind_of_debt_has_its_own_period(self):
        assert ends("TH", "2022-03-15", kind="card") == "2024-03-15"
        assert ends("TW", "2022-03-15", kind="card") == "2037-03-15"
        assert ends("TW", "2022-03-15", kind="interest") == "2027-03-15"
        assert ends("GB", "2022-03-15", kind="mortgage") == "2034-03-15"
        assert ends("DK", "2022-03-15", kind="loan") == "2032-03-15"
        assert ends("FR", "2022-03-15") == "2024-03-15"
        assert ends("FR", "2022-03-15", consumer=False) == "2027-03-15"
        assert ends("AU-NT", "2022-03-15") == "2025-03-15"

    def test_the_kinds_of_a_contact_request_are_understood(self):
        assert ends("TH", "2022-03-15", kind="credit_card") == ends("TH", "2022-03-15", kind="card")
        assert limit("GB", "2022-03-15", kind="other").kind == "contract"

    def test_a_kind_that_a_law_does_not_name_is_a_contract_and_says_so(self):
        answer = limit("GB", "2022-03-15", kind="telecom")
        assert str(answer.ends) == "2028-03-15"
        assert "kind_as_contract" in steps(answer)

    def test_a_debt_that_is_not_due_yet_has_no_time_that_runs(self):
        assert limit("GB", "2027-03-15").status == "not_begun"


class TestWhatRestartsIt:
    def test_a_demand_restarts_time_in_china_spain_italy_and_the_netherlands(self):
        for law, expected in (("CN", "2027-06-01"), ("ES", "2029-06-01"), ("IT", "2034-06-01"), ("NL", "2029-06-01")):
            assert ends(law, "2022-03-15", "demand:2024-06-01") == expected

    def test_a_demand_changes_nothing_in_germany_france_england_or_new_york(self):
        for law in ("DE", "FR", "GB", "US-NY", "DK", "IN", "ZA"):
            assert ends(law, "2023-03-15", "demand:2024-06-01") == ends(law, "2023-03-15"), law

    def test_a_demand_in_taiwan_and_korea_counts_only_if_proceedings_follow_within_six_months(self):
        assert ends("KR", "2018-03-15", "demand:2022-06-01", kind="card") == "2023-03-15"
        assert limit("KR", "2018-03-15", "demand:2022-10-01 suit:2023-03-20", kind="card").status == "pending"
        late = limit("KR", "2018-03-15", "demand:2022-06-01 suit:2023-03-20", kind="card")
        assert late.barred
        assert "proceedings_late" in steps(late)
        assert "act_may_follow" in steps(limit("TW", "2025-03-15", "demand:2026-10-01", kind="sale"))
        assert ends("TW", "2025-03-15", "demand:2026-10-01", kind="sale") == "2027-03-15"

    def test_a_demand_in_japan_keeps_time_open_for_six_months_once(self):
        assert ends("JP", "2021-03-01", "demand:2026-02-20") == "2026-08-20"
        assert ends("JP", "2021-03-01", "demand:2026-02-20 demand:2026-08-01") == "2026-08-20"

    def test_germany_starts_anew_on_the_day_not_at_the_end_of_the_year(self):
        assert ends("DE", "2022-02-10", "payment:2024-05-03") == "2027-05-03"

    def test_an_act_before_time_has_begun_does_not_shorten_it(self):
        assert ends("DE", "2022-02-10", "payment:2022-06-01") == "2025-12-31"

    def test_brazil_lets_time_be_interrupted_once_only(self):
        assert ends("BR", "2021-03-15", "payment:2022-01-01") == "2027-01-01"
        assert ends("BR", "2021-03-15", "payment:2022-01-01 payment:2024-01-01") == "2027-01-01"

    def test_an_acknowledgement_by_word_of_mouth_counts_in_germany_and_not_in_england(self):
        assert ends("DE", "2022-02-10", "oral_acknowledgement:2024-05-03") == "2027-05-03"
        assert ends("GB", "2018-02-10", "oral_acknowledgement:2023-05-03") == "2024-02-10"

    def test_french_consumer_credit_is_stopped_by_proceedings_only(self):
        assert ends("FR", "2024-03-15", "payment:2025-01-01", kind="loan") == "2026-03-15"
        assert limit("FR", "2024-03-15", "suit:2025-01-01", kind="loan").status == "pending"

    def test_an_event_may_go_by_another_name(self):
        assert ends("CN", "2022-03-15", "partial_payment:2024-06-01") == ends("CN", "2022-03-15", "payment:2024-06-01")
        assert ends("CN", "2022-03-15", "oral-promise:2024-06-01") == "2027-06-01"

    def test_the_order_in_which_events_are_named_does_not_matter(self):
        told = [Event("payment", DAY("2023-01-02")), Event("demand", DAY("2022-05-05"))]
        one, other = (
            limitation("CN", dues=[DAY("2021-03-15")], as_of=TODAY, events=list_) for list_ in (told, told[::-1])
        )
        assert one == other


class TestProceedings:
    def test_a_german_payment_order_holds_time_until_six_months_after_it(self):
        assert ends("DE", "2022-02-10", "payment_order:2025-12-20 ended:2026-03-01") == "2026-09-13"

    def test_a_chinese_suit_starts_time_anew_from_its_end(self):
        assert ends("CN", "2022-03-15", "suit:2024-03-01 ended:2024-09-01") == "2027-09-01"
        assert limit("CN", "2022-03-15", "suit:2024-03-01").status == "pending"

    def test_a_withdrawn_suit_is_none_in_france_and_a_demand_in_china(self):
        assert ends("FR", "2024-03-15", "suit:2025-06-01 withdrawn:2025-09-01") == "2026-03-15"
        assert ends("CN", "2022-03-15", "suit:2024-03-01 withdrawn:2024-09-01") == "2027-03-01"

    def test_a_suit_withdrawn_in_korea_stays_an_interruption_if_brought_again_in_six_months(self):
        happened = "suit:2023-02-01 withdrawn:2023-05-01"
        assert ends("KR", "2018-06-01", happened, kind="card") == "2023-06-01"
        assert limit("KR", "2018-06-01", f"{happened} suit:2023-09-01", kind="card").status == "pending"

    def test_a_suit_in_england_is_in_time_by_itself_and_leaves_the_rest_as_it_was(self):
        answer = limit("GB", "2019-03-15", "suit:2025-03-01")
        assert (answer.status, str(answer.ends), answer.barred) == ("pending", "2025-03-15", False)
        assert limit("GB", "2019-03-15", "suit:2025-03-01 ended:2025-06-01").barred

    def test_a_suit_after_the_end_is_late(self):
        assert "proceedings_late" in steps(limit("CN", "2020-03-15", "suit:2024-03-01"))

    def test_a_judgment_has_a_time_of_its_own(self):
        assert ends("DE", "2022-02-10", "suit:2024-01-02 judgment:2024-10-01") == "2054-10-01"
        assert ends("CN", "2022-02-10", "suit:2024-01-02 judgment:2025-10-01") == "2027-10-01"
        assert ends("JP", "2022-02-10", "suit:2024-01-02 judgment:2024-10-01") == "2034-10-01"
        assert limit("CA-ON", "2022-02-10", "suit:2024-01-02 judgment:2024-10-01").status == "unlimited"

    def test_japan_waits_six_months_after_proceedings_without_judgment(self):
        assert ends("JP", "2021-03-01", "suit:2026-02-01 ended:2026-05-01") == "2026-11-01"


class TestWhatSuspendsIt:
    def test_china_counts_a_hindrance_only_in_the_last_six_months_and_then_gives_six_months(self):
        assert ends("CN", "2021-03-15", suspended="force_majeure:2022-01-01:2022-06-01") == "2024-03-15"
        assert ends("CN", "2021-03-15", suspended="force_majeure:2023-12-01:2024-02-01") == "2024-08-01"
        assert ends("CN", "2021-03-15", suspended="minority:2021-06-01:2024-01-10") == "2024-07-10"

    def test_negotiations_in_germany_stop_the_clock_and_leave_three_months_at_least(self):
        assert ends("DE", "2022-02-10", suspended="negotiations:2024-03-01:2024-03-31") == "2026-01-31"
        assert ends("DE", "2022-02-10", suspended="negotiations:2025-12-20:2026-01-10") == "2026-04-10"

    def test_negotiations_change_nothing_in_england_france_or_china(self):
        for law in ("GB", "FR", "CN"):
            plain = ends(law, "2022-03-15")
            assert ends(law, "2022-03-15", suspended="negotiations:2023-03-01:2023-06-01") == plain, law

    def test_force_majeure_in_germany_counts_in_the_last_six_months_only(self):
        assert ends("DE", "2022-02-10", suspended="force_majeure:2024-01-01:2024-02-01") == "2025-12-31"
        assert ends("DE", "2022-02-10", suspended="force_majeure:2025-12-01:2025-12-31") == "2026-01-31"

    def test_two_suspensions_that_overlap_are_not_counted_twice(self):
        one = ends("US-TX", "2021-03-15", suspended="military:2022-01-01:2022-03-31")
        assert one == "2025-06-13"
        both = "military:2022-01-01:2022-03-31 absence:2022-02-01:2022-03-31"
        assert ends("US-TX", "2021-03-15", suspended=both) == one

    def test_what_still_lasts_has_no_last_day(self):
        answer = limit("CN", "2023-12-15", suspended="force_majeure:2026-10-01:")
        assert (answer.status, answer.ends) == ("suspended", None)

    def test_a_suspension_after_the_end_is_too_late(self):
        assert "suspension_late" in steps(limit("CN", "2020-03-15", suspended="force_majeure:2024-01-01:2024-02-01"))

    def test_a_stretch_without_a_cause_is_taken_as_stated(self):
        answer = limit("GB", "2018-03-15", suspended="hindrance:2020-01-01:2020-01-31")
        assert str(answer.ends) == "2024-04-15"
        assert "suspension_asserted" in steps(answer)

    def test_the_pandemic_orders_are_counted_by_themselves(self):
        assert ends("IN", "2018-02-01") == "2023-01-18"
        assert ends("US-NY", "2018-03-15", consumer=False) == "2024-10-29"
        assert ends("ES", "2010-01-01") == "2020-12-28"

    def test_india_left_ninety_days_to_what_would_have_ended_meanwhile(self):
        assert ends("IN", "2017-03-20") == "2022-05-29"
        assert ends("IN", "2017-12-20") == "2022-12-06"


class TestHowItEnds:
    def test_a_day_of_rest_moves_the_last_day_but_not_the_end(self):
        answer = limit("CN", "2022-03-15")
        assert (str(answer.ends), str(answer.last_day)) == ("2025-03-15", "2025-03-17")
        answer = limit("DE", "2019-06-01")
        assert (str(answer.ends), str(answer.last_day)) == ("2022-12-31", "2023-01-02")

    def test_in_china_a_working_weekend_is_no_day_of_rest(self):
        answer = limit("CN", "2022-01-26")
        assert (str(answer.ends), str(answer.last_day)) == ("2025-01-26", "2025-01-26")

    def test_a_law_without_such_a_rule_keeps_its_end(self):
        answer = limit("FR", "2023-03-15")
        assert (str(answer.ends), str(answer.last_day)) == ("2025-03-15", "2025-03-15")
        assert answer.ends.weekday() == 5

    def test_the_twenty_years_of_china_move_by_nothing(self):
        happened = " ".join(f"demand:{year}-01-10" for year in range(2001, 2027, 2))
        answer = limit("CN", "2000-03-15", happened)
        assert str(answer.ends) == "2020-03-15"
        assert "long_stop" in steps(answer)

    def test_the_debt_is_gone_in_scotland_denmark_new_south_wales_and_south_africa(self):
        for law in ("GB-SCT", "DK", "AU-NSW", "ZA"):
            assert limit(law, "2022-03-15").outcome == "extinguished", law
        assert limit("US-CA", "2022-03-15").outcome == "no_suit"


class TestWhatRevivesIt:
    @pytest.mark.parametrize(
        ("law", "act", "revives"),
        [
            ("GB", "payment", False),
            ("GB", "acknowledgement", False),
            ("CN", "demand", False),
            ("CN", "payment", False),
            ("CN", "acknowledgement", False),
            ("CN", "promise", True),
            ("CN", "agreement", True),
            ("DE", "payment", False),
            ("DE", "acknowledgement", False),
            ("ZA", "acknowledgement", False),
            ("GB-SCT", "payment", False),
            ("US-NY", "payment", False),
            ("US-TX", "payment", False),
            ("US-CA", "payment", False),
            ("US-FL", "payment", False),
            ("US-FL", "acknowledgement", True),
            ("US-MA", "payment", True),
            ("IN", "acknowledgement", False),
            ("IN", "promise", True),
            ("JP", "acknowledgement", True),
            ("JP", "payment", False),
            ("KR", "payment", False),
            ("TW", "payment", False),
            ("TW", "agreement", True),
        ],
    )
    def test_what_an_act_after_the_end_does(self, law, act, revives):
        kind = "sale" if law == "TW" else "card"
        due = "2008-01-10" if law == "US-MA" else "2012-01-10"
        answer = limit(law, due, f"{act}:2026-05-01", kind=kind)
        assert answer.revived is revives
        assert answer.barred is not revives

    def test_thailand_gives_two_years_to_what_is_acknowledged_after_the_end(self):
        assert ends("TH", "2010-01-10", "acknowledgement:2026-05-01") == "2028-05-01"

    def test_a_payment_does_not_restart_consumer_credit_in_new_york_at_all(self):
        assert ends("US-NY", "2024-03-15", "payment:2025-01-02", kind="card") == "2027-03-15"
        assert ends("US-NY", "2024-03-15", "payment:2025-01-02", consumer=False) == "2031-01-02"


class TestChangesOfTheLaw:
    def test_chinas_two_years_became_three_for_what_still_ran(self):
        assert ends("CN", "2015-09-30") == "2017-09-30"
        assert ends("CN", "2015-10-01") == "2018-10-01"
        assert ends("CN", "2016-03-15") == "2019-03-15"

    def test_spains_fifteen_years_became_five_from_the_new_law(self):
        assert ends("ES", "2004-01-01") == "2019-01-01"
        assert ends("ES", "2016-01-01") == "2021-03-24"

    def test_new_york_shortened_what_still_ran(self):
        assert ends("US-NY", "2021-01-05") == "2024-01-05"
        cut = limit("US-NY", "2018-01-05")
        assert "law_cuts" in steps(cut)
        assert (str(cut.ends), cut.barred) == ("2022-04-06", True)

    def test_the_emirates_shorten_only_what_would_run_longer(self):
        assert ends("AE", "2014-06-01") == "2024-06-01"
        assert ends("AE", "2022-06-01") == "2028-01-02"
        assert ends("AE", "2014-06-01", "payment:2023-06-01") == "2028-06-01"


class TestWhatCannotBeAnswered:
    @pytest.mark.parametrize(
        ("option", "asked"),
        [
            ("--law", {"law": "US"}),
            ("--law", {"law": "EU"}),
            ("--law", {"law": "XX"}),
            ("--kind", {"kind": "whatever"}),
            ("--kind", {"kind": "tax"}),
            ("--due", {"dues": []}),
            ("--due", {"law": "JP", "dues": [DAY("1850-01-01")]}),
            ("--due", {"dues": [DAY("9999-01-01")]}),
            ("--as-of", {"as_of": DAY("9999-01-01")}),
            ("--known", {"known": DAY("2019-01-01")}),
            ("--known", {"known": DAY("2027-01-01")}),
            ("--suspended", {"suspensions": [Suspension(DAY("2023-01-01"), DAY("9999-12-31"))]}),
            ("--event", {"events": [Event("whatever", DAY("2023-01-01"))]}),
            ("--event", {"events": [Event("payment", DAY("2030-01-01"))]}),
            ("--event", {"events": [Event("ended", DAY("2023-01-01"))]}),
            ("--suspended", {"suspensions": [Suspension(DAY("2023-01-01"), DAY("2022-01-01"))]}),
            ("--suspended", {"suspensions": [Suspension(DAY("2023-01-01"), None, "whatever")]}),
            ("--suspended", {"suspensions": [Suspension(DAY("2030-01-01"), None)]}),
        ],
    )
    def test_an_error_names_its_option(self, option, asked):
        asked = {"law": "CN", "dues": [DAY("2022-03-15")], "as_of": TODAY, **asked}
        with pytest.raises(OptionError) as raised:
            limitation(asked.pop("law"), **asked)
        assert raised.value.option == option
        assert str(raised.value).startswith(f"{option}: ")

    def test_a_city_is_under_its_states_law(self):
        assert limit("US-NY-NYC", "2022-03-15").law == "US-NY"
