from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from duecare.office.site.admin import ByRight

from .models import Team, User

admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(ByRight, UserAdmin):
    list_display = ["username", "display_name", "role", "team", "is_active"]
    list_filter = ["role", "team", "is_active"]
    search_fields = ["username", "display_name"]
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (_("Work"), {"fields": ("display_name", "role", "team", "languages", "licences", "practice_minutes")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2", "display_name", "role", "team")}),
    )


@admin.register(Team)
class TeamAdmin(ByRight):
    list_display = ["name"]
