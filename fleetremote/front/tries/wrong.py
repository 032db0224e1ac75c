"""Who has shown wrong secrets lately, by address, and which credentials were right: in this process's memory alone.

Both are bounded: whoever was here longest ago is forgotten first.
"""

import hashlib
import secrets
from collections import OrderedDict
from time import monotonic
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

FREE = 10
"""Wrong ones that cost an address nothing: people mistype, tokens end."""

FORGIVEN = 10 / 60
"""Wrong ones that are forgotten a second."""

STEP, LONGEST = 0.25, 5.0
"""Seconds that each further one waits longer for its answer, and the most that any waits."""

KEPT = 10_000
"""Addresses, and credentials, that are remembered."""

KNOWN_SECONDS = 600.0


class Tries:
    """How many wrong ones each address has shown, less what is forgiven with time."""

    def __init__(self) -> None:
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def count(self, whose: str) -> float:
        """Count a wrong one; gives how many seconds its answer waits."""
        # What goes beyond the longest wait is not added up: the address would have to live it down.
        level = min(self._level(whose) + 1, FREE + LONGEST / STEP)
        _remember(self._levels, whose, (level, monotonic()))
        return max(0.0, level - FREE) * STEP

    def is_failing(self, whose: str) -> bool:
        """Whether its next wrong one would wait."""
        return self._level(whose) > FREE - 1

    def _level(self, whose: str) -> float:
        level, at = self._levels.get(whose, (0.0, 0.0))
        return max(0.0, level - (monotonic() - at) * FORGIVEN)


class Known:
    """Credentials that were right a short while ago, as digests that mean nothing outside of this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def has(self, credentials: bytes) -> bool:
        seen = self._seen.get(self._digest(credentials))
        return seen is not None and monotonic() - seen < KNOWN_SECONDS

    def add(self, credentials: bytes) -> None:
        """They were right just now."""
        _remember(self._seen, self._digest(credentials), monotonic())

    def _digest(self, credentials: bytes) -> bytes:
        return hashlib.blake2b(credentials, key=self._key, digest_size=16).digest()


def _remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > KEPT:
        kept.popitem(last=False)


TRIES, KNOWN = Tries(), Known()
"""Those of this process."""
