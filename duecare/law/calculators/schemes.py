"""What interest does a law give, and what is the most that may be asked? One scheme a law, read from `data/interest` and checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from duecare.law.calculators.daycount import DayCount
from duecare.law.calculators.rates import RateTable, RateUnknown, rate_of, table
from duecare.law.calculators.reading import DataError, OptionError, day, known, law_file, laws, nearest_law
from duecare.law.calculators.working import Source, Words

FOLDER = "interest"
KINDS = ("contract", "loan", "card", "sale", "note", "payday", "msme")
LENDERS = ("private", "licensed")
COMPOUND = ("none", "yearly", "monthly")
MOVES = ("day", "start", "contract", "filing")
PER_YEAR = {"year": Decimal(1), "month": Decimal(12), "day": Decimal(365)}


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which a rate may turn: when interest begins, when the contract was made, when suit was filed."""

    start: date
    contract: date
    filing: date


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of one day, with what it was made of."""

    percent: Decimal
    base: Decimal | None = None
    table: RateTable | None = None
    on: date | None = None
    times: Decimal = Decimal(1)
    plus: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class RateRule:
    """How a rate comes about: a fixed figure, figures since dated days, bands of the principal, or a published table with something to it."""

    percent: Decimal | None
    steps: tuple[tuple[date, Decimal], ...]
    bands: tuple[tuple[Decimal | None, Decimal], ...]
    table: str | None
    times: Decimal
    plus: Decimal
    moves: str
    per: str

    def at(self, on: date, days: Days, principal: Decimal, stated: Mapping[date, Decimal]) -> Rate:
        """The rate of a day, per cent a year.

        Raises:
            RateUnknown: the table does not hold it.
        """
        on = {"day": on, "start": days.start, "contract": days.contract, "filing": days.filing}[self.moves]
        if self.table is not None:
            rates = table(self.table, stated)
            since, base = rates.entry(on)
            if self.moves == "day":
                on = since
            return Rate(base * self.times + self.plus, base, rates, on, self.times, self.plus)
        if self.steps:
            found = [percent for since, percent in self.steps if since <= on]
            percent = found[-1] if found else self.steps[0][1]
        elif self.bands:
            percent = next(rate for below, rate in self.bands if below is None or principal < below)
        else:
            assert self.percent is not None
            percent = self.percent
        return Rate(percent * PER_YEAR[self.per], percent if self.per != "year" else None)

    def changes(self, start: date, end: date, stated: Mapping[date, Decimal]) -> list[date]:
        """The days on which it may change while interest runs."""
        if self.moves != "day":
            return []
        if self.table is not None:
            return table(self.table, stated).changes(start, end)
        return [since for since, _ in self.steps if start < since < end]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose debt, of which kind, from which lender; made when, and for which days."""

    consumer: bool | None
    kinds: frozenset[str]
    lenders: frozenset[str]
    overdue: bool | None
    principal_to: Decimal | None
    contract_from: date | None
    contract_before: date | None
    days_from: date | None
    days_before: date | None

    def holds(
        self, *, consumer: bool, kind: str, lender: str, overdue: bool, principal: Decimal, contract: date
    ) -> bool:
        return (
            (self.consumer is None or self.consumer == consumer)
            and (not self.kinds or kind in self.kinds)
            and (not self.lenders or lender in self.lenders)
            and (self.overdue is None or self.overdue == overdue)
            and (self.principal_to is None or principal <= self.principal_to)
            and (self.contract_from is None or self.contract_from <= contract)
            and (self.contract_before is None or contract < self.contract_before)
        )

    def holds_on(self, on: date) -> bool:
        return (self.days_from is None or self.days_from <= on) and (self.days_before is None or on < self.days_before)

    @property
    def turns_on_contract(self) -> bool:
        return self.contract_from is not None or self.contract_before is not None


@dataclass(frozen=True, slots=True)
class Compensation:
    """A fixed sum for being paid late: one figure, by bands of the principal, or by a scale with a least and a most."""

    amount: Decimal | None
    bands: tuple[tuple[Decimal | None, Decimal], ...]
    scale: tuple[tuple[Decimal | None, Decimal], ...]
    least: Decimal
    most: Decimal | None
    currency: str
    source: Source
    note: Words | None
    with_agreed: bool
    """Also where a rate was agreed."""
    conditional: bool
    """Owed only where the note's condition is met, and so in no sum."""

    def of(self, principal: Decimal) -> Decimal:
        if self.amount is not None:
            return self.amount
        if self.bands:
            return next(amount for below, amount in self.bands if below is None or principal < below)
        left, total = principal, Decimal(0)
        for width, percent in self.scale:
            part = left if width is None else min(left, width)
            total += part * percent / 100
            left -= part
        total = max(total, self.least)
        return total if self.most is None else min(total, self.most)


