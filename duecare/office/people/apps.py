from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "duecare.office.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import rights  # noqa: F401  (registers the permissions)
