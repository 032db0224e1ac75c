"""A fleet manager has many vehicles honk, carefully, in a real Chromium against a whole running FleetRemote."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from simulator.world import CLIENT_ID, PASSWORD, USER, generated_fleet
from tests.running import SPEED, Running
from tests.simulator.driving import Simulator

from .conftest import complaints_of, in_shell

NUMBER = 50

# A fleet at a gateway of its own: the vehicles that a second simulator makes up.
_LOAD = """
import json
from django.contrib.auth.models import User
from fleets.models import Fleet, Gateway, Membership, UpstreamFleet, Vehicle
world = json.loads({world!r})
gateway = Gateway.objects.create(name=world["name"], base_url=world["url"], **world["login"])
fleet = Fleet.objects.create(name=world["name"])
UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id=world["id"])
for vehicle in world["vehicles"]:
    Vehicle.objects.create(fleet=fleet, gateway=gateway, **vehicle)
Membership.objects.create(user=User.objects.get(username="demo"), fleet=fleet, role="manager")
print(fleet.public_id)
"""

# Nobody asks for it any more, and nobody sees it.
_LEAVE = """
from django.utils import timezone
from fleets.models import Membership, UpstreamFleet
UpstreamFleet.objects.filter(fleet__public_id={fleet!r}).update(gone_at=timezone.now())
Membership.objects.filter(fleet__public_id={fleet!r}).delete()
"""


@dataclass
class Fifty:
    """The fleet's public id, and the simulator that knows what its vehicles have really done."""

    fleet: str
    simulator: Simulator

    def honks(self) -> list[int]:
        """How often each vehicle has honked."""
        vins = [vehicle.vin for vehicle in generated_fleet(NUMBER).vehicles]
        truths = [self.simulator.get(f"/simulator/vehicles/{vin}") for vin in vins]
        return [truth["executed"].get("Horn", 0) for truth in truths]


@pytest.fixture
def fifty(running: Running, tmp_path: Path) -> Iterator[Fifty]:
    simulator = Simulator(tmp_path / "fifty.sqlite", "--speed", SPEED, "--vehicles", str(NUMBER)).start()
    origin = generated_fleet(NUMBER)
    world = {
        "name": "Fifty",
        "id": origin.id,
        "url": f"{simulator.url}/connectedcar/v3",
        "login": {"client_id": CLIENT_ID, "username": USER, "password": PASSWORD},
        "vehicles": [
            {"vin": vehicle.vin, "label": vehicle.label, "upstream_id": vehicle.id} for vehicle in origin.vehicles
        ],
    }
    loaded = in_shell(running, _LOAD.format(world=json.dumps(world)))
    yield Fifty(loaded, simulator)
    in_shell(running, _LEAVE.format(fleet=loaded))
    simulator.stop()


def tally(page: Page, part: str) -> int:
    return int(page.locator(f"#tally-{part} strong").inner_text())


def check_the_vehicles(page: Page, **care: str) -> None:
    for label, value in care.items():
        page.get_by_label(label.replace("_", " ")).fill(value)
    page.get_by_role("button", name="Check the vehicles").click()


@pytest.mark.drawn("days in a browser", 2, of="tests")
def test_bulk_honk_of_50_with_canary_and_stop(manager: Page, fifty: Fifty) -> None:
    manager.goto(f"/fleets/{fifty.fleet}")
    manager.get_by_role("button", name="Send to all 50…").click()
    expect(manager.get_by_role("heading", level=1)).to_have_text("One command for 50 vehicles")
    manager.get_by_role("radio", name="Honk", exact=True).check()
    check_the_vehicles(manager, Try_it_first_with="5", Pace="300")
    expect(manager.get_by_role("heading", level=1)).to_have_text("Honk: 50 vehicles")
    expect(manager.get_by_text("50 vehicles may be asleep")).to_be_visible()
    assert fifty.honks() == [0] * NUMBER
    manager.get_by_role("button", name="Send to 50 vehicles").click()

    state = manager.locator("#bulk-state")
    expect(state).to_have_attribute("data-state", "canary")
    expect(manager.locator("#live-mark")).to_have_attribute("data-mark", "live")
    assert tally(manager, "waiting") >= 45
    manager.evaluate("window.sameDocument = true")
    expect(state).to_have_attribute("data-state", "running")
    assert tally(manager, "succeeded") >= 4
    assert manager.evaluate("window.sameDocument") is True

    manager.get_by_role("button", name="Stop").click()
    expect(manager.get_by_text("demo stopped it.")).to_be_visible()
    expect(manager.locator("#tally-asked strong")).to_have_text("0")
    succeeded, unsent = tally(manager, "succeeded"), tally(manager, "cancelled")
    assert succeeded + unsent == NUMBER
    assert unsent > 0
    assert sum(fifty.honks()) == succeeded

    manager.get_by_role("link", name=re.compile("Not sent")).click()
    expect(manager.locator("#tally-cancelled")).to_have_attribute("aria-current", "true")
    manager.get_by_role("button", name=f"Send to the {unsent} left").click()
    manager.get_by_role("button", name=f"Send to {unsent} vehicle").click()
    expect(state).to_have_attribute("data-state", "done", timeout=60_000)
    assert tally(manager, "succeeded") == unsent
    # Each has honked, and none of them twice.
    assert fifty.honks() == [1] * NUMBER
    with manager.expect_download() as download:
        manager.get_by_role("link", name="Result as CSV").click()
    assert len(download.value.path().read_text("utf-8-sig").splitlines()) == 1 + unsent
    assert complaints_of(manager) == []


