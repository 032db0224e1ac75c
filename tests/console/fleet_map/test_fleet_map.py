"""The map of a fleet, and of all fleets: who is shown what, how vehicles stand, and what is chosen."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.fleet_map.chosen import read_keys
from console.fleet_map.picture import NOWHERE, Picture, picture_of
from fleets.models import AuditEntry, Fleet, Membership, Vehicle
from fleets.narrowing import narrow
from remotes.finding.condition import Condition
from tests.console.conftest import LogIn, World
from tests.long_form import examples
from tests.world import make_action, make_fleet, make_person, make_vehicle

VEHICLES = 10_000


def state_at(north: float, east: float, **more: Any) -> dict[str, Any]:
    """What a vehicle there has just told."""
    now = datetime.now(UTC).isoformat()
    place = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [east, north]}, "updatedAt": now}
    return {"updatedAt": now, "lastPosition": place, **more}


def spots_of(client: Client, fleet: Fleet | None = None, query: str = "") -> dict[int, tuple[int, int, Condition]]:
    """What the map is told, as a browser reads it: north, east and condition by the vehicle's key."""
    path = f"/fleets/{fleet.public_id}/map" if fleet else "/map"
    answer = client.get(f"{path}/positions{query}")
    assert answer.status_code == 200
    rows = struct.iter_unpack(">4i", answer.content)
    return {key: (north, east, Condition(told & 3)) for key, north, east, told in rows}


def html_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def chosen(client: Client, fleet: Fleet | None, *vehicles: Vehicle) -> str:
    path = f"/fleets/{fleet.public_id}/map" if fleet else "/map"
    answer = client.post(f"{path}/chosen", {"keys": " ".join(str(vehicle.pk) for vehicle in vehicles)})
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_vehicle_is_where_it_has_told_to_be(world: World, camille: Client):
    Vehicle.objects.filter(pk=world.van.pk).update(state=state_at(45.764, 4.8357))
    assert spots_of(camille, world.lyon) == {world.van.pk: (4576400, 483570, Condition.FINE)}
    Vehicle.objects.filter(pk=world.van.pk).update(state={})
    assert spots_of(camille, world.lyon) == {world.van.pk: (NOWHERE, NOWHERE, Condition.SILENT)}
    page = html_of(camille, f"/fleets/{world.lyon.public_id}/map")
    assert "1 vehicle has no position" in page
    assert "No position" in html_of(camille, f"/fleets/{world.lyon.public_id}/map?without=yes")


@pytest.mark.parametrize("privacy", ["Geolocation", "Full"])
def test_what_privacy_hides_gets_into_no_answer(world: World, camille: Client, privacy: str):
    state = state_at(45.764, 4.8357, privacy={"state": privacy})
    Vehicle.objects.filter(pk=world.van.pk).update(state=state)
    assert spots_of(camille, world.lyon)[world.van.pk][:2] == (NOWHERE, NOWHERE)
    assert "45.76" not in chosen(camille, world.lyon, world.van)


def test_who_may_not_see_positions_gets_the_list_and_why(world: World, viktor: Client):
    Membership.objects.filter(user=world.viktor).update(positions="no")
    Vehicle.objects.filter(pk=world.van.pk).update(state=state_at(45.764, 4.8357))
    assert spots_of(viktor, world.lyon) == {world.van.pk: (NOWHERE, NOWHERE, Condition.FINE)}
    page = html_of(viktor, f"/fleets/{world.lyon.public_id}/map")
    assert "You may not see where these vehicles are" in page
    assert "Van 1" in page
    assert 'id="fleet-map"' not in page
    for text in (page, chosen(viktor, world.lyon, world.van)):
        assert "45.76" not in text
    assert not AuditEntry.objects.filter(kind=AuditEntry.Kind.LOOKED).exists()


def test_that_somebody_looked_is_written_once_an_hour(world: World, camille: Client):
    Vehicle.objects.filter(pk=world.van.pk).update(state=state_at(45.764, 4.8357))
    html_of(camille, f"/fleets/{world.lyon.public_id}/map")
    spots_of(camille, world.lyon)
    spots_of(camille)
    looks = AuditEntry.objects.filter(kind=AuditEntry.Kind.LOOKED, subject=world.lyon.public_id)
    assert [entry.document["what"] for entry in looks] == ["saw where its vehicles are"]
    chosen(camille, world.lyon, world.van)
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.LOOKED, vehicle_id=world.van.pk).count() == 1


def test_a_narrowed_person_sees_their_vehicles_alone(world: World, viktor: Client):
    other = make_vehicle(world.lyon, "Van 2", state=state_at(45.8, 4.8))
    membership = Membership.objects.get(user=world.viktor)
    narrow(membership, vehicles=[world.van.pk])
    for fleet in (world.lyon, None):
        assert set(spots_of(viktor, fleet)) == {world.van.pk}
        assert "Van 2" not in chosen(viktor, fleet, world.van, other)
    assert "Van 2" not in html_of(viktor, "/map")


