"""What a manager does about a bulk command: starts it, stops it."""

from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction

from campaigns.bulk.live import announce_bulk
from campaigns.bulk.planning import is_outdated
from campaigns.bulk.running import cancel_unsent, leave_out_waiting
from fleets.audit.entries import About, Origin, person, record_operation
from fleets.storage import clock
from fleets.storage.redis import best_effort
from remotes.models import BulkCommand

State = BulkCommand.State

RUN_BULKS = "campaigns.tasks.run_bulks"


class Outdated(Exception):
    """Too much may have changed since the vehicles were looked at."""


def start(bulk: BulkCommand, user: User) -> None:
    """Let it begin; nothing when it has begun already. Raises Outdated."""
    with transaction.atomic():
        locked = BulkCommand.objects.select_for_update().get(pk=bulk.pk)
        if locked.state != State.PREFLIGHT:
            return
        if is_outdated(locked):
            raise Outdated
        state = State.CANARY if locked.canary_size else State.RUNNING
        # Who planned it has a hand in it as well.
        touched = {*locked.touched_by, user.pk} | ({locked.user_id} if locked.user_id else set())
        locked.set(state=state, started_at=clock.now(), user=user, touched_by=sorted(touched))
        _record(locked, "started a bulk command", user)
    best_effort(lambda: current_app.send_task(RUN_BULKS))


def stop(bulk: BulkCommand, user: User) -> None:
    """Ask no more vehicles, and cancel what has not been sent; nothing when it has ended already."""
    with transaction.atomic():
        locked = BulkCommand.objects.select_for_update().get(pk=bulk.pk)
        if not locked.is_going_on:
            return
        leave_out_waiting(locked)
        locked.set(state=State.STOPPED, halt=BulkCommand.Halt.PERSON, stopped_by=user)
        _record(locked, "stopped a bulk command", user)
    cancel_unsent(locked)
    best_effort(lambda: current_app.send_task(RUN_BULKS))
    announce_bulk(locked.pk)


def _record(bulk: BulkCommand, what: str, user: User) -> None:
    document = {"remoteType": bulk.remote_type, "payload": bulk.payload, "vehicles": bulk.items.count()}
    about = About(bulk.public_id, bulk.fleet_id)
    record_operation(about, what, actor=person(user), origin=Origin.BULK, reason=bulk.reason, document=document)
