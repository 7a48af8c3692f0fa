"""What every page knows: the navigation that the role opens, the clock, and whether this is a demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import clock


@dataclass(frozen=True)
class Place:
    key: str
    label: Any
    url_name: str
    right: str


PLACES = (
    Place("desk", _("Today"), "desk:today", "desk.work_accounts"),
    Place("morning", _("Morning"), "reports:morning", "reports.see_team"),
    Place("accounts", _("Accounts"), "desk:accounts", "desk.see_accounts"),
    Place("academy", _("Academy"), "academy:today", "academy.practise"),
    Place("law", _("Law"), "rulebooks:law", "rulebooks.read"),
    Place("permits", _("Permits"), "outreach:permits", "outreach.see_permits"),
    Place("outbox", _("Outbox"), "outreach:outbox", "outreach.see_outbox"),
    Place("office", _("Office"), "admin:index", "site.administer"),
)


DEMO_ZONES = ("Asia/Shanghai", "Europe/London", "Europe/Berlin", "America/New_York", "Australia/Sydney")


@dataclass(frozen=True)
class Link:
    key: str
    label: Any
    url: str
    active: bool


def office(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    match = request.resolver_match
    here = match.namespace if match else ""
    links = []
    if user is not None and user.is_authenticated:
        for place in PLACES:
            if not user.has_perm(place.right):
                continue
            url = reverse(place.url_name)
            # The law is one place with many pages; elsewhere a page of its own is a place of its own.
            active = bool(
                match and (f"{here}:{match.url_name}" == place.url_name or (place.key == "law" and here == "rulebooks"))
            )
            links.append(Link(place.key, place.label, url, active))
    context: dict[str, Any] = {
        "navigation": links,
        "is_demo": settings.DEMO,
        "office_zone": settings.TIME_ZONE,
        "office_now": clock.now(),
        "demo_clock": settings.DEMO and clock.source() == "demo",
        "demo_zones": DEMO_ZONES if settings.DEMO else (),
    }
    if user is not None and user.is_authenticated and user.has_perm("desk.see_accounts"):
        context["search_url"] = reverse("desk:search")
    return context
