"""The published API: what a client written for it sends and gets."""

import re

import pytest

from fleets.models import Vehicle
from remotes.models import RemoteAction

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
