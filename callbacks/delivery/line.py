"""The order in which a callback's batches go: a batch waits only for earlier ones that share an order key with it."""

from bisect import bisect
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush


@dataclass
class _Place:
    keys: tuple[int, ...]
    due_at: datetime
    behind: int = 0
    """How many of its keys have another batch in front."""
    taken: bool = False


@dataclass
class Line:
    """The batches of one callback that wait or are under way, by id. Plain values: no clock, no database.

    `take` gives those that may be sent, each once; a taken one is then either `remove`d for good, or put `back` with a
    new due time.
    """

    _places: dict[int, _Place] = field(default_factory=dict)
    _queues: dict[int, deque[int]] = field(default_factory=dict)
    _later: list[tuple[datetime, int]] = field(default_factory=list)
    """A heap of those with nothing in front, by due time; entries of moved batches are stale and skipped."""
    _ready: list[int] = field(default_factory=list)
    """A heap of those of them that were due when last looked at."""
    _blocked: int = 0
    """How many have another batch in front."""

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, batch_id: int) -> bool:
        return batch_id in self._places

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def add(self, batch_id: int, keys: Iterable[int], due_at: datetime) -> None:
        """Put a batch into the line, behind those with lower ids and those that are under way."""
        place = _Place(tuple(set(keys)), due_at)
        self._places[batch_id] = place
        for key in place.keys:
            queue = self._queues.setdefault(key, deque())
            position = bisect(queue, batch_id)
            if position == 0 and queue and self._places[queue[0]].taken:
                position = 1
            if position == 0 and queue:
                self._move(self._places[queue[0]], 1)
            elif position > 0:
                self._move(place, 1)
            queue.insert(position, batch_id)
        self._offer(batch_id)

    def resting(self) -> list[int]:
        """The batches that are not under way."""
        return [batch_id for batch_id, place in self._places.items() if not place.taken]

    def busy(self) -> int:
        """About how many are under way or due; the others wait for their time or behind another one."""
        return len(self._places) - self._blocked - len(self._later)

    def take(self, now: datetime) -> int | None:
        """The oldest batch that may be sent now; None when there is none."""
        while self._later and self._later[0][0] <= now:
            heappush(self._ready, heappop(self._later)[1])
        while self._ready:
            batch_id = heappop(self._ready)
            place = self._places.get(batch_id)
            if place is not None and _is_free(place) and place.due_at <= now:
                place.taken = True
                return batch_id
        return None

    def back(self, batch_id: int, due_at: datetime) -> None:
        """A taken batch keeps its place and is due again at `due_at`."""
        place = self._places[batch_id]
        place.taken, place.due_at = False, due_at
        self._offer(batch_id)

    def hurry(self, batch_id: int, due_at: datetime) -> None:
        """Make a waiting batch due earlier; one under way is left alone."""
        place = self._places[batch_id]
        if not place.taken and due_at < place.due_at:
            place.due_at = due_at
            self._offer(batch_id)

    def remove(self, batch_id: int) -> None:
        """Take a batch out; those behind it move up."""
        place = self._places.pop(batch_id)
        self._blocked -= place.behind > 0
        for key in place.keys:
            queue = self._queues[key]
            first = queue[0] == batch_id
            queue.remove(batch_id)
            if not queue:
                del self._queues[key]
            elif first:
                self._move(self._places[queue[0]], -1)
                self._offer(queue[0])

    def next_due(self) -> datetime | None:
        """When `take` may give something again, as far as that is known now; call it when `take` gives nothing."""
        while self._later:
            due_at, batch_id = self._later[0]
            place = self._places.get(batch_id)
            if place is not None and _is_free(place) and place.due_at == due_at:
                return due_at
            heappop(self._later)
        return None

    def _move(self, place: _Place, by: int) -> None:
        """Another batch has come to stand in front of this one, or has gone from there."""
        before, place.behind = place.behind, place.behind + by
        self._blocked += (place.behind > 0) - (before > 0)

    def _offer(self, batch_id: int) -> None:
        place = self._places[batch_id]
        if _is_free(place):
            heappush(self._later, (place.due_at, batch_id))


def _is_free(place: _Place) -> bool:
    return place.behind == 0 and not place.taken
