"""Money, as events. Rows are appended and never changed; a balance is a replay (`duecare.ledger`)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .accounts import Account, Claim


class EventKind(models.TextChoices):
    CHARGE = "charge", _("Charge")
    INTEREST = "interest", _("Interest")
    FEE = "fee", _("Fee")
    PAYMENT = "payment", _("Payment")
    REVERSAL = "reversal", _("Reversal")
    WAIVER = "waiver", _("Waiver")
    ALLOCATION = "allocation", _("Reallocation")


class PaymentBatch(models.Model):
    """One file of payments as it came in, with its control totals."""

    file_name = models.CharField(_("file"), max_length=200)
    file_hash = models.CharField(_("SHA-256 of the file"), max_length=64)
    mapping = models.CharField(_("mapping"), max_length=80)
    until = models.DateField(_("payments up to"), null=True, blank=True)
    rows_read = models.PositiveIntegerField(_("rows read"))
    rows_good = models.PositiveIntegerField(_("rows applied"))
    rows_known = models.PositiveIntegerField(_("rows known before"), default=0)
    rows_later = models.PositiveIntegerField(_("rows dated later"), default=0)
    rows_bad = models.PositiveIntegerField(_("rows echoed back"))
    totals = models.JSONField(_("amount by currency"), default=dict)
    imported_at = models.DateTimeField(_("imported at"))
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("payment file")
        verbose_name_plural = _("payment files")

    def __str__(self) -> str:
        return f"{self.file_name} ({self.rows_good})"


class LedgerEvent(models.Model):
    # Indexes of its own where no index below begins with the column: rows come by the million.
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="events", db_index=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="events", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=EventKind)
    on = models.DateField(_("effective on"))
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    bucket = models.CharField(_("part of the balance"), max_length=24, blank=True)
    refers_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="referred_to_by", db_index=False
    )
    due_on = models.DateField(_("due on"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    external_reference = models.CharField(_("reference of the payment"), max_length=80, null=True)  # noqa: DJ001 (unique where given)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    placement_batch = models.ForeignKey(
        "crm.PlacementBatch", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    payment_batch = models.ForeignKey(
        PaymentBatch, on_delete=models.PROTECT, null=True, related_name="events", db_index=False
    )
    is_generated = models.BooleanField(_("generated"), default=False)

    class Meta:
        verbose_name = _("ledger event")
        verbose_name_plural = _("ledger events")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_is_positive"),
            models.CheckConstraint(
                condition=~Q(kind="reversal") | Q(refers_to__isnull=False), name="reversal_names_what_it_reverses"
            ),
            models.UniqueConstraint(
                fields=["account", "external_reference"],
                condition=Q(external_reference__isnull=False),
                name="payment_is_posted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "on"], name="ledger_by_account"),
            # Nearly all rows are charges; what is looked for by kind or by reference are the others.
            models.Index(fields=["kind", "on"], name="ledger_by_kind", condition=~Q(kind="charge")),
            models.Index(fields=["refers_to"], name="ledger_references", condition=Q(refers_to__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency} {self.on}"
