"""Every feature on a vehicle of each profile, the whole way: each ends as the protocol says for such a vehicle."""

import json
from typing import Any

import pytest

from fleetremote.walkthrough.features import features
from simulator.vehicles.profiles import PROFILES
from tests.running import Running

pytestmark = pytest.mark.drawn("houses", 1)

FEATURES = [feature.name for feature in features()]
DONE = {"Success", "AlreadyDone"}
# What the protocol's availability checks and an unreachable vehicle do to any action whatever.
WHATEVER = {
    "unreachable": "VehicleConnectionTimeout",
    "deep-sleep": "VehicleConnectionTimeout",
    "privacy-full": "NotPossibleDueToVehiclePrivacyLevel",
    "low-battery": "NotPossibleDueToVehicleBatteryLevel",
    "unsubscribed": "MissingRights",
    "quota-spent": "TooManyWakeUpsOverMonth",
}
# What a vehicle that was reached refuses, and what it does nevertheless.
HARMLESS = {"State", "WakeUp", "Navigation", "VehicleFinder", "Tan.suppress", "Tan.confirm"}
THEFT = {"State", "WakeUp", "VehicleFinder", "Tan.suppress", "Tan.confirm", "Stolen", "Immobilization"}
REFUSES = {
    "in-use": ("VehicleInUse", set(FEATURES) - HARMLESS - {"Stolen"}),
    "stolen": ("NotPossibleDueToVehicleStolenState", set(FEATURES) - THEFT),
    "doors-open": ("DoorsOpen", {"Locking", "Preconditioning", "Immobilization"}),
}


@pytest.fixture(scope="module")
def ends(fast: Running) -> list[dict[str, Any]]:
    shown = fast.server.run("-m", "launcher.manage", "walkthrough", "--json")
    assert shown.returncode == 0, shown.stderr + shown.stdout
    found: list[dict[str, Any]] = json.loads(shown.stdout)
    return found


def expected(profile: str, feature: str) -> str:
    if profile in WHATEVER:
        return WHATEVER[profile]
    cause, refused = REFUSES.get(profile, ("", set()))
    return cause if feature in refused else ""


def test_every_feature_is_sent_to_every_profile(ends: list[dict[str, Any]]) -> None:
    assert len(FEATURES) == 14
    assert {(end["feature"], end["profile"]) for end in ends} == {(f, p) for f in FEATURES for p in PROFILES}


@pytest.mark.parametrize("profile", list(PROFILES))
def test_each_ends_as_the_protocol_says(ends: list[dict[str, Any]], profile: str) -> None:
    for end in ends:
        if end["profile"] == profile:
            cause = expected(profile, end["feature"])
            assert end["cause"] == cause, end
            assert end["status"] in ({"Failed"} if cause else DONE), end


def test_a_vehicle_that_comes_back_corrects_its_time_out(fast: Running, ends: list[dict[str, Any]]) -> None:
    # Who asks may miss the time-out, which holds for less than a second at this speed; what was notified is stored.
    seen = [end for end in ends if end["corrected"]]
    assert {end["profile"] for end in seen} <= {"off-line-then-back"}
    assert {end["status"] for end in seen} <= DONE
    corrected = fast.corrected("VehicleConnectionTimeout")
    assert len(corrected) >= len(seen)
    assert corrected
    assert set(corrected) <= DONE


def test_what_was_not_so_before_is_done_not_only_found_done(ends: list[dict[str, Any]]) -> None:
    found_done = {end["feature"] for end in ends if end["profile"] == "awake" and end["status"] == "AlreadyDone"}
    # There is no alarm to deny.
    assert found_done <= {"Tan.confirm"}


def test_the_table_is_for_people(fast: Running) -> None:
    shown = fast.server.run("-m", "launcher.manage", "walkthrough", "--profile", "unsubscribed")
    lines = shown.stdout.splitlines()
    assert lines[0].split() == ["feature", "profile", "status", "cause"]
    assert lines[2].split() == ["Locking", "unsubscribed", "Failed", "MissingRights"]
    assert lines[-1] == "14 of 14 have ended."


def test_nothing_is_left_behind(fast: Running) -> None:
    for fleet in fast.demo["fleets"]:
        listed = fast.call("GET", f"/fleets/{fleet['id']}/remote/callbacks").json()
        names = [callback["subscribe"]["callback"]["webhook"]["name"] for callback in listed["_embedded"]["callbacks"]]
        assert set(names) <= {"Demo receiver"}
