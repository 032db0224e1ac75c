"""What a sync can't take in is kept, with its reason and since when, and goes as soon as it can be taken."""

import pytest

from fleets.models import Gateway, LastSync, LeftOut, UpstreamFleet, Vehicle
from fleets.sync import codes, last_sync
from fleets.sync.run import sync as sync_gateway
from protocol.why import read_why

from .cloud import Cloud, listed
from .conftest import Sync


def kept() -> dict[str, str]:
    """The codes by the ids upstream."""
    return {row.upstream_id: row.why.code for row in LeftOut.objects.order_by("pk")}


def test_each_reason_is_kept_with_what_it_is_about(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {
        "f1": [
            listed(1),
            listed(2, vin="VF3ABCDE0FG00000O"),
            listed(3, vin=None),
            listed(4),
            listed(4, id="again"),
            listed(5, id="v1"),
            listed(6, id="x" * 201),
        ],
        "f2": [listed(1, id="second"), listed(7, id="")],
    }
    sync()
    assert kept() == {
        "v2": codes.NOT_A_VIN,
        "v3": codes.NO_VIN,
        "again": codes.UNDER_TWO_IDS,
        "v1": codes.ID_OF_ANOTHER,
        "x" * 200: codes.LONG_ID,
        "second": codes.IN_OTHER_FLEET,
        "": codes.NO_ID,
    }
    second = LeftOut.objects.get(upstream_id="second")
    assert (second.vin, second.upstream_fleet, second.fleet) == (
        listed(1)["vin"],
        "f2",
        UpstreamFleet.objects.get(upstream_id="f2").fleet,
    )
    assert str(second.why) == "It is listed in fleet f1 too, and is kept there."
    assert str(codes.discreet(second.why)) == "It is listed in another fleet too, and is kept there."


def test_since_stays_and_what_is_no_longer_left_out_goes(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1, vin="A"), listed(2, vin="B")], "f2": [listed(3, vin="C")]}
    sync()
    first = LeftOut.objects.get(vin="A")
    cloud.fleets = {"f1": [listed(1, vin="A"), listed(2)], "f2": [listed(3, vin="C")]}
    sync()
    again = LeftOut.objects.get(vin="A")
    assert (again.pk, again.since) == (first.pk, first.since)
    assert again.seen_at > first.seen_at
    assert kept() == {"v1": codes.NOT_A_VIN, "v3": codes.NOT_A_VIN}
    cloud.fleets = {"f1": [listed(1, vin="A")]}
    sync()
    assert kept() == {"v1": codes.NOT_A_VIN}, "with its fleet"
    cloud.fleets = {"f1": [listed(1, id="")]}
    sync()
    assert kept() == {"": codes.NO_ID}


def test_a_list_that_breaks_off_takes_nothing_from_the_list(sync: Sync, cloud: Cloud) -> None:
    """But for what it has shown to be taken in now."""
    cloud.page_size = 1
    cloud.fleets = {"f1": [listed(1, id=""), listed(2, vin="B")]}
    sync()
    cloud.fleets = {"f1": [listed(1), listed(2, vin="B")]}
    cloud.broken = {"/fleets/f1/vehicles#2"}
    sync()
    assert kept() == {"": codes.NO_ID, "v2": codes.NOT_A_VIN}, "the one without an id may follow yet"
    seen, told = LeftOut.objects.get(vin="B").seen_at, LastSync.objects.get()
    assert seen < told.began_at
    assert [str(read_why(problem)) for problem in told.problems] == [
        "The vehicles of fleet f1 could not all be read: The manufacturer's cloud answered HTTP 500: “out of order”."
    ]
    cloud.broken = set()
    sync()
    assert kept() == {"v2": codes.NOT_A_VIN}


