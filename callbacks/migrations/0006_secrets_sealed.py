import json

from django.db import migrations

import fleets.storage.encryption.fields
from fleets.storage.encryption import SecretBytes, open_members, seal_bytes, seal_members, unseal_bytes

# As the models had it when this was written: what stays readable of what was registered.
CALLBACK_PLAIN = ("batchNotify", "label", "remoteTypes", "retryPolicy")
CHANNEL_PLAIN = ("label", "type")
SLICE = 500

# Stated by hand: through the models rows would come out, and go in, by what the fields do on either side.
DOCUMENTS = (
    (
        "SELECT id, subscribe::text FROM callbacks_callback WHERE id > %s ORDER BY id LIMIT %s",
        "UPDATE callbacks_callback SET subscribe = %s::jsonb WHERE id = %s",
        CALLBACK_PLAIN,
    ),
    (
        "SELECT id, subscribe::text FROM callbacks_channel WHERE id > %s ORDER BY id LIMIT %s",
        "UPDATE callbacks_channel SET subscribe = %s::jsonb WHERE id = %s",
        CHANNEL_PLAIN,
    ),
)
# Those of v1 alone have attributes of an action.
EVENTS = """
SELECT waiting.id, event FROM callbacks_notification waiting
JOIN callbacks_callback callback ON callback.id = waiting.callback_id AND callback.dialect = 'v1'
WHERE waiting.id > %s ORDER BY waiting.id LIMIT %s
"""
BODIES = "SELECT id, body FROM callbacks_batch WHERE id > %s ORDER BY id LIMIT %s"


def slices(cursor, statement):
    last = 0
    while True:
        cursor.execute(statement, [last, SLICE])
        rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]


def each_document(cursor, change):
    for select, update, plain in DOCUMENTS:
        for pk, text in slices(cursor, select):
            cursor.execute(update, [json.dumps(change(json.loads(text), plain)), pk])


def each_event(cursor, change):
    for pk, text in slices(cursor, EVENTS):
        event = json.loads(text)
        changed = event | change({"attributes": event.get("attributes", [])})
        if changed != event:
            words = json.dumps(changed, ensure_ascii=False)
            cursor.execute("UPDATE callbacks_notification SET event = %s WHERE id = %s", [words, pk])


def each_body(cursor, change):
    for pk, stored in slices(cursor, BODIES):
        body = bytes(stored)
        changed = change(body)
        if changed != body:
            cursor.execute("UPDATE callbacks_batch SET body = %s WHERE id = %s", [changed, pk])


def holds_attributes(body):
    """A body that was formed when nobody noted whose values stand in it: each value may be one."""
    try:
        document = json.loads(body)
    except ValueError:
        return False
    messages = document if isinstance(document, list) else [document]
    return any(isinstance(message, dict) and message.get("attributes") for message in messages)


def seal_all(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        each_document(cursor, seal_members)
        each_event(cursor, lambda event: seal_members(event) if event["attributes"] else {})
        each_body(cursor, lambda body: seal_bytes(SecretBytes(body)) if holds_attributes(body) else body)


def open_all(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        each_document(cursor, open_members)
        each_event(cursor, lambda event: open_members(event) if event["attributes"] else {})
        each_body(cursor, lambda body: bytes(unseal_bytes(body)))


class Migration(migrations.Migration):
    """What subscribers have given to be known by is encrypted: in registrations, waiting events and bodies."""

    dependencies = [
        ("callbacks", "0005_channels"),
    ]

    operations = [
        migrations.AlterField(
            model_name="callback",
            name="subscribe",
            field=fleets.storage.encryption.fields.EncryptedJSONField(plain=CALLBACK_PLAIN),
        ),
        migrations.AlterField(
            model_name="channel",
            name="subscribe",
            field=fleets.storage.encryption.fields.EncryptedJSONField(plain=CHANNEL_PLAIN),
        ),
        migrations.AlterField(
            model_name="notification",
            name="event",
            field=fleets.storage.encryption.fields.SealedTextField(),
        ),
        migrations.AlterField(
            model_name="batch",
            name="body",
            field=fleets.storage.encryption.fields.SealedBinaryField(),
        ),
        migrations.RunPython(seal_all, open_all),
    ]
