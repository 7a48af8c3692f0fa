"""Permits and their outcomes cannot be changed or deleted in the database."""

from django.db import migrations

from duecare.office.site.chain import append_only


class Migration(migrations.Migration):
    dependencies = [("outreach", "0002_initial")]

    operations = [append_only("outreach_permit"), append_only("outreach_permitoutcome")]