def test_the_filters_are_those_of_the_list(world: World, camille: Client):
    two = make_vehicle(world.lyon, "Van 2", state=state_at(45.8, 4.8))
    query = "?q=Van+2"
    assert set(spots_of(camille, world.lyon, query)) == {two.pk}
    assert set(spots_of(camille, None, query)) == {two.pk}
    page = html_of(camille, f"/fleets/{world.lyon.public_id}/map{query}")
    assert f"/fleets/{world.lyon.public_id}/map/positions?q=Van+2" in page
    assert f'href="/fleets/{world.lyon.public_id}?q=Van+2"' in page
    assert f'href="/fleets/{world.lyon.public_id}/map?q=Van+2"' in html_of(
        camille, f"/fleets/{world.lyon.public_id}{query}"
    )


def test_all_fleets_are_those_that_one_sees_with_positions_by_each_ones_right(world: World, log_in: LogIn):
    nice = make_fleet("Nice")
    far = make_vehicle(nice, "Far", state=state_at(43.7, 7.26))
    Vehicle.objects.filter(pk=world.van.pk).update(state=state_at(45.764, 4.8357))
    Membership.objects.create(user=world.camille, fleet=nice, role="manager", positions="no")
    camille = log_in(world.camille)
    assert {key: spot[0] for key, spot in spots_of(camille).items()} == {world.van.pk: 4576400, far.pk: NOWHERE}
    page = html_of(camille, "/map")
    assert "Of 1 fleet you may not see where its vehicles are" in page
    assert "Rental 1" not in page
    both = chosen(camille, None, far, world.van, world.rental)
    assert "2 vehicles chosen" in both
    assert "A command goes to the vehicles of one fleet at a time." in both
    assert both.count("Command 1 vehicle…") == 2


def test_how_a_vehicle_stands(world: World, camille: Client):
    def stands(**values: Any) -> Condition:
        Vehicle.objects.filter(pk=world.van.pk).update(**values)
        return spots_of(camille, world.lyon)[world.van.pk][2]

    assert stands(state=state_at(1, 1)) == Condition.FINE
    long_ago = (datetime.now(UTC) - timedelta(days=4)).isoformat()
    assert stands(state={"updatedAt": long_ago}) == Condition.SILENT
    under_way = make_action(world.van, "honk")
    assert stands() == Condition.UNDER_WAY
    under_way.set(state="done", status="Failed", finished_at=timezone.now())
    assert stands(state=state_at(1, 1)) == Condition.NEEDS
    make_action(world.van, "honk", state="done", status="Success")
    assert stands() == Condition.FINE
    assert stands(state=state_at(1, 1, stolen={"state": True})) == Condition.NEEDS
    assert stands(state=state_at(1, 1), gone_at=timezone.now()) == Condition.SILENT
    make_action(world.van, "immobilise", state="waiting-approval")
    assert stands() == Condition.NEEDS


def test_many_that_are_chosen_come_into_the_form_of_bulk_commands(world: World, camille: Client):
    others = [make_vehicle(world.lyon, f"Van {number}") for number in range(2, 13)]
    found = chosen(camille, world.lyon, world.van, *others)
    assert "Command 12 vehicles…" in found
    assert 'name="command" value="lights-on"' in found
    ids = " ".join(vehicle.public_id for vehicle in (world.van, *others))
    form = camille.post(f"/fleets/{world.lyon.public_id}/bulk/new", {"vehicle": ids, "command": "lights-on"})
    text = form.content.decode()
    assert "One command for 12 vehicles" in text
    assert 'value="lights-on" checked' in text


def test_only_what_all_of_them_can_do_is_offered(world: World, camille: Client):
    dull = make_vehicle(world.lyon, "Dull", capabilities=["Locking"])
    assert 'value="honk"' in chosen(camille, world.lyon, world.van)
    both = chosen(camille, world.lyon, world.van, dull)
    assert 'value="lock"' in both
    assert 'value="honk"' not in both


def test_who_may_not_command_many_is_offered_nothing(world: World, viktor: Client):
    found = chosen(viktor, world.lyon, world.van, make_vehicle(world.lyon, "Van 2"))
    assert "You may not send one command to many vehicles here." in found
    assert "new-bulk" not in found
    assert 'name="command"' not in found


def test_nothing_is_chosen_any_more(world: World, camille: Client):
    for fleet in (world.lyon, None):
        assert "Nothing chosen" in chosen(camille, fleet)


def test_who_has_no_fleet_finds_an_empty_map(world: World, log_in: LogIn):
    nobody = log_in(make_person("nobody"))
    assert spots_of(nobody) == {}
    assert "0 vehicles" in html_of(nobody, "/map")


def test_keys_are_read_whatever_is_posted():
    assert read_keys("3 x -1 4٣ 17 99999999999999999999") == [3, 17]


