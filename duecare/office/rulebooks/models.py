from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duecare.office.site.chain import ChainedRow


class Proposal(ChainedRow):
    """A change to the office's own rules, as it was proposed. Append-only, chained: what takes effect is word for word what the second person read.

    `text` is a rulebook file; a proposal to end a layer has none. `replaces` is the proposal whose rules end on the day these begin.
    """

    class Kind(models.TextChoices):
        HOUSE = "house", _("House policy")
        CREDITOR = "creditor", _("A creditor's policy")
        FLAG = "flag", _("A rule is wrong or outdated")
        END = "end", _("End of an own rule")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    creditor = models.ForeignKey(
        "crm.Creditor", verbose_name=_("creditor"), on_delete=models.PROTECT, null=True, related_name="rule_proposals"
    )
    place = models.CharField(
        _("place"), max_length=12, default="HOUSE", help_text=_("a jurisdiction, or HOUSE for everywhere")
    )
    text = models.TextField(_("rules"), blank=True)
    about = models.CharField(_("about the rule"), max_length=60, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    reason = models.TextField(_("reason"), max_length=2000)
    effective_on = models.DateField(_("takes effect on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("proposed by"), on_delete=models.PROTECT, related_name="rule_proposals"
    )
    at = models.DateTimeField(_("proposed at"))
    base_version = models.CharField(_("rulebooks of then"), max_length=64)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals to change rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="creditor", creditor__isnull=False)
                | Q(kind="end")
                | Q(kind__in=("house", "flag"), creditor__isnull=True),
                name="creditors_policy_names_its_creditor",
            ),
            models.CheckConstraint(
                condition=Q(kind="end", text="", replaces__isnull=False) | (~Q(kind="end") & ~Q(text="")),
                name="proposal_holds_rules_or_ends_some",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class Step(ChainedRow):
    """What was done with a proposal: proposed, then approved, rejected or withdrawn, once. Append-only, chained.

    The database itself holds that nobody approves or rejects what they proposed.
    """

    class Act(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(_("act"), max_length=10, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    in_force_from = models.DateField(_("in force from"), null=True)
    proposal_hash = models.CharField(_("hash of the proposal"), max_length=64)

    class Meta:
        verbose_name = _("step of a proposal")
        verbose_name_plural = _("steps of proposals")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "act"], name="step_is_taken_once"),
            models.UniqueConstraint(fields=["proposal"], condition=~Q(act="proposed"), name="proposal_is_decided_once"),
            models.CheckConstraint(
                condition=(Q(act__in=("approved", "rejected")) & ~Q(by=F("maker")))
                | Q(act__in=("proposed", "withdrawn"), by=F("maker")),
                name="maker_never_checks",
            ),
            models.CheckConstraint(
                condition=Q(act="approved", in_force_from__isnull=False)
                | (~Q(act="approved") & Q(in_force_from__isnull=True)),
                name="approved_step_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.act} {self.proposal_id}"
