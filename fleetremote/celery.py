"""The Celery app. Messages carry ids only and may be lost: what is due is a row, and a sweep finds it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_after_setup, task_postrun, task_prerun, worker_init, worker_ready
from celery.utils.log import get_logger
from django.db import DatabaseError, close_old_connections, connection

from fleetremote.pulse import worker
from fleetremote.pulse.heart import Heart
from fleets.room import ROOM
from fleets.storage import clock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")

logger = get_logger(__name__)

app = Celery("fleetremote")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_heart: Heart | None = None


@task_prerun.connect
@task_postrun.connect
def look_at_connections(**_: Any) -> None:
    """Close what is broken or too old, and keep all else, as Django does with each request.

    Celery itself would close all (CELERY_DB_REUSE_MAX): a new connection takes longer than most tasks.
    """
    close_old_connections()


@celeryd_after_setup.connect
def live(instance: Any, **_: Any) -> None:
    """A worker gives signs of life; it serves one queue."""
    global _heart
    (queue,) = app.amqp.queues.consume_from
    _heart = worker.live(app, queue, instance.concurrency)


@task_prerun.connect
def hear(**_: Any) -> None:
    """Celery hands out work, and threads do it."""
    if _heart is not None:
        _heart.hear(1)


@task_postrun.connect
def hear_end(**_: Any) -> None:
    if _heart is not None:
        _heart.hear(-1)


@celeryd_after_setup.connect
def tell_threads(instance: Any, **_: Any) -> None:
    """A gateway gets at most half of this worker."""
    ROOM.threads = instance.concurrency


@worker_init.connect
def keep_time(**_: Any) -> None:
    """The database's clock is known before the first task."""
    clock.keep_looking()


@worker_ready.connect
def tell_who_cannot_call_back(**_: Any) -> None:
    """Once a start, where actions are looked up; what fails is no reason not to work."""
    if "sweeps" not in app.amqp.queues.consume_from:
        return
    from fleetremote.greeting import reach_lines

    with suppress(DatabaseError):
        for line in reach_lines():
            logger.warning("%s", line.strip())
    # Tasks run in other threads, with connections of their own.
    connection.close()


@worker_ready.connect
@beat_init.connect
def tell_ready(**_: Any) -> None:
    """Touch READY_FILE, so that whoever started this process knows that it takes work."""
    path = os.environ.get("READY_FILE")
    if path:
        Path(path).touch()
