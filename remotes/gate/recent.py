"""The last outcomes of requests to a gateway, shared by all processes in Redis; while it is lost, those of this one."""

import time
from collections import defaultdict, deque

from fleets.storage.redis import best_effort, client
from remotes.gate.circuit import KEPT, Seen, Sign

# Seconds after which old outcomes say nothing any more.
WORTH = 3600

_own: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=KEPT))
# Gateways that take actions though they refuse to be read, and until when that is believed: seconds, monotonic.
_sent: dict[int, float] = {}


def add(gateway_id: int, is_send: bool, seen: Seen) -> list[Seen]:
    """Note an outcome; gives the last ones of its sort, newest first."""
    key, text = _key(gateway_id, is_send), f"{seen.outcome} {seen.subject}"
    _own[key].appendleft(text)
    reads_again = not is_send and seen.outcome is Sign.ANSWERED
    if reads_again:
        _sent.pop(gateway_id, None)
    found: list[bytes] = []

    def note() -> None:
        pipeline = client().pipeline(transaction=False)
        pipeline.lpush(key, text)
        pipeline.ltrim(key, 0, KEPT - 1)
        pipeline.expire(key, WORTH)
        if reads_again:
            pipeline.delete(_sent_key(gateway_id))
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


def note_sent(gateway_id: int) -> None:
    """An action is taken by a gateway that refuses to be read: if it does so still, that is about reading alone."""
    _sent[gateway_id] = time.monotonic() + WORTH
    best_effort(lambda: client().set(_sent_key(gateway_id), 1, ex=WORTH))


def is_sent_all_the_same(gateway_id: int) -> bool:
    """Whether an action was taken within the hour though it refused to be read: refused readings close it no more."""
    found: list[bool] = []
    if best_effort(lambda: found.append(bool(client().exists(_sent_key(gateway_id))))):
        return found[0]
    return _sent.get(gateway_id, 0.0) > time.monotonic()


def _sent_key(gateway_id: int) -> str:
    return f"outcomes:{gateway_id}:sent-all-the-same"


def _key(gateway_id: int, is_send: bool) -> str:
    return f"outcomes:{gateway_id}:{'sent' if is_send else 'read'}"


def _read(text: str) -> Seen:
    outcome, _, subject = text.partition(" ")
    return Seen(Sign(outcome), subject)
