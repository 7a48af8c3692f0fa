"""What has interest come to, by which rate, and how much is owed now? Stretch by stretch, so that it can be checked by hand.

A stretch is half-open, as in the ledger: the day on which interest begins bears it, the day on which it ends does not. Each stretch is rounded to six
decimals; what the stretches add up to is rounded to the currency's minor unit, halves to the even one, when a payment is set against it, when it is
added to the principal, and at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, localcontext
from itertools import pairwise
from typing import Any

from duecare.law.calculators.claims import ZERO, Claim, Payment, caps_for, check, statutory_for
from duecare.law.calculators.dates import add_months
from duecare.law.calculators.daycount import DayCount
from duecare.law.calculators.money import line_amount, quantise
from duecare.law.calculators.rates import RateTable, RateUnknown
from duecare.law.calculators.reading import OptionError, kind_of
from duecare.law.calculators.schemes import FOLDER, Allocation, Cap, Days, Rate, Scheme, Statutory, scheme
from duecare.law.calculators.working import Line, Source, Words, number, phrase

PRECISION = 50
TOO_MUCH = Decimal(10) ** 30
STATED: Words = {"en": " (stated by you)", "zh": "（由您给出）"}
SILENT: Words = {"en": "", "zh": ""}


@dataclass(frozen=True, slots=True)
class Missing:
    """A reference rate that is not held: which table's, and from which day on nothing could be counted."""

    table: RateTable
    on: date
    counted_to: date


@dataclass(frozen=True, slots=True)
class Interest:
    """The answer. Amounts are rounded; `rate` is that of the first day, None where there is none or it is not known."""

    claim: Claim
    law: str
    name: Words
    basis: str
    """agreed, statutory or none."""
    principal: Decimal
    day_count: DayCount
    compound: str
    rate: Decimal | None
    rates: tuple[Mapping[str, Any], ...]
    interest: Decimal
    paid: Decimal
    principal_left: Decimal
    interest_left: Decimal
    overpaid: Decimal
    compensation: Decimal | None
    compensation_currency: str | None
    total: Decimal
    capped: bool
    assumed: tuple[str, ...]
    missing: Missing | None
    lines: tuple[Line, ...]
    remarks: tuple[Line, ...]
    certainty: str
    basis_of_data: str
    checked: date | None

    @property
    def complete(self) -> bool:
        return self.missing is None

    @property
    def allowed(self) -> bool:
        """Whether there is interest to ask for at all."""
        return self.basis != "none"

    def to_dict(self, lang: str) -> dict[str, Any]:
        claim = self.claim
        return {
            "law": self.law,
            "basis": self.basis,
            "allowed": self.allowed,
            "complete": self.complete,
            "consumer": claim.consumer,
            "kind": claim.kind,
            "from": claim.starts_on.isoformat(),
            "to": claim.ends_on.isoformat(),
            "currency": claim.currency,
            "principal": money(self.principal),
            "rate_pct": None if self.rate is None else number(self.rate),
            "rates": list(self.rates),
            "day_count": self.day_count.value,
            "compound": self.compound,
            "interest": money(self.interest),
            "paid": money(self.paid),
            "principal_left": money(self.principal_left),
            "interest_left": money(self.interest_left),
            "overpaid": money(self.overpaid),
            "compensation": None if self.compensation is None else money(self.compensation),
            "compensation_currency": self.compensation_currency,
            "total": money(self.total),
            "capped": self.capped,
            "assumed": list(self.assumed),
            "missing": None
            if self.missing is None
            else {
                "table": self.missing.table.id,
                "on": self.missing.on.isoformat(),
                "known_to": self.missing.table.known_to.isoformat(),
                "counted_to": self.missing.counted_to.isoformat(),
            },
            "certainty": self.certainty,
            "data": phrase("basis", self.basis_of_data, lang),
            "checked": None if self.checked is None else self.checked.isoformat(),
            "lines": [line.to_dict(lang) for line in self.lines],
            "remarks": [line.to_dict(lang) for line in self.remarks],
        }


def interest(claim: Claim) -> Interest:
    """Work out a claim.

    Raises:
        OptionError: what was asked cannot be answered; names the option and what is allowed.
    """
    with localcontext() as context:
        context.prec = PRECISION
        return _Account(replace(claim, kind=kind_of(FOLDER, claim.kind))).run()


