from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy

from duecare.office.outreach.gate import library
from duecare.office.site import clock

from . import charts, queries

SPANS = (7, 30, 90)

NEED_NAMES = {
    "complaints_open": gettext_lazy("Complaints to decide"),
    "disputes_overdue": gettext_lazy("Disputes open for more than 30 days"),
    "reviews_waiting": gettext_lazy("Contacts that somebody with authority must decide"),
    "callbacks_missed": gettext_lazy("Callbacks that were missed"),
    "unassigned": gettext_lazy("Accounts without a collector"),
}


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "30")
    return int(asked) if asked.isdigit() and int(asked) in SPANS else 30


@permission_required("reports.see_team", raise_exception=True)
def morning(request: HttpRequest) -> HttpResponse:
    """What happened, and what needs me."""
    at, lang = clock.now(), get_language() or "en"
    span = queries.window(at, _days(request))
    contact_funnel = queries.contact_funnel(span)
    kept, pending = queries.promises_kept(span)
    refusals = queries.refusals_by_rule(span)
    sentences = {rule.id: rule.sentence["zh" if lang.startswith("zh") else "en"] for rule in library().rules()}
    ageing = queries.ageing_today(at)
    days = queries.by_day(span)
    context: dict[str, Any] = {
        "span": span,
        "spans": SPANS,
        "lang": lang,
        "collected": queries.collected(span),
        "kept": kept,
        "broken": int(kept.denominator - kept.numerator),
        "pending": pending,
        "complaints": queries.complaint_rate(span),
        "refused": queries.refusal_rate(span),
        "funnel": contact_funnel,
        "funnel_chart": charts.funnel(contact_funnel, lang),
        "ageing": ageing,
        "ageing_chart": charts.ageing(ageing, lang),
        "refusals": [(row, sentences.get(row.rule, "")) for row in refusals],
        "refusals_chart": charts.refusals(refusals),
        "days_chart": charts.days(days),
        "needs": [(need, NEED_NAMES[need.kind]) for need in queries.needs(at)],
        "desks": queries.desks(span),
        "has_attempts": bool(contact_funnel.stages[0].count),
    }
    return render(request, "reports/morning.html", context)


TITLES = {
    "collected": gettext_lazy("Accounts with payments in the period"),
    "promises-kept": gettext_lazy("Promises kept"),
    "promises-broken": gettext_lazy("Promises broken or kept in part"),
    "promises-pending": gettext_lazy("Promises still pending"),
    "complaints": gettext_lazy("Accounts with complaints in the period"),
    "refused": gettext_lazy("Accounts with refused contacts"),
    "bucket": gettext_lazy("Accounts of this age"),
    **NEED_NAMES,
}


@permission_required("reports.see_team", raise_exception=True)
def behind(request: HttpRequest, what: str) -> HttpResponse:
    """The accounts that a figure of the morning page was counted over."""
    at, lang, value = clock.now(), get_language() or "en", request.GET.get("value", "")
    span = queries.window(at, _days(request))
    try:
        ids = queries.accounts_behind(what, span, at, value)
    except LookupError as error:
        raise Http404 from error
    title = TITLES.get(what)
    if title is None:
        stage = what.removeprefix("stage-")
        title = next(row.name.text(lang) for row in queries.contact_funnel(span).stages if row.key == stage)
    page = Paginator(queries.accounts_listed(ids), 50).get_page(request.GET.get("page"))
    context = {
        "title": title,
        "value": value if what in ("refused", "collected") else value.replace("-", " "),
        "span": span,
        "page": page,
        "query": f"days={span.days}&value={value}",
        "today": clock.today(at),
    }
    return render(request, "reports/behind.html", context)
