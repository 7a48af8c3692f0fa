"""A table of contacts in, a table of answers out: whole or not at all."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
from click.testing import CliRunner

from duecare.cli import main
from duecare.law import default_library
from duecare.law.tests import generator


def check(*arguments):
    return CliRunner().invoke(main, ["check", "contacts", *map(str, arguments)])


def written(path, requests):
    pq.write_table(pa.Table.from_struct_array(pa.array(requests)), path)
    return path


def test_a_table_is_answered_row_by_row_as_the_lines_are(tmp_path):
    requests = list(generator.contacts(default_library(), 60, seed=4, only=["GB"]))
    out = tmp_path / "out.parquet"
    result = check("--batch", written(tmp_path / "in.parquet", requests), "-o", out)
    assert result.exit_code == 0, result.output
    rows = pq.read_table(out).to_pylist()
    assert [row["id"] for row in rows] == [request["id"] for request in requests]
    for request, row in zip(requests, rows, strict=True):
        decision = default_library().judge(request)
        assert row["verdict"] == decision.verdict
        assert row["reason"] == (decision.reasons[0].rule if decision.reasons else None)
        assert row["next_allowed_at"] == decision.next_allowed_at
    assert "60 contacts judged" in result.output


def test_what_is_no_table_of_contacts_is_refused_and_nothing_is_written(tmp_path):
    out = tmp_path / "out.parquet"
    text = tmp_path / "in.csv"
    text.write_text("id,at\n1,2\n")
    assert "this is no Parquet file" in check("--batch", text, "-o", out).output
    strange = written(tmp_path / "strange.parquet", [{"id": "a", "mood": "bad"}])
    assert "unknown column mood" in check("--batch", strange, "-o", out).output
    assert "-o OUT.parquet" in check("--batch", strange).output
    assert list(tmp_path.glob("out*")) == []
