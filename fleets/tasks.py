"""Celery's entry points, in the queue `sweeps`. Each may run twice, late or never."""

from celery import shared_task

from fleets import api_tokens, narrowing, proposals
from fleets.audit import sealing
from fleets.labels import imports
from fleets.models import Gateway
from fleets.people import invitations
from fleets.privacy import log_ins, places
from fleets.room import Job, within
from fleets.storage.pulse import forget_old
from fleets.storage.wake import wake
from fleets.sync import capabilities, run

SYNC_GATEWAY = "fleets.tasks.sync_gateway"
REFRESH_GATEWAY = "fleets.tasks.refresh_gateway"


@shared_task
def pulse() -> None:
    """A worker asks itself for a sign of life; that this task is run is the answer (fleetremote/pulse)."""


@shared_task
def sync() -> None:
    wake(SYNC_GATEWAY, Gateway.objects.values_list("pk", flat=True))


@shared_task
def sync_gateway(gateway_id: int) -> None:
    within(gateway_id, Job(SYNC_GATEWAY, gateway_id, run.sync_one))


@shared_task
def refresh_capabilities() -> None:
    wake(REFRESH_GATEWAY, Gateway.objects.values_list("pk", flat=True))


@shared_task
def refresh_gateway(gateway_id: int) -> None:
    within(gateway_id, Job(REFRESH_GATEWAY, gateway_id, capabilities.refresh_one))


@shared_task
def prune() -> None:
    forget_old()
    imports.forget_old()
    api_tokens.forget_old()
    invitations.forget_old()
    log_ins.forget()
    places.forget()


@shared_task
def end_proposals() -> None:
    proposals.end_overdue()


@shared_task
def seal_audit() -> None:
    sealing.seal()


@shared_task
def refresh_narrowed() -> None:
    """What is made good: changes of vehicles that were not announced, such as their state."""
    narrowing.refresh()
