"""What the manufacturer's cloud lists is taken over; nothing is deleted, and what people set stays."""

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fleets.models import Fleet, Gateway, UpstreamFleet, Vehicle
from fleets.sync import last_sync
from fleets.sync.run import sync as sync_gateway
from remotes.sending.sweep import check_registrations

from .cloud import Cloud, listed
from .conftest import Sync


def vins(**conditions: object) -> list[str]:
    return sorted(Vehicle.objects.filter(**conditions).values_list("vin", flat=True))


def vin(number: int) -> str:
    return str(listed(number)["vin"])


def test_new_fleets_and_vehicles_appear_page_by_page(sync: Sync, cloud: Cloud) -> None:
    cloud.page_size = 2
    cloud.fleets = {"f1": [listed(n) for n in range(5)], "f2": [listed(9, motorization="Steam")]}
    assert (
        "lists 2 fleets with 6 vehicles; vehicles: 6 new, 0 back, 0 gone, 0 changed; fleets: 2 new, 0 back, 0 gone."
        in sync()
    )
    assert vins(fleet__name="Fleet f1") == [vin(n) for n in range(5)]
    first = Vehicle.objects.get(vin=vin(0))
    assert (first.upstream_id, first.motorization, first.brand) == ("v0", "Electric", "Peugeot")
    assert Vehicle.objects.get(vin=vin(9)).motorization == ""
    assert UpstreamFleet.objects.get(upstream_id="f1").fleet == first.fleet


def test_what_people_set_stays_and_upstream_facts_follow(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1), listed(2)]}
    sync()
    Vehicle.objects.filter(vin=vin(1)).update(label="Blue van", plate="AB-123-CD")
    Fleet.objects.update(name="Lyon")
    cloud.fleets = {"f1": [listed(1, id="other", brand="", motorization="Hybrid"), listed(2)]}
    assert "vehicles: 0 new, 0 back, 0 gone, 1 changed." in sync()
    van = Vehicle.objects.select_related("fleet").get(vin=vin(1))
    assert (van.label, van.plate, van.fleet.name) == ("Blue van", "AB-123-CD", "Lyon")
    assert (van.upstream_id, van.motorization, van.brand) == ("other", "Hybrid", "Peugeot")
    assert "vehicles: 0 new, 0 back, 0 gone, 0 changed." in sync()


def test_a_vehicle_goes_and_comes_back(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1), listed(2)]}
    sync()
    cloud.fleets = {"f1": [listed(2)]}
    assert "0 back, 1 gone" in sync()
    assert vins(gone_at__isnull=False) == [vin(1)]
    assert "0 back, 0 gone" in sync()
    cloud.fleets = {"f1": [listed(1), listed(2)]}
    assert "vehicles: 0 new, 1 back, 0 gone" in sync()
    assert vins(gone_at__isnull=False) == []


def test_a_fleet_goes_with_its_vehicles_and_comes_back(sync: Sync, cloud: Cloud, gateway: Gateway) -> None:
    cloud.fleets = {"f1": [listed(1)], "f2": [listed(2)]}
    sync()
    cloud.fleets = {"f2": [listed(2)]}
    assert "1 gone, 0 changed; fleets: 0 new, 0 back, 1 gone" in sync()
    assert UpstreamFleet.objects.get(gone_at__isnull=False).upstream_id == "f1"
    check_registrations(gateway.pk)
    assert UpstreamFleet.objects.get(callback_checked_at=None).upstream_id == "f1"
    cloud.fleets = {"f1": [listed(1)], "f2": [listed(2)]}
    assert "1 back, 0 gone, 0 changed; fleets: 0 new, 1 back, 0 gone" in sync()
    assert (UpstreamFleet.objects.filter(gone_at=None).count(), Fleet.objects.count()) == (2, 2)


def test_one_fleet_that_fails_stops_no_other_and_loses_nothing(sync: Sync, cloud: Cloud) -> None:
    cloud.page_size = 2
    cloud.fleets = {"f1": [listed(1), listed(2), listed(3)], "f2": [listed(5)]}
    sync()
    cloud.fleets = {"f1": [listed(4), listed(1), listed(2), listed(3)], "f2": [listed(6)]}
    cloud.broken = {"/fleets/f1/vehicles#2"}
    said = sync()
    problem = (
        "The vehicles of fleet f1 could not all be read: The manufacturer's cloud answered HTTP 500: “out of order”."
    )
    assert f"Problem: {problem}" in said
    assert vins(gone_at=None) == [vin(n) for n in (1, 2, 3, 4, 6)]
    assert vins(gone_at__isnull=False) == [vin(5)]


