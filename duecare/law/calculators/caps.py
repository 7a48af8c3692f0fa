"""What is the most that may be asked: as a rate, for everything together, as a fee? Each cap of a law that holds a debt, with its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from duecare.law.calculators.claims import NO_CURRENCY, ZERO, Claim, caps_for, check, statutory_for
from duecare.law.calculators.interest import PRECISION, formula
from duecare.law.calculators.money import quantise
from duecare.law.calculators.rates import RateUnknown
from duecare.law.calculators.reading import OptionError, kind_of
from duecare.law.calculators.schemes import FOLDER, Cap, Days, Fee, Scheme, scheme
from duecare.law.calculators.working import Line, Source, Words, number, phrase

WORST = ("denied", "unknown", "capped", "allowed")


@dataclass(frozen=True, slots=True)
class Charge:
    """What somebody wants to charge beside the agreed rate: a fee, or the next sum of interest and fees."""

    fee: Decimal | None = None
    title: bool = False
    next: Decimal | None = None
    balance_at_default: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One cap. `verdict` is allowed, capped, denied or unknown, or empty where nothing was asked; `figures` are its amounts."""

    id: str
    what: str
    verdict: str
    figures: Mapping[str, Any]
    source: Source


@dataclass(frozen=True, slots=True)
class Caps:
    law: str
    name: Words
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    certainty: str
    basis: str
    checked: date | None

    @property
    def verdict(self) -> str:
        """The worst of the items' verdicts; empty where nothing was asked."""
        found = {item.verdict for item in self.items}
        return next((one for one in WORST if one in found), "")

    def to_dict(self, lang: str) -> dict[str, Any]:
        return {
            "law": self.law,
            "verdict": self.verdict,
            "items": [
                {
                    "id": one.id,
                    "what": one.what,
                    "verdict": one.verdict,
                    "source": one.source.text,
                    "status": one.source.status,
                }
                | {
                    key: format(value, "f") if isinstance(value, Decimal) else value
                    for key, value in one.figures.items()
                }
                for one in self.items
            ],
            "certainty": self.certainty,
            "data": phrase("basis", self.basis, lang),
            "checked": None if self.checked is None else self.checked.isoformat(),
            "lines": [line.to_dict(lang) for line in self.lines],
        }


def caps(claim: Claim, charge: Charge) -> Caps:
    """The caps that hold a claim on the day `starts_on`, and what they say to what is to be charged.

    Raises:
        OptionError: what was asked cannot be answered; names the option and what is allowed.
    """
    with localcontext() as context:
        context.prec = PRECISION
        claim = replace(claim, kind=kind_of(FOLDER, claim.kind))
        check(claim)
        for option, amount in (
            ("--fee", charge.fee),
            ("--next", charge.next),
            ("--balance-at-default", charge.balance_at_default),
        ):
            if amount is not None and not (amount.is_finite() and amount >= 0):
                raise OptionError(option, f"{amount} is no amount; allowed: 0 or more")
        return _caps(claim, charge)


def _caps(claim: Claim, charge: Charge) -> Caps:
    law = scheme(claim.law)
    contract = claim.contract_on or claim.starts_on
    items: list[Item] = []
    lines: list[Line] = []
    for cap in caps_for(law, claim, claim.principal, contract):
        if cap.rate is None:
            _total(cap, claim, charge, items, lines)
        elif cap.scope.holds_on(claim.starts_on):
            _rate(cap, claim, contract, items, lines)
    for fee in law.fees:
        if fee.scope.holds(
            consumer=claim.consumer,
            kind=claim.kind,
            lender=claim.lender,
            overdue=claim.overdue,
            principal=claim.principal,
            contract=contract,
        ):
            _fee(fee, claim, charge, items, lines)
    _compensation(law, claim, contract, items, lines)
    if not items:
        lines.append(Line(None, "cap_none"))
    return Caps(law.law, law.name, tuple(items), tuple(lines), law.status, law.basis, law.checked)


