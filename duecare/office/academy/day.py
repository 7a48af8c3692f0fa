"""What did the working day show? Each event behind the evidence in a sentence, with the skills that it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from duecare.learning import PRACTICE_KINDS, EvidenceKind, skill
from duecare.office.crm.models import ResultCode
from duecare.office.outreach.gate import library
from duecare.office.outreach.models import Permit
from duecare.office.people.models import User
from duecare.office.site import clock

from .models import EvidenceRecord

LAST_ASKED = 20
"""So many of the latest requests for a contact are counted on the page."""


@dataclass(frozen=True)
class DayEvent:
    at: datetime
    what: str
    why: str
    skills: tuple[str, ...]


@dataclass(frozen=True)
class Refusals:
    """Of the latest `asked` requests for a contact, `refused` were refused."""

    refused: int
    asked: int


def refusals_of(user: User, at: datetime) -> Refusals:
    verdicts = list(
        Permit.objects.filter(by=user, asked_at__lte=at, renews=None)
        .order_by("-asked_at", "-pk")
        .values_list("verdict", flat=True)[:LAST_ASKED]
    )
    return Refusals(sum(verdict == "deny" for verdict in verdicts), len(verdicts))


def events_of(user: User, at: datetime, lang: str, most: int = 6) -> list[DayEvent]:
    """The newest events of the working day that became evidence. One that tells of several skills stands once, and so do
    the results of a day that were coded alike."""
    rows = user.evidence.filter(at__lte=at).exclude(kind__in=[str(kind) for kind in PRACTICE_KINDS])
    alike: dict[tuple[str, ...], list[EvidenceRecord]] = {}
    for row in rows.order_by("-at", "-pk")[: most * 40]:
        alike.setdefault(_likeness(row), []).append(row)
    chosen = list(alike.values())[:most]
    permits = _permits([group[0].source for group in chosen])
    results = {one.code: one for one in ResultCode.objects.all()}
    told = []
    for group in chosen:
        row = group[0]
        names = tuple(sorted({skill(one.skill).name.text(lang) for one in group}))
        result = results.get(row.detail.get("result", ""))
        if row.kind == EvidenceKind.REFUSED_PERMIT:
            what, why = _refusal(row.detail, permits.get(row.source), lang)
        elif row.kind == EvidenceKind.RESULT_CODED and result is not None:
            words = {
                "result": result.name_zh if lang == "zh" else result.name_en,
                "n": len({one.source for one in group}),
            }
            what, why = _("Result coded: %(result)s × %(n)s") % words, ""
        else:
            what, why = kind_name(row.kind), ""
        told.append(DayEvent(row.at, what, why, names))
    return told


def _likeness(row: EvidenceRecord) -> tuple[str, ...]:
    if row.kind != EvidenceKind.RESULT_CODED:
        return (row.source,)
    day = row.at.astimezone(clock.office_zone()).date()
    return (row.kind, row.detail.get("result", ""), day.isoformat())


def _permits(sources: list[str]) -> dict[str, Permit]:
    numbers = [int(one.partition(":")[2]) for one in sources if one.startswith("outreach_permit:")]
    return {f"outreach_permit:{one.pk}": one for one in Permit.objects.filter(pk__in=numbers)}


def _refusal(detail: dict[str, str], permit: Permit | None, lang: str) -> tuple[str, str]:
    rule = detail.get("rule", "")
    try:
        sentence = library().rule(rule).sentence[lang]
    except KeyError:
        sentence = ""
    why = " · ".join(part for part in (sentence, rule) if part)
    if permit is None:
        return kind_name(EvidenceKind.REFUSED_PERMIT), why
    zone = (permit.request.get("person", {}).get("time_zones") or ["UTC"])[0]
    words = {
        "channel": permit.get_channel_display(),
        "time": f"{permit.at.astimezone(ZoneInfo(zone)):%H:%M}",
        "zone": zone,
    }
    return _("%(channel)s refused: it was %(time)s there (%(zone)s)") % words, why


def kind_name(kind: str) -> str:
    """How a kind of evidence is called on the pages."""
    names = {
        EvidenceKind.CARD: _("Card"),
        EvidenceKind.QUIZ: _("Quiz"),
        EvidenceKind.EXAM: _("Exam"),
        EvidenceKind.ROLE_PLAY: _("Role-play"),
        EvidenceKind.REVIEWED_CALL: _("Reviewed call"),
        EvidenceKind.REFUSED_PERMIT: _("Contact refused by law"),
        EvidenceKind.REFUSED_TEXT: _("Message held back for its words"),
        EvidenceKind.COMPLAINT: _("Complaint upheld"),
        EvidenceKind.BROKEN_PROMISE: _("Promise broken"),
        EvidenceKind.KEPT_PROMISE: _("Promise kept"),
        EvidenceKind.RESULT_CODED: _("Result coded"),
        EvidenceKind.HARDSHIP_RECORDED: _("Hardship recorded"),
        EvidenceKind.DISPUTE_RECORDED: _("Dispute recorded"),
        EvidenceKind.SKIPPED_ACCOUNT: _("Account passed over"),
        EvidenceKind.HANDOVER: _("Case handed over"),
        EvidenceKind.ESCALATION: _("Help asked for"),
        EvidenceKind.SHARED_CASE: _("Case shared"),
    }
    return names[EvidenceKind(kind)]
