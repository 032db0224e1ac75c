"""The newest notification of each of our webhooks, and what goes with a fleet at a gateway that is taken away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("remotes", "0017_connection_origin")]

    operations = [
        migrations.AddIndex(
            "inboundrequest", models.Index(fields=["upstream_fleet", "-id"], name="inbound_of_fleet")
        ),
    ]
