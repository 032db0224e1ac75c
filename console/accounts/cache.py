"""What the library of accounts remembers for a while (settings.CACHES): counts of tries, and codes that were used.

It is shared by all processes, in Redis; while that is away, each process remembers for itself, so that people can log
in and nobody may guess without end. Values are JSON: nothing that is read back is run.
"""

import json
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.utils.crypto import salted_hmac

from fleets.storage.redis import best_effort, client

_SALT = "console.accounts.cache"
_LONGEST = 24 * 3600
"""Seconds: nothing here is kept for longer."""


class SharedCache(BaseCache):
    """Redis first, else this process's memory."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._own = LocMemCache(location or "accounts", params)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        place, text, seconds = self._place(key, version), json.dumps(value), self._seconds(timeout)
        found = _asked(lambda: client().set(place, text, px=int(seconds * 1000), nx=True))
        return bool(found[0]) if found else bool(self._own.add(key, value, seconds, version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        place = self._place(key, version)
        found = _asked(lambda: client().get(place))
        if not found:
            return self._own.get(key, default, version)
        return default if found[0] is None else json.loads(found[0])

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        place, text, seconds = self._place(key, version), json.dumps(value), self._seconds(timeout)
        if not _asked(lambda: client().set(place, text, px=int(seconds * 1000))):
            self._own.set(key, value, seconds, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        place, seconds = self._place(key, version), self._seconds(timeout)
        found = _asked(lambda: client().pexpire(place, int(seconds * 1000)))
        return bool(found[0]) if found else bool(self._own.touch(key, seconds, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        place = self._place(key, version)
        found = _asked(lambda: client().delete(place))
        here = bool(self._own.delete(key, version))
        return bool(found and found[0]) or here

    def clear(self) -> None:
        """Only what this process remembers: Redis holds more than this."""
        self._own.clear()

    def _place(self, key: Any, version: Any) -> str:
        """Keys of the library's hold addresses, which don't stand in Redis."""
        return f"cache:{salted_hmac(_SALT, self.make_key(key, version), algorithm='sha256').hexdigest()}"

    def _seconds(self, timeout: Any) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return _LONGEST if seconds is None else min(max(float(seconds), 0.001), _LONGEST)


def _asked(ask: Callable[[], object]) -> list[Any]:
    """The one answer of Redis, or none."""
    found: list[Any] = []
    best_effort(lambda: found.append(ask()))
    return found
