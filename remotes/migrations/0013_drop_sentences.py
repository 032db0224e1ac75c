"""The sentences have become codes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("remotes", "0012_codes_of_sentences")]

    operations = [
        migrations.RemoveField("remoteaction", "detail"),
        migrations.RemoveField("bulkitem", "sentence"),
        migrations.RemoveField("schedulerun", "sentence"),
        migrations.RemoveField("gatewayhealth", "reason"),
    ]
