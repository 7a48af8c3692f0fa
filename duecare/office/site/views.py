from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duecare.office.desk.models import WorklistEntry
from duecare.office.people.models import Role, User

from . import clock
from .models import AuditEntry, DemoClock

FIRST_PAGE = {
    Role.COLLECTOR: "desk:today",
    Role.TEAM_LEAD: "reports:morning",
    Role.TRAINER: "academy:today",
    Role.COMPLIANCE_OFFICER: "rulebooks:law",
    Role.LEGAL: "desk:accounts",
    Role.ACCOUNT_MANAGER: "desk:accounts",
    Role.ADMINISTRATOR: "admin:index",
}


def home(request: HttpRequest) -> HttpResponse:
    """Each role starts where its day starts."""
    assert isinstance(request.user, User)
    return redirect(FIRST_PAGE[Role(request.user.role)])


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    template_name = "site/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context["demo_users"] = User.objects.filter(is_demo=True).order_by("id")
        return context


class SignOut(LogoutView):
    pass


@require_POST
def set_demo_clock(request: HttpRequest) -> HttpResponse:
    """Set the clock of a demo office to a local time in a zone, or let it go. Anywhere else there is no such page."""
    if not settings.DEMO:
        raise Http404
    zone, wanted = request.POST.get("zone", settings.TIME_ZONE), request.POST.get("at", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    with transaction.atomic():
        DemoClock.objects.all().delete()
        if wanted:
            try:
                if zone not in available_timezones():
                    raise ValueError(zone)
                instant = datetime.fromisoformat(wanted)
                if instant.tzinfo is None:
                    instant = instant.replace(tzinfo=ZoneInfo(zone))
            except ValueError:
                messages.error(request, _("Write the time as 2026-11-24T10:00 and choose a known time zone."))
                return HttpResponseRedirect(back)
            real = clock.real_now()
            if abs(instant - real) > timedelta(days=3660):
                messages.error(request, _("At most ten years from today."))
                return HttpResponseRedirect(back)
            DemoClock.objects.create(set_to=instant, set_at=real)
        # Lists were made by the clock as it was; the day's are made again when they are looked at.
        WorklistEntry.objects.filter(day=clock.today(), worked_at=None).delete()
        AuditEntry.append(
            at=clock.real_now(),
            by=request.user,
            act="set_demo_clock",
            subject="site_democlock",
            detail={"to": wanted or "real"},
        )
    return HttpResponseRedirect(back)


@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"why": str(exception or "")}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
