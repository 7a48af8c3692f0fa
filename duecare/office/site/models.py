from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .chain import ChainedRow


class DemoClock(models.Model):
    """The clock of a demo office, set by hand; one row or none."""

    set_to = models.DateTimeField()
    set_at = models.DateTimeField()

    def at(self, real: datetime) -> datetime:
        return self.set_to + (real - self.set_at)


class AuditEntry(ChainedRow):
    """Who did what, when and why, outside contacts and money, which have logs of their own."""

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    act = models.CharField(_("act"), max_length=60)
    subject = models.CharField(_("subject"), max_length=120, help_text=_("table and id, never personal data"))
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
