"""How many bytes are held in memory at a time, and who makes place when there are too many.

It is never the newcomer because of being new: whoever holds most goes, or has waited longest, so that many large ones,
or one who asks much, cost others nothing. Every share belongs to one event loop.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from types import TracebackType
from typing import Self


class NoRoom(Exception):
    """This share was the largest when there was no room left, and it is over."""


class Room:
    def __init__(self, most: int) -> None:
        """`most` is a number of bytes."""
        self.most = most
        self.held = 0
        self._shares: dict[Share, None] = {}
        self._by_whom: Counter[Hashable] = Counter()

    def share(self, whose: Hashable, end: Callable[[], None]) -> "Share":
        """A share without bytes yet, for `whose` sake. `end` is called where it has to go for others."""
        return Share(self, whose, end)

    def change(self, share: "Share", by: int) -> None:
        share.held += by
        self.held += by
        self._by_whom[share.whose] += by
        if share.held:
            self._shares[share] = None
        else:
            self._shares.pop(share, None)
        if not self._by_whom[share.whose]:
            del self._by_whom[share.whose]

    def make_place(self, share: "Share") -> None:
        """Raises NoRoom where the share itself has to go."""
        while self.held > self.most:
            # All that is held may be settled by now.
            last = self._who_goes([other for other in self._shares if not other.is_settled]) or share
            self.change(last, -last.held)
            last.is_over = True
            if last is share:
                raise NoRoom
            last.end()

    def _who_goes(self, shares: Sequence["Share"]) -> "Share | None":
        """Of those that are held for the sake of whoever holds most, the largest."""
        return max(shares, key=lambda share: (self._by_whom[share.whose], share.held), default=None)


class WaitingRoom(Room):
    """Where the one goes that has given nothing back for the longest time."""

    def change(self, share: "Share", by: int) -> None:
        if by < 0:
            self._shares.pop(share, None)
        super().change(share, by)

    def _who_goes(self, shares: Sequence["Share"]) -> "Share | None":
        return next(iter(shares), None)


class Share:
    """What one request holds; leave it by `with`."""

    def __init__(self, room: Room, whose: Hashable, end: Callable[[], None]) -> None:
        self.room, self.whose, self.end = room, whose, end
        self.held = 0
        self.is_over = False
        self.is_settled = False
        """Whether it is in use, so that ending it would give nothing back."""

    def take(self, size: int) -> None:
        """Raises NoRoom."""
        if self.is_over:
            raise NoRoom
        self.room.change(self, size)
        self.room.make_place(self)

    def give_back(self, size: int) -> None:
        self.room.change(self, -min(size, self.held))

    def move(self, room: Room, whose: Hashable) -> None:
        """Hold the same in another room. Raises NoRoom."""
        held = self.held
        self.room.change(self, -held)
        self.room, self.whose = room, whose
        self.take(held)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.room.change(self, -self.held)
