from __future__ import annotations

from typing import Any

from duecare.learning import event_kinds, evidence_from_event
from duecare.office.site.events import Happening

# The house's names for what happened, as the evidence rules call them.
EVENTS = {
    "permit_refused": "refused_permit",
    "result_coded": "result_coded",
    "promise_kept": "kept_promise",
    "promise_broken": "broken_promise",
    "complaint_upheld": "complaint",
    "dispute_opened": "dispute_recorded",
    "hardship_opened": "hardship_recorded",
}
# How the evidence rules call a coded result, by the event that its code names; the codes themselves are the house's own.
RESULTS = {"promise_made": "promise", "refusal_to_pay": "refused_to_pay", "hung_up": "hung_up"}
# A complaint about the process of the office, or about something else, says nothing of the skill of whom it names.
NOT_ABOUT_CONDUCT = ("process", "other")
PROMISES = ("kept_promise", "broken_promise")


def learn_from_the_day(sender: Any, happening: Happening, **_: Any) -> None:
    """What happened at the desk is evidence on somebody's skills; the same happening counts once."""
    from .models import EvidenceRecord
    from .services import keep

    kind = EVENTS.get(happening.kind)
    if kind is None or kind not in event_kinds() or happening.user_id is None:
        return
    detail = dict(happening.detail)
    if kind == "complaint" and detail.get("cause") in NOT_ABOUT_CONDUCT:
        return
    if detail.get("skill_event") in RESULTS:
        detail["result"] = RESULTS[detail["skill_event"]]
    evidence = evidence_from_event(kind, detail, happening.at, happening.source)
    if kind in PROMISES:
        # A late or reversed payment turns a decided promise round: what the first decision showed is then not true.
        EvidenceRecord.objects.filter(user_id=happening.user_id, source=happening.source).exclude(kind=kind).delete()
    keep(evidence, happening.user_id, happening.detail)
