"""What was placed with us, by whom, and who is liable for it."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .parties import Party


class Creditor(models.Model):
    """Owner of the debt. `acts_as` says in which role this office collects for it."""

    class ActsAs(models.TextChoices):
        CREDITOR = "creditor", _("the creditor itself")
        AGENCY = "agency", _("an agency for it")
        DEBT_BUYER = "debt_buyer", _("buyer of the debt")
        LAW_FIRM = "law_firm", _("a law firm for it")

    name = models.CharField(_("name"), max_length=120, unique=True)
    acts_as = models.CharField(_("we act as"), max_length=12, choices=ActsAs, default=ActsAs.AGENCY)
    letterhead = models.CharField(_("letterhead"), max_length=200, blank=True)
    payment_instructions = models.TextField(
        _("how to pay"), blank=True, help_text=_("the creditor's official way to pay; never a private account")
    )
    payment_instructions_zh = models.TextField(
        _("how to pay, in Chinese"),
        blank=True,
        help_text=_("for messages in Chinese; the other text is used if left empty"),
    )
    promise_grace_days = models.PositiveSmallIntegerField(_("grace for promises, days"), default=1)
    promise_tolerance_percent = models.DecimalField(
        _("tolerance for promises, %"), max_digits=5, decimal_places=2, default=Decimal("0")
    )

    class Meta:
        verbose_name = _("creditor")
        verbose_name_plural = _("creditors")

    def __str__(self) -> str:
        return self.name

    def how_to_pay(self, language: str) -> str:
        """The official way to pay in the language of a message, in the other one where only that is given."""
        both = (self.payment_instructions.strip(), self.payment_instructions_zh.strip())
        first, second = reversed(both) if language.startswith("zh") else both
        return first or second


class PlacementBatch(models.Model):
    """One file of accounts as it came in, with its control totals."""

    creditor = models.ForeignKey(Creditor, verbose_name=_("creditor"), on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(_("file"), max_length=200)
    file_hash = models.CharField(_("SHA-256 of the file"), max_length=64)
    mapping = models.CharField(_("mapping"), max_length=80)
    settings_hash = models.CharField(
        max_length=64, help_text=_("mapping, as-of and shift; with the file's hash it names this import")
    )
    as_of = models.DateField(_("as of"), null=True, blank=True)
    shifted_to = models.DateField(_("shifted to"), null=True, blank=True)
    rows_read = models.PositiveIntegerField(_("rows read"))
    rows_good = models.PositiveIntegerField(_("rows imported"))
    rows_known = models.PositiveIntegerField(_("rows known before"), default=0)
    rows_bad = models.PositiveIntegerField(_("rows echoed back"))
    rows_closed = models.PositiveIntegerField(_("rows not open on that day"), default=0)
    totals = models.JSONField(_("amount by currency"), default=dict)
    assumptions = models.JSONField(_("assumptions"), default=list)
    is_generated = models.BooleanField(_("generated"), default=False)
    imported_at = models.DateTimeField(_("imported at"))
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("placement batch")
        verbose_name_plural = _("placement batches")

    def __str__(self) -> str:
        return f"{self.file_name} ({self.rows_good})"


class AccountStatus(models.TextChoices):
    OPEN = "open", _("Open")
    PAID = "paid", _("Paid")
    SETTLED = "settled", _("Settled")
    RETURNED = "returned", _("Returned to the creditor")
    CLOSED = "closed", _("Closed")


class Account(models.Model):
    """One obligation as worked. What is owed is a replay of its ledger; the position below is kept beside it for lists."""

    creditor = models.ForeignKey(
        Creditor, verbose_name=_("creditor"), on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    batch = models.ForeignKey(
        PlacementBatch, verbose_name=_("batch"), on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    reference = models.CharField(_("reference"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    debt_kind = models.CharField(_("kind of debt"), max_length=16)
    consumer = models.BooleanField(_("consumer debt"))
    governing_law = models.CharField(_("governing law"), max_length=12, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=AccountStatus, default=AccountStatus.OPEN)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        db_index=False,
    )
    opened_on = models.DateField(_("opened on"))
    validation_notice_at = models.DateTimeField(_("validation notice sent"), null=True, blank=True)
    bankrupt = models.BooleanField(_("in insolvency"), default=False)
    breathing_space_until = models.DateField(_("breathing space until"), null=True, blank=True)
    illegal = models.BooleanField(_("collecting it would be unlawful"), default=False)
    legal_action = models.CharField(
        _("legal action"),
        max_length=8,
        default="none",
        choices=[("none", _("None")), ("filed", _("Filed")), ("judgment", _("Judgment"))],
    )
    last_acknowledged_on = models.DateField(_("last acknowledged or demanded"), null=True, blank=True)
    meta = models.JSONField(_("further fields"), default=dict, blank=True)

    # The position: a replay's result, renewed with every event (crm.services.renew_position).
    balance = models.DecimalField(_("balance"), max_digits=20, decimal_places=4, default=Decimal("0"))
    oldest_due_on = models.DateField(_("oldest unpaid due date"), null=True, blank=True)
    last_payment_on = models.DateField(_("last payment"), null=True, blank=True)
    position_on = models.DateField(_("position as of"), null=True, blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["creditor", "reference"], name="account_reference_is_unique_for_creditor"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="account_currency_is_iso"),
        ]
        indexes = [
            models.Index(fields=["assigned_to", "status"], name="account_by_desk"),
            models.Index(fields=["status", "oldest_due_on"], name="account_by_age"),
        ]

    def __str__(self) -> str:
        return self.reference


class Claim(models.Model):
    """A single due sum inside an account, such as one invoice."""

    account = models.ForeignKey(
        Account, verbose_name=_("account"), on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    reference = models.CharField(_("reference"), max_length=80)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    due_on = models.DateField(_("due on"))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="claim_reference_is_unique_in_account"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="claim_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return self.reference


class LiabilityRole(models.TextChoices):
    DEBTOR = "debtor", _("Debtor")
    CO_DEBTOR = "co_debtor", _("Co-debtor")
    GUARANTOR = "guarantor", _("Guarantor")
    EXECUTOR = "executor", _("Executor of the estate")


class Liability(models.Model):
    """Who owes the account, in which role and for which share. Only these may be told of the debt."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="liabilities", db_index=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="liabilities")
    role = models.CharField(_("role"), max_length=10, choices=LiabilityRole, default=LiabilityRole.DEBTOR)
    share = models.DecimalField(_("share"), max_digits=7, decimal_places=6, default=Decimal("1"))

    class Meta:
        verbose_name = _("liability")
        verbose_name_plural = _("liabilities")
        constraints = [
            models.UniqueConstraint(fields=["account", "party"], name="party_is_liable_once_for_an_account"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="liability_share_is_a_part_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.party}"


class ThirdPartyRole(models.TextChoices):
    SPOUSE = "spouse", _("Spouse")
    PARENT_OF_MINOR = "parent_of_minor", _("Parent of a minor")
    ATTORNEY = "attorney", _("Attorney")
    DEBT_ADVISER = "debt_adviser", _("Debt adviser")
    EMPLOYER = "employer", _("Employer")
    EMERGENCY_CONTACT = "emergency_contact", _("Emergency contact")
    RELATIVE = "relative", _("Relative")
    NEIGHBOUR = "neighbour", _("Neighbour")
    UNKNOWN = "unknown", _("Somebody unknown")


class ThirdParty(models.Model):
    """Somebody who is not liable. Kept apart, so that no list of people to collect from can ever contain them."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="third_parties")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="third_party_in")
    role = models.CharField(_("role"), max_length=18, choices=ThirdPartyRole)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("third party")
        verbose_name_plural = _("third parties")
        constraints = [
            models.UniqueConstraint(fields=["account", "party"], name="third_party_once_in_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.party}"