@pytest.mark.parametrize("path", ["/fleets", "/fleets/f1/vehicles"])
def test_a_list_that_misses_some_marks_nothing_as_gone(sync: Sync, cloud: Cloud, path: str) -> None:
    cloud.fleets = {"f1": [listed(1), listed(2)], "f2": [listed(3)]}
    sync()
    cloud.fleets = {"f1": [listed(2)]}
    cloud.totals = {path: 2}
    assert "could not all be read: The manufacturer's cloud listed 1" in sync()
    assert Vehicle.objects.get(vin=vin(1)).gone_at is None or path == "/fleets"
    assert (Vehicle.objects.get(vin=vin(3)).gone_at is None) == (path == "/fleets")


def test_a_gateway_that_cannot_be_reached_stops_no_other(sync: Sync, cloud: Cloud, gateway: Gateway) -> None:
    cloud.fleets = {"f1": [listed(1)]}
    sync()
    other = Cloud()
    other.fleets = {"x": [listed(7)]}
    Gateway.objects.create(name="Zeta", base_url=other.base_url)
    Gateway.objects.filter(pk=gateway.pk).update(base_url="http://127.0.0.1:9/connectedcar/v3")
    said = sync()
    other.close()
    assert "Stellantis lists 0 fleets" in said
    assert "Problem: The fleets could not all be read: The manufacturer's cloud can't be reached." in said
    assert "Zeta lists 1 fleet with 1 vehicle; vehicles: 1 new" in said
    assert vins(gone_at=None) == [vin(1), vin(7)]


def test_what_does_not_fit_is_told_and_the_rest_is_taken(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1)], "f2": []}
    sync()
    cloud.fleets = {
        "f1": [
            listed(1),
            listed(2, vin="NOT-A-VIN"),
            {"id": "v3"},
            listed(4),
            listed(4, id="again"),
            listed(5, id="v1"),
        ],
        "f2": [listed(1), listed(6), listed(7, id="")],
    }
    said = sync()
    assert "NOT-A-VIN (v2) in fleet f1 is left out. Its VIN can't be one" in said
    assert "v3 in fleet f1 is left out. It has no VIN." in said
    assert f"{vin(4)} (again) in fleet f1 is left out. It is listed twice; the one with the id v4 is kept." in said
    assert f"{vin(5)} (v1) in fleet f1 is left out. It is listed under the id of {vin(1)}." in said
    assert f"{vin(1)} (v1) in fleet f2 is left out. It is listed in fleet f1 too, and is kept there." in said
    assert f"{vin(7)} in fleet f2 is left out. It has no id at the manufacturer's cloud" in said
    assert vins(fleet__name="Fleet f1") == [vin(1), vin(4)]
    assert vins(fleet__name="Fleet f2") == [vin(6)]


def test_a_vehicle_follows_to_another_fleet_once_the_old_one_surely_lacks_it(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1)], "f2": []}
    sync()
    cloud.fleets = {"f1": [], "f2": [listed(1)]}
    cloud.broken = {"/fleets/f1/vehicles"}
    assert "may still be in the fleet where we have it" in sync()
    assert vins(fleet__name="Fleet f1", gone_at=None) == [vin(1)]
    cloud.broken = set()
    assert "vehicles: 0 new, 0 back, 0 gone, 1 changed." in sync()
    assert vins(fleet__name="Fleet f2", gone_at=None) == [vin(1)]


def test_a_vehicle_of_another_gateway_is_taken_over_only_when_gone_there(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1)]}
    sync()
    other = Cloud()
    other.fleets = {"x": [listed(1)]}
    zeta = Gateway.objects.create(name="Zeta", base_url=other.base_url)
    assert (
        f"{vin(1)} (v1) in fleet x is left out. It belongs to another gateway, Stellantis, which has it still."
        in sync()
    )
    cloud.fleets = {"f1": []}
    assert "Zeta lists 1 fleet with 1 vehicle; vehicles: 0 new, 1 back" in sync()
    other.close()
    assert Vehicle.objects.get().gateway == zeta


