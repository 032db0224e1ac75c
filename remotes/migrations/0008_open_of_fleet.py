"""Open actions by fleet, newest first: for lists and numbers of a fleet. The fleet alone is looked for by nobody."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("remotes", "0007_schedules")]

    operations = [
        migrations.AddIndex(
            "remoteaction",
            models.Index(
                models.F("fleet"),
                models.F("id").desc(),
                models.F("state"),
                condition=models.Q(state__in=["waiting-approval", "queued", "sending", "unknown", "accepted"]),
                name="action_open_of_fleet",
            ),
        ),
        migrations.AlterField(
            "remoteaction",
            "fleet",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remote_actions",
                to="fleets.fleet",
            ),
        ),
    ]
