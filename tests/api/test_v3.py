"""The published API: what a client written for it sends and gets."""

import re
import time

import psycopg
import pytest
from django.db import OperationalError
from django.utils import timezone

from fleets.models import Vehicle
from remotes.models import RemoteAction
from tests.published import hold

from .conftest import SUBSCRIBE, World

ID = re.compile(r"([0-9a-fA-F]|-|_)*")


def remotes(world: World, callback_id: str) -> str:
    return f"/fleets/{world.fleet.public_id}/vehicles/{world.vehicle.public_id}/callbacks/{callback_id}/remotes"


def test_fleets_and_vehicles_are_hal(ours: World) -> None:
    fid, vid = ours.fleet.public_id, ours.vehicle.public_id
    answer = ours.caller.get("/fleets")
    assert answer["Content-Type"] == "application/hal+json"
    body = answer.json()
    assert (body["total"], body["totalPage"], body["currentPage"]) == (1, 1, 1)
    assert {"self", "first"} <= set(body["_links"])
    fleet = ours.caller.get(f"/fleets/{fid}").json()
    assert fleet["id"] == fid
    assert ID.fullmatch(fid)
    assert fleet["_links"]["vehicles"]["href"].endswith(f"/connectedcar/v3/fleets/{fid}/vehicles")
    vehicle = ours.caller.get(f"/fleets/{fid}/vehicles/{vid}").json()
    assert (vehicle["vin"], vehicle["motorization"]) == ("VF3ABCDE0FG123456", "Electric")
    assert ours.caller.get(f"/fleets/{fid}/vehicles", "&vinPrefix=VF3").json()["total"] == 1
    assert ours.caller.get(f"/fleets/{fid}/vehicles", "&vinPrefix=VF7").json()["total"] == 0


def test_a_list_is_walked_by_its_links(ours: World) -> None:
    rows = [
        Vehicle(vin=f"VF3ABCDE0FG2{i:05}", fleet=ours.fleet, gateway=ours.vehicle.gateway, upstream_id=f"w{i}")
        for i in range(7)
    ]
    Vehicle.objects.bulk_create(rows)
    seen: list[str] = []
    body = ours.caller.get(f"/fleets/{ours.fleet.public_id}/vehicles", "&pageSize=3").json()
    pages = [body["currentPage"]]
    while True:
        seen += [item["vin"] for item in body["_embedded"]["vehicles"]]
        if "next" not in body["_links"]:
            break
        path, _, query = body["_links"]["next"]["href"].partition("?")
        token = re.search(r"pageToken=([^&]*)", query)
        assert token is not None
        body = ours.caller.get(path.partition("/connectedcar/v3")[2], f"&pageSize=3&pageToken={token.group(1)}").json()
        pages.append(body["currentPage"])
    assert len(seen) == len(set(seen)) == 8
    assert pages == [1, 2, 3]


