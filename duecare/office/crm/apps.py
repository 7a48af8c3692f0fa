from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "duecare.office.crm"
    label = "crm"
    default_auto_field = "django.db.models.BigAutoField"
