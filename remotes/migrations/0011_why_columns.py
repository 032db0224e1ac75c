"""Room for why an action ended or waits as a code with values; the sentences move into it by the next migration."""

from django.db import migrations

from fleets.storage.whys import WhyField


class Migration(migrations.Migration):
    dependencies = [("remotes", "0010_filter_of_schedules")]

    operations = [
        migrations.RenameField("bulkitem", "why", "sentence"),
        migrations.RenameField("schedulerun", "detail", "sentence"),
        migrations.AddField("remoteaction", "why", WhyField(blank=True, null=True)),
        migrations.AddField("remoteevent", "why", WhyField(blank=True, null=True)),
        migrations.AddField("bulkitem", "why", WhyField(blank=True, null=True)),
        migrations.AddField("schedulerun", "detail", WhyField(blank=True, null=True)),
        migrations.AddField("gatewayhealth", "why", WhyField(blank=True, null=True)),
    ]
