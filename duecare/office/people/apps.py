from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "duecare.office.people"
    label = "people"
    verbose_name = _("Staff and teams")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import rights  # noqa: F401  (registers the permissions)
