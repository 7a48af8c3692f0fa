from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "duecare.office.outreach"
    label = "outreach"
    default_auto_field = "django.db.models.BigAutoField"
