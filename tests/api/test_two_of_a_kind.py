"""Two clients, two callbacks and two vehicles of one fleet: what has the same name or key is not the same."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from callbacks.models import Batch, Callback
from fleets.models import ApiClient, Vehicle
from protocol.canonical import format_time
from remotes.models import RemoteAction
from tests.callbacks.outbox_world import make_attempt, make_batch, make_callback

from .conftest import SUBSCRIBE, Caller, World

UNLOCK = {"label": "the same", "door": {"state": "Unlocked"}}


@dataclass
class Twins:
    """Two clients of one fleet, with two vehicles and two callbacks of the same name there."""

    world: World
    other: Caller
    vehicles: tuple[Vehicle, Vehicle]
    callbacks: tuple[str, str]
    others_callback: str

    @property
    def fleet(self) -> str:
        return f"/fleets/{self.world.fleet.public_id}"

    def remotes(self, vehicle: int = 0, callback: int = 0) -> str:
        return f"{self.fleet}/vehicles/{self.vehicles[vehicle].public_id}/callbacks/{self.callbacks[callback]}/remotes"

    @property
    def others_remotes(self) -> str:
        return self.remotes().replace(self.callbacks[0], self.others_callback)

    def callback(self, number: int) -> Callback:
        return Callback.objects.get(public_id=self.callbacks[number])


@pytest.fixture
def twins(ours: World) -> Twins:
    row = ApiClient(client_id="other-id", name=ours.caller.row.name, username=ours.caller.row.username)
    secret = row.new_secret()
    row.fleets.add(ours.fleet)
    vehicle = Vehicle.objects.create(
        vin="VF3ABCDE0FG123458", fleet=ours.fleet, gateway=ours.vehicle.gateway, upstream_id="v2"
    )
    ids = [
        ours.caller.post(f"/fleets/{ours.fleet.public_id}/remote/callbacks", SUBSCRIBE).json()["callbackId"]
        for _ in range(2)
    ]
    other = Caller(row, secret, Client())
    its = other.post(f"/fleets/{ours.fleet.public_id}/remote/callbacks", SUBSCRIBE).json()["callbackId"]
    return Twins(ours, other, (ours.vehicle, vehicle), (ids[0], ids[1]), its)


def send(caller: Caller, path: str, key: str | None = None, body: Any = None) -> Any:
    caller.headers = {"Idempotency-Key": key} if key else {}
    answer = caller.post(path, body or UNLOCK)
    caller.headers = {}
    return answer


def ids_of(answer: Any, name: str, key: str) -> list[str]:
    return [item[key] for item in answer.json()["_embedded"][name]]


def test_each_client_has_its_own_callbacks_and_the_actions_on_them(twins: Twins) -> None:
    """What another one, or a page, has made may hold words that a strict client can't read."""
    ours, other = twins.world.caller, twins.other
    made_by_a_page = make_callback(twins.world.fleet)
    Callback.objects.filter(pk=made_by_a_page.pk).update(created_by=None)
    place = f"{twins.fleet}/remote/callbacks"
    assert set(ids_of(ours.get(place), "callbacks", "id")) == set(twins.callbacks)
    assert ids_of(other.get(place), "callbacks", "id") == [twins.others_callback]
    action_id = send(ours, twins.remotes()).json()["remoteActionId"]
    for not_its in (*twins.callbacks, made_by_a_page.public_id):
        for method, part in (("GET", ""), ("PUT", ""), ("PUT", "/status"), ("DELETE", ""), ("GET", "/batches")):
            body = {"status": "Paused"} if part == "/status" else SUBSCRIBE
            assert other.request(method, f"{place}/{not_its}{part}", body).status_code == 404
        remotes = twins.remotes().replace(twins.callbacks[0], not_its)
        assert send(other, remotes).status_code == 404
        for path in (remotes, f"{remotes}/{action_id}"):
            assert other.get(path).status_code == 404
    assert not Callback.objects.exclude(status="Running").exists()
    # A client that is given what a page has made uses it as its own.
    Callback.objects.filter(pk=made_by_a_page.pk).update(created_by=other.row)
    assert send(other, twins.remotes().replace(twins.callbacks[0], made_by_a_page.public_id)).status_code == 202


