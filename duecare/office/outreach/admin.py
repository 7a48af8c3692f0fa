from __future__ import annotations

from django.contrib import admin

from duecare.office.site.admin import ByRight, ReadOnly

from .models import MessageTemplate, OutboxMessage, Permit, PermitOutcome


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ByRight):
    list_display = ["key", "channel", "language", "version", "is_active", "approved_by"]
    list_filter = ["channel", "language", "is_active"]


@admin.register(Permit)
class PermitAdmin(ReadOnly):
    list_display = ["sequence", "asked_at", "by", "channel", "verdict", "rule", "clock"]
    list_filter = ["verdict", "channel"]
    show_full_result_count = False


@admin.register(PermitOutcome)
class PermitOutcomeAdmin(ReadOnly):
    list_display = ["sequence", "permit", "outcome", "at"]
    show_full_result_count = False


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnly):
    list_display = ["queued_at", "channel", "status", "attempts", "sent_at"]
    list_filter = ["status", "channel"]
    exclude = ["subject", "body"]
