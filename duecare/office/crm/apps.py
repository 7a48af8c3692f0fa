from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "duecare.office.crm"
    label = "crm"
    verbose_name = _("Accounts and parties")
    default_auto_field = "django.db.models.BigAutoField"
