"""What was done and what came of it: the office's own codes, seeded from `crm/data/codes.yaml`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class _Code(models.Model):
    code = models.CharField(_("code"), max_length=24, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    place = models.PositiveSmallIntegerField(_("place in lists"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True
        ordering = ["place", "code"]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class ActionCode(_Code):
    """What was done: a call, a text message, a visit, a note."""

    channel = models.CharField(_("channel"), max_length=16, blank=True, help_text=_("empty where nobody was contacted"))

    class Meta(_Code.Meta):
        verbose_name = _("action code")
        verbose_name_plural = _("action codes")


class ResultCode(_Code):
    """What came of it. `outcome` is the law gate's word, `then` the form that must follow."""

    class Then(models.TextChoices):
        NOTHING = "", _("nothing")
        PROMISE = "promise", _("a promise to pay")
        DISPUTE = "dispute", _("a dispute")
        HARDSHIP = "hardship", _("a hardship case")
        CALLBACK = "callback", _("a callback")
        COMPLAINT = "complaint", _("a complaint")
        PREFERENCE = "preference", _("a preference")

    outcome = models.CharField(_("outcome"), max_length=16)
    right_party = models.BooleanField(_("right party reached"), default=False)
    channels = models.JSONField(_("channels"), default=list, help_text=_("after which channels it can be chosen"))
    then = models.CharField(_("then comes"), max_length=10, choices=Then, blank=True)
    skill_event = models.CharField(_("evidence for practice"), max_length=40, blank=True)

    class Meta(_Code.Meta):
        verbose_name = _("result code")
        verbose_name_plural = _("result codes")
