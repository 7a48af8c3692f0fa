"""Who could owe this? A person or firm put together from a reference: the same reference is always the same somebody, who is nobody.

Telephone numbers come from ranges kept for fiction (or, in China, from numbers that cannot be assigned), mail goes to the reserved example domains,
and addresses say that they are invented. The ranges and their keepers stand in `people.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import yaml

from duecare.exchange.values import PlacedContactPoint


@dataclass(frozen=True, slots=True)
class InventedParty:
    reference: str
    kind: str
    name: str
    language: str
    jurisdiction: str
    contact_points: tuple[PlacedContactPoint, ...]

    def value(self, kind: str) -> str:
        """The contact point of that kind; empty where there is none."""
        return next((point.value for point in self.contact_points if point.kind == kind), "")


@cache
def _people() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("people.yaml").read_text(encoding="utf-8"))
    return data


class _Draws:
    """Choices that follow from seed and reference alone, the same on every machine."""

    def __init__(self, seed: int, reference: str) -> None:
        self._left = int.from_bytes(blake2b(f"{seed}\x1f{reference}".encode(), digest_size=48).digest(), "big")

    def below(self, bound: int) -> int:
        self._left, drawn = divmod(self._left, bound)
        return drawn

    def of(self, choices: list[str]) -> str:
        return choices[self.below(len(choices))]


def invent_party(
    reference: str, *, jurisdiction: str, kind: str = "person", language: str = "en", seed: int = 0
) -> InventedParty:
    """The party of this reference. `kind` is person or company, `language` en, zh-hans or de.

    Raises:
        LookupError: no number range is known for the jurisdiction.
        ValueError: another kind or language.
    """
    if kind not in ("person", "company"):
        raise ValueError(f"a party is a person or a company, not {kind!r}")
    people = _people()
    tongue = language.split("-")[0]
    if tongue not in people["names"]:
        raise ValueError(f"there are no invented names in {language!r}")
    if jurisdiction not in people["phones"]:
        raise LookupError(f"no telephone numbers that belong to nobody are known for {jurisdiction!r}")
    draws = _Draws(seed, reference)
    phone_kind = "mobile" if kind == "person" else "work_phone"
    if kind == "person":
        family, given = draws.of(people["names"][tongue]["family"]), draws.of(people["names"][tongue]["given"])
        name = family + given if tongue == "zh" else f"{given} {family}"
    else:
        name = _firm(draws, people["firms"][tongue], tongue, jurisdiction)
    pattern = draws.of(people["phones"][jurisdiction][phone_kind])
    phone = "".join(str(draws.below(10)) if sign == "#" else sign for sign in pattern)
    email = f"{'p' if kind == 'person' else 'f'}{draws.below(16**8):08x}@{draws.of(people['email_domains'])}"
    address = people["addresses"][jurisdiction].format(n=1 + draws.below(240))
    points = (
        PlacedContactPoint(phone_kind, phone, True),
        PlacedContactPoint("email", email, True),
        PlacedContactPoint("postal", address, True),
    )
    return InventedParty(reference, kind, name, language, jurisdiction, points)


def _firm(draws: _Draws, parts: dict[str, Any], tongue: str, jurisdiction: str) -> str:
    first, second = draws.of(parts["first"]), draws.of(parts["second"])
    if tongue == "zh":
        return f"{first}{second}{parts['form'][0]}"
    forms = parts["form"]
    form = forms.get(jurisdiction.split("-")[0], forms["other"]) if isinstance(forms, dict) else forms[0]
    return f"{first} {second} {form}"
