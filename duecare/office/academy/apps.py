from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "duecare.office.academy"
    label = "academy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from duecare.office.site.events import happened

        from .receivers import learn_from_the_day

        happened.connect(learn_from_the_day, dispatch_uid="academy.learn_from_the_day")
