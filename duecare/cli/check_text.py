"""`duecare check text`: texts in, findings out, a line each, in the same order."""

from __future__ import annotations

from typing import IO

import click

from duecare.cli.lines import answer_each, in_and_out


@click.command()
@in_and_out
def text(source: IO[bytes], output: IO[str] | None) -> None:
    """May these words be said? Reads JSON lines of the schema `text-check`, writes a result for each.

    A line that cannot be read gets a result with `error`; the run goes on.
    """
    answer_each(source, output, result_of)


def result_of(line: bytes, number: int) -> str:
    """The findings on one line, as JSON."""
    import msgspec

    from duecare.speech.check import check_text

    answer: dict[str, object] = {"id": f"line {number}", "findings": []}
    try:
        request = msgspec.json.decode(line)
        if isinstance(request, dict) and isinstance(request.get("id"), str):
            answer["id"] = request["id"]
        words, lang, medium = _read(request)
        answer["findings"] = [finding.to_dict() for finding in check_text(words, lang=lang, medium=medium)]
    except (ValueError, msgspec.DecodeError, RecursionError) as problem:
        answer["error"] = f"line {number}: {problem}"
    return msgspec.json.encode(answer).decode()


def _read(request: object) -> tuple[str, str | None, str | None]:
    if not isinstance(request, dict):
        raise ValueError("a request is an object with id and text")
    unknown = sorted(str(key) for key in request.keys() - {"id", "text", "lang", "medium"})
    if unknown:
        raise ValueError(f"unknown field {unknown[0]}")
    for key in ("id", "text"):
        if not isinstance(request.get(key), str):
            raise ValueError(f"{key}: a text is needed")
    lang, medium = request.get("lang"), request.get("medium")
    if "lang" in request and lang not in ("zh", "en"):
        raise ValueError("lang: zh or en")
    if "medium" in request and medium not in ("call", "sms", "email", "letter", "chat"):
        raise ValueError("medium: call, sms, email, letter or chat")
    return request["text"], lang, medium
