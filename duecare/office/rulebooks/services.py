"""Changes to the office's own rules: one person proposes, another decides, every step is in the chained log."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duecare.law import default_library
from duecare.office.crm.models import Creditor
from duecare.office.desk.models import WorklistEntry
from duecare.office.outreach import gate
from duecare.office.people.rights import require
from duecare.office.site import clock

from . import drafting, layers, queries, words
from .models import Proposal, Step

if TYPE_CHECKING:
    from duecare.office.people.models import User


def propose(
    *,
    by: User,
    at: datetime,
    kind: str,
    reason: str,
    effective_on: date,
    text: str = "",
    place: str = layers.EVERYWHERE,
    creditor: Creditor | None = None,
    about: str = "",
    replaces: Proposal | None = None,
) -> Proposal:
    """Put a change before a second person. Nothing is in force by it.

    Raises:
        ValidationError: what is wrong with it; of the text, with the line.
    """
    require(by, "rulebooks.propose")
    if not reason.strip():
        raise ValidationError(_("Say why."))
    if effective_on < clock.today(at):
        raise ValidationError(_("A change takes effect today or later."))
    if kind == Proposal.Kind.CREDITOR and creditor is None:
        raise ValidationError(_("Choose the creditor."))
    if replaces is not None:
        _check_replaced(replaces)
        creditor = replaces.creditor
    if kind == Proposal.Kind.END:
        if replaces is None:
            raise ValidationError(_("Choose what is to end."))
        text, place = "", replaces.place
    else:
        if place != layers.EVERYWHERE and place not in default_library().jurisdictions():
            raise ValidationError(_("Choose one of the places that have a rulebook."))
        drafted = drafting.draft(text, place, effective_on, queries.ids_that_stand(), words.lang())
        if not drafted.is_good:
            raise ValidationError([told(problem) for problem in drafted.problems])
    if about and queries.rule(about, "en", effective_on) is None:
        raise ValidationError(_("There is no rule %(id)s.") % {"id": about})
    with transaction.atomic():
        proposal: Proposal = Proposal.append(
            kind=kind,
            creditor=creditor if kind in (Proposal.Kind.CREDITOR, Proposal.Kind.END) else None,
            place=place,
            text=text,
            about=about,
            replaces=replaces,
            reason=reason.strip(),
            effective_on=effective_on,
            by=by,
            at=at,
            base_version=gate.library().version,
        )
        _append(proposal, Step.Act.PROPOSED, by, at, "")
    return proposal


def approve(*, proposal: Proposal, by: User, at: datetime, note: str = "") -> Step:
    """The second person agrees: the layer binds from its day on, and never before this one.

    Raises:
        PermissionDenied: the proposer's own proposal.
        ValidationError: it was decided already, or does not fit any more.
    """
    _require_second_person(proposal, by)
    if proposal.replaces is not None:
        _check_replaced(proposal.replaces)
    if proposal.text:
        taken = queries.ids_that_stand() - set(drafting.entries_of(proposal.text))
        drafted = drafting.draft(proposal.text, proposal.place, proposal.effective_on, taken, words.lang())
        if not drafted.is_good:
            raise ValidationError([told(problem) for problem in drafted.problems])
    today = clock.today(at)
    begins = max(proposal.effective_on, today)
    with transaction.atomic():
        step = _decide(proposal, Step.Act.APPROVED, by, at, note, begins)
        if begins == today:
            # Lists were made by the rules of this morning; the day's are made again when they are looked at.
            WorklistEntry.objects.filter(day=today, worked_at=None).delete()
    return step


def reject(*, proposal: Proposal, by: User, at: datetime, note: str) -> Step:
    """The second person does not agree, and says why.

    Raises:
        PermissionDenied: the proposer's own proposal.
        ValidationError: no reason given, or it was decided already.
    """
    _require_second_person(proposal, by)
    if not note.strip():
        raise ValidationError(_("Say why you reject it."))
    return _decide(proposal, Step.Act.REJECTED, by, at, note)


def withdraw(*, proposal: Proposal, by: User, at: datetime, note: str = "") -> Step:
    """The proposer takes it back before it is decided."""
    require(by, "rulebooks.propose")
    if proposal.by_id != by.pk:
        raise PermissionDenied(_("Only who proposed it can take it back."))
    return _decide(proposal, Step.Act.WITHDRAWN, by, at, note)


def told(problem: drafting.Problem) -> str:
    """A problem as one sentence, with its line where it has one."""
    return (
        problem.told if problem.line is None else _("Line %(n)s: %(told)s") % {"n": problem.line, "told": problem.told}
    )


def _require_second_person(proposal: Proposal, by: User) -> None:
    require(by, "rulebooks.decide")
    if proposal.by_id == by.pk:
        raise PermissionDenied(_("Nobody decides about their own proposal: a second person does."))


def _check_replaced(replaced: Proposal) -> None:
    decision = queries.decision_of(replaced)
    if decision is None or decision.act != Step.Act.APPROVED or replaced.kind == Proposal.Kind.END:
        raise ValidationError(_("Only an approved rule of the office can be ended or replaced."))
    if Step.objects.filter(act=Step.Act.APPROVED, proposal__replaces=replaced).exists():
        raise ValidationError(_("That rule has been ended or replaced already."))


def _decide(
    proposal: Proposal, act: Step.Act, by: User, at: datetime, note: str, in_force_from: date | None = None
) -> Step:
    try:
        with transaction.atomic():
            return _append(proposal, act, by, at, note.strip(), in_force_from)
    except IntegrityError as error:
        raise ValidationError(_("This proposal is decided already.")) from error


def _append(
    proposal: Proposal, act: Step.Act, by: User, at: datetime, note: str, in_force_from: date | None = None
) -> Step:
    step: Step = Step.append(
        proposal=proposal,
        act=act,
        by=by,
        maker_id=proposal.by_id,
        at=at,
        note=note,
        in_force_from=in_force_from,
        proposal_hash=proposal.hash,
    )
    gate.forget()
    transaction.on_commit(gate.forget)
    return step
