"""Every example in the rulebooks holds, and so do the worked requests beside the clone."""

from __future__ import annotations

import json
import re
import textwrap
from datetime import datetime
from pathlib import Path

import pytest

from duecare.law import default_library, load_library
from duecare.law.examples import example_request
from duecare.law.kinds import KINDS

SHARED = Path(__file__).resolve().parents[4] / "shared" / "law" / "examples.jsonl"
LIBRARY = default_library()
EXAMPLES = [(rule, example) for rule in LIBRARY.rules() for example in rule.examples]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[f"{rule.id}: {example.why}" for rule, example in EXAMPLES])
def test_an_example_of_a_rule_holds(rule, example) -> None:
    decision = LIBRARY.judge(example_request(rule, example))
    assert decision.error is None
    assert decision.verdict == example.expect, decision.reasons
    if example.expect != "allow":
        assert rule.id in [reason.rule for reason in decision.reasons]
    if example.next_allowed_at:
        assert decision.next_allowed_at == datetime.fromisoformat(example.next_allowed_at)


@pytest.mark.parametrize("rule", LIBRARY.rules(), ids=lambda rule: rule.id)
def test_a_rule_that_can_refuse_has_an_example(rule) -> None:
    assert rule.examples or not KINDS[rule.kind].judges


def _shared() -> list[dict]:
    return [json.loads(line) for line in SHARED.read_text().splitlines()] if SHARED.exists() else []


@pytest.mark.skipif(not SHARED.exists(), reason="shared/law/examples.jsonl is not beside this clone")
@pytest.mark.parametrize("line", _shared(), ids=lambda line: line["request"]["id"])
def test_a_worked_request_beside_the_clone_holds(line) -> None:
    decision = LIBRARY.judge(line["request"])
    assert decision.error is None
    assert decision.verdict in line["expect"]["verdict"], decision.reasons
    if "next_allowed_at" in line["expect"]:
        assert decision.next_allowed_at == datetime.fromisoformat(line["expect"]["next_allowed_at"])


def test_the_worked_example_of_the_docs_is_a_jurisdiction_in_under_fifty_lines(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "add-a-jurisdiction.md"
    (block,) = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    text = textwrap.dedent(block)
    assert len(text.splitlines()) < 50
    (tmp_path / "XX").mkdir()
    (tmp_path / "XX" / "conduct.yaml").write_text(text, encoding="utf-8")
    library = load_library(tmp_path)
    assert {rule.kind for rule in library.rules("XX")} == {"contact_hours", "frequency"}
    for rule in library.rules("XX"):
        for example in rule.examples:
            decision = library.judge(example_request(rule, example))
            assert decision.verdict == example.expect, example.why
            if example.next_allowed_at:
                assert decision.next_allowed_at == datetime.fromisoformat(example.next_allowed_at)
