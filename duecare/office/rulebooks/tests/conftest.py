from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from duecare.office.crm.models import Account, Creditor
from duecare.office.crm.tests.factories import make_account, make_creditor, make_party, make_user
from duecare.office.outreach import gate
from duecare.office.people.models import User
from duecare.office.rulebooks import services
from duecare.office.rulebooks.models import Proposal, Step

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
"""A Wednesday, ten in the morning in Shanghai; the office's day is 25 November 2026."""
TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)

NO_VISITS = """\
- id: OFFICE-NO-VISITS
  kind: forbidden_channel
  sentence: {en: "Nobody is visited.", zh: "不上门。"}
  source: Office policy
  status: verified
  basis: this office's own decision
  since: "2026-11-26"
  channels: [visit]
  examples:
    - {at: "2026-12-02T10:00:00+00:00", channel: visit, expect: deny, why: a visit}
"""
TWO_A_DAY = """\
- id: OFFICE-TWO-A-DAY
  kind: frequency
  sentence: {en: "At most two calls in a day.", zh: "每天最多拨打两次。"}
  source: Policy of the creditor
  status: verified
  basis: this office's own decision
  since: "2026-11-26"
  channels: [call]
  parameters: {max: 2, days: 1, unit: placed_call, key: debt, counts: [call]}
  examples:
    - {at: "2026-12-02T10:00:00+00:00", history: 2x no_answer call 2026-12-02T09:00:00+00:00, expect: deny, why: a third call}
"""


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    """The libraries that one test made are not those of the next."""
    gate.forget()
    yield
    gate.forget()


@pytest.fixture(autouse=True)
def cheap_passwords(settings) -> None:
    """Nobody signs in with a password here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass
class House:
    """An office with two people who may propose and decide, a collector, and an account."""

    officer: User
    legal: User
    collector: User
    creditor: Creditor
    account: Account
    made: list[Proposal] = field(default_factory=list)

    def propose(self, text: str = NO_VISITS, **fields: object) -> Proposal:
        order = {
            "by": self.officer,
            "at": NOW,
            "kind": "house",
            "text": text,
            "reason": "Visits frighten people.",
            "effective_on": TOMORROW,
            **fields,
        }
        return services.propose(**order)  # type: ignore[arg-type]

    def approve(self, proposal: Proposal, **fields: object) -> Step:
        order = {"proposal": proposal, "by": self.legal, "at": NOW, **fields}
        return services.approve(**order)  # type: ignore[arg-type]


@pytest.fixture
def house(db: None) -> House:
    collector = make_user("collector")
    creditor = make_creditor(name="Bank A", acts_as="agency")
    party = make_party(postal="上海市浦东新区示例路1号")
    account = make_account(party=party, creditor=creditor, assigned_to=collector)
    return House(make_user("compliance_officer"), make_user("legal"), collector, creditor, account)
