"""The budgets of a gateway, shared by all processes in Redis: requests in any second (the burst) and in 24 hours.

A request takes a slot, and a slot is free again a second after the request has reached the cloud; so no second holds
more than the burst. Where none is free actions wait in a line, and slots are granted to whose turn it is. Limits are
learnt from the answers: until the first one, one request at a time goes. Each operation is one step in budgets.lua.

Redis lost: a process goes by what it knew last, divided by DISPATCH_PROCESSES.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from redis.commands.core import Script

from fleets.storage.redis import best_effort, client
from gateways.rate_headers import Told

# Seconds that anything but sending an action waits for its slot at the most, and between two looks.
PATIENCE = 2.0
LOOK = 0.25
# Seconds that a line lasts when nobody leads it.
LINE = 5
# Seconds between two tries of other requests while Redis is lost.
ALONE_WAIT = 5.0


class Kind(StrEnum):
    """What a request is for. All but sending an action is `OTHER`, and stands back; regular `READING` even more."""

    URGENT = "urgent"
    COMFORT = "comfort"
    OTHER = "other"
    READING = "reading"


@dataclass(frozen=True)
class Limits:
    """Requests a second and in 24 hours. None: not known, 0: no limit."""

    burst: int | None = None
    day: int | None = None


@dataclass(frozen=True)
class Wait:
    """Nothing is free, perhaps in so many seconds.

    `cause`: line (the burst is used, or others are before), pause (the cloud has asked for it), day (what is left of
    the day is kept for urgent actions, or nothing is left), spread (little is left of the day, so one by one).
    `urgent` and `total`: how many actions wait in the line, None where nobody has counted.
    """

    cause: str
    seconds: float
    limits: Limits
    left: int | None = None
    urgent: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Asker:
    """Who asks for a slot. `known`: the limits as they were learnt last, for when Redis has forgotten them.

    `cap`: no more requests a second than these for now, whatever the limit.
    """

    gateway_id: int
    fleet_id: int
    kind: Kind
    known: Limits = field(default_factory=Limits)
    cap: int | None = None


# Each thread's slots by gateway: in hand are those that are not used yet, in flight those whose answer is not there.
_slots = threading.local()
# What this process knew last of each gateway, and when it may send again while Redis is lost.
_last_known: dict[int, Limits] = {}
_alone_again: dict[int, float] = {}
_alone_lock = threading.Lock()


def take(asker: Asker) -> Wait | None:
    """Take a slot into this thread's hand for an action that is sent at once; None when there was one."""
    slot = _new_slot()
    answer = _run("take", asker, slot, _hand().pop(asker.gateway_id, ""))
    wait = _alone(asker) if answer is None else _wait(asker, answer)
    if wait is None:
        _hand()[asker.gateway_id] = slot
    return wait


def take_unasked(gateway_id: int) -> None:
    """Put a slot into this thread's hand for a request that goes whatever the budget says."""
    _hand()[gateway_id] = _new_slot()


def grant(asker: Asker) -> Wait | None:
    """Keep a slot for the next of the asker's fleet and kind that asks; None when there was one."""
    answer = _run("grant", asker, _new_slot(), asker.fleet_id)
    return Wait("line", ALONE_WAIT, asker.known) if answer is None else _wait(asker, answer)


