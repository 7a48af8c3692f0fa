"""The rules say the same of one contact and of a table of them."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from duecare.law import default_library
from duecare.law.columns import BatchError, judge_table
from duecare.law.columns.batch import Batch
from duecare.law.examples import example_request
from duecare.law.tests import generator
from duecare.law.tests.test_rulebooks import SHARED

LIBRARY = default_library()


def table(requests: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_struct_array(pa.array(requests))


def differences(requests: list[dict[str, Any]], batch: Batch) -> list[str]:
    found = []
    for request, row in zip(requests, batch.judge(table(requests)).to_pylist(), strict=True):
        single = LIBRARY.judge(request)
        said = (single.id, single.verdict, [one.rule for one in single.reasons], single.next_allowed_at, single.error)
        told = (row["id"], row["verdict"], row["reasons"], row["next_allowed_at"], row["error"])
        if said != told:
            found.append(f"{json.dumps(request)}\n  one by one: {said}\n  in columns: {told}")
    return found


def examples() -> list[dict[str, Any]]:
    """Every example of the rulebooks, and the worked requests beside the clone where they are; `test_rulebooks` holds one face to what they expect."""
    shared = [json.loads(line)["request"] for line in SHARED.read_text().splitlines()] if SHARED.exists() else []
    return [example_request(rule, example) for rule in LIBRARY.rules() for example in rule.examples] + shared


@pytest.mark.slow
def test_both_faces_say_the_same_of_every_example_and_of_twenty_thousand_contacts_in_every_jurisdiction() -> None:
    requests = [*generator.contacts(LIBRARY, 20_000, seed=20261125), *examples()]
    assert {place for request in requests for place in request["person"]["jurisdictions"]} >= set(
        generator.places(LIBRARY)
    )
    found = differences(requests, Batch(LIBRARY))
    assert not found, f"{len(found)} of {len(requests)}:\n" + "\n".join(found[:5])


@pytest.mark.slow
@pytest.mark.parametrize("place", ["CN", "US-NY-NYC", "GB"])
def test_the_next_lawful_moment_is_found_in_columns_too(place: str) -> None:
    requests = list(generator.contacts(LIBRARY, 1_000, seed=7, only=[place]))
    found = differences(requests, Batch(LIBRARY, few=8))
    assert not found, f"{len(found)} of {len(requests)}:\n" + "\n".join(found[:5])


def test_a_row_that_cannot_be_read_is_denied_and_named_and_the_rest_are_answered() -> None:
    good, *_ = generator.contacts(LIBRARY, 1, seed=1, only=["GB"])
    rows = [
        good,
        {**good, "id": "no-zone", "person": {**good["person"], "time_zones": ["Europe/Atlantis"]}},
        {**good, "id": "no-channel", "channel": "pigeon"},
        {**good, "id": "no-offset", "at": "2026-05-13T10:00:00"},
        {**good, "id": "no-hour", "preferences": [{"kind": "inconvenient_time", "since": good["at"], "from": "25:00"}]},
        {**good, "id": "no-day", "debt": {**good["debt"], "due_date": "2026-02-30"}},
    ]
    answers = judge_table(LIBRARY, table(rows)).to_pylist()
    assert answers[0]["error"] is None
    assert answers[0]["verdict"] == LIBRARY.judge(good).verdict
    for answer, field in zip(answers[1:], ("time_zones", "channel", "at", "from", "due_date"), strict=True):
        assert answer["verdict"] == "deny"
        assert field in answer["error"]
        assert answer["id"].startswith("no-")


def test_a_table_with_a_column_of_no_contact_is_refused_whole() -> None:
    good, *_ = generator.contacts(LIBRARY, 1, seed=1)
    with pytest.raises(BatchError, match="unknown column mood"):
        judge_table(LIBRARY, table([{**good, "mood": "bad"}]))


def test_an_empty_table_has_an_empty_answer() -> None:
    good, *_ = generator.contacts(LIBRARY, 1, seed=1)
    assert len(judge_table(LIBRARY, table([good]).slice(0, 0))) == 0
