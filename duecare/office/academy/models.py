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


class Held(models.Manager["CardProgress"]):
    """Cards that are learned: those whose rule has changed since are put away."""

    def get_queryset(self) -> models.QuerySet[CardProgress]:
        return super().get_queryset().filter(retired_at=None)


class CardProgress(models.Model):
    """How well a card is remembered; the state is that of the FSRS scheduler. `objects` are the cards held; `every` also those put away, which tell what was learned when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards")
    card = models.CharField(_("card"), max_length=120)
    skill = models.CharField(_("skill"), max_length=60)
    state = models.JSONField()
    due_at = models.DateTimeField(_("due at"))
    retired_at = models.DateTimeField(_("put away at"), null=True, blank=True, help_text=_("when its rule had changed"))
    renews = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="renewed_by")

    objects = Held()
    every = models.Manager["CardProgress"]()

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


class ExamItem(models.Model):
    """A question that has been asked, as it was asked, in both languages. `rule_version` is the hash of the rule that it was made from; once that has changed the item
    is marked and asked no more."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    card = models.CharField(_("card"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8)
    rule = models.CharField(_("rule"), max_length=80)
    rule_version = models.CharField(_("version of the rule"), max_length=12)
    library = models.CharField(_("version of the rulebooks"), max_length=64)
    skill = models.CharField(_("skill"), max_length=60)
    body = models.JSONField(_("text"))
    made_on = models.DateField(_("made on"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True, help_text=_("when its rule had changed"))

    class Meta:
        verbose_name = _("exam question")
        verbose_name_plural = _("exam questions")
        indexes = [models.Index(fields=["rule"], name="exam_item_by_rule")]

    def __str__(self) -> str:
        return self.key


class ExamAnswer(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exam_answers")
    item = models.ForeignKey(
        ExamItem, verbose_name=_("exam question"), on_delete=models.PROTECT, related_name="answers"
    )
    choice = models.PositiveSmallIntegerField(_("choice"))
    correct = models.BooleanField(_("correct"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer to an exam question")
        verbose_name_plural = _("answers to exam questions")
        indexes = [models.Index(fields=["user", "-at"], name="exam_answer_by_person")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.choice}"


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
