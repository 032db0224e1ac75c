"""Celery's entry points. Each may run twice, late or never: what is due stands in the rows."""

from celery import shared_task

from remotes import pacing
from remotes import sweep as sweeps
from remotes.alerts.sweep import sweep as sweep_alerts
from remotes.bulk import planning as bulk_planning
from remotes.bulk import running as bulks
from remotes.dispatch import dispatch_vehicle, with_queued_actions
from remotes.reconcile import reconcile as reconcile_action
from remotes.schedules import running as schedules
from remotes.vehicle_state import outdated, refresh
from remotes.wake import DISPATCH, PACE, RECONCILE, REFRESH_VEHICLE, wake, woken


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
def alerts() -> None:
    sweep_alerts()


@shared_task
def run_bulks() -> None:
    bulks.run_all()


@shared_task
def run_schedules() -> None:
    schedules.run_due()


@shared_task
def check_registrations() -> None:
    sweeps.check_registrations()


@shared_task
def prune() -> None:
    sweeps.prune()
    bulk_planning.prune()
    bulks.follow_corrections()
