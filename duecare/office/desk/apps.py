from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "duecare.office.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from duecare.office.site.events import happened

        from .receivers import keep_lists_true

        happened.connect(keep_lists_true, dispatch_uid="desk.keep_lists_true")
