from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class EvidenceRecord(models.Model):
    """What one event says of one skill of one person. Made once for each source and skill, never changed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="evidence")
    skill = models.CharField(_("skill"), max_length=60)
    kind = models.CharField(_("kind"), max_length=24)
    outcome = models.FloatField(_("outcome"))
    weight = models.FloatField(_("weight"))
    at = models.DateTimeField(_("at"))
    source = models.CharField(_("source"), max_length=80)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [models.UniqueConstraint(fields=["user", "source", "skill"], name="evidence_counts_once")]
        indexes = [models.Index(fields=["user", "-at"], name="evidence_by_person")]

    def __str__(self) -> str:
        return f"{self.skill} {self.outcome:.1f}"


class CardProgress(models.Model):
    """How well a card is remembered; the state is that of the FSRS scheduler."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards")
    card = models.CharField(_("card"), max_length=120)
    skill = models.CharField(_("skill"), max_length=60)
    state = models.JSONField()
    due_at = models.DateTimeField(_("due at"))

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [models.UniqueConstraint(fields=["user", "card"], name="card_once_for_a_person")]
        indexes = [models.Index(fields=["user", "due_at"], name="card_by_due_time")]

    def __str__(self) -> str:
        return self.card


class CardReview(models.Model):
    progress = models.ForeignKey(CardProgress, on_delete=models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(_("rating"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("card review")
        verbose_name_plural = _("card reviews")

    def __str__(self) -> str:
        return f"{self.progress_id} {self.rating}"


class PracticeSession(models.Model):
    """A role-play. The conversation itself is replayed from persona, seed, language and the collector's turns."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="practice")
    persona = models.CharField(_("persona"), max_length=60)
    language = models.CharField(_("language"), max_length=2)
    seed = models.PositiveIntegerField()
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    turns = models.JSONField(default=list)
    replayed_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="replays")
    from_turn = models.PositiveSmallIntegerField(null=True, help_text=_("the collector's turn that is tried again"))
    notes = models.TextField(_("notes"), blank=True, default="", max_length=4000)
    self_rating = models.JSONField(default=dict)
    assessment = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("practice session")
        verbose_name_plural = _("practice sessions")
        indexes = [models.Index(fields=["user", "-started_at"], name="practice_by_person")]

    def __str__(self) -> str:
        return f"{self.persona} {self.started_at:%Y-%m-%d}"


class Certificate(models.Model):
    """Proof that something was passed. The law gate asks for it by key; suspended or expired it does not count."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="certificates")
    key = models.SlugField(_("key"), max_length=60)
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)
    suspended_because = models.CharField(_("suspended because"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=32, unique=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return self.key
