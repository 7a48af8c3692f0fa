from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from duecare.office.crm.models import Account, ContactPoint, Party
from duecare.office.crm.tests.factories import (
    TUESDAY_TEN_IN_SHANGHAI,
    make_account,
    make_creditor,
    make_party,
    make_user,
)
from duecare.office.outreach import wording
from duecare.office.outreach.services import Sent, ensure_templates, send_message
from duecare.office.people.models import User
from duecare.office.site.home import Home


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Messages of a test are laid into a folder of its own; the keys stay those of the session."""
    keys = django_settings.HOME.path / "keys"
    _ = django_settings.HOME.vault_keys
    (tmp_path / "keys").symlink_to(keys)
    monkeypatch.setattr(django_settings, "HOME", Home(tmp_path))
    return tmp_path


@dataclass
class Office:
    collector: User
    lead: User
    officer: User
    party: Party
    account: Account
    at: datetime = TUESDAY_TEN_IN_SHANGHAI

    def point(self, kind: str) -> ContactPoint:
        return self.party.contact_points.get(kind=kind)

    def send(self, key: str = "reminder", channel: str = "sms", **fields: object) -> Sent:
        kind = {"sms": "mobile", "email": "email", "letter": "postal"}[channel]
        order = {
            "account": self.account,
            "party": self.party,
            "contact_point": self.point(kind),
            "channel": channel,
            "key": key,
            "by": self.collector,
            "at": self.at,
            **fields,
        }
        return send_message(**order)  # type: ignore[arg-type]


PAY = "中国某银行 还款专户 6200 0000 0000 0000"


def make_office(**party: object) -> Office:
    ensure_templates()
    person = make_party(postal="上海市浦东新区示例路1号\n200120 上海\n中国", **party)  # type: ignore[arg-type]
    collector = make_user("collector", display_name="Li Na")
    account = make_account(
        party=person,
        assigned_to=collector,
        creditor=make_creditor(payment_instructions=PAY, acts_as="agency"),
    )
    return Office(collector, make_user("team_lead"), make_user("compliance_officer"), person, account)


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


@pytest.fixture
def acceptable_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The language check says nothing; for tests that are about something else."""
    monkeypatch.setattr(wording, "check", lambda text, **_about: [])