@pytest.mark.parametrize(
    "query", ["pageSize=0", "pageSize=61", "pageSize=x", "indexRange=x", "indexRange=9-3", "pageToken=zz"]
)
def test_a_bad_page_is_400_in_the_published_shape(ours: World, query: str) -> None:
    answer = ours.caller.get(f"/fleets/{ours.fleet.public_id}/vehicles", f"&{query}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(query.partition("=")[0])


def test_index_range_is_a_slice(ours: World) -> None:
    body = ours.caller.get(f"/fleets/{ours.fleet.public_id}/vehicles", "&indexRange=0-0").json()
    assert len(body["_embedded"]["vehicles"]) == 1
    assert ours.caller.get(f"/fleets/{ours.fleet.public_id}/vehicles", "&indexRange=1-").json()["_embedded"] == {
        "vehicles": []
    }


def test_a_callback_is_registered_and_read(ours: World, callback_id: str) -> None:
    path = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    read = ours.caller.get(f"{path}/{callback_id}").json()
    assert (read["id"], read["status"], read["subscribe"]) == (callback_id, "Running", SUBSCRIBE)
    assert read["_links"]["remotes"]["templated"] is True
    assert ours.caller.get(path).json()["_embedded"]["callbacks"] == [read]


def test_the_documents_misspellings_are_taken(ours: World) -> None:
    body = {
        "retryPolicy": {"policy": "Bounded", "maxRetryNumber": 7},
        "callback": {
            "webhook": {
                "target": "https://example.com",
                "name": "x",
                "attributres": [{"type": "Header", "key": "X-Vin", "value": "$vin"}],
                "batch": {"enabled": True, "size": 10},
            }
        },
        "notificationTypes": ["Doors"],
    }
    path = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    made = ours.caller.post(path, body)
    assert made.status_code == 200
    subscribe = ours.caller.get(f"{path}/{made.json()['callbackId']}").json()["subscribe"]
    assert subscribe["retryPolicy"] == {"policy": "Bounded", "retryNumber": 7}
    assert subscribe["remoteTypes"] == ["Doors"]
    assert subscribe["batchNotify"] == {"size": 10}
    assert subscribe["callback"]["webhook"]["attributes"][0]["key"] == "X-Vin"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"callback": None}, "callback"),
        ({"callback": {"webhook": {"name": "x"}}}, "callback.webhook.target"),
        ({"callback": {"webhook": {"name": "x", "target": "ftp://x"}}}, "callback.webhook.target"),
        ({"retryPolicy": {"policy": "Sometimes"}}, "retryPolicy.policy"),
        ({"retryPolicy": {"policy": "Bounded", "retryNumber": 0}}, "retryPolicy.retryNumber"),
        ({"batchNotify": {"size": 5, "timeWindow": 1}}, "batchNotify.timeWindow"),
        ({"remoteTypes": ["Windows"]}, "remoteTypes[0]"),
    ],
)
def test_a_bad_callback_is_refused_with_its_path(ours: World, change: dict, path: str) -> None:
    answer = ours.caller.post(f"/fleets/{ours.fleet.public_id}/remote/callbacks", {**SUBSCRIBE, **change})
    assert answer.status_code == 400
    assert answer.json()["code"] == 40001
    assert answer.json()["message"].startswith(f"{path}:")


def test_a_remote_is_accepted_and_read(ours: World, callback_id: str) -> None:
    path = remotes(ours, callback_id)
    answer = ours.caller.post(path, {"label": "gate 4", "door": {"state": "Unlocked"}, "note": "kept"})
    assert answer.status_code == 202
    body = answer.json()
    assert body["type"] == "Doors"
    assert ID.fullmatch(body["remoteActionId"])
    assert body["_links"]["remote"]["href"].endswith(f"{path}/{body['remoteActionId']}")
    read = ours.caller.get(f"{path}/{body['remoteActionId']}").json()
    assert "status" not in read
    assert read["state"] == "queued"
    assert read["remote"] == {"label": "gate 4", "door": {"state": "Unlocked"}, "note": "kept"}
    assert ours.caller.get(path).json()["_embedded"]["remoteActions"] == [read]
    action = RemoteAction.objects.get()
    assert (action.api_client, action.due_at is not None) == (ours.caller.row, True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"door": {"state": "Open"}}, "door.state: 'Open' is not allowed; use one of Unlocked, Locked"),
        ({"door": {}}, "door.state: is required"),
        ({}, "exactly one remote action"),
        ({"door": {"state": "Locked"}, "horn": {"state": "Activated"}}, "door, lights, horn"),
        ({"windows": {}}, "wakeUp"),
        ([], "JSON object"),
        (b"{", "JSON"),
        ({"label": 3, "door": {"state": "Locked"}}, "label"),
    ],
)
def test_a_bad_remote_is_400_and_says_what_to_send(ours: World, callback_id: str, body: object, words: str) -> None:
    answer = ours.caller.post(remotes(ours, callback_id), body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]
    assert RemoteAction.objects.count() == 0


def test_a_type_that_the_callback_does_not_take_is_400(ours: World, callback_id: str) -> None:
    answer = ours.caller.post(remotes(ours, callback_id), {"wakeUp": {"action": "WakeUp"}})
    assert answer.status_code == 400
    assert "Doors, Horn" in answer.json()["message"]


