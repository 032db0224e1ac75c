"""Celery's entry points. Each may run twice, late or never: what is due stands in the rows."""

from celery import Task, shared_task

from fleets.room import Job, within
from fleets.storage.wake import URGENT, backlog
from remotes.gate import pacing, whose
from remotes.intake.vehicle_state import outdated, refresh
from remotes.jobs import (
    CHECK_GATEWAY,
    DISPATCH,
    PACE,
    READ_STATES,
    RECONCILE,
    REFRESH_VEHICLE,
    SWEEPS,
    wake,
    woken,
)
from remotes.life import places
from remotes.reading import due
from remotes.reading.run import read_gateway
from remotes.rollups import sweep as rollups
from remotes.sending import sweep as sweeps
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.finishing import with_queued_actions
from remotes.sending.reconcile import reconcile as reconcile_action


@shared_task(bind=True)
def dispatch(self: Task[[int], None], vehicle_id: int) -> None:
    within(whose.of_vehicle(vehicle_id), Job(DISPATCH, vehicle_id, dispatch_vehicle, _is_urgent(self)))


@shared_task
def pace(gateway_id: int) -> None:
    woken(PACE, gateway_id)
    pacing.lead(gateway_id)


@shared_task
def reconcile(action_id: int) -> None:
    within(whose.of_action(action_id), Job(RECONCILE, action_id, reconcile_action))


@shared_task(bind=True)
def refresh_vehicle(self: Task[[int], None], vehicle_id: int) -> None:
    within(whose.of_vehicle(vehicle_id), Job(REFRESH_VEHICLE, vehicle_id, refresh, _is_urgent(self)))


@shared_task
def refresh_outdated() -> None:
    if backlog(SWEEPS) < sweeps.LIMIT:
        wake(REFRESH_VEHICLE, outdated())


@shared_task
def read_due() -> None:
    if backlog(SWEEPS) < sweeps.LIMIT:
        wake(READ_STATES, due.gateways())


@shared_task
def read_states(gateway_id: int) -> None:
    within(gateway_id, Job(READ_STATES, gateway_id, read_gateway, spare=True))


@shared_task
def settle(vehicle_ids: list[int]) -> None:
    wake(DISPATCH, with_queued_actions(vehicle_ids))
    wake(REFRESH_VEHICLE, vehicle_ids)


@shared_task
def sweep() -> None:
    sweeps.sweep()


@shared_task
def sweep_rollups() -> None:
    rollups.sweep()


@shared_task
def check_registrations() -> None:
    wake(CHECK_GATEWAY, sweeps.to_check())


@shared_task
def check_gateway(gateway_id: int) -> None:
    within(gateway_id, Job(CHECK_GATEWAY, gateway_id, sweeps.check_registrations))


@shared_task
def prune() -> None:
    sweeps.prune()
    places.forget()
    rollups.prune()


def _is_urgent(task: Task[[int], None]) -> bool:
    return (task.request.delivery_info or {}).get("priority") == URGENT
