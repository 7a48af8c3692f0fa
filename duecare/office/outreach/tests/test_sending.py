"""A message goes out under a permit of its own moment, in the debtor's words, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from duecare.office.crm.models import Activity, LedgerEvent
from duecare.office.crm.services import open_dispute, record_preference, renew_position
from duecare.office.crm.tests.factories import make_account
from duecare.office.outreach import wording
from duecare.office.outreach.dispatcher import claim, dispatch_once
from duecare.office.outreach.models import OutboxMessage, Permit, PermitOutcome
from duecare.office.outreach.services import TextBlocked, cancel_message, retry_message
from duecare.office.site import chain, clock

from .conftest import PAY, Office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acceptable_words")]
Status = OutboxMessage.Status


def test_a_granted_message_stands_in_the_outbox_with_its_permit(office: Office) -> None:
    sent = office.send()
    assert sent.permit.is_granted, sent.permit.decision
    assert sent.message is not None
    assert sent.message.permit == sent.permit
    assert sent.message.status == Status.QUEUED
    assert "人民币 8,000.00 元" in sent.message.body
    assert PAY in sent.message.body
    assert sent.permit.request["content"]["identifies_sender"] is True
    assert sent.permit.request["content"]["offers_opt_out"] is True
    assert sent.permit.request["content"]["discloses_debt"] is True
    assert sent.permit.request["content"]["threatens_suit"] is False


def test_nothing_of_the_words_or_the_name_is_in_the_log(office: Office) -> None:
    permit = office.send().permit
    assert "王小明" not in str(permit.request)
    assert permit.request["content"]["text"].startswith("sha256:")


def test_a_refused_message_leaves_no_row_and_says_when(office: Office) -> None:
    night = office.at - timedelta(hours=7)  # three in the morning in Shanghai
    sent = office.send(at=night)
    assert not sent.permit.is_granted
    assert sent.message is None
    assert OutboxMessage.objects.count() == 0
    assert sent.permit.decision["next_allowed_at"] is not None


def test_a_message_can_wait_for_the_next_lawful_moment(office: Office) -> None:
    from datetime import datetime

    night = office.at - timedelta(hours=7)
    opens = datetime.fromisoformat(office.send(at=night).permit.decision["next_allowed_at"])
    sent = office.send(at=night, send_at=opens)
    assert sent.message is not None
    assert sent.message.send_after == opens
    assert dispatch_once(at=night).total == 0
    assert dispatch_once(at=opens).sent == 1


def test_the_law_is_asked_again_when_it_is_sent(office: Office) -> None:
    message = office.send().message
    assert message is not None
    assert dispatch_once(at=office.at).sent == 1
    message.refresh_from_db()
    assert message.status == Status.SENT
    assert message.final_permit is not None
    assert message.final_permit.renews == message.permit
    activity = Activity.objects.get(permit=message.final_permit)
    assert (activity.outcome, activity.channel, activity.by) == ("delivered", "sms", office.collector)
    assert PermitOutcome.objects.get(permit=message.final_permit).outcome == "delivered"
    assert PermitOutcome.objects.get(permit=message.permit).outcome == "sent"
    assert all(chain.verify(model).holds for model in (Permit, PermitOutcome))


def test_who_said_stop_in_between_is_not_written_to(office: Office) -> None:
    message = office.send().message
    record_preference(party=office.party, kind="stop_channel", channel="sms", by=office.collector, at=office.at)
    assert dispatch_once(at=office.at + timedelta(minutes=1)).refused == 1
    message.refresh_from_db()
    assert message.status == Status.REFUSED
    assert Activity.objects.count() == 0


def test_a_message_that_comes_due_at_night_waits_for_the_morning(office: Office) -> None:
    message = office.send().message
    night = office.at + timedelta(hours=13)  # eleven at night
    assert dispatch_once(at=night).deferred == 1
    message.refresh_from_db()
    assert message.status == Status.QUEUED
    assert message.send_after > night
    assert dispatch_once(at=message.send_after).sent == 1


def test_a_text_whose_balance_is_no_longer_true_is_not_sent(office: Office) -> None:
    message = office.send().message
    LedgerEvent.objects.create(
        account=office.account,
        kind="payment",
        on=clock.today(office.at),
        amount=Decimal(500),
        currency="CNY",
        recorded_at=office.at,
    )
    renew_position(office.account, clock.today(office.at))
    assert dispatch_once(at=office.at).cancelled == 1
    message.refresh_from_db()
    assert (message.status, message.last_error) == (Status.CANCELLED, "balance_changed")


def test_a_blocked_text_is_refused_before_the_law_is_asked(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = wording.Finding("violence", "打断", True, "threat", "")
    monkeypatch.setattr(wording, "check", lambda text, **_about: [finding])
    with pytest.raises(TextBlocked):
        office.send(addition="打断你的腿")
    assert Permit.objects.count() == 0


def test_an_added_paragraph_that_speaks_of_a_lawsuit_is_told_to_the_law(office: Office) -> None:
    permit = office.send(addition="我们可能向法院提起诉讼。").permit
    assert permit.request["content"]["threatens_suit"] is True


def test_words_of_a_debtor_are_never_read_as_fields(office: Office) -> None:
    sent = office.send(addition="{payment_instructions} {0.__class__}")
    assert sent.message is not None
    assert "{payment_instructions} {0.__class__}" in sent.message.body


def test_one_message_speaks_of_all_accounts_of_the_debtor_with_the_creditor(office: Office) -> None:
    other = make_account(party=office.party, creditor=office.account.creditor, amount="500.00")
    foreign = make_account(party=office.party, amount="900.00")
    message = office.send().message
    assert "人民币 8,500.00 元" in message.body
    assert foreign.reference not in message.body
    assert [one.account for one in message.covered.all()] == [other]
    assert dispatch_once(at=office.at).sent == 1
    assert set(Activity.objects.values_list("account", flat=True)) == {office.account.pk, other.pk}
    assert Permit.objects.filter(renews__isnull=False).count() == 2


def test_a_disputed_account_is_left_out_of_the_message(office: Office) -> None:
    other = make_account(party=office.party, creditor=office.account.creditor, amount="500.00")
    open_dispute(account=other, kind="amount", text="", in_writing=True, by=office.collector, at=office.at)
    sent = office.send()
    assert sent.message is not None
    assert other.reference not in sent.message.body
    assert sent.draft.left_out == (other,)


def test_a_text_that_would_state_what_is_not_so_cannot_be_used(office: Office) -> None:
    for key in ("closing", "broken-promise", "promise-reminder", "dispute-answer", "payment-confirmation"):
        with pytest.raises(ValidationError):
            office.send(key=key)


def test_without_official_payment_instructions_nobody_is_asked_to_pay(office: Office) -> None:
    office.account.creditor.payment_instructions = ""
    office.account.creditor.save()
    with pytest.raises(ValidationError, match="officially paid"):
        office.send()


def test_how_to_pay_is_told_in_the_language_of_the_message(office: Office) -> None:
    creditor = office.account.creditor
    creditor.payment_instructions_zh = "请汇款至合同账户"
    assert creditor.how_to_pay("zh-hans") == "请汇款至合同账户"
    assert creditor.how_to_pay("en") == creditor.payment_instructions
    creditor.payment_instructions = ""
    assert creditor.how_to_pay("en") == "请汇款至合同账户"


def test_only_who_may_send_sends(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        office.send(by=office.officer)


def test_an_address_of_somebody_else_is_not_written_to(office: Office) -> None:
    other = make_account().liabilities.get().party
    with pytest.raises(ValidationError):
        office.send(contact_point=other.contact_points.get(kind="mobile"))


def test_a_lease_keeps_others_away_until_it_runs_out(office: Office) -> None:
    office.send()
    real, lease = clock.real_now(), timedelta(minutes=2)
    first = claim(at=office.at, real=real, lease=lease, who="one")
    assert first is not None
    assert claim(at=office.at, real=real + timedelta(seconds=119), lease=lease, who="two") is None
    assert claim(at=office.at, real=real + timedelta(seconds=121), lease=lease, who="two") == first


def test_a_waiting_message_can_be_cancelled_and_a_sent_one_cannot(office: Office) -> None:
    message = office.send().message
    cancel_message(message=message, by=office.officer, at=office.at)
    assert dispatch_once(at=office.at).total == 0
    with pytest.raises(ValidationError):
        cancel_message(message=message, by=office.officer, at=office.at)
    with pytest.raises(ValidationError):
        retry_message(message=message, by=office.lead, at=office.at)
    with pytest.raises(PermissionDenied):
        cancel_message(message=message, by=office.collector, at=office.at)


def test_a_validation_notice_by_letter_is_noted_on_the_account(office: Office) -> None:
    office.send(key="validation-notice", channel="letter")
    assert dispatch_once(at=office.at).sent == 1
    office.account.refresh_from_db()
    assert office.account.validation_notice_at is not None
