"""People and firms, where they can be reached, and what they have said about being reached."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duecare.office.crm.vault import SealedTextField, blind_index, mask_contact, mask_name


class Party(models.Model):
    """A person or a firm: who owes, guarantees, represents, or merely picks up the phone."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    reference = models.CharField(_("reference"), max_length=80, db_index=True, help_text=_("the creditor's own number"))
    name = SealedTextField(_("name"), blank=True, default="")
    name_index = models.CharField(max_length=32, db_index=True, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=8, default="en")
    # Where the person is, most general first, as the law gate reads it: ["US", "US-NY", "US-NY-NYC"].
    jurisdictions = models.JSONField(_("jurisdictions"), default=list)
    time_zones = models.JSONField(_("time zones"), default=list)
    birth_date = SealedTextField(_("date of birth"), blank=True, default="", help_text=_("YYYY-MM-DD"))
    attorney_since = models.DateTimeField(_("represented since"), null=True, blank=True)
    attorney_consents = models.BooleanField(_("attorney agrees to direct contact"), default=False)
    vulnerable = models.BooleanField(_("vulnerable"), default=False)
    deceased = models.BooleanField(_("deceased"), default=False)
    military = models.BooleanField(_("in military service"), default=False)
    is_invented = models.BooleanField(
        _("invented"), default=False, help_text=_("name and contact points were generated and belong to nobody")
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return self.masked_name

    def save(self, *args: object, **kwargs: object) -> None:
        self.name_index = blind_index(self.name, column="crm_party.name") if self.name else ""
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def masked_name(self) -> str:
        return (mask_name(self.name) if self.name else "") or self.reference

    @property
    def shown_name(self) -> str:
        """A firm's name is not personal data; a person's is masked until unmasked for a purpose."""
        return self.name if self.kind == self.Kind.COMPANY and self.name else self.masked_name


class ContactPointStatus(models.TextChoices):
    VERIFIED = "verified", _("Verified")
    UNVERIFIED = "unverified", _("Unverified")
    WRONG = "wrong", _("Wrong number or address")
    REASSIGNED = "reassigned", _("Belongs to another by now")
    DO_NOT_CONTACT = "do_not_contact", _("Do not contact")
    INACTIVE = "inactive", _("Inactive")


class ContactPoint(models.Model):
    class Kind(models.TextChoices):
        MOBILE = "mobile", _("Mobile phone")
        HOME_PHONE = "home_phone", _("Home phone")
        WORK_PHONE = "work_phone", _("Work phone")
        EMAIL = "email", _("E-mail")
        POSTAL = "postal", _("Postal address")
        CHAT = "chat", _("Chat account")

    # How the law gate names the address, and by which channels each kind can be reached.
    ADDRESS_KIND = {
        Kind.MOBILE: "mobile",
        Kind.HOME_PHONE: "home",
        Kind.WORK_PHONE: "work",
        Kind.EMAIL: "other",
        Kind.POSTAL: "home",
        Kind.CHAT: "other",
    }
    CHANNELS = {
        Kind.MOBILE: ("call", "sms", "voicemail"),
        Kind.HOME_PHONE: ("call", "voicemail"),
        Kind.WORK_PHONE: ("call", "voicemail"),
        Kind.EMAIL: ("email",),
        Kind.POSTAL: ("letter", "visit"),
        Kind.CHAT: ("chat",),
    }
    UNUSABLE = (
        ContactPointStatus.WRONG,
        ContactPointStatus.REASSIGNED,
        ContactPointStatus.DO_NOT_CONTACT,
        ContactPointStatus.INACTIVE,
    )

    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    value = SealedTextField(_("number or address"))
    value_index = models.CharField(max_length=32, db_index=True, editable=False)
    status = models.CharField(
        _("status"), max_length=16, choices=ContactPointStatus, default=ContactPointStatus.UNVERIFIED
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=80, help_text=_("who gave it to us"))
    legal_basis = models.CharField(_("legal basis"), max_length=80, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    employer_forbids = models.BooleanField(_("employer forbids contact here"), default=False)
    is_invented = models.BooleanField(_("invented"), default=False)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")

    def __str__(self) -> str:
        return self.masked_value

    def save(self, *args: object, **kwargs: object) -> None:
        self.value_index = blind_index(self.value, column="crm_contactpoint.value")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def masked_value(self) -> str:
        return mask_contact(self.value, self.kind)

    @property
    def address_kind(self) -> str:
        return self.ADDRESS_KIND[self.Kind(self.kind)]

    @property
    def channels(self) -> tuple[str, ...]:
        return self.CHANNELS[self.Kind(self.kind)]

    @property
    def is_usable(self) -> bool:
        return self.status not in self.UNUSABLE


class Consent(models.Model):
    """Permission for one channel to one contact point. Never edited: its end is written into `revoked_at` once."""

    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(_("channel"), max_length=16)
    given_at = models.DateTimeField(_("given at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    source = models.CharField(_("how it was given"), max_length=120)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=models.F("given_at")),
                name="consent_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.given_at:%Y-%m-%d}"


class Preference(models.Model):
    """What the person has said about when, where and how they may be contacted (or not at all)."""

    class Kind(models.TextChoices):
        CEASE_ALL = "cease_all", _("Stop all contact")
        STOP_CHANNEL = "stop_channel", _("Stop this channel")
        STOP_ADDRESS = "stop_address", _("Stop this number or address")
        INCONVENIENT_TIME = "inconvenient_time", _("Inconvenient time")
        INCONVENIENT_PLACE = "inconvenient_place", _("Inconvenient place")
        PREFERRED_TIME = "preferred_time", _("Preferred time")
        ONLY_CHANNEL = "only_channel", _("Only by this channel")
        REFUSES_TO_PAY = "refuses_to_pay", _("Refuses to pay")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    channel = models.CharField(_("channel"), max_length=16, blank=True)
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.CASCADE, null=True, blank=True, related_name="preferences"
    )
    place = models.CharField(_("place"), max_length=8, blank=True)
    starts = models.CharField(_("from"), max_length=5, blank=True, help_text="HH:MM")
    ends = models.CharField(_("to"), max_length=5, blank=True, help_text="HH:MM")
    days = models.JSONField(_("days"), default=list, blank=True, help_text=_('for instance ["sat", "sun"]'))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    in_writing = models.BooleanField(_("in writing"), default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return self.get_kind_display()


class Unmasking(models.Model):
    """Somebody looked at personal data in clear: who, what, when and for which purpose. Append-only."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="unmaskings")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=120)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("unmasking")
        verbose_name_plural = _("unmaskings")

    def __str__(self) -> str:
        return f"{self.purpose} {self.at:%Y-%m-%d %H:%M}"
