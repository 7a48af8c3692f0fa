from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class WorklistEntry(models.Model):
    """An account's place in one collector's list of one day, with the reasons for it in both languages."""

    class Section(models.TextChoices):
        NOW = "now", _("Now")
        LATER = "later", _("Later")
        BLOCKED = "blocked", _("Not now")

    day = models.DateField(_("day"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="worklist")
    account = models.ForeignKey("crm.Account", on_delete=models.CASCADE, related_name="worklist_entries")
    section = models.CharField(_("section"), max_length=8, choices=Section)
    place = models.PositiveIntegerField(_("place"))
    level = models.CharField(_("queue level"), max_length=8)
    why_en = models.CharField(max_length=500)
    why_zh = models.CharField(max_length=500)
    may_contact_at = models.DateTimeField(_("may be contacted from"), null=True)
    allowed_until = models.DateTimeField(_("may be contacted until"), null=True)
    rule = models.CharField(_("rule"), max_length=60, blank=True)
    worked_at = models.DateTimeField(_("worked at"), null=True)

    class Meta:
        verbose_name = _("worklist entry")
        verbose_name_plural = _("worklist entries")
        constraints = [models.UniqueConstraint(fields=["day", "user", "account"], name="account_once_in_a_days_list")]
        indexes = [
            models.Index(fields=["user", "day", "section", "place"], name="worklist_in_order"),
            models.Index(fields=["account", "day"], name="worklist_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.place} {self.account_id}"
