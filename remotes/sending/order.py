"""Which of a vehicle's remote actions is sent next: a plain function over plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# How long a comfort action waits for the one before it, at simulator speed 1: a vehicle stays awake that long.
PATIENCE = timedelta(minutes=3)


@dataclass(frozen=True)
class Waiting:
    """An action that has not ended, as far as its turn depends on it. Ids grow with the order of the requests."""

    id: int
    remote_type: str
    urgent: bool
    state: str
    accepted_at: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True)
class Turn:
    """The action to send now, or when to look again; neither when only an event can move things on."""

    action_id: int | None = None
    again_at: datetime | None = None


def next_turn(actions: Sequence[Waiting], now: datetime, patience: timedelta = PATIENCE) -> Turn:
    """Choose among one vehicle's open actions.

    They go in order, one request at a time. An urgent one goes ahead of waiting comfort ones and waits only for the
    answer to the request before it; a comfort one waits until all before it are done, or `patience` old. An action of
    unknown outcome blocks its own remote type only.
    """
    if any(action.state == "sending" for action in actions):
        return Turn()
    blocked_types = {action.remote_type for action in actions if action.state == "unknown"}
    queued = sorted((a for a in actions if a.state == "queued"), key=lambda a: (not a.urgent, a.id))
    again: list[datetime] = []
    for action in queued:
        if action.remote_type in blocked_types:
            continue
        waits_until = _waits_until(action, actions, patience)
        if waits_until is None or waits_until <= now:
            return Turn(action_id=action.id)
        again.append(waits_until)
        # What comes after it, of its type, stays behind it.
        blocked_types.add(action.remote_type)
        if not action.urgent:
            break
    return Turn(again_at=min(again, default=None))


def _waits_until(action: Waiting, actions: Sequence[Waiting], patience: timedelta) -> datetime | None:
    times = [action.not_before] if action.not_before else []
    if not action.urgent:
        times += [a.accepted_at + patience for a in actions if a.state == "accepted" and a.accepted_at]
    return max(times, default=None)
