"""A callback that people have made belongs to the API client that has used it last, else to the only one of its fleet.

Over the API each client sees its own callbacks only. Those of which nobody knows the client stay with people, who can
give them one on the callback's page.
"""

from typing import Any

from django.db import migrations


def give_clients(apps: Any, _: Any) -> None:
    Callback, RemoteAction = apps.get_model("callbacks", "Callback"), apps.get_model("remotes", "RemoteAction")
    for callback in Callback.objects.filter(created_by=None, for_alerts=False, deleted_at=None).iterator():
        used = RemoteAction.objects.filter(callback=callback, api_client__isnull=False).order_by("-id").first()
        clients = list(callback.fleet.api_clients.all()[:2])
        if used is not None:
            callback.created_by_id = used.api_client_id
        elif len(clients) == 1:
            callback.created_by_id = clients[0].pk
        callback.save(update_fields=["created_by"])


class Migration(migrations.Migration):
    dependencies = [
        ("remotes", "0018_newest_notification"),
        ("callbacks", "0004_for_alerts"),
        ("fleets", "0011_secret_in_the_path"),
    ]

    operations = [migrations.RunPython(give_clients, migrations.RunPython.noop)]
