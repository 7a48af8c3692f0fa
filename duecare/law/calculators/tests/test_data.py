"""The data itself: every file can be used for every kind of debt, says where it is from, and reads in both languages."""

import re
from datetime import date
from decimal import Decimal

import pytest
import yaml

from duecare.law.calculators.rates import RateTable, RateUnknown, read_table, table, tables
from duecare.law.calculators.reading import DATA, DataError, OptionError, kind_of, law_file, laws
from duecare.law.calculators.regimes import ACTS, EVENTS, KINDS, PROCEEDINGS, SUSPENSIONS, _events, _periods, regime
from duecare.law.calculators.schemes import KINDS as INTEREST_KINDS
from duecare.law.calculators.schemes import scheme
from duecare.law.calculators.working import LANGUAGES, phrase

ASKED_FOR = {
    "CN", "US-NY", "US-CA", "US-TX", "US-MA", "US-DC", "US-FL", "GB", "GB-SCT", "GB-NIR", "DE", "FR", "ES", "IT", "NL", "DK",
    "AU-NSW", "AU-VIC", "NZ", "CA-ON", "CA-QC", "CA-BC", "IN", "SG", "HK", "TW", "JP", "KR", "TH", "PH", "ID", "MY", "VN", "BR",
    "MX", "ZA", "AE",
}  # fmt: skip
FILES = sorted(DATA.rglob("*.yaml"))
CHINESE = re.compile(r"[一-鿿]")


