"""`duecare check contacts` answers every line, in order, and never stops midway."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from duecare.cli.check_contacts import contacts
from duecare.law import default_library
from duecare.law.examples import example_request

REQUESTS = [example_request(rule, example) for rule in default_library().rules() for example in rule.examples]


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (b"{", "line 1"),
        (b"[]", "Expected"),
        (b'{"id": 7}', "id"),
        (b"\xff\xfe", "line 1"),
        (json.dumps({**REQUESTS[0], "id": "\ud800"}).encode(), "surrogate"),
        (b'{"id": "\\ud800"', "line 1"),
        (b"[" * 5000 + b'"\\uD83D"', "line 1"),
        (json.dumps({**REQUESTS[0], "at": "2026-05-12T10:00:00"}).encode(), "at: the instant needs its UTC offset"),
        (json.dumps({**REQUESTS[0], "channel": "fax"}).encode(), "channel"),
        (json.dumps({**REQUESTS[0], "surprise": 1}).encode(), "surprise"),
        (json.dumps({**REQUESTS[0], "person": {**REQUESTS[0]["person"], "time_zones": ["Mars/Olympus"]}}).encode(), "person.time_zones[0]"),
        (json.dumps({**REQUESTS[0], "person": {**REQUESTS[0]["person"], "time_zones": []}}).encode(), "person.time_zones"),
        (json.dumps({**REQUESTS[0], "preferences": [{"kind": "inconvenient_time", "since": "2026-01-01T00:00:00Z", "from": "25:99"}]}).encode(), "preferences[0].from"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_denied_and_says_where(tmp_path: Path, line: bytes, where: str) -> None:
    source = tmp_path / "in.jsonl"
    good = json.dumps(REQUESTS[0]).encode()
    source.write_bytes(line + b"\n" + good + b"\n")
    result = CliRunner().invoke(contacts, [str(source)])
    assert result.exit_code == 0
    bad, fine = [json.loads(one) for one in result.stdout.splitlines()]
    assert bad["verdict"] == "deny"
    assert where in bad["error"]
    assert "error" not in fine


def test_the_command_answers_in_order_and_in_chinese(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps({**request, "id": str(n)}) for n, request in enumerate(REQUESTS)))
    assert CliRunner().invoke(contacts, [str(source), "-o", str(target), "--lang", "zh"]).exit_code == 0
    answers = [json.loads(line) for line in target.read_text().splitlines()]
    assert [answer["id"] for answer in answers] == [str(n) for n in range(len(REQUESTS))]
    sentences = [reason["why"] for answer in answers for reason in answer["reasons"]]
    assert len(sentences) > 50
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in sentence) for sentence in sentences)
    assert not any("{" in sentence for sentence in sentences)
