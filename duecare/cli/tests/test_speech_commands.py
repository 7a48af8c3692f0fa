"""`duecare check text` and `duecare assess transcripts`: a line out for each line in, whatever the lines are."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.cli import main

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "design" / "schemas"
TALK = {
    "id": "t",
    "lang": "en",
    "turns": [{"speaker": "collector", "text": "You deadbeat"}, {"speaker": "debtor", "text": "Excuse me?"}],
}
COMMANDS = {"text": ["check", "text", "-"], "transcripts": ["assess", "transcripts", "-"]}


def run(command: list[str], lines: bytes) -> list[dict]:
    result = CliRunner().invoke(main, command, input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_texts_come_back_in_order_with_their_findings():
    lines = b'{"id":"a","text":"You deadbeat"}\n{"id":"b","text":"Please call us."}\n'
    first, second = run(COMMANDS["text"], lines)
    assert (first["id"], first["findings"][0]["category"], first["findings"][0]["span"]) == ("a", "insult", [4, 12])
    assert second == {"id": "b", "findings": []}


def test_a_transcript_comes_back_assessed_with_notes_in_the_language_asked_for():
    (found,) = run([*COMMANDS["transcripts"], "--lang", "zh"], json.dumps(TALK).encode())
    assert found["scores"]["compliance"] == 0
    assert any("\u4e00" <= sign <= "\u9fff" for sign in found["evidence"][0]["note"])


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_line_that_cannot_be_read_gets_an_error_and_the_next_line_its_answer(name):
    good = {"text": b'{"id":"z","text":"ok"}', "transcripts": json.dumps({**TALK, "id": "z"}).encode()}[name]
    bad = [b"not json", b"\xff\xfe", b"[]", b"null", b'{"id":"x"}', b"[" * 5000, b'{"id":"\\ud800","text":"ok"}']
    answers = run(COMMANDS[name], b"\n".join([*bad, good]) + b"\n")
    assert len(answers) == len(bad) + 1
    assert all("error" in answer and answer["error"].startswith("line ") for answer in answers[:-1])
    assert answers[-1]["id"] == "z"
    assert "error" not in answers[-1]


@pytest.mark.parametrize("name", list(COMMANDS))
@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.text(max_size=30).map(lambda text: json.dumps({"id": "i", "text": text}).encode()),
        ),
        max_size=6,
    )
)
def test_the_command_never_stops_midway(name, lines):
    data = b"\n".join(lines)
    wanted = sum(bool(line.strip()) for line in data.split(b"\n"))
    assert len(run(COMMANDS[name], data)) == wanted


@pytest.mark.skipif(not SCHEMAS.exists(), reason="the shared schemas are not beside this clone")
@pytest.mark.parametrize(("name", "schema"), [("text", "text-check"), ("transcripts", "transcript")])
def test_answers_and_errors_are_valid_by_the_schema(name, schema):
    validator = jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))
    lines = b'{"id":"a","text":"You deadbeat"}\nbroken\n' + json.dumps(TALK).encode() + b"\n"
    for answer in run(COMMANDS[name], lines):
        validator.validate(answer)


def test_answers_can_be_written_to_a_file(tmp_path):
    target = tmp_path / "out.jsonl"
    run([*COMMANDS["text"], "-o", str(target)], b'{"id":"a","text":"ok"}\n')
    assert json.loads(target.read_text()) == {"id": "a", "findings": []}
