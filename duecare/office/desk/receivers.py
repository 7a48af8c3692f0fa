from __future__ import annotations

from typing import Any

from duecare.office.site.events import Happening

CHANGES = {
    "promise_made",
    "promise_kept",
    "promise_broken",
    "payment_recorded",
    "dispute_opened",
    "hardship_opened",
    "account_changed",
    "permit_refused",
}


def keep_lists_true(sender: Any, happening: Happening, **_: Any) -> None:
    """What happens on an account changes its place in today's lists; a coded result takes it off."""
    from .services import refresh

    if happening.account_id is None:
        return
    if happening.kind == "result_coded":
        refresh(happening.account_id, happening.at, worked=True)
    elif happening.kind in CHANGES:
        refresh(happening.account_id, happening.at)
