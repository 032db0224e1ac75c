import json

from django.db import migrations

import fleets.storage.encryption.fields
from fleets.storage.encryption import open_members, seal_members

SLICE = 1000

TABLES = (
    (
        "SELECT id, extra::text FROM remotes_remoteaction WHERE id > %s AND extra <> '{}' ORDER BY id LIMIT %s",
        "UPDATE remotes_remoteaction SET extra = %s::jsonb WHERE id = %s",
    ),
    (
        "SELECT id, extra::text FROM remotes_bulkcommand WHERE id > %s AND extra <> '{}' ORDER BY id LIMIT %s",
        "UPDATE remotes_bulkcommand SET extra = %s::jsonb WHERE id = %s",
    ),
    (
        "SELECT id, extra::text FROM remotes_savedcommand WHERE id > %s AND extra <> '{}' ORDER BY id LIMIT %s",
        "UPDATE remotes_savedcommand SET extra = %s::jsonb WHERE id = %s",
    ),
    (
        "SELECT id, extra::text FROM remotes_schedule WHERE id > %s AND extra <> '{}' ORDER BY id LIMIT %s",
        "UPDATE remotes_schedule SET extra = %s::jsonb WHERE id = %s",
    ),
)


def each(schema_editor, change):
    with schema_editor.connection.cursor() as cursor:
        for select, update in TABLES:
            last = 0
            while True:
                cursor.execute(select, [last, SLICE])
                rows = cursor.fetchall()
                if not rows:
                    break
                for last, text in rows:
                    cursor.execute(update, [json.dumps(change(json.loads(text))), last])


def seal_all(apps, schema_editor):
    each(schema_editor, seal_members)


def open_all(apps, schema_editor):
    each(schema_editor, open_members)


FIELD = fleets.storage.encryption.fields.EncryptedJSONField(blank=True, default=dict, plain=())


class Migration(migrations.Migration):
    """What an action was given beside its payload, such as v1's Body attributes, is encrypted."""

    dependencies = [
        ("remotes", "0021_alert_marks"),
    ]

    operations = [
        migrations.AlterField(model_name="remoteaction", name="extra", field=FIELD.clone()),
        migrations.AlterField(model_name="bulkcommand", name="extra", field=FIELD.clone()),
        migrations.AlterField(model_name="savedcommand", name="extra", field=FIELD.clone()),
        migrations.AlterField(model_name="schedule", name="extra", field=FIELD.clone()),
        migrations.RunPython(seal_all, open_all),
    ]
