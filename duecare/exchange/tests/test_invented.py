"""Invented people are the same every time, plausible, and reach nobody."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import phonenumbers
import pytest

from duecare.exchange import (
    PlacementRow,
    generate_portfolio,
    invent_party,
    load_mapping,
    read_placements,
    write_portfolio,
)
from duecare.exchange.invented.portfolio import portfolio_distributions

TODAY = date(2026, 11, 23)
PLACES = ("CN", "US", "US-NY", "US-NY-NYC", "GB", "DE", "AU")
# The ranges as their keepers publish them, written here a second time so that a slip in people.yaml is seen.
RESERVED = {
    "US": r"\+1 \d{3} 555 01\d\d",
    "GB": r"\+44 (7700 900\d{3}|20 7946 0\d{3})",
    "DE": r"\+49 (30 23125|69 90009|40 66969|89 99998)\d{3}",
    "AU": r"\+61 (491 570 (006|156|157|158|159|110|313|737)|[2378] 5550 \d{4})",
}


def test_the_same_reference_is_the_same_party() -> None:
    one = invent_party("R-1", jurisdiction="CN", language="zh-hans", seed=7)
    assert one == invent_party("R-1", jurisdiction="CN", language="zh-hans", seed=7)
    assert one != invent_party("R-1", jurisdiction="CN", language="zh-hans", seed=8)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["person", "company"])
def test_nobody_can_be_reached(place: str, kind: str) -> None:
    for number in range(300):
        party = invent_party(f"R-{number}", jurisdiction=place, kind=kind)
        for point in party.contact_points:
            assert point.invented
            if point.kind in ("mobile", "work_phone"):
                country = place.split("-")[0]
                if country == "CN":
                    # No range is kept for fiction: the number must be one that cannot exist.
                    assert not phonenumbers.is_valid_number(phonenumbers.parse(point.value, None))
                else:
                    assert re.fullmatch(RESERVED[country], point.value)
            elif point.kind == "email":
                assert point.value.split("@")[1] in ("example.com", "example.org", "example.net")
            else:
                assert point.value.startswith(("(invented)", "(erfunden)", "（虚构）"))


def test_names_are_in_the_language_asked_for() -> None:
    assert re.fullmatch(r"[\u4e00-\u9fff]{2,4}", invent_party("R", jurisdiction="CN", language="zh-hans").name)
    assert invent_party("R", jurisdiction="DE", kind="company", language="de").name.endswith("GmbH")
    assert invent_party("R", jurisdiction="CN", kind="company", language="zh-hans").name.endswith("有限公司")
    with pytest.raises(LookupError, match="FR"):
        invent_party("R", jurisdiction="FR")
    with pytest.raises(ValueError, match="fr"):
        invent_party("R", jurisdiction="DE", language="fr")


def test_a_generated_portfolio_reads_back_whole_and_is_the_same_every_time(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    write_portfolio(path, rows=2000, as_of=TODAY, seed=3)
    before = path.read_bytes()
    reading = read_placements(path, load_mapping("generated"))
    rows = [row for row in reading if isinstance(row, PlacementRow)]
    assert reading.rows_bad == 0
    assert len(rows) == 2000
    assert {row.jurisdiction for row in rows} == set(portfolio_distributions()["places"])
    assert {row.language for row in rows} == {"en", "zh-hans"}
    assert {row.consumer for row in rows} == {True, False}
    assert all(row.due_date is not None and row.due_date < TODAY and row.contact_points for row in rows)
    write_portfolio(path, rows=2000, as_of=TODAY, seed=3)
    assert path.read_bytes() == before


def test_the_portfolio_follows_its_stated_distributions() -> None:
    said = portfolio_distributions()
    assert said["label"] == "generated"
    for part in (said["places"], said["kinds"]):
        assert sum(one["share"] for one in part.values()) == 100
    assert sum(one["share"] for one in said["days_past_due"]) == 100
    rows = list(generate_portfolio(rows=8000, as_of=TODAY, seed=11))
    accounts = {row["account"]: row for row in rows}
    for name, kind in said["kinds"].items():
        share = sum(row["debt_kind"] == name for row in accounts.values()) / len(accounts)
        # Five standard deviations of a share over some six thousand accounts.
        assert abs(share - kind["share"] / 100) < 0.03
    young = sum((TODAY - date.fromisoformat(row["due_date"])).days <= 30 for row in rows) / len(rows)
    assert abs(young - 0.40) < 0.03
    assert all(Decimal(row["amount"]) >= 1 for row in rows)