def test_a_type_that_the_client_may_not_send_is_403(ours: World, callback_id: str) -> None:
    ours.caller.row.remote_types = ["Horn"]
    ours.caller.row.save()
    assert ours.caller.post(remotes(ours, callback_id), {"door": {"state": "Locked"}}).json()["code"] == 40399


def test_what_the_vehicle_cannot_do_is_400_before_anything_is_sent(ours: World, callback_id: str) -> None:
    Vehicle.objects.update(capabilities=["Horn"])
    answer = ours.caller.post(remotes(ours, callback_id), {"door": {"state": "Locked"}})
    assert answer.json()["code"] == 40003
    assert RemoteAction.objects.count() == 0


def test_an_address_that_does_not_exist_is_404_in_the_published_shape(ours: World) -> None:
    assert ours.caller.get("/nothing/here").json()["code"] == 40499


def test_a_wrong_method_is_405_in_the_published_shape(ours: World) -> None:
    assert ours.caller.request("DELETE", "/fleets").json()["code"] == 40599


def test_a_callback_is_replaced_paused_resumed_and_deleted(ours: World, callback_id: str) -> None:
    path = f"/fleets/{ours.fleet.public_id}/remote/callbacks/{callback_id}"
    other = {"callback": {"webhook": {"target": "https://example.org/new", "name": "new"}}, "remoteTypes": []}
    assert ours.caller.request("PUT", path, other).status_code == 202
    assert ours.caller.get(path).json()["subscribe"] == other
    for status in ("Paused", "Running"):
        answer = ours.caller.request("PUT", f"{path}/status", {"status": status})
        assert (answer.status_code, answer.json()["status"]) == (202, status)
        assert ours.caller.get(path).json()["status"] == status
    assert ours.caller.request("PUT", f"{path}/status", {"status": "Failed"}).json()["code"] == 40001
    assert ours.caller.request("PUT", f"{path}/status", []).json()["code"] == 40001
    assert ours.caller.request("DELETE", path).status_code == 204
    assert ours.caller.get(path).status_code == 404
    assert ours.caller.post(remotes(ours, callback_id), {"door": {"state": "Locked"}}).status_code == 404


def test_a_callback_with_a_pending_action_is_not_deleted(ours: World, callback_id: str) -> None:
    path = f"/fleets/{ours.fleet.public_id}/remote/callbacks/{callback_id}"
    ours.caller.post(remotes(ours, callback_id), {"door": {"state": "Locked"}})
    answer = ours.caller.request("DELETE", path)
    assert answer.status_code == 400
    assert "pending" in answer.json()["message"]
    assert ours.caller.get(path).status_code == 200


def test_callbacks_are_listed_by_type(ours: World, callback_id: str) -> None:
    path = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    every = {"callback": {"webhook": {"target": "https://example.org", "name": "every"}}}
    every_id = ours.caller.post(path, every).json()["callbackId"]

    def listed(query: str) -> set[str]:
        return {item["id"] for item in ours.caller.get(path, query).json()["_embedded"]["callbacks"]}

    assert listed("&types=Doors") == {callback_id, every_id}
    assert listed("&types=Stolen") == {every_id}
    assert listed("&types=Stolen&types=Horn") == listed("&types=Stolen,Horn") == {callback_id, every_id}
    assert ours.caller.get(path, "&types=Windows").status_code == 400


def test_a_vehicles_status_is_upstreams_with_our_links(ours: World) -> None:
    path = f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/status"
    assert ours.caller.get(path).json()["code"] == 40499
    ours.vehicle.state = {
        "_links": {"self": {"href": "https://upstream"}},
        "createdAt": "2026-11-21T08:00:00.000Z",
        "vin": ours.vehicle.vin,
        "odometer": {"createdAt": "2026-11-21T08:00:00.000Z", "mileage": 12.5},
        "novelty": [1],
    }
    ours.vehicle.state_read_at = ours.vehicle.created_at
    ours.vehicle.save()
    body = ours.caller.get(path).json()
    assert body["odometer"]["mileage"] == 12.5
    assert body["novelty"] == [1]
    assert "upstream" not in str(body)
    assert body["_links"]["self"]["href"].endswith(path)
    assert ours.caller.get(path, "&profile=endUser").status_code == 200
    assert ours.caller.get(path, "&profile=boss").status_code == 400


