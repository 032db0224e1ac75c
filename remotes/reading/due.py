"""Whose states are due: what the sweep and a gateway's run ask the database."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from fleets.storage import clock
from remotes.gate import gateway_health
from remotes.reading.rhythm import SOONER, usual
from remotes.reading.slowed import slowed
from remotes.reading.watched import watched

# Vehicles that a list has on a page (fleet-owner-v3.yaml, pageSize).
PAGE = 60
# What is due so soon, as a share of the time between two readings, is read along with what is due now.
AHEAD = 4


@dataclass(frozen=True)
class Place:
    """A vehicle with its fleet's and its own id at the cloud."""

    vehicle_id: int
    fleet_id: str
    upstream_id: str


@dataclass(frozen=True)
class Pass:
    """A fleet whose states are read as a list: the key of its row, its id at the cloud, the place to go on from."""

    id: int
    fleet_id: int
    upstream_id: str
    first: int


def gateways() -> set[int]:
    """The gateways where a state is due. One that is down, refuses us or asks us to slow down is left alone."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_GATEWAYS, [now, watched(), now - SOONER])
        found = {gateway_id for (gateway_id,) in cursor.fetchall()} - gateway_health.closed()
    return found - slowed(found)


def soon(gateway_id: int, most: int) -> list[Place]:
    """Vehicles that are due and go first: those whose page is open, and those that are read so often (stolen ones)."""
    now = clock.now()
    return _places(_SOON, [gateway_id, watched(), now - SOONER, now, SOONER, most])


def singly(gateway_id: int, most: int) -> list[Place]:
    """Vehicles that are due, the longest first."""
    return _places(_SINGLY, [gateway_id, clock.now(), most])


def passes(gateway_id: int) -> list[Pass]:
    """The fleets to be read as a list: where that takes fewer requests than reading those that are due one by one.

    What was due before the last pass began, and still is, was not in the list.
    """
    now = clock.now()
    ahead = now + (usual() or timedelta(0)) / AHEAD
    with connection.cursor() as cursor:
        cursor.execute(_PASSES, [ahead, gateway_id, now, now, PAGE])
        return [Pass(*row) for row in cursor.fetchall()]


def _places(query: str, values: list[Any]) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [Place(*row) for row in cursor.fetchall()]


_FROM = """
FROM fleets_vehicle vehicle
JOIN fleets_upstreamfleet place ON place.fleet_id = vehicle.fleet_id AND place.gateway_id = vehicle.gateway_id
WHERE vehicle.gone_at IS NULL AND place.gone_at IS NULL
"""

# What has failed waits for its time, whoever looks at it.
_WATCHED = """vehicle.id = ANY(%s) AND vehicle.state_failures = 0
    AND (vehicle.state_tried_at IS NULL OR vehicle.state_tried_at <= %s)"""

_GATEWAYS = f"""
SELECT gateway.id FROM fleets_gateway gateway
WHERE EXISTS (SELECT 1 {_FROM} AND vehicle.gateway_id = gateway.id AND vehicle.state_due_at <= %s)
    OR EXISTS (SELECT 1 {_FROM} AND vehicle.gateway_id = gateway.id AND {_WATCHED})
"""  # noqa: S608

_SOON = f"""
SELECT vehicle.id, place.upstream_id, vehicle.upstream_id {_FROM} AND vehicle.gateway_id = %s AND (
    ({_WATCHED}) OR (vehicle.state_due_at <= %s AND vehicle.state_due_at <= vehicle.state_read_at + %s::interval)
)
ORDER BY vehicle.state_due_at, vehicle.id LIMIT %s
"""

_SINGLY = f"""
SELECT vehicle.id, place.upstream_id, vehicle.upstream_id {_FROM}
    AND vehicle.gateway_id = %s AND vehicle.state_due_at <= %s
ORDER BY vehicle.state_due_at, vehicle.id LIMIT %s
"""

_PASSES = """
SELECT place.id, place.fleet_id, place.upstream_id, coalesce(place.states_next, 0)
FROM fleets_upstreamfleet place
JOIN LATERAL (
    SELECT count(*) AS number, min(vehicle.state_due_at) AS first_due_at, count(*) FILTER (
        WHERE vehicle.state_due_at <= %s AND vehicle.state_due_at > coalesce(place.states_from, '-infinity')
    ) AS due
    FROM fleets_vehicle vehicle
    WHERE vehicle.gone_at IS NULL AND vehicle.fleet_id = place.fleet_id AND vehicle.gateway_id = place.gateway_id
) vehicles ON true
WHERE place.gateway_id = %s AND place.gone_at IS NULL
    AND (place.states_singly_until IS NULL OR place.states_singly_until <= %s)
    AND (place.states_next IS NOT NULL OR (first_due_at <= %s AND due > ceil(number / %s::numeric)))
ORDER BY place.states_from NULLS FIRST, place.id
"""
