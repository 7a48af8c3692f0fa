from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from duecare.law import Example, Rule, RulebookError, default_library
from duecare.office.crm.models import Account, Complaint
from duecare.office.desk.queries import ALL_ACCOUNTS
from duecare.office.outreach import gate
from duecare.office.outreach.models import Permit, Verdict
from duecare.office.outreach.queries import start_of
from duecare.office.people.models import User
from duecare.office.site import chain, clock

from . import drafting, layers, queries, services, tryout, words
from .forms import BrowseForm, EndForm, NoteForm, ProposalForm, SpanForm
from .models import Proposal, Step
from .queries import OFFICE, Shown

PAGE = 25
SHOWN = 5
"""Examples of a rule that are open at once; the others are folded away."""
ACCOUNTS = 25
AHEAD = timedelta(days=180)
BEHIND = timedelta(days=365)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _is_part(request: HttpRequest) -> bool:
    """Whether only a part of the page is asked for: by HTMX, and not by going back in the browser."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def _shown(rule_id: str) -> Shown:
    found = queries.rule(rule_id, words.lang(), clock.today())
    if found is None:
        raise Http404
    return found


# --- browsing ------------------------------------------------------------------------------------------------------


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def law(request: HttpRequest) -> HttpResponse:
    """Left the jurisdictions, right their rules."""
    lang, today = words.lang(), clock.today()
    rules = queries.all_rules(lang, today)
    nodes = queries.tree(rules, lang)
    place = request.GET.get("in", "")
    if place not in {node.code for node in nodes}:
        place = ""
    here = [shown for shown in rules if not place or shown.shelf == place]
    form = BrowseForm(request.GET, kinds=[kind for kind in words.kinds() if any(s.rule.kind == kind for s in here)])
    asked = form.asked()
    found = queries.matching(here, kind=asked["kind"], status=asked["status"], text=asked["q"])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    is_filtered = any(asked.values())
    context = {
        "nodes": nodes,
        "place": place,
        "place_name": words.place(place, lang) if place else "",
        "above": [(code, words.place(code, lang)) for code in queries.also_there(place, nodes)],
        "silences": queries.silences(place, rules, lang) if not is_filtered else [],
        "form": form,
        "asked": asked,
        "is_filtered": is_filtered,
        "kept": _kept(request, "page"),
        "page": page,
        "all": sum(node.rules for node in nodes),
        "verified": sum(node.verified for node in nodes),
        "morning": _morning(request, rules, today) if not place and not is_filtered and page.number == 1 else None,
        "panel": "rulebooks/_rules.html",
    }
    if _is_part(request) and request.htmx.target == "found":  # type: ignore[attr-defined]
        return render(request, "rulebooks/_found.html", context)
    return render(request, "rulebooks/_swap.html" if _is_part(request) else "rulebooks/law.html", context)


def _morning(request: HttpRequest, rules: list[Shown], today: date) -> dict[str, Any] | None:
    """What waits for who watches over the law: changes to decide, law that is coming, refusals, complaints."""
    if not request.user.has_perm("rulebooks.decide"):
        return None
    coming = sorted({day for shown in rules if (day := shown.next_change) and day <= today + AHEAD})
    week = start_of(today - timedelta(days=6))
    return {
        "waiting": queries.waiting().count(),
        "mine": queries.waiting().filter(by=_user(request)).count(),
        "coming": sum(1 for shown in rules if (day := shown.next_change) and day <= today + AHEAD),
        "next": coming[0] if coming else None,
        "until": today + AHEAD,
        "today": today,
        "refused": Permit.objects.filter(verdict=Verdict.DENY, asked_at__gte=week).count(),
        "since": today - timedelta(days=6),
        "complaints": Complaint.objects.filter(status=Complaint.Status.OPEN).count(),
    }


# --- one rule ------------------------------------------------------------------------------------------------------


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """All that is known of a rule, and what it says of its own examples today."""
    shown, lang, today = _shown(rule_id), words.lang(), clock.today()
    rules = queries.all_rules(lang, today)
    proposal = Proposal.objects.select_related("creditor", "by").get(pk=shown.own.proposal) if shown.own else None
    context: dict[str, Any] = {
        "nodes": queries.tree(rules, lang),
        "place": shown.shelf,
        "shown": shown,
        "binds": shown.binds(),
        "timeline": queries.timeline(shown),
        "examples": (examples := _examples(shown, lang))[:SHOWN],
        "more_examples": examples[SHOWN:],
        "proposal": proposal,
        "decision": queries.decision_of(proposal) if proposal else None,
        "waiting": queries.about(rule_id),
        "cards": queries.cards_of(shown),
        "all": len(rules),
        "verified": sum(one.is_verified for one in rules),
        "panel": "rulebooks/_rule.html",
        **_try_fields(request, shown),
    }
    if "try" in request.GET:
        context |= _tried(request, shown)
    return render(request, "rulebooks/_swap.html" if _is_part(request) else "rulebooks/law.html", context)


def _examples(shown: Shown, lang: words.Lang) -> list[dict[str, Any]]:
    """Each example judged now: by the rulebooks as they ship for the tick, and by the office's own for what differs here."""
    rule = shown.rule
    found = []
    for judged in drafting.judge_examples([rule], lang, None if shown.own else default_library()):
        number, example = judged.number, rule.examples[judged.number]
        office = judged.decision if shown.own else gate.library().judge(judged.request, lang=lang)
        found.append(
            {
                "number": number,
                "facts": words.facts_told(judged.request, example.facts, lang),
                "why": example.why,
                "expect": example.expect,
                "judged": judged,
                "reason": next((one.why for one in judged.decision.reasons if one.rule == rule.id), ""),
                "office": office if office.verdict != judged.decision.verdict else None,
            }
        )
    return found


