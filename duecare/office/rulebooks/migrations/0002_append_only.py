from django.db import migrations

from duecare.office.site.chain import append_only


class Migration(migrations.Migration):
    dependencies = [("rulebooks", "0001_initial")]
    operations = [append_only("rulebooks_proposal"), append_only("rulebooks_step")]
