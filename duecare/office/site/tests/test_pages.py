"""The frame of the pages: sign-in, languages, the demo clock, security headers."""

from __future__ import annotations

import pytest
from django.urls import reverse

from duecare.office.crm.tests.factories import make_user
from duecare.office.people.models import Role
from duecare.office.site.models import AuditEntry, DemoClock
from duecare.office.site.views import FIRST_PAGE

pytestmark = pytest.mark.django_db


def test_nothing_opens_without_signing_in(client):
    for url in ("/", "/desk/", "/academy/", "/reports/morning/", "/outreach/permits/"):
        assert client.get(url).url.startswith("/sign-in/")


@pytest.mark.parametrize("role", Role.values)
def test_each_role_starts_where_its_day_starts(client, role):
    client.force_login(make_user(role))
    answer = client.get("/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == reverse(FIRST_PAGE[Role(role)])


def test_the_policy_allows_no_inline_script(client):
    answer = client.get("/sign-in/")
    policy = answer.headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert scripts.split() == ["script-src", "'self'"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"<script>" not in answer.content
    assert b"onclick" not in answer.content


@pytest.mark.parametrize(
    ("header", "word"), [("zh-CN,zh;q=0.9", "登录善催"), ("en-GB", "Sign in to Duecare"), ("fr", "Sign in to Duecare")]
)
def test_the_browsers_language_is_followed(client, header, word):
    assert word in client.get("/sign-in/", headers={"accept-language": header}).content.decode()


def test_the_language_can_be_switched(client):
    client.post(reverse("set_language"), {"language": "zh-hans", "next": "/sign-in/"})
    assert "登录善催" in client.get("/sign-in/").content.decode()


def test_an_office_that_is_no_demo_has_no_clock_to_set(client):
    client.force_login(make_user("collector"))
    assert client.post(reverse("demo-clock"), {"at": "2026-11-24T03:00", "zone": "UTC"}).status_code == 404
    assert not DemoClock.objects.exists()


def test_a_demo_clock_is_set_shown_and_audited(client, settings):
    settings.DEMO = True
    user = make_user("team_lead")
    client.force_login(user)
    client.post(reverse("demo-clock"), {"at": "2026-11-24T03:00", "zone": "Asia/Shanghai", "next": "/reports/morning/"})
    page = client.get("/reports/morning/").content.decode()
    assert "2026-11-24 03:00" in page
    for path in ("/academy/", "/law/"):
        assert "names and numbers are invented" in client.get(path).content.decode()
    assert AuditEntry.objects.get().act == "set_demo_clock"
    for wrong in (
        {"at": "soon", "zone": "UTC"},
        {"at": "2026-11-24T03:00", "zone": "Nowhere/At"},
        {"at": "1200-01-01T00:00", "zone": "UTC"},
    ):
        client.post(reverse("demo-clock"), wrong)
    client.post(reverse("demo-clock"), {"at": "", "next": "https://elsewhere.example/"})
    assert not DemoClock.objects.exists()


def test_a_page_that_is_not_there_says_so(client):
    client.force_login(make_user())
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert b"There is no such page" in answer.content


def test_the_admin_is_for_administrators_and_shows_no_clear_name(client):
    from duecare.office.crm.tests.factories import make_party

    party = make_party(name="Wilhelmina Testperson")
    client.force_login(make_user("team_lead"))
    assert client.get("/office/").status_code == 302
    client.force_login(make_user("administrator", is_staff=True))
    for url in (
        "/office/",
        "/office/crm/party/",
        f"/office/crm/party/{party.pk}/change/",
        "/office/crm/contactpoint/",
        "/office/outreach/permit/",
        "/office/people/user/",
    ):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert b"Wilhelmina" not in answer.content


def test_logs_and_money_cannot_be_changed_in_the_admin(client):
    client.force_login(make_user("administrator", is_staff=True))
    for url in ("/office/crm/ledgerevent/add/", "/office/outreach/permit/add/", "/office/crm/activity/add/"):
        assert client.get(url).status_code == 403
