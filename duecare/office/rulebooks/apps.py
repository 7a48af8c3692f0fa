from django.apps import AppConfig


class RulebooksConfig(AppConfig):
    name = "duecare.office.rulebooks"
    label = "rulebooks"
    default_auto_field = "django.db.models.BigAutoField"