def test_a_status_without_a_date_of_its_own_is_not_made_younger(ours: World) -> None:
    path = f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/status"
    state = {"updatedAt": "2026-11-21T08:00:00.000Z", "odometer": {"mileage": 12.5}}
    Vehicle.objects.filter(pk=ours.vehicle.pk).update(state=state, state_read_at=timezone.now())
    assert ours.caller.get(path).json()["createdAt"] == state["updatedAt"]


def test_an_idempotency_key_gives_the_same_answer(ours: World, callback_id: str) -> None:
    def post(body: object, key: str):
        ours.caller.headers = {"Idempotency-Key": key}
        return ours.caller.post(remotes(ours, callback_id), body)

    first = post({"door": {"state": "Locked"}}, "k1")
    again = post({"door": {"state": "Locked"}}, "k1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert RemoteAction.objects.count() == 1
    other = post({"door": {"state": "Unlocked"}}, "k1")
    assert other.json()["code"] == 40999
    assert post({"door": {"state": "Unlocked"}}, "k2").json() != first.json()
    assert post({"door": {"state": "Locked"}}, "k" * 256).status_code == 400


def test_limits_are_told_and_kept(ours: World) -> None:
    ours.caller.row.burst_limit = 3
    ours.caller.row.save()
    answers = [ours.caller.get("/fleets") for _ in range(20)]
    told = answers[0]
    assert told["X-RateLimit-Limit-1"] == "1000000"
    assert told["X-RateLimit-Limit-2"] == "3"
    assert int(told["X-RateLimit-Remaining-2"]) == 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == 42999
    assert int(refused["Retry-After"]) >= 1
    assert refused["X-RateLimit-Reset"] == refused["Retry-After"]


def test_the_day_has_its_limit_too(ours: World) -> None:
    ours.caller.row.day_limit = 2
    ours.caller.row.save()
    assert [ours.caller.get("/fleets").status_code for _ in range(3)] == [200, 200, 429]


def test_a_refused_request_does_not_count_in_the_day(ours: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All in one second, of which the clock is ours."""
    second = time.time()
    monkeypatch.setattr("api.rest.limits.time.time", lambda: second)
    ours.caller.row.burst_limit, ours.caller.row.day_limit = 2, 100
    ours.caller.row.save()
    answers = [ours.caller.get("/fleets") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 429]
    second += 2
    assert ours.caller.get("/fleets")["X-RateLimit-Remaining-1"] == "97"


def test_a_fault_of_ours_is_500_in_the_published_shape(ours: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.v3.fleets.render_fleet", lambda *_: 1 / 0)
    ours.caller.http.raise_request_exception = False
    answer = ours.caller.get(f"/fleets/{ours.fleet.public_id}")
    assert (answer.status_code, answer.json()["code"]) == (500, 50099)


def test_a_database_that_is_away_is_503_in_the_published_shape(ours: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise OperationalError("the connection is lost") from psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr("api.v3.fleets.render_fleet", cut)
    ours.caller.http.raise_request_exception = False
    answer = ours.caller.get(f"/fleets/{ours.fleet.public_id}")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, 50399, "5")


def test_a_route_whose_places_a_client_may_not_see_breaks_no_published_client(ours: World) -> None:
    subscribed = {**SUBSCRIBE, "remoteTypes": ["Navigation"]}
    callback_id = ours.caller.post(f"/fleets/{ours.fleet.public_id}/remote/callbacks", subscribed).json()["callbackId"]
    path = f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/callbacks/{callback_id}/remotes"
    route = {"positions": [{"type": "Point", "coordinates": [4.8, 45.7]}]}
    ours.caller.post(path, {"label": "depot", "navigation": route})
    type(ours.caller.row).objects.update(sees_positions=False)
    read = ours.caller.get(path).json()
    hold(read, "RemoteActions")
    assert [action["remote"] for action in read["_embedded"]["remoteActions"]] == [{"label": "depot"}]
