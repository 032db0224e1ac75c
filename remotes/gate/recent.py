"""The last outcomes of requests to a gateway, shared by all processes in Redis; while it is lost, those of this one."""

from collections import defaultdict, deque

from fleets.storage.redis import best_effort, client
from remotes.gate.circuit import KEPT, Seen, Sign

# Seconds after which old outcomes say nothing any more.
WORTH = 3600

_own: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=KEPT))


def add(gateway_id: int, is_send: bool, seen: Seen) -> list[Seen]:
    """Note an outcome; gives the last ones of its sort, newest first."""
    key, text = _key(gateway_id, is_send), f"{seen.outcome} {seen.subject}"
    _own[key].appendleft(text)
    found: list[bytes] = []

    def note() -> None:
        pipeline = client().pipeline(transaction=False)
        pipeline.lpush(key, text)
        pipeline.ltrim(key, 0, KEPT - 1)
        pipeline.expire(key, WORTH)
        pipeline.lrange(key, 0, -1)
        found.extend(pipeline.execute()[-1])

    shared = best_effort(note)
    return [_read(item) for item in ([raw.decode() for raw in found] if shared else _own[key])]


def forget(gateway_id: int) -> None:
    """Begin anew: the gateway works again, so what was before says nothing."""
    keys = [_key(gateway_id, is_send) for is_send in (True, False)]
    for key in keys:
        _own.pop(key, None)
    best_effort(lambda: client().delete(*keys))


def _key(gateway_id: int, is_send: bool) -> str:
    return f"outcomes:{gateway_id}:{'sent' if is_send else 'read'}"


def _read(text: str) -> Seen:
    outcome, _, subject = text.partition(" ")
    return Seen(Sign(outcome), subject)
