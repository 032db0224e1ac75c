"""Indexes for the filters of a vehicle's history."""

from django.db import migrations, models
from django.db.models import F, Q

ENDED = Q(finished_at__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("remotes", "0008_open_of_fleet")]

    operations = [
        migrations.AddIndex(
            "remoteaction",
            models.Index(F("vehicle"), F("remote_type"), F("id").desc(), name="action_ended_type", condition=ENDED),
        ),
        migrations.AddIndex(
            "remoteaction",
            models.Index(F("vehicle"), F("status"), F("id").desc(), name="action_ended_status", condition=ENDED),
        ),
        migrations.AddIndex(
            "remoteaction",
            models.Index(fields=["vehicle", "created_at"], name="action_ended_time", condition=ENDED),
        ),
    ]
