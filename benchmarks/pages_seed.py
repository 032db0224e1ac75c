"""Makes what the pages are about: fleets with few and many vehicles, and fleets of one with a short and a long history.

python -m benchmarks.pages_seed FEW MANY SHORT LONG        in FleetRemote's environment; prints a PagesSeed as JSON

FEW and MANY are numbers of vehicles, SHORT and LONG of events. Every action has four events; every vehicle of the
fleets has five actions and a status of a usual length, near one of ten towns of Europe.
"""

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

import django

EVENTS_AN_ACTION = 4


@dataclass(frozen=True)
class PagesSeed:
    """The paths of what was made, and the cookie of a person who manages it.

    `short` and `long` are vehicles, `quiet` and `busy` their fleets. `plotted` is a fleet of many vehicles with LONG
    actions in 90 days, which figures are of.
    """

    few: str
    many: str
    quiet: str
    busy: str
    short: str
    long: str
    plotted: str
    cookie: str


_VEHICLES = """
INSERT INTO fleets_vehicle (public_id, vin, label, plate, brand, model, motorization, fleet_id, gateway_id, upstream_id,
    capability_document, state, state_read_at, created_at, updated_at)
SELECT md5(%(fleet)s || ' ' || n), 'VF3ABC' || lpad(%(fleet)s::text, 4, '0') || lpad(n::text, 7, '0'), 'Car ' || n,
    'AB-' || n, 'Peugeot', 'Model ' || n %% 20, 'Electric', %(fleet)s, %(gateway)s, %(fleet)s || '-' || n, '{}',
    jsonb_build_object('energies', jsonb_build_array(jsonb_build_object('type', 'Electric', 'level', n %% 100)),
        'doorsState', '{"lockedStates": ["Locked"]}'::jsonb, 'updatedAt', now() - n * interval '1 minute',
        'lastPosition', jsonb_build_object('updatedAt', now() - n * interval '1 minute', 'geometry',
            jsonb_build_object('coordinates', jsonb_build_array(east + sin(n) / 5, north + cos(n * n) / 5))),
        'more', repeat(md5(n::text), 50)),
    now(), now(), now()
FROM generate_series(1, %(number)s) AS n
JOIN (VALUES (0, 45.76, 4.84), (1, 48.86, 2.35), (2, 52.52, 13.4), (3, 41.39, 2.17), (4, 45.46, 9.19),
    (5, 51.51, -0.13), (6, 50.85, 4.35), (7, 43.3, 5.37), (8, 48.14, 11.58), (9, 40.42, -3.7))
    AS towns (town, north, east) ON town = n %% 10
"""
_ACTIONS = """
INSERT INTO remotes_remoteaction (public_id, fleet_id, vehicle_id, gateway_id, remote_type, payload, extra, origin,
    reason, when_awake, request_digest, state, status, status_stage, status_at, status_rank, failure_cause,
    upstream_id, upstream_callback_id, attempts, polls, created_at, expires_at, accepted_at, finished_at)
SELECT md5(vehicle.id || '/' || n), fleet_id, vehicle.id, gateway_id, 'Locking', '{"state": "Locked"}', '{}', 'page',
    '', false, '', 'done', CASE WHEN n %% 10 = 0 THEN 'Failed' ELSE 'Success' END, 3, at, 1,
    CASE WHEN n %% 10 = 0 THEN 'DoorsOpen' END, vehicle.id || '/' || n, '', 1, 0, at, at, at, at
FROM fleets_vehicle vehicle, generate_series(1, %(number)s) AS n,
    LATERAL (SELECT now() - (%(number)s - n) * interval '1 minute' - interval '1 hour' AS at) given
WHERE vehicle.id = ANY(%(vehicles)s)
ORDER BY n
"""
_PLOTTED = """
INSERT INTO remotes_remoteaction (public_id, fleet_id, vehicle_id, gateway_id, remote_type, payload, extra, origin,
    reason, when_awake, request_digest, state, status, status_stage, status_at, status_rank, failure_cause,
    upstream_id, upstream_callback_id, attempts, polls, created_at, expires_at, accepted_at, finished_at)
SELECT md5('plotted ' || n), fleet_id, vehicle.id, gateway_id,
    (ARRAY['Locking', 'Horn', 'Lights', 'Preconditioning', 'Charging', 'VehicleFinder'])[1 + n %% 6], '{}', '{}',
    'page', '', false, '', 'done', CASE WHEN n %% 11 = 0 THEN 'Failed' ELSE 'Success' END, 3, at, 1,
    CASE WHEN n %% 11 = 0 THEN (ARRAY['DoorsOpen', 'GeneralError', NULL, 'UserTimeOut'])[1 + n / 11 %% 4] END,
    'plotted ' || n, '', 1, 0, at - n %% 97 * interval '1 second', at, at, at
FROM generate_series(1, %(number)s) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM fleets_vehicle WHERE fleet_id = %(fleet)s) vehicle
    ON vehicle.place = 1 + n %% %(vehicles)s,
    LATERAL (SELECT now() - (%(number)s - n) * (interval '90 days' / %(number)s) AS at) given
ORDER BY n
"""
_WOKEN = """
INSERT INTO remotes_wakeup (action_id, vehicle_id, at)
SELECT id, vehicle_id, finished_at FROM remotes_remoteaction WHERE fleet_id = %(fleet)s AND id %% 4 = 0
"""
_EVENTS = """
INSERT INTO remotes_remoteevent (action_id, gateway_id, source, upstream_action_id, vin, remote_type, type, status,
    event_date, extra, received_at, stage, effective_at, rank)
SELECT action.id, gateway_id, 'webhook', upstream_id, '', 'Doors', step.type, step.status, at, '{}', at, step.stage, at,
    step.rank
FROM remotes_remoteaction action,
    (VALUES (0, 'Pending', 'Accepted', 1, 4), (1, 'Pending', 'WakingUpVehicle', 1, 5),
        (2, 'Pending', 'SentToVehicle', 1, 7), (3, 'Done', 'Success', 3, 3)) AS step (n, type, status, stage, rank),
    LATERAL (SELECT action.created_at + step.n * interval '1 second' AS at) given
WHERE action.vehicle_id = ANY(%(vehicles)s)
ORDER BY action.id, step.n
"""


