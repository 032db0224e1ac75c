"""The usual way, twice, each doing less than FleetRemote: no order, no batches, no signature, no body kept.

Plain: one Celery task a delivery reads the row, posts it with requests, and saves an attempt.
Tuned: the same with connections kept, both to PostgreSQL (CELERY_DB_REUSE_MAX) and to the subscriber (a Session).
"""

import threading
import time

import requests
from celery import shared_task
from django.utils import timezone

from callbacks.models import Attempt, Notification

TIMEOUT = 15

_here = threading.local()


@shared_task
def plain(notification_id: int) -> None:
    with requests.Session() as session:
        _deliver(session, notification_id)


@shared_task
def tuned(notification_id: int) -> None:
    if not hasattr(_here, "session"):
        _here.session = requests.Session()
    _deliver(_here.session, notification_id)


def _deliver(session: requests.Session, notification_id: int) -> None:
    notification = Notification.objects.select_related("callback").get(pk=notification_id)
    at, started = timezone.now(), time.perf_counter()
    body = f'{{"callbackId":"{notification.callback.public_id}","attributes":[],"events":[{notification.event}]}}'
    answer = session.post(
        notification.callback.target,
        data=body.encode(),
        headers={"Content-Type": "application/json"},
        timeout=TIMEOUT,
    )
    Attempt.objects.create(
        callback_id=notification.callback_id,
        batch_id=notification_id,
        number=1,
        at=at,
        duration_ms=round((time.perf_counter() - started) * 1000),
        status=answer.status_code,
        answer=answer.text[:1000],
    )
