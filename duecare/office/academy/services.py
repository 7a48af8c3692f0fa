"""What changes in the academy: evidence, cards, practice, certificates."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from duecare.learning import CardState, Evidence, evidence_from_assessment, evidence_from_card, new_card, review_card
from duecare.office.people.models import User
from duecare.office.people.rights import require
from duecare.speech import Conversation, list_personas

from .cards import deck
from .dealing import today
from .kept_review import judge
from .models import CardProgress, CardReview, EvidenceRecord, PracticeSession

MOST_TURNS = 40


def keep(evidence: Iterable[Evidence], user_id: int, detail: Mapping[str, str] | None = None) -> int:
    """Write evidence down; what was written before is left as it is. Returns how many were new."""
    rows = [
        EvidenceRecord(
            user_id=user_id,
            skill=one.skill,
            kind=str(one.kind),
            outcome=one.outcome,
            weight=one.weight,
            at=one.at,
            source=one.source_id,
            detail=dict(detail or {}),
        )
        for one in evidence
    ]
    if not rows:
        return 0
    sources = {row.source for row in rows}
    known = EvidenceRecord.objects.filter(user_id=user_id, source__in=sources)
    before = known.count()
    EvidenceRecord.objects.bulk_create(rows, ignore_conflicts=True)
    return known.count() - before


@transaction.atomic
def rate_card(*, user: User, key: str, rating: int, at: datetime) -> CardProgress:
    """Rate how well a card was known (1 again, 2 hard, 3 good, 4 easy); the scheduler says when it comes back."""
    require(user, "academy.practise")
    if rating not in (1, 2, 3, 4):
        raise ValidationError(_("A rating is 1, 2, 3 or 4."))
    card = deck().all.get(key)
    if card is None or today(at) not in card.span:
        raise ValidationError(_("This card does not exist any more: its rule has changed."))
    progress = CardProgress.objects.filter(user=user, card=key).first()
    state = CardState.from_dict(progress.state) if progress else new_card(at)
    if state.last_review_at is not None and at < state.last_review_at:
        raise ValidationError(_("This card was answered later than this; the clock has been set back."))
    state, _log = review_card(state, rating, at)
    kept = {"skill": card.skill, "state": state.to_dict(), "due_at": state.due_at, "retired_at": None}
    progress, _made = CardProgress.every.update_or_create(user=user, card=key, defaults=kept)
    review = CardReview.objects.create(progress=progress, rating=rating, at=at)
    keep(
        [evidence_from_card(skill=card.skill, rating=rating, at=at, source_id=f"academy_cardreview:{review.pk}")],
        user.pk,
    )
    return progress


def start_practice(
    *, user: User, persona: str, language: str, at: datetime, seed: int | None = None
) -> PracticeSession:
    require(user, "academy.practise")
    if persona not in {one.id for one in list_personas()} or language not in ("en", "zh"):
        raise ValidationError(_("There is no such persona."))
    return PracticeSession.objects.create(
        user=user,
        persona=persona,
        language=language,
        seed=seed if seed is not None else secrets.randbelow(2**31),
        started_at=at,
    )


def conversation_of(session: PracticeSession) -> Conversation:
    """The conversation as it stands, replayed: the same seed and turns give the same talk."""
    return Conversation.replay(session.persona, seed=session.seed, lang=session.language, collector_turns=session.turns)


@transaction.atomic
def say(*, session: PracticeSession, text: str, user: User, at: datetime) -> Conversation:
    """Add the collector's next turn. Long texts are cut at what one says in one breath."""
    session = PracticeSession.objects.select_for_update().get(pk=session.pk)
    if session.user_id != user.pk or session.ended_at is not None:
        raise ValidationError(_("This conversation has ended."))
    if not text.strip():
        raise ValidationError(_("Say something."))
    session.turns = [*session.turns, text.strip()[:1000]]
    talk = conversation_of(session)
    if talk.ended or len(session.turns) >= MOST_TURNS:
        session.ended_at = at
    session.save(update_fields=["turns", "ended_at"])
    return talk


@transaction.atomic
def keep_notes(*, session: PracticeSession, notes: str, user: User) -> PracticeSession:
    """Keep what the collector wrote down during the call; also after it has ended, as at the desk."""
    session = PracticeSession.objects.select_for_update().get(pk=session.pk)
    if session.user_id != user.pk:
        raise ValidationError(_("This is not your conversation."))
    session.notes = notes.strip()[:4000]
    session.save(update_fields=["notes"])
    return session


@transaction.atomic
def end_practice(*, session: PracticeSession, user: User, at: datetime) -> PracticeSession | None:
    """Hang up. A conversation in which nothing new was said is not kept: there is nothing to judge. Returns None then."""
    session = PracticeSession.objects.select_for_update().get(pk=session.pk)
    if session.user_id != user.pk:
        raise ValidationError(_("This is not your conversation."))
    if len(session.turns) <= (session.from_turn or 0):
        session.delete()
        return None
    if session.ended_at is None:
        session.ended_at = at
        session.save(update_fields=["ended_at"])
    return session


@transaction.atomic
def rate_myself(*, session: PracticeSession, rating: Mapping[str, int], user: User, at: datetime) -> PracticeSession:
    """First one's own score, then the judge's, who is heard once. The assessment becomes evidence on the skills that the
    persona trains, where at least two turns are new: trying the last turn again and again proves nothing more."""
    session = PracticeSession.objects.select_for_update().get(pk=session.pk)
    if session.user_id != user.pk or session.ended_at is None:
        raise ValidationError(_("This conversation has not ended yet."))
    if not session.assessment:
        session.self_rating = dict(rating)
        found = judge(conversation_of(session))
        session.assessment = found.to_dict()
        if len(session.turns) - (session.from_turn or 0) >= 2:
            practised = next(one.skills for one in list_personas() if one.id == session.persona)
            keep(
                evidence_from_assessment(
                    found.scores, at, f"academy_practicesession:{session.pk}", practised=practised
                ),
                user.pk,
            )
    session.save(update_fields=["self_rating", "assessment"])
    return session


@transaction.atomic
def try_again(*, session: PracticeSession, turn: int, user: User, at: datetime) -> PracticeSession:
    """A new conversation that stands where the old one stood before the collector's turn of that number."""
    require(user, "academy.practise")
    if session.user_id != user.pk or not 0 <= turn < len(session.turns):
        raise ValidationError(_("There is no such turn."))
    return PracticeSession.objects.create(
        user=user,
        persona=session.persona,
        language=session.language,
        seed=session.seed,
        started_at=at,
        turns=session.turns[:turn],
        replayed_from=session,
        from_turn=turn,
    )
