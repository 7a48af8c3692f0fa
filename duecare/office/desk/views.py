from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duecare.office.crm import services as crm
from duecare.office.crm.models import Account, ContactPoint, Creditor, Document, Party, ResultCode
from duecare.office.crm.queries import debtor_of, statement
from duecare.office.outreach.gate import library
from duecare.office.outreach.models import Permit
from duecare.office.outreach.permits import ask
from duecare.office.site import clock

from . import forms, queries, services

LIST_SIZE = 25


def acts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An act is a POST; who comes back to its address (after switching the language, say) is shown the account."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, pk, *args, **kwargs) if request.method == "POST" else redirect("desk:account", pk)

    return guarded


def _lang() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def _account(request: HttpRequest, pk: int) -> Account:
    account = queries.account_page(pk, request.user)  # type: ignore[arg-type]
    if account is None:
        raise Http404
    return account


# --- today ---------------------------------------------------------------------------------------------------------


@permission_required("desk.work_accounts", raise_exception=True)
def today(request: HttpRequest) -> HttpResponse:
    """My list, my practice, my promises due."""
    from duecare.office.academy.queries import plan_for

    at, user = clock.now(), request.user
    services.ensure_worklist(user, at)
    section = request.GET.get("section", "now")
    if section not in ("now", "later", "blocked"):
        section = "now"
    page = Paginator(queries.entries_of(user, at, section), LIST_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "at": at,
        "zh": _lang() == "zh",
        "section": section,
        "page": page,
        "head": queries.head_of(user, at),
    }
    if request.htmx and request.htmx.target == "worklist":
        return render(request, "desk/list.html", context)
    context |= {
        "next": queries.next_entry(user, at),
        "blocked": list(queries.entries_of(user, at, "blocked")[:4]),
        "plan": plan_for(user, at),
        "open_permit": services.open_contact(user),
        "lang": _lang(),
    }
    return render(request, "desk/today.html", context)


@permission_required("desk.work_accounts", raise_exception=True)
def open_next(request: HttpRequest) -> HttpResponse:
    """Open the next account; the result of an open contact comes first."""
    permit = services.open_contact(request.user)
    if permit is not None:
        messages.warning(request, _("Code the result of this contact before you go on."))
        return redirect("desk:open-contact", permit.pk)
    entry = queries.next_entry(request.user, clock.now())
    if entry is None:
        messages.info(request, _("Your list is worked. Well done."))
        return redirect("desk:today")
    return redirect("desk:account", entry.account_id)


# --- the account ---------------------------------------------------------------------------------------------------


