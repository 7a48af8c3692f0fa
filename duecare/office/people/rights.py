"""Who may do what. A right is named `room.act`; a page and a service ask for the right, never for the role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from .models import Role

if TYPE_CHECKING:
    from .models import User

C, L, T, F, G, M, A = (
    Role.COLLECTOR,
    Role.TEAM_LEAD,
    Role.TRAINER,
    Role.COMPLIANCE_OFFICER,
    Role.LEGAL,
    Role.ACCOUNT_MANAGER,
    Role.ADMINISTRATOR,
)

RIGHTS: dict[str, set[Role]] = {
    # the desk
    "desk.work_accounts": {C, L},
    "desk.see_accounts": {C, L, F, G, M},
    "desk.assign_accounts": {L, A},
    "crm.unmask": {C, L, F, G},
    "crm.record_payment": {L, M, A},
    "crm.record_dispute": {C, L, F, G, M},
    "crm.decide_dispute": {L, F, G, M},
    "crm.record_complaint": {C, L, F, G, M},
    "crm.decide_complaint": {F, L},
    "crm.record_hardship": {C, L, F},
    "crm.waive": {L},
    "crm.see_master_data": {L, F, A},
    "crm.import_files": {L, A, M},
    # outreach
    "outreach.send_messages": {C, L},
    "outreach.see_outbox": {L, F, A},
    "outreach.see_permits": {L, F, G},
    "outreach.edit_templates": {F, A},
    # rulebooks
    "rulebooks.read": set(Role),
    "rulebooks.propose": {F, G},
    "rulebooks.decide": {F, G},
    # academy
    "academy.practise": {C, L, T, F, G, M},
    "academy.train_others": {T, L},
    # reports
    "reports.see_team": {L, F, A, M},
    # office
    "site.administer": {A},
    "site.verify_audit": {F, A},
    "site.set_demo_clock": set(Role),
}


def _holds(right: str) -> rules.predicates.Predicate:
    @rules.predicate(name=right)
    def predicate(user: User) -> bool:
        return bool(user.is_authenticated and user.is_active and user.role in RIGHTS[right])

    return predicate


for _right in RIGHTS:
    if not rules.perm_exists(_right):
        rules.add_perm(_right, _holds(_right))


def require(user: User, right: str) -> None:
    """Raise PermissionDenied unless the user holds the right. Every service that changes state calls this first."""
    if right not in RIGHTS:
        raise LookupError(f"there is no right called {right!r}; see people.rights")
    if not (user.is_authenticated and user.is_active and user.role in RIGHTS[right]):
        raise PermissionDenied(_("Your role does not include this: %(right)s") % {"right": right})
