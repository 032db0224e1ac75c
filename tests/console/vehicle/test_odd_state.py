"""A state that nobody would make up: page, list and file stay, short, and say nothing more than it does."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.vehicle_list.listing import charging_word
from fleets.models import Vehicle
from protocol.canonical.event import format_time
from remotes.finding.vehicles import VehicleFilter
from remotes.reading.keeping import Answer, keep
from tests.console.conftest import World
from tests.world import make_action

END, BEGINNING = "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"


def pages(client: Client, world: World, state: Any) -> list[str]:
    """The vehicle's page, the list, what is stolen, the file, and the record, once the cloud has said this."""
    keep([Answer(world.van.pk, timezone.now(), state)])
    fleet = f"/fleets/{world.lyon.public_id}"
    found = []
    record = world.page_of(world.van, "/record")
    for url in (world.page_of(world.van), fleet, f"{fleet}?mark=stolen", f"{fleet}/vehicles.csv", record):
        answer = client.get(url)
        assert answer.status_code == 200, url
        found.append(answer.getvalue().decode())
        assert len(found[-1]) < 100_000
    return found


@pytest.mark.parametrize("date", [END, BEGINNING, "9999-12-31T24:00:00Z", "9999-12-31T23:59:60Z"])
def test_dates_beyond_all_calendars_break_nothing(camille: Client, world: World, date: str) -> None:
    charging = {"plugged": True, "nextDelayedTime": date, "createdAt": date}
    energy = {"type": "Electric", "level": 5, "extension": {"electric": {"charging": charging}}, "createdAt": date}
    stolen = {"state": True, "startedAt": date, "createdAt": date}
    trigger = {"type": "RoofBreakIn", "startAt": date, "createdAt": date}
    state = {"updatedAt": date, "stolen": stolen, "alarm": {"trigger": trigger}, "energies": [energy]}
    page, *_ = pages(camille, world, state)
    assert "Reported stolen" in page
    # They are the moment of arrival or none.
    heard = Vehicle.objects.get(pk=world.van.pk).heard_at
    assert heard is None or heard <= timezone.now()


def test_what_is_endless_or_hidden_is_shown_short_and_plain(camille: Client, world: World) -> None:
    odd = "\u202e\x07"
    state = {
        "ignition": {"type": odd + "B" * 100_000},
        "doorsState": {"lockedStates": ["D" * 50_000] * 20},
        "k" * 100_000: 1,
        odd: odd,
        **{f"field{number}": {"value": number} for number in range(10_000)},
    }
    for page in pages(camille, world, state):
        assert not set(odd) & set(page)


def test_who_has_said_something_that_no_row_shows_has_not_said_nothing(camille: Client, world: World) -> None:
    page, *_, record = pages(camille, world, {"cargo": {"cooled": True}})
    assert "1 other value" in page
    assert "cargo.cooled" in record
    assert "has reported nothing" not in page
    Vehicle.objects.update(state={})
    assert "has reported nothing" in camille.get(world.page_of(world.van)).content.decode()


@pytest.mark.parametrize("charging", [{"plugged": False, "status": "Disconnected"}, {"plugged": True}])
def test_a_thermic_car_is_neither_plugged_in_nor_not(camille: Client, world: World, charging: Any) -> None:
    Vehicle.objects.update(motorization="Thermic")
    electric = {"type": "Electric", "level": 0, "extension": {"electric": {"charging": charging}}}
    state = {"energies": [electric, {"type": "Fuel", "level": 40}]}
    page, *_ = pages(camille, world, state)
    assert 'data-state="charging"' not in page
    assert charging_word(Vehicle.objects.get(pk=world.van.pk)) == ""
    filters = [VehicleFilter(plugged=word) for word in ("yes", "no")] + [VehicleFilter(charging="no")]
    assert not any(found.of(world.lyon).exists() for found in filters)


@pytest.mark.parametrize("cause", ["NotPossibleDueToVehiclePrivacyLevel", "DoorsOpen", "VehicleIsNotLocked"])
def test_an_explanation_is_short_and_plain_too(camille: Client, world: World, cause: str) -> None:
    odd, at = "\u202e" + "C" * 50_000, {"createdAt": format_time(timezone.now() - timedelta(minutes=5))}
    doors = {"lockedStates": [odd], "opening": [{"identifier": odd, "state": "Open"}] * 50, **at}
    battery = {"voltage": -500, **at}
    pages(camille, world, {"privacy": {"state": odd, **at}, "doorsState": doors, "battery": battery})
    given: dict[str, Any] = {"state": "done", "status": "Failed", "failure_cause": cause, "finished_at": timezone.now()}
    action = make_action(world.van, **given)
    page = camille.get(world.page_of(world.van, f"/actions/{action.public_id}/explain")).content.decode()
    assert "The vehicle reported" in page
    assert "-500" not in page
    assert "\u202e" not in page
    assert len(page) < 20_000
