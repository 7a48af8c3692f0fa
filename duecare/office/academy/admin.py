from __future__ import annotations

import secrets
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from duecare.office.site.admin import ByRight, ReadOnly

from .models import Certificate, EvidenceRecord, ExamItem

# Role-plays stay with who held them: they have no page here.


@admin.register(Certificate)
class CertificateAdmin(ByRight):
    list_display = ["key", "user", "issued_at", "expires_at", "suspended_at", "code"]
    list_filter = ["key"]
    readonly_fields = ["code"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not obj.code:
            obj.code = secrets.token_hex(8)
        super().save_model(request, obj, form, change)


@admin.register(EvidenceRecord)
class EvidenceRecordAdmin(ReadOnly):
    list_display = ["at", "user", "skill", "kind", "outcome", "weight", "source"]
    list_filter = ["kind", "skill"]
    show_full_result_count = False


@admin.register(ExamItem)
class ExamItemAdmin(ReadOnly):
    """The bank as far as it was asked; those with a day of retirement were made from a rule that has changed since."""

    list_display = ["made_on", "rule", "rule_version", "kind", "skill", "retired_at"]
    list_filter = ["kind", "skill", ("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["rule"]
