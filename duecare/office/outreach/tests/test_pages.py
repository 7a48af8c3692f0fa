"""The log, the outbox and the page that writes a message: who may open them, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from duecare.office.outreach import queries, wording
from duecare.office.outreach.dispatcher import dispatch_once
from duecare.office.outreach.models import OutboxMessage, Permit, Verdict
from duecare.office.outreach.reasons import outcome_told
from duecare.office.people.models import User
from duecare.office.site import clock
from duecare.office.site.models import AuditEntry

from .conftest import Office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acceptable_words")]


@pytest.fixture(autouse=True)
def ten_in_the_morning(monkeypatch: pytest.MonkeyPatch, office: Office) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: office.at)
    yield
    translation.activate("en")


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def to_mobile(office: Office, **fields: str) -> dict[str, str]:
    return {"contact_point": f"{office.point('mobile').pk}-sms", "template": "reminder", **fields}


def test_the_preview_is_in_the_debtors_language_with_the_name_masked(office: Office) -> None:
    page = signed_in(office.collector).get(reverse("outreach:compose", args=[office.account.pk]), {"channel": "sms"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "人民币 8,000.00 元" in text
    assert "王**" in text
    assert "王小明" not in text
    assert "a payment of" in text  # the same step in the collector's language
    assert "May be sent now" in text


def test_sending_from_the_page_puts_the_message_into_the_outbox(office: Office) -> None:
    url = reverse("outreach:compose", args=[office.account.pk])
    answer = signed_in(office.collector).post(url, to_mobile(office, act="send"))
    assert answer.status_code == 302
    assert OutboxMessage.objects.get().status == "queued"


def test_at_night_the_page_says_when_and_can_wait(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    night = office.at - timedelta(hours=7)
    monkeypatch.setattr(clock, "now", lambda: night)
    client, url = signed_in(office.collector), reverse("outreach:compose", args=[office.account.pk])
    page = client.get(url, {"channel": "sms"}).content.decode()
    assert "May not be sent now" in page
    assert "2026-11-24 08:00 (Asia/Shanghai)" in page
    refused = client.post(url, to_mobile(office, act="send"))
    assert refused.status_code == 422
    assert OutboxMessage.objects.count() == 0
    assert Permit.objects.get().verdict == "deny"
    queued = client.post(url, to_mobile(office, act="queue", send_at="2026-11-24T08:00:00+08:00"))
    assert queued.status_code == 302
    assert OutboxMessage.objects.get().send_after.isoformat() == "2026-11-24T00:00:00+00:00"


def test_what_must_not_be_sent_is_shown_and_has_no_send_button(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = wording.Finding("shaming", "告诉你的邻居", True, "Exposes the debtor", "请与我们联系")
    monkeypatch.setattr(wording, "check", lambda text, **_about: [finding])
    client, url = signed_in(office.collector), reverse("outreach:compose", args=[office.account.pk])
    page = client.post(url, to_mobile(office, act="preview", addition="告诉你的邻居"), headers={"hx-request": "true"})
    text = page.content.decode()
    assert "<html" not in text
    assert "Exposes the debtor" in text
    assert 'value="send"' not in text
    assert client.post(url, to_mobile(office, act="send", addition="告诉你的邻居")).status_code == 422
    assert OutboxMessage.objects.count() == 0


def test_a_log_row_says_rule_and_source_in_both_languages(office: Office) -> None:
    office.send(at=office.at - timedelta(hours=7))
    rule = Permit.objects.get().rule
    for language in ("en", "zh-hans"):
        with translation.override(language):
            verdict = str(Verdict.DENY.label)
        text = signed_in(office.officer, language).get(reverse("outreach:permits")).content.decode()
        assert rule in text
        assert verdict in text
        assert queries.rule_told(rule, language).sentence in text


def test_the_log_is_filtered_by_answer_rule_collector_channel_and_day(office: Office) -> None:
    office.send()
    office.send(at=office.at - timedelta(hours=7))
    refused = Permit.objects.get(verdict="deny")
    assert queries.permits(verdict="deny").get() == refused
    assert queries.permits(rule=refused.rule).get() == refused
    assert queries.permits(collector=str(office.collector.pk)).count() == 2
    assert queries.permits(collector=str(office.lead.pk)).count() == 0
    assert queries.permits(channel="call").count() == 0
    today = clock.today(office.at)
    assert queries.permits(since=today, until=today).count() == 2
    assert queries.permits(until=today - timedelta(days=1)).count() == 0
    counted = queries.refusals_by_rule(office.at, office.at + timedelta(days=1))
    assert [(row.rule, row.count, row.accounts) for row in counted] == [(refused.rule, 1, 1)]


def test_what_a_permit_came_to_and_its_duties_are_told_in_the_readers_language(office: Office) -> None:
    assert outcome_told("busy") == "Busy"
    granted = office.send().message.permit
    page = signed_in(office.officer, "zh-hans").get(reverse("outreach:permit", args=[granted.pk])).content.decode()
    assert granted.decision["duties"]
    for duty in granted.decision["duties"]:
        assert duty["rule"] in page
        assert escape(queries.rule_told(duty["rule"], "zh").sentence) in page


def test_the_same_question_gets_the_same_answer_again(office: Office) -> None:
    for at in (office.at, office.at - timedelta(hours=7)):
        office.send(at=at)
    for row in Permit.objects.all():
        again = queries.decide_again(row)
        assert again.same
        assert again.same_rulebook
        page = signed_in(office.officer).get(reverse("outreach:permit", args=[row.pk]), {"again": "1"})
        assert "the same answer" in page.content.decode()


def test_an_exported_row_proves_its_own_hash(office: Office) -> None:
    office.send()
    office.send(at=office.at - timedelta(hours=7))
    client = signed_in(office.officer)
    answer = client.get(reverse("outreach:export", args=["jsonl"]))
    rows = [json.loads(line) for line in answer.getvalue().decode().splitlines()]
    assert len(rows) == 2
    for row in rows:
        told = row.pop("hash")
        text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert sha256(text.encode()).hexdigest() == told
    assert AuditEntry.objects.filter(act="export_permits").count() == 1
    lines = client.get(reverse("outreach:export", args=["csv"]), {"verdict": "deny"}).getvalue().decode().splitlines()
    assert len(lines) == 2
    assert "王小明" not in "".join(lines)


def test_verify_now_says_that_the_chains_hold_and_is_itself_logged(office: Office) -> None:
    office.send()
    page = signed_in(office.officer).post(reverse("outreach:verify"), headers={"hx-request": "true"})
    assert page.content.decode().count("holds") >= 2
    assert AuditEntry.objects.get().act == "verify_chains"
    assert signed_in(office.lead).post(reverse("outreach:verify")).status_code == 403


def test_the_outbox_shows_what_went_and_takes_back_what_waits(office: Office) -> None:
    office.send()
    client = signed_in(office.lead)
    assert "Take back" in client.get(reverse("outreach:outbox"), {"status": "queued"}).content.decode()
    client.post(reverse("outreach:act", args=[OutboxMessage.objects.get().pk, "cancel"]))
    assert OutboxMessage.objects.get().status == "cancelled"
    office.send()
    dispatch_once(at=office.at)
    text = client.get(reverse("outreach:outbox")).content.decode()
    assert "Sent" in text
    assert office.point("mobile").value not in text


@pytest.mark.parametrize(
    ("page", "open_to"),
    [("outreach:permits", {"lead", "officer"}), ("outreach:outbox", {"lead", "officer"})],
)
def test_each_page_is_open_to_those_with_the_right(office: Office, page: str, open_to: set[str]) -> None:
    for who in ("collector", "lead", "officer"):
        status = signed_in(getattr(office, who)).get(reverse(page)).status_code
        assert status == (200 if who in open_to else 403), who


def test_a_compliance_officer_writes_no_messages(office: Office) -> None:
    assert signed_in(office.officer).get(reverse("outreach:compose", args=[office.account.pk])).status_code == 403
