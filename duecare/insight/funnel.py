"""How does an attempt become money? A funnel whose stages are each a part of the one before, and whose money reconciles.

Each attempt is followed to its end. What does not follow from the stage before (a promise without a right-party contact, say) is not
counted into the funnel but listed as unreconciled, because it means that something was coded wrongly. Money that did not come through a
kept promise of the period is shown apart, so that both together are the ledger's total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duecare.insight.bilingual import Bilingual, read_data
from duecare.insight.metrics import Figure, Period, figure


class PromiseState(StrEnum):
    """What became of a promise; pending ones are neither kept nor broken yet."""

    NONE = "none"
    PENDING = "pending"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """One attempt and what came of it.

    `paid` is what was paid on its promise within the window, 0 where there is nothing; `currency` is the account's.
    """

    attempt_id: str
    account_id: str
    contact: bool
    right_party: bool
    promise: PromiseState = PromiseState.NONE
    paid: Decimal = Decimal(0)
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: how many attempts came so far, of which accounts, and the rate from the stage before where a metric defines it."""

    key: str
    name: Bilingual
    count: int
    rate: Figure | None
    attempt_ids: tuple[str, ...]
    account_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunnelMoney:
    """Money of one currency: through kept promises, otherwise, and the ledger's total, which is the sum of both."""

    currency: str
    through_promises: Decimal
    otherwise: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages from attempts to kept promises, the money, and the attempts whose codes contradict each other."""

    stages: tuple[Stage, ...]
    money: tuple[FunnelMoney, ...]
    unreconciled: tuple[str, ...]


def funnel(
    outcomes: Iterable[AttemptOutcome], *, period: Period, collected: Mapping[str, Decimal] | None = None
) -> Funnel:
    """Follow the attempts of a period.

    Args:
        outcomes: every attempt made in the period, each once.
        period: the window.
        collected: what the ledger collected in the window, by currency; without it, what was paid on promises.

    Raises:
        ValueError: an attempt occurs twice, or more was paid on kept promises than the ledger collected.
    """
    attempts = sorted(outcomes, key=lambda one: one.attempt_id)
    if len({one.attempt_id for one in attempts}) != len(attempts):
        raise ValueError("an attempt occurs twice in one funnel")
    conditions: tuple[Callable[[AttemptOutcome], bool], ...] = (
        lambda one: True,
        lambda one: one.contact,
        lambda one: one.right_party,
        lambda one: one.promise is not PromiseState.NONE,
        lambda one: one.promise is not PromiseState.PENDING,
        lambda one: one.promise is PromiseState.KEPT,
    )
    stages: list[Stage] = []
    reached = attempts
    for entry, condition in zip(read_data("funnel.yaml")["stages"], conditions, strict=True):
        before = len(reached)
        reached = [one for one in reached if condition(one)]
        stages.append(
            Stage(
                key=entry["key"],
                name=Bilingual.read(entry["name"], where=f"funnel.yaml, {entry['key']}"),
                count=len(reached),
                rate=figure(entry["rate"], len(reached), before, period) if "rate" in entry else None,
                attempt_ids=tuple(one.attempt_id for one in reached),
                account_ids=tuple(sorted({one.account_id for one in reached})),
            )
        )
    return Funnel(
        stages=tuple(stages),
        money=_money(reached, collected),
        unreconciled=tuple(one.attempt_id for one in attempts if _contradicts_itself(one)),
    )


def _contradicts_itself(one: AttemptOutcome) -> bool:
    promised = one.promise is not PromiseState.NONE
    return (one.right_party and not one.contact) or (promised and not (one.right_party and one.contact))


def _money(kept: Iterable[AttemptOutcome], collected: Mapping[str, Decimal] | None) -> tuple[FunnelMoney, ...]:
    through: dict[str, Decimal] = {}
    for one in kept:
        through[one.currency] = through.get(one.currency, Decimal(0)) + one.paid
    totals = dict(through) if collected is None else dict(collected)
    rows = []
    for currency in sorted({*through, *totals}):
        total, part = totals.get(currency, Decimal(0)), through.get(currency, Decimal(0))
        if part > total:
            raise ValueError(f"{part} {currency} was paid on kept promises, but the ledger collected only {total}")
        rows.append(FunnelMoney(currency=currency, through_promises=part, otherwise=total - part, total=total))
    return tuple(rows)
