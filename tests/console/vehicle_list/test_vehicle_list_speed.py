"""The list of vehicles with 10,000 of them: few statements, each with a plan that reads little, and small pages."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.vehicle_list.columns import COLUMNS
from console.vehicle_list.forms import MOST_MODELS
from console.vehicle_list.listing import PAGE_SIZE
from console.vehicle_list.saved import MOST
from console.vehicle_list.sorting import SORTS
from fleets.models import Fleet, SavedView, Vehicle
from fleets.vehicles.search import matching
from remotes.models import RemoteAction
from tests.console.conftest import World
from tests.console.vehicle_list.vehicle_lists import html_of, next_query
from tests.world import make_action, make_vehicle

VEHICLES = 10_000
# Each reads 10,000 vehicles and their last actions once at the most, and a row of each is two probes of an index.
MOST_BUFFERS = 12 * VEHICLES

_MAKE_VEHICLES = """
INSERT INTO fleets_vehicle (public_id, vin, label, plate, brand, model, motorization, fleet_id, gateway_id, upstream_id,
    capabilities, capability_document, state, created_at, updated_at)
SELECT lpad(to_hex(n), 24, '0'), 'VF3ABCDE0ZZ' || lpad(n::text, 6, '0'), 'Car ' || n, 'AB-' || n, 'Peugeot',
    'Model ' || n %% 20, 'Electric', %s, %s, 'many' || n, '{Locking,Horn}', '{}',
    jsonb_build_object('energies', jsonb_build_array(jsonb_build_object('type', 'Electric', 'level', n %% 100)),
        'doorsState', '{"lockedStates": ["Locked"]}'::jsonb, 'updatedAt', now() - n * interval '1 minute',
        'filler', repeat(md5(n::text), 40)),
    now(), now()
FROM generate_series(1, %s) AS n
"""
_MAKE_ACTIONS = """
INSERT INTO remotes_remoteaction (public_id, fleet_id, vehicle_id, gateway_id, remote_type, payload, extra, origin,
    reason, when_awake, request_digest, state, status, status_stage, status_at, status_rank, failure_cause,
    upstream_callback_id, attempts, polls, created_at, expires_at, finished_at)
SELECT md5(vehicle.id || ' ' || n), fleet_id, vehicle.id, gateway_id, 'Locking', '{"state": "Locked"}', '{}', 'page',
    '', false, '', 'done', CASE WHEN vehicle.id %% 100 = 0 THEN 'Failed' ELSE 'Success' END, 3, now(), 1,
    CASE WHEN vehicle.id %% 100 = 0 THEN 'DoorsOpen' END, '', 1, 0, now(), now(), now() - interval '1 day'
FROM fleets_vehicle vehicle, generate_series(1, 10) AS n
WHERE fleet_id = %s AND vehicle.id %% 3 > 0
"""


@pytest.fixture
def many(world: World) -> Fleet:
    """10,000 vehicles in Lyon, two in three with ten actions."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_VEHICLES, [world.lyon.pk, world.van.gateway_id, VEHICLES])
        cursor.execute(_MAKE_ACTIONS, [world.lyon.pk])
        cursor.execute("ANALYZE fleets_vehicle, remotes_remoteaction")
    return world.lyon


def _plans(client: Client, fleet: Fleet, query: str) -> list[dict[str, Any]]:
    """The plans of the page's statements on vehicles and actions, as they ran."""
    with CaptureQueriesContext(connection) as captured:
        html_of(client, fleet, query)
    about = re.compile(r'FROM "(fleets_vehicle|remotes_remoteaction)"')
    statements = [
        query["sql"] for query in captured if query["sql"].startswith("SELECT") and about.search(query["sql"])
    ]
    plans = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement.replace("%", "%%"), [])
            (plan,) = json.loads(json.dumps(cursor.fetchone()[0]))
            plans.append(plan["Plan"])
    return plans


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *[node for inner in plan.get("Plans", []) for node in _nodes(inner)]]


def _buffers(plan: dict[str, Any]) -> int:
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