def test_when_the_first_vehicle_fails_the_others_are_left_alone(manager: Page, running: Running) -> None:
    profiles = ("privacy-full", "in-use", "doors-open")
    chosen = [vehicle for profile in profiles for vehicle in running.vehicles(profile)]
    before = [running.executed(vehicle).get("Lights", 0) for vehicle in chosen]
    manager.goto(f"/fleets/{running.fleet['id']}")
    for vehicle in chosen:
        manager.get_by_role("checkbox", name=f"Choose {vehicle['label']} · {vehicle['vin']}", exact=True).check()
    manager.get_by_role("button", name="Send to the chosen…").click()
    manager.get_by_role("radio", name="Flash lights", exact=True).check()
    check_the_vehicles(manager, Try_it_first_with="1", Go_on_if_these_succeed="100")
    manager.get_by_role("button", name="Send to 3 vehicles").click()
    expect(manager.locator("#bulk-state")).to_have_attribute("data-state", "aborted")
    expect(manager.get_by_text("The vehicle that was tried first did not succeed.")).to_be_visible()
    expect(manager.get_by_text("Privacy is switched on in the vehicle.")).to_be_visible()
    assert [running.executed(vehicle).get("Lights", 0) for vehicle in chosen] == before
    manager.get_by_role("link", name=chosen[0]["label"]).click()
    expect(manager.locator("#history .entry").first).to_contain_text("Flash lights")


@pytest.mark.usefixtures("one_is_enough")
def test_a_dangerous_bulk_command_is_not_sent_by_a_slip(manager: Page, running: Running) -> None:
    vehicle = running.vehicles("awake")[2]
    fleet = running.fleet_of(vehicle)
    manager.goto(f"/fleets/{fleet['id']}/bulk/new?vehicle={vehicle['id']}")
    manager.get_by_role("radio", name="Immobilise", exact=True).check()
    check_the_vehicles(manager)
    expect(manager.get_by_role("alert").get_by_role("link", name="Why")).to_be_visible()
    manager.get_by_label("Why").fill("Contract ended")
    check_the_vehicles(manager)
    manager.get_by_role("button", name="Send to 1 vehicle").click()
    expect(manager.get_by_text("Type the number of vehicles.")).to_be_visible()
    manager.get_by_label("Type 1").fill("1")
    manager.get_by_label("Type 1").press("Enter")
    expect(manager.locator("#bulk-state")).to_have_attribute("data-state", "done")
    assert running.executed(vehicle).get("Immobilization", 0) == 1


def test_on_a_phone_nothing_scrolls_sideways(manager: Page, running: Running) -> None:
    manager.set_viewport_size({"width": 390, "height": 844})
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    manager.goto(f"/fleets/{running.fleet['id']}/bulk/new?all=yes&view=")
    assert len(set(manager.evaluate(widths))) == 1
    manager.get_by_role("radio", name="Refresh state", exact=True).check()
    check_the_vehicles(manager)
    expect(manager.get_by_role("button", name=re.compile("Send to"))).to_be_visible()
    assert len(set(manager.evaluate(widths))) == 1
    manager.goto(f"/fleets/{running.fleet['id']}/bulk")
    assert len(set(manager.evaluate(widths))) == 1
