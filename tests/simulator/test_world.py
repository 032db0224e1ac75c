"""The demo world: plausible, the same everywhere, and cheap to import."""

import re
import subprocess
import sys

from simulator.vehicles.profiles import PROFILES
from simulator.world import demo_world, generated_fleet
from tests.simulator.driving import REPOSITORY


def test_first_fleet_has_each_profile_once_and_begins_awake_asleep():
    first, second = demo_world()
    profiles = [vehicle.profile for vehicle in first.vehicles]
    assert profiles == list(PROFILES)
    assert profiles[:2] == ["awake", "asleep"]
    assert len(profiles) <= 12
    assert len(second.vehicles) == 30
    assert [fleet.api for fleet in (first, second, generated_fleet(10))] == ["v3", "v1", "v3"]


def test_ids_vins_and_plates():
    vehicles = [vehicle for fleet in [*demo_world(), generated_fleet(500)] for vehicle in fleet.vehicles]
    for vehicle in vehicles:
        assert re.fullmatch(r"(VF3|VF7|VR1|W0V)[A-HJ-NPR-Z0-9]{14}", vehicle.vin)
        assert re.fullmatch(r"[0-9a-f]{32}", vehicle.id)
        assert re.fullmatch(r"[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}", vehicle.plate)
    for field in ("id", "vin", "label"):
        assert len({getattr(vehicle, field) for vehicle in vehicles}) == len(vehicles), field


def test_world_is_the_same_every_time():
    assert demo_world() == demo_world()
    assert demo_world()[0].vehicles[0].vin == "VF3UHZKX" + demo_world()[0].vehicles[0].vin[8:]


def test_importing_the_world_loads_no_server():
    code = "import sys, simulator.world; print([m for m in ('aiohttp', 'msgspec', 'sqlite3') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
