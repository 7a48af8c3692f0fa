from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from duecare.office.crm.models import Account, ContactPoint, Party
from duecare.office.crm.queries import accounts_for_contact, debtor_of
from duecare.office.people.models import User
from duecare.office.site import chain, clock
from duecare.office.site.models import AuditEntry

from . import charts, queries, services
from .drafts import Draft, draft, gloss
from .forms import OutboxFilter, PermitFilter
from .library import CHANNELS, step_names, steps
from .models import OutboxMessage, Permit, PermitOutcome, Verdict
from .reasons import error_told, outcome_told

PAGE = 50


# --- writing a message ---------------------------------------------------------------------------------------------


@permission_required("outreach.send_messages", raise_exception=True)
def compose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the words, see what they say and whether they may go, and put them into the outbox."""
    assert isinstance(request.user, User)
    at, asked = clock.now(), request.POST if request.method == "POST" else request.GET
    account = get_object_or_404(accounts_for_contact(), pk=pk)
    party = _liable(account, asked.get("party"))
    point, channel = _where(party, asked.get("contact_point"), asked.get("channel", ""))
    lang = get_language() or "en"
    known = steps(channel=channel, language="zh-hans" if lang.startswith("zh") else "en") if channel else []
    key = asked.get("template") or (known[0].key if known else "")
    addition = asked.get("addition", "")
    context: dict[str, Any] = {
        "account": account,
        "party": party,
        "points": [
            (one, way) for one in party.contact_points.all() if one.is_usable for way in one.channels if way in CHANNELS
        ],
        "point": point,
        "channel": channel,
        "steps": known,
        "key": key,
        "addition": addition,
        "debtor_zone": (party.time_zones or [clock.office_zone().key])[0],
    }
    act = asked.get("act", "")
    if point is not None and request.method == "POST" and act in ("send", "queue"):
        answered = _send(request, context, act, at)
        if answered is not None:
            return answered
    if point is not None:
        context |= _previewed(request.user, context, at, lang)
    status = 422 if context.get("refused") or context.get("order_error") else 200
    page = "outreach/_preview.html" if request.htmx else "outreach/compose.html"  # type: ignore[attr-defined]
    return render(request, page, context, status=status)


def _previewed(user: User, context: dict[str, Any], at: datetime, lang: str) -> dict[str, Any]:
    try:
        made = _draft(user, context, at, lang)
    except ValidationError as error:
        return {"problem": error.messages[0]}
    told = [queries.rule_told(reason.rule, lang) for reason in made.decision.reasons]
    return {
        "draft": made,
        "gloss": gloss(
            made, language="zh-hans" if lang.startswith("zh") else "en", addition=context["addition"], at=at
        ),
        "decision": made.decision,
        "reasons": list(zip(made.decision.reasons, told, strict=True)),
    }


def _draft(user: User, context: dict[str, Any], at: datetime, lang: str) -> Draft:
    return draft(
        account=context["account"],
        party=context["party"],
        contact_point=context["point"],
        channel=context["channel"],
        key=context["key"],
        addition=context["addition"],
        by=user,
        at=at,
        masked=True,
        ui_language=lang,
    )


def _send(request: HttpRequest, context: dict[str, Any], act: str, at: datetime) -> HttpResponse | None:
    """Send now or at the next lawful moment. None where the order was refused; the page then says why."""
    send_at = None
    if act == "queue":
        try:
            send_at = datetime.fromisoformat(request.POST.get("send_at", ""))
        except ValueError:
            send_at = None
        if send_at is None or send_at.tzinfo is None:
            context["order_error"] = _("Say when.")
            return None
    try:
        sent = services.send_message(
            account=context["account"],
            party=context["party"],
            contact_point=context["point"],
            channel=context["channel"],
            key=context["key"],
            addition=context["addition"],
            by=request.user,  # type: ignore[arg-type]
            at=at,
            send_at=send_at,
        )
    except ValidationError as error:
        context["order_error"] = error.messages[0]
        return None
    if sent.message is None:
        context["refused"] = sent.permit
        return None
    messages.success(
        request,
        _("The message is in the outbox. The law is asked once more when it goes, after %(when)s.")
        % {"when": sent.message.send_after.astimezone(clock.office_zone()).strftime("%Y-%m-%d %H:%M")},
    )
    return redirect("desk:account", pk=context["account"].pk)


def _liable(account: Account, asked: str | None) -> Party:
    if not asked:
        return debtor_of(account)
    for liability in account.liabilities.all():
        if str(liability.party_id) == asked:
            return liability.party
    raise Http404


def _where(party: Party, asked: str | None, channel: str) -> tuple[ContactPoint | None, str]:
    """The address asked for, else the first that takes the channel. `asked` may be "POINT-CHANNEL", as the form sends it."""
    if asked and "-" in asked:
        asked, _dash, channel = asked.partition("-")
    for point in party.contact_points.all():
        if not point.is_usable or (asked and str(point.pk) != asked):
            continue
        for way in (channel,) if channel in CHANNELS else CHANNELS:
            if way in point.channels:
                return point, way
    return None, channel if channel in CHANNELS else ""


# --- the log of permits --------------------------------------------------------------------------------------------


@permission_required("outreach.see_permits", raise_exception=True)
@require_GET
def permits(request: HttpRequest) -> HttpResponse:
    """Every question to the law gate and its answer."""
    lang = get_language() or "en"
    form = PermitFilter(request.GET or None)
    asked = form.asked()
    rows = queries.permits(**asked)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    bounds = rows.order_by().aggregate(first=Min("asked_at"), last=Max("asked_at"))
    by_rule = queries.rule_counts(rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, _first_reason(row, lang)) for row in page],
        "query": _query(request),
        "by_rule": [(row, queries.rule_told(row.rule, lang)) for row in by_rule],
        "by_rule_chart": charts.by_rule(by_rule),
        "counts": queries.verdict_counts(rows),
        "bounds": bounds,
        "heads": [(model._meta.verbose_name_plural, queries.head(model)) for model in (Permit, PermitOutcome)],
        "office_zone": clock.office_zone().key,
    }
    return render(request, "outreach/permits.html", context)


@permission_required("site.verify_audit", raise_exception=True)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Walk every chain now; the answer is on the page and the act is in the audit log."""
    reports = [chain.verify(model) for model in chain.chained_models()]
    AuditEntry.append(
        at=clock.now(),
        by=request.user,
        act="verify_chains",
        subject="all",
        detail={report.table: report.why or report.head for report in reports},
    )
    page = "outreach/_verified.html" if request.htmx else "outreach/verified.html"  # type: ignore[attr-defined]
    return render(request, page, {"reports": reports})


