"""A collector works a list that the law has passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from duecare.office.crm import services as crm
from duecare.office.crm.models import ActionCode, Activity, ContactPoint, PromiseToPay, ResultCode, Unmasking
from duecare.office.crm.tests.factories import TUESDAY_TEN_IN_SHANGHAI as TEN
from duecare.office.crm.tests.factories import add_third_party, make_account, make_party, make_user
from duecare.office.desk import queries, services
from duecare.office.desk.models import WorklistEntry
from duecare.office.outreach.models import Permit
from duecare.office.outreach.permits import permit
from duecare.office.people.models import Team

pytestmark = pytest.mark.django_db
THREE = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
"""Three at night in Shanghai."""


@pytest.fixture
def desk():
    user = make_user("collector", team=Team.objects.create(name="One"))
    account = make_account(assigned_to=user)
    party = account.liabilities.get().party
    return user, account, party, party.contact_points.get(kind="mobile")


@pytest.fixture
def at_ten(monkeypatch):
    from duecare.office.site import clock

    monkeypatch.setattr(clock, "real_now", lambda: TEN)
    return TEN


def test_a_call_at_three_is_refused_with_the_next_lawful_moment(desk):
    user, account, _, point = desk
    asked = services.start_contact(
        account=account, contact_point=point, channel="call", by=user, at=THREE, language="en"
    )
    assert asked.verdict == "deny"
    assert asked.rule == "CN-GBT45251-HOURS"
    assert datetime.fromisoformat(asked.decision["next_allowed_at"]) == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert Activity.objects.count() == 0
    assert user.evidence.filter(kind="refused_permit", skill="law.contact_hours").exists()


def test_a_call_at_ten_is_granted_and_its_promise_recorded(desk):
    user, account, party, point = desk
    asked = services.start_contact(account=account, contact_point=point, channel="call", by=user, at=TEN, language="en")
    assert asked.is_granted
    assert services.open_contact(user) == asked
    activity = crm.record_contact(permit=asked, result=ResultCode.objects.get(code="promise"), by=user, at=TEN)
    crm.make_promise(
        account=account,
        party=party,
        amount=Decimal(500),
        due_on=TEN.date() + timedelta(days=5),
        by=user,
        at=TEN,
        activity=activity,
    )
    assert services.open_contact(user) is None
    assert PromiseToPay.objects.get().activity == activity
    point.refresh_from_db()
    assert point.status == "verified"


def test_no_second_contact_is_opened_while_one_is_not_coded(desk):
    user, account, _, point = desk
    services.start_contact(account=account, contact_point=point, channel="call", by=user, at=TEN, language="en")
    with pytest.raises(ValidationError, match="Code the result"):
        services.start_contact(account=account, contact_point=point, channel="call", by=user, at=TEN, language="en")


def test_a_permit_is_coded_once_and_only_by_its_owner(desk):
    user, account, _, point = desk
    result = ResultCode.objects.get(code="no_answer")
    asked = services.start_contact(account=account, contact_point=point, channel="call", by=user, at=TEN, language="en")
    with pytest.raises(ValidationError, match="somebody else"):
        crm.record_contact(permit=asked, result=result, by=make_user("collector"), at=TEN)
    crm.record_contact(permit=asked, result=result, by=user, at=TEN)
    with pytest.raises(ValidationError, match="already"):
        crm.record_contact(permit=Permit.objects.get(pk=asked.pk), result=result, by=user, at=TEN)


def test_the_database_refuses_an_outbound_activity_without_a_permit(desk):
    _, account, party, _ = desk
    with pytest.raises(IntegrityError, match="outbound_activity_has_a_permit"), transaction.atomic():
        Activity.objects.create(
            account=account,
            party=party,
            at=TEN,
            action=ActionCode.objects.get(code="call"),
            channel="call",
            direction="outbound",
        )


def test_a_relative_is_never_asked_to_pay(desk):
    user, account, _, _ = desk
    relative = add_third_party(account, "relative")
    for purpose in ("collect", "locate"):
        asked = permit(
            account=account,
            party=relative,
            contact_point=relative.contact_points.first(),
            channel="call",
            at=TEN,
            by=user,
            purpose=purpose,
        )
        assert not asked.is_granted
        assert asked.rule == "CN-GBT45251-TARGET"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"deceased": True}, "HOUSE-STATE"),
        ({"attorney_since": TEN - timedelta(days=2)}, "HOUSE-REPRESENTED"),
        ({"birth_date": "2015-01-01"}, "HOUSE-STATE"),
    ],
)
def test_what_is_known_of_the_person_stops_the_call(desk, change, rule):
    user, account, party, point = desk
    for name, value in change.items():
        setattr(party, name, value)
    party.save()
    asked = permit(account=account, party=party, contact_point=point, channel="call", at=TEN, by=user)
    assert (asked.verdict, asked.rule) == ("deny", rule)


def test_a_dispute_a_stop_and_a_hardship_each_stop_the_call(desk):
    user, account, party, point = desk

    def rules():
        return [
            reason["rule"]
            for reason in permit(
                account=account, party=party, contact_point=point, channel="call", at=TEN + timedelta(hours=1), by=user
            ).decision["reasons"]
        ]

    assert rules() == []
    crm.open_dispute(account=account, kind="amount", text="", in_writing=False, by=user, at=TEN)
    crm.record_preference(party=party, kind="stop_channel", channel="call", by=user, at=TEN)
    crm.open_hardship(
        account=account, party=party, kind="income", note="", consent_to_record=False, hold_days=30, by=user, at=TEN
    )
    assert set(rules()) == {"CN-CARD-DISPUTE", "HOUSE-STOP", "HOUSE-BREATHING"}


def test_the_fourth_effective_call_of_a_day_is_refused(desk):
    user, account, _, point = desk
    result = ResultCode.objects.get(code="talked_no_result")
    verdicts = []
    for hour in range(4):
        asked = permit(
            account=account,
            party=point.party,
            contact_point=point,
            channel="call",
            at=TEN + timedelta(hours=hour),
            by=user,
        )
        verdicts.append(asked.verdict)
        if asked.is_granted:
            crm.record_contact(permit=asked, result=result, by=user, at=TEN + timedelta(hours=hour))
    assert verdicts == ["allow", "allow", "allow", "deny"]


def test_a_permit_carries_no_name_no_number_and_no_words(desk):
    user, account, party, point = desk
    asked = permit(account=account, party=party, contact_point=point, channel="call", at=TEN, by=user)
    stored = str(asked.request) + str(asked.decision)
    assert party.name not in stored
    assert point.value not in stored
    assert party.reference not in stored


def test_the_list_says_why_and_a_worked_account_leaves_it(desk):
    user, account, _, point = desk
    assert services.build_worklist(user, TEN) == 1
    entry = WorklistEntry.objects.get()
    assert entry.section == "now"
    assert entry.why_en
    assert entry.why_zh != entry.why_en
    asked = services.start_contact(account=account, contact_point=point, channel="call", by=user, at=TEN, language="en")
    crm.record_contact(permit=asked, result=ResultCode.objects.get(code="no_answer"), by=user, at=TEN)
    assert queries.next_entry(user, TEN) is None


def test_a_callback_interrupts_the_list(desk):
    user, account, _, _ = desk
    other = make_account(assigned_to=user, amount="90000")
    crm.book_callback(account=account, when=TEN + timedelta(minutes=30), by=user, at=TEN, asked_for=True)
    services.build_worklist(user, TEN)
    assert queries.next_entry(user, TEN).account_id == other.pk
    assert queries.next_entry(user, TEN + timedelta(minutes=30)).account_id == account.pk


def test_a_collector_of_another_team_does_not_see_the_account(client, desk, at_ten):
    _, account, _, _ = desk
    client.force_login(make_user("collector", team=Team.objects.create(name="Two")))
    assert client.get(reverse("desk:account", args=[account.pk])).status_code == 404


@pytest.mark.parametrize("role", ["trainer", "administrator"])
def test_who_does_not_work_accounts_does_not_see_them(client, desk, role):
    client.force_login(make_user(role))
    assert client.get(reverse("desk:account", args=[desk[1].pk])).status_code == 403
    assert client.get(reverse("desk:today")).status_code == 403


def test_a_service_checks_the_right_too(desk):
    with pytest.raises(PermissionDenied):
        crm.add_note(account=desk[1], text="x", by=make_user("trainer"), at=TEN)


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_pages_open_and_show_no_clear_name(client, desk, at_ten, lang):
    user, account, party, _ = desk
    client.force_login(user)
    for url in (
        reverse("desk:today"),
        reverse("desk:account", args=[account.pk]),
        reverse("desk:working", args=[account.pk]),
        reverse("desk:accounts"),
        reverse("desk:search") + "?q=nothing",
    ):
        response = client.get(url, headers={"accept-language": lang})
        assert response.status_code == 200
        page = response.content.decode()
        assert party.name not in page
        assert party.contact_points.first().value not in page


def test_a_whole_contact_through_the_pages(client, desk, at_ten):
    user, account, _, point = desk
    client.force_login(user)
    granted = client.post(reverse("desk:contact", args=[account.pk]), {"contact_point": point.pk, "channel": "call"})
    page = reverse("desk:open-contact", args=[Permit.objects.get().pk])
    assert granted.url == page
    assert point.value in client.get(page).content.decode()
    assert Unmasking.objects.filter(by=user).count() == 2
    assert client.get(reverse("desk:next")).url == page
    unfinished = client.post(page, {"result": "promise", "promise-amount": "", "promise-due_on": ""})
    assert unfinished.status_code == 422
    assert Activity.objects.count() == 0
    done = client.post(
        page,
        {"result": "promise", "promise-amount": "800", "promise-due_on": "2026-11-30", "said": ["x", "y"], "stay": "1"},
    )
    assert done.status_code == 302
    assert PromiseToPay.objects.get().amount == 800


def test_a_refusal_on_screen_names_rule_source_and_next_moment(client, desk, monkeypatch):
    from duecare.office.site import clock

    monkeypatch.setattr(clock, "real_now", lambda: THREE)
    user, account, _, point = desk
    client.force_login(user)
    response = client.post(reverse("desk:contact", args=[account.pk]), {"contact_point": point.pk, "channel": "call"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "CN-GBT45251-HOURS" in page
    assert "GB/T 45251-2025" in page
    assert "2026-11-24 08:00" in page
    assert "The law says no" in page


def test_a_refusal_of_the_house_is_not_called_law(client, desk, monkeypatch):
    from duecare.office.site import clock

    monkeypatch.setattr(clock, "real_now", lambda: THREE)
    firm = make_account(
        assigned_to=desk[0], party=make_party(kind="company"), consumer=False, debt_kind="trade_invoice"
    )
    point = firm.liabilities.get().party.contact_points.get(kind="mobile")
    client.force_login(desk[0])
    page = client.post(
        reverse("desk:contact", args=[firm.pk]), {"contact_point": point.pk, "channel": "call"}
    ).content.decode()
    assert "HOUSE-HOURS" in page
    assert "House policy says no" in page
    assert "The law says no" not in page


def test_the_desk_asks_a_fixed_number_of_queries(client, desk, at_ten, django_assert_max_num_queries):
    user = desk[0]
    for _ in range(30):
        make_account(assigned_to=user, party=make_party(), creditor=desk[1].creditor)
    services.build_worklist(user, TEN)
    client.force_login(user)
    client.get(reverse("desk:today"))
    with django_assert_max_num_queries(45):
        client.get(reverse("desk:today"))
    with django_assert_max_num_queries(60):
        client.get(reverse("desk:account", args=[desk[1].pk]))


def test_search_finds_by_exact_name_and_number(desk):
    user, account, party, point = desk
    assert queries.search(user, party.name) == [account]
    assert queries.search(user, point.value) == [account]
    assert queries.search(user, account.reference) == [account]
    assert queries.search(user, party.name[:1]) == []


def test_a_wrong_number_is_not_called_again(desk):
    user, account, _, point = desk
    asked = services.start_contact(account=account, contact_point=point, channel="call", by=user, at=TEN, language="en")
    crm.record_contact(permit=asked, result=ResultCode.objects.get(code="wrong_person"), by=user, at=TEN)
    assert ContactPoint.objects.get(pk=point.pk).status == "wrong"
    with pytest.raises(ValidationError, match="not in use"):
        services.start_contact(
            account=account,
            contact_point=ContactPoint.objects.get(pk=point.pk),
            channel="call",
            by=user,
            at=TEN,
            language="en",
        )


def test_a_lead_answers_a_dispute_and_decides_a_complaint(client, desk, at_ten):
    user, account, party, point = desk
    dispute = crm.open_dispute(account=account, kind="amount", text="not that much", in_writing=True, by=user, at=TEN)
    complaint = crm.record_complaint(
        account=account, about=user, cause="conduct", channel="call", text="rude", by=user, at=TEN
    )
    answers = {"status": "rejected", "answer": "The contract says so."}
    client.force_login(user)
    assert client.post(reverse("desk:decide-dispute", args=[account.pk, dispute.pk]), answers).status_code == 403
    client.force_login(make_user("team_lead"))
    assert "rude" in client.get(reverse("desk:account", args=[account.pk])).content.decode()
    assert (
        client.post(reverse("desk:decide-dispute", args=[account.pk, dispute.pk]), {"status": "rejected"}).status_code
        == 422
    )
    assert client.post(reverse("desk:decide-dispute", args=[account.pk, dispute.pk]), answers).status_code == 302
    assert permit(
        account=account, party=party, contact_point=point, channel="call", at=TEN + timedelta(minutes=1), by=user
    ).is_granted
    assert (
        client.post(reverse("desk:decide-complaint", args=[account.pk, complaint.pk]), {"upheld": "yes"}).status_code
        == 302
    )
    complaint.refresh_from_db()
    assert complaint.status == "upheld"


def test_what_is_not_due_yet_is_on_no_list_until_it_is(desk):
    user, account, *_ = desk
    account.oldest_due_on = TEN.date() + timedelta(days=1)
    account.save()
    services.build_worklist(user, TEN)
    assert not WorklistEntry.objects.filter(account=account).exists()
    services.build_worklist(user, TEN + timedelta(days=2))
    assert WorklistEntry.objects.filter(account=account).exists()
