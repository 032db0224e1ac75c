"""The Celery app. Messages carry ids only and may be lost: what is due is a row, and a sweep finds it."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")

app = Celery("fleetremote")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@beat_init.connect
def tell_ready(**_: Any) -> None:
    """Touch READY_FILE, so that whoever started this process knows that it takes work."""
    path = os.environ.get("READY_FILE")
    if path:
        Path(path).touch()
