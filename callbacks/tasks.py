"""Celery's entry points. Each may run twice, late or never: what is due stands in the rows."""

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from callbacks.delivery import sweep
from callbacks.delivery.postman import postman, stop_postman
from callbacks.wake import DELIVER
from fleets.storage.wake import woken

# Seconds that requests under way may take when the worker is stopped.
PATIENCE = 3.0


@shared_task
def deliver(callback_ids: list[int]) -> None:
    woken(DELIVER, *callback_ids)
    postman().deliver(callback_ids)


@shared_task
def sweep_deliveries() -> None:
    sweep.sweep()


@shared_task
def prune_deliveries() -> None:
    sweep.prune()


@worker_shutting_down.connect
def stop_delivering(**_: Any) -> None:
    stop_postman(PATIENCE)