QUERIES = [
    *[f"sort={name}" for name in SORTS],
    *("q=Car+77", "model=Model+7", "below=10", "doors=unlocked", "doors=locked", "listed=no", "awake=yes", "awake=no"),
    *("outcome=failed", "outcome=open", "outcome=none", "outcome=unknown", "cause=DoorsOpen", "can=Charging"),
    *("outcome=failed&sort=-action", "below=10&sort=-level", "q=Car+77&outcome=failed&sort=heard"),
]


@pytest.mark.drawn("plans of a long list", 1, of="tests")
def test_no_plan_is_slow(camille: Client, many: Fleet):
    """Whatever is asked for, no statement reads more than each vehicle with its last action once."""
    for query in QUERIES:
        for plan in _plans(camille, many, query):
            assert _buffers(plan) < MOST_BUFFERS, (query, json.dumps(plan, indent=1))
            scans = [node for node in _nodes(plan) if node["Node Type"] == "Seq Scan"]
            assert "remotes_remoteaction" not in [node["Relation Name"] for node in scans], query


@pytest.mark.drawn("plans of a long list", 1, of="tests")
def test_a_page_is_read_from_its_index(camille: Client, many: Fleet):
    """A page in the midst, in each order that an index has."""
    for name in [name for name in SORTS if "action" not in name]:
        html = html_of(camille, many, f"sort={name}")
        for _ in range(3):
            query = next_query(html)
            html = html_of(camille, many, query)
        rows = [plan for plan in _plans(camille, many, query) if plan["Actual Rows"] == PAGE_SIZE + 1]
        assert len(rows) == 1
        assert _buffers(rows[0]) < 4 * PAGE_SIZE, name
        assert "Sort" not in [node["Node Type"] for node in _nodes(rows[0])], name


@pytest.mark.parametrize("number", [3, PAGE_SIZE + 10])
def test_a_page_takes_12_statements_at_the_most(camille: Client, world: World, number: int):
    for place in range(number):
        make_action(make_vehicle(world.lyon, f"Car {place}"), "lock")
    view = SavedView.objects.create(fleet=world.lyon, owner=world.camille, name="View", query="q=car&sort=-level")
    for query in ("", f"view={view.public_id}", "sort=-heard&outcome=open&awake=no&can=Horn"):
        with CaptureQueriesContext(connection) as captured:
            html_of(camille, world.lyon, query)
        assert len(captured) <= 12, "\n".join(query["sql"] for query in captured)


def test_a_page_is_small(camille: Client, world: World):
    """With all that a page can hold: columns, failures, models and views."""
    for number in range(MOST_MODELS + 10):
        vehicle = make_vehicle(
            world.lyon, f"Delivery van {number}", plate=f"AB-{number}-CD", brand="Peugeot", model=f"e-Expert {number}"
        )
        make_action(vehicle, state="done", status="Failed", failure_cause="NotPossibleDueToVehicleBatteryLevel")
    state = {
        "energies": [{"type": "Electric", "level": 5}],
        "doorsState": {"lockedStates": ["Unlocked"]},
        "updatedAt": "2026-11-21T12:00:00Z",
    }
    Vehicle.objects.update(state=state, gone_at="2026-11-21T12:00:00Z")
    for number in range(MOST):
        SavedView.objects.create(
            fleet=world.lyon, owner=world.camille, name=f"A view with a name {number}", shared=True
        )
    usual = html_of(camille, world.lyon)
    assert len(usual.encode()) < 90_000
    query = "&".join(f"col={name}" for name in COLUMNS)
    answer = camille.get(f"/fleets/{world.lyon.public_id}?{query}")
    assert answer.content.count(b'name="vehicle"') == PAGE_SIZE
    assert len(answer.content) < 110_000


@pytest.mark.drawn("plans of a long list", 1, of="tests")
def test_searching_uses_its_index(many: Fleet):
    """However short the words are, where few vehicles have them."""
    for words in ("777", "car 777", "ab9999", "zz009999", "q", "qx", "qx 7", "é"):
        plan = matching(many.vehicles.all(), words).order_by().explain()
        assert "vehicle_search" in plan, plan
    assert RemoteAction.objects.count() > VEHICLES
