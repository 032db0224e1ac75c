"""Does in Django what a benchmark of deliveries needs: makes callbacks, queues tasks, wakes the delivery.

python -m benchmarks.clerk        takes a call as JSON a line on stdin, [name, arguments…], and prints its result
"""

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import django


def migrate() -> None:
    """Make the tables of the contenders."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def callbacks(targets: Sequence[str], size: int, window: int) -> list[int]:
    """A callback for each address, with batches of `size` events or `window` seconds, or without; gives their ids."""
    from callbacks.models import Callback
    from fleets.models import Fleet
    from protocol.v3 import decode_subscribe

    fleet = Fleet.objects.get()
    ids = []
    for target in targets:
        body: dict[str, Any] = {"callback": {"webhook": {"target": target, "name": "bench"}}}
        if size:
            body["batchNotify"] = {"size": size, "timeWindow": window}
        callback = Callback(fleet=fleet)
        callback.register(decode_subscribe(body))
        callback.save()
        ids.append(callback.pk)
    return ids


def webhooks(targets: Sequence[str]) -> list[int]:
    """django-webhook's counterpart to callbacks, each with a secret to sign with."""
    from django_webhook.models import Webhook, WebhookSecret

    made = [Webhook.objects.create(url=target) for target in targets]
    for webhook in made:
        WebhookSecret.objects.create(webhook=webhook, token="0123456789abcdef")
    return [webhook.pk for webhook in made]


def queue(task: str, queue: str, calls: Sequence[Sequence[Any]]) -> None:
    """Put a message into a queue for each call of a task."""
    from fleetremote.celery import app

    with app.producer_or_acquire() as producer:
        for arguments in calls:
            app.send_task(task, arguments, queue=queue, producer=producer)


def wake(ids: Sequence[int]) -> float:
    """Wake the delivery to these callbacks; gives the time when it began."""
    from callbacks.wake import wake_delivery

    at = time.time()
    wake_delivery(ids)
    return at


def drop(ids: Sequence[int]) -> None:
    """Delete callbacks as the API does."""
    from django.utils import timezone

    from callbacks.models import Callback

    Callback.objects.filter(pk__in=ids).update(deleted_at=timezone.now())


CALLS = {call.__name__: call for call in (migrate, callbacks, webhooks, queue, wake, drop)}


def main() -> None:
    django.setup()
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(CALLS[name](*arguments)), flush=True)


if __name__ == "__main__":
    main()
