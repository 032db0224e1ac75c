"""Whatever the cloud does wrong, what FleetRemote says in the end is what the vehicle did, and it did it once.

Some runs draw a seeded sample; FLEETREMOTE_TEST_LONG=1 runs every fault alone and many mixtures.
"""

from dataclasses import dataclass
from typing import Any

import pytest
import requests

from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.long_form import LONG
from tests.running import Running

pytestmark = pytest.mark.drawn("houses", 1)

FAULTS = [
    "duplicates",
    "reorder",
    "late",
    "lost_done",
    "orphan",
    "before_202",
    "429",
    "500",
    "html_502",
    "cut_before",
    "cut_after",
    "slow",
]
MIXTURES: list[dict[str, Any]] = [
    {"duplicates": 0.5, "reorder": 0.5, "orphan": 0.3, "before_202": 0.5, "seed": 7},
    {"cut_after": 0.2, "cut_before": 0.1, "500": 0.05, "429": 0.1, "lost_done": 0.4, "seed": 11},
]
if LONG:
    # So many failures close the gateway, and probes open it after a while.
    MIXTURES += [{"cut_after": 0.25, "cut_before": 0.15, "500": 0.1, "429": 0.1, "lost_done": 0.4, "seed": 11}]
    MIXTURES += [{name: 1.0 if name in ("duplicates", "reorder", "before_202") else 0.5} for name in FAULTS]
    MIXTURES += [{**dict.fromkeys(FAULTS, 0.15), "seed": seed} for seed in range(20)]

# What a vehicle is asked for, and the word for it in its own count.
ASKED: list[tuple[dict[str, Any], str]] = [
    ({"door": {"state": "Unlocked"}}, "Doors"),
    ({"horn": {"state": "Activated"}}, "Horn"),
    ({"immobilization": {"activate": True}}, "Immobilization"),
    ({"wakeUp": {"action": "WakeUp"}}, "WakeUp"),
]


def set_faults(running: Running, faults: dict[str, Any]) -> None:
    url = f"{running.environment['SIMULATOR_URL']}/simulator/faults"
    requests.put(
        url, json=faults, params={"client_id": CLIENT_ID}, auth=(USER, PASSWORD), timeout=10
    ).raise_for_status()


@dataclass
class Asked:
    """One action on one vehicle, and how often the vehicle had done the like before."""

    vehicle: dict[str, Any]
    counted_as: str
    before: int
    path: str


def ask_all(running: Running) -> list[Asked]:
    asked = []
    for number, vehicle in enumerate(running.vehicles("awake")[:6] + running.vehicles("asleep")[:6]):
        body, counted_as = ASKED[number % len(ASKED)]
        before = running.executed(vehicle).get(counted_as, 0)
        asked.append(Asked(vehicle, counted_as, before, running.send(vehicle, body)))
    return asked


@pytest.mark.parametrize("faults", MIXTURES, ids=str)
@pytest.mark.timeout(600)
def test_the_shown_outcome_is_the_vehicles_truth(fast: Running, faults: dict[str, Any]) -> None:
    set_faults(fast, faults)
    try:
        asked = ask_all(fast)
        # A look-up that fails is made again after a quarter of the action's age, and half of them fail here.
        ends = [fast.final(one.path, 240) for one in asked]
    finally:
        set_faults(fast, {})
    for one, (status, cause) in zip(asked, ends, strict=True):
        times = fast.executed(one.vehicle).get(one.counted_as, 0) - one.before
        told = (one.counted_as, status, cause, times)
        assert times <= 1, told
        assert (times == 1) == (status == "Success"), told
        events = fast.events(one.path)
        assert len(events) == len(set(events)), (told, events)
