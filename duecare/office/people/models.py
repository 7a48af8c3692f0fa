from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COLLECTOR = "collector", _("Collector")
    TEAM_LEAD = "team_lead", _("Team lead")
    TRAINER = "trainer", _("Trainer")
    COMPLIANCE_OFFICER = "compliance_officer", _("Compliance officer")
    LEGAL = "legal", _("Legal")
    ACCOUNT_MANAGER = "account_manager", _("Account manager")
    ADMINISTRATOR = "administrator", _("Administrator")


class Team(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Someone who works in this office. Which pages and acts are open follows from the role; see `people.rights`."""

    display_name = models.CharField(_("display name"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=24, choices=Role, default=Role.COLLECTOR)
    team = models.ForeignKey(
        Team, verbose_name=_("team"), on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    languages = models.JSONField(
        _("languages spoken"), default=list, blank=True, help_text=_('for instance ["zh", "en"]')
    )
    licences = models.JSONField(
        _("licences"), default=list, blank=True, help_text=_("jurisdiction codes in which this person is licensed")
    )
    practice_minutes = models.PositiveSmallIntegerField(_("minutes of practice a day"), default=15)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def certificates_held(self, at: object) -> list[str]:
        """Keys of the training certificates that are valid at an instant."""
        from duecare.office.academy.queries import certificates_held

        return certificates_held(self, at)
