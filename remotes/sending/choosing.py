"""Whose turn it is among a vehicle's open actions: what has expired ends, what waits for a waking lets others pass."""

from datetime import datetime

from protocol.why import Why
from remotes.checks import wake_ledger
from remotes.checks.cases import Case
from remotes.life.endings import end_by_us
from remotes.models import UNSENT_STATES, RemoteAction
from remotes.sending.order import PATIENCE, Waiting, next_turn
from remotes.timeouts import scaled
from remotes.words import codes

State = RemoteAction.State


def choose(cases: list[Case], now: datetime) -> Case | None:
    """Whose turn it is; those that wait for the vehicle's waking let the others pass."""
    waiting = [case for case in cases if not wake_ledger.waits_for_waking(case.action, now)]
    turn = next_turn([_waiting(case.action) for case in waiting], now, scaled(PATIENCE))
    _note_next_look([case.action for case in cases if case.action.pk != turn.action_id], turn.again_at, now)
    return next((case for case in waiting if case.action.pk == turn.action_id), None)


def has_expired(action: RemoteAction, now: datetime) -> bool:
    """End a queued action whose time to live is over."""
    if action.state not in UNSENT_STATES or action.expires_at > now:
        return False
    life = _life_of(action)
    why = Why(codes.EXPIRED_BECAUSE, life=life, why=action.why) if action.why else Why(codes.EXPIRED, life=life)
    end_by_us(action, why, state=State.EXPIRED)
    return True


def _life_of(action: RemoteAction) -> Why:
    seconds = round((action.expires_at - action.created_at).total_seconds())
    if seconds < 120:
        return Why(codes.SECONDS, number=str(seconds))
    return Why(codes.MINUTES, number=str(round(seconds / 60)))


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