MOMENTS = st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2400, 1, 1))
PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180), MOMENTS)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PLACES | st.none(), max_size=6))
def test_what_is_packed_is_read_as_it_was(db: None, world: World, told: list[Any]):
    Vehicle.objects.filter(fleet=world.lyon).exclude(pk=world.van.pk).delete()
    Vehicle.objects.filter(pk=world.van.pk).update(state={})
    places = {}
    for place in told:
        state = {} if place is None else state_at(place[0], place[1])
        if place is not None:
            moment = place[2] and f"{place[2].isoformat(timespec='seconds')}Z"
            state["lastPosition"] |= {"updatedAt": moment}
        places[make_vehicle(world.lyon, state=state).pk] = place
    picture = picture_of(world.lyon.vehicles.all(), [world.lyon.pk], [world.lyon.pk])
    assert picture.number == len(told) + 1
    assert picture.placeless == 1 + told.count(None)
    assert sum(picture.by_condition.values()) == picture.number
    packed = {key: (north, east) for key, north, east, _ in struct.iter_unpack(">4i", picture.packed)}
    for key, place in places.items():
        spot = picture.spot(key)
        assert spot is not None
        assert spot.has_place == (place is not None)
        if place is None:
            continue
        assert packed[key] == (pytest.approx(place[0] * 1e5, abs=0.51), pytest.approx(place[1] * 1e5, abs=0.51))
        assert spot.at == (place[2].replace(second=0, microsecond=0, tzinfo=UTC) if place[2] else None)


def test_nothing_is_nothing():
    empty = Picture(b"")
    assert (empty.number, empty.placeless, empty.spot(1)) == (0, 0, None)


@pytest.mark.parametrize("number", [3, 60])
def test_the_statements_are_few_however_many_vehicles(world: World, camille: Client, number: int):
    for place in range(number):
        make_action(make_vehicle(world.lyon, f"Car {place}", state=state_at(45 + place / 100, 4)), "lock")
    path = f"/fleets/{world.lyon.public_id}/map"
    html_of(camille, path)
    for asked, most in ((path, 12), ("/map", 10), (f"{path}/news", 6), (f"{path}/positions", 7)):
        with CaptureQueriesContext(connection) as captured:
            assert camille.get(asked).status_code == 200
        assert len(captured) <= most, "\n".join(query["sql"] for query in captured)


_MANY = """
INSERT INTO fleets_vehicle (public_id, vin, label, plate, brand, model, motorization, fleet_id, gateway_id, upstream_id,
    capability_document, state, created_at, updated_at)
SELECT lpad(to_hex(n), 24, '0'), 'VF3ABCDE0ZZ' || lpad(n::text, 6, '0'), 'Car ' || n, 'AB-' || n, 'Peugeot', 'Model',
    'Electric', %s, %s, 'many' || n, '{}', jsonb_build_object('updatedAt', now(), 'filler', repeat(md5(n::text), 40),
        'lastPosition', jsonb_build_object('updatedAt', now(), 'geometry', place)),
    now(), now()
FROM generate_series(1, %s) AS n, LATERAL (SELECT jsonb_build_object(
    'type', 'Point', 'coordinates', jsonb_build_array(n %% 200 / 10.0, 40 + n / 1000.0)) AS place) AS places
"""


def test_10_000_vehicles_are_300_kb_at_the_most(world: World, camille: Client):
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [world.lyon.pk, world.van.gateway_id, VEHICLES])
        cursor.execute("ANALYZE fleets_vehicle")
    page = camille.get(f"/fleets/{world.lyon.public_id}/map").content
    packed = camille.get(f"/fleets/{world.lyon.public_id}/map/positions").content
    assert len(packed) == 16 * (VEHICLES + 1)
    assert len(page) + len(packed) < 300_000
    every = [vehicle.pk for vehicle in Vehicle.objects.filter(fleet=world.lyon).only("pk")]
    answer = camille.post(f"/fleets/{world.lyon.public_id}/map/chosen", {"keys": " ".join(map(str, every))})
    assert "Command 10,001 vehicles…" in answer.content.decode()
    assert len(answer.content) < 300_000


def test_a_stranger_finds_no_map(world: World, camille: Client):
    assert camille.get(f"/fleets/{world.paris.public_id}/map").status_code == 404


def test_htmx_gets_the_list_and_its_next_rows(world: World, camille: Client):
    for number in range(60):
        make_vehicle(world.lyon, f"Car {number}")
    path = f"/fleets/{world.lyon.public_id}/map"
    answer = camille.get(f"{path}?q=car", headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert answer["HX-Replace-Url"] == f"{path}?q=car"
    assert 'hx-swap-oob="true"' in part
    assert part.count("<li data-key=") == 20
    more = part.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    rows = camille.get(more, headers={"HX-Request": "true"})
    assert rows.content.decode().count("<li data-key=") == 40
    assert "HX-Replace-Url" not in rows
