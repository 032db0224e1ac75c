"""The line before a gateway: the queued actions that are due there, a vehicle each, and whose turn it is."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from fleets.storage import clock
from protocol.catalogue import REMOTE_TYPES
from remotes.models import RemoteAction
from remotes.models.rules import holding

# An action that the gate holds is due again so soon: who leads the line takes all that are due by then as waiting.
AGAIN = timedelta(seconds=1)

URGENT_TYPES = [name for name, entry in REMOTE_TYPES.items() if entry.urgent]

# Vehicles of each fleet that are read at a time.
FRONT = 50


@dataclass(frozen=True)
class InLine:
    """A vehicle whose first action waits, in which of the lines, and until when."""

    vehicle_id: int
    fleet_id: int
    urgent: bool
    expires_at: datetime


@dataclass(frozen=True)
class Line:
    """The first places of each fleet in their order, and how many vehicles wait with an urgent action and in all."""

    places: list[InLine]
    urgent: int
    total: int


def waiting(gateway_id: int) -> Line:
    """Who waits at the gateway now. Fleets that somebody has stopped and actions whose time is over do not."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [URGENT_TYPES, gateway_id, clock.now() + AGAIN, FRONT])
        rows = cursor.fetchall()
    places = [InLine(*row[:4]) for row in rows]
    urgent, total = rows[0][4:] if rows else (0, 0)
    return Line(places, urgent, total)


def turns(places: list[InLine], served: Mapping[int, float]) -> Iterator[InLine]:
    """The places in the order in which they are let through: urgent first, then the fleet that was served longest ago.

    `served`: when each fleet was served last, in any clock; fleets that are not there come first.
    """
    queues: dict[tuple[bool, int], deque[InLine]] = {}
    for place in places:
        queues.setdefault((not place.urgent, place.fleet_id), deque()).append(place)
    last = dict(served)
    step = max(last.values(), default=0.0)
    while queues:
        key = min(queues, key=lambda key: (key[0], last.get(key[1], float("-inf"))))
        yield queues[key].popleft()
        step += 1
        last[key[1]] = step
        if not queues[key]:
            del queues[key]


def urgent_waits(gateway_id: int) -> bool:
    """Whether an urgent action is due at the gateway."""
    now = clock.now()
    due = RemoteAction.objects.filter(gateway_id=gateway_id, state=RemoteAction.State.QUEUED, due_at__lte=now + AGAIN)
    return due.filter(remote_type__in=URGENT_TYPES, expires_at__gt=now).exists()


_WAITING = f"""
WITH due AS (
    SELECT DISTINCT ON (vehicle_id) id, vehicle_id, fleet_id, urgent, expires_at
    FROM (SELECT *, remote_type = ANY(%s) AS urgent FROM remotes_remoteaction) action
    WHERE state = 'queued' AND gateway_id = %s AND due_at <= %s AND expires_at > now() AND NOT EXISTS (
        SELECT 1 FROM remotes_sendingstop stop
        WHERE {holding("action.fleet_id")}
    )
    ORDER BY vehicle_id, urgent DESC, id
), placed AS (
    SELECT *,
        row_number() OVER (PARTITION BY fleet_id, urgent ORDER BY id) AS place,
        count(*) FILTER (WHERE urgent) OVER () AS urgent_count,
        count(*) OVER () AS total
    FROM due
)
SELECT vehicle_id, fleet_id, urgent, expires_at, urgent_count, total FROM placed WHERE place <= %s ORDER BY id
"""  # noqa: S608
