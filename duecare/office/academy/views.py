from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duecare.learning import skill
from duecare.office.site import clock
from duecare.speech import check_text, list_personas
from duecare.speech.vocabulary import DIMENSIONS

from . import cards, day, dealing, progress, queries, questions, renewal, services, training_page
from .case_words import place_name
from .kept_review import anchors_of
from .models import CardProgress, Certificate, ExamAnswer, PracticeSession
from .review_page import review_context
from .script import script_of


def _names() -> dict[str, str]:
    return {
        "compliance": _("Compliance"),
        "disclosure": _("Identity and disclosure"),
        "empathy": _("Empathy"),
        "information": _("Information"),
        "negotiation": _("Negotiation"),
        "clarity": _("Clarity"),
        "outcome": _("Outcome (simulated)"),
    }


MOST_MOVED = 5
"""Skills that moved, on the front page."""


@permission_required("academy.practise", raise_exception=True)
def today(request: HttpRequest) -> HttpResponse:
    """What to practise next and why; what is known of one's skills."""
    at, user, lang = clock.now(), request.user, queries.lang()
    renewal.renew_cards(at, user)
    evidence = queries.evidence_of(user, at)
    titles = {persona.id: persona.title[lang] for persona in list_personas()}
    sessions = PracticeSession.objects.filter(user=user).order_by("-started_at")[:6]
    context = {
        "plan": queries.plan_for(user, at),
        "due": len(dealing.deal(user, at).due),
        "map": progress.skill_map(evidence, at, lang),
        "moved": progress.moved_in_a_week(evidence, at, lang)[:MOST_MOVED],
        "sessions": [(session, titles.get(session.persona, session.persona)) for session in sessions],
        "certificates": Certificate.objects.filter(user=user).order_by("key"),
        "at": at,
        "events": day.events_of(user, at, lang),
        "refusals": day.refusals_of(user, at),
    }
    return render(request, "academy/today.html", context)


@permission_required("academy.practise", raise_exception=True)
def skills(request: HttpRequest) -> HttpResponse:
    """The map of one's own skills, with what each estimate rests on."""
    at = clock.now()
    context = {"map": progress.skill_map(queries.evidence_of(request.user, at), at, queries.lang())}
    return render(request, "academy/skills.html", context)


# --- cards ---------------------------------------------------------------------------------------------------------


@permission_required("academy.practise", raise_exception=True)
def cards_page(request: HttpRequest) -> HttpResponse:
    """One card at a time: the case or the question, then what the gate or the rule says, then how well it was known. `more` asks for new ones beyond the day's."""
    at, user, lang = clock.now(), request.user, queries.lang()
    more = "more" in request.GET
    renewal.renew_cards(at, user)
    if request.method == "POST":
        try:
            services.rate_card(
                user=user, key=request.POST.get("card", ""), rating=int(request.POST.get("rating", "0") or 0), at=at
            )
        except (ValidationError, ValueError) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        return redirect(f"{reverse('academy:cards')}{'?more=1' if more else ''}")
    dealt = dealing.deal(user, at, more=more)
    if not dealt.due:
        following = CardProgress.objects.filter(user=user).order_by("due_at").first()
        context = {"next_due": following.due_at if following else None, "waiting": dealt.waiting}
        return render(request, "academy/cards.html", context)
    card = cards.deck().all[dealt.due[0].id]
    return render(
        request,
        "academy/cards.html",
        {
            "card": card,
            "left": len(dealt.due),
            "question": cards.question(card, lang),
            "answer": cards.answer(card, lang),
            "place": place_name(card.rule.place, lang),
            "skill": skill(card.skill).name.text(lang),
            "renewed": CardProgress.objects.filter(user=user, card=card.key, renews__isnull=False).exists(),
        },
    )


# --- questions -----------------------------------------------------------------------------------------------------


@permission_required("academy.practise", raise_exception=True)
def question_page(request: HttpRequest) -> HttpResponse:
    """One question of the bank; POST answers it."""
    at, user, lang = clock.now(), request.user, queries.lang()
    if request.method == "POST":
        try:
            given = questions.answer_question(
                user=user, key=request.POST.get("item", ""), choice=int(request.POST.get("choice", "-1") or -1), at=at
            )
        except (ValidationError, ValueError) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
            return redirect("academy:questions")
        return redirect("academy:answered", given.pk)
    renewal.retire_items(at)
    asked = questions.next_question(user, at)
    if asked is None:
        return render(request, "academy/question.html", {"asked": None})
    context = {
        "asked": questions.shown(asked.item.to_dict(), lang),
        "item": asked.item,
        "place": place_name(asked.card.rule.place, lang),
        "skill": skill(asked.item.skill).name.text(lang),
    }
    return render(request, "academy/question.html", context)


