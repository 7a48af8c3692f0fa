"""The audit log cannot be changed or deleted in the database."""

from django.db import migrations

from duecare.office.site.chain import append_only


class Migration(migrations.Migration):
    dependencies = [("site", "0001_initial")]

    operations = [append_only("site_auditentry")]
