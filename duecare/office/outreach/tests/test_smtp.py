"""E-mail through a real SMTP server: what arrives, and what a refusal or a broken line leads to."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from duecare.office.crm.models import Activity
from duecare.office.outreach.dispatcher import dispatch_once
from duecare.office.outreach.models import OutboxMessage, PermitOutcome
from duecare.office.outreach.services import retry_message

from .conftest import Office
from .test_killed_dispatcher import _free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acceptable_words")]


class Server:
    """Takes mail, unless told to refuse the address or the text, or to hang up while the text is handed over."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.handed_over = 0
        self.refuse_address = ""
        self.refuse_text = ""
        self.hang_up = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
        if self.refuse_address:
            return self.refuse_address
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        self.handed_over += 1
        if self.hang_up:
            server.transport.abort()
            return "451 gone"
        if self.refuse_text:
            return self.refuse_text
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    taking = Server()
    controller = Controller(taking, hostname="127.0.0.1", port=_free_port())
    controller.start()
    for name, value in {
        "DUECARE_CHANNEL_EMAIL": "smtp",
        "DUECARE_SMTP_HOST": "127.0.0.1",
        "DUECARE_SMTP_PORT": str(controller.port),
        "DUECARE_SMTP_STARTTLS": "0",
        "DUECARE_SMTP_FROM": "office@duecare.example",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        yield taking
    finally:
        controller.stop()


def waiting(office: Office) -> OutboxMessage:
    message = office.send(channel="email").message
    assert message is not None
    return message


def test_a_mail_arrives_with_its_words_its_sender_and_a_way_to_stop(office: Office, server: Server) -> None:
    message = waiting(office)
    assert dispatch_once(at=office.at).sent == 1
    (mail,) = server.mails
    assert mail["To"] == "someone@example.com"
    assert "善催" in str(mail["From"])
    assert message.idempotency_key in mail["Message-ID"]
    assert "STOP" in mail["List-Unsubscribe"]
    assert "人民币 8,000.00 元" in mail.get_content()
    message.refresh_from_db()
    assert message.receipt == mail["Message-ID"]


def test_an_address_that_refuses_is_not_written_to_again(office: Office, server: Server) -> None:
    server.refuse_address = "550 nobody here"
    message = waiting(office)
    assert dispatch_once(at=office.at).failed == 1
    message.refresh_from_db()
    assert (message.status, message.final_permit) == ("failed", None)
    assert office.point("email").status == "inactive"
    assert Activity.objects.count() == 0
    assert set(PermitOutcome.objects.values_list("outcome", flat=True)) == {"undelivered"}


def test_a_passing_refusal_of_the_text_is_tried_later_under_a_new_permit(office: Office, server: Server) -> None:
    server.refuse_text = "451 later"
    message = waiting(office)
    assert dispatch_once(at=office.at).deferred == 1
    message.refresh_from_db()
    assert message.status == "queued"
    assert message.send_after > office.at
    server.refuse_text = ""
    assert dispatch_once(at=message.send_after).sent == 1
    assert len(server.mails) == 1
    assert message.permit.renewals.count() == 2


def test_a_line_that_breaks_while_the_text_goes_over_is_never_tried_again(office: Office, server: Server) -> None:
    server.hang_up = True
    message = waiting(office)
    assert dispatch_once(at=office.at).unknown == 1
    server.hang_up = False
    assert dispatch_once(at=office.at).total == 0
    message.refresh_from_db()
    assert (message.status, message.last_error) == ("failed", "unknown")
    assert server.handed_over == 1
    assert Activity.objects.get().outcome == "delivered"
    with pytest.raises(Exception, match="certainly did not go"):
        retry_message(message=message, by=office.lead, at=office.at)


def test_a_server_that_is_not_there_loses_nothing(
    office: Office, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUECARE_SMTP_PORT", str(_free_port()))
    message = waiting(office)
    assert dispatch_once(at=office.at).deferred == 1
    message.refresh_from_db()
    assert message.status == "queued"
    assert message.final_permit is None
