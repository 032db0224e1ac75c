"""Each event updates its action's row: with room on the page, and no index on what changes, no index is touched."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("remotes", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE remotes_remoteaction SET (fillfactor = 70)",
            "ALTER TABLE remotes_remoteaction RESET (fillfactor)",
        ),
    ]
