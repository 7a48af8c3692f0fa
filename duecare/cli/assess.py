"""`duecare assess`: conversations in, assessments out, a line each, in the same order."""

from __future__ import annotations

from typing import IO

import click

from duecare.cli.lines import answer_each, in_and_out


@click.group()
def assess() -> None:
    """How well was it said?"""


@assess.command()
@in_and_out
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of the notes.")
def transcripts(source: IO[bytes], output: IO[str] | None, lang: str) -> None:
    """Score conversations. Reads JSON lines of the schema `transcript`, writes an assessment for each.

    A line that cannot be read gets an assessment with `error`; the run goes on.
    """
    answer_each(source, output, lambda line, number: assessment_of(line, number, lang))


def assessment_of(line: bytes, number: int, lang: str) -> str:
    """The assessment of one line, as JSON."""
    import msgspec

    from duecare.speech.assessment import assess as assess_transcript

    answer: dict[str, object] = {"id": f"line {number}", "overall": 0, "scores": {}, "evidence": []}
    try:
        transcript = msgspec.json.decode(line)
        if isinstance(transcript, dict) and isinstance(transcript.get("id"), str):
            answer["id"] = transcript["id"]
        answer = assess_transcript(transcript, lang=lang).to_dict()
    except (ValueError, msgspec.DecodeError, RecursionError) as problem:
        answer["error"] = f"line {number}: {problem}"
    return msgspec.json.encode(answer).decode()
