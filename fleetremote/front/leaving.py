"""Whoever leaves while waiting for a turn gives it up: else those who ask and go would fill the line for all others."""

import asyncio
from typing import Any

from fleetremote.front.asgi_types import Receive, Scope
from fleetremote.front.refusals import Left

_KEY = "fleetremote.leaving"


class Leaving:
    """Of one request whose body has been read. Looks only once something has to be waited for."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left: asyncio.Task[None] | None = None

    async def wait_for(self, turn: "asyncio.Future[None]") -> None:
        """Raises Left, with the turn cancelled, where they leave before it comes."""
        if turn.done():
            return
        if self._left is None:
            self._left = asyncio.create_task(self._look())
        left = self._left

        def give_up(_: Any) -> None:
            turn.cancel()

        left.add_done_callback(give_up)
        try:
            await turn
        except asyncio.CancelledError:
            if left.done():
                raise Left from None
            raise
        finally:
            left.remove_done_callback(give_up)

    def close(self) -> None:
        """It does not matter any more."""
        if self._left is not None:
            self._left.cancel()

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def with_leaving(scope: Scope, leaving: Leaving) -> Scope:
    """The scope for those who give turns."""
    return {**scope, _KEY: leaving}


def leaving_of(scope: Scope) -> Leaving:
    """As it was given, or of somebody who never leaves."""
    found = scope.get(_KEY)
    return found if isinstance(found, Leaving) else Leaving(_never)


async def _never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError
