from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("academy", "0002_practice_from_turn")]

    operations = [
        migrations.AddField(
            model_name="practicesession",
            name="notes",
            field=models.TextField(blank=True, default="", max_length=4000, verbose_name="notes"),
        ),
    ]
