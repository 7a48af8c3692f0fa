"""What happens in one room and matters in another, by name. Receivers run in the sender's transaction.

A happening carries ids and facts, never personal data. Names in use: `permit_refused`, `result_coded`, `promise_made`,
`promise_kept`, `promise_broken`, `complaint_received`, `complaint_upheld`, `dispute_opened`, `hardship_opened`,
`payment_recorded`, `account_changed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.dispatch import Signal


@dataclass(frozen=True)
class Happening:
    kind: str
    at: datetime
    source: str
    """Where it comes from, as `table:id`, so that the same happening is never counted twice."""
    user_id: int | None = None
    account_id: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


happened = Signal()


def publish(happening: Happening) -> None:
    happened.send(sender=Happening, happening=happening)
