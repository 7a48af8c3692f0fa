"""What is owed on a day, and how is that worked out?

Debits open components (a claim's bucket with its due date). Payments, in the order of their dates, settle components in the policy's order; what is
left over is a credit that meets the next debit. A reversed payment settles nothing: it and its reversal stand in the working and cancel out. The
order in which events are given plays no part: they are sorted by date, kind and id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duecare.ledger.allocation import AllocationPolicy, allocation_policy
from duecare.ledger.events import DEBITS, DEFAULT_BUCKET, Event, EventKind, LedgerError

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """One line of the working. `what` is the kind of event, or one of `credit` (paid ahead, or that taken back), `credit_used`,
    `payment_reversed`, `waiver_unused`. The amounts add up to the balance."""

    on: date
    event_id: str
    what: str
    amount: Decimal
    claim_id: str | None
    bucket: str | None
    balance: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClaimBalance:
    claim_id: str | None
    balance: Decimal
    by_bucket: Mapping[str, Decimal]
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What is owed as of a day. `balance` is what is owed less `overpaid`; every cent of it stands in `lines`."""

    as_of: date
    currency: str | None
    balance: Decimal
    overpaid: Decimal
    by_bucket: Mapping[str, Decimal]
    by_claim: tuple[ClaimBalance, ...]
    oldest_unpaid_due_on: date | None
    days_past_due: int
    lines: tuple[WorkingLine, ...]


@dataclass(slots=True)
class _Component:
    claim_id: str | None
    bucket: str
    due_on: date
    on: date
    event_id: str
    left: Decimal


@dataclass(slots=True)
class _Replay:
    policy: AllocationPolicy
    components: list[_Component] = field(default_factory=list)
    lines: list[WorkingLine] = field(default_factory=list)
    credit: Decimal = ZERO
    running: Decimal = ZERO

    def line(self, event: Event, what: str, amount: Decimal, claim_id: str | None, bucket: str | None) -> None:
        self.running += amount
        self.lines.append(WorkingLine(event.on, event.id, what, amount, claim_id, bucket, self.running, event.note))

    def debit(self, event: Event) -> None:
        bucket = event.bucket or DEFAULT_BUCKET[event.kind]
        self.components.append(
            _Component(event.claim_id, bucket, event.due_on or event.on, event.on, event.id, event.amount)
        )
        self.line(event, event.kind, event.amount, event.claim_id, bucket)

    def use_credit(self, event: Event) -> None:
        """What was paid ahead meets the debits that have come since."""
        if self.credit > 0:
            used = self._settle(event, self.credit, None, None, "credit_used")
            if used:
                self.credit -= used
                self.line(event, "credit", used, None, None)

    def pay(self, event: Event, directions: list[Event]) -> None:
        left = event.amount
        for direction in directions:
            left -= self._settle(event, min(left, direction.amount), direction.claim_id, direction.bucket, "payment")
        if event.claim_id and left > 0:
            left -= self._settle(event, left, event.claim_id, event.bucket, "payment")
        if left > 0:
            left -= self._settle(event, left, None, None, "payment")
        if left > 0:
            self.credit += left
            self.line(event, "credit", -left, None, None)

    def waive(self, event: Event) -> None:
        settled = self._settle(event, event.amount, event.claim_id, event.bucket, "waiver")
        if settled < event.amount:
            # A waiver beyond what is owed gives up nothing more; it never becomes money.
            self.lines.append(
                WorkingLine(
                    event.on, event.id, "waiver_unused", ZERO, event.claim_id, event.bucket, self.running, event.note
                )
            )

    def _settle(self, event: Event, amount: Decimal, claim_id: str | None, bucket: str | None, what: str) -> Decimal:
        """Take up to `amount` from open components, claims by age, buckets by policy; returns what was taken."""
        first_due: dict[str | None, date] = {}
        for component in self.components:
            if component.left > 0:
                known = first_due.get(component.claim_id)
                first_due[component.claim_id] = component.due_on if known is None else min(known, component.due_on)
        open_ones = sorted(
            (
                component
                for component in self.components
                if component.left > 0
                and (claim_id is None or component.claim_id == claim_id)
                and (bucket is None or component.bucket == bucket)
            ),
            key=lambda c: (
                first_due[c.claim_id],
                c.claim_id or "",
                self.policy.place(c.bucket),
                c.due_on,
                c.on,
                c.event_id,
            ),
        )
        left = amount
        for component in open_ones:
            if left <= 0:
                break
            part = min(left, component.left)
            component.left -= part
            left -= part
            self.line(event, what, -part, component.claim_id, component.bucket)
        return amount - left


