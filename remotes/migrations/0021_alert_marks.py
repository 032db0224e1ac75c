"""Alerts look from here on: at the very first look nothing was told, and what failed in a server's first seconds was lost."""

from typing import Any

from django.db import migrations
from django.db.models import Max


def mark(apps: Any, schema_editor: Any) -> None:
    marks = apps.get_model("remotes", "AlertMark").objects
    for name, model in (("events", "RemoteEvent"), ("wake-ups", "WakeUp")):
        newest = apps.get_model("remotes", model).objects.aggregate(newest=Max("pk"))["newest"] or 0
        marks.get_or_create(name=name, defaults={"position": newest, "earlier": newest})


class Migration(migrations.Migration):
    dependencies = [("remotes", "0020_credentials_end")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