def test_what_a_client_reads_of_its_own_is_what_it_wrote(twins: Twins) -> None:
    """`Always` and types that are not published, too."""
    wanted = {**SUBSCRIBE, "retryPolicy": {"policy": "Always", "retryDelay": 5}, "remoteTypes": ["VehicleState", "Tan"]}
    place = f"{twins.fleet}/remote/callbacks"
    callback_id = twins.other.post(place, wanted).json()["callbackId"]
    assert twins.other.get(f"{place}/{callback_id}").json()["subscribe"] == wanted


def test_an_idempotency_key_is_its_clients_own(twins: Twins) -> None:
    """Another client that comes by the same key gets an action of its own, and nothing of the first one's."""
    first = send(twins.world.caller, twins.remotes(), "1").json()["remoteActionId"]
    second = send(twins.other, twins.others_remotes, "1")
    assert second.status_code == 202
    assert second.json()["remoteActionId"] != first
    # Another request under a key that only the other client has used is no conflict either.
    assert send(twins.other, twins.others_remotes, "2", {"horn": {"state": "Activated"}}).status_code == 202
    assert send(twins.world.caller, twins.remotes(), "2").status_code == 202
    asked = RemoteAction.objects.order_by("pk").values_list("api_client_id", flat=True)
    ours, theirs = twins.world.caller.row.pk, twins.other.row.pk
    assert list(asked) == [ours, theirs, theirs, ours]
    # Each one's repeat finds its own.
    assert send(twins.world.caller, twins.remotes(), "1").json()["remoteActionId"] == first
    assert send(twins.other, twins.others_remotes, "1").json()["remoteActionId"] == second.json()["remoteActionId"]


@pytest.mark.parametrize("place", [(1, 0), (0, 1)], ids=["another vehicle", "another callback"])
def test_an_idempotency_key_is_for_one_address(twins: Twins, place: tuple[int, int]) -> None:
    assert send(twins.world.caller, twins.remotes(), "1").status_code == 202
    assert send(twins.world.caller, twins.remotes(*place), "1").json()["code"] == 40999
    assert RemoteAction.objects.count() == 1


def test_without_a_key_the_same_label_is_another_action(twins: Twins) -> None:
    ids = {send(twins.world.caller, twins.remotes()).json()["remoteActionId"] for _ in range(2)}
    assert len(ids) == 2
    labels = {action.upstream_label for action in RemoteAction.objects.all()}
    assert len(labels) == 2


@pytest.mark.parametrize("place", [(1, 0), (0, 1), (1, 1)], ids=["vehicle", "callback", "both"])
def test_an_action_is_found_under_its_own_vehicle_and_callback_only(twins: Twins, place: tuple[int, int]) -> None:
    caller = twins.world.caller
    action_id = send(caller, twins.remotes()).json()["remoteActionId"]
    other_id = send(caller, twins.remotes(*place)).json()["remoteActionId"]
    elsewhere = twins.remotes(*place)
    assert caller.get(f"{elsewhere}/{action_id}").status_code == 404
    assert caller.request("DELETE", f"{elsewhere}/{action_id}").status_code == 404
    assert ids_of(caller.get(elsewhere), "remoteActions", "remoteActionId") == [other_id]
    assert ids_of(caller.get(twins.remotes()), "remoteActions", "remoteActionId") == [action_id]
    assert set(RemoteAction.objects.values_list("state", flat=True)) == {"queued"}


def test_a_cancelled_action_takes_its_twin_not_along(twins: Twins) -> None:
    caller = twins.world.caller
    first, second = (send(caller, twins.remotes()).json()["remoteActionId"] for _ in range(2))
    assert caller.request("DELETE", f"{twins.remotes()}/{second}").status_code == 204
    assert dict(RemoteAction.objects.values_list("public_id", "state")) == {first: "queued", second: "cancelled"}


