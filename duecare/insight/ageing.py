"""How old is what is owed? Balances by days past due, one table a currency."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from duecare.insight.bilingual import Bilingual, read_data


@dataclass(frozen=True, slots=True)
class Bucket:
    """A range of days past due, from `from_day` to `to_day`, both inclusive; None where the range is open."""

    key: str
    from_day: int | None
    to_day: int | None
    name: Bilingual


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """What ageing needs to know of one account. `days_past_due` is 0 or less while nothing is overdue."""

    account_id: str
    days_past_due: int
    balance: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """One bucket in one currency: how many accounts, how much, which, and the share of the currency's balance (None if that is 0)."""

    bucket: Bucket
    currency: str
    count: int
    balance: Decimal
    share: float | None
    account_ids: tuple[str, ...]


@cache
def buckets() -> tuple[Bucket, ...]:
    """All buckets, youngest first, without gap or overlap."""
    entries = read_data("ageing.yaml")["buckets"]
    starts = [entry.get("from_day") for entry in entries] + [None]
    return tuple(
        Bucket(
            key=entry["key"],
            from_day=starts[place],
            to_day=None if starts[place + 1] is None else starts[place + 1] - 1,
            name=Bilingual.read(entry["name"], where=f"ageing.yaml, {entry['key']}"),
        )
        for place, entry in enumerate(entries)
    )


@cache
def _starts() -> tuple[int, ...]:
    return tuple(one.from_day for one in buckets() if one.from_day is not None)


def bucket(days_past_due: int) -> Bucket:
    """The bucket of an account that is so many days past due."""
    return buckets()[bisect_right(_starts(), days_past_due)]


def ageing(accounts: Iterable[OpenAccount]) -> tuple[AgeingRow, ...]:
    """Every bucket of every currency that occurs, currencies in alphabetical order; amounts of different currencies are never added."""
    found: dict[str, dict[str, list[OpenAccount]]] = {}
    for account in accounts:
        found.setdefault(account.currency, {}).setdefault(bucket(account.days_past_due).key, []).append(account)
    rows = []
    for currency, by_bucket in sorted(found.items()):
        total = sum((one.balance for inside in by_bucket.values() for one in inside), Decimal(0))
        for one in buckets():
            inside = by_bucket.get(one.key, [])
            balance = sum((account.balance for account in inside), Decimal(0))
            rows.append(
                AgeingRow(
                    bucket=one,
                    currency=currency,
                    count=len(inside),
                    balance=balance,
                    share=float(balance / total) if total else None,
                    account_ids=tuple(sorted(account.account_id for account in inside)),
                )
            )
    return tuple(rows)
