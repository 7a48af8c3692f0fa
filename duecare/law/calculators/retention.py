"""How long are records kept, and from which day may they be deleted? (`data/retention.yaml`)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duecare.law.calculators.dates import add_months
from duecare.law.calculators.reading import DataError, OptionError, check_days, day, known, read
from duecare.law.calculators.working import Line, Source, Words, phrase

SINCE = ("recorded", "last_activity", "created")
FIELDS = frozenset({"id", "products", "what", "name", "years", "months", "from", "since", "source", "seen", "basis"})


@dataclass(frozen=True, slots=True)
class Term:
    """How long one sort of record is kept, from which event."""

    id: str
    law: str
    products: frozenset[str]
    what: str
    name: Words
    months: int
    since: str
    in_force: date
    source: Source
    basis: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer for one term: `until` is the first day on which it may be deleted, None where that day cannot be named."""

    term: Term
    until: date | None
    deletable: bool


@dataclass(frozen=True, slots=True)
class Retention:
    law: str
    as_of: date
    kept: tuple[Kept, ...]
    lines: tuple[Line, ...]

    @property
    def longest(self) -> date | None:
        """The first day on which all of it may be deleted."""
        days = [one.until for one in self.kept]
        return None if not days or None in days else max(day for day in days if day is not None)

    def to_dict(self, lang: str) -> dict[str, Any]:
        return {
            "law": self.law,
            "as_of": self.as_of.isoformat(),
            "longest": None if self.longest is None else self.longest.isoformat(),
            "records": [
                {
                    "id": one.term.id,
                    "law": one.term.law,
                    "what": one.term.what,
                    "name": one.term.name[lang],
                    "products": sorted(one.term.products),
                    "from": one.term.since,
                    "deletable_from": None if one.until is None else one.until.isoformat(),
                    "deletable": one.deletable,
                    "source": one.term.source.text,
                    "status": one.term.source.status,
                    "data": phrase("basis", one.term.basis, lang),
                }
                for one in self.kept
            ],
            "lines": [line.to_dict(lang) for line in self.lines],
        }


def terms() -> tuple[Term, ...]:
    """All terms of keeping that are held."""
    found = []
    for law, entries in read("retention.yaml").items():
        for entry in entries:
            where = f"data/retention.yaml: {entry.get('id')}"
            known(entry, FIELDS, where)
            source = Source.of(entry)
            if source is None or entry["from"] not in SINCE:
                raise DataError(f"{where}: the source is missing, or from is none of {', '.join(SINCE)}")
            found.append(
                Term(
                    id=entry["id"],
                    law=law,
                    products=frozenset(entry.get("products", ())),
                    what=entry["what"],
                    name=entry["name"],
                    months=12 * int(entry.get("years", 0)) + int(entry.get("months", 0)),
                    since=entry["from"],
                    in_force=day(entry["since"], where),
                    source=source,
                    basis=entry["basis"],
                )
            )
    return tuple(found)


def products(law: str) -> tuple[str, ...]:
    """The products that the terms of a law (and of the laws above it) name."""
    return tuple(sorted({product for term in terms() if _is_above(term.law, law) for product in term.products}))


def retention(
    law: str, *, asked: Sequence[str], recorded: date, as_of: date, last_activity: date | None = None
) -> Retention:
    """How long records of some products (none named: of all), made on a day, are kept.

    Raises:
        OptionError: a law or a product that is not known, or a day that lies after the day asked about.
    """
    if not law.isascii() or not law.replace("-", "").isalnum():
        raise OptionError("--law", f"{law!r} is no code of a jurisdiction, such as CN, US or US-NY-NYC")
    check_days([("--recorded", recorded), ("--last-activity", last_activity), ("--as-of", as_of)])
    for option, on in (("--recorded", recorded), ("--last-activity", last_activity)):
        if on is not None and on > as_of:
            raise OptionError(option, f"{on} lies after the day asked about, {as_of} (--as-of)")
    own = products(law)
    for product in asked:
        if own and product not in own and not any(_is_above(term.law, law) and not term.products for term in terms()):
            raise OptionError("--product", f"{product!r} is not known in {law}; allowed: {', '.join(own)}")
    kept: list[Kept] = []
    lines: list[Line] = []
    for term in terms():
        if (
            not _is_above(term.law, law)
            or (asked and term.products and not term.products & set(asked))
            or term.in_force > as_of
        ):
            continue
        start = last_activity if term.since == "last_activity" else recorded
        facts: dict[str, Any] = {"what": term.name, "length": term.months, "since": term.since}
        if start is None:
            lines.append(Line(None, "keep_unknown", facts, term.source))
            kept.append(Kept(term, None, False))
            continue
        until = add_months(start, term.months)
        lines.append(
            Line(start, "keep", {**facts, "start": start, "until": until}, term.source, figures={"until": until})
        )
        deletable = as_of >= until
        lines.append(Line(as_of, "keep_deletable" if deletable else "keep_must", {"as_of": as_of}, term.source))
        kept.append(Kept(term, until, deletable))
    answer = Retention(law, as_of, tuple(kept), tuple(lines))
    if not kept:
        lines.append(Line(None, "keep_none"))
    elif len(kept) > 1 and answer.longest is not None:
        lines.append(Line(None, "keep_longest", {"until": answer.longest}))
    return Retention(law, as_of, tuple(kept), tuple(lines))


def _is_above(above: str, law: str) -> bool:
    return law == above or law.startswith(f"{above}-")
