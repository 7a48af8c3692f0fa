"""Which of the required lines have been said? Ticked by what the collector's turns did, as the judge hears them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from duecare.speech import Persona, understand


@dataclass(frozen=True)
class ScriptLine:
    text: str
    said: bool


@cache
def script_acts() -> dict[str, list[list[str]]]:
    """For each persona, the acts that say each required line; alternatives are joined by a bar."""
    path = Path(__file__).with_name("data") / "script_lines.yaml"
    found: dict[str, list[list[str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def script_of(persona: Persona, turns: Sequence[str], lang: str) -> list[ScriptLine]:
    """The persona's required lines with a tick on those that these turns of the collector have said."""
    done: set[str] = set()
    for text in turns:
        done |= understand(text, lang).names
    asked = script_acts().get(persona.id, [])
    lines = persona.required_lines[lang]
    needed = [*asked, *([[]] * (len(lines) - len(asked)))]
    return [
        ScriptLine(text, bool(acts) and all(done & set(act.split("|")) for act in acts))
        for text, acts in zip(lines, needed, strict=True)
    ]
