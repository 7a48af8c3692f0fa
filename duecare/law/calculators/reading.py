"""The calculators' data, read once: YAML below `data`, laws that are like another law filled in from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).with_name("data")


class DataError(ValueError):
    """Data of ours that cannot be used; the message names the file."""


class OptionError(ValueError):
    """What was asked cannot be answered; names the option and what is allowed."""

    def __init__(self, option: str, why: str) -> None:
        super().__init__(f"{option}: {why}")
        self.option = option


@cache
def read(name: str) -> Any:
    """One file below `data`. Callers do not change what they are given."""
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


@cache
def laws(folder: str) -> tuple[str, ...]:
    """The laws that a folder holds; files that begin with `_` are only shared by others."""
    return tuple(sorted(path.stem for path in (DATA / folder).glob("*.yaml") if not path.stem.startswith("_")))


@cache
def law_file(folder: str, law: str) -> dict[str, Any]:
    """A law's file, with what it takes over from the file named in `like`."""
    found: dict[str, Any] = read(f"{folder}/{law}.yaml")
    base = found.get("like")
    return found if base is None else _merged(law_file(folder, base), found)


FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)
"""Days that can be counted with."""


def kind_of(group: str, kind: str) -> str:
    """A kind of debt, event or suspension as the calculators name it, where it has another name (`credit_card` → `card`)."""
    kind = kind.replace("-", "_")
    return str(read("kinds.yaml")[group].get(kind, kind))


def check_days(days: Iterable[tuple[str, date | None]]) -> None:
    """Refuse days that lie too far away to be counted with. Raises OptionError."""
    for option, on in days:
        if on is not None and not FIRST_DAY <= on <= LAST_DAY:
            raise OptionError(option, f"{on} cannot be counted with; allowed: {FIRST_DAY} to {LAST_DAY}")


def nearest_law(folder: str, law: str) -> str | None:
    """The law itself, or the one above it that has a file (`US-NY-NYC` → `US-NY`)."""
    parts = law.split("-")
    for length in range(len(parts), 0, -1):
        name = "-".join(parts[:length])
        if name in laws(folder):
            return name
    return None


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping) and "source" not in value:
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged


def day(value: Any, where: str) -> date:
    """A date of the data."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise DataError(f"{where}: {value!r} is not a date (YYYY-MM-DD)") from error


def known(entry: Mapping[str, Any], allowed: frozenset[str], where: str) -> None:
    """Refuse a field that nobody reads."""
    unknown = sorted(str(key) for key in set(entry) - allowed)
    if unknown:
        raise DataError(f"{where}: unknown field {', '.join(unknown)}")
