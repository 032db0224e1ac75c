import django.contrib.postgres.fields
from django.db import migrations, models


# Whoever has chosen all kinds wants these too.
_CHOOSE = """
UPDATE remotes_alertchoice SET kinds = kinds || ARRAY['approval-wanted', 'change-wanted', 'sent-alone']::varchar[]
WHERE kinds @> ARRAY['dangerous-action', 'unknown-outcome', 'gateway-down', 'gateway-refused', 'callback-failed',
    'wake-ups', 'credentials-end']::varchar[]
"""
# Checked at once, since a table can't be altered while rows of it wait for a check.
_FORGET = """
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM remotes_alertline WHERE alert_id IN (
    SELECT id FROM remotes_alert WHERE kind IN ('approval-wanted', 'change-wanted', 'sent-alone'));
DELETE FROM remotes_alert WHERE kind IN ('approval-wanted', 'change-wanted', 'sent-alone');
UPDATE remotes_alertchoice
SET kinds = array_remove(array_remove(array_remove(kinds, 'approval-wanted'), 'change-wanted'), 'sent-alone');
"""


class Migration(migrations.Migration):
    """What waits for a second person is told as alerts, and found quickly."""

    dependencies = [
        ('remotes', '0023_four_eyes'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='alert',
            name='alert_kind_known',
        ),
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('dangerous-action', 'Dangerous action failed'), ('unknown-outcome', 'Outcome of a dangerous action unknown'), ('gateway-down', "Manufacturer's cloud down"), ('gateway-refused', 'Credentials refused'), ('callback-failed', 'Callback failed'), ('wake-ups', 'Wake-ups nearly spent'), ('credentials-end', 'Credentials end'), ('approval-wanted', 'Action waits for a second person'), ('change-wanted', 'Change waits for a second person'), ('sent-alone', 'Sent without a second person')], max_length=20),
        ),
        migrations.AlterField(
            model_name='alertchoice',
            name='kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('dangerous-action', 'Dangerous action failed'), ('unknown-outcome', 'Outcome of a dangerous action unknown'), ('gateway-down', "Manufacturer's cloud down"), ('gateway-refused', 'Credentials refused'), ('callback-failed', 'Callback failed'), ('wake-ups', 'Wake-ups nearly spent'), ('credentials-end', 'Credentials end'), ('approval-wanted', 'Action waits for a second person'), ('change-wanted', 'Change waits for a second person'), ('sent-alone', 'Sent without a second person')], max_length=20), blank=True, default=list, size=None),
        ),
        migrations.AddIndex(
            model_name='remoteaction',
            index=models.Index(condition=models.Q(('state', 'waiting-approval')), fields=['fleet', 'expires_at'], name='action_waiting'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('dangerous-action', 'unknown-outcome', 'gateway-down', 'gateway-refused', 'callback-failed', 'wake-ups', 'credentials-end', 'approval-wanted', 'change-wanted', 'sent-alone'))), name='alert_kind_known'),
        ),
        migrations.RunSQL(_CHOOSE, _FORGET),
    ]