@permission_required("academy.practise", raise_exception=True)
def answered_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How a question was answered and what is right, as it was asked; marked where its rule has changed since."""
    lang = queries.lang()
    given = get_object_or_404(ExamAnswer.objects.select_related("item"), pk=pk, user=request.user)
    place = questions.place_of(given.item.rule)
    context = {
        "given": given,
        "asked": questions.shown(given.item.body, lang, given.choice),
        "place": place_name(place, lang) if place else given.item.rule,
        "skill": skill(given.item.skill).name.text(lang),
    }
    return render(request, "academy/answered.html", context)


# --- role-play -----------------------------------------------------------------------------------------------------


@permission_required("academy.practise", raise_exception=True)
def personas(request: HttpRequest) -> HttpResponse:
    lang = queries.lang()
    rows = [(persona, persona.title[lang], persona.brief[lang]) for persona in list_personas()]
    return render(request, "academy/personas.html", {"personas": rows})


@permission_required("academy.practise", raise_exception=True)
def start(request: HttpRequest, persona: str) -> HttpResponse:
    """The case before the call: what is on file, what must be said; choose the language and begin."""
    found = next((one for one in list_personas() if one.id == persona), None)
    if found is None:
        raise Http404
    lang = queries.lang()
    if request.method == "POST":
        session = services.start_practice(
            user=request.user, persona=persona, language=request.POST.get("language", lang), at=clock.now()
        )
        return redirect("academy:conversation", session.pk)
    return render(
        request,
        "academy/start.html",
        {
            "persona": found,
            "title": found.title[lang],
            "brief": found.brief[lang],
            "case": found.case[lang],
            "lines": found.required_lines[lang],
            "lang": lang,
        },
    )


def _session(request: HttpRequest, pk: int) -> PracticeSession:
    return get_object_or_404(PracticeSession, pk=pk, user=request.user)


@permission_required("academy.practise", raise_exception=True)
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """The talk. POST says the collector's next turn; unlawful words are pointed out first and may be said anyway, to see what they do."""
    session, at = _session(request, pk), clock.now()
    found = next((one for one in list_personas() if one.id == session.persona), None)
    if found is None:
        raise Http404
    lang, warned, unsaid, problem = session.language, [], "", ""
    if request.method == "POST":
        text = request.POST.get("text", "")
        if "anyway" not in request.POST:
            findings = check_text(text, lang=queries.lang(), medium="call")
            warned = list(dict.fromkeys((one.why, one.rewording) for one in findings))
        if warned:
            unsaid = text
        else:
            try:
                services.say(session=session, text=text, user=request.user, at=at)
            except ValidationError as error:
                problem = " ".join(error.messages)
                if not request.htmx:
                    messages.error(request, problem)
            if not request.htmx:
                return redirect("academy:conversation", pk)
            session.refresh_from_db()
    talk = services.conversation_of(session)
    seconds = max(0, int(((session.ended_at or at) - session.started_at).total_seconds()))
    context: dict[str, Any] = {
        "session": session,
        "persona": found,
        "title": found.title[lang],
        "case": found.case[lang],
        "script": script_of(found, session.turns, lang),
        "turns": talk.transcript()["turns"],
        "ended": session.ended_at is not None,
        "end_reason": talk.end_reason if session.ended_at else "",
        "seconds": seconds,
        "length": f"{seconds // 60:02}:{seconds % 60:02}",
        "warned": warned,
        "unsaid": unsaid,
        "problem": problem,
    }
    return render(request, "academy/talk.html" if request.htmx else "academy/conversation.html", context)


@permission_required("academy.practise", raise_exception=True)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        ended = services.end_practice(session=_session(request, pk), user=request.user, at=clock.now())
        if ended is None:
            messages.info(request, _("Nothing was said, so nothing is kept."))
            return redirect("academy:personas")
    return redirect("academy:review", pk)


@require_POST
@permission_required("academy.practise", raise_exception=True)
def notes(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the notes of a call while it is held; they are shown again in the review."""
    services.keep_notes(session=_session(request, pk), notes=request.POST.get("notes", ""), user=request.user)
    if request.htmx:
        return HttpResponse(_("Kept."), content_type="text/plain; charset=utf-8")
    return redirect("academy:conversation", pk)


@permission_required("academy.practise", raise_exception=True)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """First one's own score, then the judge's, with the evidence beside the turns."""
    session, at = _session(request, pk), clock.now()
    if session.ended_at is None:
        return redirect("academy:conversation", pk)
    names = _names()
    if request.method == "POST":
        try:
            rating = {dimension: int(request.POST[dimension]) for dimension in DIMENSIONS}
            if any(not 0 <= value <= 4 for value in rating.values()):
                raise ValueError
        except (KeyError, ValueError):
            messages.error(request, _("Rate yourself from 0 to 4 in all six."))
            return redirect("academy:review", pk)
        services.rate_myself(session=session, rating=rating, user=request.user, at=at)
        return redirect("academy:review", pk)
    if not session.self_rating:
        dimensions = [(key, names[key], anchors_of(key, queries.lang())) for key in DIMENSIONS]
        return render(request, "academy/rate.html", {"session": session, "dimensions": dimensions})
    return render(request, "academy/review.html", review_context(session, names, queries.lang()))


@require_POST
@permission_required("academy.practise", raise_exception=True)
def again(request: HttpRequest, pk: int, turn: int) -> HttpResponse:
    """Try this turn again: a new conversation from the moment before it."""
    try:
        session = services.try_again(session=_session(request, pk), turn=turn, user=request.user, at=clock.now())
    except ValidationError as error:
        raise Http404 from error
    return redirect("academy:conversation", session.pk)


# --- for trainers --------------------------------------------------------------------------------------------------


@permission_required("academy.train_others", raise_exception=True)
def training(request: HttpRequest) -> HttpResponse:
    """Who is due, who is stuck; in alphabetical order, without scores."""
    people = training_page.learners(request.user, clock.now(), queries.lang())
    return render(request, "academy/training.html", {"people": people})


@permission_required("academy.train_others", raise_exception=True)
def learner(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's skills and certificates, for who trains them. Their role-plays stay closed."""
    at, lang = clock.now(), queries.lang()
    person = get_object_or_404(training_page.learners_of(request.user), pk=pk)
    evidence = queries.evidence_of(person, at)
    context = {
        "person": person,
        "map": progress.skill_map(evidence, at, lang),
        "moved": progress.moved_in_a_week(evidence, at, lang),
        "certificates": Certificate.objects.filter(user=person).order_by("key"),
        "at": at,
    }
    return render(request, "academy/skills.html", context)
