"""The address of our webhook gets a secret of its own, and secrets that are replaced are kept for a while."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import fleets.models.gateway
import fleets.storage.encryption
import fleets.storage.whys


def give_secrets(apps: Any, _: Any) -> None:
    """Each row its own; and each callback is looked at anew, since its address has changed."""
    UpstreamFleet = apps.get_model("fleets", "UpstreamFleet")
    for row in UpstreamFleet.objects.iterator():
        row.path_secret = fleets.models.gateway.new_webhook_secret()
        if row.callback_error:
            row.callback_failed_at = row.callback_checked_at
            row.callback_failure = {"code": "as-written", "values": {"text": row.callback_error}}
        row.callback_checked_at = None
        row.save()


def keep_errors(apps: Any, _: Any) -> None:
    UpstreamFleet = apps.get_model("fleets", "UpstreamFleet")
    for row in UpstreamFleet.objects.filter(callback_failed_at=models.F("callback_checked_at")).iterator():
        row.callback_error = str(row.callback_failure or "")
        row.save()


class Migration(migrations.Migration):
    dependencies = [("fleets", "0010_first_admin_link")]

    operations = [
        migrations.AddField("upstreamfleet", "callback_types", models.JSONField(blank=True, default=list)),
        migrations.AddField(
            "upstreamfleet", "callback_registered_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField("upstreamfleet", "callback_failed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "upstreamfleet", "callback_failure", fleets.storage.whys.WhyField(blank=True, null=True)
        ),
        migrations.AddField(
            "upstreamfleet", "types_refused_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        # Not with its default: all rows would get the same.
        migrations.AddField(
            "upstreamfleet", "path_secret", fleets.storage.encryption.EncryptedTextField(default="", editable=False)
        ),
        migrations.RunPython(give_secrets, keep_errors),
        migrations.AlterField(
            "upstreamfleet",
            "path_secret",
            fleets.storage.encryption.EncryptedTextField(
                default=fleets.models.gateway.new_webhook_secret, editable=False
            ),
        ),
        migrations.RemoveField("upstreamfleet", "callback_error"),
        migrations.CreateModel(
            "FormerSecrets",
            [
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("webhook_secret", fleets.storage.encryption.EncryptedTextField()),
                ("path_secret", fleets.storage.encryption.EncryptedTextField()),
                ("replaced_at", models.DateTimeField()),
                ("good_until", models.DateTimeField(null=True)),
                (
                    "upstream_fleet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_secrets",
                        to="fleets.upstreamfleet",
                    ),
                ),
            ],
        ),
    ]