@permission_required("desk.see_accounts", raise_exception=True)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Account on top, what to do left, what to know right."""
    permit = services.open_contact(request.user)
    if permit is not None and permit.account_id != pk:
        messages.warning(request, _("Code the result of this contact before you go on."))
        return redirect("desk:open-contact", permit.pk)
    return _account_page(request, _account(request, pk), at=clock.now())


def _account_page(
    request: HttpRequest, account: Account, *, at: datetime, status: int = 200, **more: Any
) -> HttpResponse:
    user, party = request.user, debtor_of(account)
    zone = party.time_zones[0] if party.time_zones else "UTC"
    works = user.has_perm("desk.work_accounts")
    owed = statement(account, clock.today(at))
    context: dict[str, Any] = {
        "account": account,
        "party": party,
        "zone": zone,
        "at": at,
        "lang": _lang(),
        "zh": _lang() == "zh",
        "banners": queries.banners(account, party, at),
        "ways": queries.ways_to_reach(account, party, user, at, _lang()) if works else [],
        "unusable": [point for point in party.contact_points.all() if not point.is_usable],
        "owed": owed,
        "promises": account.promises.order_by("-made_at")[:6],
        "timeline": queries.timeline(account),
        "documents": account.documents.order_by("-added_at"),
        "open_disputes": [dispute for dispute in account.disputes.all() if dispute.status == "open"],
        "complaints": account.complaints.order_by("-received_at")[:6],
        "may_decide_dispute": user.has_perm("crm.decide_dispute"),
        "may_decide_complaint": user.has_perm("crm.decide_complaint"),
        "permits": account.permits.select_related("by").order_by("-sequence")[:6],
        "left": queries.head_of(user, at).to_work if works else 0,
        "works": works,
        "open_permit": services.open_contact(user),
        "quick_amounts": queries.balance_parts(owed.balance),
        "promise_form": forms.PromiseForm(initial={"due_on": (clock.today(at) + timedelta(days=7)).isoformat()}),
        "dispute_form": forms.DisputeForm(),
        "hardship_form": forms.HardshipForm(),
        "callback_form": forms.CallbackForm(),
        "complaint_form": forms.ComplaintForm(),
        "preference_form": forms.PreferenceForm(),
        "note_form": forms.NoteForm(),
        "document_form": forms.DocumentForm(),
    }
    return render(request, "desk/account.html", context | more, status=status)


@permission_required("desk.see_accounts", raise_exception=True)
def working(request: HttpRequest, pk: int) -> HttpResponse:
    """How the balance is worked out, line by line, for the screen and for paper."""
    account, at = _account(request, pk), clock.now()
    claims = {str(claim.pk): claim.reference for claim in account.claims.all()}
    owed = statement(account, clock.today(at))
    lines = [(line, claims.get(line.claim_id or "", "")) for line in owed.lines]
    return render(
        request, "desk/working.html", {"account": account, "party": debtor_of(account), "owed": owed, "lines": lines}
    )


# --- a contact -----------------------------------------------------------------------------------------------------


@acts
@permission_required("desk.work_accounts", raise_exception=True)
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the law for a contact now. Granted: the contact opens. Refused: the rule, its source and the next lawful moment."""
    account, at = _account(request, pk), clock.now()
    point = get_object_or_404(
        ContactPoint, pk=request.POST.get("contact_point", "0"), party__liabilities__account=account
    )
    try:
        permit = services.start_contact(
            account=account,
            contact_point=point,
            channel=request.POST.get("channel", ""),
            by=request.user,
            at=at,
            language=_lang(),
        )
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        return redirect("desk:account", pk)
    if permit.is_granted:
        return redirect("desk:open-contact", permit.pk)
    following, why = permit.decision["next_allowed_at"], _reasons(permit)
    return _account_page(
        request,
        account,
        at=at,
        status=409,
        refused=permit,
        refused_why=why,
        refused_by_house=all(one["layer"] == "house" for one in why),
        refused_next=datetime.fromisoformat(following) if following else None,
    )


def _reasons(permit: Permit) -> list[dict[str, Any]]:
    """The reasons of a stored decision, with the rule's layer and sentence."""
    rows = []
    for reason in permit.decision["reasons"]:
        try:
            rule = library().rule(reason["rule"])
        except KeyError:
            rule = None
        rows.append(
            {
                **reason,
                "layer": rule.layer if rule else "",
                "sentence": rule.sentence[_lang()] if rule else "",
                "status": rule.status if rule else "",
            }
        )
    return rows


@acts
@permission_required("desk.work_accounts", raise_exception=True)
def may(request: HttpRequest, pk: int) -> HttpResponse:
    """May I at …? Only asks; nothing is permitted and nothing is logged."""
    account, at = _account(request, pk), clock.now()
    party = debtor_of(account)
    zone = ZoneInfo(party.time_zones[0] if party.time_zones else "UTC")
    form = forms.CallbackForm(request.POST)
    if not form.is_valid():
        return _account_page(request, account, at=at, status=422, callback_form=form, open_form="callback")
    when = form.instant(zone.key)
    point = services.best_point(party.contact_points.all(), "call")
    _request, decision = ask(
        account=account, party=party, contact_point=point, channel="call", at=when, by=request.user, language=_lang()
    )
    return _account_page(
        request, account, at=at, asked=decision, asked_when=when, callback_form=form, open_form="callback"
    )