def _rate(cap: Cap, claim: Claim, contract: date, items: list[Item], lines: list[Line]) -> None:
    assert cap.rate is not None
    if cap.rate.bands and not claim.principal:
        bands = []
        for below, percent in cap.rate.bands:
            facts = {"below": below, "cap": percent}
            lines.append(Line(claim.starts_on, "cap_band_last" if below is None else "cap_band", facts, cap.source))
            bands.append({"below": None if below is None else number(below), "max_pct": number(percent)})
        items.append(Item(cap.id, "rate", "", {"bands": bands}, cap.source))
        return
    days = Days(claim.starts_on, contract, claim.filed_on or claim.ends_on)
    try:
        rate = cap.rate.at(claim.starts_on, days, claim.principal, claim.references)
    except RateUnknown as unknown:
        missing = {"table": unknown.table.name, "on": unknown.on, "known_to": unknown.table.known_to}
        lines.append(Line(claim.starts_on, "cap_rate_unknown", missing, cap.source, unknown.table.hint))
        items.append(Item(cap.id, "rate", "unknown", {"max_pct": None}, cap.source))
        return
    key = "cap_rate" if formula(rate) == number(rate.percent) else "cap_rate_of"
    lines.append(Line(claim.starts_on, key, {"cap": rate.percent, "formula": formula(rate)}, cap.source, cap.note))
    figures: dict[str, Any] = {"max_pct": number(rate.percent), "formula": formula(rate)}
    verdict = ""
    if claim.rate is not None:
        verdict = "capped" if claim.rate > rate.percent else "allowed"
        figures["rate_pct"] = number(min(claim.rate, rate.percent))
        lines.append(
            Line(claim.starts_on, f"cap_rate_{verdict}", {"nominal": claim.rate, "cap": rate.percent}, cap.source)
        )
    items.append(Item(cap.id, "rate", verdict, figures, cap.source))


def _total(cap: Cap, claim: Claim, charge: Charge, items: list[Item], lines: list[Line]) -> None:
    assert cap.total_percent is not None
    base = claim.principal
    if cap.total_of == "balance_at_default" and charge.balance_at_default is not None:
        base = charge.balance_at_default
    total = quantise(base * cap.total_percent / 100, claim.currency)
    room = max(total - claim.already, ZERO)
    on = claim.starts_on
    lines.append(
        Line(on, "cap_total", {"total": total, "percent": cap.total_percent, "of": cap.total_of}, cap.source, cap.note)
    )
    lines.append(Line(on, "cap_total_room", {"already": claim.already, "room": room}, cap.source))
    verdict = ""
    if charge.next is not None:
        verdict = "allowed" if charge.next <= room else "denied"
        lines.append(Line(on, f"cap_total_{verdict}", {"next": charge.next}, cap.source))
    items.append(Item(cap.id, "total", verdict, {"max": total, "charged": claim.already, "room": room}, cap.source))


def _fee(fee: Fee, claim: Claim, charge: Charge, items: list[Item], lines: list[Line]) -> None:
    on, source = claim.starts_on, fee.source
    if fee.unless == "title" and charge.title:
        lines.append(Line(on, "cap_fee_unless", {"what": fee.what}, source))
        return
    if fee.limit is not None:
        lines.append(Line(on, "cap_fee_limit", {"what": fee.what, "limit": fee.limit}, source, fee.note))
        items.append(Item(fee.id, "fee", "", {"limit": dict(fee.limit)}, source))
        return
    most = fee.amount if fee.percent is None else quantise(claim.principal * fee.percent / 100, claim.currency)
    assert most is not None
    key = "cap_fee_none" if most == 0 else "cap_fee" if fee.percent is None else "cap_fee_percent"
    facts = {"what": fee.what, "amount": most, "percent": fee.percent, "currency": fee.currency or claim.currency}
    lines.append(Line(on, key, facts, source, fee.note))
    verdict = ""
    if charge.fee is not None:
        verdict = "allowed" if charge.fee <= most else "denied" if most == 0 else "capped"
        lines.append(Line(on, f"cap_fee_{verdict}", {"fee": charge.fee, "amount": most}, source))
    items.append(Item(fee.id, "fee", verdict, {"max": most, "kind": fee.what}, source))


def _compensation(law: Scheme, claim: Claim, contract: date, items: list[Item], lines: list[Line]) -> None:
    found = statutory_for(law, replace(claim, rate=None), claim.principal, contract)
    entry = None if found is None else found.compensation
    if found is None or entry is None:
        return
    if entry.amount is None and (not claim.principal or claim.currency not in (entry.currency, NO_CURRENCY)):
        return
    amount = quantise(entry.of(claim.principal), entry.currency)
    key = "compensation_if" if entry.conditional else "compensation"
    lines.append(Line(claim.starts_on, key, {"amount": amount, "currency": entry.currency}, entry.source, entry.note))
    items.append(
        Item(f"{found.id}-FIXED", "compensation", "", {"amount": amount, "currency": entry.currency}, entry.source)
    )
