"""How often an action was looked up or asked for, and what came of it last: the audit holds what differs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("remotes", "0015_last_probe")]

    operations = [
        migrations.AddField("remoteaction", "asked_again", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("remoteaction", "asked_said", models.TextField(blank=True, db_default="", default="")),
    ]
