"""Who sees what over v1: an account is all fleets of the client; other clients' things are not there."""

from typing import Any

import pytest

from callbacks.models import Callback
from fleets.models import Fleet, Vehicle
from protocol.v1 import scopes
from tests.api.conftest import SUBSCRIBE, World

from .conftest import LOCK, V1Caller


def vins(answer: Any) -> list[str]:
    return [item["vin"] for item in answer.json()["_embedded"]["vehicles"]]


@pytest.fixture
def second(ours: World) -> Vehicle:
    """A vehicle of another fleet of ours."""
    fleet = Fleet.objects.create(name="second")
    ours.caller.row.fleets.add(fleet)
    return Vehicle.objects.create(
        vin="VF3ABCDE0FG123458", fleet=fleet, gateway=ours.vehicle.gateway, upstream_id="v2", brand="Peugeot"
    )


def test_an_account_is_all_fleets_of_the_client(ours: World, theirs: World, second: Vehicle, us: V1Caller) -> None:
    assert vins(us.get("/accounts/vehicles")) == [ours.vehicle.vin, second.vin]
    assert vins(us.get("/accounts/vehicles", "?vinPrefix=VF3ABCDE0FG123458")) == [second.vin]
    assert vins(us.get("/accounts/vehicles", "?vinPrefix=VF3%00")) == []
    for found in (ours.vehicle, second):
        assert us.get(f"/accounts/vehicles/{found.public_id}").json()["vin"] == found.vin
    ours.caller.row.fleets.remove(second.fleet)
    assert vins(us.get("/accounts/vehicles")) == [ours.vehicle.vin]
    assert us.get(f"/accounts/vehicles/{second.public_id}").status_code == 404


def test_one_channel_takes_remotes_for_all_fleets_and_each_fleet_has_its_own_callback(
    ours: World, second: Vehicle, us: V1Caller, channel_id: str
) -> None:
    for found in (ours.vehicle, second):
        answer = us.post(f"/accounts/vehicles/{found.public_id}/channels/{channel_id}/remotes", LOCK)
        assert answer.status_code == 202, answer.content
    members = Callback.objects.filter(channel__public_id=channel_id)
    assert {member.fleet_id for member in members} == {ours.fleet.pk, second.fleet_id}


def test_a_fleet_that_comes_later_gets_its_callback_when_it_is_needed(
    ours: World, us: V1Caller, channel_id: str
) -> None:
    fleet = Fleet.objects.create(name="late")
    late = Vehicle.objects.create(vin="VF3ABCDE0FG123459", fleet=fleet, gateway=ours.vehicle.gateway, upstream_id="v3")
    ours.caller.row.fleets.add(fleet)
    path = f"/accounts/vehicles/{late.public_id}/channels/{channel_id}/remotes"
    # Reading makes nothing.
    assert us.get(path).json()["total"] == 0
    assert not fleet.callbacks.exists()
    assert us.post(path, LOCK).status_code == 202
    assert us.get(path).json()["total"] == 1
    assert fleet.callbacks.count() == 1


OF_THEIRS = [
    ("GET", "/accounts/vehicles/{vid}"),
    ("GET", "/accounts/vehicles/{vid}/capability"),
    ("GET", "/accounts/vehicles/{vid}/telemetries/latest"),
    ("GET", "/accounts/channels/{chid}"),
    ("PUT", "/accounts/channels/{chid}"),
    ("DELETE", "/accounts/channels/{chid}"),
    ("PUT", "/accounts/channels/{chid}/status"),
    ("GET", "/accounts/vehicles/{vid}/channels/{chid}/remotes"),
    ("POST", "/accounts/vehicles/{vid}/channels/{chid}/remotes"),
    ("GET", "/accounts/vehicles/{vid}/channels/{chid}/remotes/{rid}"),
    ("DELETE", "/accounts/vehicles/{vid}/channels/{chid}/remotes/{rid}"),
]


@pytest.mark.parametrize(("method", "path"), OF_THEIRS)
def test_what_is_of_another_client_is_not_there(
    ours: World, theirs: World, us: V1Caller, them: V1Caller, remotes: str, method: str, path: str
) -> None:
    ids = {"vid": ours.vehicle.public_id, "chid": remotes.split("/")[5]}
    ids["rid"] = us.post(remotes, LOCK).json()["remoteActionId"]
    own = {"vid": theirs.vehicle.public_id, "chid": them.channel(), "rid": ids["rid"]}
    for changed in ids:
        # One id of the other's is enough.
        mixed = {**own, changed: ids[changed]}
        if f"{{{changed}}}" in path:
            answer = them.request(method, path.format(**mixed), {"status": "Paused", **LOCK, **CHANNEL_BODY})
            assert (answer.status_code, answer.json()["name"]) == (404, "NOT_FOUND")
    assert us.get(f"/accounts/channels/{ids['chid']}").json()["status"] == "Running"