def main() -> None:
    django.setup()
    from django.db import connection

    few, many, short, long = map(int, sys.argv[1:])
    person = _person()
    numbers = (("Few", few), ("Many", many), ("Quiet", 1), ("Busy", 1), ("Plotted", many))
    fleets = [_fleet(name, number, person) for name, number in numbers]
    with connection.cursor() as cursor:
        # Without the checks of foreign keys, which take most of the time.
        cursor.execute("SET session_replication_role = replica")
        for fleet in fleets[:2]:
            _live(cursor, [vehicle.pk for vehicle in fleet.vehicles.all()], 5)
        histories = [fleet.vehicles.get() for fleet in fleets[2:4]]
        for vehicle, events in zip(histories, (short, long), strict=True):
            _live(cursor, [vehicle.pk], events // EVENTS_AN_ACTION)
        given = {"fleet": fleets[4].pk, "number": long, "vehicles": many}
        cursor.execute(_PLOTTED, given)
        cursor.execute(_WOKEN, given)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
        _count(fleets)
        cursor.execute("VACUUM ANALYZE")
    few_path, many_path, quiet, busy, plotted = (f"/fleets/{fleet.public_id}" for fleet in fleets)
    short_path, long_path = (f"/vehicles/{vehicle.public_id}" for vehicle in histories)
    seed = PagesSeed(few_path, many_path, quiet, busy, quiet + short_path, busy + long_path, plotted, _cookie(person))
    print(json.dumps(asdict(seed)))


def _fleet(name: str, number: int, person: Any) -> Any:
    from django.db import connection

    from fleets.models import Fleet, Gateway, Membership, UpstreamFleet

    fleet = Fleet.objects.create(name=name)
    gateway = Gateway.objects.create(name=name, base_url="http://127.0.0.1:9/connectedcar/v3")
    UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id=name)
    Membership.objects.create(user=person, fleet=fleet, role=Membership.Role.MANAGER)
    with connection.cursor() as cursor:
        cursor.execute(_VEHICLES, {"fleet": fleet.pk, "gateway": gateway.pk, "number": number})
    return fleet


def _count(fleets: list[Any]) -> None:
    """As the sweep does, until all is counted."""
    from remotes.models import CountState
    from remotes.rollups.sweep import sweep

    before: list[Any] = [None]
    while before[-1] != (now := list(CountState.objects.order_by("pk").values_list("pk", "since"))) or not now:
        before.append(now)
        sweep()


def _live(cursor: Any, vehicles: list[int], actions: int) -> None:
    """Give each of the vehicles so many actions with their events."""
    cursor.execute(_ACTIONS, {"vehicles": vehicles, "number": actions})
    cursor.execute(_EVENTS, {"vehicles": vehicles})


def _person() -> Any:
    from django.contrib.auth.models import User

    return User.objects.create(username="bench", password="!")


def _cookie(person: Any) -> str:
    """The Cookie header of the person's session."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from console.entrance.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    main()