@permission_required("outreach.see_permits", raise_exception=True)
@require_GET
def permit(request: HttpRequest, pk: int) -> HttpResponse:
    """One question, its answer, and the same question put again."""
    row = get_object_or_404(Permit.objects.select_related("account", "party", "by", "contact_point", "renews"), pk=pk)
    lang = get_language() or "en"
    again = queries.decide_again(row) if request.GET.get("again") else None
    outcome = PermitOutcome.objects.filter(permit=row).first()
    context = {
        "permit": row,
        "reasons": [
            (one, queries.rule_told(one["rule"], lang), why)
            for one, why in zip(row.decision["reasons"], queries.whys(row, lang), strict=True)
        ],
        "duties": [(one, queries.rule_told(one["rule"], lang)) for one in row.decision["duties"]],
        "facts": queries.facts(row.request),
        "next_at": _instant(row.decision["next_allowed_at"]),
        "outcome": outcome,
        "outcome_words": outcome_told(outcome.outcome) if outcome else "",
        "renewals": row.renewals.order_by("sequence"),
        "debtor_zone": (row.party.time_zones or [clock.office_zone().key])[0],
        "intact": row.compute_hash() == row.hash,
        "again": again,
        "again_reasons": [(one, queries.rule_told(one["rule"], lang)) for one in again.again["reasons"]]
        if again
        else [],
        "message": OutboxMessage.objects.filter(permit=row).first()
        or OutboxMessage.objects.filter(final_permit=row).first(),
    }
    page = "outreach/_again.html" if request.htmx else "outreach/permit.html"  # type: ignore[attr-defined]
    return render(request, page, context)


@permission_required("outreach.see_permits", raise_exception=True)
@require_GET
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """The log as filtered on the page, as a file; that it was taken out is in the audit log."""
    asked = PermitFilter(request.GET or None).asked()
    rows = queries.permits(**asked).order_by("sequence")
    kinds = {"csv": (queries.as_csv, "text/csv"), "jsonl": (queries.as_json_lines, "application/x-ndjson")}
    if form not in kinds:
        raise Http404
    AuditEntry.append(
        at=clock.now(),
        by=request.user,
        act="export_permits",
        subject="outreach_permit",
        detail={
            "form": form,
            "rows": rows.count(),
            "asked": {name: str(value) for name, value in asked.items() if value},
        },
    )
    write, kind = kinds[form]
    return StreamingHttpResponse(
        write(rows),
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="permits.{form}"'},
    )


# --- the outbox ----------------------------------------------------------------------------------------------------


@permission_required("outreach.see_outbox", raise_exception=True)
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """What waits, what went, what was refused when it was to go."""
    form = OutboxFilter(request.GET or None)
    form.is_valid()
    asked = getattr(form, "cleaned_data", {})
    rows = queries.outbox(status=asked.get("status", ""), channel=asked.get("channel", ""))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = queries.outbox_counts()
    names = step_names("zh-hans" if (get_language() or "en").startswith("zh") else "en")
    context = {
        "page": page,
        "rows": [
            (row, names.get(row.template.key, "") if row.template else "", error_told(row.last_error)) for row in page
        ],
        "status": asked.get("status", ""),
        "channel": asked.get("channel", ""),
        "statuses": [(value, label, counts.get(value, 0)) for value, label in OutboxMessage.Status.choices],
        "all": sum(counts.values()),
        "channels": form.fields["channel"].choices,  # type: ignore[attr-defined]
        "query": _query(request),
    }
    return render(request, "outreach/outbox.html", context)


@permission_required("outreach.see_outbox", raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Cancel a message that waits, or try one again that certainly did not go."""
    message = get_object_or_404(OutboxMessage, pk=pk)
    done = {
        "cancel": (services.cancel_message, _("The message was taken back.")),
        "retry": (services.retry_message, _("The message is in the queue again.")),
    }
    if what not in done:
        raise Http404
    service, told = done[what]
    try:
        service(message=message, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, told)
    return redirect("outreach:outbox")


def _first_reason(row: Permit, lang: str) -> Any:
    if row.verdict == Verdict.ALLOW or not row.decision["reasons"]:
        return None
    reason = row.decision["reasons"][0]
    return {"reason": reason, "rule": queries.rule_told(reason["rule"], lang), "why": queries.whys(row, lang)[0]}


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
