"""What could a portfolio look like? A generated one, seeded, from the distributions that `portfolio.yaml` states."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from duecare.exchange.invented.party import invent_party

PORTFOLIO_HEADER = (
    "account",
    "claim",
    "party",
    "party_kind",
    "name",
    "amount",
    "currency",
    "invoice_date",
    "due_date",
    "jurisdiction",
    "time_zone",
    "debt_kind",
    "consumer",
    "language",
    "mobile",
    "work_phone",
    "email",
    "address",
)


@cache
def portfolio_distributions() -> dict[str, Any]:
    """What the generated portfolio is drawn from."""
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("portfolio.yaml").read_text(encoding="utf-8"))
    return data


def generate_portfolio(*, rows: int, as_of: date, seed: int = 0) -> Iterator[dict[str, str]]:
    """`rows` claims that are overdue on `as_of`, one dict a row with the columns of the mapping `generated`.

    The same arguments give the same rows.
    """
    drawn = random.Random(seed)
    said = portfolio_distributions()
    places, kinds, ages = said["places"], said["kinds"], said["days_past_due"]
    place_names, place_weights = list(places), list(accumulate(place["share"] for place in places.values()))
    kind_names, kind_weights = list(kinds), list(accumulate(kind["share"] for kind in kinds.values()))
    age_weights = list(accumulate(age["share"] for age in ages))
    days = {back: (as_of - timedelta(days=back)).isoformat() for back in range(900)}
    made = account_number = 0
    while made < rows:
        account_number += 1
        place_name = drawn.choices(place_names, cum_weights=place_weights)[0]
        kind_name = drawn.choices(kind_names, cum_weights=kind_weights)[0]
        place, kind = places[place_name], kinds[kind_name]
        consumer = kind["consumer"]
        account = f"G{seed}-{account_number:07d}"
        party = invent_party(
            account,
            jurisdiction=place_name,
            kind="person" if consumer else "company",
            language=place["language"],
            seed=seed,
        )
        claims = 1 if consumer else 1 + int(drawn.random() * said["invoices_of_a_firm"])
        for claim_number in range(1, min(claims, rows - made) + 1):
            age = drawn.choices(ages, cum_weights=age_weights)[0]
            late = age["from"] + int(drawn.random() * (age["to"] - age["from"] + 1))
            term = drawn.choice(said["terms"])
            dollars = min(kind["median"] * drawn.lognormvariate(0, kind["spread"]), kind["most"])
            # Cents as whole numbers: the file holds decimals, never the float.
            cents = max(100, int(dollars * said["scale"][place["currency"]] * 100))
            made += 1
            yield {
                "account": account,
                "claim": f"{account}-{claim_number}",
                "party": account,
                "party_kind": party.kind,
                "name": party.name,
                "amount": f"{cents // 100}.{cents % 100:02d}",
                "currency": place["currency"],
                "invoice_date": days[late + term],
                "due_date": days[late],
                "jurisdiction": place_name,
                "time_zone": place["zone"],
                "debt_kind": kind_name,
                "consumer": "true" if consumer else "false",
                "language": place["language"],
                "mobile": party.value("mobile"),
                "work_phone": party.value("work_phone"),
                "email": party.value("email"),
                "address": party.value("postal"),
            }


def write_portfolio(path: Path, *, rows: int, as_of: date, seed: int = 0) -> int:
    """Write a generated placements file (CSV, UTF-8); returns how many rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, PORTFOLIO_HEADER)
        writer.writeheader()
        writer.writerows(generate_portfolio(rows=rows, as_of=as_of, seed=seed))
    return rows