def test_a_vehicle_that_was_left_out_and_is_shown_is_off_the_list_though_it_breaks_off(
    sync: Sync, cloud: Cloud
) -> None:
    cloud.page_size = 1
    cloud.fleets = {"f1": [listed(1), listed(5, id="v1")]}
    sync()
    assert kept() == {"v1": codes.ID_OF_ANOTHER}
    cloud.fleets = {"f1": [listed(5, id="v1"), listed(9), listed(1, id="other")]}
    cloud.broken = {"/fleets/f1/vehicles#2"}
    sync()
    assert kept() == {"v1": codes.ID_OF_ANOTHER}, "v1 is the other's still"
    cloud.broken = set()
    cloud.fleets = {"f1": [listed(1, id="other"), listed(5, id="v1")]}
    sync()
    sync()
    assert kept() == {}


def test_small_letters_are_taken(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1, vin=str(listed(1)["vin"]).lower()), listed(2, vin="ſf3abcde0fg000002")]}
    sync()
    assert Vehicle.objects.get().vin == listed(1)["vin"]
    assert kept() == {"v2": codes.NOT_A_VIN}


def test_one_that_we_have_is_not_gone_while_it_is_listed_in_a_way_that_cannot_be_taken(
    sync: Sync, cloud: Cloud
) -> None:
    cloud.fleets = {"f1": [listed(1), listed(2)]}
    sync()
    cloud.fleets = {"f1": [listed(1, id="")]}
    sync()
    assert list(Vehicle.objects.filter(gone_at=None).values_list("vin", flat=True)) == [listed(1)["vin"]]


def test_the_same_twice_is_one_row_that_says_so(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [{"vin": ""}, {"vin": ""}, {}]}
    sync()
    assert LeftOut.objects.get().times == 3


def test_a_fleet_without_an_id_is_listed_too(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"": [], "f1": []}
    assert "Problem: The fleet “Fleet ” has no id" in sync().replace("Fleet”", "Fleet ”")
    assert LeftOut.objects.get().fleet is None
    cloud.fleets = {"f1": []}
    sync()
    assert not LeftOut.objects.exists()


def test_another_gateway_is_named_to_who_sees_both(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1)]}
    sync()
    other = Cloud()
    other.fleets = {"x": [listed(1), listed(1, id="v9")]}
    zeta = Gateway.objects.create(name="Zeta", base_url=other.base_url)
    sync()
    rows = LeftOut.objects.filter(gateway=zeta)
    assert {str(row.why) for row in rows} == {"It belongs to another gateway, Stellantis, which has it still."}
    assert {str(codes.discreet(row.why)) for row in rows} == {"It belongs to another gateway, which has it still."}
    assert rows.count() == 2
    cloud.fleets = {"f1": []}
    sync()
    assert {row.why.code for row in LeftOut.objects.all()} == {codes.UNDER_TWO_IDS}
    other.close()


def test_the_last_sync_is_a_row_of_the_gateway(gateway: Gateway, cloud: Cloud, sync: Sync) -> None:
    cloud.fleets = {"f1": [listed(1), listed(2, vin="B")], "f2": []}
    sync()
    last = gateway.last_sync
    assert (last.fleets, last.fleets_read, last.vehicles, last.new_fleets, last.new, last.left_out) == (
        2,
        2,
        1,
        2,
        1,
        1,
    )
    assert last.ended_at is not None
    assert last.ended_at > last.began_at
    cloud.broken = {"/fleets"}
    sync()
    last.refresh_from_db()
    assert (last.fleets, last.new, last.left_out) == (0, 0, 0)
    assert str(read_why(last.problems[0])).startswith("The fleets could not all be read: ")


def test_how_far_it_is_can_be_read_meanwhile(gateway: Gateway, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_sync, "EVERY", 0.0)
    told: list[tuple[int, int, int, bool]] = []
    tell = last_sync.Progress.tell

    def telling(progress: last_sync.Progress, reading: object) -> None:
        tell(progress, reading)  # type: ignore[arg-type]
        row = LastSync.objects.get()
        told.append((row.fleets, row.fleets_read, row.vehicles, row.ended_at is None))

    monkeypatch.setattr(last_sync.Progress, "tell", telling)
    cloud.fleets = {"f1": [listed(1), listed(2)], "f2": [listed(3)]}
    sync_gateway(gateway)
    assert told == [(2, 0, 1, True), (2, 0, 2, True), (2, 1, 3, True)]
    assert LastSync.objects.get().ended_at is not None
