"""Whose turn it is among a vehicle's open actions: what waits for a waking lets others pass."""

from datetime import datetime

from remotes.checks import wake_ledger
from remotes.checks.cases import Case
from remotes.models import RemoteAction
from remotes.sending.order import PATIENCE, Waiting, next_turn
from remotes.timeouts import scaled

State = RemoteAction.State


def choose(cases: list[Case], now: datetime) -> Case | None:
    """Whose turn it is; those that wait for the vehicle's waking let the others pass."""
    waiting = [case for case in cases if not wake_ledger.waits_for_waking(case.action, now)]
    turn = next_turn([_waiting(case.action) for case in waiting], now, scaled(PATIENCE))
    _note_next_look([case.action for case in cases if case.action.pk != turn.action_id], turn.again_at, now)
    return next((case for case in waiting if case.action.pk == turn.action_id), None)


def _waiting(action: RemoteAction) -> Waiting:
    return Waiting(
        id=action.pk,
        remote_type=action.remote_type,
        urgent=action.type.urgent,
        state=action.state,
        accepted_at=action.accepted_at,
        not_before=action.not_before,
    )


def _note_next_look(actions: list[RemoteAction], again_at: datetime | None, now: datetime) -> None:
    """Waiting actions need no sweep before their turn can come: at `again_at`, when they expire, or by an event."""
    for action in actions:
        if action.state == State.QUEUED:
            soonest = min(filter(None, (again_at, action.expires_at, now + scaled(PATIENCE))))
            if action.due_at != soonest:
                action.set(due_at=soonest)