def test_the_limits_of_a_client_are_its_own(twins: Twins) -> None:
    ApiClient.objects.update(day_limit=5)
    codes = [twins.world.caller.get("/fleets").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert twins.other.get("/fleets").status_code == 200


def test_the_password_of_one_client_opens_nothing_under_the_id_of_the_other(twins: Twins) -> None:
    """Though both have the same name and user name."""
    stranger = Caller(twins.other.row, twins.world.caller.secret, Client())
    assert stranger.get("/fleets").status_code == 401


@pytest.mark.parametrize("change", ["pause", "replace", "delete", "secret"])
def test_what_is_done_to_one_callback_is_not_done_to_the_other(twins: Twins, change: str) -> None:
    caller, path = twins.world.caller, f"{twins.fleet}/remote/callbacks/{twins.callbacks[1]}"
    before = Callback.objects.filter(public_id=twins.callbacks[0]).values().get()
    answers = {
        "pause": lambda: caller.request("PUT", f"{path}/status", {"status": "Paused"}),
        "replace": lambda: caller.request("PUT", path, {**SUBSCRIBE, "label": "day shift"}),
        "delete": lambda: caller.request("DELETE", path),
        "secret": lambda: caller.post(f"{path}/secret", None),
    }
    assert answers[change]().status_code in (200, 202, 204)
    assert Callback.objects.filter(public_id=twins.callbacks[0]).values().get() == before


def test_the_batches_of_one_callback_are_not_the_others(twins: Twins) -> None:
    caller, paths = twins.world.caller, [f"{twins.fleet}/remote/callbacks/{one}" for one in twins.callbacks]
    batches = [make_batch(twins.callback(number), state="parked") for number in range(2)]
    attempts = [make_attempt(batch, status=500, error="It answered 500.") for batch in batches]
    since = {"since": format_time(batches[0].formed_at.replace(microsecond=0))}
    for number, path in enumerate(paths):
        mine, other = str(batches[number].pk), str(batches[1 - number].pk)
        assert ids_of(caller.get(f"{path}/batches"), "batches", "batchId") == [mine]
        assert ids_of(caller.get(f"{path}/attempts"), "attempts", "batchId") == [mine]
        assert caller.get(f"{path}/attempts", f"&batchId={other}").json()["total"] == 0
        assert caller.get(f"{path}/batches/{other}").status_code == 404
        assert caller.post(f"{path}/batches/{other}/replay", None).status_code == 404
        health = caller.get(f"{path}/health").json()
        assert (health["attempts"], health["parked"]) == (1, 1)
    assert len({attempt.callback_id for attempt in attempts}) == 2
    assert caller.post(f"{paths[1]}/replay", {**since, "only": "Failed"}).json() == {"replayed": 1}
    states = dict(Batch.objects.values_list("callback__public_id", "state"))
    assert states == {twins.callbacks[0]: "parked", twins.callbacks[1]: "waiting"}
    assert Batch.objects.get(pk=batches[1].pk).expires_at > timezone.now()


@pytest.fixture
def takes_all(twins: Twins) -> Twins:
    """The first callback takes every type."""
    path = f"{twins.fleet}/remote/callbacks/{twins.callbacks[0]}"
    twins.world.caller.request("PUT", path, {**SUBSCRIBE, "remoteTypes": []})
    return twins


def program(slot: int | None, start: str = "PT7H") -> dict[str, Any]:
    return {"start": start, "enabled": True, **({} if slot is None else {"slot": slot})}


@pytest.mark.parametrize(
    ("slots", "path"),
    [((1, 1), "[1]"), ((1, 2, 1), "[2]"), ((1, 2, 2), "[2]"), ((None, 3, 3), "[2]")],
)
def test_two_charging_programs_do_not_share_a_slot(takes_all: Twins, slots: tuple[int, ...], path: str) -> None:
    body = {"charging": {"schedule": {"programs": [program(slot) for slot in slots]}}}
    answer = takes_all.world.caller.post(takes_all.remotes(), body)
    assert answer.json()["code"] == 40001
    words = f"charging.schedule.programs{path}.slot: {slots[-1]} stands twice; each slot once at the most"
    assert answer.json()["message"] == words
    assert not RemoteAction.objects.exists()


def test_charging_programs_of_different_slots_and_of_none_are_taken(takes_all: Twins) -> None:
    """Whether or not they begin at the same time."""
    caller = takes_all.world.caller
    programs = [program(1), program(2), program(None), program(None)]
    assert caller.post(takes_all.remotes(), {"charging": {"schedule": {"programs": programs}}}).status_code == 202


def test_two_programs_of_the_cabin_do_not_share_a_slot(takes_all: Twins) -> None:
    caller = takes_all.world.caller
    entry = {"enabled": True, "start": "PT7H", "occurence": {"day": ["Mon"]}}
    programs = [{**entry, "slot": 1}, {**entry, "slot": 1}]
    answer = caller.post(takes_all.remotes(), {"preconditioning": {"airConditioning": {"programs": programs}}})
    assert answer.json()["message"].endswith("programs[1].slot: 1 stands twice; each slot once at the most")
