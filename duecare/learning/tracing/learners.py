"""The three-line format of responses: their number; the skills, comma separated; correct (1) or not (0)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner's responses in the order in which they were given: the skill asked, and whether the answer was correct."""

    skills: tuple[str, ...]
    correct: tuple[bool, ...]


def read_learners(path: Path) -> tuple[Learner, ...]:
    """Read a file of three lines a learner. A comma at a line's end and blank lines at the file's end are tolerated.

    Raises:
        ValueError: the file breaks off, a number does not fit, or an answer is neither 0 nor 1; the message names file and line.
    """
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    # Blank lines may end the file, but two of them also belong to a learner without responses.
    while lines and not lines[-1].strip() and (len(lines) % 3 or not any(line.strip() for line in lines[-3:])):
        lines.pop()
    if len(lines) % 3:
        raise ValueError(f"{path}: {len(lines)} lines, but three a learner are needed; the last learner breaks off")
    learners = []
    for start in range(0, len(lines), 3):
        stated = lines[start].strip().rstrip(",")
        skills, answers = (
            [part.strip() for part in lines[start + offset].split(",") if part.strip()] for offset in (1, 2)
        )
        if not stated.isdigit():
            raise ValueError(f"{path}, line {start + 1}: the number of responses was expected, found {stated!r}")
        if int(stated) != len(skills) or int(stated) != len(answers):
            raise ValueError(
                f"{path}, line {start + 1}: {stated} responses are announced, but {len(skills)} skills and "
                f"{len(answers)} answers follow"
            )
        if unknown := set(answers) - {"0", "1"}:
            raise ValueError(f"{path}, line {start + 3}: an answer is 0 or 1, found {sorted(unknown)[:3]}")
        learners.append(Learner(skills=tuple(skills), correct=tuple(answer == "1" for answer in answers)))
    return tuple(learners)
