"""The whole way, over HTTP at both ends: API, Celery, gateway, simulator, webhook, lifecycle."""

from tests.running import Running

UNLOCK = {"label": "gate 4", "door": {"state": "Unlocked"}}


def test_unlock_an_asleep_vehicle_then_once_more(running: Running) -> None:
    vehicle = running.vehicles("asleep")[6]
    path = running.send(vehicle, UNLOCK)
    assert running.final(path) == ("Success", None)
    assert running.events(path, least=5) == [
        *("Accepted", "WakingUpVehicle", "CheckingVehicle", "SentToVehicle", "Success")
    ]
    again = running.send(vehicle, UNLOCK)
    assert running.final(again) == ("AlreadyDone", None)
    assert running.executed(vehicle)["Doors"] == 1
    assert running.read(path)["remote"] == UNLOCK


def test_an_awake_vehicle_needs_no_waking(running: Running) -> None:
    path = running.send(running.vehicles("awake")[0], {"horn": {"state": "Activated"}})
    assert running.final(path) == ("Success", None)
    assert "WakingUpVehicle" not in running.events(path, least=3)


def test_an_unreachable_vehicle_ends_with_its_cause(running: Running) -> None:
    path = running.send(running.vehicles("unreachable")[0], {"lights": {"on": True}})
    assert running.final(path) == ("Failed", "VehicleConnectionTimeout")


def test_every_step_is_seen_by_somebody_who_polls(running: Running) -> None:
    path = running.send(running.vehicles("asleep")[7], UNLOCK)
    seen: list[str] = []

    def note(action: dict) -> bool:
        status = action.get("status", action["state"])
        if not seen or seen[-1] != status:
            seen.append(status)
        return status == "Success"

    running.wait(path, note)
    assert [status for status in seen if status in ("WakingUpVehicle", "Success")] == ["WakingUpVehicle", "Success"], (
        seen
    )


def test_the_vehicles_state_is_read_after_an_action(running: Running) -> None:
    vehicle = running.vehicles("awake")[0]
    path = running.send(vehicle, {"lights": {"on": True}})
    assert running.final(path)[0] in ("Success", "AlreadyDone")
