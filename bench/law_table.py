"""A night's list: as many planned contacts as asked for, with ten past contacts each, in the columns of `duecare check contacts --batch`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

DAY = 86_400_000_000
FIRST = int(np.datetime64("2026-10-05", "us").astype(np.int64))
PEOPLE = (
    (["US", "US-NY", "US-NY-NYC"], "America/New_York", ["US", "US-NY-NYC"]),
    (["CN"], "Asia/Shanghai", ["CN"]),
    (["GB"], "Europe/London", ["GB"]),
)
PAST = 10
AT_ONCE = 100_000
WISHES = ("stop_channel", "inconvenient_time", "cease_all")


def write(path: Path, rows: int) -> None:
    """So many contacts as Parquet; the same rows each time."""
    with pq.ParquetWriter(path, contacts(1, 0).schema) as out:
        for first in range(0, rows, AT_ONCE):
            out.write_table(contacts(min(AT_ONCE, rows - first), first))


def contacts(count: int, first: int) -> pa.Table:
    """Contacts of four weeks, a third each in New York City, China and Great Britain; of 5 % the person has wished something, half have agreed to calls."""
    draw = np.random.default_rng(first)
    who = (np.arange(count) + first) % len(PEOPLE)
    numbers = range(first, first + count)
    at, debts = FIRST + draw.integers(0, 28 * DAY, count), pa.array([f"D{number}" for number in numbers])

    def one_of(choices: tuple[str, ...], shares: tuple[float, ...] | None = None, size: int = count) -> Any:
        drawn = pa.array(draw.choice(len(choices), size, p=shares), pa.int32())
        return pa.DictionaryArray.from_arrays(drawn, pa.array(choices)).cast(pa.string())

    def by_person(place: int) -> Any:
        return pa.array([person[place] for person in PEOPLE]).take(pa.array(who))

    def day_before(most: int) -> Any:
        return pa.array((at // DAY - draw.integers(1, most, count)).astype(np.int32)).cast(pa.date32())

    past = np.sort(at[:, None] - draw.integers(60_000_000, 30 * DAY, (count, PAST)), axis=1).reshape(-1)
    calls = len(past)
    history = struct(
        at=instants(past),
        channel=one_of(("call", "sms", "email"), (0.8, 0.15, 0.05), calls),
        direction=one_of(("outbound", "inbound"), (0.95, 0.05), calls),
        outcome=one_of(
            ("no_answer", "voicemail", "conversation", "busy", "disconnected"), (0.6, 0.2, 0.08, 0.07, 0.05), calls
        ),
        debt_ids=lists(np.ones(calls, np.int64), debts.take(pa.array(np.repeat(np.arange(count), PAST)))),
        address_kind=one_of(("mobile", "home"), size=calls),
    )
    wishes, agreed = draw.random(count) < 0.05, draw.random(count) < 0.5
    wished, given = int(wishes.sum()), int(agreed.sum())
    preferences = struct(
        kind=one_of(WISHES, size=wished),
        since=instants(at[wishes] - 20 * DAY),
        channel=pa.array(["call"] * wished, pa.string()),
        **{"from": pa.array(["09:00"] * wished, pa.string()), "to": pa.array(["12:00"] * wished, pa.string())},
    )
    consents = struct(
        channel=pa.array(["call"] * given, pa.string()),
        given_at=instants(at[agreed] - 100 * DAY),
        revoked_at=instants(at[agreed] - 5 * DAY, draw.random(given) < 0.9),
    )
    return pa.table(
        {
            "id": pa.array([f"C{number}" for number in numbers]),
            "at": instants(at),
            "channel": one_of(("call", "sms", "email", "letter"), (0.7, 0.15, 0.1, 0.05)),
            "autodialled": pa.array(draw.random(count) < 0.1),
            "collector": struct(kind=one_of(("agency", "creditor"), (0.8, 0.2)), licences=by_person(2)),
            "debt": struct(
                id=debts,
                kind=one_of(("credit_card", "personal_loan")),
                consumer=pa.array(np.ones(count, bool)),
                due_date=day_before(900),
                last_payment_date=day_before(400),
            ),
            "person": struct(
                id=pa.array([f"P{number}" for number in numbers]),
                role=pa.array(["debtor"] * count),
                jurisdictions=by_person(0),
                time_zones=pa.array([[person[1]] for person in PEOPLE]).take(pa.array(who)),
            ),
            "address": struct(kind=one_of(("mobile", "home")), consents=lists(agreed.astype(np.int64), consents)),
            "preferences": lists(wishes.astype(np.int64), preferences),
            "history": lists(np.full(count, PAST), history),
        }
    )


def struct(**columns: Any) -> Any:
    return pa.StructArray.from_arrays(list(columns.values()), names=list(columns))


def lists(sizes: Any, items: Any) -> Any:
    return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(sizes)), pa.int32()), items)


def instants(micros: Any, missing: Any = None) -> Any:
    return pa.array(micros, mask=missing).cast(pa.timestamp("us", "UTC"))
