from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duecare.office.crm.vault import SealedTextField
from duecare.office.site.chain import ChainedRow


class Channel(models.TextChoices):
    CALL = "call", _("Call")
    VOICEMAIL = "voicemail", _("Voicemail")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    VISIT = "visit", _("Visit")
    CHAT = "chat", _("Chat")
    PORTAL = "portal", _("Portal")


class Purpose(models.TextChoices):
    COLLECT = "collect", _("Collect")
    NOTICE = "notice", _("Notice required by law")
    RESPOND = "respond", _("Answer to the person")
    LOCATE = "locate", _("Ask where the person is")
    SERVICE = "service", _("Service")


class Verdict(models.TextChoices):
    ALLOW = "allow", _("Allowed")
    DENY = "deny", _("Refused")
    REVIEW = "review", _("To be decided")


class Permit(ChainedRow):
    """One question put to the law gate and its answer, refusals too. Append-only, chained.

    `request` is what the gate was given: ids and facts, never a name, a number or the words of a message (their hash
    stands in their place). With the rulebook of `rulebook_version` the decision can be made again and compared.
    """

    account = models.ForeignKey("crm.Account", on_delete=models.PROTECT, related_name="permits")
    party = models.ForeignKey("crm.Party", on_delete=models.PROTECT, related_name="permits")
    contact_point = models.ForeignKey("crm.ContactPoint", on_delete=models.PROTECT, null=True, related_name="permits")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="permits")
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.COLLECT)
    at = models.DateTimeField(_("contact planned at"))
    asked_at = models.DateTimeField(_("asked at"))
    clock = models.CharField(
        _("clock"), max_length=4, default="real", help_text=_("demo where the clock was set by hand")
    )
    verdict = models.CharField(_("verdict"), max_length=6, choices=Verdict)
    rule = models.CharField(_("deciding rule"), max_length=60, blank=True)
    request = models.JSONField(_("request"))
    decision = models.JSONField(_("decision"))
    rulebook_version = models.CharField(_("rulebook"), max_length=64)
    # The permit that was asked again at the moment of sending, where this one is that second question.
    renews = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="renewals")

    class Meta:
        verbose_name = _("permit")
        verbose_name_plural = _("permits")
        indexes = [
            models.Index(fields=["by", "-asked_at"], name="permit_by_collector"),
            models.Index(fields=["-asked_at"], name="permit_by_time"),
            models.Index(fields=["account", "-asked_at"], name="permit_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.channel} {self.verdict}"

    @property
    def is_granted(self) -> bool:
        return self.verdict == Verdict.ALLOW


class PermitOutcome(ChainedRow):
    """What became of a permit: the coded result of a contact, or the receipt of a message. Append-only, chained."""

    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, related_name="outcome")
    outcome = models.CharField(_("outcome"), max_length=24)
    at = models.DateTimeField(_("at"))
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("outcome of a permit")
        verbose_name_plural = _("outcomes of permits")

    def __str__(self) -> str:
        return f"{self.permit_id} {self.outcome}"


class MessageTemplate(models.Model):
    """Approved words for one step, channel and language. A new version is a new row; the old ones stay."""

    key = models.SlugField(_("key"), max_length=40)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.COLLECT)
    language = models.CharField(_("language"), max_length=8)
    version = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=80)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), help_text=_("fields in braces, such as {name} or {balance}"))
    is_active = models.BooleanField(_("in use"), default=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("approved at"), null=True)

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["key", "channel", "language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "channel", "language", "version"], name="template_version_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.channel} {self.language} v{self.version}"

    def clean(self) -> None:
        """A template names only fields that exist; anything else in braces is a slip of the pen."""
        from .wording import check_fields

        check_fields(self.subject)
        check_fields(self.body)


class OutboxMessage(models.Model):
    """A message on its way out. Written in the transaction of its permit; a dispatcher claims it with a lease, asks the
    law again, sends under the idempotency key, and records the receipt."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused by law when it was to be sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, related_name="message")
    final_permit = models.OneToOneField(Permit, on_delete=models.PROTECT, null=True, related_name="sent_message")
    template = models.ForeignKey(MessageTemplate, on_delete=models.PROTECT, null=True, related_name="messages")
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    language = models.CharField(_("language"), max_length=8)
    subject = SealedTextField(_("subject"), blank=True, default="")
    body = SealedTextField(_("text"))
    text_hash = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=64, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    send_after = models.DateTimeField(_("not before"))
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    queued_at = models.DateTimeField(_("queued at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    receipt = models.CharField(_("receipt"), max_length=200, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["status", "send_after"], name="outbox_to_send")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="sent") | (Q(sent_at__isnull=False) & Q(final_permit__isnull=False)),
                name="sent_message_has_its_final_permit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.status}"


class CoveredAccount(models.Model):
    """A further account that a consolidated message speaks of. The law is asked about each, and each has its permits."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="covered")
    account = models.ForeignKey("crm.Account", on_delete=models.PROTECT, related_name="covered_by")
    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, related_name="covers")
    final_permit = models.OneToOneField(Permit, on_delete=models.PROTECT, null=True, related_name="finally_covers")

    class Meta:
        verbose_name = _("account covered by a message")
        verbose_name_plural = _("accounts covered by a message")
        constraints = [models.UniqueConstraint(fields=["message", "account"], name="message_covers_an_account_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.account_id}"
