"""The rules of a remote action's life, for any commands to any vehicle, without a server."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol import statuses
from protocol.catalogue import REMOTE_TYPES
from simulator.vehicles.lifecycle import CHECK, Action, Progress, Rules, advance
from simulator.vehicles.profiles import PROFILES
from simulator.vehicles.state import State, after, seconds_of, settle
from simulator.vehicles.vehicle import Vehicle, is_awake

COMMANDS = [(entry.name, command.payload) for entry in REMOTE_TYPES.values() for command in entry.commands] + [
    ("Navigation", {"positions": [{"type": "Point", "coordinates": [4.8, 45.7]}]}),
    ("Tan", {"suppress": {"state": True, "duration": 1}}),
    ("Stolen", {"trackingPeriod": {"running": 5}}),
    ("Stolen", {"immobilization": {"activate": True}}),
    ("Lights", {"on": True, "duration": "PT20S"}),
    ("Charging", {"schedule": {"nextDelayedTime": "2026-11-21T08:00:00Z"}}),
    ("Preconditioning", {"airConditioning": {"programs": [{"slot": 1, "actionsType": "Delete"}]}}),
]
profiles = st.sampled_from(sorted(PROFILES))
commands = st.sampled_from(COMMANDS)
START = 1_800_000_000.0


def parked(profile: str) -> Vehicle:
    return Vehicle(
        id="a",
        fleet_id="b",
        vin="VF3UHZKXAP1000001",
        label="",
        plate="",
        brand="",
        model="",
        motorization="Electric",
        profile=profile,
        state=State(battery_at=START, **PROFILES[profile].state),
        created_at=START,
    )


def live(vehicle: Vehicle, command, now: float, rules: Rules, number: int = 1):
    """Take an action through its whole life; the vehicle then, all progress with its time."""
    told: list[tuple[float, Progress]] = []
    (name, payload), due, stage = command, now, CHECK
    for _ in range(10):
        move = advance(vehicle, Action(number, name, payload, stage), False, due, rules)
        vehicle = move.vehicle
        told += [(due, progress) for progress in move.progress]
        if move.stage is None:
            return vehicle, told
        assert move.due is not None
        assert move.due >= due
        stage, due = move.stage, move.due
    raise AssertionError("it never ends")


@given(profiles, st.lists(st.tuples(commands, st.floats(0, 400)), min_size=1, max_size=8), st.sampled_from([1.0, 60.0]))
def test_any_commands_to_any_vehicle(profile, doings, speed):
    vehicle, now, rules = parked(profile), START, Rules(speed=speed)
    for number, (command, pause) in enumerate(doings):
        now += pause / speed
        before, awake = vehicle, is_awake(vehicle, now)
        vehicle, told = live(vehicle, command, now, rules, number)
        now = told[-1][0]
        words = [progress.status for _time, progress in told]
        types = [progress.type for _time, progress in told]
        assert types[-1] == statuses.DONE
        assert types.count(statuses.DONE) == (2 if "VehicleConnectionTimeout" in causes(told)[:-1] else 1)
        assert [cause is not None for cause in causes(told)] == [word == "Failed" for word in words]
        if command[0] == "Navigation":
            assert not {"Accepted", "WakingUpVehicle"} & set(words)
        if awake:
            assert "WakingUpVehicle" not in words
        executed = sum(vehicle.executed.values()) - sum(before.executed.values())
        assert executed == words.count("Success")
        if words[-1] != "Success":
            assert rounded(settle(vehicle.state, now, speed)) == rounded(settle(before.state, now, speed))


def rounded(state: State) -> State:
    """Charged in one step or in two: the same but for the last digits."""
    return replace(state, battery=round(state.battery, 6))


def causes(told) -> list[str | None]:
    return [progress.failure_cause for _time, progress in told]


@given(profiles, commands)
def test_repeating_a_lasting_command_changes_nothing(profile, command):
    rules = Rules()
    vehicle, told = live(parked(profile), command, START, rules)
    again, told_again = live(vehicle, command, told[-1][0], rules, 2)
    if after(vehicle.state, command[0], command[1], START, 1.0) is None:
        assert told_again[-1][1].status in ("AlreadyDone", "Failed")
        assert again.executed == vehicle.executed


@given(commands, st.integers(0, 1000), st.sampled_from([1.0, 7.0, 60.0]))
def test_time_out_within_its_bounds(command, seed, speed):
    _vehicle, told = live(parked("unreachable"), command, START, Rules(speed, seed))
    assert 70 - 1e-3 <= (told[-1][0] - START) * speed <= 130 + 1e-3
    assert told == live(parked("unreachable"), command, START, Rules(speed, seed))[1]


def test_timings_of_an_asleep_vehicle():
    unlock = ("Locking", {"state": "Unlocked"})
    vehicle, told = live(parked("asleep"), unlock, START, Rules())
    assert [round(time - START, 3) for time, _progress in told] == [0, 1, 10, 10.2]
    end = told[-1][0]
    assert is_awake(vehicle, end + 179)
    assert not is_awake(vehicle, end + 181)


def test_checks_in_their_order():
    vehicle = parked("unsubscribed")
    action = Action(1, "Horn", {"state": "Activated"}, CHECK)
    assert advance(vehicle, action, True, START, Rules()).progress[-1].failure_cause == "MissingRights"
    spent = parked("quota-spent")
    assert advance(spent, action, True, START, Rules()).progress[-1].failure_cause == "SameActionInProgress"


def test_a_vehicle_that_is_back_acts_and_stays_awake():
    vehicle, told = live(parked("off-line-then-back"), ("Locking", {"state": "Unlocked"}), START, Rules())
    assert [progress.status for _time, progress in told][-2:] == ["Failed", "Success"]
    assert is_awake(vehicle, told[-1][0] + 100)


def test_a_charge_raises_the_battery_and_ends():
    state = after(State(battery_at=START), "Charging", {"immediate": True}, START, 1.0)
    assert state is not None
    assert settle(state, START + 1800, 1.0).battery == 82.0
    assert settle(state, START + 30, 60.0).battery == 82.0
    full = settle(state, START + 86_400, 1.0)
    assert (full.battery, full.charging) == (100.0, False)
    assert after(full, "Charging", {"immediate": True}, START + 86_400, 1.0) is None


def test_lights_go_off_after_their_duration():
    state = after(State(), "Lights", {"on": True, "duration": "PT20S"}, START, 1.0)
    assert state is not None
    assert settle(state, START + 19, 1.0).lights
    assert not settle(state, START + 20, 1.0).lights
    assert seconds_of("P1DT1H1M1S") == 90_061
