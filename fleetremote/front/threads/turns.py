"""Whose request has a thread next: whom we know and whom we don't in alternation, and of each kind one after the other.

So a thousand requests of one, however fast each follows the last, keep nobody else waiting for more than a few.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fleetremote.front.addresses import who_counts
from fleetremote.front.asgi_types import Scope
from fleetremote.front.leaving import Leaving
from fleetremote.front.tries import wrong
from fleetremote.front.tries.doors import credentials, session_key

SESSIONS = wrong.Known()
"""Of people who were logged in when they last asked."""


@dataclass(frozen=True)
class Asker:
    """Whose turns are counted together."""

    is_known: bool
    whose: Hashable


def asker_of(scope: Scope) -> Asker:
    """A client or a session that this process has seen to be right lately, else an address."""
    shown, session = credentials(scope), session_key(scope).encode()
    if shown and wrong.KNOWN.has(shown):
        return Asker(True, shown)
    if session and SESSIONS.has(session):
        return Asker(True, session)
    return Asker(False, who_counts(scope))


Turn = asyncio.Future[None]


class _Kind:
    """Those who wait: whom we know, or whom we don't."""

    def __init__(self, most: int, *, from_both_ends: bool) -> None:
        """At `most` so many have a turn at a time. `from_both_ends`: of one asker who came last and who came first, in
        alternation; so neither a crowd that came before hinders one beside it, nor one that comes and goes after.
        """
        self.free = most
        self._from_both_ends = from_both_ends
        self._is_last_next = from_both_ends
        self._lines: OrderedDict[Hashable, deque[Turn]] = OrderedDict()

    def add(self, whose: Hashable, turn: Turn) -> None:
        self._lines.setdefault(whose, deque()).append(turn)

    def give(self) -> bool:
        """Give the next one a turn, if there is one."""
        while self.free and self._lines:
            whose, line = next(iter(self._lines.items()))
            turn = line.pop() if self._is_last_next else line.popleft()
            if line:
                self._lines.move_to_end(whose)
            else:
                del self._lines[whose]
            # Who has left is passed over.
            if not turn.done():
                self.free -= 1
                self._is_last_next = self._from_both_ends and not self._is_last_next
                turn.set_result(None)
                return True
        return False


class Turns:
    """So many threads, of which those whom we do not know have half."""

    def __init__(self, threads: int) -> None:
        self._free = threads
        self._known = _Kind(threads, from_both_ends=False)
        self._strangers = _Kind(max(1, threads // 2), from_both_ends=True)
        self._order = [self._known, self._strangers]

    @asynccontextmanager
    async def turn(self, asker: Asker, leaving: Leaving) -> AsyncIterator[None]:
        """Wait for it, and have it within this block. Raises Left."""
        kind = self._known if asker.is_known else self._strangers
        turn: Turn = asyncio.get_running_loop().create_future()
        kind.add(asker.whose, turn)
        self._give()
        try:
            await leaving.wait_for(turn)
            yield
        finally:
            if not turn.cancelled():
                self._free += 1
                kind.free += 1
                self._give()

    def _give(self) -> None:
        while self._free:
            first, second = self._order
            if first.give():
                self._order = [second, first]
            elif not second.give():
                return
            self._free -= 1
