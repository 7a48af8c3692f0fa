import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0003_append_only_and_codes"),
        ("outreach", "0003_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="CoveredAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="covered_by", to="crm.account"
                    ),
                ),
                (
                    "final_permit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="finally_covers",
                        to="outreach.permit",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="covered", to="outreach.outboxmessage"
                    ),
                ),
                (
                    "permit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="covers", to="outreach.permit"
                    ),
                ),
            ],
            options={
                "verbose_name": "account covered by a message",
                "verbose_name_plural": "accounts covered by a message",
                "constraints": [
                    models.UniqueConstraint(fields=("message", "account"), name="message_covers_an_account_once")
                ],
            },
        ),
    ]
