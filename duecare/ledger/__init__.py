"""What is owed?

    events, in any order ──► replay ──► a statement: balance, buckets, claims, days past due, and the working line by line

Money is `Decimal` with one currency an account. Events are never edited; a balance is a replay of them, and any order of posting the same
events gives the same statement. `evaluate_promise` holds a promise against the same events.
"""

from duecare.ledger.ages import bucket_of, trade_age_of
from duecare.ledger.allocation import AllocationPolicy, allocation_policy
from duecare.ledger.events import Event, EventKind, LedgerError
from duecare.ledger.interest import DayCount, InterestAccrual, InterestLine, RatePeriod, accrue_simple_interest
from duecare.ledger.money import MINOR_UNITS, exponent, quantise
from duecare.ledger.plans import Instalment, build_plan
from duecare.ledger.promises import PromiseOutcome, evaluate_promise
from duecare.ledger.replay import ClaimBalance, Statement, WorkingLine, replay

__all__ = [
    "MINOR_UNITS",
    "AllocationPolicy",
    "ClaimBalance",
    "DayCount",
    "Event",
    "EventKind",
    "Instalment",
    "InterestAccrual",
    "InterestLine",
    "LedgerError",
    "PromiseOutcome",
    "RatePeriod",
    "Statement",
    "WorkingLine",
    "accrue_simple_interest",
    "allocation_policy",
    "bucket_of",
    "build_plan",
    "evaluate_promise",
    "exponent",
    "quantise",
    "replay",
    "trade_age_of",
]
