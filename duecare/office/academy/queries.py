"""What to practise next and why, and what has been proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duecare.learning import (
    Evidence,
    EvidenceKind,
    ItemKind,
    PlanItem,
    PracticeOption,
    Practised,
    daily_plan,
    estimate,
)
from duecare.office.outreach.gate import library
from duecare.office.people.models import User
from duecare.office.site import clock
from duecare.speech import list_personas

from .dealing import deal
from .models import Certificate, EvidenceRecord, PracticeSession

REMEMBERED = timedelta(days=365)
"""Evidence older than this no longer moves an estimate enough to be read."""
MOST_RULES_TOLD = 2
"""Rules named in a reason, a skill."""


def certificates_held(user: User, at: datetime) -> list[str]:
    """Keys of the certificates that count at an instant: issued, not expired, not suspended."""
    return sorted(
        Certificate.objects.filter(user=user, issued_at__lte=at, expires_at__gt=at, suspended_at=None).values_list(
            "key", flat=True
        )
    )


@dataclass(frozen=True)
class Planned:
    title: str
    why: str
    minutes: int
    url: str
    kind: str


@dataclass(frozen=True)
class Plan:
    items: tuple[Planned, ...]
    minutes: int


def lang() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def evidence_of(user: User, at: datetime) -> list[Evidence]:
    rows = EvidenceRecord.objects.filter(user=user, at__gt=at - REMEMBERED, at__lte=at)
    return [Evidence(row.skill, EvidenceKind(row.kind), row.outcome, row.weight, row.at, row.source) for row in rows]


def plan_for(user: User, at: datetime) -> Plan:
    """The day's practice for the minutes this person has, in the language in use, with the reason for each part."""
    local = at.astimezone(clock.office_zone())
    evidence = evidence_of(user, at)
    day = local.date()
    todays, earlier = [], []
    for one in evidence:
        recent_day = one.at.astimezone(clock.office_zone()).date() >= day - timedelta(days=1)
        (todays if recent_day else earlier).append(one)
    told = _refusing_rules(user, todays)
    personas = {persona.id: persona for persona in list_personas()}
    recent = PracticeSession.objects.filter(user=user, ended_at__isnull=False, started_at__gt=at - timedelta(days=14))
    plan = daily_plan(
        estimates=estimate(evidence, at),
        due_cards=deal(user, at).due,
        practised_recently=[
            Practised(row.persona, personas[row.persona].skills, row.started_at)
            for row in recent
            if row.persona in personas
        ],
        today_events=todays,
        earlier_mistakes=[one for one in earlier if one.at > at - timedelta(days=32)],
        minutes=user.practice_minutes,
        at=local,
        personas=[PracticeOption(persona.id, persona.skills, persona.minutes) for persona in personas.values()],
    )
    items = []
    for item in plan.items:
        if item.kind == ItemKind.CARDS:
            title, url = _("Cards: %(n)s due") % {"n": len(item.card_ids)}, reverse("academy:cards")
        else:
            persona = personas[item.ref]
            title, url = (
                _("Role-play: %(title)s") % {"title": persona.title[lang()]},
                reverse("academy:start", args=[persona.id]),
            )
        items.append(Planned(title, _why(item, told), item.minutes, url, str(item.kind)))
    return Plan(tuple(items), plan.minutes)


def _refusing_rules(user: User, evidence: Sequence[Evidence]) -> dict[str, list[str]]:
    """By skill, the rules that refused contacts in this evidence, the newest first."""
    sources = {one.source_id for one in evidence if one.kind == EvidenceKind.REFUSED_PERMIT}
    found: dict[str, list[str]] = {}
    if not sources:
        return found
    for row in EvidenceRecord.objects.filter(user=user, source__in=sources).order_by("-at", "-pk"):
        rule = row.detail.get("rule", "")
        if rule and rule not in found.setdefault(row.skill, []):
            found[row.skill].append(rule)
    return found


def _why(item: PlanItem, refusing: dict[str, list[str]]) -> str:
    """The reasons of an item; where contacts were refused, with the rules that refused them, in their own words."""
    sentence = item.why_sentence(lang())
    skills_told = [str(why.facts["skill"]) for why in item.why if why.key == f"event:{EvidenceKind.REFUSED_PERMIT}"]
    named = [rule for key in dict.fromkeys(skills_told) for rule in refusing.get(key, ())[:MOST_RULES_TOLD]]
    for name in named:
        try:
            words = library().rule(name).sentence[lang()]
        except KeyError:
            words = ""
        told = _("%(rule)s: %(sentence)s") % {"rule": name, "sentence": words} if words else name
        sentence += ("" if lang() == "zh" else " ") + told
    return sentence
