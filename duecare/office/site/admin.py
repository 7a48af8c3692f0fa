"""The administrator's master data. Logs and money can be read here and nowhere changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import AuditEntry

admin.site.site_header = "Duecare 善催"
admin.site.site_title = "Duecare"
admin.site.index_title = _("Master data and logs")
admin.site.has_permission = lambda request: bool(  # type: ignore[method-assign]
    request.user.is_active and request.user.has_perm("site.administer")
)


class ByRight(admin.ModelAdmin):
    """Open to whoever holds `site.administer`; what was changed is in Django's admin log and in the audit chain."""

    def _may(self, request: HttpRequest) -> bool:
        return request.user.has_perm("site.administer")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._audit(request, obj, "change" if change else "add", {"fields": sorted(form.changed_data)})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._audit(request, obj, "delete", {})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def _audit(self, request: HttpRequest, obj: Any, act: str, detail: dict[str, Any]) -> None:
        from . import clock

        AuditEntry.append(
            at=clock.now(),
            by=request.user,
            act=f"admin_{act}",
            subject=f"{obj._meta.db_table}:{obj.pk}",
            detail=detail,
        )


class ReadOnly(ByRight):
    """Append-only rows: to be seen, never touched."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ["sequence", "at", "by", "act", "subject", "purpose"]
    list_filter = ["act"]
    ordering = ["-sequence"]