@permission_required("desk.work_accounts", raise_exception=True)
def open_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The contact that is open: what must be said, the clock, the result. GET shows it, POST codes it."""
    permit = get_object_or_404(
        Permit.objects.select_related("account__creditor", "party", "contact_point"), pk=pk, by=request.user
    )
    if not permit.is_granted:
        raise Http404
    if hasattr(permit, "activity"):
        return redirect("desk:account", permit.account_id)
    account, at = _account(request, permit.account_id), clock.now()
    results = [code for code in ResultCode.objects.filter(is_active=True) if permit.channel in code.channels]
    if request.method == "POST":
        return _code(request, permit, account, results, at)
    with transaction.atomic():
        shown = crm.unmask(
            party=permit.party,
            contact_point=permit.contact_point,
            purpose=f"contact under permit {permit.sequence}",
            by=request.user,
            at=at,
        )
        name = crm.unmask(party=permit.party, purpose=f"contact under permit {permit.sequence}", by=request.user, at=at)
    return _open_contact_page(request, permit, account, results, at, number=shown["value"], name=name["name"])


def _open_contact_page(
    request: HttpRequest,
    permit: Permit,
    account: Account,
    results: list[ResultCode],
    at: datetime,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    owed = statement(account, clock.today(at))
    context = {
        "permit": permit,
        "account": account,
        "party": permit.party,
        "zone": permit.party.time_zones[0] if permit.party.time_zones else "UTC",
        "at": at,
        "results": results,
        "duties": permit.decision["duties"],
        "seconds": max(0, int((at - permit.asked_at).total_seconds())),
        "owed": owed,
        "quick_amounts": queries.balance_parts(owed.balance),
        "promise_form": forms.PromiseForm(
            prefix="promise", initial={"due_on": (clock.today(at) + timedelta(days=7)).isoformat()}
        ),
        "dispute_form": forms.DisputeForm(prefix="dispute"),
        "hardship_form": forms.HardshipForm(prefix="hardship"),
        "callback_form": forms.CallbackForm(prefix="callback"),
        "complaint_form": forms.ComplaintForm(prefix="complaint"),
        "preference_form": forms.PreferenceForm(prefix="preference"),
    }
    return render(request, "desk/contact.html", context | more, status=status)


def _code(
    request: HttpRequest, permit: Permit, account: Account, results: list[ResultCode], at: datetime
) -> HttpResponse:
    """Record result and what follows from it, all or nothing."""
    result = next((code for code in results if code.code == request.POST.get("result")), None)
    if result is None:
        return _open_contact_page(request, permit, account, results, at, status=422, error=_("Choose a result."))
    form = _then_form(result.then, request)
    if form is not None and not form.is_valid():
        return _open_contact_page(
            request, permit, account, results, at, status=422, chosen=result.code, **{f"{result.then}_form": form}
        )
    duties = permit.decision["duties"]
    try:
        with transaction.atomic():
            activity = crm.record_contact(
                permit=permit,
                result=result,
                by=request.user,
                at=at,
                note=request.POST.get("note", ""),
                disclosures_given=len(request.POST.getlist("said")) >= len(duties)
                if duties and result.outcome == "conversation"
                else None,
                seconds=max(0, int((at - permit.asked_at).total_seconds())),
            )
            _follow(result.then, form, account, permit.party, request, at, activity)
    except ValidationError as error:
        return _open_contact_page(
            request, permit, account, results, at, status=422, chosen=result.code, error=" ".join(error.messages)
        )
    messages.success(request, _("Recorded: %(result)s.") % {"result": result})
    return redirect("desk:next") if "next" in request.POST else redirect("desk:account", account.pk)


THEN_FORMS: dict[str, type[forms.DeskForm]] = {
    "promise": forms.PromiseForm,
    "dispute": forms.DisputeForm,
    "hardship": forms.HardshipForm,
    "callback": forms.CallbackForm,
    "complaint": forms.ComplaintForm,
    "preference": forms.PreferenceForm,
    "note": forms.NoteForm,
}


def _then_form(then: str, request: HttpRequest, *, prefixed: bool = True) -> Any:
    form = THEN_FORMS.get(then)
    return form(request.POST, prefix=then if prefixed else None) if form else None


def _follow(
    then: str, form: Any, account: Account, party: Party, request: HttpRequest, at: datetime, activity: Any
) -> None:
    """What a result or a shortcut brings with it: a promise, a dispute, a hardship case, a callback, a complaint, a wish, a note."""
    user, data = request.user, form.cleaned_data if form is not None else {}
    if then == "promise":
        crm.make_promise(account=account, party=party, by=user, at=at, activity=activity, **data)
    elif then == "dispute":
        crm.open_dispute(account=account, by=user, at=at, **data)
    elif then == "hardship":
        crm.open_hardship(account=account, party=party, by=user, at=at, **data)
    elif then == "callback":
        zone = party.time_zones[0] if party.time_zones else "UTC"
        crm.book_callback(
            account=account, when=form.instant(zone), by=user, at=at, asked_for=data["asked_for"], mine=data["mine"]
        )
    elif then == "complaint":
        crm.record_complaint(
            account=account,
            about=user if data["about_me"] else None,
            cause=data["cause"],
            channel=activity.channel if activity else "",
            text=data["text"],
            by=user,
            at=at,
        )
    elif then == "preference":
        crm.record_preference(party=party, kind=data["kind"], by=user, at=at, **form.fields_of_preference())
    elif then == "note":
        crm.add_note(account=account, text=data["note"], by=user, at=at)


@acts
@permission_required("desk.see_accounts", raise_exception=True)
def record(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """The shortcuts of the account page: each form with its own service."""
    if what not in THEN_FORMS:
        raise Http404
    account, at = _account(request, pk), clock.now()
    party = debtor_of(account)
    form = _then_form(what, request, prefixed=False)
    if not form.is_valid():
        return _account_page(request, account, at=at, status=422, open_form=what, **{f"{what}_form": form})
    last_talk = account.activities.filter(outcome="conversation", party=party).order_by("-at").first()
    try:
        with transaction.atomic():
            _follow(what, form, account, party, request, at, last_talk if what == "promise" else None)
    except ValidationError as error:
        return _account_page(
            request,
            account,
            at=at,
            status=422,
            open_form=what,
            form_error=" ".join(error.messages),
            **{f"{what}_form": form},
        )
    messages.success(request, _("Recorded."))
    return redirect("desk:account", pk)


@acts
@permission_required("desk.see_accounts", raise_exception=True)
def decide(request: HttpRequest, pk: int, what: str, which: int) -> HttpResponse:
    """Answer a dispute or decide a complaint; the services check who may."""
    account, at = _account(request, pk), clock.now()
    try:
        if what == "dispute":
            dispute = get_object_or_404(account.disputes, pk=which)
            status = request.POST.get("status", "")
            if status not in ("upheld", "rejected", "withdrawn"):
                raise ValidationError(_("Choose a result."))
            crm.decide_dispute(
                dispute=dispute, status=status, answer=request.POST.get("answer", ""), by=request.user, at=at
            )
        else:
            complaint = get_object_or_404(account.complaints, pk=which)
            crm.decide_complaint(
                complaint=complaint, upheld=request.POST.get("upheld") == "yes", by=request.user, at=at
            )
    except ValidationError as error:
        return _account_page(request, account, at=at, status=422, form_error=" ".join(error.messages))
    messages.success(request, _("Recorded."))
    return redirect("desk:account", pk)


@acts
@permission_required("crm.unmask", raise_exception=True)
def unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a name or a number in clear, for a stated purpose; that it was shown is logged."""
    account, at = _account(request, pk), clock.now()
    party = debtor_of(account)
    point = (
        get_object_or_404(ContactPoint, pk=request.POST["contact_point"], party=party)
        if request.POST.get("contact_point")
        else None
    )
    try:
        shown = crm.unmask(
            party=party, contact_point=point, purpose=request.POST.get("purpose", ""), by=request.user, at=at
        )
    except ValidationError as error:
        return _account_page(request, account, at=at, status=422, unmask_error=" ".join(error.messages))
    return _account_page(request, account, at=at, unmasked=next(iter(shown.values())), unmasked_point=point)


