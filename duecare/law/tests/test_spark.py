"""The same expressions on a real local Spark give the same rows."""

from __future__ import annotations

import os
import shutil

import pyarrow as pa
import pytest

from duecare.law import default_library
from duecare.law.columns.batch import Batch
from duecare.law.tests import generator

LIBRARY = default_library()


@pytest.mark.scale
@pytest.mark.slow
def test_spark_answers_as_duckdb_does() -> None:
    if not shutil.which("java"):
        assert not os.environ.get("CI"), "Java is missing, and in CI the tests on Spark must run"
        pytest.skip("Spark needs Java, and there is none here")
    from duecare.law.columns.engines import Spark

    requests = list(generator.contacts(LIBRARY, 400, seed=11, only=["US-NY-NYC", "CN"]))
    table = pa.Table.from_struct_array(pa.array(requests))
    here = Batch(LIBRARY).judge(table)
    there = Batch(LIBRARY, Spark.local(), few=40).judge(table)
    assert there.num_rows == 400
    assert there.equals(here)
