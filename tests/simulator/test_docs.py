"""docs/simulator.md names every option, profile, fault and credential."""

import json

from simulator import faults
from simulator.__main__ import make_parser
from simulator.faults import Faults
from simulator.vehicles.profiles import PROFILES
from simulator.world import CLIENT_ID, PASSWORD, USER, V1_CLIENT_ID, V1_CLIENT_SECRET, demo_world
from tests.simulator.driving import REPOSITORY


def test_everything_is_documented():
    text = (REPOSITORY / "docs" / "simulator.md").read_text()
    options = {name for action in make_parser()._actions for name in action.option_strings} - {"-h", "--help"}
    credentials = [USER, PASSWORD, CLIENT_ID, V1_CLIENT_ID, V1_CLIENT_SECRET]
    words = [*options, *PROFILES, *json.loads(faults.write(Faults())), *credentials]
    assert [word for word in words if f"`{word}" not in text] == []
    assert f"/simulator/vehicles/{demo_world()[0].vehicles[0].vin}/faults" in text
    for kind in PROFILES.values():
        assert kind.ends_with.split(",")[0] in text
