"""Who is due, who is stuck? Counts and skills by name, people in alphabetical order; what was said in a role-play stays with its speaker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from duecare.learning import Evidence, EvidenceKind, skill
from duecare.office.people.models import Role, User

from .models import Certificate, EvidenceRecord
from .progress import STUCK_WINDOW, stuck_skills
from .queries import REMEMBERED

ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Learner:
    person: User
    due: int
    talks: int
    last: datetime | None
    stuck: tuple[str, ...]
    certificates_at_risk: int
    """Certificates that are suspended, or end within thirty days."""


def learners_of(trainer: User) -> QuerySet[User]:
    """Whom this person trains: a trainer everybody at the desks, a team lead their own team."""
    people = User.objects.filter(role__in=(Role.COLLECTOR, Role.TEAM_LEAD), is_active=True)
    if trainer.role == Role.TEAM_LEAD:
        people = people.filter(team=trainer.team_id) if trainer.team_id else people.none()
    return people


def learners(trainer: User, at: datetime, lang: str) -> list[Learner]:
    people = list(
        learners_of(trainer)
        .annotate(
            due=Count("cards", filter=Q(cards__due_at__lte=at, cards__retired_at=None), distinct=True),
            talks=Count(
                "practice",
                filter=Q(practice__ended_at__isnull=False, practice__started_at__gt=at - STUCK_WINDOW),
                distinct=True,
            ),
            last=Max("practice__started_at"),
        )
        .order_by("display_name")
    )
    evidence: dict[int, list[Evidence]] = {}
    rows = EvidenceRecord.objects.filter(user__in=people, at__gt=at - REMEMBERED, at__lte=at)
    for row in rows:
        one = Evidence(row.skill, EvidenceKind(row.kind), row.outcome, row.weight, row.at, row.source)
        evidence.setdefault(row.user_id, []).append(one)
    at_risk = dict(
        Certificate.objects.filter(user__in=people, issued_at__lte=at, expires_at__gt=at)
        .filter(Q(suspended_at__isnull=False) | Q(expires_at__lte=at + ENDS_SOON))
        .values_list("user")
        .annotate(n=Count("pk"))
    )
    return [
        Learner(
            person=person,
            due=person.due,
            talks=person.talks,
            last=person.last,
            stuck=tuple(skill(key).name.text(lang) for key in stuck_skills(evidence.get(person.pk, ()), at)),
            certificates_at_risk=at_risk.get(person.pk, 0),
        )
        for person in people
    ]