def take_spare(asker: Asker) -> Wait | None:
    """Take a slot into this thread's hand for anything but sending, and wait for it up to PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        slot = _new_slot()
        answer = _run("spare", asker, slot)
        if answer is None:
            if _limit_alone(asker):
                return Wait("line", ALONE_WAIT, asker.known)
            _hand()[asker.gateway_id] = slot
            return None
        wait = _wait(asker, answer)
        if wait is None:
            _hand()[asker.gateway_id] = slot
            time.sleep(float(answer[1]))
            return None
        if time.monotonic() + wait.seconds > deadline:
            return wait
        time.sleep(min(wait.seconds, LOOK))


def in_hand(gateway_id: int) -> bool:
    """Whether this thread has a slot that is not used yet."""
    return gateway_id in _hand()


def sent(gateway_id: int) -> None:
    """A request goes out now, in this thread, with the slot in hand or without one."""
    slot = _in_flight()[gateway_id] = _hand().pop(gateway_id, "") or _new_slot()
    _run("sent", _whoever(gateway_id), slot)


def answered(gateway_id: int, took: float, told: Told, *, is_answer: bool) -> Limits | None:
    """The request of this thread has been answered after `took` seconds, or surely is not.

    `is_answer`: the cloud itself has answered, so limits that it does not tell are not there. Gives the limits as they
    are known now, None while Redis is lost.
    """
    slot = _in_flight().pop(gateway_id, "") or _hand().pop(gateway_id, "") or _new_slot()
    numbers = ("" if number is None else number for number in (told.burst, told.day, told.left, told.pause))
    answer = _run("answered", _whoever(gateway_id), slot, took, *numbers, "1" if is_answer else "")
    return None if answer is None else _limits(answer)


def served(gateway_id: int) -> dict[int, float]:
    """When each fleet had a slot granted last, in seconds of one clock; fleets that had none lately are left out."""
    found = _ask(lambda: client().hgetall(_key(gateway_id, "served"))) or {}
    return {int(fleet_id): float(at) for fleet_id, at in found.items()}


def keep_line(gateway_id: int, urgent: int, total: int) -> None:
    """The line goes on: so many actions wait."""
    _ask(lambda: client().set(_key(gateway_id, "line"), f"{urgent}:{total}", ex=LINE))


def end_line(gateway_id: int) -> None:
    """Nobody waits any more: slots are free for whoever asks."""
    _ask(lambda: client().delete(_key(gateway_id, "line")))


def with_line(gateway_ids: Iterable[int]) -> set[int]:
    """Those of the gateways where actions wait in a line."""
    ids = list(gateway_ids)
    found = _ask(lambda: client().mget([_key(id, "line") for id in ids])) if ids else None
    return {id for id, value in zip(ids, found, strict=True) if value is not None} if found else set()


@contextmanager
def leading(gateway_id: int) -> Iterator[bool]:
    """Whether the caller leads the gateway's line meanwhile; one at a time does, and none while Redis is lost."""
    key = _key(gateway_id, "leader")
    is_leader = bool(_ask(lambda: client().set(key, "1", nx=True, ex=LINE)))
    try:
        yield is_leader
    finally:
        if is_leader:
            _ask(lambda: client().delete(key))


def _run(operation: str, asker: Asker, slot: str, *more: str | float) -> list[str] | None:
    """The script's answer, None while Redis is lost."""
    gateway_id, known = asker.gateway_id, asker.known
    keys = [_key(gateway_id, name) for name in ("told", "slots", "line", f"grants:{asker.kind}:{asker.fleet_id}")]
    args = ["" if value is None else value for value in (known.burst, known.day, asker.cap)]
    found = _ask(lambda: _script()([*keys, _key(gateway_id, "served")], [operation, slot, asker.kind, *args, *more]))
    if found is None:
        return None
    answer = [item.decode() for item in found]
    limits = _limits(answer)
    if limits.burst is not None:
        _last_known[gateway_id] = limits
    return answer


def _ask(work: Callable[[], Any]) -> Any:
    """What Redis answers, None while it is lost."""
    found: list[Any] = []
    best_effort(lambda: found.append(work()))
    return found[0] if found else None


@cache
def _script() -> Script:
    return client().register_script(Path(__file__).with_suffix(".lua").read_text())


def _key(gateway_id: int, name: str) -> str:
    return f"budget:{gateway_id}:{name}"


def _new_slot() -> str:
    return uuid4().hex


def _whoever(gateway_id: int) -> Asker:
    return Asker(gateway_id, 0, Kind.OTHER, _last_known.get(gateway_id, Limits()))


def _hand() -> dict[int, str]:
    hand: dict[int, str] = _slots.__dict__.setdefault("hand", {})
    return hand


def _in_flight() -> dict[int, str]:
    in_flight: dict[int, str] = _slots.__dict__.setdefault("in_flight", {})
    return in_flight


def _wait(asker: Asker, answer: list[str]) -> Wait | None:
    cause, seconds, _, _, left, line = answer
    if cause == "go":
        return None
    urgent, _, total = line.partition(":")
    return Wait(cause, float(seconds), _limits(answer), _number(left), _number(urgent), _number(total))


def _limits(answer: list[str]) -> Limits:
    return Limits(_number(answer[2]), _number(answer[3]))


def _number(text: str) -> int | None:
    return int(float(text)) if text else None


def _alone(asker: Asker) -> Wait | None:
    """This process's share of the burst, as long as nobody can be asked."""
    burst = _limit_alone(asker)
    if not burst:
        return None
    now = time.monotonic()
    with _alone_lock:
        again = _alone_again.get(asker.gateway_id, 0.0)
        if again > now:
            return Wait("line", again - now, asker.known)
        _alone_again[asker.gateway_id] = now + settings.DISPATCH_PROCESSES / burst
    return None


def _limit_alone(asker: Asker) -> int:
    """The burst as it was known last, 0 when there was none."""
    limits = (_last_known.get(asker.gateway_id, asker.known).burst, asker.cap)
    return min((limit for limit in limits if limit), default=0)
