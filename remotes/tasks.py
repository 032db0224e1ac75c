"""Celery's entry points. Each may run twice, late or never: what is due stands in the rows."""

from celery import shared_task

from remotes.gate import pacing
from remotes.intake.vehicle_state import outdated, refresh
from remotes.jobs import DISPATCH, PACE, RECONCILE, REFRESH_VEHICLE, wake, woken
from remotes.sending import sweep as sweeps
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.finishing import with_queued_actions
from remotes.sending.reconcile import reconcile as reconcile_action


@shared_task
def dispatch(vehicle_id: int) -> None:
    woken(DISPATCH, vehicle_id)
    dispatch_vehicle(vehicle_id)


@shared_task
def pace(gateway_id: int) -> None:
    woken(PACE, gateway_id)
    pacing.lead(gateway_id)


@shared_task
def reconcile(action_id: int) -> None:
    woken(RECONCILE, action_id)
    reconcile_action(action_id)


@shared_task
def refresh_vehicle(vehicle_id: int) -> None:
    woken(REFRESH_VEHICLE, vehicle_id)
    refresh(vehicle_id)


@shared_task
def refresh_outdated() -> None:
    wake(REFRESH_VEHICLE, outdated())


@shared_task
def settle(vehicle_ids: list[int]) -> None:
    wake(DISPATCH, with_queued_actions(vehicle_ids))
    wake(REFRESH_VEHICLE, vehicle_ids)


@shared_task
def sweep() -> None:
    sweeps.sweep()


@shared_task
def check_registrations() -> None:
    sweeps.check_registrations()


@shared_task
def prune() -> None:
    sweeps.prune()
