"""The lead's numbers are those of the record, and each opens the accounts behind it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from duecare.insight.metrics import Period, figure
from duecare.office.crm import services as crm
from duecare.office.crm.models import ResultCode
from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI as AT
from duecare.office.crm.tests.factories import make_account, make_user
from duecare.office.outreach.permits import permit
from duecare.office.reports import queries
from duecare.office.reports.templatetags import figures
from duecare.office.site import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(monkeypatch):
    """A promise, a talk without result, a missed call and a refusal at night; then the promise is kept."""
    monkeypatch.setattr(clock, "real_now", lambda: AT + timedelta(days=2))
    lead, user = make_user("team_lead"), make_user("collector")
    accounts = [make_account(assigned_to=user) for _ in range(3)]
    for account, code in zip(accounts, ("promise", "talked_no_result", "no_answer"), strict=True):
        party = account.liabilities.get().party
        point = party.contact_points.get(kind="mobile")
        asked = permit(account=account, party=party, contact_point=point, channel="call", at=AT, by=user)
        activity = crm.record_contact(permit=asked, result=ResultCode.objects.get(code=code), by=user, at=AT)
        if code == "promise":
            crm.make_promise(
                account=account,
                party=party,
                amount=Decimal(800),
                due_on=clock.today(AT) + timedelta(days=1),
                by=user,
                at=AT,
                activity=activity,
            )
    night = permit(
        account=accounts[0],
        party=accounts[0].liabilities.get().party,
        contact_point=None,
        channel="call",
        at=AT + timedelta(hours=15),
        by=user,
    )
    assert not night.is_granted
    crm.record_payment(
        account=accounts[0],
        amount=Decimal(900),
        on=clock.today(AT) + timedelta(days=1),
        by=lead,
        at=AT + timedelta(days=1),
    )
    crm.record_complaint(account=accounts[1], about=user, cause="frequency", channel="call", text="", by=lead, at=AT)
    return lead, user, accounts


def test_the_funnel_counts_what_was_coded_and_reconciles_with_the_ledger(day):
    span = queries.window(clock.now(), 7)
    found = queries.contact_funnel(span)
    assert [stage.count for stage in found.stages] == [3, 2, 2, 1, 1, 1]
    money = found.money[0]
    assert money.through_promises + money.otherwise == money.total == Decimal(900)
    assert found.unreconciled == ()


def test_figures_carry_numerator_denominator_and_interval(day):
    span = queries.window(clock.now(), 7)
    kept, pending = queries.promises_kept(span)
    assert (kept.numerator, kept.denominator, pending) == (1, 1, 0)
    refused = queries.refusal_rate(span)
    assert (refused.numerator, refused.denominator) == (1, 4)
    assert 0 < refused.low < 0.25 < refused.high < 1
    complaints = queries.complaint_rate(span)
    assert (complaints.numerator, complaints.denominator) == (1, 2)


def test_a_figure_is_told_rounded_and_not_cut_off():
    told = figures.told(figure("kept_rate", 18, 29, Period(date(2026, 10, 1), date(2026, 11, 1))))
    assert told == "62.1 %"
    assert figures.amount(Decimal("2.005")) == "2.01"


def test_each_figure_opens_the_accounts_behind_it(day):
    _, _, accounts = day
    span, at = queries.window(clock.now(), 7), clock.now()
    ids = [account.pk for account in accounts]
    assert list(queries.accounts_behind("stage-promises", span, at)) == ids[:1]
    assert list(queries.accounts_behind("stage-attempts", span, at)) == ids
    assert list(queries.accounts_behind("refused", span, at, "CN-GBT45251-HOURS")) == ids[:1]
    assert list(queries.accounts_behind("complaints", span, at)) == ids[1:2]
    assert list(queries.accounts_behind("collected", span, at, "CNY")) == ids[:1]
    assert list(queries.accounts_behind("complaints_open", span, at)) == ids[1:2]
    with pytest.raises(LookupError):
        queries.accounts_behind("nothing", span, at)


def test_a_reversed_payment_was_not_collected(day):
    lead, _, accounts = day
    payment = accounts[0].events.get(kind="payment")
    crm.reverse_payment(payment=payment, on=clock.today(), by=lead, note="bounced", at=clock.now())
    span = queries.window(clock.now(), 7)
    assert queries.contact_funnel(span).money == ()
    assert queries.promises_kept(span)[0].numerator == 0


def test_what_happened_before_the_window_is_outside_it(day):
    far = queries.window(clock.now() + timedelta(days=40), 7)
    assert queries.contact_funnel(far).stages[0].count == 0


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_pages_open_filled_and_empty(client, day, lang):
    client.force_login(day[0])
    for days in ("7", "30", "90", "nonsense"):
        assert (
            client.get(reverse("reports:morning") + f"?days={days}", headers={"accept-language": lang}).status_code
            == 200
        )
    assert (
        client.get(reverse("reports:behind", args=["stage-promises"]), headers={"accept-language": lang}).status_code
        == 200
    )
    assert client.get(reverse("reports:behind", args=["no-such"])).status_code == 404


def test_the_morning_is_not_for_collectors(client, day):
    client.force_login(day[1])
    assert client.get(reverse("reports:morning")).status_code == 403
