"""A mapping is checked before the first row, and says which field is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from duecare.exchange import MappingError, load_mapping, places, read_payments, read_placements, shipped_mappings
from duecare.exchange.tests.files import SMALL_HEADER, SMALL_ROW, small_mapping, write_rows


@pytest.mark.parametrize("name", shipped_mappings())
def test_every_shipped_mapping_loads_and_tells_its_assumptions_in_both_languages(name: str) -> None:
    mapping = load_mapping(name)
    assert mapping.name == name
    assert len(mapping.assumptions_in("zh-hans")) == len(mapping.assumptions)
    assert mapping.label.told("zh-hans") != mapping.label.told("en")


def test_there_are_mappings_for_the_real_files_and_the_generated_ones() -> None:
    assert shipped_mappings() == ("bank-recovery", "generated", "payments", "receivables")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"columns": {"amonut": "a"}}, "columns.amonut"),
        ({"constants": {"currency": "dollars"}}, "constants.currency"),
        ({"constants": {"jurisdiction": "XX"}}, "constants.jurisdiction: 'XX'"),
        ({"dates": ["%d/%m"]}, "dates"),
        ({"dates": []}, "dates"),
        ({"colour": "red"}, "colour"),
        ({"tables": {"jurisdiction": {"1": "CN"}}}, "tables.jurisdiction"),
        ({"meta": {"due": "x"}, "protected": ["due"]}, "protected"),
        ({"meta": {"Sex": "sex"}}, "protected characteristic"),
        ({"meta": {"性别": "sex"}}, "protected characteristic"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    good = small_mapping().model_dump(mode="json", by_alias=True, exclude_none=True)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(good.get(key), dict):
            good[key] = {**good[key], **value}
        else:
            good[key] = value
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump(good, allow_unicode=True), encoding="utf-8")
    with pytest.raises(MappingError, match=r"wrong\.yaml") as caught:
        load_mapping(path)
    assert said in str(caught.value)


def test_a_mapping_that_leaves_a_field_unsaid_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"columns\.consumer: neither"):
        small_mapping(constants={"jurisdiction": "CN"}, language={"CN": "en"})


def test_an_unknown_mapping_is_told_with_the_known_ones() -> None:
    with pytest.raises(MappingError, match="receivables"):
        load_mapping("receivable")


def test_a_missing_column_fails_before_the_first_row_and_is_named(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "f.csv", [SMALL_HEADER[:-1], SMALL_ROW[:-1]])
    with pytest.raises(MappingError, match="no column due"):
        read_placements(path, small_mapping())


def test_an_unknown_column_fails_before_the_first_row_and_is_named(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "f.csv", [[*SMALL_HEADER, "surprise"], [*SMALL_ROW, "1"]])
    with pytest.raises(MappingError, match="surprise"):
        read_placements(path, small_mapping())


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "f.csv", [[*SMALL_HEADER, "name"], [*SMALL_ROW, "x"]])
    with pytest.raises(MappingError, match="more than once"):
        read_placements(path, small_mapping())


def test_a_mapping_for_payments_does_not_read_placements(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "f.csv", [SMALL_HEADER, SMALL_ROW])
    with pytest.raises(MappingError, match="for payments"):
        read_placements(path, load_mapping("payments"))
    with pytest.raises(MappingError, match="for placements"):
        read_payments(path, small_mapping())


def test_the_fingerprint_changes_with_the_mapping_and_only_with_it() -> None:
    assert small_mapping().fingerprint == small_mapping().fingerprint
    assert small_mapping().fingerprint != small_mapping(dates=["%d.%m.%Y"]).fingerprint


def test_every_place_has_time_zones() -> None:
    assert {"CN", "US", "US-NY", "US-NY-NYC", "GB", "DE", "AU"} <= set(places())
    assert all(places().values())
