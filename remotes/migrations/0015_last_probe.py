"""When the last probe of a closed gateway went: the next one of an urgent action goes by that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("remotes", "0014_lists_that_lag")]

    operations = [
        migrations.AddField("gatewayhealth", "probed_at", models.DateTimeField(blank=True, null=True)),
    ]