def formula(rate: Rate) -> str:
    """How a rate was made of its base: `3.75 + 8`, `3.1 × 4`."""
    if rate.base is None:
        return number(rate.percent)
    said = number(rate.base)
    if rate.times != 1:
        said += f" × {number(rate.times)}"
    if rate.table is None:
        return f"{said} × {number(rate.percent / rate.base)}" if rate.base else said
    return said + (f" + {number(rate.plus)}" if rate.plus else "")


def money(amount: Decimal) -> str:
    return format(amount, "f")


@dataclass(slots=True)
class _Account:
    """A claim while it is worked out: what is owed at the day that was reached, and the lines so far."""

    claim: Claim
    law: Scheme = field(init=False)
    days: Days = field(init=False)
    statutory: Statutory | None = field(init=False)
    caps: list[Cap] = field(init=False)
    allocation: Allocation = field(init=False)
    principal: Decimal = ZERO
    owed: Decimal = ZERO
    accrued: Decimal = ZERO
    interest: Decimal = ZERO
    charged: Decimal = ZERO
    paid: Decimal = ZERO
    overpaid: Decimal = ZERO
    since: date = date.min
    capped: bool = False
    said: tuple[Any, ...] = ()
    rates: list[Mapping[str, Any]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def run(self) -> Interest:
        claim = self.claim
        check(claim)
        self.law = scheme(claim.law)
        self.principal = self._principal()
        self.days = Days(claim.starts_on, claim.contract_on or claim.starts_on, claim.filed_on or claim.ends_on)
        self.caps = caps_for(self.law, claim, self.principal, self.days.contract)
        self.statutory = statutory_for(self.law, claim, self.principal, self.days.contract)
        self.allocation = self.law.allocates(claim.kind, claim.consumer)
        self.since = claim.starts_on
        self._say_assumptions()
        first = self.principal
        basis, compound = self._basis(), self._compound()
        missing = None
        if basis == "none":
            for on in sorted({payment.on for payment in claim.payments}):
                self._at(on, {})
        else:
            missing = self._count(compound, first)
        return self._answer(basis, compound, first, missing)

    def say(
        self, day: date | None, key: str, source: Source | None = None, note: Words | None = None, /, **facts: Any
    ) -> None:
        self.lines.append(Line(day, key, facts, source, note))

    # --- what is counted with ----------------------------------------------------------------------------------------

    def _principal(self) -> Decimal:
        claim = self.claim
        if claim.disbursed is None or claim.disbursed == claim.principal:
            self.say(claim.starts_on, "principal", amount=claim.principal, currency=claim.currency)
            return claim.principal
        if self.law.net_principal is None:
            raise OptionError(
                "--disbursed",
                f"no rule on interest taken in advance is known of {self.law.law}; give the principal alone",
            )
        if claim.disbursed > claim.principal:
            raise OptionError("--disbursed", f"{claim.disbursed} is more than the principal, {claim.principal}")
        self.say(
            claim.starts_on,
            "principal_net",
            self.law.net_principal,
            amount=claim.disbursed,
            stated=claim.principal,
            currency=claim.currency,
        )
        return claim.disbursed

    def _say_assumptions(self) -> None:
        claim, rules = self.claim, [cap.rate for cap in self.caps if cap.rate is not None]
        contract = any(cap.scope.turns_on_contract for cap in self.law.caps if cap in self.caps) or any(
            rule.moves == "contract" for rule in rules
        )
        if claim.contract_on is None and contract:
            self.assumed.append("contract_date")
            self.say(claim.starts_on, "contract_assumed")
        if claim.filed_on is None and any(rule.moves == "filing" for rule in rules):
            self.assumed.append("filed")
            self.say(claim.ends_on, "filing_assumed")

    def _basis(self) -> str:
        claim = self.claim
        if claim.rate is not None:
            self.say(claim.starts_on, "agreed", percent=claim.rate)
            return "agreed"
        if self.statutory is None or self.statutory.rate is None:
            entry = self.statutory
            self.say(
                claim.starts_on,
                "no_statutory",
                entry.source if entry else None,
                entry.note if entry else None,
                law_name=self.law.name,
            )
            return "none"
        self.say(claim.starts_on, "statutory", self.statutory.source, self.statutory.note, law_name=self.law.name)
        return "statutory"

    def _compound(self) -> str:
        claim, law = self.claim, self.law
        own = law.compound_statutory if claim.kind in law.compound_kinds and claim.rate is None else "none"
        asked = claim.compound if claim.compound is not None else own
        if asked == own:
            if own != "none":
                self.say(claim.starts_on, "compound", law.compound_source, law.compound_note, compound=own)
            return own
        if claim.rate is None:
            raise OptionError(
                "--compound", f"by statute {law.law} counts it as {own!r} ({law.compound_source.text}); allowed: {own}"
            )
        if not law.compound_agreed:
            raise OptionError(
                "--compound", f"{law.law} allows no interest on interest ({law.compound_source.text}); allowed: none"
            )
        self.say(claim.starts_on, "compound", law.compound_source, law.compound_note, compound=asked)
        return asked

    # --- stretch by stretch ------------------------------------------------------------------------------------------

    def _count(self, compound: str, first: Decimal) -> Missing | None:
        claim = self.claim
        limit = self._limit(first)
        adds = self._compounding(compound)
        for begin, end in pairwise(self._cuts(adds)):
            self._at(begin, adds)
            try:
                nominal, cap, by = self._rate_on(begin, first)
            except RateUnknown as unknown:
                self._settle(begin)
                return self._unknown(unknown, begin)
            self._say_rate(begin, nominal, cap, by)
            percent = nominal.percent if cap is None else min(nominal.percent, cap.percent)
            self._stretch(begin, end, percent, limit)
        if claim.starts_on == claim.ends_on:
            try:
                self._say_rate(claim.starts_on, *self._rate_on(claim.starts_on, first))
            except RateUnknown as unknown:
                return self._unknown(unknown, claim.starts_on)
        self._at(claim.ends_on, {})
        self._settle(claim.ends_on)
        return None

    def _cuts(self, adds: Mapping[date, bool]) -> list[date]:
        claim = self.claim
        begin, end = claim.starts_on, claim.ends_on
        cuts = {begin, end, *adds, *(payment.on for payment in claim.payments)}
        cuts |= set((claim.day_count or self.law.day_count).cuts(begin, end))
        rules = [cap.rate for cap in self.caps if cap.rate is not None]
        if claim.rate is None and self.statutory is not None and self.statutory.rate is not None:
            rules.append(self.statutory.rate)
        for rule in rules:
            cuts |= set(rule.changes(begin, end, claim.references))
        for cap in self.caps:
            cuts |= {
                day for day in (cap.scope.days_from, cap.scope.days_before) if day is not None and begin < day < end
            }
        return sorted(cuts)

    def _compounding(self, compound: str) -> dict[date, bool]:
        claim, step = self.claim, {"none": 0, "monthly": 1, "yearly": 12}[compound]
        found: dict[date, bool] = {}
        count = step
        while step and (on := add_months(claim.starts_on, count)) < claim.ends_on:
            found[on] = True
            count += step
        return found

    def _rate_on(self, on: date, first: Decimal) -> tuple[Rate, Rate | None, Cap | None]:
        """The rate of a day, and the lowest cap on it."""
        claim, stated = self.claim, self.claim.references
        if claim.rate is not None:
            nominal = Rate(claim.rate)
        else:
            assert self.statutory is not None
            assert self.statutory.rate is not None
            nominal = self.statutory.rate.at(on, self.days, first, stated)
        holding = [cap for cap in self.caps if cap.rate is not None and cap.scope.holds_on(on)]
        found = [(cap.rate.at(on, self.days, first, stated), cap) for cap in holding if cap.rate is not None]
        if not found:
            return nominal, None, None
        rate, cap = min(found, key=lambda one: one[0].percent)
        return nominal, rate, cap

    def _say_rate(self, on: date, nominal: Rate, cap: Rate | None, by: Cap | None) -> None:
        if self.said == (nominal, cap, by):
            return
        before, self.said = self.said, (nominal, cap, by)
        if nominal.table is not None and (not before or before[0] != nominal):
            self._say_table(on, "rate_table", nominal, self.statutory.source if self.statutory else None)
        elif self.claim.rate is None and (not before or before[0] != nominal):
            self.say(on, "rate_fixed", self.statutory.source if self.statutory else None, percent=nominal.percent)
        percent = nominal.percent
        if cap is not None and by is not None:
            key = "cap_binds" if cap.percent < nominal.percent else "cap_holds"
            percent = min(cap.percent, nominal.percent)
            if formula(cap) != number(cap.percent):
                key += "_of"
            facts = {"cap": cap.percent, "formula": formula(cap), "percent": percent, "nominal": nominal.percent}
            if cap.table is not None and cap.on is not None:
                self._say_table(on, "cap_table", cap, Source(cap.table.source, cap.table.status == "verified"))
            self.say(on, key, by.source, by.note, **facts)
            self.capped = self.capped or cap.percent < nominal.percent
        self.rates.append(
            {
                "from": on.isoformat(),
                "percent": number(percent),
                "nominal": number(nominal.percent),
                "cap": None if cap is None else number(cap.percent),
                "by": None if by is None else by.id,
            }
        )

    def _say_table(self, on: date, key: str, rate: Rate, source: Source | None) -> None:
        table = rate.table
        assert table is not None
        assert rate.on is not None
        stated = table.is_stated(rate.on)
        self.say(
            on,
            f"{key}_plain" if key == "rate_table" and rate.base == rate.percent else key,
            source,
            table=table.name,
            by_you=STATED if stated else SILENT,
            base=rate.base,
            on=rate.on,
            formula=formula(rate),
            percent=rate.percent,
        )

    def _stretch(self, begin: date, end: date, percent: Decimal, limit: Decimal | None) -> None:
        count = self.claim.day_count or self.law.day_count
        days, year = count.days(begin, end), count.year_days(begin)
        exact = self.principal * percent * days / (100 * year)
        if exact >= TOO_MUCH:
            raise OptionError(
                "--rate", f"interest grows beyond what can be counted by {end}; ask for less or for a shorter time"
            )
        amount = line_amount(exact)
        room = None if limit is None else max(limit - self.charged, ZERO)
        facts: dict[str, Any] = {
            "from": begin,
            "to": end,
            "principal": self.principal,
            "percent": percent,
            "days": days,
            "year": year,
        }
        if room is not None and amount > room:
            if room > 0 or self.charged == 0:
                reached = begin
                if room > 0:
                    daily = self.principal * percent / (100 * year)
                    reached = min(end, begin + timedelta(days=int((room / daily).to_integral_value(ROUND_CEILING))))
                self._say_total(reached, room, facts)
            amount = line_amount(room)
            self.capped = True
        else:
            self.lines.append(Line(begin, "stretch", {**facts, "amount": amount}, figures={**facts, "amount": amount}))
        self.accrued += amount
        self.charged += amount

    def _say_total(self, on: date, room: Decimal, facts: Mapping[str, Any]) -> None:
        cap = next(cap for cap in self.caps if cap.total_percent is not None)
        self.lines.append(
            Line(
                facts["from"],
                "total_reached" if room > 0 else "total_full",
                {**facts, "on": on, "amount": room, "total": self._limit_of(cap, self.principal), "of": cap.total_of},
                cap.source,
                cap.note,
                {**facts, "amount": line_amount(room)},
            )
        )

    def _limit_of(self, cap: Cap, first: Decimal) -> Decimal:
        assert cap.total_percent is not None
        return first * cap.total_percent / 100

    def _limit(self, first: Decimal) -> Decimal | None:
        limits = [self._limit_of(cap, first) for cap in self.caps if cap.total_percent is not None]
        return max(min(limits) - self.claim.already, ZERO) if limits else None

    # --- payments, capital, the end ----------------------------------------------------------------------------------

    def _at(self, on: date, adds: Mapping[date, bool]) -> None:
        for payment in sorted((one for one in self.claim.payments if one.on == on), key=lambda one: one.amount):
            self._settle(on)
            self._pay(payment)
        if on in adds:
            self._settle(on)
            if self.owed:
                self.principal += self.owed
                self.say(on, "capitalised", self.law.compound_source, amount=self.owed, principal=self.principal)
                self.owed = ZERO

    def _settle(self, on: date) -> None:
        if self.since == on or not self.accrued:
            self.since = on
            return
        rounded = quantise(self.accrued, self.claim.currency)
        self.say(on, "settled", since=self.since, sum=self.accrued, amount=rounded, currency=self.claim.currency)
        self.owed += rounded
        self.interest += rounded
        self.accrued = ZERO
        self.since = on

    def _pay(self, payment: Payment) -> None:
        amount = payment.amount
        first = self.owed if self.allocation.order == "interest_first" else self.principal
        one = min(amount, first)
        second = self.principal if self.allocation.order == "interest_first" else self.owed
        two = min(amount - one, second)
        on_interest, on_principal = (one, two) if self.allocation.order == "interest_first" else (two, one)
        self.owed -= on_interest
        self.principal -= on_principal
        self.paid += amount
        over = amount - on_interest - on_principal
        self.overpaid += over
        facts = {"amount": amount, "interest": on_interest, "rest": on_principal, "left": self.principal, "over": over}
        self.lines.append(
            Line(payment.on, "payment_over" if over else "payment", facts, self.allocation.source, figures=facts)
        )

    def _unknown(self, unknown: RateUnknown, on: date) -> Missing:
        self.say(
            on,
            "rate_unknown",
            Source(unknown.table.source, unknown.table.status == "verified"),
            unknown.table.hint,
            table=unknown.table.name,
            on=unknown.on,
            known_to=unknown.table.known_to,
            counted=on,
        )
        return Missing(unknown.table, unknown.on, on)

    def _answer(self, basis: str, compound: str, first: Decimal, missing: Missing | None) -> Interest:
        claim = self.claim

        def money(amount: Decimal) -> Decimal:
            return quantise(amount, claim.currency)

        compensation, currency = self._compensation(basis, first)
        added = compensation if compensation is not None and currency == claim.currency else ZERO
        entry = self.statutory.compensation if self.statutory else None
        if entry is not None and entry.conditional:
            added = ZERO
        left = money(self.principal)
        total = left + money(self.owed) + added
        self.say(
            claim.ends_on if missing is None else missing.counted_to,
            "interest_sum",
            amount=money(self.interest),
            currency=claim.currency,
        )
        self.say(
            claim.ends_on if missing is None else missing.counted_to,
            "total" if added else "total_plain",
            left=left,
            interest=money(self.owed),
            compensation=added,
            amount=total,
            currency=claim.currency,
        )
        remarks = [
            Line(
                None,
                "day_count",
                {"day_count": (claim.day_count or self.law.day_count).value},
                None if claim.day_count else self.law.day_count_source,
            )
        ]
        remarks += [Line(None, "remark", {"text": text}, source) for text, source in self.law.notes]
        rate = Decimal(self.rates[0]["percent"]) if self.rates else None
        return Interest(
            claim=claim,
            law=self.law.law,
            name=self.law.name,
            basis=basis,
            principal=first,
            day_count=claim.day_count or self.law.day_count,
            compound=compound,
            rate=rate,
            rates=tuple(self.rates),
            interest=money(self.interest),
            paid=money(self.paid),
            principal_left=left,
            interest_left=money(self.owed),
            overpaid=money(self.overpaid),
            compensation=compensation,
            compensation_currency=currency,
            total=total,
            capped=self.capped,
            assumed=tuple(self.assumed),
            missing=missing,
            lines=tuple(self.lines),
            remarks=tuple(remarks),
            certainty=self.law.status,
            basis_of_data=self.law.basis,
            checked=self.law.checked,
        )

    def _compensation(self, basis: str, first: Decimal) -> tuple[Decimal | None, str | None]:
        entry = self.statutory.compensation if self.statutory else None
        if entry is None or (basis == "agreed" and not entry.with_agreed):
            return None, None
        if entry.currency != self.claim.currency and entry.amount is None:
            self.say(self.claim.starts_on, "compensation_currency", entry.source, entry.note, currency=entry.currency)
            return None, entry.currency
        amount = quantise(entry.of(first), entry.currency)
        key = "compensation_if" if entry.conditional else "compensation"
        self.say(self.claim.starts_on, key, entry.source, entry.note, amount=amount, currency=entry.currency)
        return amount, entry.currency
