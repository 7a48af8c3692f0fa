"""Ledger, activities and unmaskings cannot be changed or deleted in the database; the codes a new office starts with."""

from pathlib import Path

import yaml
from django.db import migrations

from duecare.office.site.chain import append_only

CODES = Path(__file__).resolve().parents[1] / "data" / "codes.yaml"


def seed(apps, schema_editor):
    codes = yaml.safe_load(CODES.read_text())
    for model_name, rows in (("ActionCode", codes["actions"]), ("ResultCode", codes["results"])):
        model = apps.get_model("crm", model_name)
        for place, row in enumerate(rows):
            model.objects.create(place=place * 10, **row)


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_initial"), ("outreach", "0002_initial")]

    operations = [
        append_only("crm_ledgerevent"),
        append_only("crm_activity"),
        append_only("crm_unmasking"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
