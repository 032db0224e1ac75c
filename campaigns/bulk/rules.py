"""Decides what a bulk command does next: how many vehicles it asks now, whether it goes on, and when it ends.

Plain functions of numbers: campaigns/bulk/running.py brings them and does what is decided.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from remotes.models import BulkCommand

State = BulkCommand.State
Halt = BulkCommand.Halt

# Failures are looked at only once so many have ended: the first of all to fail would be 100 %.
ENOUGH_ENDED = 10

# Seconds between two steps, and vehicles that one step asks at the most.
RHYTHM = 2.0
SLICE = 200

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Care:
    """How carefully it goes out. Shares are in percent; `canary_size` 0 and `abort_share` None leave that out.

    `pace` is how many vehicles are asked in any minute at the most.
    """

    pace: int
    canary_size: int = 0
    canary_share: int = 100
    abort_share: int | None = None


@dataclass(frozen=True)
class Counts:
    """How many vehicles stand how. `cancelled` were asked and then cancelled one by one, while it goes on."""

    waiting: int = 0
    asked: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def started(self) -> int:
        return self.asked + self.succeeded + self.failed + self.cancelled

    @property
    def ended(self) -> int:
        return self.succeeded + self.failed


@dataclass(frozen=True)
class Tempo:
    """How many were asked in the last minute, and when the last one was; None when none ever was."""

    lately: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """Ask `start` vehicles and be in `state`. `halt` says why it ends early: `number` of `of` vehicles in figures."""

    state: State
    start: int = 0
    halt: Halt | None = None
    number: int = 0
    of: int = 0
    is_finished: bool = False


def next_step(state: State, counts: Counts, tempo: Tempo, care: Care, now: datetime) -> Step:
    """What to do now. The state is that of a bulk command that was started."""
    if not counts.asked and (not counts.waiting or state not in (State.CANARY, State.RUNNING)):
        return Step(State.DONE if state in (State.CANARY, State.RUNNING) else state, is_finished=True)
    if state == State.CANARY:
        return _canary(counts, tempo, care, now)
    if state == State.RUNNING:
        return _run(counts, tempo, care, now)
    return Step(state)


def canary_size(counts: Counts, care: Care) -> int:
    """How many go first: all, where there are fewer than were wanted."""
    return min(care.canary_size, counts.started + counts.waiting)


def allowance(tempo: Tempo, pace: int, now: datetime) -> int:
    """How many may be asked now: spread over the minute, and in any minute not more than `pace`."""
    since = timedelta(seconds=RHYTHM) if tempo.last_at is None else now - tempo.last_at
    share = min(max(since, timedelta()), MINUTE) / MINUTE
    return max(min(pace - tempo.lately, ceil(pace * share), SLICE), 0)


def _canary(counts: Counts, tempo: Tempo, care: Care, now: datetime) -> Step:
    """Decided as soon as it is certain, since one vehicle that can't be reached would keep all others waiting."""
    size = canary_size(counts, care)
    if counts.succeeded * 100 >= care.canary_share * size:
        return _run(counts, tempo, care, now)
    can_succeed = size - counts.failed - counts.cancelled
    if can_succeed * 100 < care.canary_share * size:
        return Step(State.ABORTED, halt=Halt.CANARY, number=counts.succeeded, of=size)
    return Step(State.CANARY, min(max(size - counts.started, 0), allowance(tempo, care.pace, now)))


def _run(counts: Counts, tempo: Tempo, care: Care, now: datetime) -> Step:
    limit = care.abort_share
    many_failed = limit is not None and counts.failed * 100 >= limit * counts.ended
    if many_failed and counts.waiting and counts.ended >= ENOUGH_ENDED:
        return Step(State.ABORTED, halt=Halt.FAILURES, number=counts.failed, of=counts.ended)
    return Step(State.RUNNING, min(counts.waiting, allowance(tempo, care.pace, now)))
