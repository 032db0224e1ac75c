import base64
import secrets

from django.db import migrations


def fill(apps, schema_editor):
    """Adding the fields has given all callbacks that were there the same secret, and no batches."""
    for callback in apps.get_model("callbacks", "Callback").objects.all():
        batch = callback.subscribe.get("batchNotify", {})
        attributes = callback.subscribe.get("callback", {}).get("webhook", {}).get("attributes", [])
        apart = any(item["type"] != "Body" and item["value"] in ("$vin", "$remoteType") for item in attributes)
        if batch.get("size", 0) > 1 and not apart:
            callback.batch_size, callback.batch_window = batch["size"], batch.get("timeWindow", 60)
        callback.secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        callback.save(update_fields=["secret", "batch_size", "batch_window"])


class Migration(migrations.Migration):
    dependencies = [("callbacks", "0002_outbox")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
