"""How much of this worker one gateway takes: half of its threads at the most, so that one that hangs leaves some free.

Each thread sends through one gateway at a time. Who finds no room is woken when a thread is through; the row is due
soon all the same, so that nothing waits for a lost wake. Other processes than workers know no limit.
"""

import threading
from collections import Counter, defaultdict

from remotes.wake import DISPATCH, wake

_lock = threading.Lock()
_thread = threading.local()
_threads_at: Counter[int] = Counter()
# Gateway → vehicles that found no room, in their order, and whether urgently.
_turned_away: defaultdict[int, dict[int, bool]] = defaultdict(dict)
_most: int | None = None


def share(threads: int) -> None:
    """This process is a worker with that many threads."""
    global _most
    _most = max(1, threads // 2)


def enter(gateway_id: int, vehicle_id: int, urgent: bool) -> bool:
    """Whether this thread may send through the gateway, until it leaves."""
    if _most is None or _gateway_of_thread() == gateway_id:
        return True
    with _lock:
        if _threads_at[gateway_id] >= _most:
            _turned_away[gateway_id][vehicle_id] = urgent
            return False
        _threads_at[gateway_id] += 1
        _turned_away[gateway_id].pop(vehicle_id, None)
    _thread.gateway_id = gateway_id
    return True


def leave() -> None:
    """Make room, where this thread has taken it, and wake who waits for it: urgent ones first."""
    gateway_id = _gateway_of_thread()
    if gateway_id is None:
        return
    _thread.gateway_id = None
    with _lock:
        _threads_at[gateway_id] -= 1
        waiting = _turned_away[gateway_id]
        vehicle_id = next((id for id, urgent in waiting.items() if urgent), next(iter(waiting), None))
        urgent = vehicle_id is not None and waiting.pop(vehicle_id)
    if vehicle_id is not None:
        wake(DISPATCH, [vehicle_id], urgent=urgent)


def _gateway_of_thread() -> int | None:
    return getattr(_thread, "gateway_id", None)