def walk(value, path=()):
    yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from walk(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from walk(one, (*path, number))


def test_every_law_that_was_asked_for_is_there():
    assert ASKED_FOR - set(laws("limitation")) == set()


@pytest.mark.parametrize("law", laws("limitation"))
def test_a_law_says_what_each_act_does_and_why(law):
    for kind in KINDS:
        for consumer in (True, False):
            if kind in ("tax", "judgment") and kind not in law_file("limitation", law)["periods"]:
                with pytest.raises(OptionError, match="--kind"):
                    regime(law, kind, consumer=consumer)
                continue
            found = regime(law, kind, consumer=consumer)
            assert found.law == law
            assert set(found.events) == set(ACTS + PROCEEDINGS)
            assert all(rule.source is not None for rule in found.events.values())
            assert set(found.suspensions) <= {*SUSPENSIONS, "any"}
            assert found.basis
            assert found.periods[0].source.text


@pytest.mark.parametrize("law", laws("interest"))
def test_a_scheme_can_be_read_and_gives_its_sources(law):
    found = scheme(law)
    assert found.statutory
    assert all(entry.source.text for entry in (*found.statutory, *found.caps, *found.fees))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_file_has_no_stray_field_and_speaks_both_languages(path):
    for where, value in walk(yaml.safe_load(path.read_text(encoding="utf-8"))):
        if isinstance(value, dict) and "en" in value:
            assert set(value) == set(LANGUAGES), where
            assert CHINESE.search(value["zh"]) or value["zh"] in ("", "{text}"), (where, value["zh"])
        if value is None:
            assert where[-1] == "rate", where


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_a_file_says_of_its_sources_has_chinese_words(path):
    if path.stem in ("phrases", "rates"):
        return  # the basis of a table of rates is for who keeps it
    for where, value in walk(yaml.safe_load(path.read_text(encoding="utf-8"))):
        if where and where[-1] == "basis":
            assert CHINESE.search(phrase("basis", value, "zh")), (where, value)


def test_the_sentences_name_no_fact_in_one_language_that_the_other_lacks():
    words = yaml.safe_load((DATA / "words.yaml").read_text(encoding="utf-8"))
    for key, said in words["sentences"].items():
        facts = {lang: set(re.findall(r"\{(\w+)\}", said[lang])) for lang in LANGUAGES}
        assert facts["en"] == facts["zh"], key
    assert set(words["names"]["event"]) == set(EVENTS) - {"ended", "withdrawn", "judgment"}
    assert set(words["names"]["suspension"]) == set(SUSPENSIONS)
    assert set(KINDS) <= set(words["names"]["kind"])


class TestTables:
    def test_every_table_knows_where_it_ends(self):
        for one in tables():
            assert one.basis
            assert one.known_to < date(2030, 1, 1)
            if one.values:
                assert one.at(one.known_to) == one.values[-1][1]
                with pytest.raises(RateUnknown):
                    one.at(date(2031, 1, 1))
                with pytest.raises(RateUnknown):
                    one.at(date(1800, 1, 1))

    def test_the_lpr_is_that_of_the_research_list(self):
        lpr = table("CN-LPR-1Y")
        assert lpr.at(date(2019, 8, 20)) == Decimal("4.25")
        assert lpr.at(date(2022, 8, 21)) == Decimal("3.7")
        assert lpr.at(date(2022, 8, 22)) == Decimal("3.65")
        assert lpr.at(date(2025, 5, 19)) == Decimal("3.1")

    def test_british_and_european_references_are_those_of_the_research_list(self):
        british = table("GB-BANK-RATE-HALF-YEAR")
        halves = ["0.25", "1.25", "3.5", "5", "5.25", "5.25", "4.75", "4.25", "3.75", "3.75"]
        days = [date(year, month, 1) for year in range(2022, 2027) for month in (1, 7)]
        assert [british.at(day) for day in days] == [Decimal(one) for one in halves]
        european = table("EU-ECB-HALF-YEAR")
        assert [european.at(day) for day in days[4:9]] == [
            Decimal(one) for one in ("4.5", "4.25", "3.15", "2.15", "2.15")
        ]
        german = table("DE-BASE")
        assert [german.at(day) for day in days[3:9]] == [
            Decimal(one) for one in ("3.12", "3.62", "3.37", "2.27", "1.27", "1.27")
        ]

    def test_a_stated_rate_stands_where_the_table_is_silent_and_until_its_next_value(self):
        stated = table("DE-BASE", {date(2025, 3, 1): Decimal(9), date(2026, 7, 1): Decimal("1.5")})
        assert stated.at(date(2025, 3, 1)) == 9
        assert stated.at(date(2025, 7, 1)) == Decimal("1.27")
        assert stated.at(date(2027, 1, 1)) == Decimal("1.5")
        assert stated.is_stated(date(2027, 1, 1))

    def test_the_example_of_the_guide_is_a_table(self):
        guide = (DATA.parents[3] / "docs/how-to/add-a-rate.md").read_text(encoding="utf-8")
        example = yaml.safe_load(re.search(r"```yaml\n(.*?)```", guide, re.DOTALL)[1])
        (found,) = (read_table(id, entry) for id, entry in example.items())
        assert found.at(date(2026, 8, 1)) == Decimal("2.75")
        with pytest.raises(RateUnknown):
            found.at(date(2027, 1, 1))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("known_to", "2025-01-01"),
            ("status", "sure"),
            ("values", {"2026-07-01": 1, "2026-01-01": 2}),
            ("values", {"soon": 1}),
            ("whatever", 1),
        ],
    )
    def test_a_table_that_cannot_be_used_is_refused(self, field, value):
        entry = {"name": {"en": "x", "zh": "x"}, "source": "x", "status": "unverified", "basis": "x"}
        entry |= {"values": {"2026-01-01": 1}, "known_to": "2026-06-30"}
        assert read_table("XX", entry).at(date(2026, 2, 1)) == 1
        with pytest.raises(DataError, match="XX"):
            read_table("XX", entry | {field: value})

    def test_there_is_no_table_that_has_no_name(self):
        assert isinstance(table("DE-BASE"), RateTable)
        with pytest.raises(DataError):
            table("whatever")


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "entry",
        [
            {"years": 3},
            {"source": "x"},
            {"years": 3, "source": "x", "running": "sideways"},
            {"years": 3, "source": "x", "whatever": 1},
            [{"since": "2020-01-01", "years": 3, "source": "x"}, {"since": "2019-01-01", "years": 3, "source": "x"}],
            {"since": "soon", "years": 3, "source": "x"},
        ],
    )
    def test_a_period_that_cannot_be_used(self, entry):
        with pytest.raises(DataError):
            _periods(entry, True, "here")

    @pytest.mark.parametrize(
        "entry",
        [
            {"whatever": {"effect": "none"}},
            {"payment": {"effect": "sideways"}},
            {"payment": "promise"},
            {"payment": "promise", "promise": "payment"},
            {"suit": {"effect": "hold", "withdrawn": "never"}},
            {"suit": {"effect": "hold", "whatever": 1}},
        ],
    )
    def test_an_event_that_cannot_be_used(self, entry):
        with pytest.raises(DataError):
            _events(entry, "contract", True, "here")


def test_every_kind_of_a_contact_request_leads_to_one_of_the_calculators():
    request = {
        "credit_card", "personal_loan", "microloan", "mortgage", "auto", "student", "medical", "utility", "telecom", "rent", "tax",
        "trade_invoice", "other",
    }  # fmt: skip
    assert {kind_of("limitation", kind) for kind in request} <= set(KINDS)
    assert {kind_of("interest", kind) for kind in request} <= set(INTEREST_KINDS)
