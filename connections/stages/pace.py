"""Spaces the requests of an account that is no gateway yet, so that its cloud's limits hold before they are known."""

import time

from fleets.storage import clock
from gateways import rate_headers
from gateways.dialects import client
from gateways.interface import Account, Exchange, GatewayClient
from gateways.tokens import MemoryStore

# Requests a second until the cloud tells its limit; then half of that, since others may ask as well.
FIRST = 20.0
SHARE = 0.5
# Where it asks to slow down all the same: so many times, each four times as slow, after a pause of seconds at the most.
TRIES = 4
SLOWER = 4.0
LONGEST = 45.0


class Pace:
    """One reading."""

    def __init__(self) -> None:
        self._rate = FIRST
        self._next = 0.0
        self._pause: float | None = None
        self._tries = TRIES
        self._tokens = MemoryStore()

    def client(self, account: Account) -> GatewayClient:
        """A client that waits before each request."""
        return client(account, self._tokens).observed_by(self._observe, self._leave)

    def slow_down(self) -> float | None:
        """Seconds to wait before all is read again, more slowly; None where the cloud has not asked for that."""
        pause, self._pause = self._pause, None
        if pause is None or not self._tries:
            return None
        self._tries -= 1
        self._rate /= SLOWER
        return min(max(pause, 1.0), LONGEST)

    def _leave(self) -> None:
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + 1 / self._rate

    def _observe(self, exchange: Exchange) -> None:
        if exchange.duration is None or not exchange.counts:
            return
        told = rate_headers.read(exchange.status, exchange.response_headers, clock.now())
        if told.burst and exchange.counts:
            self._rate = min(self._rate, max(told.burst * SHARE, SHARE))
        self._pause = told.pause