@dataclass(frozen=True, slots=True)
class Statutory:
    id: str
    scope: Scope
    since: date | None
    until: date | None
    rate: RateRule | None
    source: Source
    note: Words | None
    compensation: Compensation | None


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be asked: a rate, or a share of the principal or of the balance at default for everything together."""

    id: str
    scope: Scope
    rate: RateRule | None
    total_percent: Decimal | None
    total_of: str
    currency: str | None
    source: Source
    note: Words | None


@dataclass(frozen=True, slots=True)
class Fee:
    """The most that may be asked as a fee of a kind: a sum, a share of the debt, or a limit in words; not where `unless` is so."""

    id: str
    scope: Scope
    what: str
    amount: Decimal | None
    percent: Decimal | None
    limit: Words | None
    currency: str | None
    unless: str | None
    source: Source
    note: Words | None


@dataclass(frozen=True, slots=True)
class Allocation:
    order: str
    source: Source


@dataclass(frozen=True, slots=True)
class Scheme:
    law: str
    name: Words
    status: str
    basis: str
    checked: date | None
    day_count: DayCount
    day_count_source: Source
    allocation: Allocation
    consumer_allocation: tuple[frozenset[str], Allocation] | None
    compound_statutory: str
    compound_agreed: bool
    compound_kinds: frozenset[str]
    compound_source: Source
    compound_note: Words | None
    net_principal: Source | None
    statutory: tuple[Statutory, ...]
    caps: tuple[Cap, ...]
    fees: tuple[Fee, ...]
    notes: tuple[tuple[Words, Source | None], ...]

    def allocates(self, kind: str, consumer: bool) -> Allocation:
        if consumer and self.consumer_allocation is not None and kind in self.consumer_allocation[0]:
            return self.consumer_allocation[1]
        return self.allocation


def scheme(law: str) -> Scheme:
    """The scheme of a law, or of the law above it. Raises OptionError for a law that is not known."""
    found = nearest_law(FOLDER, law)
    if found is None:
        below = [name for name in laws(FOLDER) if name.startswith(f"{law}-")]
        if below:
            raise OptionError("--law", f"in {law} each state has its own law; allowed: {', '.join(below)}")
        raise OptionError("--law", f"nothing is known of {law}; allowed: {', '.join(laws(FOLDER))}")
    return _scheme(found)


SCOPE = frozenset(
    {
        "who",
        "kinds",
        "lenders",
        "overdue",
        "principal_to",
        "contract_from",
        "contract_before",
        "days_from",
        "days_before",
    }
)
SAID = frozenset({"id", "source", "seen", "note"})
COMPENSATION = frozenset(
    {"amount", "bands", "scale", "least", "most", "currency", "with_agreed", "conditional", "source", "seen", "note"}
)


@cache
def _scheme(law: str) -> Scheme:
    data = law_file(FOLDER, law)
    where = f"data/{FOLDER}/{law}.yaml"
    known(
        data,
        frozenset({"law", "name", "status", "basis", "checked", "day_count", "allocation", "compound", "net_principal"})
        | {"statutory", "caps", "fees", "notes"},
        where,
    )
    if data["status"] not in ("verified", "unverified"):
        raise DataError(f"{where}: status is verified or unverified")
    compound, allocation = data["compound"], data["allocation"]
    known(compound, frozenset({"statutory", "agreed", "only", "source", "seen", "note"}), f"{where}: compound")
    known(allocation, frozenset({"order", "source", "seen", "consumer"}), f"{where}: allocation")
    if compound["statutory"] not in COMPOUND:
        raise DataError(f"{where}: compound: statutory is one of {', '.join(COMPOUND)}")
    own = allocation.get("consumer")
    return Scheme(
        law=law,
        name=data["name"],
        status=data["status"],
        basis=data["basis"],
        checked=None if data.get("checked") is None else day(data["checked"], where),
        day_count=DayCount(data["day_count"]["rule"]),
        day_count_source=_source(data["day_count"], where),
        allocation=_allocation(allocation, where),
        consumer_allocation=None if own is None else (frozenset(own["kinds"]), _allocation(own, where)),
        compound_statutory=compound["statutory"],
        compound_agreed=bool(compound["agreed"]),
        compound_kinds=frozenset(compound.get("only", KINDS)),
        compound_source=_source(compound, where),
        compound_note=compound.get("note"),
        net_principal=Source.of(data.get("net_principal") or {}),
        statutory=tuple(_statutory(one, f"{where}: statutory: {one.get('id')}") for one in data["statutory"]),
        caps=tuple(_cap(one, f"{where}: caps: {one.get('id')}") for one in data.get("caps") or ()),
        fees=tuple(_fee(one, f"{where}: fees: {one.get('id')}") for one in data.get("fees") or ()),
        notes=tuple((one["text"], Source.of(one)) for one in data.get("notes") or ()),
    )


def _allocation(entry: Mapping[str, Any], where: str) -> Allocation:
    if entry["order"] not in ("interest_first", "principal_first"):
        raise DataError(f"{where}: allocation: order is interest_first or principal_first")
    return Allocation(entry["order"], _source(entry, where))


def _source(entry: Mapping[str, Any], where: str) -> Source:
    found = Source.of(entry)
    if found is None:
        raise DataError(f"{where}: the source is missing")
    return found


def _date(entry: Mapping[str, Any], key: str, where: str) -> date | None:
    return None if entry.get(key) is None else day(entry[key], where)


def _decimal(entry: Mapping[str, Any], key: str) -> Decimal | None:
    return None if entry.get(key) is None else rate_of(entry, key)


def _scope(entry: Mapping[str, Any], where: str) -> Scope:
    kinds, lenders = frozenset(entry.get("kinds", ())), frozenset(entry.get("lenders", ()))
    if kinds - set(KINDS) or lenders - set(LENDERS) or entry.get("who") not in (None, "consumer", "business"):
        raise DataError(f"{where}: who, kinds or lenders name what is not known")
    return Scope(
        consumer={None: None, "consumer": True, "business": False}[entry.get("who")],
        kinds=kinds,
        lenders=lenders,
        overdue=entry.get("overdue"),
        principal_to=_decimal(entry, "principal_to"),
        contract_from=_date(entry, "contract_from", where),
        contract_before=_date(entry, "contract_before", where),
        days_from=_date(entry, "days_from", where),
        days_before=_date(entry, "days_before", where),
    )


def _rate(entry: Mapping[str, Any], where: str) -> RateRule:
    known(entry, frozenset({"percent", "steps", "bands", "table", "times", "plus", "moves", "per"}), where)
    if sum(key in entry for key in ("percent", "steps", "bands", "table")) != 1:
        raise DataError(f"{where}: a rate is one of percent, steps, bands and table")
    if "table" in entry:
        table(entry["table"])
    moves, per = entry.get("moves", "start"), entry.get("per", "year")
    if moves not in MOVES or per not in PER_YEAR:
        raise DataError(f"{where}: moves is one of {', '.join(MOVES)}, per one of {', '.join(PER_YEAR)}")
    return RateRule(
        percent=_decimal(entry, "percent"),
        steps=tuple(
            (day(since, where), Decimal(str(percent))) for since, percent in (entry.get("steps") or {}).items()
        ),
        bands=_bands(entry.get("bands") or (), "below", "percent"),
        table=entry.get("table"),
        times=_decimal(entry, "times") or Decimal(1),
        plus=_decimal(entry, "plus") or Decimal(0),
        moves=moves,
        per=per,
    )


def _bands(entries: Any, edge: str, value: str) -> tuple[tuple[Decimal | None, Decimal], ...]:
    return tuple((_decimal(one, edge), rate_of(one, value)) for one in entries)


def _statutory(entry: Mapping[str, Any], where: str) -> Statutory:
    known(entry, SCOPE | SAID | {"since", "until", "rate", "compensation"}, where)
    compensation = entry.get("compensation")
    return Statutory(
        id=entry["id"],
        scope=_scope(entry, where),
        since=_date(entry, "since", where),
        until=_date(entry, "until", where),
        rate=None if entry["rate"] is None else _rate(entry["rate"], where),
        source=_source(entry, where),
        note=entry.get("note"),
        compensation=None if compensation is None else _compensation(compensation, where),
    )


def _compensation(entry: Mapping[str, Any], where: str) -> Compensation:
    known(entry, COMPENSATION, where)
    return Compensation(
        amount=_decimal(entry, "amount"),
        bands=_bands(entry.get("bands") or (), "below", "amount"),
        scale=_bands(entry.get("scale") or (), "width", "percent"),
        least=_decimal(entry, "least") or Decimal(0),
        most=_decimal(entry, "most"),
        currency=entry["currency"],
        source=_source(entry, where),
        note=entry.get("note"),
        with_agreed=bool(entry.get("with_agreed", True)),
        conditional=bool(entry.get("conditional", False)),
    )


def _cap(entry: Mapping[str, Any], where: str) -> Cap:
    known(entry, SCOPE | SAID | {"rate", "total", "currency"}, where)
    total = entry.get("total")
    if (total is None) == (entry.get("rate") is None):
        raise DataError(f"{where}: a cap is a rate or a total")
    if total is not None and total["of"] not in ("principal", "balance_at_default"):
        raise DataError(f"{where}: total: of is principal or balance_at_default")
    return Cap(
        id=entry["id"],
        scope=_scope(entry, where),
        rate=None if total is not None else _rate(entry["rate"], where),
        total_percent=None if total is None else rate_of(total),
        total_of="" if total is None else total["of"],
        currency=entry.get("currency"),
        source=_source(entry, where),
        note=entry.get("note"),
    )


def _fee(entry: Mapping[str, Any], where: str) -> Fee:
    known(entry, SCOPE | SAID | {"what", "amount", "percent", "limit", "currency", "unless"}, where)
    return Fee(
        id=entry["id"],
        scope=_scope(entry, where),
        what=entry["what"],
        amount=_decimal(entry, "amount"),
        percent=_decimal(entry, "percent"),
        limit=entry.get("limit"),
        currency=entry.get("currency"),
        unless=entry.get("unless"),
        source=_source(entry, where),
        note=entry.get("note"),
    )


__all__ = ["COMPOUND", "KINDS", "LENDERS", "Cap", "Days", "Fee", "Rate", "RateUnknown", "Scheme", "Statutory", "scheme"]
