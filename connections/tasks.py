"""Celery's entry points, in the queue `sweeps`. Each may run twice, late or never."""

from celery import shared_task

from connections import running
from connections.calendar import served, telling
from fleets.storage.wake import woken


@shared_task
def run_connection(connection_id: int) -> None:
    woken(running.RUN, connection_id)
    running.run(connection_id)


@shared_task
def sweep() -> None:
    running.sweep()


@shared_task
def look_at_calendar(*, at_once: bool = False) -> None:
    """`at_once`: our own certificate is read whenever it was read last."""
    if at_once:
        served.read()
    else:
        served.read_if_due()
    telling.look()