# --- documents -----------------------------------------------------------------------------------------------------

MOST_BYTES = 20 * 1024 * 1024


@acts
@permission_required("desk.see_accounts", raise_exception=True)
def add_document(request: HttpRequest, pk: int) -> HttpResponse:
    account, at = _account(request, pk), clock.now()
    form = forms.DocumentForm(request.POST, request.FILES)
    if form.is_valid() and form.cleaned_data["file"].size > MOST_BYTES:
        form.add_error("file", _("At most 20 MiB."))
    if not form.is_valid():
        return _account_page(request, account, at=at, status=422, document_form=form)
    file = form.cleaned_data["file"]
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    Document.objects.create(
        account=account,
        title=form.cleaned_data["title"],
        file=file,
        sha256=digest.hexdigest(),
        media_type=(file.content_type or "application/octet-stream")[:80],
        added_at=at,
        added_by=request.user,
    )
    messages.success(request, _("Document kept."))
    return redirect("desk:account", pk)


@permission_required("desk.see_accounts", raise_exception=True)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A document to save, never to run in the browser."""
    found = get_object_or_404(Document, pk=pk)
    _account(request, found.account_id)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.file.name.rsplit("/", 1)[-1])


# --- lists ---------------------------------------------------------------------------------------------------------


@permission_required("desk.see_accounts", raise_exception=True)
def accounts(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.filtered(request.user, request.GET), 50).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    return render(
        request,
        "desk/accounts.html",
        {
            "page": page,
            "creditors": Creditor.objects.order_by("name"),
            "query": kept.urlencode(),
            "chosen": request.GET,
            "status": request.GET.get("status", "open"),
        },
    )


@permission_required("desk.see_accounts", raise_exception=True)
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")
    found = queries.search(request.user, text)
    if len(found) == 1:
        return redirect("desk:account", found[0].pk)
    return render(request, "desk/search.html", {"found": found, "asked": bool(text.strip())})
