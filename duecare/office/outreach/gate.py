"""The rulebooks in force in this office: those that ship with Duecare and, for each creditor, the office's and the creditor's own, which may only tighten.

Asked for with every contact, so it must cost next to nothing: the libraries are kept, and once a second (for a permit: each time) one short query asks whether
a step was taken on any proposal. A step changes the version, which every permit stores.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duecare.law import Library, Rule, default_library

FRESH = 1.0
"""Seconds for which a list or a preview may go on with the libraries it knows. A permit never does."""


class OfficeLibrary(Library):
    """The rulebooks with the layers that bind one creditor's accounts. `rule` also tells of rules that bound others or bound once, for pages about old refusals."""

    def __init__(self, rules: Sequence[Rule], version: str, told: Mapping[str, Rule]) -> None:
        super().__init__(rules, version)
        self._told = told

    def rule(self, id: str) -> Rule:
        try:
            return super().rule(id)
        except KeyError:
            return self._told[id]


@dataclass(frozen=True)
class _Known:
    stamp: tuple[int, str]
    looked_at: float
    libraries: dict[int | None, Library] = field(default_factory=dict)


_known: _Known | None = None


def library() -> Library:
    """What binds every account of the office."""
    return library_for(None)


def library_for(creditor: int | None, *, now: bool = False) -> Library:
    """What binds the accounts of a creditor (its id): law, house, office and the creditor's own policy. `now` asks the database in any case.

    Raises:
        RulebookError: an approved layer cannot be read by this release; nobody is contacted without it.
    """
    known = _current(now)
    return known.libraries.get(creditor) or known.libraries[None]


def forget() -> None:
    """A step was taken: look again."""
    global _known
    _known = None


def _current(now: bool) -> _Known:
    global _known
    known = _known
    if known is not None and not now and time.monotonic() - known.looked_at < FRESH:
        return known
    from duecare.office.rulebooks import layers

    stamp = layers.stamp()
    libraries = known.libraries if known is not None and known.stamp == stamp else _build()
    _known = found = _Known(stamp, time.monotonic(), libraries)
    return found


def _build() -> dict[int | None, Library]:
    from duecare.office.rulebooks import layers

    own = layers.own_rules()
    base = default_library()
    if not own:
        return {None: base}
    told = {one.rule.id: one.rule for one in own}
    creditors = [None, *sorted({one.creditor for one in own if one.creditor is not None})]
    libraries: dict[int | None, Library] = {}
    for creditor in creditors:
        binding = [one for one in own if one.creditor in (None, creditor)]
        layered, version = base, base.version
        if binding:
            digest = layers.digest(binding)[:23]
            layered = base.with_layer([one.rule for one in binding], digest)
            version = f"{base.version[:40]}+{digest}"  # a permit row keeps 64 characters
        libraries[creditor] = OfficeLibrary(layered.rules(), version, told)
    return libraries
