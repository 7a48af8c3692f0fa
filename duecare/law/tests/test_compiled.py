"""Rules written out as one function say what the library says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest

from duecare.law import load_library, read_request
from duecare.law.compiled import NotCompiled, compile_rules
from duecare.law.library import _case, default_library
from duecare.law.tests import generator

SMALL = load_library(Path(__file__).resolve().parents[3] / "bench" / "small")
COMPILED = compile_rules(SMALL.rules(), date(2026, 11, 25))


def requests(count: int):
    draw = Random(5)
    for number in range(count):
        request = generator.contact(draw, "GB", number)
        request |= {"channel": "call", "purpose": "collect"}
        request["person"]["jurisdictions"] = ["XX"]
        yield request


def test_the_function_and_the_library_give_the_same_reasons() -> None:
    seen = set()
    rows, said = [], []
    for request in requests(4_000):
        facts = COMPILED.facts(_case(read_request(request)))
        bits = COMPILED.decide(*facts)
        reasons = [rule.id for rule in COMPILED.reasons(bits)]
        assert reasons == [reason.rule for reason in SMALL.judge(request).reasons], request
        seen.update(reasons)
        rows.append(facts)
        said.append(bits)
    assert seen == {rule.id for rule in SMALL.rules()}
    arrays = [np.array(column) for column in zip(*rows, strict=True)]
    assert COMPILED.over_arrays(*arrays).tolist() == said


def test_a_rule_that_needs_more_than_the_facts_is_refused_by_name() -> None:
    with pytest.raises(NotCompiled, match="HOUSE-STATE"):
        compile_rules([default_library().rule("HOUSE-STATE")], date(2026, 11, 25))
