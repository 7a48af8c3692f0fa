"""What happened on an account: contacts, promises, disputes, complaints, hardship, callbacks, documents."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duecare.office.crm.vault import SealedTextField

from .accounts import Account, Claim
from .codes import ActionCode, ResultCode
from .parties import ContactPoint, Party


class Outcome(models.TextChoices):
    """The law gate's words for what came of an attempt."""

    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    DISCONNECTED = "disconnected", _("Number not in service")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    VOICEMAIL = "voicemail", _("Voicemail left")
    LIMITED_CONTENT = "limited_content", _("Limited-content message left")
    CONVERSATION = "conversation", _("Conversation")
    THIRD_PARTY = "third_party", _("Somebody else answered")
    DELIVERED = "delivered", _("Delivered")
    UNDELIVERED = "undelivered", _("Not delivered")


class Activity(models.Model):
    """One thing done on an account and its result. Append-only; a slip is corrected by a further activity."""

    class Direction(models.TextChoices):
        OUTBOUND = "outbound", _("Outbound")
        INBOUND = "inbound", _("Inbound")
        INTERNAL = "internal", _("Internal")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="activities")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="activities")
    person_role = models.CharField(max_length=18, blank=True)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, null=True, related_name="activities")
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="activities")
    action = models.ForeignKey(ActionCode, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=16, blank=True)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    result = models.ForeignKey(ResultCode, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, blank=True)
    consented = models.BooleanField(_("with prior consent"), default=False)
    disclosures_given = models.BooleanField(_("required lines said"), null=True)
    seconds = models.PositiveIntegerField(_("seconds"), null=True)
    note = SealedTextField(_("note"), blank=True, default="")
    permit = models.OneToOneField("outreach.Permit", on_delete=models.PROTECT, null=True, related_name="activity")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    is_generated = models.BooleanField(_("generated"), default=False)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["account", "-at"], name="activity_by_account"),
            models.Index(fields=["party", "-at"], name="activity_by_party"),
            models.Index(fields=["by", "-at"], name="activity_by_collector"),
            models.Index(fields=["-at"], name="activity_by_time"),
        ]
        constraints = [
            # The first law of the house, held by the database: what went out names the permit it went out under.
            models.CheckConstraint(
                condition=~Q(direction="outbound") | Q(permit__isnull=False),
                name="outbound_activity_has_a_permit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"


class PromiseStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    KEPT = "kept", _("Kept")
    PARTLY_KEPT = "partly_kept", _("Partly kept")
    BROKEN = "broken", _("Broken")
    CANCELLED = "cancelled", _("Cancelled")


class PromiseToPay(models.Model):
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="promises")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="promises")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="promises")
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    due_on = models.DateField(_("due on"))
    grace_days = models.PositiveSmallIntegerField(_("grace, days"), default=1)
    tolerance_percent = models.DecimalField(_("tolerance, %"), max_digits=5, decimal_places=2, default=0)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="promises")
    status = models.CharField(_("status"), max_length=12, choices=PromiseStatus, default=PromiseStatus.PENDING)
    paid_amount = models.DecimalField(_("paid towards it"), max_digits=20, decimal_places=4, default=0)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    is_generated = models.BooleanField(_("generated"), default=False)

    class Meta:
        verbose_name = _("promise to pay")
        verbose_name_plural = _("promises to pay")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="promise_amount_is_positive")]
        indexes = [
            models.Index(fields=["status", "due_on"], name="promise_by_due_date"),
            models.Index(fields=["account", "status"], name="promise_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.due_on}"


class Dispute(models.Model):
    class Kind(models.TextChoices):
        NOT_MINE = "not_mine", _("Not my debt")
        AMOUNT = "amount", _("The amount is wrong")
        PAID = "paid", _("Already paid")
        GOODS = "goods", _("Goods or service not as agreed")
        IDENTITY_THEFT = "identity_theft", _("Made by another in my name")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        OPEN = "open", _("Not answered yet")
        UPHELD = "upheld", _("Upheld")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="disputes")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    text = SealedTextField(_("what is contested"), blank=True, default="")
    in_writing = models.BooleanField(_("in writing"), default=False)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = SealedTextField(_("answer"), blank=True, default="")

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.opened_at:%Y-%m-%d}"


class Complaint(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("Not decided yet")
        UPHELD = "upheld", _("Upheld")
        NOT_UPHELD = "not_upheld", _("Not upheld")

    class Cause(models.TextChoices):
        CONDUCT = "conduct", _("Conduct of a collector")
        FREQUENCY = "frequency", _("Too often or at a bad time")
        THIRD_PARTY = "third_party", _("Somebody else was told")
        AMOUNT = "amount", _("Amount or interest")
        PROCESS = "process", _("Process of the office")
        OTHER = "other", _("Other")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints")
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    cause = models.CharField(_("cause"), max_length=12, choices=Cause)
    channel = models.CharField(_("came by"), max_length=16, blank=True)
    text = SealedTextField(_("complaint"), blank=True, default="")
    received_at = models.DateTimeField(_("received at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    is_generated = models.BooleanField(_("generated"), default=False)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [models.Index(fields=["-received_at"], name="complaint_by_time")]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.received_at:%Y-%m-%d}"


class Hardship(models.Model):
    """Somebody cannot pay, or needs to be treated with particular care. While it holds, nobody presses."""

    class Kind(models.TextChoices):
        INCOME = "income", _("Loss of income")
        ILLNESS = "illness", _("Illness")
        BEREAVEMENT = "bereavement", _("Bereavement")
        OVER_INDEBTED = "over_indebted", _("Over-indebted")
        CARE = "care", _("Needs particular care")
        OTHER = "other", _("Other")

    class Proof(models.TextChoices):
        NOT_NEEDED = "not_needed", _("Not needed")
        REQUESTED = "requested", _("Requested")
        RECEIVED = "received", _("Received")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="hardships")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="hardships")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    note = SealedTextField(_("note"), blank=True, default="")
    consent_to_record = models.BooleanField(_("agrees that we record it"), default=False)
    proof = models.CharField(_("proof"), max_length=10, choices=Proof, default=Proof.NOT_NEEDED)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    hold_until = models.DateField(_("contact rests until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("hardship case")
        verbose_name_plural = _("hardship cases")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.opened_at:%Y-%m-%d}"


class Callback(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="callbacks")
    at = models.DateTimeField(_("at"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="callbacks",
        help_text=_("empty: anyone on the team"),
    )
    # The person asked for it: the law then counts the call as agreed.
    requested_at = models.DateTimeField(_("asked for by the person at"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        indexes = [models.Index(fields=["status", "at"], name="callback_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Document(models.Model):
    """A file on an account, named by its content: the hash proves that it is the one that was taken in."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(_("title"), max_length=120)
    file = models.FileField(_("file"), upload_to="documents/%Y/%m")
    sha256 = models.CharField("SHA-256", max_length=64)
    media_type = models.CharField(_("media type"), max_length=80)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.title