def test_two_gateways_with_the_same_ids_are_kept_apart(sync: Sync, cloud: Cloud) -> None:
    """Both list a fleet f1 with vehicles v1 and v2; what goes at one stays at the other."""
    other = Cloud()
    cloud.fleets, other.fleets = {"f1": [listed(1), listed(2)]}, {"f1": [listed(3, id="v1"), listed(4, id="v2")]}
    zeta = Gateway.objects.create(name="Zeta", base_url=other.base_url)
    sync()
    places = UpstreamFleet.objects.order_by("gateway__name")
    assert [(place.gateway.name, place.upstream_id) for place in places] == [("Stellantis", "f1"), ("Zeta", "f1")]
    assert len({place.fleet_id for place in places}) == 2
    assert [place.fleet.vehicles.count() for place in places] == [2, 2]
    cloud.fleets = {"f1": [listed(1)]}
    assert "Zeta lists 1 fleet with 2 vehicles; vehicles: 0 new, 0 back, 0 gone, 0 changed." in sync()
    cloud.fleets = {}
    sync()
    assert set(UpstreamFleet.objects.filter(gone_at=None).values_list("gateway", flat=True)) == {zeta.pk}
    assert set(Vehicle.objects.filter(gone_at=None).values_list("vin", flat=True)) == {vin(3), vin(4)}
    other.close()


def test_an_id_that_is_taken_at_another_gateway_is_free_here(sync: Sync, cloud: Cloud) -> None:
    """Zeta lists a vehicle of ours as v9 (and does not get it), and one of its own under the id that ours has here."""
    other = Cloud()
    cloud.fleets, other.fleets = {"f1": [listed(1)]}, {"x": [listed(1, id="v9"), listed(2, id="v1")]}
    zeta = Gateway.objects.create(name="Zeta", base_url=other.base_url)
    sync()
    assert sync().count("left out") == 1
    assert [(row.vin, row.upstream_id) for row in Vehicle.objects.filter(gateway=zeta)] == [(vin(2), "v1")]
    other.close()


def test_ten_times_the_vehicles_are_no_more_statements(
    gateway: Gateway, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How far it is would be written every few seconds, however many there are.
    monkeypatch.setattr(last_sync, "EVERY", 1e9)

    def statements(*, count: int, brand: str) -> int:
        cloud.fleets = {"f1": [listed(n, brand=brand) for n in range(count)]}
        with CaptureQueriesContext(
            connection,
        ) as queries:
            sync_gateway(gateway)
        assert Vehicle.objects.filter(brand=brand, gone_at=None).count() == count
        return len(queries)

    first = statements(count=60, brand="Peugeot")
    assert first <= 14
    assert statements(count=600, brand="Peugeot") <= first
    assert statements(count=600, brand="Opel") <= first
    assert statements(count=60, brand="Opel") <= first


def test_a_character_that_the_database_cannot_hold_costs_only_its_page(sync: Sync, cloud: Cloud) -> None:
    cloud.page_size = 1
    cloud.fleets = {"f1": [listed(1), listed(2, brand="Peu\0geot")], "f2": [listed(3)]}
    assert "could not all be read: The manufacturer's cloud gave an answer that can't be read." in sync()
    assert vins() == [vin(1), vin(3)]


def test_ids_may_be_numbers(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {7: [listed(1, id=42)]}
    assert "vehicles: 1 new" in sync()
    assert Vehicle.objects.get().upstream_id == "42"
    assert UpstreamFleet.objects.get(fleet__vehicles__upstream_id="42").upstream_id == "7"
    assert "0 new, 0 back, 0 gone, 0 changed" in sync()


def test_two_at_a_time_are_one(sync: Sync, cloud: Cloud, gateway: Gateway) -> None:
    cloud.fleets = {"f1": [listed(1)]}
    values = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password")
    with psycopg.connect(**{name: values[name] for name in names if name in values}) as elsewhere:
        elsewhere.execute("SELECT pg_advisory_lock(%s, %s)", [0x5F1EE7, gateway.pk])
        assert "Another process is reading this gateway; nothing was done." in sync()
        assert vins() == []
        # A connection that is closed gives its lock back at some time after that.
        elsewhere.execute("SELECT pg_advisory_unlock(%s, %s)", [0x5F1EE7, gateway.pk])
    assert "vehicles: 1 new" in sync()


def test_without_a_gateway_it_says_what_to_do(sync: Sync) -> None:
    Gateway.objects.all().delete()
    assert sync() == "No gateway is set up; add one in the admin.\n"
