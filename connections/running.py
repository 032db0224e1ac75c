"""Runs a connection: one stage after the other, until one fails, somebody must choose, or all are done.

A worker or the command `connect` holds a lease meanwhile. Each stage is harmless when it is run twice.
"""

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from connections import codes, names
from connections.models import Connection, ConnectionStep
from connections.stages.diagnosing import diagnose, look_for_way_back
from connections.stages.registering import register
from connections.stages.stage import End
from connections.stages.states import read_states
from connections.stages.taking_over import take_over_fleets
from connections.stages.trying import try_a_vehicle
from connections.steps import LEASE, Notes
from fleets.storage import clock
from fleets.storage.wake import wake
from protocol.why import Why

logger = logging.getLogger(__name__)

RUN = "connections.tasks.run_connection"
State = Connection.State

# Each with the name of its last step, by which it is known to be over.
_STAGES: tuple[tuple[str, Callable[[Notes], End]], ...] = (
    (names.DIAGNOSIS[-1], diagnose),
    (names.PUBLIC_URL, look_for_way_back),
    (names.SYNC, take_over_fleets),
    (names.CALLBACK, register),
    (names.STATES, read_states),
    (names.SEND, try_a_vehicle),
)


def start(connection: Connection, *, here: bool = False) -> bool:
    """Begin from the first step; False where it is running already. `here`: the caller runs it, no worker is woken."""
    now = clock.now()
    with transaction.atomic():
        idle = ~Q(state=State.RUNNING) | Q(leased_until__isnull=True) | Q(leased_until__lt=now)
        changed = Connection.objects.filter(idle, pk=connection.pk).update(
            state=State.RUNNING, leased_until=None, run_at=now
        )
        if not changed:
            return False
        connection.steps.all().delete()
        if not here:
            transaction.on_commit(lambda: wake(RUN, [connection.pk]))
    return True


def go_on(connection: Connection) -> None:
    """Go on after a choice, or where it was left."""
    with transaction.atomic():
        rows = Connection.objects.filter(pk=connection.pk).exclude(state=State.RUNNING)
        if not rows.update(state=State.RUNNING, leased_until=None):
            # Somebody else has gone on; what is under way must not be begun once more.
            return
        connection.steps.filter(Q(is_over=False) | Q(ok=False)).exclude(name=names.PUBLIC_URL).delete()
        transaction.on_commit(lambda: wake(RUN, [connection.pk]))


def run(connection_id: int, tell: Callable[[ConnectionStep], None] = lambda step: None) -> None:
    """Go as far as possible, unless somebody else is at it; `tell` is told of each step that is over."""
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    rows = Connection.objects.filter(free, pk=connection_id, state=State.RUNNING)
    if not rows.update(leased_until=now + LEASE):
        return
    connection = Connection.objects.select_related("gateway").get(pk=connection_id)
    notes, state = Notes(connection, tell), State.FAILED
    try:
        state = _run(notes)
    except Exception:
        # Whoever looks at the page must not wait for ever; the log has the whole of it.
        logger.exception("The connection %s failed", connection)
        begun = connection.steps.filter(is_over=False).first()
        notes.end(begun.name if begun else names.DIAGNOSIS[0], False, Why(codes.BROKEN_OFF))
    finally:
        Connection.objects.filter(pk=connection_id).update(state=state, leased_until=None)


def _run(notes: Notes) -> Connection.State:
    over = notes.over()
    for last_step, stage in _STAGES:
        if last_step in over:
            continue
        end = stage(notes)
        if end is not End.DONE:
            return _AFTER[end]
    failed = any(step.ok is False for step in notes.over().values())
    return State.FAILED if failed else State.DONE


_AFTER = {End.FAILED: State.FAILED, End.WAITS: State.RUNNING, End.CHOICE: State.CHOOSING}


def sweep() -> None:
    """Wake those that wait for a vehicle, or whose worker is gone."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=clock.now())
    wake(RUN, Connection.objects.filter(free, state=State.RUNNING).values_list("pk", flat=True))
