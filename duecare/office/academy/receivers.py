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
}


def learn_from_the_day(sender: Any, happening: Happening, **_: Any) -> None:
    """What happened at the desk is evidence on somebody's skills; the same happening counts once."""
    from .services import keep

    kind = EVENTS.get(happening.kind)
    if kind is None or kind not in event_kinds() or happening.user_id is None:
        return
    evidence = evidence_from_event(kind, happening.detail, happening.at, happening.source)
    keep(evidence, happening.user_id, happening.detail)
