from __future__ import annotations

from django.contrib import admin

from duecare.office.site.admin import ByRight, ReadOnly

from .models import (
    Account,
    ActionCode,
    Activity,
    Claim,
    Complaint,
    Consent,
    ContactPoint,
    Creditor,
    Dispute,
    Document,
    Hardship,
    LedgerEvent,
    Liability,
    Party,
    PaymentBatch,
    PlacementBatch,
    Preference,
    PromiseToPay,
    ResultCode,
    ThirdParty,
    Unmasking,
)

# Personal data is sealed; in lists it is masked, and the admin's forms leave it out: it is unmasked at the desk, for a
# purpose that is logged.


@admin.register(Creditor)
class CreditorAdmin(ByRight):
    list_display = ["name", "acts_as", "promise_grace_days", "promise_tolerance_percent"]


@admin.register(ActionCode)
class ActionCodeAdmin(ByRight):
    list_display = ["code", "name_en", "name_zh", "channel", "is_active"]


@admin.register(ResultCode)
class ResultCodeAdmin(ByRight):
    list_display = ["code", "name_en", "name_zh", "outcome", "right_party", "then", "is_active"]


@admin.register(Party)
class PartyAdmin(ByRight):
    list_display = ["reference", "masked_name", "kind", "language", "is_invented"]
    list_filter = ["kind", "language", "is_invented"]
    search_fields = ["reference"]
    exclude = ["name", "birth_date"]
    show_full_result_count = False


@admin.register(ContactPoint)
class ContactPointAdmin(ByRight):
    list_display = ["party", "kind", "masked_value", "status", "source", "legal_basis"]
    list_filter = ["kind", "status"]
    exclude = ["value"]
    raw_id_fields = ["party"]
    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(ByRight):
    list_display = ["reference", "creditor", "currency", "balance", "oldest_due_on", "status", "assigned_to"]
    list_filter = ["status", "creditor", "currency"]
    search_fields = ["reference"]
    raw_id_fields = ["batch"]
    readonly_fields = ["balance", "oldest_due_on", "last_payment_on", "position_on"]
    list_select_related = ["creditor", "assigned_to"]
    show_full_result_count = False


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    list_display = ["reference", "account", "amount", "issued_on", "due_on"]
    search_fields = ["reference"]
    show_full_result_count = False


@admin.register(Liability, ThirdParty)
class PersonOnAccountAdmin(ByRight):
    list_display = ["account", "party", "role"]
    raw_id_fields = ["account", "party"]


@admin.register(Consent)
class ConsentAdmin(ByRight):
    list_display = ["contact_point", "channel", "given_at", "revoked_at", "source"]
    raw_id_fields = ["contact_point"]


@admin.register(Preference)
class PreferenceAdmin(ByRight):
    list_display = ["party", "kind", "channel", "since", "until"]
    raw_id_fields = ["party", "contact_point"]


@admin.register(PlacementBatch, PaymentBatch)
class BatchAdmin(ReadOnly):
    list_display = ["file_name", "mapping", "rows_read", "rows_good", "rows_bad", "imported_at"]


@admin.register(LedgerEvent)
class LedgerEventAdmin(ReadOnly):
    list_display = ["id", "account", "kind", "on", "amount", "currency", "bucket"]
    list_filter = ["kind"]
    show_full_result_count = False


@admin.register(Activity)
class ActivityAdmin(ReadOnly):
    list_display = ["at", "account", "by", "action", "result", "direction"]
    exclude = ["note"]
    show_full_result_count = False


@admin.register(PromiseToPay)
class PromiseAdmin(ReadOnly):
    list_display = ["account", "amount", "currency", "due_on", "status", "made_by"]
    list_filter = ["status"]


@admin.register(Dispute)
class DisputeAdmin(ReadOnly):
    list_display = ["account", "kind", "status", "opened_at", "answered_at"]
    exclude = ["text", "answer"]


@admin.register(Complaint)
class ComplaintAdmin(ReadOnly):
    list_display = ["received_at", "cause", "about", "status", "decided_at"]
    exclude = ["text"]


@admin.register(Hardship)
class HardshipAdmin(ReadOnly):
    list_display = ["account", "kind", "opened_at", "hold_until", "closed_at"]
    exclude = ["note"]


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    list_display = ["account", "title", "media_type", "added_at"]


@admin.register(Unmasking)
class UnmaskingAdmin(ReadOnly):
    list_display = ["at", "by", "party", "purpose"]
