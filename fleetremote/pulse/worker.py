"""The signs of life of a Celery worker, and what it does when it hears nothing."""

import socket
from collections.abc import Callable

from celery import Celery

from fleetremote.pulse.heart import BETWEEN, Heart, end
from fleetremote.pulse.polling import Polling
from fleets.storage.redis import best_effort
from fleets.storage.threads import repeat
from fleets.storage.wake import URGENT

# What a worker asks itself through its own queue: a task that does nothing, but needs a thread of it.
ASK = "fleets.tasks.pulse"


def live(app: Celery, queue: str, threads: int) -> Heart:
    """Begin to give signs of life, ask for them, and poll while none comes. Gives what is told of each task."""
    heart = Heart(f"{queue}@{socket.gethostname()}", queue, threads)
    repeat("pulse", heart.beat, BETWEEN)
    repeat("look", looking(app, heart, Polling(app, queue, threads)), BETWEEN)
    return heart


def looking(app: Celery, heart: Heart, polling: Polling) -> Callable[[], None]:
    """What is done every two seconds."""

    def ask() -> None:
        app.send_task(ASK, queue=heart.kind, priority=URGENT, expires=10)

    def look() -> None:
        heart.write()
        heart.asked(is_taken=best_effort(ask))
        if heart.is_silent:
            polling.poll()
        else:
            polling.rest()
        if heart.is_deaf:
            end(heart.name)

    return look
