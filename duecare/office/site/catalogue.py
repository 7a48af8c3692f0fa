"""Message catalogues without system gettext: extract from templates and Python, check, compile.

Each app keeps its own `locale/zh_Hans/LC_MESSAGES/django.po`; English is the language of the msgids.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

OFFICE = Path(__file__).resolve().parents[1]
LOCALE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
Key = tuple[str | None, str, str | None]


def apps() -> list[Path]:
    return sorted(path.parent for path in OFFICE.glob("*/apps.py"))


def messages(app: Path) -> dict[Key, list[str]]:
    """What an app says, as (context, singular, plural), with the places where it is said."""
    found: dict[Key, list[str]] = {}
    for path in sorted([*app.rglob("*.py"), *app.rglob("*.html"), *app.rglob("*.txt")]):
        if {"tests", "migrations", "data"} & set(path.relative_to(app).parts):
            continue
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else _unindented(templatize(text, origin=str(path)))
        for line, key in _extract(source):
            found.setdefault(key, []).append(f"{path.relative_to(OFFICE)}:{line}")
    return found


def _unindented(source: str) -> str:
    """A template's lines without their indentation, which means nothing to Python's tokenizer."""
    return "\n".join(line.strip() for line in source.split("\n"))


def _extract(source: str) -> Iterator[tuple[int, Key]]:
    for line, function, said, _ in extract_python(io.BytesIO(source.encode()), list(KEYWORDS), [], {}):
        parts = list(said) if isinstance(said, tuple | list) else [said]
        if any(not isinstance(part, str) or not part for part in parts[: 2 if function[0] == "n" else 1]):
            continue
        context = str(parts.pop(0)) if "pgettext" in function else None
        plural = str(parts[1]) if function.startswith(("ngettext", "npgettext")) and len(parts) > 1 else None
        yield line, (context, str(parts[0]), plural)


def read(app: Path) -> polib.POFile:
    path = app / LOCALE
    if path.exists():
        return polib.pofile(str(path))
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return file


def update() -> list[str]:
    """Add what is newly said, drop what is not said any more, keep translations. Returns what waits for a translation."""
    waiting = []
    for app in apps():
        said, file = messages(app), read(app)
        known = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None): entry for entry in file}
        entries = []
        for key, places in sorted(said.items(), key=lambda one: one[1][0]):
            entry = known.get(key) or polib.POEntry(
                msgctxt=key[0], msgid=key[1], msgid_plural=key[2] or "", msgstr_plural={0: ""} if key[2] else {}
            )
            entry.occurrences = []
            entries.append(entry)
            if not _is_translated(entry):
                waiting.append(f"{places[0]}: {key[1]}")
        if not entries:
            continue
        file.clear()
        file.extend(entries)
        path = app / LOCALE
        path.parent.mkdir(parents=True, exist_ok=True)
        file.wrapwidth = 0
        file.save(str(path))
    return waiting


def problems() -> list[str]:
    """What is said and not translated, or translated and not said, with its place."""
    found = []
    for app in apps():
        said = messages(app)
        known = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None): entry for entry in read(app)}
        for key, places in said.items():
            if key not in known or not _is_translated(known[key]):
                found.append(f"{places[0]}: not translated: {key[1]}")
            elif "fuzzy" in known[key].flags:
                found.append(f"{places[0]}: marked fuzzy: {key[1]}")
            elif _placeholders(known[key].msgid_plural or key[1]) != _placeholders(*_translations(known[key])):
                found.append(f"{places[0]}: other placeholders in the translation: {key[1]}")
        found += [f"{app.name}/{LOCALE}: not said any more: {key[1]}" for key in known.keys() - said.keys()]
    return found


def compile_all() -> int:
    """Write the binary catalogues; returns how many."""
    count = 0
    for app in apps():
        path = app / LOCALE
        if path.exists():
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
            count += 1
    return count


def _translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _is_translated(entry: polib.POEntry) -> bool:
    return bool(_translations(entry)) and all(_translations(entry))


def _placeholders(*texts: str) -> set[str]:
    """What the program will fill in; a translation that lacks one hides a fact, one that adds one breaks the page."""
    return {one for text in texts for one in PLACEHOLDER.findall(text)}
