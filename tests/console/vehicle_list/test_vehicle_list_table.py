"""The list of vehicles as CSV: all that match, in the list's order and columns, safe to open."""

import csv
import io

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.vehicle_list.sorting import AT_ONCE
from fleets.models import Fleet, SavedView, Vehicle
from tests.console.conftest import World
from tests.world import make_action, make_vehicle


def table(client: Client, fleet: Fleet, query: str = "") -> list[list[str]]:
    """The lines of the file."""
    answer = client.get(f"/fleets/{fleet.public_id}/vehicles.csv?{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{fleet.name}.csv"'
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_table_has_the_columns_of_the_list(camille: Client, world: World):
    make_action(world.van, state="done", status="Failed", failure_cause="DoorsOpen")
    titles, row = table(camille, world.lyon)
    assert titles[:5] == ["Vehicle", "VIN", "Plate", "Brand", "Model"]
    assert titles[5:] == [
        "State",
        "Charge or fuel (%)",
        "Last action",
        "Status",
        "Cause",
        "Asked at (UTC)",
        "Gone since (UTC)",
    ]
    assert row[:6] == ["Van 1", world.van.vin, "AB-123-CD", "Peugeot", "e-Expert", ""]
    assert row[7:10] == ["Unlock", "Failed", "A door was open."]
    assert row[10].endswith("+00:00")
    state = {
        "energies": [{"type": "Electric", "level": 50}],
        "doorsState": {"lockedStates": ["Locked"]},
        "updatedAt": "2026-11-21T12:00:00Z",
    }
    Vehicle.objects.update(state=state, gone_at=timezone.now())
    titles, row = table(camille, world.lyon, "col=level&col=doors&col=heard&col=energy")
    assert titles == ["Vehicle", "VIN", "Energy", "Charge or fuel (%)", "Doors", "Last heard (UTC)", "Gone since (UTC)"]
    assert row[:6] == ["Van 1", world.van.vin, "Electric", "50.0", "Locked", "2026-11-21T12:00:00+00:00"]
    assert row[6].endswith("+00:00")


def test_the_table_has_all_that_match_in_the_lists_order(camille: Client, world: World):
    for number in range(60):
        make_vehicle(world.lyon, f"Car {number}")
    names = [row[0] for row in table(camille, world.lyon, "q=car&sort=-name")[1:]]
    assert names == [f"Car {number}" for number in range(59, -1, -1)]


def test_the_table_is_of_the_view(camille: Client, world: World):
    car = make_vehicle(world.lyon, "Car")
    view = SavedView.objects.create(fleet=world.lyon, owner=world.camille, name="Cars", query="q=car&col=plate")
    assert table(camille, world.lyon, f"view={view.public_id}") == [
        ["Vehicle", "VIN", "Plate", "Gone since (UTC)"],
        ["Car", car.vin, "", ""],
    ]


def test_a_spreadsheet_computes_nothing(camille: Client, world: World):
    make_vehicle(world.lyon, '=HYPERLINK("http://evil")', plate="@SUM(1)", model="+1", brand="-A1")
    row = table(camille, world.lyon, "q=hyper&col=plate&col=model")[1]
    assert [row[0], *row[2:5]] == ['\'=HYPERLINK("http://evil")', "'@SUM(1)", "'-A1", "'+1"]


def test_a_long_table_is_read_piece_by_piece(camille: Client, world: World):
    Vehicle.objects.bulk_create(
        Vehicle(fleet=world.lyon, gateway=world.van.gateway, upstream_id=f"x{number}", vin=f"VF3ABCDE0XX{number:06}")
        for number in range(2 * AT_ONCE)
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = table(camille, world.lyon)
    assert len(rows) == 2 * AT_ONCE + 2
    # One of them writes into the audit who took it away.
    assert len(queries) <= 5 + 2 * 3
    assert all(f"LIMIT {AT_ONCE}" in query["sql"] for query in queries if '"fleets_vehicle"."plate"' in query["sql"])


def test_a_table_is_for_members(camille: Client, world: World):
    assert camille.get(f"/fleets/{world.paris.public_id}/vehicles.csv").status_code == 404


def test_the_table_tells_marks_and_charging_in_words(camille: Client, world: World):
    charging = {"plugged": True, "status": "Disconnected"}
    state = {
        "energies": [{"type": "Electric", "extension": {"electric": {"charging": charging}}}],
        "stolen": {"state": True},
    }
    Vehicle.objects.update(state=state)
    make_action(world.van, "immobilise", state="done", status="Success", finished_at=timezone.now())
    titles, row = table(camille, world.lyon, "col=marks&col=charging")
    assert (titles[2:4], row[2:4]) == (["State", "Charging"], ["Stolen; Immobilised", "Plugged in"])
