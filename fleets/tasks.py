"""Celery's entry points, in the queue `sweeps`. Each may run twice, late or never."""

from celery import shared_task

from fleets.audit import sealing
from fleets.sync.capabilities import refresh_all
from fleets.sync.run import sync_all


@shared_task
def sync() -> None:
    for _ in sync_all():
        pass


@shared_task
def refresh_capabilities() -> None:
    refresh_all()


@shared_task
def seal_audit() -> None:
    sealing.seal()
