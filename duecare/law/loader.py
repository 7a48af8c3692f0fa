"""Rulebooks from their folder: read, checked whole, and refused with file and line where something is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from duecare.law.kinds import KINDS
from duecare.law.request import ContactRequest
from duecare.law.rules import Dated, Example, Rule, Scope

RULEBOOKS = Path(__file__).with_name("rulebooks")
CHANNELS = frozenset(
    {"call", "voicemail", "sms", "email", "letter", "visit", "chat", "social_private", "social_public", "portal"}
)
STRENGTHS = ("ban", "presumption", "guidance", "convention")
REACHES = frozenset({"person", "debt", "collector"})
FIELDS = {
    "id", "kind", "sentence", "source", "status", "basis", "since", "until", "consumer", "debts", "collectors", "channels", "roles", "purposes",
    "parameters", "changes", "examples", "strength", "checked", "reach", "addresses",
    "autodialled",
}  # fmt: skip


class RulebookError(ValueError):
    """A rulebook that cannot be used; the message starts with file and line."""


class _Lines(yaml.SafeLoader):
    """Keeps the line of every mapping under `__line__`."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = yaml.SafeLoader.construct_mapping(self, node, deep=True)
        found["__line__"] = node.start_mark.line + 1
        return found


class _FastLines(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml where it is there, several times as fast; what it refuses is read again by the other, whose words name the line better."""

    construct_mapping = _Lines.construct_mapping


def _read(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_FastLines)
    except yaml.YAMLError:
        return yaml.load(text, Loader=_Lines)


def load_folder(folder: Path) -> tuple[tuple[Rule, ...], str]:
    """All rules below a folder (one sub-folder a jurisdiction), and the hash of what was read.

    Raises:
        RulebookError: names file and line.
    """
    rules: list[Rule] = []
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        digest.update(f"{path.parent.name}/{path.name}\0{text}\0".encode())
        rules.extend(load_file(path, text))
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            raise RulebookError(f"{rule.file}:{rule.line}: the id {rule.id} stands already in {seen[rule.id].file}")
        seen[rule.id] = rule
    return tuple(rules), digest.hexdigest()


def load_file(path: Path, text: str | None = None) -> Iterator[Rule]:
    jurisdiction = path.parent.name
    try:
        found = _read(path.read_text(encoding="utf-8") if text is None else text)
    except yaml.YAMLError as error:
        raise RulebookError(f"{path}: {error}") from error
    if not isinstance(found, list):
        raise RulebookError(f"{path}:1: a rulebook file is a list of rules")
    for entry in found:
        try:
            yield _rule(entry, jurisdiction, path)
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            if isinstance(error, RulebookError):
                raise
            line = entry.get("__line__", 1) if isinstance(entry, dict) else 1
            raise RulebookError(f"{path}:{line}: a value of the wrong shape ({error})") from error


def _rule(entry: Any, jurisdiction: str, path: Path) -> Rule:
    line = entry.get("__line__", 1) if isinstance(entry, dict) else 1

    def fail(why: str) -> RulebookError:
        return RulebookError(f"{path}:{line}: {why}")

    if not isinstance(entry, dict):
        raise fail("a rule is a mapping")
    entry = {key: value for key, value in entry.items() if key != "__line__"}
    unknown = set(entry) - FIELDS
    if unknown:
        raise fail(f"unknown field {', '.join(sorted(unknown))}")
    for name in ("id", "kind", "sentence", "source", "status", "basis", "since"):
        if not entry.get(name):
            raise fail(f"{name} is missing")
    if entry["kind"] not in KINDS:
        raise fail(f"kind {entry['kind']!r} is none of {', '.join(KINDS)}")
    if entry["status"] not in ("verified", "unverified"):
        raise fail(f"status is verified or unverified, not {entry['status']!r}")
    sentence = _plain(entry["sentence"])
    if set(sentence) != {"en", "zh"}:
        raise fail("sentence is given in en and zh")
    channels = frozenset(entry.get("channels") or ())
    if channels - CHANNELS:
        raise fail(f"channels: {', '.join(sorted(channels - CHANNELS))} is no channel")
    reach = frozenset(entry.get("reach") or ("person", "debt"))
    if reach - REACHES:
        raise fail(f"reach: {', '.join(sorted(reach - REACHES))} is none of {', '.join(sorted(REACHES))}")
    if entry.get("strength", "ban") not in STRENGTHS:
        raise fail(f"strength: {entry['strength']!r} is none of {', '.join(STRENGTHS)}")
    dated = [(entry["since"], entry.get("parameters") or {})]
    dated += [
        (change.get("since"), {k: v for k, v in change.items() if k not in ("since", "__line__")})
        for change in entry.get("changes") or ()
    ]
    return Rule(
        id=entry["id"],
        jurisdiction=jurisdiction,
        kind=entry["kind"],
        sentence=sentence,
        source=entry["source"],
        status=entry["status"],
        basis=entry["basis"],
        layer="house" if jurisdiction == "HOUSE" or jurisdiction.startswith("OFFICE") else "law",
        strength=entry.get("strength", "ban"),
        checked=_day(entry["checked"], fail) if entry.get("checked") else None,
        reach=reach,
        scope=Scope(
            consumer=entry.get("consumer"),
            debt_kinds=frozenset(entry.get("debts") or ()),
            collectors=frozenset(entry.get("collectors") or ()),
            channels=channels,
            roles=frozenset(entry.get("roles") or ()),
            purposes=frozenset(entry.get("purposes") or ()),
            addresses=frozenset(entry.get("addresses") or ()),
            autodialled=entry.get("autodialled"),
        ),
        dated=tuple(_dated(entry["kind"], since, values, fail) for since, values in dated),
        effective_to=_day(entry["until"], fail) if entry.get("until") else None,
        examples=tuple(_example(one, fail) for one in entry.get("examples") or ()),
        file=f"{path.parent.name}/{path.name}",
        line=line,
    )


def _dated(kind: str, since: Any, values: Mapping[str, Any], fail: Any) -> Dated:
    of = KINDS[kind]
    values = _plain(values)
    unknown = set(values) - of.parameters
    if unknown and not of.free:
        raise fail(f"parameters: {kind} knows no {', '.join(sorted(unknown))}")
    missing = of.required - set(values)
    if missing:
        raise fail(f"parameters: {kind} needs {', '.join(sorted(missing))}")
    try:
        return Dated(_day(since, fail), of.prepare(values))
    except (ValueError, TypeError, KeyError, IndexError) as error:
        if isinstance(error, RulebookError):
            raise
        raise fail(f"parameters: {error}") from error


def _example(entry: Mapping[str, Any], fail: Any) -> Example:
    entry = _plain(entry)
    if entry.get("expect") not in ("allow", "deny", "review"):
        raise fail("an example expects allow, deny or review")
    unknown = set(entry) - {*ContactRequest.__struct_fields__, "expect", "next", "why"}
    if unknown:
        raise fail(
            f"an example knows no {', '.join(sorted(str(name) for name in unknown))} (a comma in a sentence needs quotes)"
        )
    return Example(
        facts={key: value for key, value in entry.items() if key not in ("expect", "next", "why")},
        expect=entry["expect"],
        next_allowed_at=entry.get("next"),
        why=entry.get("why", ""),
    )


def _day(value: Any, fail: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise fail(f"{value!r} is not a date (YYYY-MM-DD)") from error


def _plain(value: Any) -> Any:
    """The value without line marks, lists as tuples."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items() if key != "__line__"}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value