# On one day debits come first, then waivers, then payments: a payment on the day of a charge pays it.
_ORDER = {
    EventKind.CHARGE: 0,
    EventKind.INTEREST: 1,
    EventKind.FEE: 2,
    EventKind.WAIVER: 3,
    EventKind.ALLOCATION: 4,
    EventKind.PAYMENT: 5,
    EventKind.REVERSAL: 6,
}


def replay(events: Iterable[Event], *, as_of: date, allocation: AllocationPolicy | None = None) -> Statement:
    """Replay the events that are effective on or before `as_of`; their order does not matter.

    Raises:
        LedgerError: two events of one id, two currencies, or a reversal or allocation of something that is no payment of this ledger.
    """
    given = sorted(events, key=lambda event: (event.on, _ORDER[event.kind], event.id))
    _check(given)
    past = [event for event in given if event.on <= as_of]
    reversed_ids = {event.refers_to for event in past if event.kind is EventKind.REVERSAL}
    directions: dict[str, list[Event]] = defaultdict(list)
    for event in past:
        if event.kind is EventKind.ALLOCATION and event.refers_to:
            directions[event.refers_to].append(event)
    state = _Replay(allocation or allocation_policy())
    for event in past:
        if event.kind in DEBITS:
            state.debit(event)
            state.use_credit(event)
        elif event.kind is EventKind.WAIVER:
            state.waive(event)
        elif event.kind is EventKind.PAYMENT:
            if event.id in reversed_ids:
                state.line(event, "payment_reversed", -event.amount, None, None)
            else:
                state.pay(event, directions.get(event.id, []))
        elif event.kind is EventKind.REVERSAL:
            state.line(event, "reversal", event.amount, None, None)
    return _statement(state, as_of, given[0].currency if given else None)


def _check(events: list[Event]) -> None:
    by_id: dict[str, Event] = {}
    for event in events:
        if event.id in by_id:
            raise LedgerError(f"event {event.id} occurs twice")
        by_id[event.id] = event
    currencies = {event.currency for event in events}
    if len(currencies) > 1:
        raise LedgerError(f"one ledger holds one currency, not {', '.join(sorted(currencies))}")
    undone: set[str] = set()
    for event in events:
        if event.kind not in (EventKind.REVERSAL, EventKind.ALLOCATION):
            continue
        target = by_id.get(event.refers_to or "")
        if target is None or target.kind is not EventKind.PAYMENT:
            raise LedgerError(f"event {event.id}: there is no payment {event.refers_to!r} in this ledger")
        if event.kind is EventKind.REVERSAL:
            if target.id in undone:
                raise LedgerError(f"event {event.id}: the payment {target.id} is reversed already")
            if event.amount != target.amount:
                raise LedgerError(f"event {event.id}: a reversal undoes the whole payment of {target.amount}")
            if event.on < target.on:
                raise LedgerError(f"event {event.id}: reversed before it was paid")
            undone.add(target.id)


def _statement(state: _Replay, as_of: date, currency: str | None) -> Statement:
    by_bucket: dict[str, Decimal] = defaultdict(Decimal)
    claims: dict[str | None, list[_Component]] = defaultdict(list)
    for component in state.components:
        by_bucket[component.bucket] += component.left
        claims[component.claim_id].append(component)
    open_due = [component.due_on for component in state.components if component.left > 0]
    oldest = min(open_due, default=None)
    owed = sum(by_bucket.values(), ZERO)
    assert owed - state.credit == state.running, "the working must add up to the balance"
    return Statement(
        as_of=as_of,
        currency=currency,
        balance=owed - state.credit,
        overpaid=state.credit,
        by_bucket=dict(sorted(by_bucket.items())),
        by_claim=tuple(
            _claim(claim_id, parts) for claim_id, parts in sorted(claims.items(), key=lambda one: one[0] or "")
        ),
        oldest_unpaid_due_on=oldest,
        days_past_due=max(0, (as_of - oldest).days) if oldest else 0,
        lines=tuple(state.lines),
    )


def _claim(claim_id: str | None, parts: list[_Component]) -> ClaimBalance:
    by_bucket: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        by_bucket[part.bucket] += part.left
    open_due = [part.due_on for part in parts if part.left > 0]
    return ClaimBalance(
        claim_id, sum(by_bucket.values(), ZERO), dict(sorted(by_bucket.items())), min(open_due, default=None)
    )
