"""Holds what arrived against what was promised."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.faults.crash.house import CrashHouse
from tests.faults.crash.plan import Event
from tests.faults.crash.subscribers import Request

# What was committed: by our own code, and by the webhook.
_PROMISED = """
SELECT number FROM crash_promise
UNION ALL
SELECT (extra ->> 'number')::bigint FROM remotes_remoteevent
"""

_BATCHES = """
SELECT message_id, state, encode(sha256(body), 'hex'),
    (SELECT count(*) FROM callbacks_attempt attempt WHERE attempt.batch_id = batch.id AND status BETWEEN 200 AND 299)
FROM callbacks_batch batch
"""


@dataclass(frozen=True)
class Report:
    """Counts of events, unless a field says otherwise. `harms` is how often each harm was done."""

    promised: int
    lost: int
    """Promised, and never accepted by the subscriber."""
    duplicates: int
    """Arrivals beyond the first."""
    formed_twice: int
    """Found in more than one batch."""
    out_of_order: int
    """First arrivals after that of an event of the same callback and vehicle that was put in later."""
    changed: int
    """Requests whose bytes are not those of the batch, as it was formed, with their webhook-id."""
    undelivered: int
    """Batches that are not `delivered` in the end, or that no row of a successful attempt speaks of."""
    batches: int
    requests: int
    accepted: int
    """Requests answered 200."""
    unwritten: int
    """Requests answered 200 without a row: whoever was to write it was killed before its commit."""
    harms: Mapping[str, int]
    seconds: float

    @property
    def duplicate_share(self) -> float:
        return self.duplicates / max(self.promised, 1)

    @property
    def broken(self) -> list[str]:
        """The promises that were not kept."""
        names = ("lost", "formed_twice", "out_of_order", "changed", "undelivered")
        return [name for name in names if getattr(self, name)]

    @property
    def in_words(self) -> str:
        return (
            f"{self.promised} notifications, {sum(self.harms.values())} kills and flushes in {self.seconds:.0f} s: "
            f"{self.lost} lost, {self.out_of_order} out of order, {self.duplicates} twice ({self.duplicate_share:.1%})"
        )


@dataclass(frozen=True)
class Stored:
    """A batch as the database has it."""

    state: str
    digest: str
    successes: int
    """Rows of attempts that were answered 2xx."""

    @property
    def is_delivered(self) -> bool:
        return self.state == "delivered" and self.successes > 0


def make_report(house: CrashHouse, requests: Sequence[Request], harms: Mapping[str, int], seconds: float) -> Report:
    """Read the promises and the batches from the database, which is at rest."""
    promised = [number for (number,) in house.ask(_PROMISED)]
    batches = {f"msg_{message_id.hex}": Stored(*rest) for message_id, *rest in house.ask(_BATCHES)}
    accepted = [request for request in requests if request.accepted]
    arrivals = Counter(number for request in accepted for number in request.numbers)
    return Report(
        promised=len(promised),
        lost=len(set(promised) - arrivals.keys()),
        duplicates=arrivals.total() - len(arrivals),
        formed_twice=formed_twice(requests),
        out_of_order=out_of_order(house.plan.events(), accepted),
        changed=sum(
            request.webhook_id not in batches or batches[request.webhook_id].digest != request.digest
            for request in requests
        ),
        undelivered=sum(not batch.is_delivered for batch in batches.values()),
        batches=len(batches),
        requests=len(requests),
        accepted=len(accepted),
        unwritten=len(accepted) - sum(batch.successes for batch in batches.values()),
        harms=dict(harms),
        seconds=seconds,
    )


def formed_twice(requests: Sequence[Request]) -> int:
    """Events that came under more than one webhook-id, refused requests included."""
    ids = defaultdict(set)
    for request in requests:
        for number in request.numbers:
            ids[number].add(request.webhook_id)
    return sum(len(found) > 1 for found in ids.values())


def out_of_order(events: Sequence[Event], accepted: Sequence[Request]) -> int:
    """First arrivals that come too late among those of their vehicle; within a request its order counts."""
    vehicles = {event.number: (event.callback, event.vehicle) for event in events}
    latest: dict[tuple[int, int], int] = {}
    seen: set[int] = set()
    late = 0
    for number in (number for request in accepted for number in request.numbers):
        if number not in seen:
            seen.add(number)
            before = latest.get(vehicles[number], -1)
            late += number < before
            latest[vehicles[number]] = max(number, before)
    return late