CHANNEL_BODY = {"channel": {"webhook": {"target": "https://example.com/x", "name": "x"}}}


def test_channels_are_the_clients_own_and_v3_knows_none_of_them(ours: World, us: V1Caller, channel_id: str) -> None:
    other = V1Caller(*_second_client(ours), http=us.http).sign_in()
    assert other.get("/accounts/channels").json()["total"] == 0
    callbacks = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    made = ours.caller.post(callbacks, SUBSCRIBE).json()["callbackId"]
    listed = ours.caller.get(callbacks).json()["_embedded"]["callbacks"]
    assert [item["id"] for item in listed] == [made]
    member = Callback.objects.get(channel__public_id=channel_id)
    assert ours.caller.get(f"{callbacks}/{member.public_id}").status_code == 404
    remotes = f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/callbacks/{member.public_id}/remotes"
    assert ours.caller.post(remotes, {"door": {"state": "Locked"}}).status_code == 404
    # And v1 none of v3's.
    assert us.get("/accounts/channels").json()["total"] == 1
    assert us.get(f"/accounts/channels/{made}").status_code == 404


def _second_client(world: World) -> tuple[Any, str]:
    row = type(world.caller.row)(client_id="second-id", name="second", username="second")
    secret = row.new_secret()
    row.save()
    row.fleets.add(world.fleet)
    return row, secret


NEEDS = [
    ("GET", "/accounts/vehicles", scopes.VEHICLE),
    ("GET", "/accounts/vehicles/{vid}", scopes.VEHICLE),
    ("GET", "/accounts/vehicles/{vid}/telemetries/latest", scopes.TELEMETRY),
    ("GET", "/accounts/channels", "channel or channel:write"),
    ("POST", "/accounts/channels", scopes.CHANNEL_WRITE),
    ("GET", "/accounts/channels/{chid}", "channel or channel:write"),
    ("PUT", "/accounts/channels/{chid}", scopes.CHANNEL_WRITE),
    ("DELETE", "/accounts/channels/{chid}", scopes.CHANNEL_WRITE),
    ("PUT", "/accounts/channels/{chid}/status", scopes.CHANNEL_WRITE),
    ("GET", "/accounts/vehicles/{vid}/channels/{chid}/remotes", scopes.REMOTE),
    ("POST", "/accounts/vehicles/{vid}/channels/{chid}/remotes", "remote:locking:write"),
    ("GET", "/accounts/vehicles/{vid}/channels/{chid}/remotes/{rid}", "remote:locking"),
    ("DELETE", "/accounts/vehicles/{vid}/channels/{chid}/remotes/{rid}", "remote:locking:write"),
]


@pytest.mark.parametrize(("method", "path", "scope"), NEEDS)
def test_a_missing_scope_is_403_and_named(
    ours: World, us: V1Caller, remotes: str, method: str, path: str, scope: str
) -> None:
    rid = us.post(remotes, LOCK).json()["remoteActionId"]
    ids = {"vid": ours.vehicle.public_id, "chid": remotes.split("/")[5], "rid": rid}
    lacking = us.sign_in("channel" if scope == scopes.CHANNEL_WRITE else "remote:horn:write")
    if (method, path.rpartition("/")[2]) == ("GET", "remotes"):
        lacking = us.sign_in("channel")
    answer = lacking.request(method, path.format(**ids), LOCK)
    assert (answer.status_code, answer.json()["name"]) == (403, "FORBIDDEN")
    assert scope in answer.json()["message"]
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]


def test_any_token_reads_what_a_vehicle_can_do(ours: World, us: V1Caller) -> None:
    path = f"/accounts/vehicles/{ours.vehicle.public_id}/capability"
    assert us.sign_in("channel").get(path).json()["vin"] == ours.vehicle.vin


def test_a_token_reads_the_remotes_of_its_types_only(us: V1Caller, remotes: str) -> None:
    us.post(remotes, LOCK)
    us.post(remotes, {"action": {"horn": {"state": "Activated"}}})

    def types(asked: str) -> list[str]:
        return [item["type"] for item in us.sign_in(asked).get(remotes).json()["_embedded"]["remoteActions"]]

    assert types("remote") == types(" ".join(scopes.READ.values())) == ["Horn", "Locking"]
    assert types("remote:horn") == types("remote:horn:write") == ["Horn"]
    assert types("remote:tan:write") == []