def _library(shown: Shown) -> Any:
    return gate.library_for(shown.own.creditor if shown.own else None)


def _try_fields(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    """The form of "try it", filled from the example that was chosen."""
    examples = shown.rule.examples
    asked = request.GET.get("example", "0")
    number = int(asked) if asked.isdigit() and int(asked) < len(examples) else 0
    example = examples[number] if examples else _blank(shown.rule)
    given = request.GET.dict() if "try" in request.GET else {}
    return {
        "number": number,
        "fields": tryout.fields(shown.rule, example, given, words.lang()),
        "history": tryout.history_fields(shown.rule, example, given),
        "more": given.get("more", ""),
        "zones": tryout.known_zones(),
    }


def _blank(rule: Rule) -> Example:
    """Something to begin with where a rule has no example: now."""
    return Example({"at": clock.now().isoformat(timespec="minutes")}, "allow", None, "")


def _tried(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    asked = request.GET.dict()
    number = asked.get("example", "0")
    examples = shown.rule.examples
    example = examples[int(number)] if number.isdigit() and int(number) < len(examples) else _blank(shown.rule)
    lang = words.lang()
    try:
        wanted, facts = tryout.request_from(shown.rule, example, asked)
    except tryout.FactError as error:
        return {"tried": True, "fact_error": str(error), "error_at": words.fact_name(error.path, lang)}
    law = _library(shown)
    decision = law.judge(wanted, lang=lang)
    house = [reason for reason in decision.reasons if reason.layer != "law"]
    return {
        "tried": True,
        "decision": decision,
        "reasons": [(one, law.rule(one.rule)) for one in decision.reasons],
        "house_verdict": "deny" if any(r.effect == "deny" for r in house) else "review" if house else "allow",
        "decides": any(reason.rule == shown.rule.id for reason in decision.reasons),
        "laws": [_law_name(code, lang) for code in decision.laws],
        "facts": words.facts_told(wanted, facts, lang) if decision.error is None else [],
        "zone": asked["zone"],
    }


def _law_name(code: str, lang: words.Lang) -> str:
    """A jurisdiction that was asked; the office's own rules for a place stand apart from the place's law."""
    if not code.startswith(f"{OFFICE}-"):
        return words.place(code, lang)
    place, own = code.removeprefix(f"{OFFICE}-"), words.place(OFFICE, lang)
    return own if place == layers.EVERYWHERE else words.labelled(own, words.place(place, lang), lang)


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def try_out(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Ask the law what the fields say. Nothing is written, and nothing is permitted by it."""
    shown = _shown(rule_id)
    if not _is_part(request):
        return redirect(f"{_url('rule', rule_id)}?{request.GET.urlencode()}#try")
    if "reset" in request.GET:
        return render(request, "rulebooks/_try.html", {"shown": shown, **_try_fields(request, shown)})
    context = {"shown": shown, **_tried(request, shown)}
    return render(request, "rulebooks/_answer.html", context, status=422 if context.get("fact_error") else 200)


# --- accounts ------------------------------------------------------------------------------------------------------


def _accounts(
    request: HttpRequest, rules: list[Rule], creditor: int | None, title: str, back: str, **more: Any
) -> HttpResponse:
    user = _user(request)
    if not user.has_perm("desk.see_accounts"):
        if _is_part(request):
            return render(request, "rulebooks/_count.html", {"closed": True})
        raise PermissionDenied(_("Your role does not open accounts."))
    rows = queries.reached_accounts(user, rules, creditor)
    here = request.path
    if _is_part(request):
        return render(request, "rulebooks/_count.html", {"count": rows.count(), "url": here})
    page = Paginator(queries.listed(rows), ACCOUNTS).get_page(request.GET.get("page"))
    context = {
        "title": title,
        "back": back,
        "page": page,
        "rows": [(account, *_places(account)) for account in page],
        "by_creditor": queries.by_creditor(rows),
        "sees_all": user.role in ALL_ACCOUNTS,
        **more,
    }
    return render(request, "rulebooks/accounts.html", context)


def _places(account: Account) -> tuple[list[str], str]:
    """Where those who owe an account are, and the law of the debt where it is another."""
    lang = words.lang()
    codes = {one.party.jurisdictions[-1] for one in account.liabilities.all() if one.party.jurisdictions}
    law = account.governing_law
    return [words.place(code, lang) for code in sorted(codes)], words.place(law, lang) if law and codes != {law} else ""


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def rule_accounts(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Open accounts that a rule reaches."""
    shown = _shown(rule_id)
    creditor = shown.own.creditor if shown.own else None
    return _accounts(
        request, [shown.rule], creditor, shown.sentence, _url("rule", rule_id), is_default=shown.is_default
    )


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def proposal_accounts(request: HttpRequest, pk: int) -> HttpResponse:
    """Open accounts that a proposed change would reach."""
    row = get_object_or_404(queries.proposals(), pk=pk)
    title = _("Proposal %(n)s") % {"n": row.sequence}
    return _accounts(request, list(_rules_of(row)), row.creditor_id, title, _url("proposal", pk))


def _rules_of(row: Proposal) -> tuple[Rule, ...]:
    """The rules that a proposal brings; of one that ends rules, those."""
    held = row.replaces if row.kind == Proposal.Kind.END else row
    assert held is not None
    try:
        return layers.read(held.text, held.place, f"proposal-{held.pk}")
    except RulebookError:
        return ()


# --- what changed --------------------------------------------------------------------------------------------------


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def changed(request: HttpRequest) -> HttpResponse:
    """Rules that began, ended or took other values between two days."""
    lang, today = words.lang(), clock.today()
    rules = queries.all_rules(lang, today)
    nodes = [node for node in queries.tree(rules, lang) if node.rules]
    asked = {"since": (today - BEHIND).isoformat(), "until": (today + AHEAD).isoformat(), **request.GET.dict()}
    form = SpanForm(asked, places=[(node.code, node.name) for node in nodes])
    events = None
    if form.is_valid():
        data = form.cleaned_data
        among = [shown for shown in rules if not data["place"] or shown.shelf == data["place"]]
        events = queries.changes(among, data["since"], data["until"])
    context = {
        "form": form,
        "events": events,
        "today": today,
        "counts": {what: sum(event.what == what for event in events or ()) for what in ("began", "changed", "ended")},
    }
    page = "rulebooks/_changed.html" if _is_part(request) else "rulebooks/changed.html"
    return render(request, page, context, status=200 if events is not None else 422)


# --- changes of our own --------------------------------------------------------------------------------------------


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Changes to the office's own rules: those that wait for a second person, and those that were decided."""
    lang = words.lang()
    waiting = list(queries.waiting())
    decided = queries.proposals().exclude(pk__in=[row.pk for row in waiting])
    page = Paginator(decided, PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": [_told(row, lang) for row in waiting],
        "decided": [_told(row, lang) for row in page],
        "page": page,
    }
    return render(request, "rulebooks/proposals.html", context)


def _told(row: Proposal, lang: words.Lang) -> dict[str, Any]:
    decision = queries.decision_of(row)
    return {
        "row": row,
        "decision": decision,
        "place": "" if row.place == layers.EVERYWHERE else words.place(row.place, lang),
        "sentences": [(rule.id, rule.sentence[lang]) for rule in _rules_of(row)],
    }


@permission_required("rulebooks.propose", raise_exception=True)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Write a change to the office's own rules, see what it does, and put it before a second person."""
    lang, today = words.lang(), clock.today()
    about = _about(request, lang, today)
    form = ProposalForm(request.POST or None, today=today, initial=_initial(request, about, today))
    context: dict[str, Any] = {"form": form, "about": about, "today": today, "replaces": _replaced(request)}
    if request.method != "POST":
        return render(request, "rulebooks/propose.html", context)
    if not form.is_valid():
        return _proposal_page(request, context)
    data = form.cleaned_data
    text = form.rulebook(_source(form))
    if request.POST.get("act") != "propose":
        drafted = drafting.draft(text, data["place"], data["effective_on"], queries.ids_that_stand(), lang)
        return _proposal_page(request, context | _drafted(drafted, lang))
    try:
        row = services.propose(
            by=_user(request),
            at=clock.now(),
            kind=data["kind"],
            creditor=data["creditor"],
            place=data["place"],
            text=text,
            reason=data["reason"],
            effective_on=data["effective_on"],
            about=data["about"],
            replaces=data["replaces"],
        )
    except ValidationError as error:
        drafted = drafting.draft(text, data["place"], data["effective_on"], queries.ids_that_stand(), lang)
        more = {} if drafted.problems else {"refused": error.messages}
        return _proposal_page(request, context | _drafted(drafted, lang) | more)
    messages.success(request, _("The proposal waits for a second person."))
    return redirect("rulebooks:proposal", row.pk)


def _proposal_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    drafted = context.get("draft")
    status = 200 if drafted is not None and drafted.is_good and not context.get("refused") else 422
    page = "rulebooks/_draft.html" if _is_part(request) else "rulebooks/propose.html"
    return render(request, page, context, status=status)


def _drafted(drafted: drafting.Draft, lang: words.Lang) -> dict[str, Any]:
    return {
        "draft": drafted,
        "problems": [services.told(problem) for problem in drafted.problems],
        "judged": [_judged(one, lang) for one in drafted.judged],
    }


def _judged(one: drafting.Judged, lang: words.Lang) -> dict[str, Any]:
    example = one.rule.examples[one.number]
    return {
        "facts": words.facts_told(one.request, example.facts, lang),
        "expect": example.expect,
        "judged": one,
        "reason": next((reason.why for reason in one.decision.reasons if reason.rule == one.rule.id), ""),
    }


def _source(form: ProposalForm) -> str:
    creditor = form.cleaned_data.get("creditor")
    return f"Policy of {creditor} 债权人政策" if creditor else "Policy of this office 本机构政策"


def _about(request: HttpRequest, lang: words.Lang, today: date) -> Shown | None:
    asked = request.POST.get("about") or request.GET.get("about") or ""
    return queries.rule(asked, lang, today) if asked else None


def _replaced(request: HttpRequest) -> Proposal | None:
    asked = request.POST.get("replaces") or request.GET.get("replaces") or ""
    return Proposal.objects.filter(pk=int(asked)).select_related("creditor").first() if asked.isdigit() else None


def _initial(request: HttpRequest, about: Shown | None, today: date) -> dict[str, Any]:
    """What the form begins with: empty, a flag of a rule, a shipped rule to be made stricter, or an own rule to be replaced."""
    tomorrow = today + timedelta(days=1)
    initial: dict[str, Any] = {
        "kind": Proposal.Kind.HOUSE,
        "place": layers.EVERYWHERE,
        "effective_on": tomorrow,
        "how": "form",
        "what": "contact_hours",
        "opens": "09:00",
        "closes": "18:00",
        "days_open": ["mon", "tue", "wed", "thu", "fri"],
        "channels": ["call", "voicemail", "sms"],
        "max": 2,
        "days": 1,
        "quiet_days": 7,
        "unit": "placed_call",
        "key": "debt",
    }
    replaced = _replaced(request)
    if replaced is not None:
        entries = [
            drafting.as_own(entry, f"{name}-2", tomorrow) for name, entry in drafting.entries_of(replaced.text).items()
        ]
        initial |= {
            "kind": replaced.kind,
            "creditor": replaced.creditor,
            "place": replaced.place,
            "replaces": replaced.pk,
            "about": replaced.about,
            "how": "text",
            "text": "".join(entries),
        }
    elif about is not None:
        own_id = f"OFFICE-{about.rule.id}"[:56]
        place = about.rule.jurisdiction
        initial |= {"about": about.rule.id, "place": place}
        if request.GET.get("flag"):
            initial |= {
                "kind": Proposal.Kind.FLAG,
                "what": "duty",
                "name": f"FLAG {about.rule.id}"[:41],
                "channels": [],
                "sentence_en": words.sentence("flag", "en", rule=about.rule.id),
                "sentence_zh": words.sentence("flag", "zh", rule=about.rule.id),
                "text": drafting.as_own(about.entry, own_id, tomorrow),
            }
        else:
            initial |= {"how": "text", "text": drafting.as_own(about.entry, own_id, tomorrow)}
    return initial


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposed change: why, what it says, what it does, and who decides."""
    return _proposal(request, get_object_or_404(queries.proposals(), pk=pk))


def _proposal(request: HttpRequest, row: Proposal, *, status: int = 200, **more: Any) -> HttpResponse:
    lang, user, rules = words.lang(), _user(request), _rules_of(row)
    decision = queries.decision_of(row)
    is_end = row.kind == Proposal.Kind.END
    replaced = list(_rules_of(row.replaces)) if row.replaces else []
    law = gate.library_for(row.creditor_id)
    probe = today = None
    if not is_end:
        probe = drafting.probe_layer(rules, default_library())
    if decision is None and row.replaces is not None:
        without = [rule.id for rule in replaced]
        today = drafting.probe_layer(() if is_end else rules, law, without)
    begins = decision.in_force_from if decision else None
    ended = Step.objects.filter(act=Step.Act.APPROVED, proposal__replaces=row).first()
    context: dict[str, Any] = {
        "row": row,
        "is_end": is_end,
        "decision": decision,
        "steps": list(row.steps.order_by("sequence")),
        "place": "" if row.place == layers.EVERYWHERE else words.place(row.place, lang),
        "rules": [_rule_told(rule, row, lang) for rule in rules],
        "judged": [] if is_end else [_judged(one, lang) for one in drafting.judge_examples(rules, lang)],
        "probe": probe,
        "today": today,
        "lines": [(number, line, False) for number, line in enumerate(row.text.splitlines(), 1)],
        "begins": begins,
        "ended": ended,
        "is_over": bool(ended and ended.in_force_from and ended.in_force_from <= clock.today()),
        "is_mine": row.by_id == user.pk,
        "may_decide": user.has_perm("rulebooks.decide") and decision is None,
        "may_end": user.has_perm("rulebooks.propose")
        and decision is not None
        and decision.act == Step.Act.APPROVED
        and not is_end
        and ended is None,
        "intact": row.compute_hash() == row.hash,
        "note_form": NoteForm(),
        "end_form": EndForm(initial={"effective_on": clock.today() + timedelta(days=1)}),
    }
    return render(request, "rulebooks/proposal.html", context | more, status=status)


def _rule_told(rule: Rule, row: Proposal, lang: words.Lang) -> dict[str, Any]:
    held = row.replaces if row.kind == Proposal.Kind.END and row.replaces else row
    entry = drafting.entries_of(held.text).get(rule.id, {})
    shown = Shown(rule, entry, lang, clock.today())
    return {
        "rule": rule,
        "sentence": rule.sentence[lang],
        "other": rule.sentence["en" if lang == "zh" else "zh"],
        "kind": words.kind(rule.kind, lang),
        "binds": shown.binds(),
        "values": [
            words.labelled(name, told, lang)
            for name, _before, told in queries.difference({}, entry.get("parameters") or {}, lang, False)
        ],
        "stands": queries.rule(rule.id, lang, clock.today()) is not None,
    }


@permission_required("rulebooks.read", raise_exception=True)
@require_POST
def decide(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Approve, reject or take back."""
    row = get_object_or_404(queries.proposals(), pk=pk)
    acts: dict[str, tuple[Callable[..., Step], str]] = {
        "approve": (services.approve, _("Approved. It takes effect on %(day)s.")),
        "reject": (services.reject, _("Rejected.")),
        "withdraw": (services.withdraw, _("The proposal was taken back.")),
    }
    if what not in acts:
        raise Http404
    service, done = acts[what]
    form = NoteForm(request.POST)
    form.is_valid()
    try:
        step = service(proposal=row, by=_user(request), at=clock.now(), note=form.cleaned_data.get("note", ""))
    except ValidationError as error:
        return _proposal(request, row, status=422, problems=error.messages, note_form=form)
    messages.success(request, done % {"day": step.in_force_from} if step.in_force_from else done)
    return redirect("rulebooks:proposal", pk)


@permission_required("rulebooks.propose", raise_exception=True)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose that an own rule ends; a second person decides about that, too."""
    row = get_object_or_404(queries.proposals(), pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _proposal(request, row, status=422, end_form=form)
    try:
        made = services.propose(
            by=_user(request),
            at=clock.now(),
            kind=Proposal.Kind.END,
            replaces=row,
            reason=form.cleaned_data["reason"],
            effective_on=form.cleaned_data["effective_on"],
        )
    except ValidationError as error:
        return _proposal(request, row, status=422, end_form=form, problems=error.messages)
    messages.success(request, _("The proposal waits for a second person."))
    return redirect("rulebooks:proposal", made.pk)


@permission_required("rulebooks.read", raise_exception=True)
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Every step that was ever taken, as it was chained."""
    page = Paginator(queries.log(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "reports": [(model._meta.verbose_name_plural, chain.verify(model)) for model in (Proposal, Step)],
    }
    return render(request, "rulebooks/log.html", context)


# --- small things --------------------------------------------------------------------------------------------------


def _url(name: str, *arguments: Any) -> str:
    return reverse(f"rulebooks:{name}", args=arguments)


def _kept(request: HttpRequest, *left_out: str) -> str:
    kept = request.GET.copy()
    for name in left_out:
        kept.pop(name, None)
    return kept.urlencode()
