"""Ends what is not sent in time: when its time to live is over, or as soon as it is clear that it will be."""

from datetime import datetime

from protocol.why import Why
from remotes.asking.told import tell_decided
from remotes.life.endings import end_by_us
from remotes.models import UNSENT_STATES, RemoteAction
from remotes.words import codes

State = RemoteAction.State


def has_expired(action: RemoteAction, now: datetime) -> bool:
    """End an action that waits and whose time to live is over."""
    if action.state not in UNSENT_STATES or action.expires_at > now:
        return False
    life = _life_of(action)
    if action.state == State.WAITING_APPROVAL:
        end_by_us(action, Why(codes.APPROVAL_EXPIRED, life=life), state=State.EXPIRED)
        tell_decided(action)
        return True
    why = Why(codes.EXPIRED_BECAUSE, life=life, why=action.why) if action.why else Why(codes.EXPIRED, life=life)
    end_by_us(action, why, state=State.EXPIRED)
    return True


def expires_before(action: RemoteAction, at: datetime, why: Why) -> bool:
    """End an action that can't be sent before `at`, if that is too late; `why` it can't.

    Whoever waits for it learns so while there is time to do something else.
    """
    if at < action.expires_at:
        return False
    end_by_us(action, Why(codes.EXPIRES_FIRST, life=_life_of(action), why=why), state=State.EXPIRED)
    return True


def _life_of(action: RemoteAction) -> Why:
    began_at = action.created_at if action.approved_at is None else action.approved_at
    seconds = round((action.expires_at - began_at).total_seconds())
    if seconds < 120:
        return Why(codes.SECONDS, number=str(seconds))
    return Why(codes.MINUTES, number=str(round(seconds / 60)))
