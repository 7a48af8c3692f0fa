"""What should this person practise next?

    events of the day ──► evidence on skills ──► an estimate a skill ──► a plan for the minutes at hand
                                                  cards by memory ─────┘

`skills` and `competences` are the tree; `evidence_from_event`, `evidence_from_card` and `evidence_from_assessment` make evidence;
`estimate` weighs it; `new_card`, `review_card` and `retrievability` schedule memory; `daily_plan` chooses and says why. `duecare.learning.items` calibrates questions and measures ability by them, `duecare.learning.tracing`
foretells answers from a learner's history (both need numpy, and are imported only where they are used).
"""

from duecare.learning.bilingual import Bilingual
from duecare.learning.cards import CardState, ReviewLog, new_card, retrievability, review_card
from duecare.learning.estimation import SkillEstimate, estimate
from duecare.learning.evidence import (
    PRACTICE_KINDS,
    Evidence,
    EvidenceKind,
    event_kinds,
    evidence_from_assessment,
    evidence_from_card,
    evidence_from_event,
)
from duecare.learning.plan import (
    DailyPlan,
    DueCard,
    ItemKind,
    PlanItem,
    PracticeOption,
    Practised,
    Why,
    daily_plan,
)
from duecare.learning.skills import DIMENSIONS, Competence, Skill, competences, skill, skills

__all__ = [
    "DIMENSIONS",
    "PRACTICE_KINDS",
    "Bilingual",
    "CardState",
    "Competence",
    "DailyPlan",
    "DueCard",
    "Evidence",
    "EvidenceKind",
    "ItemKind",
    "PlanItem",
    "PracticeOption",
    "Practised",
    "ReviewLog",
    "Skill",
    "SkillEstimate",
    "Why",
    "competences",
    "daily_plan",
    "estimate",
    "event_kinds",
    "evidence_from_assessment",
    "evidence_from_card",
    "evidence_from_event",
    "new_card",
    "retrievability",
    "review_card",
    "skill",
    "skills",
]
